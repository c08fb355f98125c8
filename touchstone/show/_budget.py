"""The stored plan as a page reads it: the whole, other budgets, touchpoints, regions and units."""

from __future__ import annotations

from dataclasses import dataclass, field

from touchstone.core.ask import Ask
from touchstone.show import _stored
from touchstone.show._stored import Figure

_ROWS = """select id, name, "by", value, low, high, n, measured_in, detail from plan
    where name = 'budget' and array_to_string(list_sort(map_keys("by")), ',') = ? order by id"""
_NAMES = "select id, coalesce(name, id) as name from unit order by id"
_STATED = (
    "select id, name, touchpoint, level, unit from initiative where withdrawn_at is null order by touchpoint, level, id"
)


@dataclass(frozen=True)
class Planned:
    """All rows of the plan that the asker may see."""

    whole: Figure | None
    frontier: list[Figure]
    touchpoints: list[Figure]
    regions: list[Figure]
    units: list[Figure]
    few: list[Figure] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """What money is told in; empty where unknown."""
        told = self.whole or next(iter(self.units), None)
        return str(told.detail.get("currency", "")) if told is not None else ""

    def money(self, value: float) -> str:
        """An amount for people: whole, with its currency."""
        return f"{self.currency} {value:,.0f}".strip().replace("-", "−")


def read(ask: Ask) -> Planned:
    """The plan as stored."""
    kinds = ("", "budget", "touchpoint", "region", "unit", "budget,touchpoints_at_most")
    whole, frontier, touchpoints, regions, units, few = (_stored.unfolded(ask.lake(_ROWS, [keys])) for keys in kinds)
    return Planned(
        whole[0] if whole else None,
        sorted(frontier, key=lambda each: float(each.by["budget"])),
        sorted(touchpoints, key=lambda each: (-each.detail["cost"], each.by["touchpoint"])),
        sorted(regions, key=lambda each: (-each.detail["cost"], each.by["region"])),
        sorted(units, key=lambda each: (-(each.value or 0.0), each.by["unit"])),
        sorted(few, key=lambda each: int(each.by["touchpoints_at_most"])),
        {row["id"]: row["name"] for row in ask.lake(_NAMES).to_pylist()},
    )


def stated(ask: Ask) -> list[tuple[str, str]]:
    """The initiatives that stand, as choices of a list."""
    return [
        (row["id"], f"{row['touchpoint']}, level {row['level']}" + (f" ({row['unit']})" if row["unit"] else ""))
        for row in ask.lake(_STATED).to_pylist()
    ]
