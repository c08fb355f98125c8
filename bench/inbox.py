"""How long a page of the inbox takes among a million open conversations (or as many as are named), filter by filter.

Conversations are made straight as rows of the record, in a folder that goes away afterwards; a page is the question and
its rendering, as somebody in the contact centre or at one of 500 partners sees it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import text

from touchstone import show
from touchstone.core.settings import Settings
from touchstone.core.taxonomy import Taxonomy
from touchstone.core.viewer import Viewer
from touchstone.show.inbox import show as inbox
from touchstone.store.home import Store, create_store

ROWS, TIMES, TARGET = 1_000_000, 20, 200  # milliseconds
SLICE = 200_000
MADE = """insert into conversation (id, unit, person, channel, source, level, touchpoint, language, kind, latest,
        opened_at, heard_at, count, urgency, stake, pressing_at, state, owner, reason, version)
    with recursive t(i) as (select :low + 1 union all select i + 1 from t where i < :high)
    select printf('%032x', i * 2654435761 % 4294967296), 'unit-' || (i % 500), 'p' || (i % 300000),
        case i % 4 when 0 then 'mail' when 1 then 'phone' when 2 then 'web' else 'chat' end, 'made', 'end_customer',
        'touchpoint-' || (i * 7 % 50), case when i % 1000 = 0 then 'sv' when i % 5 = 0 then 'de' else 'en' end,
        case i % 7 when 0 then 'problem' when 1 then 'question' when 2 then 'request' else 'word' end,
        printf('%032x', i), 1.7e15 + (i * 7919 % 1000003) * 1e6, 1.7e15 + (i * 7919 % 1000003) * 1e6, 1,
        (i % 100) / 100.0, 100.0, 1.7e15 + (i * 104729 % 1000003) * 1e6, 'open',
        case when i % 10 = 0 then 'account-' || (i % 40) end, 'By rule.', 0 from t"""
BEN = Viewer("contact_centre", account="account-10", name="ben@example")
PARTNER = Viewer("partner_staff", ("unit-7",), "account-30", "dora@example")
LOOKS: dict[str, tuple[Viewer, dict[str, str]]] = {
    "all, the most pressing": (BEN, {}),
    "all, the latest word": (BEN, {"sort": "latest"}),
    "mine": (BEN, {"owner": "me"}),
    "nobody's, urgent, of one touchpoint": (BEN, {"owner": "none", "urgency": "0.8", "touchpoint": "touchpoint-14"}),
    "of one unit and channel": (BEN, {"unit": "unit-8", "channel": "mail"}),
    "one in a thousand, by language and kind": (BEN, {"language": "sv", "kind": "problem"}),
    "none is like this": (BEN, {"language": "xx"}),
    "a partner's": (PARTNER, {}),
}


def bench(rows: int = ROWS) -> Iterator[str]:
    """Lines with the milliseconds of each look, at pages one after another."""
    with tempfile.TemporaryDirectory() as folder:
        store = create_store(Path(folder) / "home", taxonomy=Taxonomy("none", ()), settings=Settings())
        began = time.perf_counter()
        store.put("unit", [{"id": f"unit-{number}"} for number in range(500)])
        for low in range(0, rows, SLICE):
            with store.record.writing() as connection:
                connection.execute(text(MADE), {"low": low, "high": min(low + SLICE, rows)})
        yield f"{rows:,} open conversations made in {time.perf_counter() - began:.0f} s"
        for name, (viewer, given) in LOOKS.items():
            yield _timed(store, name, viewer, given)
        store.close()
    yield f"target {TARGET} ms"


def _timed(store: Store, name: str, viewer: Viewer, given: dict[str, str]) -> str:
    """One look, page after page from the first; where there is only one, that again and again."""
    taken, after, worked = [], "", time.process_time()
    for _ in range(TIMES):
        began = time.perf_counter()
        page = inbox(store.ask(viewer), **given, after=after)
        show.html(page, viewer=viewer, base="/", token="token")
        taken.append((time.perf_counter() - began) * 1000)
        lines: Any = next((each for each in page.blocks if hasattr(each, "later")), None)
        after = lines.later.partition("after=")[2].replace("+", " ") if lines is not None else ""
    taken.sort()
    worked = (time.process_time() - worked) * 1000 / TIMES
    most = taken[-(len(taken) // 20) - 1]
    return f"{name}: {statistics.median(taken):.0f} ms, 19 of 20 within {most:.0f} ms; {worked:.0f} ms of CPU"


if __name__ == "__main__":
    for line in bench(*map(int, sys.argv[1:])):
        print(line)
