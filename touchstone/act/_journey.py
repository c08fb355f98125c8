"""The steps of the journey over a home: each idempotent, each taking the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from touchstone.act import _asking, _lesson
from touchstone.act._converse import converse
from touchstone.act._misreading import MAKER, misreading
from touchstone.act._reader import UNDERSTOOD, Reader
from touchstone.core import finder
from touchstone.core.tables import LINK, METRIC, SIGNAL

_BRAND_CUTS = ((), ("touchpoint",), ("stage",), ("region",), ("month",), ("quarter",), ("channel",))
_UNIT_CUTS = (("unit",), ("unit", "touchpoint"), ("touchpoint", "month"))
_CONNECTED = {"link": LINK, "signal": SIGNAL, "metric": METRIC}


def _derive(store: Any) -> dict[str, Any]:
    store.derive()
    return {}


def _understand(store: Any) -> dict[str, Any]:
    """Runs every enricher over what it has not yet read, and again over what a correction taken back had changed."""
    reader = Reader(store)
    reader.calibrate()
    reader.catch_up()
    counts = dict.fromkeys(UNDERSTOOD, 0)
    for made, upto in store.mapped(reader.maker, *UNDERSTOOD, function=reader.enrichers):
        for name in counts:
            store.extend(name, reader.maker, rows := made.get(name, []), upto)
            counts[name] += len(rows)
    return counts


def _connect(store: Any) -> dict[str, Any]:
    """Every connector over the whole home; its links, signals and figures replace its former ones."""
    return {part: connected(store, part) for part in finder.names("connect")}


def connected(store: Any, part: str, **settings: Any) -> int:
    """What one connector finds in the whole home, in place of its former rows; how many there are."""
    made = list(finder.verb("connect", part)(store.ask(), **settings))
    count = 0
    for table, schema in _CONNECTED.items():
        own = [each for each in made if each.schema.equals(schema)]
        count += _replace(store, table, part, pa.concat_tables([schema.empty_table(), *own]))
    if any("same_person" in each["layer"].unique().to_pylist() for each in made if each.schema.equals(LINK)):
        store.derive()  # customers follow their links, and who is one counts as one for the connectors that follow
    return count


def _measure(store: Any) -> dict[str, Any]:
    """Every measure by every stored cut; first how well the machine reads, which corrects sentiment, and where ill."""
    reader = Reader(store)
    store.replace("metric", MAKER, misreading(store, reader))
    store.replace("signal", _asking.MAKER, _asking.asking(store, reader))
    ask = store.ask()  # one for all: a lake that a measure's rows have changed would have to be opened anew
    return {part: _replace(store, "metric", part, _figures(ask, part)) for part in finder.names("measure")}


def _decide(store: Any) -> dict[str, Any]:
    return _made(store, "decide", "plan")


def decided(store: Any, part: str) -> int:
    """What one optimiser makes of the whole home, in place of its former rows; how many there are."""
    return _replace(store, "plan", part, finder.verb("decide", part)(store.ask()))


def _made(store: Any, room: str, table: str) -> dict[str, int]:
    """Every part of a room over the whole home; its rows replace its former ones."""
    ask = store.ask()
    return {part: _replace(store, table, part, finder.verb(room, part)(ask)) for part in finder.names(room)}


def _figures(ask: Any, part: str) -> pa.Table:
    """One measure by every stored cut, one below the other; a part may say in `CUTS` which."""
    measure = finder.verb("measure", part)
    cuts = getattr(finder.part("measure", part), "CUTS", _BRAND_CUTS + _UNIT_CUTS)
    tables = [measure(ask, by=by) for by in cuts]
    return pa.concat_tables(tables) if tables else METRIC.empty_table()


def _replace(store: Any, table: str, part: str, rows: pa.Table) -> int:
    store.replace(table, part, rows)
    return len(rows)


STEPS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "derive": _derive,
    "understand": _understand,
    "connect": _connect,
    "measure": _measure,
    "decide": _decide,
    "converse": converse,
}
"""Step by step, in order; see `store.jobs`."""

LESSON: dict[str, Callable[[Any], dict[str, Any]]] = {"teach": _lesson.teach, "compare": _lesson.compare}
"""The steps of teaching a model of the home's own."""

ALL = STEPS | LESSON
"""Every step that a journey of a home may name."""
