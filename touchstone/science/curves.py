"""How to divide a budget among curves of response, some of them S-shaped: the best division, with its proof.

Each curve is scale x a^slope / (half^slope + a^slope) of the spend a (Hill 1910): concave up to slope 1, else S-shaped;
or logistic, scale x (1 - e^-ra) / (1 + e^-ra) with half of it at `half` too, r = log(3) / half: concave.
Concave curves are at their best where a last unit of money gains the same everywhere. S-shaped ones are bounded from
above by their concave envelopes between two ends of spend, and the ends are brought together where an envelope is
not reached (spatial branch and bound: Falk & Soland 1969), until no division can gain more than a share of `GAP` more.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
GAP = 1e-6
"""A division is good enough where none can gain more than this share more."""
_HALVINGS = 60
_STEPS = 20
_LITTLE = 1e-9
_NODES = 600  # boxes looked at, so that the search ends


@dataclass(frozen=True)
class Division:
    """Spend and gain of each curve, the bound that no division exceeds, and the price: what a last unit of money gains.

    `residual` is how far the spends are from equal last gains (Karush, Kuhn & Tucker), as a share of the price; a spend
    below a billionth of all counts as nothing.
    """

    spend: Floats
    gain: Floats
    bound: float
    price: float
    residual: float


@dataclass(frozen=True)
class Curves:
    """Curves of response: what each gains at most, the spend at half of it, and how steep it is there.

    Where `logistic` (None: nowhere) slope is not looked at, but for 1.
    """

    scale: Floats
    half: Floats
    slope: Floats
    logistic: NDArray[np.bool_] | None = None

    def gain(self, spend: Floats) -> Floats:
        """What each gains; nothing at no spend."""
        gained = self.scale * self._reached(spend)
        return np.asarray(self._either(gained, lambda: self.scale * np.tanh(self._rate * spend)), float)

    def last(self, spend: Floats) -> Floats:
        """What one more unit of money gains there."""
        hill = self._last(spend)
        return np.asarray(self._either(hill, lambda: self._top / np.cosh(np.fmin(self._rate * spend, 350)) ** 2), float)

    def _either(self, hill: Floats, logistic: Callable[[], Floats]) -> Floats:
        return hill if self.logistic is None else np.where(self.logistic, logistic(), hill)

    @property
    def _rate(self) -> Floats:
        return np.asarray(np.log(3) / 2 / self.half, float)

    @property
    def _top(self) -> Floats:
        """What the first unit of money gains where the curve is logistic."""
        return np.asarray(self.scale * self._rate, float)

    def _last(self, spend: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            share = self._reached(spend)
            steep = np.where(spend > 0, self.scale * self.slope * share * (1 - share) / spend, 0.0)
        first = np.where(self.slope < 1, np.inf, np.where(self.slope == 1, self.scale / self.half, 0.0))
        return np.asarray(np.where(spend > 0, steep, np.where(self.scale > 0, first, 0.0)), float)

    def bend(self) -> Floats:
        """Where each turns from convex to concave: 0 up to slope 1."""
        steep = np.fmax(self.slope, 1.0)
        return np.asarray(self.half * ((steep - 1) / (steep + 1)) ** (1 / steep), float)

    def spend(self, price: Floats) -> Floats:
        """Where one more unit of money gains `price`, on the concave side; anything where it nowhere does.

        Of w = slope x log(spend / half) the logarithm of the last gain is concave and falls: Newton's steps from above
        never pass the root.
        """
        bent, flat = 1 - 1 / self.slope, 1 + 1 / self.slope
        aim = np.log(price) - np.log(np.where(self.scale > 0, self.scale, 1.0) * self.slope / self.half)
        w = -aim / flat
        w = np.where(bent < 0, np.fmin(w, aim / np.where(bent < 0, bent, -1.0)), w)
        for _ in range(_STEPS):
            fall = np.fmin(bent - 2 / (1 + np.exp(-np.clip(w, -700, 700))), -1e-9)
            w = w - (bent * w - 2 * np.logaddexp(0.0, w) - aim) / fall
        hill = np.asarray(self.half * np.exp(np.clip(w / self.slope, -700, 700)), float)
        return self._either(hill, lambda: np.arccosh(np.sqrt(np.fmax(self._top / price, 1.0))) / self._rate)

    def _reached(self, spend: Floats) -> Floats:
        with np.errstate(divide="ignore", over="ignore"):
            ratio = np.exp(-self.slope * (np.log(spend) - np.log(self.half)))  # (half / a) ^ slope; inf at 0
        return np.asarray(1 / (1 + ratio), float)


def divide(
    scale: ArrayLike, half: ArrayLike, slope: ArrayLike, *, budget: float, logistic: ArrayLike | None = None
) -> Division:
    """The division of `budget` that gains the most; `half` and `slope` above 0, curves of scale 0 or less get none."""
    other = None if logistic is None else np.asarray(logistic, bool)
    own = np.asarray(slope, float) if other is None else np.where(other, 1.0, slope)
    curves = Curves(np.asarray(scale, float), np.asarray(half, float), own, other)
    high = np.where(curves.scale > 0, max(budget, 0.0), 0.0)
    if not high.any():
        return _division(curves, np.zeros(len(high)), bound=0.0)
    like = _like(curves)
    first = _weighed(curves, np.zeros(len(high)), high, budget)
    best, boxes, tie = first.plan, [(-first.bound, 0, first)], 0
    while boxes and tie < _NODES:
        bound, _, box = heapq.heappop(boxes)
        if -bound <= _worth(curves, best) * (1 + GAP):
            return _division(curves, best, bound=-bound)
        at = int(np.argmax(box.short))
        for low, end in ((box.low[at], box.spend[at]), (box.spend[at], box.high[at])):
            tie += 1
            lows, ends = box.low.copy(), box.high.copy()
            lows[at], ends[at] = low, end
            lows, ends = _ordered(like, lows, ends)
            if lows.sum() > budget:
                continue
            part = _weighed(curves, lows, ends, budget)
            best = max(best, part.plan, key=lambda each: _worth(curves, each))
            heapq.heappush(boxes, (-min(part.bound, box.bound), tie, part))
    return _division(curves, best, bound=max([_worth(curves, best), *(-each[0] for each in boxes)]))


@dataclass(frozen=True)
class _Box:
    """Spends between `low` and `high`: the bound, the spends that reach it on the envelopes, how far short of these
    the curves are there, and the best division known from it.
    """

    low: Floats
    high: Floats
    bound: float
    spend: Floats
    short: Floats
    plan: Floats


def _like(curves: Curves) -> list[NDArray[np.int64]]:
    """The places of curves that are equal, by kind; of these an earlier one may be taken to get no less."""
    other = np.zeros(len(curves.scale)) if curves.logistic is None else curves.logistic
    figures = np.stack([curves.scale, curves.half, curves.slope, other])
    kind = np.unique(figures, axis=1, return_inverse=True)[1].ravel()
    return [np.flatnonzero(kind == each) for each in np.unique(kind) if (kind == each).sum() > 1]


def _ordered(like: list[NDArray[np.int64]], low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The box without what is the same up to the order of equal curves."""
    for each in like:
        low[each] = np.maximum.accumulate(low[each][::-1])[::-1]
        high[each] = np.minimum.accumulate(high[each])
    return low, high


