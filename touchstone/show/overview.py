"""Overview: what customers live, in a sentence; the figures that carry it; where to look next."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Estimate, Filters, Note, Page, Ranking
from touchstone.show import _charts, _journey, _league, _narrow, _plans, _say, _stored, _words

WHO = ("insider", "partner")
_PLACE = 1, "Experience"


def show(
    ask: Ask,
    *,
    since: str | None = None,
    until: str | None = None,
    unit: str | None = None,
    touchpoint: str | None = None,
    channel: str | None = None,
    draw: str | None = None,
) -> Page:
    """The whole on one page: sentence, cards, journey, what to mend first, units, words. `draw` draws other words."""
    chosen = _narrow.narrow(since=since, until=until, unit=unit, touchpoint=touchpoint, channel=channel)
    controls = _narrow.filters(ask, chosen, "since", "until", "unit", "touchpoint", "channel", units=_unit_label(ask))
    told, scored = _journey.told(ask, chosen), _journey.scored(ask, chosen)
    journey = told if told.estimates else scored
    cards = _cards(ask, chosen)
    if not cards and not journey.estimates:
        return _empty(chosen, controls)
    blocks: list[Block] = [controls, Cards(cards)]
    if journey.estimates:
        blocks.append(_journey.streaks(journey, title="The journey, as customers tell it"))
    ranking = _plans.ranking(ask, chosen, most=5)
    if ranking:
        blocks.append(ranking)
    found = None if chosen.unit else _league.league(ask, chosen)
    if found:
        blocks.append(_charts.funnel(found, most=12))
    words = _words.drawn(ask, chosen, title="In their words", draw=draw or "", page="overview", count=4)
    if words.total:
        blocks.append(words)
    return Page(
        "overview",
        "Overview",
        _sentence(journey, cards),
        _lead(ranking, found),
        tuple(blocks),
        _journey.accent(journey),
    )


def _unit_label(ask: Ask) -> str:
    return _league.nouns(ask)[0].capitalize()


def _cards(ask: Ask, chosen: _narrow.Narrow) -> tuple[Estimate, ...]:
    """The scores that lead, the sentiment and what changed: four at most, so that each is read."""
    rows = _stored.by_weight(_stored.scores(ask, (), chosen), _stored.asked_of_all(ask, chosen))
    rest = [_card(ask, each, chosen) for each in _stored.figures(ask, "sentiment", (), chosen)]
    rest += [] if chosen.active else _plans.changes(ask, (), chosen)[:1]
    made = [_card(ask, each, chosen) for each in rows[: 4 - len(rest)]] + rest
    if len(made) < 3:
        made += [_card(ask, each, chosen) for each in _stored.figures(ask, "volume", (), chosen)]
    return tuple(made)


def _card(ask: Ask, figure: _stored.Figure, chosen: _narrow.Narrow) -> Estimate:
    middle = 0.0 if figure.name in ("nps", "sentiment") else None
    words = _words.of_metric(ask, figure.name, chosen)
    return _stored.estimate(
        figure, _stored.title(figure), middle=middle, seed=ask.seed, verbatims=words,
        drawn_from="those who gave this score" if figure.name in _stored.SCORES else "all that is said",
        href=chosen.address("figure", name=figure.name),
    )  # fmt: skip


def _sentence(journey: _journey.Journey, cards: tuple[Estimate, ...]) -> str:
    if journey.estimates:
        return _journey.sentence(journey)
    first = cards[0]
    return f"{first.label}: {_say.value(first)}, {_say.interval(first)}, from {_say.count(first.n)} {first.counted}."


def _lead(ranking: Ranking | None, found: _league.League | None) -> str:
    parts = [_plans.certainty(ranking)] if ranking else []
    if found:
        parts.append(_league.sentence(found))
    return " ".join(part for part in parts if part)


def _empty(chosen: _narrow.Narrow, controls: Filters) -> Page:
    if chosen.active:
        note = Note("Nothing matches these filters.", "empty", "Widen the period, or choose Everything.")
        return Page("overview", "Overview", "Nothing was heard here.", "", (controls, note))
    todo = "Bring a file of reviews or survey answers with `touchstone listen table FILE`, then `touchstone run`."
    return Page(
        "overview", "Overview", "Nothing has been heard yet.", "", (Note("This home is empty.", "empty", todo),)
    )
