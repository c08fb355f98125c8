"""Right message, offer, customer and time: what an offer adds, for whom, and who gets which next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import NUMBER, TEXT
from touchstone.decide._file import given, plans, problems
from touchstone.decide._offer_file import decided
from touchstone.decide._offer_found import Set
from touchstone.decide._offer_home import of_home
from touchstone.decide._offer_money import money
from touchstone.decide._offer_next import Wanted, next_of_home
from touchstone.decide._offer_policy import policies
from touchstone.decide._offer_value import valued

FIELDS = {
    **dict.fromkeys(("person", "offer", "send_time", "split", "consent", "action"), TEXT),
    **dict.fromkeys(("outcome", "open_complaint", "days_since_contact", "budget", "at_most", "reward"), NUMBER),
    **dict.fromkeys(("logged_probability", "target_probability", "expected_reward", "target_expected_reward"), NUMBER),
}
_MAKER = "offer@1"


def decide(
    ask: Ask,
    *,
    mode: Literal["campaign", "value"] = "campaign",
    control: str | None = None,
    worth: float | None = None,
    cost: dict[str, float] | float = 0.0,
    budget: float | None = None,
    at_most: float | None = None,
    rest: float = 0.0,
    incentive: Sequence[str] = (),
    learn: Literal["no", "epsilon", "thompson"] = "no",
    floor: float = 0.1,
    draws: int = 200,
    campaign: Sequence[str] = (),
    days: int = 30,
    person: Sequence[str] = (),
    unit: Sequence[str] = (),
    top: int = 200,
    often: int = 3,
    time: Literal["no", "weekday", "part"] = "no",
) -> pa.Table:
    """Of a campaign by file: the offer of each person who waits, and how well that targeting does on held-apart rows.

    `worth` is what a unit of outcome is worth, `cost` what an offer costs, in one money; `budget` and `at_most` limit
    them; who was contacted within `rest` days is left alone. `learn` draws offers with probabilities, `floor` evenly.
    `mode` value: what another way of choosing would have brought. Of a home: what each `campaign` added until `days`
    after its end, and who gets which next: each `person`, each who dealt with a `unit`, else the `top` who gain most;
    nobody who was contacted `often` in 90 days. `time` makes the time of sending a choice.
    """
    _check(worth, floor, draws, least=min(rest, days, top, often - 1))
    limits = Set(control, worth or 1.0, cost, budget, at_most, rest, incentive, learn, floor, draws, ask.seed)
    if ask.given is None:
        return plans(_of_home(ask, mode, limits, Wanted(person, unit, top, campaign, days, often, time), worth))
    if mode == "value":
        return plans([each for by, table in problems(given(ask)) for each in valued(_MAKER, by, table)])
    needed = given(ask, "person", "offer", "outcome")
    return plans([each for by, table in problems(needed) for each in decided(_MAKER, by, table, limits)])


def _check(worth: float | None, floor: float, draws: int, *, least: float) -> None:
    if worth is not None and not worth > 0:
        raise Refused("worth is above 0.", field="worth")
    if not 0 <= floor <= 1 or draws < 40 or least < 0:
        todo = "floor from 0 to 1, draws 40 or more, rest, days and top 0 or more, often 1 or more."
        raise Refused("a setting cannot be that.", field="floor", todo=todo)


def _of_home(ask: Ask, mode: str, limits: Set, wanted: Wanted, worth: float | None) -> list[dict[str, Any]]:
    terms = money(ask, worth=worth, cost=limits.cost)
    if mode == "value":
        return list(policies(_MAKER, ask, limits, days=wanted.days, money=terms))
    past = of_home(_MAKER, ask, campaign=wanted.campaign, days=wanted.days)
    then = next_of_home(_MAKER, ask, past, limits, wanted=wanted, money=terms)
    return [*(row for each in past for row in each.rows), *then]
