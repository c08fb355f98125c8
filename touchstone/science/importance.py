"""How the variance that drivers explain of an outcome divides among them, from correlations alone.

All functions take correlations as draws x (p + 1) x (p + 1), the outcome last, and work on all draws at once.
Importance is association: what moves together with the outcome, not what would move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
EXACT = 16
"""Up to this many players every subset is looked at; beyond, orders are sampled."""
ROOM = 6_000_000  # numbers held at once
_CLOSE = 150_000  # and worked on at once, so few that they stay near at hand
NOUGHT = 1e-10  # a driver with less variance left, given others, adds nothing


def explained(correlation: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """R squared of the outcome on every subset of `players` (groups of drivers): draws x 2^players.

    Bit k of a subset's number says whether player k is in it. Each step takes the drivers of one player out of what
    is left (a Schur complement), for all subsets of the players before it at once.
    """
    order = [each for player in players for each in player]
    chosen = [*order, correlation.shape[-1] - 1]
    left = correlation[:, chosen][:, :, chosen][:, None]
    for player in players:
        taken = left
        for _ in player:
            taken = _without_first(taken)
        width = len(player)
        left = np.concatenate([left[:, :, width:, width:], taken], axis=1)
    return 1.0 - left[:, :, 0, 0]


def lmg(correlation: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Each player's share of R squared (draws x players), the mean of what it adds over all orders; they sum to it.

    Exact. Sources: Lindeman, Merenda & Gold 1980; it is Shapley's value of R squared (Groemping 2006, J. Stat. Softw.).
    """
    size = len(players)
    weights = _weights(size)
    at_once = max(1, ROOM // (2**size * 14))
    parts = [
        explained(correlation[start : start + at_once], players) @ weights
        for start in range(0, correlation.shape[0], at_once)
    ]
    return np.concatenate(parts)


def sampled_lmg(correlation: Floats, players: Sequence[Sequence[int]], *, rounds: int, seed: int) -> Floats:
    """As `lmg`, over sampled orders: 2 x players x `rounds` of them, each player equally often in each place.

    An order, its turns and their reverses are taken together, the same for all draws; errors fall with the root of
    `rounds`, whatever the number of players.
    """
    size, last = len(players), correlation.shape[-1] - 1
    turns = _turns(size, rounds, seed)
    orders, ends = _drivers(players, turns)
    total = np.zeros((correlation.shape[0], size))
    numbers = (last + 1) ** 2 * 4 * size  # of the orders of one ring
    at_once = max(1, ROOM // numbers) * size
    draws = max(1, _CLOSE // (numbers // size * min(at_once, len(orders))))
    for start in range(0, len(orders), at_once):
        some = slice(start, start + at_once)
        places, chosen = _places(orders[some], last), turns[some]
        for first in range(0, correlation.shape[0], draws):
            fits = np.cumsum(_gains(correlation[first : first + draws], places), axis=2)
            own = np.broadcast_to(ends[some], (len(fits), *ends[some].shape))
            total[first : first + draws] += _added(np.take_along_axis(fits, own, axis=2), chosen)
    return total / (2 * len(orders))


def _added(fits: Floats, turns: NDArray[np.int64]) -> Floats:
    """What each player adds in these orders and in the same backwards, from R squared of each order's first players.

    Backwards an order begins with what stands last: the same neighbours on the ring, taken from their other end.
    Draws x players, from draws x orders x places.
    """
    draws, size = len(fits), turns.shape[1]
    forward = np.diff(fits, axis=2, prepend=0.0)
    sums = fits.reshape(draws, -1, size, size).sum(axis=3)  # rings x where they are opened
    shorter = sums - fits[:, :, -1].reshape(draws, -1, size)
    backward = sums - np.roll(shorter, -1, axis=2)
    return _by_player(forward, turns) + _by_player(backward.reshape(draws, -1, 1), turns[:, :1])


def _by_player(added: Floats, turns: NDArray[np.int64]) -> Floats:
    """The sums of what stands at each player (draws x players)."""
    draws, size = len(added), int(turns.max()) + 1
    player = turns + size * np.arange(draws)[:, None, None]
    found = np.bincount(player.ravel(), weights=added.ravel(), minlength=draws * size)
    return np.asarray(found.reshape(draws, size), float)


def johnson(correlation: Floats) -> Floats:
    """Johnson's relative weights (draws x p), which sum to R squared.

    Drivers are turned into the closest uncorrelated ones and what these explain is shared out again.
    Source: Johnson 2000 (Multivariate Behavioral Research 35); Genizi 1993.
    """
    among, outcome = correlation[:, :-1, :-1], correlation[:, :-1, -1]
    value, vector = np.linalg.eigh(among)
    root = np.sqrt(np.fmax(value, 0.0))
    inverse = np.where(value > NOUGHT, 1 / np.where(value > NOUGHT, root, 1.0), 0.0)
    closest = (vector * root[:, None, :]) @ vector.swapaxes(1, 2)
    slopes = ((vector * inverse[:, None, :]) @ vector.swapaxes(1, 2) @ outcome[:, :, None])[:, :, 0]
    return np.asarray((closest**2 @ (slopes**2)[:, :, None])[:, :, 0], float)


def slopes(correlation: Floats, *, apart: bool = False) -> Floats:
    """Standardised coefficients of the outcome on all drivers (draws x p); 0 where a driver is a mix of others.

    `apart` says that none is, which spares a search.
    """
    among, outcome = correlation[:, :-1, :-1], correlation[:, :-1, -1]
    if apart:
        return np.asarray(np.linalg.solve(among, outcome[:, :, None])[:, :, 0], float)
    return np.asarray((np.linalg.pinv(among, rcond=1e-9, hermitian=True) @ outcome[:, :, None])[:, :, 0], float)


def latent_factor(value: ArrayLike, count: ArrayLike) -> float:
    """By what the correlations of an ordinal outcome rise if its steps cut a normal scale that nobody sees.

    The two-step polyserial estimate of Olsson, Drasgow & Dorans 1982 (Psychometrika 47); 1 where there is one step.
    """
    steps, order = np.unique(np.asarray(value, float), return_inverse=True)
    share = np.bincount(order, weights=np.asarray(count, float))
    share = share / share.sum()
    if steps.size < 2:
        return 1.0
    cut = ndtri(np.cumsum(share)[:-1])
    height = np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi)
    deviation = np.sqrt(share @ (steps - share @ steps) ** 2)
    return float(deviation / (height @ np.diff(steps)))


def _without_first(left: Floats) -> Floats:
    """What is left of the other variables once the first is known."""
    pivot, cross = left[:, :, 0, 0], left[:, :, 0, 1:]
    inverse = np.where(pivot > NOUGHT, 1 / np.where(pivot > NOUGHT, pivot, 1.0), 0.0)
    return np.asarray(left[:, :, 1:, 1:] - (cross * inverse[..., None])[..., None] * cross[:, :, None, :], float)


@cache
def _weights(size: int) -> Floats:
    """What R squared of each subset (rows) counts for each player: up with it, down without it."""
    subsets = np.arange(2**size)
    members = (subsets[:, None] >> np.arange(size)) & 1
    count = members.sum(axis=1)
    before = np.array([1 / (size * comb(size - 1, k)) for k in range(size)])
    with_it, without = before[np.fmax(count - 1, 0)], before[np.fmin(count, size - 1)]
    return np.asarray(np.where(members == 1, with_it[:, None], -without[:, None]), float)


def _turns(size: int, rounds: int, seed: int) -> NDArray[np.int64]:
    """Sampled rings of players, each opened at each of its players in turn: rounds x size orders."""
    random = np.random.default_rng(seed)
    drawn = np.array([random.permutation(size) for _ in range(rounds)])
    return np.asarray(drawn[:, (np.arange(size) + np.arange(size)[:, None]) % size].reshape(-1, size), np.int64)


def _drivers(players: Sequence[Sequence[int]], turns: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The drivers of players in these orders, and the place of each player's last."""
    members = np.full((len(players), max(len(each) for each in players)), -1)
    for at, player in enumerate(players):
        members[at, : len(player)] = player
    spread = members[turns]
    width = np.array([len(each) for each in players])
    return spread[spread >= 0].reshape(len(turns), -1), np.cumsum(width[turns], axis=1) - 1


def _places(orders: NDArray[np.int64], last: int) -> NDArray[np.int64]:
    """Where the correlations of drivers in these orders, the outcome `last`, stand among all numbers of one draw."""
    places = np.column_stack([orders, np.full(len(orders), last)])
    return np.asarray(places[:, :, None] * (last + 1) + places[:, None, :], np.int64)


def _gains(correlation: Floats, places: NDArray[np.int64]) -> Floats:
    """What each driver adds to R squared in its place of each order: squares of the last row of a Cholesky factor.

    Draws x orders x drivers.
    """
    moved = correlation.reshape(len(correlation), -1).take(places, axis=1)
    at = np.arange(places.shape[1])
    moved[..., at, at] += NOUGHT
    moved[..., -1, -1] += 1.0  # room, so that a perfect fit still has a factor; it touches no gain
    return np.asarray(np.linalg.cholesky(moved)[..., -1, :-1] ** 2, float)
