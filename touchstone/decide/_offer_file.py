"""Who gets what next: the rows about a campaign in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.errors import Refused
from touchstone.decide._file import constant, row
from touchstone.decide._offer_choice import NOTHING, Chosen, best, drawn, thompson, within
from touchstone.decide._offer_found import Found, Set, found, tidy, told_of
from touchstone.decide._offer_trial import Campaign, campaign

Floats = NDArray[np.float64]
_UNIT = "outcome"


def decided(maker: str, by: Mapping[str, str | None], table: pa.Table, limits: Set) -> Iterator[dict[str, Any]]:
    """A row for each who waits, and one for the campaign (where `person` is null)."""
    given = campaign(table, control=limits.control, rest=limits.rest, seed=limits.seed)
    whole = {**by, "person": None, "offer": None}
    if isinstance(given, tuple):
        why, persons = given
        for person in persons:
            yield row(maker, {**by, "person": person, "offer": None}, None, n=0, measured_in=_UNIT, detail={"why": why})
        yield row(maker, whole, None, n=0, measured_in="Qini", detail={"why": why, "effects": {}, "refused": why})
        return
    held = {name: constant(table, name, getattr(limits, name)) for name in ("budget", "at_most")}
    case = found(given, replace(limits, budget=held["budget"], at_most=held["at_most"]))
    yield from _persons(maker, by, case)
    yield row(
        maker, whole, case.qini.value, n=len(given.trial.arm), measured_in="Qini: outcome per customer",
        detail=told_of(case), limits=(case.qini.low, case.qini.high),
    )  # fmt: skip


def _persons(maker: str, by: Mapping[str, str | None], case: Found) -> Iterator[dict[str, Any]]:
    given = case.given
    expected = case.told.expected(given.asked)
    net = case.limits.worth * expected - case.cost
    chosen = _chosen(case, net)
    for at, person in enumerate(given.persons):
        first, place = int(net[at].argmax()), int(chosen.place[at])
        detail: dict[str, Any] = {
            "best": given.name(first),
            "uplift": {given.name(each): tidy(value) for each, value in enumerate(expected[at].tolist())},
            "reason": given.alone[at] or _reason(case, place, float(net[at, first]), drew=case.limits.learn != "no"),
        }
        if given.offers[first][1] is not None:
            detail["send_time"] = given.offers[place][1] if place != NOTHING else None
        if chosen.probability is not None:
            detail |= _probabilities(given, chosen.probability[at], place)
        sent = None if place == NOTHING else given.offers[place][0]
        yield row(
            maker, {**by, "person": person, "offer": sent}, tidy(float(expected[at, first])),
            n=len(given.trial.arm), measured_in=_UNIT, detail=detail,
        )  # fmt: skip


def _chosen(case: Found, net: Floats) -> Chosen:
    """The offer of each who waits; none for those left alone, and for all where nothing is targeted."""
    limits = case.limits
    free = np.array([each is None for each in case.given.alone], bool)
    place = np.full(len(net), NOTHING)
    if limits.learn == "no":
        if case.refused is None and free.any():
            kept = {"budget": limits.budget, "at_most": limits.at_most}
            place[free] = within(net[free], case.cost, seed=limits.seed, **kept)
        return Chosen(place)
    if limits.budget is not None or limits.at_most is not None:
        todo = "Leave the limit out, or set learn=no."
        raise Refused("probabilities and a limit do not go together.", field="learn", todo=todo)
    probability = np.zeros((len(net), net.shape[1] + 1))
    probability[:, -1] = 1.0
    if free.any():
        made = _drawn(case, net, free)
        assert made.probability is not None
        place[free], probability[free] = made.place, made.probability
    return Chosen(place, probability)


def _drawn(case: Found, net: Floats, free: NDArray[np.bool_]) -> Chosen:
    limits = case.limits
    if limits.learn == "thompson" and not case.refused:
        asked = case.given.asked[free]
        kept = {"worth": limits.worth, "floor": limits.floor}
        return thompson(case.told.difference(asked), case.told.scales, cost=case.cost, seed=limits.seed, **kept)
    greedy = np.full(int(free.sum()), NOTHING) if case.refused else best(net[free])
    return drawn(net[free], greedy=greedy, floor=limits.floor, seed=limits.seed)


def _reason(case: Found, place: int, net: float, *, drew: bool) -> str:
    if drew:
        return "drawn, so that learning goes on"
    if place != NOTHING:
        return "it adds more than it costs"
    if case.refused:
        return f"nothing is targeted: {case.refused}"
    return "no offer adds more than it costs" if net <= 0 else "others gain more within the limit"


def _probabilities(given: Campaign, probability: Floats, place: int) -> dict[str, Any]:
    """What a log must hold for learning to go on: the probability of each choice, and of the one drawn."""
    names = [*(given.name(at) for at in range(len(given.offers))), "none"]
    return {
        "probabilities": {name: tidy(each) for name, each in zip(names, probability.tolist(), strict=True)},
        "logged_probability": tidy(float(probability[place])),
    }
