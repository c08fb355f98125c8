"""What a campaign tells: what its offers add, whether it can be told for whom, and the detail that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core import number
from touchstone.core.errors import Refused
from touchstone.decide._offer_choice import NOTHING, best
from touchstone.decide._offer_trial import Campaign, costs
from touchstone.science.qini import Aim, Curve, Estimate, agreement, curve, qini
from touchstone.science.uplift import Uplift, average, difference, uplift

Floats = NDArray[np.float64]
_THIN = 0.5  # share of customers without a counterpart from which nothing is targeted
_ROUNDING = 1e-12  # of the greatest own effect: what adding up leaves of nothing
_TOLD = 5  # features named for each offer
_DRAWS = 100  # of the gain curve's band


@dataclass(frozen=True)
class Set:
    """The settings of `offer` on a file."""

    control: str | None
    worth: float
    cost: Mapping[str, float] | float
    budget: float | None
    at_most: float | None
    rest: float
    incentive: Sequence[str]
    learn: str
    floor: float
    draws: int
    seed: int


@dataclass(frozen=True, eq=False)
class Found:
    """A campaign with its effects, the Qini of targeting by them, and why nothing is targeted, or None."""

    given: Campaign
    limits: Set
    told: Uplift
    cost: Floats  # by offer
    net: Floats  # held apart, rows by offers: worth of the uplift less the offer's cost
    qini: Estimate
    curve: Curve
    refused: str | None


def found(given: Campaign, limits: Set) -> Found:
    """What this campaign tells."""
    trial, told = given.trial, uplift(given.trial)
    cost = costs([given.name(at) for at in range(len(given.offers))], limits.cost)
    net, own = limits.worth * told.apart - cost, told.own - cost / limits.worth
    gain, plain = own[np.arange(len(own)), net.argmax(axis=1)], own[:, own.mean(axis=0).argmax()]
    agreed = agreement(told.views)
    aim = Aim(net.max(axis=1), gain, plain, trial.fold, trial.person, agreed)
    area = qini(aim, draws=limits.draws, seed=limits.seed)
    refused = None
    if told.lot.thin > _THIN:
        refused = f"for {told.lot.thin:.0%} of customers some offer was hardly possible: they have no counterpart"
    elif area.low <= _ROUNDING * float(np.abs(own).max()):
        refused = "the Qini interval holds zero: who gains more by an offer cannot be told from chance"
    shown = curve(aim, draws=min(limits.draws, _DRAWS), seed=limits.seed)
    return Found(given, limits, told, cost, net, area, shown, refused)


def told_of(case: Found) -> dict[str, Any]:
    """The detail of the campaign's row."""
    given, lot = case.given, case.told.lot
    names = [given.name(at) for at in range(len(given.offers))]
    detail: dict[str, Any] = {
        "effects": {name: _effect(case, at) for at, name in enumerate(names)},
        "refused": case.refused,
        "assignment": {"known": lot.known, "chance": tidy(lot.chance), "thin": tidy(lot.thin)},
        "gain": _gain(case),
        "left_out": given.left_out,
        "curve": {name: [tidy(each) for each in part.tolist()] for name, part in vars(case.curve).items()},
    }
    if given.few:
        detail["too_few"] = given.few
    if case.limits.incentive:
        detail["incentive"] = _incentive(case)
    if lot.known == "from features":
        detail["warning"] = (
            "Offers were not given by lot: effects are adjusted for the features, and what the features do not tell"
            " may still lie behind them."
        )
    return detail


def _effect(case: Found, at: int) -> dict[str, Any]:
    """The average effect of one offer, its Qini by itself, and what it is larger with.

    The effect is the plain difference where arms were given by lot, else adjusted for features.
    """
    trial, told = case.given.trial, case.told
    by_lot = told.lot.known == "by lot"
    pull = told.expected(trial.features)[:, at] @ trial.whole[:, 1:] / len(trial.arm)
    strongest = [each for each in np.argsort(-np.abs(pull), kind="stable")[:_TOLD].tolist() if abs(pull[each]) > 1e-9]
    plain, adjusted = difference(trial, at), average(told.own[:, at], trial.person)
    return limited(plain if by_lot else adjusted) | {
        "n": int((trial.arm == at + 1).sum()),
        "control": int((trial.arm == 0).sum()),
        **({"adjusted": limited(adjusted)} if by_lot else {"unadjusted": limited(plain)}),
        "qini": limited(case.qini if len(case.given.offers) == 1 else _area(case, at)),
        "larger_with": {case.given.features[each]: tidy(float(pull[each])) for each in strongest},
    }


def _area(case: Found, at: int) -> Estimate:
    trial, limits = case.given.trial, case.limits
    apart, own = case.told.apart[:, at], case.told.own[:, at]
    agreed = agreement(case.told.views[:, :, [at]])
    return qini(Aim(apart, own, own, trial.fold, trial.person, agreed), draws=limits.draws, seed=limits.seed)


def _gain(case: Found) -> dict[str, Any]:
    """What a customer brings, worth less cost, were one offer sent to all, and were each sent what is best for them."""
    own = case.limits.worth * case.told.own - case.cost
    one, place = int(own.mean(axis=0).argmax()), best(case.net)
    each = np.where(place == NOTHING, 0.0, own[np.arange(len(own)), place])
    sent, person = float((place != NOTHING).mean()), case.given.trial.person
    return {
        "to_all": {"offer": case.given.name(one), **limited(average(own[:, one], person))},
        "to_each_the_best": limited(average(each, person)) | {"share_sent": tidy(sent)},
    }


def _incentive(case: Found) -> dict[str, Any]:
    """What offers with a reward add beyond those without: the reward's part, kept apart from the message's."""
    given, rewarded = case.given, set(case.limits.incentive)
    names = {offer for offer, _ in given.offers}
    if stray := sorted(rewarded - names - {each.partition(" at ")[0] for each in given.few}):
        todo = f"There are: {', '.join(sorted(names))}."
        raise Refused(f"no offer is called {stray[0]!r}.", field="incentive", todo=todo)
    paid = np.array([offer in rewarded for offer, _ in given.offers])
    own, person = case.told.own, given.trial.person
    told: dict[str, Any] = {"offers": sorted(rewarded)}
    if paid.any():
        told["with_reward"] = limited(average(own[:, paid].mean(axis=1), person))
    if not paid.all():
        told["without_reward"] = limited(average(own[:, ~paid].mean(axis=1), person))
    if paid.any() and not paid.all():
        told["reward_adds"] = limited(average(own[:, paid].mean(axis=1) - own[:, ~paid].mean(axis=1), person))
    else:
        told["why"] = "reward and message cannot be told apart: send the same message to some without the reward"
    return told


def limited(estimate: Estimate) -> dict[str, Any]:
    """An estimate as a detail shows it."""
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


tidy = partial(number.tidy, digits=9)
