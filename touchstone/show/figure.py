"""Figure: one figure opened, with its n, interval, formula, distribution and a random draw of the words behind it."""

from __future__ import annotations

from typing import Any

from touchstone.core import finder
from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Chart, Grid, Note, Page
from touchstone.show import _charts, _league, _narrow, _say, _stored, _units, _words

WHO = ("insider", "partner")
_MEASURES = (*_stored.SCORES, "sentiment", "volume")


def show(
    ask: Ask,
    *,
    name: str | None = None,
    since: str | None = None,
    until: str | None = None,
    unit: str | None = None,
    touchpoint: str | None = None,
    channel: str | None = None,
    draw: str | None = None,
) -> Page:
    """The measure `name` for what the filters leave; without a name, what there is to open."""
    if name not in _MEASURES or name not in finder.names("measure"):
        rows = tuple((each, _stored.NAMES.get(each, each)) for each in _MEASURES)
        grid = Grid("Figures that open", "Their address is figure?name=…", ("name", "figure"), rows)
        return Page("figure", "Figure", "Which figure is to be opened?", "", (grid,))
    chosen = _narrow.narrow(since=since, until=until, unit=unit, touchpoint=touchpoint, channel=channel)
    noun = _league.nouns(ask)[0].capitalize()
    controls = _narrow.filters(ask, chosen, "since", "until", "unit", "touchpoint", "channel", units=noun)
    found = _found(ask, name, chosen)
    title = _stored.NAMES.get(name, name)
    if not found:
        note = Note("Nothing was counted for this figure.", "empty", "Widen the period or take a filter away.")
        return Page("figure", title, f"{title}: no estimate, for there are no answers.", "", (controls, note))
    blocks: list[Block] = [controls, Cards(tuple(_card(ask, each, chosen) for each in found))]
    blocks += [chart for each in found[:2] if (chart := _distribution(each))]
    blocks += [_behind(each) for each in found[:2]]
    words = _words.drawn(ask, chosen, title="In their words", draw=draw or "", page="figure", name=name)
    sentence, formula = _sentence(ask, title, found[0], chosen), _say.named(str(found[0].detail.get("formula", "")))
    return Page("figure", title, sentence, formula, (*blocks, words))


def _found(ask: Ask, name: str, chosen: _narrow.Narrow) -> list[_stored.Figure]:
    """The stored row where one answers this, so that every page says the same; else measured for these filters."""
    if not (chosen.since or chosen.until or chosen.channel):
        by = tuple(each for each in ("unit", "touchpoint") if getattr(chosen, each))
        rows = _stored.stored(ask, name, by)
        return [each for each in rows if all(each.by[key] == getattr(chosen, key) for key in by)]
    return _stored.figures(ask, name, (), chosen)


def _card(ask: Ask, figure: _stored.Figure, chosen: _narrow.Narrow) -> Any:
    middle = figure.detail.get("group_mean", 0.0 if figure.name in ("nps", "sentiment") else None)
    words = _words.of_metric(ask, figure.name, chosen)
    return _stored.estimate(figure, _stored.title(figure), middle=middle, verbatims=words, seed=ask.seed)


def _distribution(figure: _stored.Figure) -> Chart | None:
    """How the answers fell: experience is subjective, and one mean hides it."""
    counts = figure.detail.get("counts") or {}
    return _charts.distribution(counts, title=_fell(counts), lead=_stored.title(figure)) if len(counts) > 1 else None


def _fell(counts: dict[str, int]) -> str:
    most = max(counts, key=lambda each: counts[each])
    share = _say.number(counts[most] / sum(counts.values()), measured_in="share")
    return f"The most frequent answer is “{most}”, given by {share}"


def _behind(figure: _stored.Figure) -> Grid:
    detail = figure.detail
    rows: list[tuple[str, str]] = [
        ("n", _say.some(figure.n, *_stored.counted_nouns(figure.name))),
        ("formula", str(detail.get("formula", "–"))),
        ("measured in", _say.scale(figure.measured_in)),
        ("answered on", _say.scale(str(detail.get("answered_on", "–")))),
    ]
    for key, label in (("raw", "its own answers alone"), ("group_mean", "mean of its group")):
        if detail.get(key) is not None:
            rows.append((label, _say.number(float(detail[key]), measured_in=figure.measured_in)))
    if detail.get("reliability") is not None:
        rows.append(("reliability", _say.number(float(detail["reliability"]))))
    if "rank" in detail:
        size = detail.get("group_size", "?")
        rows.append(("rank", f"{detail['rank']} of {size}, from {detail['rank_low']} to {detail['rank_high']}"))
    return Grid("What stands behind it", _stored.title(figure), ("", ""), tuple(rows))


def _sentence(ask: Ask, title: str, figure: _stored.Figure, chosen: _narrow.Narrow) -> str:
    made = _stored.estimate(figure, title)
    names = _units.names(ask)
    parts = [names.get(chosen.unit, chosen.unit), chosen.touchpoint, chosen.channel]
    about = ", ".join(part for part in parts if part)
    if made.value is None:
        return f"{title}{f' ({about})' if about else ''}: no estimate, {made.why}."
    few = " Few answers: the interval says more than the figure." if figure.detail.get("few") else ""
    return f"{title}{f' ({about})' if about else ''}: {_say.value(made)}, {_say.interval(made)}.{few}"
