"""Asking: whom to ask for a review, a referral or advice, and whom to leave alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Grid, Note, Page
from touchstone.rules.asking import PURPOSES
from touchstone.show import _people, _plans, _say
from touchstone.show._people import Someone
from touchstone.show._stored import Figure

WHO = ("insider", "partner")
_PLACE = 33, "Customers"
_TITLE = "Asking"
_LAW = (
    "A public review is asked of customers drawn by lot, whatever they think: to ask only the pleased, or to give "
    "something for praise, misleads readers, and law and platforms forbid it."
)
_SHOWN = 25  # of a purpose
_LISTS = {
    "review": ("To ask for a public review", "Drawn by lot among all who may be asked; what they said has no say."),
    "referral": ("To ask for a referral", "Genuine promoters: in own words or deeds, with nothing given for it."),
    "advice": ("To ask for advice", "Who proposed, explained, or said what was bad and saw it settled."),
}


def show(ask: Ask, *, all: str | None = None) -> Page:
    """Lists by what to ask for, with the reason of each, and why the others are left alone; `all` shows whole lists."""
    rows = _plans.planned(ask, "ask", "ask", "person")
    whole = next((each for each in rows if not each.by.get("person")), None)
    listed = [each for each in rows if each.by.get("person") and each.by.get("ask")]
    if not listed and whole is None:
        return _none(ask)
    people = _people.people(ask, [each.by["person"] for each in listed])
    still = [each for each in listed if people[each.by["person"]].allows(PURPOSES[each.by["ask"]])]
    blocks: list[Block] = [
        *_lists(still, people, whole, most=None if all else _SHOWN), *_alone(whole, len(listed) - len(still)),
    ]  # fmt: skip
    return Page("asking", _TITLE, _sentence(still, whole), _LAW, tuple(blocks))


def _none(ask: Ask) -> Page:
    own = " of yours" if ask.viewer.side == "partner" else ""
    todo = "Who bought, came or wrote, and allows contact for surveys or offers, is looked at by each run."
    note = Note(f"No customer{own} can be asked yet.", "empty", todo)
    return Page("asking", _TITLE, "There is nobody to ask yet.", _LAW, (note,))


def _sentence(still: Sequence[Figure], whole: Figure | None) -> str:
    counts = whole.detail["asked"] if whole is not None else _counts(still)
    told = [f"{_say.count(counts[name])} for {_say_what(name)}" for name in _LISTS if counts.get(name)]
    if not told:
        return "There is nobody to ask just now."
    asked = f"You can ask {_say.listed(told)}"
    if whole is None:
        return f"{asked}."
    alone = sum(whole.detail["alone"].values())
    return f"{asked}; leave {_say.count(alone)} of {_say.count(whole.n)} alone."


def _counts(still: Sequence[Figure]) -> dict[str, int]:
    return {name: sum(each.by["ask"] == name for each in still) for name in _LISTS}


def _say_what(name: str) -> str:
    return {"review": "a review", "referral": "a referral"}.get(name, name)


def _lists(
    still: Sequence[Figure], people: dict[str, Someone], whole: Figure | None, *, most: int | None
) -> list[Grid]:
    found = []
    for name, (title, lead) in _LISTS.items():
        mine = [each for each in still if each.by["ask"] == name]
        if not mine:
            continue
        if name != "review":
            mine.sort(key=lambda each: (-(each.value or 0.0), each.by["person"]))
        every = whole.detail["asked"].get(name, len(mine)) if whole is not None else len(mine)
        shown = mine[:most]
        more = f" {_say.count(len(shown))} of {_say.count(every)}." if every > len(shown) else ""
        found.append(Grid(title, lead + more, _columns(name), tuple(_line(each, people) for each in shown)))
    return found


def _columns(name: str) -> tuple[str, ...]:
    return ("customer",) if name == "review" else ("customer", "speaks for it", "why")


def _line(each: Figure, people: dict[str, Someone]) -> tuple[Any, ...]:
    who, why = people[each.by["person"]].link, str(each.detail.get("reason", ""))
    if each.by["ask"] == "review":
        return (who,)
    return (who, _say.number(each.value or 0.0, measured_in="share"), why)


def _alone(whole: Figure | None, since: int) -> list[Block]:
    """Why customers are left alone, the most frequent reason first; and who has said no since."""
    blocks: list[Block] = []
    if since:
        said = "customer has" if since == 1 else "customers have"
        blocks.append(Note(f"{_say.count(since)} {said} since said no and are left out.", "plain"))
    if whole is None:
        return blocks
    reasons = sorted(whole.detail["alone"].items(), key=lambda each: (-each[1], each[0]))
    rows = tuple((why, _say.count(count)) for why, count in reasons)
    looked = f"Of {_say.count(whole.n)} customers who bought, came or wrote, drawn by lot where there are more."
    return [*blocks, Grid("Whom to leave alone, and why", looked, ("why", "customers"), rows, narrow=True)]
