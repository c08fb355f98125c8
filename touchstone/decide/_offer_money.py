"""What an offer of a home costs and what a purchase is worth: as set, else as its log and the terms of its plan say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from touchstone.core.ask import Ask
from touchstone.decide._budget_terms import Terms, terms

_PAID = """
select campaign, sum(case when kind = 'offer' then 1 else 0 end) as offers,
    sum(case when kind = 'redemption' then 1 else 0 end) as redemptions,
    avg(case when kind = 'offer' and attributes like '%"coupon": %'
        then cast(nullif(regexp_extract(attributes, '"coupon": *([0-9.]+)', 1), '') as double) end) as coupon
from interaction where campaign is not null and kind in ('offer', 'redemption') group by campaign order by campaign
"""
_BOUGHT = """
select currency, count(*) as n, avg(amount) as mean from interaction
where kind = 'purchase' and amount > 0 group by currency order by currency
"""


@dataclass(frozen=True)
class Money:
    """What one purchase is worth and in which currency (None: not known, it is worth one); what offers cost."""

    worth: float
    currency: str | None
    contact: Mapping[str, float] | float
    reward: Mapping[str, float]  # by offer: the coupon times the share that was redeemed

    def cost(self, offer: str) -> float:
        """What sending an offer to one customer costs: the contact, and what is redeemed of its reward."""
        contact = self.contact if isinstance(self.contact, int | float) else self.contact.get(offer, 0.0)
        return float(contact) + self.reward.get(offer, 0.0)


def money(ask: Ask, *, worth: float | None, cost: Mapping[str, float] | float) -> Money:
    """Of a home. A purchase is worth its mean amount times the asker's margin, where all are in one currency."""
    reward = {
        row["campaign"]: row["coupon"] * min(row["redemptions"] / row["offers"], 1.0)
        for row in ask.lake(_PAID).to_pylist() if row["offers"] and row["coupon"]
    }  # fmt: skip
    paid = ask.lake(_BOUGHT).to_pylist()
    currency = paid[0]["currency"] if len(paid) == 1 else None
    if worth is None:
        worth = paid[0]["mean"] * _margin(ask) if len(paid) == 1 else 1.0
    return Money(worth, currency, cost, reward)


def _margin(ask: Ask) -> float:
    """The share of sales that the company keeps; of a partner, who does not see the plan's terms, the usual share."""
    return terms(ask)[0].company_margin if ask.viewer.role == "insider" else Terms().partner_margin
