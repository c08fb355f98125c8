"""What customers spend per purchase, amount by amount: log-normal about each customer's own mean, of one kind or two.

Where a brand sells cars and repairs, amounts lie in two heaps and no single curve has their mean. Then each heap has a
log-normal of its own (customers differ in it, and each customer's purchases vary), and the chance that a repeat
purchase is of the upper heap differs from customer to customer (beta); first purchases have a chance of their own.
Sources: Searle, Casella & McCulloch 1992 (variance components); Skellam 1948 (beta-binomial); Everitt & Hand 1981
(mixtures of two normals).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit, psi, xlogy

from touchstone.science.forecast import Forecast, apart, likeliest
from touchstone.science.lifetime import CELLS, REACH

Floats = NDArray[np.float64]
LEAST = 1e-3  # standard deviation of a logarithm at least, where all amounts are the same
FEW = 3  # amounts that make a heap at least
TIMES = 3.0  # the upper heap's middle is at least so many times the lower one's; less hardly matters to a mean
VALLEY = 0.5  # between two heaps the density falls below this share of the lower one's height
SETTLED = 1e-12  # chances of a kind that no longer change
_LOG_2_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Amounts:
    """Days with money per customer and kind of purchase (customers x kinds): how many, and how many of these came after
    the first day; the sum of their amounts, of the logarithms, and of the squares of these."""

    count: Floats
    again: Floats
    total: Floats
    logs: Floats
    squares: Floats

    def around(self) -> tuple[Floats, Floats]:
        """The mean logarithm of each customer and kind (nought where there is none), and the squares about it."""
        mean = np.divide(self.logs, self.count, out=np.zeros_like(self.logs), where=self.count > 0)
        return mean, np.fmax(self.squares - self.count * mean**2, 0.0)

    def as_one(self) -> Amounts:
        """The same amounts, of one kind."""
        columns = (self.count, self.again, self.total, self.logs, self.squares)
        return Amounts(*(each.sum(axis=1, keepdims=True) for each in columns))


@dataclass(frozen=True)
class Spread:
    """The fitted model: per kind the mean logarithm, and the logarithms of the standard deviations between customers
    and within one; with two kinds also the logit of the upper one's chance, and the logarithm of how alike customers
    are in it. With their covariance and the log-likelihood of all amounts (a sum)."""

    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    kinds: int

    @property
    def size(self) -> int:
        """How many figures were fitted to tell the amounts: with two kinds also where they part, and the first days."""
        return self.coefficients.size + 2 * (self.kinds - 1)

    def means(self) -> Floats:
        """The mean amount of each kind, over customers of whom nothing is known."""
        middle, between, within = _parts(self.coefficients, self.kinds)
        return np.asarray(np.exp(middle + (between**2 + within**2) / 2), float)

    def per_purchase(self, known: Amounts) -> Forecast:
        """Spending expected per purchase above nought of customers who so far spent what is `known` of them."""
        mean, _ = known.around()
        middle, between, within = _parts(self.coefficients, self.kinds)
        whole = within**2 + known.count * between**2
        share = known.count * between**2 / whole  # of a customer's own mean, against that of all
        away, doubt = share * (mean - middle), (between * within) ** 2 / whole
        chance, follows = _chance(self.coefficients, known.again)
        logs = middle + away + doubt / 2 + within**2 / 2 + chance
        top = logs.max(axis=1, keepdims=True)
        each = np.exp(logs - top)
        total = each.sum(axis=1, keepdims=True)
        each /= total
        turned = (1 - share) * (2 * away + doubt)  # how the logarithm follows that of the spread between customers
        ways = [1 - share, turned, share * doubt + within**2 - 2 * (1 - share) * away]
        slope = np.stack([each * way for way in ways], axis=2).reshape(len(each), -1)
        return Forecast(np.exp(top[:, 0]) * total[:, 0], np.hstack([slope, np.einsum("ij,ijk->ik", each, follows)]))


def spread(known: Amounts) -> Spread:
    """The model likeliest to give these amounts; ValueError where a kind has fewer than FEW of them."""
    if (known.count.sum(axis=0) < FEW).any():
        raise ValueError(f"needs {FEW} amounts of each kind")
    mean, squares = known.around()
    fits = [_log_normal(*(each[known.count[:, kind] > 0, kind] for each in (known.count, mean, squares)), logs=total)
            for kind, total in enumerate(known.logs.sum(axis=0))]  # fmt: skip
    kinds = known.count.shape[1]
    fits += [_mixed(known.again)] if kinds > 1 else []
    at, bend, likelihood = zip(*fits, strict=True)
    first = (known.count - known.again).sum(axis=0)
    rest = float(xlogy(first, first / np.fmax(first.sum(), 1.0)).sum())  # which kind the first purchases are
    return Spread(np.concatenate(at), apart(*bend), float(sum(likelihood)) + rest, kinds)


def parting(amounts: ArrayLike) -> float | None:
    """The amount that parts two heaps of amounts, None where they are one.

    Two normals are fitted to the logarithms (EM); they are two heaps where their middles lie far apart and the density
    between them has a valley.
    """
    logs = np.sort(np.log(np.asarray(amounts, float)))
    logs = logs[((np.arange(min(logs.size, CELLS)) + 0.5) * logs.size / min(logs.size, CELLS)).astype(np.int64)]
    if logs.size < 4 * FEW or np.ptp(logs) <= 0:
        return None
    middle, deviation, share = _two_normals(logs)
    if min(share) * logs.size < FEW or middle[1] - middle[0] < np.log(TIMES):
        return None
    grid = np.linspace(middle[0], middle[1], 400)
    height = (share / deviation * np.exp(-(((grid[:, None] - middle) / deviation) ** 2) / 2)).sum(axis=1)
    lowest = int(height.argmin())
    return float(np.exp(grid[lowest])) if height[lowest] < VALLEY * min(height[0], height[-1]) else None


def _two_normals(logs: Floats) -> tuple[Floats, Floats, Floats]:
    """Means, standard deviations and shares of two normals, begun at the cut that leaves the least squares within."""
    size = np.arange(1, logs.size)
    left, whole = np.cumsum(logs)[:-1], logs.sum()
    cut = int((left**2 / size + (whole - left) ** 2 / (logs.size - size)).argmax()) + 1
    upper = (np.arange(logs.size) >= cut).astype(float)
    least = LEAST + 0.01 * logs.std()
    for _ in range(200):
        weight, former = np.column_stack([1 - upper, upper]), upper
        share = np.fmax(weight.mean(axis=0), 1e-12)
        middle = logs @ weight / (share * logs.size)
        deviation = np.sqrt(((logs[:, None] - middle) ** 2 * weight).sum(axis=0) / (share * logs.size)) + least
        each = np.log(share / deviation) - ((logs[:, None] - middle) / deviation) ** 2 / 2
        upper = expit(each[:, 1] - each[:, 0])
        if np.abs(upper - former).max() < SETTLED:
            break
    return middle, deviation, share


def _parts(coefficients: Floats, kinds: int) -> tuple[Floats, Floats, Floats]:
    """Mean logarithms, and standard deviations between customers and within one, of each kind."""
    table = coefficients[: 3 * kinds].reshape(kinds, 3)
    return table[:, 0], np.exp(table[:, 1]), np.exp(table[:, 2])


def _chance(coefficients: Floats, count: Floats) -> tuple[Floats, Floats]:
    """The logarithm of the chance that a customer's next purchase is of each kind (customers x kinds), and how it
    follows the coefficients that tell it."""
    if count.shape[1] == 1:
        return np.zeros_like(count), np.zeros((*count.shape, 0))
    upper, alike = expit(coefficients[-2]), np.exp(coefficients[-1])
    room = alike + count.sum(axis=1)
    share = (alike * upper + count[:, 1]) / room
    turned = np.column_stack([alike * upper * (1 - upper) / room, alike * (upper - share) / room])
    chance = np.column_stack([1 - share, share])
    return np.log(chance), np.stack([-turned, turned], axis=1) / chance[:, :, None]


def _log_normal(count: Floats, mean: Floats, squares: Floats, *, logs: float) -> tuple[Floats, Floats, float]:
    """Coefficients, covariance and log-likelihood of one kind; `logs` is the sum of all logarithms."""
    some = _some(count, mean, squares)
    n, y, about = count[some], mean[some], squares[some]

    def loss(at: Floats) -> tuple[float, Floats]:
        between, within = n * np.exp(2 * at[1]), np.exp(2 * at[2])
        whole, away = within + between, y - at[0]
        far = n * away**2 / whole
        each = n * _LOG_2_PI + (n - 1) * np.log(within) + np.log(whole) + about / within + far
        turned = (1 - far) / whole
        slope = [-n * away / whole, between * turned, n - 1 - about / within + within * turned]
        return float(each.mean()) / 2, np.mean(slope, axis=1)

    wide = np.log(np.fmax(np.sqrt((n @ (y - y.mean()) ** 2 + about.sum()) / n.sum()), 2 * LEAST))
    start, limits = np.array([np.average(y, weights=n), wide - 0.3, wide - 0.3]), (float(np.log(LEAST)), REACH)
    best, covariance, least = likeliest(loss, start, [(-np.inf, np.inf), limits, limits], n.size)
    return best, covariance, -least * count.size - logs


def _mixed(again: Floats) -> tuple[Floats, Floats, float]:
    """Coefficients, covariance and log-likelihood of which kind each repeat purchase is."""
    bought = again[again.sum(axis=1) > 0]
    some = _some(*bought.T)
    few, many = bought[some].T

    def loss(at: Floats) -> tuple[float, Floats]:
        upper, alike = expit(at[0]), np.exp(at[1])
        a, b = alike * upper, alike * (1 - upper)
        shared = psi(alike) - psi(alike + many + few)
        by_a, by_b = psi(a + many) - psi(a) + shared, psi(b + few) - psi(b) + shared
        slope = [a * (1 - upper) * (by_a - by_b), a * by_a + b * by_b]
        return -float((betaln(a + many, b + few) - betaln(a, b)).mean()), -np.mean(slope, axis=1)

    odds = float(np.log((many.sum() + 0.5) / (few.sum() + 0.5)))
    limits = [(odds - REACH, odds + REACH), (-REACH, REACH)]
    best, covariance, least = likeliest(loss, np.array([odds, 1.0]), limits, few.size)
    return best, covariance, -least * len(bought)


def _some(*columns: Floats) -> NDArray[np.int64]:
    """Everyone; of more than CELLS customers every so many-th, in the order of the columns."""
    size = columns[0].size
    order = np.lexsort(columns[::-1])
    return order if size <= CELLS else order[((np.arange(CELLS) + 0.5) * size / CELLS).astype(np.int64)]
