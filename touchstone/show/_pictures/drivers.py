"""Drivers as a picture: how much of the outcome each touchpoint moves together with, and which place it may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from touchstone.core.page import Block, Estimate, Grid
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_OUTCOMES = {
    "nps": "recommending",
    "csat": "satisfaction",
    "rating": "the rating of the whole",
    "ces": "the effort it takes",
}


def picture(told: Told) -> Picture:
    """Shares of variance side by side, most first; below them places, penalties and rewards as a table."""
    rows = _known(told)
    shown = told.estimates(rows)
    lead = "Share of the variance of the outcome; bars are 95 % intervals. An association, not what would move it."
    outcome = _outcome(rows)
    blocks: list[Block] = []
    if rows:
        blocks += [_forest.forest(shown, title=f"What moves together with {outcome}", lead=lead), _kano(rows, shown)]
    return Picture(_sentence(rows, shown, outcome), (*blocks, *_findings.warned(rows)))


def _known(told: Told) -> list[Figure]:
    """The rows of all answers together (else of the cut with most figures), the largest share first."""
    cuts: dict[tuple[str, ...], list[Figure]] = {}
    for each in (row for row in told.rows if row.value is not None):
        cuts.setdefault(tuple(sorted(each.by)), []).append(each)
    rows = min(cuts.items(), key=lambda cut: (len(cut[0]), cut[0]), default=((), []))[1]
    return sorted(rows, key=lambda each: (-(each.value or 0.0), told.label(each)))


def _outcome(rows: Sequence[Figure]) -> str:
    name = str(rows[0].detail.get("outcome", "")) if rows else ""
    return _OUTCOMES.get(name.partition(" ")[0], "the outcome")


def _kano(rows: Sequence[Figure], shown: Sequence[Estimate]) -> Grid:
    """The place each may have, and what bad and good ratings of it go with, in points of the outcome."""
    lead = (
        "Bad ratings go with a fall of the outcome (penalty), good ones with a rise (reward), others held: a penalty "
        "alone marks what must be right, a reward alone what delights."
    )
    cells = tuple(
        (each.label, each, _places(row), _end(row, each, "penalty"), _end(row, each, "reward"), each.n)
        for row, each in zip(rows, shown, strict=True)
    )
    columns = ("", rows[0].measured_in, "places it may have", "penalty", "reward", "n")
    return Grid("What disappoints, what delights", lead, columns, cells)


def _places(figure: Figure) -> str:
    low, high = figure.detail.get("rank_low"), figure.detail.get("rank_high")
    return "" if low is None or high is None else str(low) if low == high else f"{low}–{high}"


def _end(figure: Figure, shown: Estimate, name: str) -> Estimate | str:
    """The penalty or reward as a figure that opens; an en dash where the answers tell none."""
    value, low, high = (figure.detail.get(key) for key in (name, f"{name}_low", f"{name}_high"))
    if value is None:
        return "–"
    far = max(abs(each) for each in (value, low or 0.0, high or 0.0, 1.0))
    return replace(
        shown, value=value, low=low, high=high, measured_in="points of the outcome", floor=-far, ceiling=far,
        middle=None, rank=None,
    )  # fmt: skip


def _sentence(rows: Sequence[Figure], shown: Sequence[Estimate], outcome: str) -> str:
    if not rows:
        return "No touchpoint is rated often enough to say what it moves together with."
    first = shown[0]
    names = _say.listed([_say.inline(each.label) for each in shown[1:3]])
    then = f", then {names}" if names else ""
    share = f"{_say.value(first)} of its variance" + (f", {_say.interval(first)}" if _say.interval(first) else "")
    last = rows[0].detail.get("rank_high") or 1
    doubt = f" Its place is open: it may be anything down to number {last}." if last > 1 else ""
    return f"What moves together with {outcome} most is {_say.inline(first.label)} ({share}){then}.{doubt}"
