"""Customer: one person's whole story, across channels, dealers and years, and the next sensible step."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Estimate, Field, Form, Grid, Link, Note, Page, Story, Streaks
from touchstone.rules.next_step import next_step
from touchstone.science.interval import mean_interval
from touchstone.show import _cases, _open, _person, _say, _ties, _worth
from touchstone.show._may import may

WHO = ("insider", "partner")
_EVENTS = 30  # of a story on one page
_PERIODS = 12
_FORMULA = "mean over texts of the sentiment of what each mentions; 95 % score interval (Tango 1998) on −1 to 1"


def show(ask: Ask, *, id: str | None = None, skip: str | None = None) -> Page:
    """The customer that person `id` is: what to do next, mood, what is open, the story, and who they are.

    `skip` passes as many of the latest interactions of the story.
    """
    passed = int(skip) if skip and skip.isascii() and skip.isdigit() and len(skip) < 6 else 0
    found = _person.person(ask, id, slice(passed, passed + _EVENTS)) if id else None
    if found is None:
        note = Note("There is no such customer here.", "empty", "Look for one on the page Customers.")
        return Page("customer", "One customer", "Which customer?", "", (note,))
    back = f"/customer?id={quote(found.called.id, safe='')}"
    items = _open.items(found.said)
    ties = _ties.belonging(ask, found.kin, back)
    known = _open.known(items, found.said, consents=found.consents, unsure=_ties.waiting(ties))
    step = next_step(known)
    mood = _mood(found)
    cards = [each for each in (mood[0] if mood else None, _worth.worth(ask, found)) if each is not None]
    blocks: list[Block | None] = [
        Note(step.text, "plain", step.reason),
        Cards(tuple(cards)) if cards else None,
        _cases.of_customer(ask, found.ids),
        *_open.grids(items),
        _advice(ask, found),
        _over_time(mood),
        _story(found, back, passed),
        ties,
        _own_page(ask, found, back),
    ]
    return Page("customer", found.name, _sentence(found, items), _lead(found), tuple(each for each in blocks if each))


def _sentence(found: _person.Person, items: _open.Items) -> str:
    still = sum(1 for each in items.problems if not each.settled)
    if still:
        return f"{found.name} has {_say.word(still)} open {'problem' if still == 1 else 'problems'}."
    return f"Nothing of {found.name} is open." if found.said else f"Nothing was heard of {found.name} yet."


def _lead(found: _person.Person) -> str:
    days = [each.shown for each in reversed(found.said) if each.day]
    if not days:
        return ""
    units = sorted({each.where for each in found.said if each.where})
    channels = sorted({each.row["channel"] for each in found.said if each.row["channel"]})
    some = _say.some(len(found.said), "interaction", "interactions")
    heard = f"The latest {some}" if len(found.said) == _person.MOST else some
    parts = [f"{heard}: {days[0]}" if days[0] == days[-1] else f"{heard} from {days[0]} to {days[-1]}"]
    parts += [f"Where: {' · '.join(units)}"] if units else []
    parts += [f"Channels: {_say.listed(channels)}"] if channels else []
    return f"{'. '.join(parts)}."


def _mood(found: _person.Person) -> list[Estimate]:
    """What they say on the whole, then month by month (or quarter by quarter), the earliest first."""
    said = [(each.day, each.sentiment) for each in found.said if each.day and each.sentiment is not None]
    if not said:
        return []
    months = sorted({day[:7] for day, _ in said})
    label = _month if len(months) <= _PERIODS else _quarter
    periods = list(dict.fromkeys(label(month) for month in months))[-_PERIODS:]
    whole = [(0, value) for _, value in said]
    parts = [(periods.index(name) + 1, value) for day, value in said if (name := label(day[:7])) in periods]
    group, value = (np.array(column) for column in zip(*whole, *parts, strict=True))
    mean = mean_interval(group, np.clip(value, -1, 1), np.ones(len(group)), worst=-1, best=1)
    figures = zip(mean.value.tolist(), mean.low.tolist(), mean.high.tolist(), mean.n.tolist(), strict=True)
    return [
        Estimate(name, value, low, high, int(n), "−1 to 1", formula=_FORMULA, counted="texts")
        for name, (value, low, high, n) in zip(["Mood", *periods], figures, strict=True)
    ]


def _month(month: str) -> str:
    return f"{_say.MONTHS[int(month[5:]) - 1]} {month[:4]}"


def _quarter(month: str) -> str:
    return f"{_say.ORDINALS[(int(month[5:]) - 1) // 3]} quarter of {month[:4]}"


def _own_page(ask: Ask, found: _person.Person, back: str) -> Form | None:
    """Invites them to their own page, for who may and sees their address."""
    if not (may(ask.viewer, "account.invite") and ask.viewer.personal):
        return None
    told = "Where a mail address of theirs is known and this is left out, the link goes there."
    fields = (
        Field("person", "", found.called.id, kind="hidden"),
        Field("name", "They sign in as", help=told),
        Field("back", "", back, kind="hidden"),
    )
    return Form("account.invite", "A page of their own", fields, "Invite them")


def _advice(ask: Ask, found: _person.Person) -> Grid | None:
    """Leads an insider to what else would help who bought something."""
    if ask.viewer.side != "insider" or not any(each.row["kind"] == "purchase" for each in found.said):
        return None
    to = Link("What goes with what they chose, and its price", f"recommend?id={quote(found.called.id, safe='')}")
    return Grid("What else would help", "", ("",), ((to,),), narrow=True)


def _over_time(mood: list[Estimate]) -> Streaks | None:
    """The mood period by period, the latest first: drawn in a fraction of the time that a chart takes."""
    if len(mood) < 3:
        return None
    lead = "Where a bar crosses the middle, so few texts cannot tell; the latest first."
    return Streaks("Mood over time", lead, (("", tuple(mood[:0:-1])),), "texts")


def _story(found: _person.Person, back: str, passed: int) -> Story | None:
    """Interactions, the latest first, a page of them at a time."""
    if not found.said:
        return None
    shown = found.said[passed : passed + _EVENTS]
    rest = len(found.said) - passed - len(shown)
    lead = f"The latest first, {_say.count(rest)} earlier." if rest > 0 else "The latest first."
    return Story(
        "Their story",
        lead,
        tuple(_person.event(each) for each in shown),
        earlier=f"{back}&skip={passed + _EVENTS}" if rest > 0 else "",
        later=f"{back}&skip={max(0, passed - _EVENTS)}" if passed else "",
    )
