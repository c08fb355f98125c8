"""What units are called."""

from __future__ import annotations

from collections.abc import Iterable

from touchstone.core.ask import Ask

_NAMES = "select id, coalesce(nullif(name, ''), id) as name from unit"


def names(ask: Ask, ids: Iterable[str | None] | None = None) -> dict[str, str]:
    """Unit → its name, its id where it has none: of every unit, or of those of `ids` alone."""
    if ids is None:
        return {row["id"]: row["name"] for row in ask.lake(f"{_NAMES} order by id").to_pylist()}
    wanted = sorted({each for each in ids if each})
    found = ask.lake(f"{_NAMES} where id in (select unnest(?))", [wanted]).to_pylist() if wanted else []
    return {row["id"]: row["name"] for row in found}
