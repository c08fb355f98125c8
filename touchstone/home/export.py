"""All that a home holds, line by line, for whoever moves on: precious tables whole, what was understood beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from touchstone.store import persons

SMALL = ("unit", "person", "initiative", "planning", "correction", "link")
ABOUT = ("mention", "signal")
SLICE = 20_000  # interactions at once


def lines(home: Any) -> Iterator[str]:
    """JSON objects, one a line, each with the name of its `table`; the same twice in the same order."""
    home.store.derive()
    ask = home.ask()
    for name in SMALL:
        yield from _written(name, ask.lake(f"select * from {name} order by id"))
    yield from _written("interaction", persons.left_out(home.store))
    last = ask.lake("select coalesce(max(seq), 0) as last from interaction")["last"][0].as_py()
    for low in range(0, last, SLICE):
        some = [low, low + SLICE]
        said = "select * from interaction where seq > ? and seq <= ? order by seq"
        yield from _written("interaction", ask.lake(said, some))
        for name in ABOUT:
            theirs = "interaction in (select id from interaction where seq > ? and seq <= ?)"
            yield from _written(name, ask.lake(f"select * from {name} where {theirs} order by id", some))


def _written(name: str, rows: Any) -> Iterator[str]:
    return (json.dumps({"table": name} | row, ensure_ascii=False, default=str) for row in rows.to_pylist())
