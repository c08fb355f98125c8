"""Right message, offer, customer and time: what an offer adds, for whom, and who gets which next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import NUMBER, TEXT
from touchstone.decide._file import given, plans, problems
from touchstone.decide._offer_file import decided
from touchstone.decide._offer_found import Set
from touchstone.decide._offer_home import of_home
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
    worth: float = 1.0,
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
) -> pa.Table:
    """Of a campaign by file: the offer of each person who waits, and how well that targeting does on held-apart rows.

    `worth` is what one unit of outcome is worth, `cost` what sending an offer costs, in the same money; `budget` and
    `at_most` limit what is spent and how many get something; who was contacted within `rest` days is left alone. With
    `learn`, offers are drawn with probabilities written out, `floor` of them evenly. `mode` value: what another way
    of choosing would have brought, from rows logged with probabilities. Of a home: what each `campaign` added until
    `days` after its end, against similar customers and against the days beside.
    """
    if not worth > 0 or not 0 <= floor <= 1 or draws < 40 or rest < 0 or days < 0:
        raise Refused("worth is above 0, floor from 0 to 1, draws 40 or more, rest and days 0 or more.", field="worth")
    if ask.given is None:
        return plans(list(of_home(_MAKER, ask, campaign=campaign, days=days)))
    if mode == "value":
        return plans([each for by, table in problems(given(ask)) for each in valued(_MAKER, by, table)])
    limits = Set(control, worth, cost, budget, at_most, rest, incentive, learn, floor, draws, ask.seed)
    needed = given(ask, "person", "offer", "outcome")
    return plans([each for by, table in problems(needed) for each in decided(_MAKER, by, table, limits)])
