"""How long the page of one customer takes among a million interactions (or as many as are named), and its parts.

Interactions (one in three with words, two mentions and a signal each) are made straight as rows of the record and files
of the lake, in a folder that goes away afterwards; each customer's 24 (or as many as are named second) are scattered
over all of them.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, text

from touchstone import show
from touchstone.core.settings import Settings
from touchstone.core.tables import LINK
from touchstone.core.taxonomy import Taxonomy
from touchstone.core.viewer import INSIDER
from touchstone.show import _person
from touchstone.show.customer import show as customer
from touchstone.store._customers import resolve
from touchstone.store._derive import MARK
from touchstone.store._lake import Bench, Draft, Lake, Piece
from touchstone.store.home import Store, create_store

ROWS, EACH, SLICE = 1_000_000, 24, 1_000_000
TARGET, TIMES = 200, 40  # milliseconds
MAKER = "bench@1"
KEPT = """insert into interaction (seq, id, source, source_id, kind, channel, occurred_at, received_at, person, unit,
        text, metric, value, best, worst)
    with recursive t(i) as (select :low + 1 union all select i + 1 from t where i < :high)
    select i, printf('%032x', i), 'made', i, 'review', 'web', 1.6e15 + i * 5e6, 1.6e15 + i * 5e6,
        'p' || (i * 7919 % :people), 'unit-' || (i % 500),
        case when i % 3 = 0 then 'The waiting area was cold, but the coffee was good.' end,
        'nps', i % 11, 10, 0 from t"""
SAID = {
    "mention": """select md5(cast(i as varchar) || k) as id, printf('%032x', i) as interaction,
        'touchpoint-' || hash(i, k) % 20 as touchpoint, cast(null as varchar) as component,
        case hash(i, k) % 3 when 0 then -1.0 else 1.0 end as sentiment,
        case hash(i, k) % 3 when 0 then 'negative' else 'positive' end as polarity, 0.8 as confidence,
        cast(4 as bigint) as start, cast(16 as bigint) as stop""",
    "signal": """select md5(cast(i as varchar) || 's' || k) as id, printf('%032x', i) as interaction, 'kind' as layer,
        case hash(i) % 5 when 0 then 'problem' when 1 then 'request' else 'praise' end as label, 0.9 as score,
        0.9 as probability""",
}


def bench(rows: int = ROWS, each: int = EACH) -> Iterator[str]:
    """Lines with the milliseconds of each part of the page, each time of a customer not asked for before."""
    people = rows // each
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        store = create_store(Path(folder) / "home", taxonomy=Taxonomy("none", ()), settings=Settings())
        for low in range(0, rows, SLICE):
            high = min(low + SLICE, rows)
            store._lake.change(lambda connection, low=low, high=high: _said(store._lake, connection, low, high))
            with store.record.writing() as connection:
                connection.execute(text(KEPT), {"low": low, "high": high, "people": people})
        store.replace("link", MAKER, _links(people))
        resolve(store._lake)
        yield f"{rows:,} interactions of {people:,} persons made in {time.perf_counter() - began:.0f} s"
        yield from _timed(store, people)
        store.close()
    yield f"target {TARGET} ms"


def _timed(store: Store, people: int) -> Iterator[str]:
    ask, chance = store.ask(), random.Random(1)
    parts: dict[str, Callable[[str], Any]] = {
        "who they are": lambda id: _person.members(ask, id),
        "with what they said and what was understood": lambda id: _person.person(ask, id),
        "the page as blocks": lambda id: customer(ask, id=id),
        "the page as HTML": lambda id: show.html(customer(ask, id=id), viewer=INSIDER, base="/"),
    }
    for name, part in parts.items():
        taken = [_milliseconds(part, f"p{chance.randrange(people)}") for _ in range(TIMES + 1)][1:]
        wall, own = (sorted(each) for each in zip(*taken, strict=True))
        late = int(0.95 * TIMES)
        yield (
            f"{name}: {statistics.median(wall):,.0f} ms (19 of 20 within {wall[late]:,.0f}), "
            f"of CPU {statistics.median(own):,.0f} ms ({own[late]:,.0f})"
        )


def _milliseconds(part: Callable[[str], Any], id: str) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    part(id)
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)


def _said(lake: Lake, connection: Connection, low: int, high: int) -> Draft:
    """What was understood of every third interaction."""
    draft, bench = Draft(lake.state(connection)), Bench(lake)
    numbers = f"from range({low + 1}, {high + 1}) t(i), range(2) u(k) where i % 3 = 0"
    for name, sql in SAID.items():
        once = " and k = 0" if name == "signal" else ""
        made = f"{sql}, '{MAKER}' as maker, cast(i as bigint) as seq {numbers}{once} order by seq"
        piece = bench.write(made, Piece(name, MAKER, low, high, 0, ""))
        draft.come += [piece] if piece else []
        draft.marks[f"{name}/{MAKER}"] = high
    draft.marks[MARK] = high
    return draft


def _links(people: int) -> pa.Table:
    """Every fifth person is one with the next, and may be one with the one after."""
    why = json.dumps({"email": 9.1, "surname": 4.0})
    pairs = [(each, each + step, sure) for each in range(0, people - 2, 5) for step, sure in ((1, 0.99), (2, 0.5))]
    rows = [{"id": f"l{left}-{right}", "layer": "same_person", "left": f"p{left}", "right": f"p{right}",
             "probability": sure, "reason": why} for left, right, sure in pairs]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=LINK)


if __name__ == "__main__":
    for line in bench(*(int(each) for each in sys.argv[1:3])):
        print(line, flush=True)
