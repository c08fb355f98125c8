"""What changed: the latest period against the one before, and whether the change is real."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Chart, Estimate, Note, Page, Streaks
from touchstone.show import _charts, _league, _narrow, _plans, _say, _stored, _units, _words

WHO = ("insider", "partner")
_PLACE = 4, "Experience"
_MONTHS = 36  # more months than this are shown by quarter
_NAME, _TITLE = "changes", "Changes"


def show(
    ask: Ask,
    *,
    since: str | None = None,
    until: str | None = None,
    unit: str | None = None,
    touchpoint: str | None = None,
    channel: str | None = None,
) -> Page:
    """What the latest period brought against the one before; then each score over time with its doubt."""
    chosen = _narrow.narrow(since=since, until=until, unit=unit, touchpoint=touchpoint, channel=channel)
    noun = _league.nouns(ask)[0].capitalize()
    controls = _narrow.filters(ask, chosen, "since", "until", "unit", "touchpoint", "channel", units=noun)
    overall = _plans.changes(ask, (), chosen)
    charts = _charts_of(ask, chosen)
    if not overall and not charts:
        todo = "A column with the day of each answer makes this page: --map occurred_at=COLUMN."
        note = Note("There are no two periods to compare.", "empty", todo)
        return Page(_NAME, _TITLE, "Nothing can be said of change: too few answers carry a date.", "", (controls, note))
    blocks: list[Block] = [controls, *([Cards(tuple(overall[:4]))] if overall else []), *charts]
    by_touchpoint = [] if chosen.touchpoint else _plans.changes(ask, ("touchpoint",), chosen)
    by_unit = [] if chosen.unit else _plans.changes(ask, ("unit",), chosen)
    blocks += _told(by_touchpoint, "Touchpoints") + _told(_renamed(ask, by_unit), _league.nouns(ask)[1].capitalize())
    return Page(
        _NAME, _TITLE, _sentence(overall, _plans.period(ask, chosen)), _lead(by_touchpoint, by_unit, ask), tuple(blocks)
    )


def _charts_of(ask: Ask, chosen: _narrow.Narrow) -> list[Chart]:
    """The leading score and the sentiment, month by month; quarter by quarter where there are more than three years."""
    made = []
    for name in ("", "sentiment"):
        rows, every = _series(ask, name, "month", chosen), "month"
        if len(rows) > _MONTHS:
            rows, every = _series(ask, name, "quarter", chosen), "quarter"
        if len(rows) >= 2:
            made.append(_chart(ask, sorted(rows, key=lambda each: each.by[every]), chosen, every))
    return made


def _series(ask: Ask, name: str, every: str, chosen: _narrow.Narrow) -> list[_stored.Figure]:
    rows = _stored.figures(ask, name, (every,), chosen) if name else _stored.leading(ask, (every,), chosen)
    return [each for each in rows if each.value is not None]


def _chart(ask: Ask, rows: list[_stored.Figure], chosen: _narrow.Narrow, every: str) -> Chart:
    total = sum(each.n for each in rows) or 1
    mean = sum((each.value or 0.0) * each.n for each in rows) / total
    words = _words.of_periods(ask, every, chosen)
    shown = [
        _stored.estimate(
            each, _say.period(each.by[every]), middle=mean, seed=ask.seed, verbatims=words.get(each.by[every], ()),
            drawn_from=f"all that was said in {_say.period(each.by[every])}",
        )
        for each in rows
    ]  # fmt: skip
    away = sum(each.verdict in ("good", "bad") for each in shown)
    stands = "stands" if away == 1 else "stand"
    title = f"{_stored.title(rows[0])}: {_say.none(away)} of {len(shown)} {every}s {stands} clear of their mean"
    lead = f"The line is the figure of each {every}, the band its 95 % interval, the dashed line the mean of all."
    return _charts.over_time(shown, title=title, lead=lead, mean=mean)


def _told(found: list[Estimate], many: str) -> list[Block]:
    """Those whose change is real; then the rest, for which chance is explanation enough."""
    found = _alike(found)
    real = [each for each in found if each.verdict in ("good", "bad")]
    real.sort(key=lambda each: (each.verdict, each.label))
    rest = sorted((each for each in found if each.verdict == "open"), key=lambda each: (-each.n, each.label))
    groups = tuple((title, tuple(each)) for title, each in (("Real", real), ("Within chance", rest)) if each)
    if not groups:
        return []
    lead = "The latest period less the one before; what is called real holds after correction for comparing so many."
    return [Streaks(f"{many}: {_say.none(len(real))} of {len(found)} really changed", lead, groups)]


def _alike(found: list[Estimate]) -> list[Estimate]:
    """Those of the figure with most answers, all on one scale, so that their streaks can be compared."""
    if not found:
        return []
    answers: Counter[tuple[str, str]] = Counter()
    for each in found:
        answers[each.measured_in, each.counted] += each.n
    kind = answers.most_common(1)[0][0]
    alike = [each for each in found if (each.measured_in, each.counted) == kind]
    reach = max(abs(each.floor) for each in alike)
    return [
        replace(each, floor=math.copysign(reach, each.floor), ceiling=math.copysign(reach, each.ceiling))
        for each in alike
    ]


def _renamed(ask: Ask, found: list[Estimate]) -> list[Estimate]:
    names = _units.names(ask)
    return [replace(each, label=names.get(each.label, each.label)) for each in found]


def _sentence(overall: list[Estimate], period: str) -> str:
    """What changed for better or worse and is real; else that nothing did."""
    if not overall:
        return "There are not yet two whole periods to compare."
    real = [each for each in overall if each.verdict in ("good", "bad")]
    if not real:
        return f"No real change in {period}: what moved, moved no more than chance would."
    first = real[0]
    way = "better" if first.verdict == "good" else "worse"
    others = " The rest is within chance." if len(real) < len(overall) else ""
    name = first.label.partition(",")[0]
    return f"{name} got {way} in {period}, and the change is real: {_say.value(first)}, {_say.interval(first)}.{others}"


def _lead(by_touchpoint: list[Estimate], by_unit: list[Estimate], ask: Ask) -> str:
    parts = []
    for found, many in ((by_touchpoint, "touchpoints"), (by_unit, _league.nouns(ask)[1])):
        if found := _alike(found):
            real = sum(each.verdict in ("good", "bad") for each in found)
            parts.append(f"Of {len(found)} {many}, {_say.none(real)} really changed.")
    return " ".join(parts)
