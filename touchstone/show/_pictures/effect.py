"""An effect as a picture: how far the units that got the fix stood from the others, period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from touchstone.core.page import Block, Estimate, Grid
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_CHECKS = (
    ("difference", "Difference in differences"),
    ("synthetic", "Synthetic control"),
    ("placebo_in_time", "Placebo: as if it had started earlier"),
    ("slope_before", "Slope before the start, a period"),
)


def picture(told: Told) -> Picture:
    """The event study where there is one, else the figures; then the other method and what must be near nought."""
    rows = [each for each in told.rows if each.value is not None]
    if not rows:
        return Picture("No fix can be judged yet.", ())
    first = rows[0]
    shown = replace(told.estimates([first], middle=0.0)[0], label="Effect", real=first.detail.get("real"))
    study = first.detail.get("event_study", [])
    named = _names([str(each["period"]) for each in study])
    periods = [replace(_told_by(shown, each), label=label) for each, label in zip(study, named, strict=True)]
    if len(rows) > 1 or not periods:
        drawn: Sequence[Estimate] = told.estimates(rows, middle=0.0)
        title, lead = "What moved beyond the others", "Dots are figures, bars their 95 % intervals."
    else:
        drawn, title = periods, "How far they stood from the others, period by period"
        lead = "Before the start dots should lie about the dashed line; bars are 95 % intervals of each period alone."
    blocks: list[Block] = [_forest.forest(drawn[-_forest.MOST :], title=title, lead=lead), _checks(shown, first)]
    return Picture(_sentence(told, shown, first), (*blocks, *_findings.warned(rows)))


def _names(days: list[str]) -> list[str]:
    """Months by their names, weeks and other periods by their first days."""
    if not all(each.endswith("-01") for each in days):
        return days
    return [f"{_say.MONTHS[int(each[5:7]) - 1]} {each[:4]}" for each in days]


def _told_by(shown: Estimate, found: dict[str, Any]) -> Estimate:
    """Another figure of the same kind, as the row's detail has it."""
    return replace(shown, value=found.get("value"), low=found.get("low"), high=found.get("high"), real=None)


def _checks(shown: Estimate, figure: Figure) -> Grid:
    """The effect, and beside it the other method and the placebo tests."""
    cells: list[tuple[Any, ...]] = [("Effect", shown, _chance(figure.detail.get("probability")))]
    for name, title in _CHECKS:
        found = figure.detail.get(name) or {}
        if found.get("value") is not None:
            cells.append((title, replace(_told_by(shown, found), label=title), _chance(found.get("probability"))))
    lead = "Placebo and slope should lie near nought: what they show was there before the fix."
    return Grid("Is it the fix?", lead, ("", figure.measured_in, "probability by chance"), tuple(cells))


def _chance(probability: float | None) -> str:
    return "–" if probability is None else "< 0.001" if probability < 0.001 else f"{probability:.3f}"


def _sentence(told: Told, shown: Estimate, figure: Figure) -> str:
    detail = figure.detail
    treated, others = int(detail.get("treated") or 0), int(detail.get("untreated") or 0)
    way = "more" if (shown.value or 0.0) >= 0 else "less"
    size = _say.number(abs(shown.value or 0.0), measured_in=figure.measured_in)
    limits = _say.bracketed(shown)
    got = f"“{name}”" if (name := figure.by.get("fix")) else "the fix"
    who = _say.some(treated, *(f"{noun} that got {got}" for noun in told.nouns))
    first = f"The {who} moved {size} {way} than the {_say.count(others)} that did not{limits}"
    if detail.get("real"):
        return f"{first}, beyond what chance explains."
    smallest = detail.get("smallest")
    power = "" if smallest is None else (
        f"; so many units would show no less than {_say.number(smallest, measured_in=figure.measured_in)}")  # fmt: skip
    return f"{first}, which could be chance{power}."
