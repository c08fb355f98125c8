"""Answers of units with the cases behind them, from the columns of a file or the counts of a home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.measure._answers import Question, count
from touchstone.measure._rules import RULES, Rule
from touchstone.measure._scores import counted, scale_text

Floats = NDArray[np.float64]
CASES = ("channel", "product", "level", "campaign", "incentive", "kind")
"""Columns of a home that say what cases a unit has."""
KINDS = 12  # a column of numbers with more different ones than this is a number, not a kind
SCORES = tuple(name for name, rule in RULES.items() if rule.metric)


@dataclass(frozen=True)
class League:
    """Units that are compared: rows of answers (`unit` is a place in `units`) with points, cases and how many."""

    keys: dict[str, str]
    units: list[str]
    unit: NDArray[np.int64]
    points: Floats
    cases: Floats  # rows x columns: dummies and numbers
    n: Floats
    worst: float
    best: float
    measured_in: str


def of_file(table: pa.Table, question: Question, adjust: Sequence[str]) -> list[League]:
    """The leagues of a file; the scale is what its values span, unless `best` and `worst` say it."""
    others = [name for name in question.by if name != "unit"]
    for field, names in (("by", others), ("adjust", adjust)):
        if absent := [name for name in names if name not in table.column_names]:
            todo = f"There are: {', '.join(table.column_names)}."
            raise Refused(f"no column {absent[0]!r}.", field=field, where="the file", todo=todo)
    if stray := [name for name in adjust if name in ("unit", "value", *others)]:
        todo = "Name columns that say what kind of case an answer is."
        raise Refused(f"cannot adjust for {stray[0]!r}.", field="adjust", todo=todo)
    kept = pc.and_(pc.is_valid(table["unit"]), pc.is_finite(pc.coalesce(table["value"], float("nan"))))
    for name in others:
        kept = pc.and_(kept, pc.is_valid(table[name]))
    table = table.filter(kept)
    if not len(table):
        return []
    value = table["value"].to_numpy(zero_copy_only=False).astype(float)
    ends = [float(value.min()), float(value.max())]
    worst = ends[0] if question.worst is None else question.worst
    best = ends[1] if question.best is None else question.best
    inside = (value >= min(worst, best)) & (value <= max(worst, best))
    table, value = table.filter(pa.array(inside)), value[inside]
    cases = cases_of([table[name] for name in adjust], np.ones(len(value)))
    words = "points" if question.worst is None or question.best is None else f"points on {scale_text(worst, best)}"
    return _leagues(table, others, (value, cases, np.ones(len(value))), ends=(worst, best), measured_in=words)


def of_home(ask: Ask, question: Question, adjust: Sequence[str], *, figure: str) -> list[League]:
    """The leagues of a home: each scale is a league of its own."""
    if stray := [name for name in adjust if name not in CASES or name in question.by]:
        todo = f"Known: {', '.join(CASES)}, but for those in by."
        raise Refused(f"cannot adjust for {stray[0]!r}.", field="adjust", todo=todo)
    if figure and figure not in SCORES:
        raise Refused(f"{figure!r} is no score.", field="figure", todo=f"Known: {', '.join(SCORES)}.")
    others = tuple(name for name in question.by if name != "unit")
    asked = Question((*others, "unit"), question.where, question.since, question.until, question.worst, question.best)
    chosen = [figure] if figure else _answered(ask, asked)
    if not chosen:
        return []
    rule = RULES[chosen[0]]
    table = counted(ask, rule, asked, beside=tuple(adjust))
    several = len(pc.unique(table["scale"])) > 1
    found: list[League] = []
    for scale in sorted(pc.unique(table["scale"]).to_pylist()):
        part = table.filter(pc.equal(table["scale"], scale))
        found += _of_scale(part, [*others, *(["scale"] if several else [])], rule, adjust)
    return found


def _answered(ask: Ask, question: Question) -> list[str]:
    """The scores that have answers, in their order."""
    metrics = set(count(ask, question, rollup="rollup", columns=("metric",))["metric"].to_pylist())
    return [name for name in SCORES if RULES[name].metric in metrics]


def _of_scale(table: pa.Table, others: Sequence[str], rule: Rule, adjust: Sequence[str]) -> list[League]:
    value, low, high, n = (np.asarray(table[name].to_numpy(zero_copy_only=False), float)
                           for name in ("value", "worst", "best", "n"))  # fmt: skip
    ends = (float(low[0]), float(high[0])) if rule.ends is None else rule.ends
    points = rule.points(value, low, high) * rule.factor
    words = rule.measured_in if rule.ends is not None else f"{rule.measured_in} on {scale_text(*ends)}"
    answers = (points, cases_of([table[name] for name in adjust], n), n)
    ends = (ends[0] * rule.factor, ends[1] * rule.factor)
    return _leagues(table, others, answers, ends=ends, measured_in=words)


def _leagues(
    table: pa.Table, others: Sequence[str], answers: tuple[Floats, Floats, Floats], *, ends: tuple[float, float],
    measured_in: str,
) -> list[League]:  # fmt: skip
    """One league for each mix of the other by columns, rows in an order that does not depend on the file's."""
    columns = [table[name].cast(pa.string()).to_pylist() for name in others]
    places: dict[tuple[str, ...], list[int]] = {}
    for place, key in enumerate(zip(*columns, strict=True) if columns else [()] * len(table)):
        places.setdefault(key, []).append(place)
    names = np.array(table["unit"].to_pylist(), dtype=object)
    found = []
    for key in sorted(places):
        rows = np.array(places[key])
        units, unit = np.unique(names[rows].astype(str), return_inverse=True)
        points, cases, n = (each[rows] for each in answers)
        order = np.lexsort((n, points, *cases.T, unit))
        found.append(League(
            dict(zip(others, key, strict=True)), units.tolist(), unit[order].astype(np.int64), points[order],
            cases[order], n[order], *ends, measured_in,
        ))  # fmt: skip
    return found


def cases_of(columns: Sequence[Any], n: Floats) -> Floats:
    """Kinds as dummies (a missing one is a kind), numbers as such (a missing one as their mean, and told apart)."""
    made: list[Floats] = [np.empty((n.size, 0))]
    for column in columns:
        numbers = _numbers(column)
        if numbers is None:
            words = np.array(["" if each is None else str(each) for each in column.to_pylist()])
            kinds, kind = np.unique(words, return_inverse=True)
            made.append(np.eye(kinds.size)[kind][:, 1:])
            continue
        lacking = np.isnan(numbers)
        known = numbers[~lacking]
        middle, width = float(known.mean()), float(known.std()) or 1.0
        made.append(((np.where(lacking, middle, numbers) - middle) / width)[:, None])
        if lacking.any():
            made.append(lacking.astype(float)[:, None])
    return np.hstack(made)


def _numbers(column: Any) -> Floats | None:
    """The column's numbers (NaN where there is none), or None where it holds kinds."""
    try:
        numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return numbers if np.unique(numbers[~np.isnan(numbers)]).size > KINDS else None
