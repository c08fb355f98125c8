"""Journey: every touchpoint with its mentions, its sentiment and its doubt, stage by stage."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Note, Page
from touchstone.show import _journey, _league, _narrow, _stored

WHO = ("insider", "partner")
_PLACE = 2, "Experience"


def show(
    ask: Ask,
    *,
    since: str | None = None,
    until: str | None = None,
    unit: str | None = None,
    channel: str | None = None,
) -> Page:
    """What is said and what is scored of each touchpoint, in the order of the journey."""
    chosen = _narrow.narrow(since=since, until=until, unit=unit, channel=channel)
    noun = _league.nouns(ask)[0].capitalize()
    blocks: list[Block] = [_narrow.filters(ask, chosen, "since", "until", "unit", "channel", units=noun)]
    told, scored = _journey.told(ask, chosen), _journey.scored(ask, chosen)
    if told.estimates:
        blocks.append(_journey.streaks(told, title="What customers say"))
    if scored.estimates:
        blocks.append(_journey.streaks(scored, title="What customers score"))
    journey = told if told.estimates else scored
    if not journey.estimates:
        todo = "Bring texts or a survey per touchpoint with `touchstone listen`, then `touchstone run`."
        blocks.append(Note("Nothing is known of any touchpoint here.", "empty", todo))
        return Page("journey", "Journey", "No touchpoint has been spoken of yet.", "", tuple(blocks))
    return Page("journey", "Journey", _journey.sentence(journey), _lead(journey), tuple(blocks))


def _lead(journey: _journey.Journey) -> str:
    few = [each for each in journey.estimates if each.n < _journey.ENOUGH]
    open_ones = [each for each in journey.estimates if each.verdict == "open" and each.n >= _journey.ENOUGH]
    parts = []
    if open_ones:
        parts.append(f"Of {len(open_ones)} of {len(journey.estimates)} touchpoints we cannot tell which way it goes.")
    if few:
        parts.append(f"{len(few)} have fewer than {_journey.ENOUGH} {_stored.counted(journey.name)}: too few to tell.")
    return " ".join(parts)
