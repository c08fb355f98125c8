"""Who of a home's customers gets what next, learned from its campaigns: within consent, complaints, contacts, money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from touchstone.core.ask import Ask
from touchstone.decide._bought import dealt_with
from touchstone.decide._file import row
from touchstone.decide._offer_alone import alone
from touchstone.decide._offer_choice import NOTHING
from touchstone.decide._offer_found import Set, tidy, told_of
from touchstone.decide._offer_home import Past
from touchstone.decide._offer_learned import Learned, learned
from touchstone.decide._offer_lives import now
from touchstone.decide._offer_money import Money
from touchstone.decide._offer_ways import Ways, chosen, detail_of, ways
from touchstone.decide._same_customer import customers

_UNIT = "purchases per customer"
_LOOKED = 5000  # customers whose consent and complaints are looked at where nobody is named
_AT = """
select distinct person from interaction where unit in (select unnest(?)) and person is not null
    and coalesce(level, 'end_customer') = 'end_customer' order by person
"""


@dataclass(frozen=True)
class Wanted:
    """For whom (those named, those who dealt with units, else at most `top`), of which offers, and when they tire."""

    person: Sequence[str]
    unit: Sequence[str]
    top: int
    campaign: Sequence[str]
    days: int
    often: int
    time: str  # no, weekday or part


def next_of_home(
    maker: str, ask: Ask, past: Sequence[Past], limits: Set, *, wanted: Wanted, money: Money
) -> Iterator[dict[str, Any]]:
    """Rows by campaign (how well targeting it does), by person, and one that sums up; nothing where none ever ran."""
    who = _who(ask, wanted)
    lives = now(ask, None if who is None else list(who))
    told = learned(ask, past, lives, limits, days=wanted.days, time=wanted.time, money=money)
    for each in told:
        yield _judged(maker, each, wanted, money)
    cases = [each.case for each in told if each.case is not None]
    known = {offer for case in cases for offer, _ in case.given.offers}
    fresh = [] if limits.learn == "no" else sorted(set(wanted.campaign) - known)
    persons = sorted(lives["person"].to_pylist())
    if cases or fresh:
        floor = limits.floor if cases else 1.0  # of nothing known all is dealt out evenly
        again = limits.seed + ask.now.toordinal() * (limits.learn != "no")  # other lots on another day
        limits = replace(limits, worth=money.worth, floor=floor, seed=again)
        choice = ways(cases, limits, persons=len(persons), fresh={each: money.cost(each) for each in fresh})
        yield from _rows(maker, ask, choice, persons, who=who, wanted=wanted, money=money)
    else:
        why = next((each.why for each in told if each.why), "no offer was ever made")
        yield from (_silent(maker, name, why) for name in who or ())


def _who(ask: Ask, wanted: Wanted) -> dict[str, list[str]] | None:
    """The customers asked for with all their ids; None where nobody is named."""
    if not wanted.person and not wanted.unit:
        return None
    there = ask.lake(_AT, [list(wanted.unit)])["person"].to_pylist() if wanted.unit else []
    return customers(ask, [*wanted.person, *there])


def _judged(maker: str, told: Learned, wanted: Wanted, money: Money) -> dict[str, Any]:
    """How well targeting a campaign does, by the Qini of customers held apart; or why it is targeted at nobody."""
    by = {"campaign": told.name, "against": "chance"}
    detail: dict[str, Any] = {"refused": told.why, "why": told.why, "days_after": wanted.days, "sent": told.sent}
    if told.case is None:
        made = row(maker, by, None, n=0, measured_in="Qini: purchases per customer", detail=detail)
        return {**made, "about": [], "rests_on": []}
    case = told.case
    detail |= told_of(case) | {
        "cost": {name: tidy(value) for (name, _), value in zip(case.given.offers, case.cost.tolist(), strict=True)},
        "worth": tidy(money.worth), "currency": money.currency, "rewarded": told.rewarded,
    }  # fmt: skip
    if wanted.time == "no":
        detail["send_time"] = "not chosen: set time to weekday or part"
    area = case.qini
    made = row(maker, by, area.value, n=len(case.given.trial.arm), measured_in="Qini: purchases per customer",
               detail=detail, limits=(area.low, area.high))  # fmt: skip
    return {**made, "about": [], "rests_on": []}


def _silent(maker: str, person: str, why: str) -> dict[str, Any]:
    made = row(
        maker, {"person": person, "offer": None}, None, n=0, measured_in=_UNIT, detail={"why": why, "reason": why}
    )
    return {**made, "about": [], "rests_on": []}


def _rows(
    maker: str, ask: Ask, choice: Ways, persons: list[str], *, who: Mapping[str, list[str]] | None, wanted: Wanted,
    money: Money,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """A row for each customer, and one that sums up what is sent, what it costs and what it should bring."""
    looked = _looked(choice, who, ask.seed)
    choice, names = choice.of(looked), [persons[at] for at in looked.tolist()]
    ids = who if who is not None else customers(ask, names)
    held = alone(
        ask, {name: ids[name] for name in names}, rest=choice.limits.rest, often=wanted.often, days=wanted.days
    )
    made = chosen(choice, np.array([held[name] is None for name in names], bool))
    sent = np.flatnonzero(made.place != NOTHING)
    told = np.arange(len(names)) if who is not None or choice.limits.learn != "no" else sent
    if who is None and choice.limits.learn == "no":
        gain = choice.net[told, made.place[told]]
        told = told[np.lexsort((told, -gain))][: wanted.top]
    units = dealt_with(ask, {names[at]: ids[names[at]] for at in told.tolist()})
    for at in told.tolist():
        name, place = names[at], int(made.place[at])
        detail = detail_of(choice, made, at, held[name])
        if place != NOTHING:
            detail |= {"cost": tidy(float(choice.cost[place])), "gain": tidy(float(choice.net[at, place]))}
        offer = None if place == NOTHING else choice.offers[place][0]
        line = row(
            maker, {"person": name, "offer": offer}, choice.value(at), n=choice.n, measured_in=_UNIT, detail=detail
        )
        yield {**line, "about": units.get(name, []), "rests_on": []}
    for name in sorted(set(who or ()) - set(names)):
        yield _silent(maker, name, "nothing is known of them")
    yield _sum(maker, choice, made.place, held, money)


def _looked(choice: Ways, who: Mapping[str, list[str]] | None, seed: int) -> np.ndarray:
    """Those of whom it is asked whether they may be written to: all named; else by gain, by lot where lots decide."""
    every = np.arange(len(choice.net))
    if who is not None or len(every) <= _LOOKED:
        return every
    if choice.limits.learn != "no":
        return np.sort(np.random.default_rng(seed).permutation(every)[:_LOOKED])
    return np.sort(np.lexsort((every, -choice.open.max(axis=1)))[:_LOOKED])


def _sum(maker: str, choice: Ways, place: np.ndarray, held: Mapping[str, str | None], money: Money) -> dict[str, Any]:
    sent = np.flatnonzero(place != NOTHING)
    gain = float(choice.net[sent, place[sent]].sum())
    detail = {
        "sent": dict(sorted(Counter(choice.names[at] for at in place[sent].tolist()).items())),
        "spent": tidy(float(choice.cost[place[sent]].sum())),
        "alone": dict(sorted(Counter(_kind(why) for why in held.values() if why).items())),
        "looked_at": len(place), "worth": tidy(money.worth), "currency": money.currency,
        "refused": choice.why, "why": choice.why,
        "offers": {name: {"cost": tidy(cost), "refused": why}
                   for name, cost, why in zip(choice.names, choice.cost.tolist(), choice.refused, strict=True)},
    }  # fmt: skip
    made = row(maker, {"person": None, "offer": None}, None if choice.why else tidy(gain), n=len(place),
               measured_in=money.currency or "worth less cost", detail=detail)  # fmt: skip
    return {**made, "about": [], "rests_on": []}


def _kind(why: str) -> str:
    """A reason without the days and times of one customer."""
    return "Asked or written to of late or often." if why.startswith("Asked") else why