def _weighed(curves: Curves, low: Floats, high: Floats, budget: float) -> _Box:
    tangent, steep = _envelopes(curves, low, high)
    price, spend = _fitted(curves, (low, tangent, high, steep), budget)
    envelope = np.where(spend < tangent, curves.gain(low) + steep * (spend - low), curves.gain(spend))
    bound = float(price * (budget - spend.sum()) + envelope.sum())
    short = np.fmax(envelope - curves.gain(spend), 0.0)
    bend = curves.bend()
    active = spend > np.fmax(bend, low)
    lows = np.where(active, bend, 0.0)
    plans = [spend]
    if active.any() and lows.sum() <= budget:
        ends = np.where(active, budget, 0.0)
        plans.append(_fitted(curves, (lows, lows, ends, curves.last(lows)), budget)[1])
    return _Box(low, high, bound, spend, short, max(plans, key=lambda each: _worth(curves, each)))


def _worth(curves: Curves, spend: Floats) -> float:
    return float(curves.gain(spend).sum())


def _envelopes(curves: Curves, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Up to where each envelope is straight (`low` where it is the curve itself), and how steep it begins."""
    bend = curves.bend()
    left, right = np.clip(bend, low, high), high.copy()
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        above = curves.gain(middle) - curves.gain(low) >= curves.last(middle) * (middle - low)
        left, right = np.where(above, left, middle), np.where(above, middle, right)
    tangent = np.where(low >= bend, low, right)
    rise = np.where(tangent > low, curves.gain(tangent) - curves.gain(low), 0.0)
    straight = np.divide(rise, tangent - low, out=np.zeros(len(low)), where=tangent > low)
    return tangent, np.where(tangent > low, straight, curves.last(low))


def _fitted(curves: Curves, box: tuple[Floats, Floats, Floats, Floats], budget: float) -> tuple[float, Floats]:
    """The price at which the spends use up the budget, and these spends; one that jumps gets what is left over."""
    steep = box[3][np.isfinite(box[3])]
    top = max(float(steep.max(initial=0.0)), float(curves.last(np.full(len(box[0]), budget * 1e-12)).max()))
    ends = np.log(np.array([max(top, 1e-300) * 1e-15, max(top, 1e-300) * 2]))
    for _ in range(12):
        prices = np.linspace(ends[0], ends[1], 33)
        used = _spends(curves, box, np.exp(prices)[:, None]).sum(axis=1)
        enough = int(np.flatnonzero(used <= budget)[0]) if (used <= budget).any() else 32
        if enough == 0:
            return 0.0, _spends(curves, box, np.exp(prices[:1])[:, None])[0]
        ends = prices[[enough - 1, enough]]
    more, less = _spends(curves, box, np.exp(ends)[:, None])
    for at in np.argsort(less - more, kind="stable"):  # the largest jump first
        less[at] += min(more[at] - less[at], max(budget - less.sum(), 0.0))
    return float(np.exp(ends[1])), less


def _spends(curves: Curves, box: tuple[Floats, Floats, Floats, Floats], price: Floats) -> Floats:
    """By price (rows) and curve: what is best spent when a unit of money costs so much."""
    low, tangent, high, steep = box
    inside = np.clip(curves.spend(price), tangent, high)
    return np.asarray(np.where(steep > price, inside, low), float)


def _division(curves: Curves, spend: Floats, *, bound: float) -> Division:
    little = spend.sum() * _LITTLE
    gain, last, active = curves.gain(spend), curves.last(np.fmax(spend, little)), spend > little
    if not active.any():
        return Division(spend, gain, bound, float(last.max(initial=0.0)), 0.0)
    price = float(np.median(last[active]))
    apart = np.where(active, np.abs(last - price), np.fmax(last - price, 0.0))
    residual = float(apart.max() / price) if price > 0 else 0.0
    return Division(spend, gain, max(bound, float(gain.sum())), price, residual)
