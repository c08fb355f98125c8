"""Advisers: problems they solved, and how loyal and valuable the customers they helped were later."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Grid, Note, Page, Streaks
from touchstone.show import _adviser, _cases, _say
from touchstone.store import loop

WHO = ("contact_centre", "insight", "executive")
_PLACE = 37, "Customers"
_TITLE = "Advisers"
_LEAD = (
    "Later loyalty first, and never sales alone: drawn towards all advisers where answers are few, and as it would be "
    "with everybody's mix of cases."
)
_ALONE = "not told without loyalty"
_NOTES = (
    "This says with whose help customers stayed content, not that the help was why: "
    "who gets which case is not left to chance."
)


def show(ask: Ask) -> Page:
    """Each adviser: cases answered, what their customers said afterwards, and what those bought within a year."""
    found = _adviser.advisers(ask, ask.record(loop.answered()))
    if not found:
        todo = "Cases that were answered count for whoever owns them, once their customers are heard again."
        note = Note("No case with an owner was answered yet.", "empty", todo)
        return Page("adviser", _TITLE, "Nobody has solved a case yet.", "", (note,))
    names = _cases.owners(ask, (each.owner for each in found))
    told = [each for each in found if each.loyalty.value is not None]
    groups = tuple(_adviser.named(each.loyalty, names[each.owner]) for each in told)
    blocks: list[Block] = []
    if groups:
        lead = "Mean of their customers' later answers as a share of each scale; good and bad are told against all."
        blocks.append(Streaks("Later loyalty", lead, (("", groups),), "customers"))
    columns = ("adviser", "answered", "closed for good", "later loyalty", "value within a year")
    lines = tuple(
        (
            names[each.owner], each.answered, each.settled, _adviser.cell(each.loyalty),
            _adviser.cell(each.value) if each.loyalty.value is not None else _ALONE,
        )
        for each in found
    )  # fmt: skip
    blocks += [Grid("All of it", "Closed for good: not opened again.", columns, lines), Note(_NOTES)]
    solved = sum(each.settled for each in found)
    who = _say.some(len(found), "adviser", "advisers")
    sentence = f"{who} closed {_say.some(solved, 'case', 'cases')} for good."
    return Page("adviser", _TITLE, sentence, _LEAD, tuple(blocks))
