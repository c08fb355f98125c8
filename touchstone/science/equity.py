"""Customer equity by brand switching: what customers are worth to each brand, and what a change would bring.

A customer buys again and again; which brand next depends on the brand now, as a table of switching says. Discounted and
added up that is the customer's worth to each brand; times all customers, the brand's customer equity.
Source: Rust, Lemon & Zeithaml 2004 (Journal of Marketing 68).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
PRIOR = 0.5  # imagined switches on each way (Jeffreys), so that none is impossible for want of customers


@dataclass(frozen=True)
class Market:
    """How customers buy: `purchases` a year, looked at for `years`, money discounted by `rate` a year."""

    purchases: float = 1.0
    years: float = 3.0
    rate: float = 0.1

    @property
    def discounts(self) -> Floats:
        """The present value of one unit of money at each purchase within the horizon, the one at hand first."""
        count = max(1, round(self.purchases * self.years))
        return np.asarray((1 + self.rate) ** (-np.arange(count) / self.purchases), float)


def switching(counts: ArrayLike) -> Floats:
    """The shares of each row of `counts` (from brand, to brand): chances that a customer of a brand buys each next."""
    table = np.asarray(counts, float) + PRIOR
    return np.asarray(table / table.sum(axis=-1, keepdims=True), float)


def draws(counts: ArrayLike, *, size: int, seed: int) -> Floats:
    """`size` tables of chances that could lie behind `counts` (Dirichlet, row by row); or rows behind one row."""
    table = np.asarray(counts, float) + PRIOR
    gamma = np.random.default_rng(seed).standard_gamma(np.broadcast_to(table, (size, *table.shape)))
    return np.asarray(gamma / gamma.sum(axis=-1, keepdims=True), float)


def weights(blocks: int, *, size: int, seed: int) -> Floats:
    """`size` times how much each block of households counts (Bayesian bootstrap, Rubin 1981): draws x blocks."""
    return np.random.default_rng(seed).standard_exponential((size, blocks))


def reweighted(sums: ArrayLike, weight: ArrayLike, *, seed: int) -> Floats:
    """Chances that could lie behind `sums` (blocks x …, to brand), each block counted by its weight: draws x …

    Where every block is one customer seen once, that is what `draws` gives; one seen often is one all the same.
    """
    drawn = np.tensordot(np.asarray(weight, float), np.asarray(sums, float), 1)
    drawn += np.random.default_rng(seed).standard_gamma(PRIOR, drawn.shape)
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True), float)


def lifetime(chances: ArrayLike, worth: ArrayLike, market: Market) -> Floats:
    """What a customer now of each brand (row) is worth to each brand (column); tables may be stacked.

    `worth` is the margin of one purchase of each brand.
    """
    table = np.asarray(chances, float)
    now = np.broadcast_to(np.eye(table.shape[-1]), table.shape)
    total = np.zeros(table.shape)
    for discount in market.discounts:
        total = total + discount * now
        now = now @ table
    return np.asarray(total * np.asarray(worth, float)[..., None, :], float)


def lifted(chances: ArrayLike, brand: int, change: float) -> Floats:
    """The table once customers see `change` more use (in units of a logit) in `brand`, whatever they buy now."""
    table = np.array(chances, float)
    table[..., brand] *= np.exp(change)
    return np.asarray(table / table.sum(axis=-1, keepdims=True), float)


def equity(chances: ArrayLike, start: ArrayLike, worth: ArrayLike, market: Market) -> Floats:
    """Customer equity of each brand per customer of the market, of whom the shares `start` are now with each brand."""
    return np.asarray(np.einsum("...i,...ij->...j", np.asarray(start, float), lifetime(chances, worth, market)), float)


def return_on(outlay: float, gain: ArrayLike) -> Floats:
    """What an outlay brings beyond itself, as a share of it: (gain - outlay) / outlay."""
    if outlay <= 0:
        raise ValueError("an outlay is above nought")
    return np.asarray((np.asarray(gain, float) - outlay) / outlay, float)
