"""Priorities: which touchpoints to mend first, how sure that order is, and the words behind each."""

from __future__ import annotations

from itertools import islice

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Note, Page, Ranking
from touchstone.show import _league, _narrow, _plans, _say, _words

WHO = ("insider", "partner")
_PLACE = 11, "Plans"


def show(ask: Ask, *, unit: str | None = None, touchpoint: str | None = None, draw: str | None = None) -> Page:
    """The ranking of touchpoints for the brand or for one unit, then complaints about the first, drawn at random."""
    chosen = _narrow.narrow(unit=unit, touchpoint=touchpoint)
    noun = _league.nouns(ask)[0].capitalize()
    controls = _narrow.filters(ask, chosen, "unit", "touchpoint", units=noun)
    found = _plans.ranking(ask, chosen)
    if found is None:
        note = Note(
            "Nothing is ranked yet.", "empty", "Priorities need touchpoints with mentions or scores: `touchstone run`."
        )
        return Page("priorities", "Priorities", "There is too little to say what to mend first.", "", (controls, note))
    blocks: list[Block] = [controls, found]
    said = (
        _words.complaints(ask, chosen, name, draw=draw or "", page="priorities")
        for name in _plans.first(ask, chosen)[:8]
    )
    blocks += islice((each for each in said if each.verbatims), 3)
    return Page("priorities", "Priorities", _sentence(found), _plans.certainty(found), tuple(blocks))


def _sentence(found: Ranking) -> str:
    known = [each.title for each in found.choices if each.estimate.value is not None]
    if not known:
        return "Too few customers speak of any touchpoint to say what to mend first."
    if len(known) == 1:
        return f"Look first at {_say.inline(known[0])}."
    return f"Look first at {_say.inline(known[0])}, then at {_say.inline(known[1])}."
