"""Units: dealers, branches, locations compared fairly, each with its doubt; and one of them seen closely."""

from __future__ import annotations

from dataclasses import replace

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Estimate, Note, Page
from touchstone.show import _charts, _journey, _league, _narrow, _plans, _say, _stored, _units, _words

WHO = ("insider", "partner")
_PLACE = 3, "Experience"


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
    """All units in one league with a funnel, or, with `unit`, that one alone against the rest."""
    chosen = _narrow.narrow(since=since, until=until, unit=unit, touchpoint=touchpoint, channel=channel)
    one, many = _league.nouns(ask)
    title = many.capitalize()
    controls = _narrow.filters(ask, chosen, "since", "until", "unit", "touchpoint", "channel", units=one.capitalize())
    if chosen.unit:
        return _closely(ask, chosen, (controls,), draw or "")
    found = _league.league(ask, chosen)
    if found is None and len(seen := _units.names(ask)) == 1:  # a dealer's own, against what is told of all
        return _closely(ask, replace(chosen, unit=next(iter(seen))), (controls,), draw or "")
    if found is None:
        todo = f"A column that names the {one} of each row makes this page: --map unit=COLUMN."
        note = Note(f"There are no two {many} with answers to compare.", "empty", todo)
        return Page("units", title, f"No {many} to compare yet.", "", (controls, note))
    lead = _lead(found)
    return Page(
        "units", title, _league.sentence(found), lead, (controls, _charts.funnel(found), _league.streaks(found))
    )


def _lead(found: _league.League) -> str:
    """The first and the last, with how sure their places are."""
    first, last = found.estimates[0], found.estimates[-1]
    if not first.rank or not last.rank or len(found.estimates) < 4:
        return ""
    return f"{_placed(first)} {_placed(last)}"


def _placed(estimate: Estimate) -> str:
    rank = estimate.rank or (0, 0, 0)
    between = f"rank {rank[0]}" if rank[1] == rank[2] else f"somewhere from rank {rank[1]} to {rank[2]}"
    return f"{estimate.label} comes in at {_say.value(estimate)}, {between}."


def _closely(ask: Ask, chosen: _narrow.Narrow, blocks: tuple[Block, ...], draw: str) -> Page:
    """One unit: its scores against the rest, its journey, what to mend, its customers' words."""
    everyone = _narrow.Narrow(since=chosen.since, until=chosen.until, channel=chosen.channel)
    name = _units.names(ask).get(chosen.unit, chosen.unit)
    cards = _cards(ask, chosen, everyone)
    journey = _journey.told(ask, chosen)
    journey = journey if journey.estimates else _journey.scored(ask, chosen)
    if not cards and not journey.estimates:
        note = Note("Nothing is known here of this one.", "empty", "Widen the period, or choose another.")
        return Page("units", name, f"Nothing was heard of {name} here.", "", (*blocks, note))
    made: list[Block] = [*blocks, Cards(cards)]
    if journey.estimates:
        made.append(_journey.streaks(journey, title=f"The journey at {name}"))
    if ranking := _plans.ranking(ask, chosen, most=5):
        made.append(ranking)
    words = _words.drawn(ask, chosen, title="In their words", draw=draw, page="units")
    return Page("units", name, _verdict(name, cards), _journey.sentence(journey, where=" here"), (*made, words))


def _cards(ask: Ask, chosen: _narrow.Narrow, everyone: _narrow.Narrow) -> tuple[Estimate, ...]:
    """The unit's scores, drawn towards the rest where they are stored so, with the mean of all as the middle."""
    rows = _stored.scores(ask, ("unit",), everyone) + _stored.figures(ask, "sentiment", ("unit",), everyone)
    own = [each for each in rows if each.by["unit"] == chosen.unit]
    scores = [each for each in own if each.name != "sentiment"]
    ordered = _stored.by_weight(scores, _stored.asked_of_all(ask, everyone))
    ordered += [each for each in own if each.name == "sentiment"]
    return tuple(_card(ask, each, rows, chosen) for each in ordered[:4])


def _card(ask: Ask, own: _stored.Figure, rows: list[_stored.Figure], chosen: _narrow.Narrow) -> Estimate:
    alike = [each for each in rows if (each.name, each.measured_in) == (own.name, own.measured_in)]
    return _stored.estimate(
        own, _stored.title(own), middle=own.detail.get("group_mean", _mean(alike)), seed=ask.seed,
        verbatims=_words.of_metric(ask, own.name, chosen), href=chosen.address("figure", name=own.name),
    )  # fmt: skip


def _mean(rows: list[_stored.Figure]) -> float | None:
    known = [each for each in rows if each.value is not None]
    total = sum(each.n for each in known)
    return sum((each.value or 0.0) * each.n for each in known) / total if total and len(known) > 1 else None


def _verdict(name: str, cards: tuple[Estimate, ...]) -> str:
    """Where the unit stands, in one sentence with its doubt."""
    if not cards or cards[0].value is None:
        return f"Too few answers to say how {name} does."
    first = cards[0]
    figure = f"{_say.value(first)}, {_say.interval(first)}"
    if first.verdict in ("good", "bad"):
        side = "above" if first.verdict == "good" else "below"
        return f"{name} stands clearly {side} the rest: {figure}."
    return f"{name} cannot be told from the rest: {figure}."
