"""What one customer is still expected to bring, by models fitted before and kept as plain numbers.

Purchases by one model of counting customers or the mean of several (`lifetime`), times money per repeat purchase day by
a model of spending (`spending`, `amounts`), with the doubt of both carried along (`forecast`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from touchstone.science.amounts import Amounts, Spread
from touchstone.science.forecast import Forecast, apart, averaged
from touchstone.science.lifetime import History, Lifetime
from touchstone.science.spending import Spending

Floats = NDArray[np.float64]
WEEK = 7.0  # days


@dataclass(frozen=True)
class Expected:
    """What a customer is expected to bring, with its limits (how well the models are known), and whether they stay."""

    value: float
    low: float
    high: float
    alive: float


@dataclass(frozen=True)
class Worth:
    """Fitted models of purchases, and of money where there is any.

    `above` is the share of repeat days with an amount that have one above nought; amounts over `parted` are of the
    upper of two kinds.
    """

    lifetimes: tuple[Lifetime, ...]
    spent: Spending | Spread | None = None
    above: float = 1.0
    parted: float | None = None

    def told(self) -> dict[str, Any]:
        """The models as plain numbers; `read` makes the same of them again."""
        money: dict[str, Any] = {}
        if self.spent is not None:
            kinds = self.spent.kinds if isinstance(self.spent, Spread) else 0
            money = {"spent": _plain(self.spent) | {"kinds": kinds, "above": self.above, "parted": self.parted}}
        return {"lifetimes": [_plain(each) | {"model": each.model} for each in self.lifetimes]} | money

    @classmethod
    def read(cls, told: dict[str, Any]) -> Worth:
        """The models that `told` gave."""
        lifetimes = tuple(Lifetime(each["model"], *_arrays(each), np.nan) for each in told["lifetimes"])
        if (money := told.get("spent")) is None:
            return cls(lifetimes)
        kinds = int(money["kinds"])
        spent = Spread(*_arrays(money), np.nan, kinds) if kinds else Spending(*_arrays(money), np.nan, 0)
        return cls(lifetimes, spent, float(money["above"]), money["parted"])

    def of(self, days: ArrayLike, amounts: ArrayLike, *, until: float, weeks: float) -> Expected:
        """What the customer brings within `weeks` after day `until` who bought on `days`.

        Days are numbers in order, one at least; `amounts` are the money of each day, NaN where none is known.
        """
        day, amount = np.asarray(days, float), np.asarray(amounts, float)
        spans = (np.array([each]) / WEEK for each in (day[-1] - day[0], until - day[0]))
        history = History.of([day.size - 1.0], *spans)
        found = averaged(*(each.purchases(history, weeks) for each in self.lifetimes))
        covariance = len(self.lifetimes) * apart(*(each.covariance for each in self.lifetimes))
        if self.spent is not None:
            found = found.times(self._each(amount))
            covariance = apart(covariance, self.spent.covariance)
        low, high = found.limits(covariance)
        alive = float(np.mean([each.alive(history) for each in self.lifetimes]))
        return Expected(float(found.value[0]), float(low[0]), float(high[0]), alive)

    def _each(self, amount: Floats) -> Forecast:
        """Money expected per repeat purchase day."""
        if isinstance(self.spent, Spread):
            each = self.spent.per_purchase(_amounts(amount, self.parted if self.spent.kinds > 1 else None))
            return Forecast(each.value * self.above, each.slope)
        assert self.spent is not None
        later = amount[1:][~np.isnan(amount[1:])]
        return self.spent.per_purchase([float(later.size)], [later.mean() if later.size else np.nan])


def _amounts(amount: Floats, parted: float | None) -> Amounts:
    """One customer's amounts above nought as the model takes them, by kind where they are parted."""
    kind = np.zeros(amount.size, np.int64) if parted is None else (amount > parted).astype(np.int64)
    known, later = amount > 0, np.arange(amount.size) > 0
    logs = np.log(np.where(known, amount, 1.0))
    size = 1 if parted is None else 2
    sums = (known * 1.0, known & later, np.where(known, amount, 0.0), logs, logs**2)
    return Amounts(*(np.bincount(kind, each, minlength=size)[None, :].astype(float) for each in sums))


def _plain(fitted: Lifetime | Spending | Spread) -> dict[str, Any]:
    return {"coefficients": fitted.coefficients.tolist(), "covariance": fitted.covariance.tolist()}


def _arrays(told: dict[str, Any]) -> tuple[Floats, Floats]:
    return np.array(told["coefficients"], float), np.array(told["covariance"], float)
