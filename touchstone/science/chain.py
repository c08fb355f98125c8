"""From satisfaction to money: what one more step of experience goes with at each link, and what all links are worth.

A customer who pays s a period and stays with probability r is worth s x (1 + q + q^2 + …) over the horizon, with
q = r / (1 + discount). Each link changes one of these; doubt comes from bootstrap draws that go through all of it.
Sources: Rust, Zahorik & Keiningham 1995 (J. Marketing 59); Heskett et al. 1994; Gupta & Lehmann 2003 for the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchstone.science.covariance import Sums, correlations
from touchstone.science.importance import slopes

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Link:
    """One link: slopes on each cause (draws x causes, the estimate first) and the mean of what it links to."""

    slope: Floats
    mean: Floats


@dataclass(frozen=True)
class Terms:
    """How money is reckoned: share of spend that is earned, periods looked at, discount a period."""

    margin: float
    horizon: int
    discount: float


def link(of: Sums, causes: int, *, draws: int, seed: int) -> Link:
    """The slopes of the last variable on the first `causes`, all others held, by least squares; with draws.

    `of` holds blocks over complete rows: causes, what is held, and the outcome. The same seed and number of blocks
    draw the same blocks for every link, so that draws of several links belong together.
    """
    found = [_slopes(each, causes) for each in (of.total(), of.resampled(draws, seed=seed))]
    return Link(*(np.concatenate([each[part] for each in found]) for part in (0, 1)))


def periods(retention: Floats, terms: Terms) -> Floats:
    """How many periods' payments a customer brings, discounted, the first being sure."""
    step = np.arange(terms.horizon)
    return np.asarray(((np.clip(retention, 0, 1)[..., None] / (1 + terms.discount)) ** step).sum(axis=-1), float)


def money(links: Mapping[str, Link], terms: Terms, *, cause: int, step: float) -> dict[str, Floats]:
    """What `step` more of a cause goes with in money per customer, by link, each as draws; empty without spend.

    retention: staying longer; spend, or share_of_wallet times what is spent in all: paying more; premium: a higher
    price for the same, all of it earned; referrals: new customers worth what a customer is worth.
    """
    if "spend" not in links:
        return {}
    spend = links["spend"].mean
    stays = links["retention"].mean if "retention" in links else np.zeros(spend.size)
    long = periods(stays, terms) if "retention" in links else np.ones(spend.size)
    change = {name: step * each.slope[:, cause] for name, each in links.items()}
    worth = {}
    if "retention" in links:
        worth["retention"] = terms.margin * spend * (periods(stays + change["retention"], terms) - long)
    if "share_of_wallet" in links:
        wallet = spend / np.fmax(links["share_of_wallet"].mean, 1e-9)
        worth["share_of_wallet"] = terms.margin * change["share_of_wallet"] * wallet * long
    else:
        worth["spend"] = terms.margin * change["spend"] * long
    if "premium" in links:
        worth["premium"] = change["premium"] * spend / np.fmax(links["premium"].mean, 1e-9) * long
    if "referrals" in links:
        worth["referrals"] = change["referrals"] * long * terms.margin * spend * long
    return worth


def _slopes(of: Sums, causes: int) -> tuple[Floats, Floats]:
    correlation, deviation = correlations(of)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = slopes(correlation) * deviation[:, -1:] / deviation[:, :-1]
    return np.nan_to_num(slope[:, :causes]), of.first[:, -1, -1] / np.fmax(of.n[:, -1, -1], 1e-12)
