"""What a home's log teaches of its offers: each campaign as a trial, and all that was drawn by lot as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.tables import TEXT
from touchstone.decide._offer_found import Found, Set, found
from touchstone.decide._offer_home import Past
from touchstone.decide._offer_lives import columns, drawn, offered
from touchstone.decide._offer_money import Money
from touchstone.decide._offer_trial import campaign

NONE = "none"
"""What it is called where no offer was made."""
_PARTS = ("night", "morning", "afternoon", "evening")  # six hours each
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, eq=False)
class Learned:
    """Of one campaign (`name` None: of all offers drawn by lot) what it teaches, and why it is targeted at nobody."""

    name: str | None
    case: Found | None
    why: str | None
    sent: str  # when its offers were sent: which days and parts of the day
    rewarded: list[str]


def learned(
    ask: Ask, past: Sequence[Past], lives: pa.Table, limits: Set, *, days: int, time: str, money: Money
) -> list[Learned]:
    """What each campaign teaches for customers as they stand now (`lives`)."""
    draws = drawn(ask, days=days)
    by_lot = set(pc.unique(draws["offered"]).to_pylist()) - {None}
    rewarded = [each.name for each in past if each.rewarded]
    how: dict[str, Any] = {"time": time, "money": money}
    paid = sorted(by_lot & set(rewarded))
    made = [_case(None, draws, lives, limits, rewarded=paid, **how)] if len(draws) else []
    for each in past:
        if each.name in by_lot:
            continue
        own = [each.name] if each.rewarded else []
        if each.why:
            made.append(Learned(each.name, None, each.why, "", own))
        else:
            upto = each.during[1] + timedelta(days=days)
            held = offered(ask, each.name, each.during, since=each.during[0], upto=upto)
            made.append(_case(each.name, held, lives, limits, rewarded=own, **how))
    return made


def of_draws(ask: Ask, limits: Set, *, days: int, money: Money) -> Learned | None:
    """What offers drawn by lot teach together; None where none was drawn whose outcome is known by now."""
    draws = drawn(ask, days=days)
    return _case(None, draws, draws.slice(0, 0), limits, time="no", money=money, rewarded=[]) if len(draws) else None


def _case(
    name: str | None, held: pa.Table, lives: pa.Table, limits: Set, *, time: str, money: Money, rewarded: list[str]
) -> Learned:
    table = pa.concat_tables([_rows(held, time, waits=False), _rows(lives, time, waits=True)])
    if name is not None:
        table = table.drop_columns(["logged_probability"])
    given = campaign(table, control=None, rest=0.0, seed=limits.seed)
    sent = _sent(held)
    if isinstance(given, tuple):
        return Learned(name, None, given[0], sent, rewarded)
    cost = {offer: money.cost(offer) for offer, _ in given.offers}
    made = replace(limits, cost=cost, worth=money.worth, incentive=rewarded)
    case = found(given, made)
    return Learned(name, case, case.refused, sent, rewarded)


def _rows(held: pa.Table, time: str, *, waits: bool) -> pa.Table:
    """Looks at customers as rows of a campaign: what waits has neither an offer nor an outcome."""
    size = len(held)
    blank = pa.nulls(size, TEXT)
    sent = pc.is_valid(held["offered"])
    return pa.table({
        "person": held["person"],
        "offer": blank if waits else pc.fill_null(held["offered"], NONE),
        "send_time": blank if waits or time == "no" else pc.if_else(sent, _times(held, time), pa.scalar(None, TEXT)),
        "outcome": pa.nulls(size, pa.float64()) if waits else held["bought"].cast(pa.float64()),
        "logged_probability": held["propensity"],
        **columns(held),
    })  # fmt: skip


def _times(held: pa.Table, time: str) -> pa.Array:
    """The day of the week, or the part of the day (UTC), on which each offer was sent."""
    at = held["sent_at"].combine_chunks()
    place = pc.day_of_week(at) if time == "weekday" else pc.divide(pc.hour(at), 6)
    return pa.array(_DAYS if time == "weekday" else _PARTS, TEXT).take(place)


def _sent(held: pa.Table) -> str:
    """On which days and in which parts of the day offers were sent, as far as the log says."""
    sent = held.filter(pc.is_valid(held["offered"]))
    days, parts = (set(_times(sent, time).to_pylist()) for time in ("weekday", "part"))
    day = "any day of the week" if len(days) == len(_DAYS) else ", ".join(each for each in _DAYS if each in days)
    part = "any part of the day" if len(parts) == len(_PARTS) else ", ".join(each for each in _PARTS if each in parts)
    return f"{day}; {part} (UTC)"
