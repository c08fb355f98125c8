"""What else is planted in the example brand: needs of each level, words of each side, promises that are not kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """A need, who has it, its share of all needs at the start, and how much it grows over the whole time."""

    id: str
    level: str
    share: float
    growth: float


NEEDS = (
    Need("quiet-ride", "end_customer", 0.12, 0.0),
    Need("charging-home", "end_customer", 0.14, 1.5),
    Need("other-apps", "end_customer", 0.10, 0.8),
    Need("parts-stock", "dealer", 0.14, 0.0),
    Need("warranty-pay", "dealer", 0.12, 0.6),
    Need("technicians", "dealer", 0.10, 1.0),
    Need("forecast", "distributor", 0.08, 0.0),
    Need("freight", "distributor", 0.06, 0.3),
    Need("one-record", "department", 0.08, 0.0),
    Need("answers-between", "department", 0.06, 0.4),
)
CUSTOMER_WORDS = ("turtle mode", "friday car", "clonk", "bars", "mode tortue", "modo tortuga")
"""Words that customers use and the maker never does."""
BRAND_WORDS = ("mobility", "ecosystem", "curated", "seamless", "holistic", "empowered", "purposeful", "synergy")
"""Words that the maker uses and customers never do."""
DEAR, DEARLY, DESPITE = 4, 0.15, "service adviser's attitude"
"""Number of the model too many find too dear, the share of texts on it that say so, and what they stay for."""
UNCLEAR = 0.15
"""Share of texts at a few dealers that speak of an unclear bill, more than elsewhere."""
STARTS, LEADS = 0.012, {"look": 0.6, "book": 0.5, "pay": 0.5}
"""Ways to the workshop, as a share of interactions; the share of them that begin with a look at the website, of looks
that lead to a booking, and of bookings that lead to a purchase."""
PAID = STARTS * LEADS["pay"] * (1 - LEADS["look"] * (1 - LEADS["book"]))
"""Purchases that a way led to, as a share of interactions."""
REGULARLY, REGULAR = 0.05, 0.003
"""Visits of regulars, as a share of interactions; regulars, as a share of customers."""
DEPTHS = (0.6, 0.27, 0.13)
"""How deep impressions go that are acted on: 1, 2 or 3 steps."""
SILENCED, FAREWELL = "courtesy car", 0.6
"""The touchpoint that makes regulars stop coming, and the share of their last visits that is put down to it."""
LEANING, AMONG = 2.0, 3
"""How surely, of two customers, the fonder of the brand is the one who tells of a good experience, normal(2 z); and of
how many it is the fondest who visits, buys or refers."""
PROMISED = {
    "repair time": 26, "call centre": 22, "clarity of the bill": 14, "the car itself": 30, "delivery": 12,
    "complaint handling": 10, "advertising look": 6, "loyalty offers": 8,
}  # fmt: skip
"""How often the maker promises each touchpoint in public, over the whole time; every claim promises a 5."""
