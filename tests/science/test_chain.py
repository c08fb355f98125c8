"""The chain from satisfaction to money, link by link."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.chain import Link, Terms, link, money, periods
from touchstone.science.covariance import sums

TERMS = Terms(margin=0.5, horizon=3, discount=0.25)


def sure(slope: float, mean: float) -> Link:
    """A link without doubt."""
    return Link(np.full((3, 1), slope), np.full(3, mean))


def test_a_customer_pays_for_the_discounted_periods_he_stays() -> None:
    assert periods(np.array([0.0, 0.5, 1.0]), TERMS) == pytest.approx([1, 1 + 0.4 + 0.16, 1 + 0.8 + 0.64])


def test_each_link_is_worth_what_it_changes() -> None:
    links = {
        "retention": sure(0.1, 0.5),
        "spend": sure(4, 100),
        "premium": sure(0.02, 1.0),
        "referrals": sure(0.05, 0.2),
    }
    found = {name: each[0] for name, each in money(links, TERMS, cause=0, step=1).items()}
    long, longer = 1.56, 1 + 0.48 + 0.48**2
    assert found == pytest.approx(
        {
            "retention": 0.5 * 100 * (longer - long),
            "spend": 0.5 * 4 * long,
            "premium": 0.02 * 100 * long,
            "referrals": 0.05 * long * 0.5 * 100 * long,
        }
    )


def test_a_greater_share_of_the_wallet_stands_for_spend_and_is_not_added_to_it() -> None:
    links = {"spend": sure(4, 100), "share_of_wallet": sure(0.1, 0.5)}
    found = money(links, TERMS, cause=0, step=2)
    assert set(found) == {"share_of_wallet"}
    assert found["share_of_wallet"][0] == pytest.approx(0.5 * 0.2 * 200)
    assert money({"retention": sure(0.1, 0.5)}, TERMS, cause=0, step=1) == {}


def test_slopes_hold_the_other_causes_and_draws_tell_their_doubt() -> None:
    random = np.random.default_rng(1)
    coupon = (random.random(2_000) < 0.5).astype(float)
    liking = random.standard_normal(2_000) + coupon
    spend = 50 + 3 * liking - 2 * coupon + random.standard_normal(2_000)
    found = link(sums(np.column_stack([liking, coupon, spend]), seed=1), 2, draws=300, seed=1)
    assert found.slope[0] == pytest.approx([3, -2], abs=0.15)
    assert found.mean[0] == pytest.approx(spend.mean())
    assert found.slope[1:, 0].std() == pytest.approx(1 / np.sqrt(2_000), rel=0.2)
