"""What became of the customers each adviser helped: later answers and purchases, fairly compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.page import Estimate
from touchstone.rules.cases import URGENCIES
from touchstone.science.casemix import adjusted
from touchstone.science.shrinkage import shrink
from touchstone.show._cases import Row

FEW = 5  # customers heard again: with fewer no figure is told
_YEAR = timedelta(days=365)
_LATER = """select person, occurred_at, case when best <> worst then (value - worst) / (best - worst) end as score,
        case when kind = 'purchase' then amount end as amount, currency
    from interaction where person in (select unnest(?)) and occurred_at is not null
        and ((value is not null and best <> worst) or (kind = 'purchase' and amount is not null))
    order by person, seq"""
_FORMULA = (
    "mean over customers, at everybody's mix of urgency, kind and earlier answers (direct standardisation by fixed "
    "effects), drawn towards all advisers by empirical Bayes (Morris 1983)"
)
_ALONE = "fewer than two advisers with five customers heard again: nothing to compare with"


@dataclass(frozen=True)
class Adviser:
    """What one adviser did, and what the customers were afterwards."""

    owner: str
    answered: int
    settled: int  # closed, and not opened again
    loyalty: Estimate
    value: Estimate


@dataclass(frozen=True)
class _Helped:
    """One customer whom an adviser helped: what was known before, what came later (None: nothing was heard)."""

    owner: str
    mix: tuple[float, ...]
    score: float | None
    spent: float | None


def advisers(ask: Ask, rows: Sequence[Row]) -> list[Adviser]:
    """Everyone who owns answered cases, those with most solved first."""
    if not rows:
        return []
    helped = _helped(rows, _heard(ask, rows), ask.now)
    owners = sorted({str(row["owner"]) for row in rows})
    loyalty = _compared(owners, [(each.owner, each.mix, each.score) for each in helped], (0.0, 1.0), "share")
    money = [(each.owner, each.mix, each.spent) for each in helped]
    most = max([1.0, *(spent for _, _, spent in money if spent is not None)])
    value = _compared(owners, money, (0.0, most), "money per customer")
    made = [
        Adviser(
            owner,
            sum(row["owner"] == owner for row in rows),
            sum(row["owner"] == owner and row["stage"] == "closed" and not row["reopened"] for row in rows),
            loyalty[owner],
            value[owner],
        )
        for owner in owners
    ]
    return sorted(made, key=lambda each: (-each.settled, -each.answered, each.owner))


def named(estimate: Estimate, name: str) -> Estimate:
    """The figure under the adviser's name."""
    return replace(estimate, label=name)


def cell(estimate: Estimate) -> Estimate | str:
    """A figure for a table, or in words why there is none."""
    return estimate if estimate.value is not None else estimate.why


def _heard(ask: Ask, rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for each in ask.lake(_LATER, [sorted({row["person"] for row in rows})]).to_pylist():
        found.setdefault(each["person"], []).append(each)
    return found


def _helped(rows: Sequence[Row], heard: dict[str, list[dict[str, Any]]], now: datetime) -> list[_Helped]:
    """Each customer once an adviser, by the last case answered to them."""
    last = {(row["owner"], row["person"]): row for row in rows}
    found = []
    for (owner, person), row in sorted(last.items()):
        said, answered = heard.get(person, ()), row["answered_at"]
        before = _mean([each["score"] for each in said if each["occurred_at"] <= row["opened_at"]])
        later = [each for each in said if answered < each["occurred_at"] <= answered + _YEAR]
        spent = sum(each["amount"] for each in later if each["amount"] is not None)
        mix = (
            URGENCIES.index(row["urgency"]) / 3, float(row["kind"] == "problem"),
            0.5 if before is None else before, float(before is None),
        )  # fmt: skip
        whole = now - answered >= _YEAR  # a shorter time would count for less
        found.append(_Helped(str(owner), mix, _mean([each["score"] for each in later]), spent if whole else None))
    return found


def _mean(scores: Sequence[float | None]) -> float | None:
    known = [each for each in scores if each is not None]
    return sum(known) / len(known) if known else None


def _compared(
    owners: Sequence[str],
    told: Sequence[tuple[str, tuple[float, ...], float | None]],
    ends: tuple[float, float],
    measured_in: str,
) -> dict[str, Estimate]:
    """By adviser the figure at everybody's mix of cases, drawn towards all; who has too few customers gets none."""
    known = [(owner, mix, value) for owner, mix, value in told if value is not None]
    n = {owner: sum(each[0] == owner for each in known) for owner in owners}
    enough = [owner for owner in owners if n[owner] >= FEW]
    own = [each for each in known if n[each[0]] >= FEW]
    found = {
        owner: Estimate("", None, n=n[owner], why=_ALONE if n[owner] >= FEW else f"too few: {n[owner]} of {FEW}")
        for owner in owners
    }
    if len(enough) < 2:
        return found
    unit: NDArray[np.int64] = np.array([enough.index(each[0]) for each in own])
    value = np.array([each[2] for each in own], float)
    mixed = adjusted(unit, value, np.array([each[1] for each in own], float), np.ones(len(own)), ends=ends)
    drawn = shrink(mixed.mean, mixed.variance, widest=(ends[1] - ends[0]) / 2)
    ceiling = ends[1] if measured_in == "share" else max(1.0, float(drawn.high.max()) * 1.1)
    for place, owner in enumerate(enough):
        low, middle, high = (float(np.clip(each[place], *ends)) for each in (drawn.low, drawn.value, drawn.high))
        found[owner] = Estimate(
            "", middle, low, high, n[owner], measured_in, 0.0, ceiling, float(drawn.centre), _FORMULA,
            note=f"Before the mix of cases was taken out: {mixed.raw[place]:.2f}.", counted="customers",
        )  # fmt: skip
    return found
