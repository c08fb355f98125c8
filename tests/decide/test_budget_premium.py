"""Whether satisfied customers pay more for the same: a planted premium is told, noise and lone purchases are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from touchstone.core import taxonomy
from touchstone.decide._budget_home import planned
from touchstone.decide._budget_premium import premium
from touchstone.rules.initiatives import stated
from touchstone.store.scratch import scratch

TAXONOMY = taxonomy.load("auto_dealer")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


def shop(*, slope: float, customers: int = 500, products: tuple[str | None, ...] = ("tyre", "oil")) -> Any:
    random = np.random.default_rng(3)
    said: list[dict[str, Any]] = []
    for at in range(customers):
        score, product = int(random.integers(0, 11)), products[at % len(products)]
        usual = 900.0 if product == "tyre" else 60.0
        who = {"person": f"p{at}", "unit": "a" if at % 3 else "b", "source_id": None}
        asked = {"kind": "answer", "metric": "nps", "value": float(score), "worst": 0.0, "best": 10.0}
        said.append(who | asked | {"occurred_at": BEGIN + timedelta(days=at % 90)})
        for day in (0, 300 + at % 60):
            paid = usual * float(np.exp(slope * (score - 5) * (day > 0) + 0.1 * random.standard_normal()))
            bought = {"kind": "purchase", "product": product, "amount": round(paid, 2), "currency": "EUR"}
            said.append(who | bought | {"occurred_at": BEGIN + timedelta(days=day)})
    rows = [stated({"touchpoint": "parking", "fixed_cost": 50, "lift": 0.3}, touchpoints=TAXONOMY.names, units=())]
    return scratch([{k: v for k, v in each.items() if v is not None} for each in said], taxonomy=TAXONOMY,
                   recorded={"initiative": rows})  # fmt: skip


def test_a_planted_premium_is_found_within_its_limits_and_goes_into_the_plan():
    found = premium(shop(slope=0.02))
    assert found["real"]
    assert found["low"] < 0.02 < found["high"]
    assert found["value"] == pytest.approx(0.02, abs=0.006)
    with_it, without = (planned(shop(slope=each), "budget@1", frontier=False)["value"][0].as_py() for each in (0.02, 0))
    assert with_it > 1.1 * without


@pytest.mark.parametrize(("given", "why"), [
    ({"slope": 0.0}, None), ({"slope": 0.02, "customers": 90}, "90 customers"),
    ({"slope": 0.02, "products": (None,)}, "0 customers"),
])  # fmt: skip
def test_noise_few_customers_and_unnamed_products_show_no_premium_and_say_so(given: dict[str, Any], why: str | None):
    found = premium(shop(**given))
    assert not found["real"]
    assert why is None or why in found["why"]
