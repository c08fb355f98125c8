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
PROMISED = {
    "repair time": 26, "call centre": 22, "clarity of the bill": 14, "the car itself": 30, "delivery": 12,
    "complaint handling": 10, "advertising look": 6, "loyalty offers": 8,
}  # fmt: skip
"""How often the maker promises each touchpoint in public, over the whole time; every claim promises a 5."""
