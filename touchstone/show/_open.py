"""What of a customer's is open: problems, wishes, promises asked for; and what was settled since. By rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from touchstone.core.number import SPACE
from touchstone.core.page import Grid, Link
from touchstone.rules.next_step import Known
from touchstone.show import _marks, _person, _say
from touchstone.show._person import Said

PROMISES, LEAVING = frozenset({"promise_asked"}), frozenset({"churn_threat"})
WISHES, THANKS = frozenset({"suggestion", "request", "question"}), frozenset({"thanks", "praise"})
SHORT = 140  # characters of a text in a line
_RULE = "Open until they speak well of the same thing, or thank or praise where it was."


@dataclass(frozen=True)
class Item:
    """Something a customer brought up, and the day since which they speak well of it; empty: it is open."""

    said: Said
    about: tuple[str, ...] = ()
    settled: str = ""


@dataclass(frozen=True)
class Items:
    """Everything brought up, the latest first."""

    problems: tuple[Item, ...]
    wishes: tuple[Item, ...]
    promises: tuple[Item, ...]
    leaving: tuple[Item, ...]


def items(said: Sequence[Said]) -> Items:
    """What the texts bring up, from interactions with the latest first."""
    kinds = ((frozenset({"problem"}), True), (WISHES, False), (PROMISES, False), (LEAVING, False))
    problems, wishes, promises, leaving = (
        tuple(
            Item(each, each.bad, _settled(each, said[:place]))
            for place, each in enumerate(said)
            if each.kinds & wanted or (complaints and each.bad)
        )
        for wanted, complaints in kinds
    )
    return Items(problems, wishes, promises, leaving)


def _settled(said: Said, later: Sequence[Said]) -> str:
    """The first day after it on which the customer speaks well of the same thing, or thanks where it was."""
    for each in reversed(later):
        thanks = each.kinds & THANKS and not each.bad and each.row["unit"] == said.row["unit"]
        if thanks or not each.good.isdisjoint(said.bad):
            return each.shown or "later"
    return ""


def known(found: Items, said: Sequence[Said], *, consents: tuple[str, ...], unsure: int) -> Known:
    """What the rule of the next step asks."""
    last = said[0] if said else None
    problem = next((each for each in found.problems if not each.settled), None)
    return Known(
        consents=consents,
        asked_promise=_day(found.promises),
        leaving=_day(found.leaving),
        problem=(problem.said.shown or "an unknown day") if problem else "",
        about=_say.listed([each.replace("_", " ") for each in problem.about]) if problem else "",
        wish=_day(found.wishes),
        unsure=unsure,
        praise=last.shown if last and last.good and not last.bad else "",
    )


def _day(found: Sequence[Item]) -> str:
    first = next((each for each in found if not each.settled), None)
    return (first.said.shown or "an unknown day") if first else ""


def grids(found: Items) -> list[Grid]:
    """A table of what is open or was settled, for each kind there is."""
    said = (
        ("Problems", _RULE, "spoken well of since", found.problems),
        ("What they wished for", _RULE, "spoken well of since", found.wishes),
        ("What they asked to be promised", f"Kept, as far as their words show. {_RULE}", "kept", found.promises),
    )
    return [_grid(title, lead, settled, rows) for title, lead, settled, rows in said if rows]


def _grid(title: str, lead: str, settled: str, rows: Sequence[Item]) -> Grid:
    shown = sorted(rows, key=lambda each: bool(each.settled))[:10]
    lines = tuple(
        (
            Link(each.said.shown.replace(" ", SPACE) or "undated", f"interaction?id={each.said.row['id']}"),
            each.said.where or "–",
            _short(each.said),
            each.settled or "open",
        )
        for each in shown
    )
    still = sum(1 for each in rows if not each.settled)
    title = f"{title}: {_say.none(still)} open" + (f", {_say.count(len(rows))} in all" if len(rows) > still else "")
    return Grid(title, lead, ("day", "where", "in their words", settled), lines)


def _short(said: Said) -> str:
    found = _marks.excerpt(_person.verbatim(said), SHORT)
    return found.before + found.span + found.after
