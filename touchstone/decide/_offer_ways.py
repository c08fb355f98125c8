"""What may be sent to whom, of one campaign or of several side by side: what each adds, what it costs, who gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core.errors import Refused
from touchstone.decide._offer_choice import NOTHING, Chosen, best, drawn, thompson, within
from touchstone.decide._offer_found import Found, Set, tidy
from touchstone.science.sparse import Line
from touchstone.science.uplift import Scale

Floats = NDArray[np.float64]
UNKNOWN = Scale(0.0, Line(np.zeros(2), np.zeros((2, 2))))
_FRESH = "nothing is known of it yet"


@dataclass(frozen=True, eq=False)
class Ways:
    """Offers, each with its time of sending (columns), for the same persons (rows)."""

    offers: list[tuple[str, str | None]]
    names: list[str]
    expected: Floats  # uplift in units of outcome
    difference: Floats  # the same as outcome models say it, before it is brought to scale
    scales: list[Scale]
    cost: Floats
    refused: list[str | None]  # why an offer is targeted at nobody
    limits: Set
    n: int  # rows that were learned from

    @cached_property
    def net(self) -> Floats:
        """What each offer brings each person, worth less cost, whether or not it may be targeted."""
        return self.limits.worth * self.expected - self.cost

    @cached_property
    def open(self) -> Floats:
        """The same of offers that may be targeted; endlessly little of the others."""
        return np.where([each is None for each in self.refused], self.net, -np.inf)

    @property
    def why(self) -> str | None:
        """Why nothing is targeted; None where something may be."""
        return None if None in self.refused else self.refused[0]

    def value(self, at: int) -> float | None:
        """The uplift of the best offer for the person in this place; None where nothing is known of it."""
        best_one = int(self.net[at].argmax())
        return None if self.refused[best_one] == _FRESH else tidy(float(self.expected[at, best_one]))

    def of(self, places: NDArray[np.int64]) -> Ways:
        """The same for the persons in these places."""
        return replace(self, expected=self.expected[places], difference=self.difference[places])


def ways(
    cases: Sequence[Found], limits: Set, *, persons: int | None = None, fresh: Mapping[str, float] | None = None
) -> Ways:
    """The offers of all campaigns for those who wait in each of them, and `fresh` ones (by name what they cost).

    Of a fresh offer nothing is known: it is targeted at nobody, and drawn only as learning goes on.
    """
    new, persons = fresh or {}, len(cases[0].given.persons) if persons is None else persons
    blank = [np.zeros((persons, len(new)))]
    return Ways(
        [offer for case in cases for offer in case.given.offers] + [(name, None) for name in new],
        [case.given.name(at) for case in cases for at in range(len(case.given.offers))] + list(new),
        np.column_stack([case.told.expected(case.given.asked) for case in cases] + blank),
        np.column_stack([case.told.difference(case.given.asked) for case in cases] + blank),
        [scale for case in cases for scale in case.told.scales] + [UNKNOWN] * len(new),
        np.concatenate([*(case.cost for case in cases), np.array(list(new.values()), float)]),
        [case.refused for case in cases for _ in case.given.offers] + [_FRESH] * len(new),
        limits,
        sum(len(case.given.trial.arm) for case in cases),
    )


def chosen(told: Ways, free: NDArray[np.bool_]) -> Chosen:
    """The offer of each who waits; none for those who are not `free`, and for all where nothing is targeted."""
    limits, net = told.limits, told.open
    place = np.full(len(net), NOTHING)
    if limits.learn == "no":
        if told.why is None and free.any():
            kept = {"budget": limits.budget, "at_most": limits.at_most}
            place[free] = within(net[free], told.cost, seed=limits.seed, **kept)
        return Chosen(place)
    if limits.budget is not None or limits.at_most is not None:
        todo = "Leave the limit out, or set learn=no."
        raise Refused("probabilities and a limit do not go together.", field="learn", todo=todo)
    probability = np.zeros((len(net), net.shape[1] + 1))
    probability[:, -1] = 1.0
    if free.any():
        made = _drawn(told, net, free)
        assert made.probability is not None
        place[free], probability[free] = made.place, made.probability
    return Chosen(place, probability)


def _drawn(told: Ways, net: Floats, free: NDArray[np.bool_]) -> Chosen:
    limits = told.limits
    if limits.learn == "thompson" and told.why is None:
        kept = {"worth": limits.worth, "floor": limits.floor}
        cost = np.where([each is None for each in told.refused], told.cost, np.inf)
        return thompson(told.difference[free], told.scales, cost=cost, seed=limits.seed, **kept)
    greedy = np.full(int(free.sum()), NOTHING) if told.why else best(net[free])
    return drawn(net[free], greedy=greedy, floor=limits.floor, seed=limits.seed)


def detail_of(told: Ways, given: Chosen, at: int, alone: str | None) -> dict[str, Any]:
    """What a person's row tells of the one in this place."""
    first, place = int(told.net[at].argmax()), int(given.place[at])
    detail: dict[str, Any] = {
        "best": told.names[first],
        "uplift": {name: tidy(value) for name, value in zip(told.names, told.expected[at].tolist(), strict=True)},
        "reason": alone or _reason(told, place, float(told.open[at].max())),
    }
    if told.offers[first][1] is not None:
        detail["send_time"] = told.offers[place][1] if place != NOTHING else None
    if given.probability is not None and alone is None:  # who is left alone was not drawn for
        detail |= _probabilities(told.names, given.probability[at], place)
    return detail


def _reason(told: Ways, place: int, net: float) -> str:
    if told.limits.learn != "no":
        return "drawn, so that learning goes on"
    if place != NOTHING:
        return "it adds more than it costs"
    if told.why:
        return f"nothing is targeted: {told.why}"
    return "no offer adds more than it costs" if net <= 0 else "others gain more within the limit"


def _probabilities(names: Sequence[str], probability: Floats, place: int) -> dict[str, Any]:
    """What a log must hold for learning to go on: the probability of each choice, and of the one drawn."""
    return {
        "probabilities": {name: tidy(each) for name, each in zip([*names, "none"], probability.tolist(), strict=True)},
        "logged_probability": tidy(float(probability[place])),
    }
