"""A league as a picture: groups within which no order is told, and the funnel of chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from touchstone.core.page import Block, Estimate, Streaks
from touchstone.show import _charts, _findings, _league, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_FEWEST = 3  # units that a funnel is drawn of


def picture(told: Told) -> Picture:
    """The units in the groups that can be told apart, best first, and each by its number of answers."""
    rows = sorted((each for each in told.by("unit") if each.value is not None), key=lambda each: _place(told, each))
    if len(rows) < 2:
        alone = f"Fewer than two {told.nouns[1]} are known well enough to be compared."
        return Picture(_apart(told, told.by()) if not rows else alone, (_findings.table(told, _known(told)),))
    mean = float(rows[0].detail.get("league_mean") or 0.0)
    found = _league.League(
        "league", tuple(told.estimates(rows, middle=mean)), tuple(map(_own, rows)), mean, *told.nouns
    )
    funnel: list[Block] = [_charts.funnel(found, most=12)] if len(rows) >= _FEWEST else []
    blocks = (_groups(found), *funnel, *_findings.warned(rows))
    return Picture(_league.sentence(found), blocks, _apart(told, told.by()))


def _known(told: Told) -> list[Figure]:
    return [each for each in told.rows if each.value is not None]


def _place(told: Told, figure: Figure) -> tuple[float, str]:
    return float(figure.detail.get("rank") or 0), told.label(figure)


def _own(figure: Figure) -> Figure:
    """The row with the limits of its own answers, whose width is that of chance in the funnel."""
    share, spread = figure.detail.get("k"), figure.detail.get("spread")
    raw = figure.detail.get("raw", figure.value)
    if share is None or spread is None or raw is None or not figure.n:
        return figure
    reach = 1.96 * sqrt(share / figure.n) * spread
    return replace(figure, detail={**figure.detail, "raw_low": raw - reach, "raw_high": raw + reach})


def _groups(found: _league.League) -> Streaks:
    """The units under the groups that the measure tells apart."""
    groups: dict[int, list[Estimate]] = {}
    for shown, row in zip(found.estimates, found.figures, strict=True):
        groups.setdefault(int(row.detail.get("group") or 1), []).append(shown)
    titled = tuple((_group(at, groups), tuple(each)) for at, each in sorted(groups.items()))
    lead = (
        "Within a group none is told from its best; colour is what is told from the mean. "
        f"{found.many.capitalize()} with few answers are drawn towards the mean; the ranks in brackets are those each "
        "may have."
    )
    return Streaks(f"{_say.some(len(found.estimates), found.one, found.many)}, compared fairly", lead, titled)


def _group(at: int, groups: dict[int, list[Estimate]]) -> str:
    return "Cannot be told apart" if len(groups) == 1 else f"Group {at}"


def _apart(told: Told, whole: Sequence[Figure]) -> str:
    """How far units truly lie apart."""
    known = [each for each in whole if each.value is not None]
    if not known:
        return "How fairly compared units stand to one another."
    shown = told.estimates(known[:1])[0]
    limits = _say.bracketed(shown)
    one, many = told.nouns
    return (
        f"Beyond what chance explains, {many} lie {_say.value(shown)} {_say.scale(shown.measured_in)} apart{limits}: "
        f"the standard deviation of what each {one} truly is."
    )
