"""State what can be done for a touchpoint, what it costs and what it should lift: one, or a table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from touchstone.core.errors import Refused
from touchstone.rules import initiatives

WHO = ("insight", "executive")


def act(
    store: Any,
    *,
    touchpoint: str | None = None,
    name: str | None = None,
    level: int | None = None,
    unit: str | None = None,
    fixed_cost: float | None = None,
    cost_share: float | None = None,
    cost_per_customer: float | None = None,
    lift: float | None = None,
    lift_low: float | None = None,
    lift_high: float | None = None,
    worst: float | None = None,
    best: float | None = None,
    spills_to: str | None = None,
    spill: float | None = None,
    customers_share: float | None = None,
    partner_share: float | None = None,
    all_or_nothing: str | None = None,
    locked: int | None = None,
    quarter: str | None = None,
    lines: str | None = None,
    file: str | Path | None = None,
) -> dict[str, Any]:
    """{"initiatives": their ids, "new": how many were not known}; the next plan chooses among all that stand.

    It costs `fixed_cost`, `cost_share` of a year's sales and `cost_per_customer`, at each unit (or at `unit`), and
    should lift the touchpoint's rating by `lift` points (95 % sure: `lift_low` to `lift_high`) of the scale `worst` to
    `best` (1 to 5). Without `lift` measured effects tell it, else a prior. `partner_share` of the cost is the unit's.
    `lines`, or a `file`, hold many as CSV with these names as header. `Refused`, with nothing kept: one makes no sense.
    """
    own = {key: value for key, value in locals().items() if key not in ("store", "lines", "file")}
    if not (given := [*([own] if touchpoint else []), *_lines(lines or "", "lines"), *_file(file)]):
        raise Refused("of which touchpoint?", field="touchpoint", todo="Name it, or give a table.")
    rows = {row["id"]: row | {"stated_at": store.now, "withdrawn_at": None} for row in _checked(store, given)}
    known = set(store.ask().lake("select id from initiative where withdrawn_at is null")["id"].to_pylist())
    store.put("initiative", list(rows.values()))
    store.log("initiative.state", initiatives=sorted(rows))
    return {"initiatives": list(rows), "new": len(set(rows) - known)}


def _lines(text: str, field: str) -> Iterator[dict[str, Any]]:
    return initiatives.lines(text, field=field) if text.strip() else iter(())


def _file(file: str | Path | None) -> Iterator[dict[str, Any]]:
    if file is None:
        return iter(())
    path = Path(file)
    if not path.is_file():
        raise Refused("there is no such file.", field="file", where=str(path), todo="Check the path.")
    try:
        return _lines(path.read_text("utf-8"), "file")
    except UnicodeDecodeError as error:
        raise Refused("the file is not UTF-8.", field="file", where=str(path), todo="Save it as UTF-8.") from error


def _checked(store: Any, given: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    units = set(store.ask().lake("select id from unit")["id"].to_pylist())
    for each in given:
        try:
            yield initiatives.stated(_spelt(store, each), touchpoints=store.taxonomy.names, units=units)
        except Refused as refusal:
            if "line" not in each:
                raise
            raise Refused(f"line {each['line']}: {refusal.what}", field="lines", todo=refusal.todo) from refusal


def _spelt(store: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Touchpoints as the taxonomy spells them, where it knows them."""
    found = {name: store.taxonomy.find(str(given.get(name))) for name in ("touchpoint", "spills_to") if given.get(name)}
    return {**given, **{name: each.name for name, each in found.items() if each is not None}}
