"""What changed: each figure's latest period against the one before, and whether the change is real."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import METRIC
from touchstone.measure._answers import Question, answers, check, count, day, period_text
from touchstone.measure._polarity import polarity
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._rules import RULES, Rule
from touchstone.measure._scores import Figures, figures, salt, scale_text
from touchstone.science.difference import Difference, difference, holm
from touchstone.science.interval import Interval

CUTS = ((), ("touchpoint",), ("unit",))
"""What is stored of it by `run`."""
_BEGUN = 0.1  # share of the answers before: below, a period has only begun
_EVERY = {"week": 7, "month": 1, "quarter": 3, "year": 12}  # months, but for the week


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    figure: str = "",
    every: str = "month",
    alpha: float = 0.05,
    confusion: str | Mapping[str, Mapping[str, float]] | None = None,
) -> pa.Table:
    """What changed: each figure's latest period against the one before, and whether the change is real.

    `figure` is nps, csat, ces, rating, yes_share or sentiment; empty: all that have answers; `detail.figure`
    tells them apart. The latest period is the last with answers that is over now. The interval is 95 %
    for each change by itself; `detail.real` holds after Holm's correction over all rows of the answer: the chance of
    one false "real" or more among them is at most `alpha`. `confusion` is sentiment's.
    """
    if every not in _EVERY:
        raise Refused(f"{every!r} is no period.", field="every", todo=f"Known: {', '.join(_EVERY)}.")
    if figure and figure not in RULES:
        raise Refused(f"there is no figure {figure!r}.", field="figure", todo=f"Known: {', '.join(RULES)}.")
    if every in by:
        raise Refused(f"a difference is taken between two of {every}.", field="by", todo=f"Leave {every!r} out of by.")
    question = Question(tuple(by), where, since, until)
    rules = [RULES[figure]] if figure else _answerable(question)
    found_all = (_change(ask, rule, question, every, confusion=confusion) for rule in rules)
    changes = [change for change in found_all if change is not None]
    if not changes:
        return nothing()
    adjusted = holm(np.concatenate([found.probability for _, _, found, _ in changes]))
    tables, start = [], 0
    for rule, keys, found, details in changes:
        real = adjusted[start : start + found.value.size]
        start += found.value.size
        _judge(details, found, real, alpha=alpha, family=len(adjusted))
        tables.append(_table(keys, found, details, rule=rule, salt=f"{rule.name}|{every}|{salt(question)}"))
    return pa.concat_tables(tables).cast(METRIC)


def _answerable(question: Question) -> list[Rule]:
    """Every figure the question can be asked of: mentions have no kind and no score to ask for."""
    check(question, "rollup")
    return [rule for rule in RULES.values() if rule.metric or answers(question, "mention_rollup")]


def _change(
    ask: Ask, rule: Rule, question: Question, every: str, *, confusion: str | Mapping[str, Mapping[str, float]] | None
) -> tuple[Rule, pa.Table, Difference, list[dict[str, Any]]] | None:
    """Keys, differences and details of the groups that have answers in both periods."""
    starts = _periods(ask, rule, question, every)
    if starts is None:
        return None
    bounds = [(start, _next(start, every) - timedelta(days=1)) for start in starts]
    reading = None if rule.metric else polarity(ask, confusion or "none")  # errors of both periods are alike
    earlier, later = (figures(ask, rule, replace(question, since=a, until=b), reading=reading) for a, b in bounds)
    if earlier is None or later is None:
        return None
    keys, first, second = _matched(question, earlier, later)
    if not first:
        return None
    found = difference(_at(later.interval, second), _at(earlier.interval, first))
    names = period_text([pa.array(list(starts))], every).to_pylist()
    details = [
        _detail(rule, later, earlier, at=(two, one), names=names) for one, two in zip(first, second, strict=True)
    ]
    return rule, keys, found, details


def _periods(ask: Ask, rule: Rule, question: Question, every: str) -> tuple[date, date] | None:
    """First days of the last period with answers that is over, and of the one before it.

    A last period with less than a tenth of the answers before it has only begun in the data, and is passed over.
    """
    only = {"metric": rule.metric} if rule.metric else {}
    name = "rollup" if rule.metric else "mention_rollup"
    check(question, name)
    days = count(ask, replace(question, by=("day" if every == "week" else "month",)), rollup=name, only=only)
    filled: Counter[date] = Counter()
    for each, n in zip(days.column(0).to_pylist(), days["n"].to_pylist(), strict=True):
        filled[_start(date.fromisoformat(each if len(each) > 7 else f"{each}-01"), every)] += n
    last = min(ask.today, (day(question.until, field="until") or date.max - timedelta(days=1)) + timedelta(days=1))
    over = [each for each in sorted(filled) if _next(each, every) <= last]
    if not over:
        return None
    if len(over) > 1 and filled[over[-1]] < _BEGUN * filled[over[-2]]:
        over.pop()
    return _start(over[-1] - timedelta(days=1), every), over[-1]


def _start(any_day: date, every: str) -> date:
    if every == "week":
        return any_day - timedelta(days=any_day.weekday())
    months = _EVERY[every]
    return date(any_day.year, (any_day.month - 1) // months * months + 1, 1)


def _next(start: date, every: str) -> date:
    if every == "week":
        return start + timedelta(days=7)
    months = start.year * 12 + start.month - 1 + _EVERY[every]
    return date(months // 12, months % 12 + 1, 1)


def _matched(question: Question, earlier: Figures, later: Figures) -> tuple[pa.Table, list[int], list[int]]:
    """Groups on the same scale found in both periods: their keys, and their places in each."""
    places = {key: place for place, key in enumerate(_named(earlier, question))}
    pairs = [(places[key], place) for place, key in enumerate(_named(later, question)) if key in places]
    first, second = [one for one, _ in pairs], [two for _, two in pairs]
    keys = later.keys if later.keys.num_columns >= earlier.keys.num_columns else earlier.keys
    return keys.take(pa.array(second if keys is later.keys else first, pa.int64())), first, second


def _named(found: Figures, question: Question) -> list[tuple[Any, ...]]:
    columns = [found.keys[name].to_pylist() for name in question.by]
    ends = list(zip(found.worst.tolist(), found.best.tolist(), strict=True))
    return [(*(column[place] for column in columns), ends[place]) for place in range(len(ends))]


def _at(interval: Interval, places: list[int]) -> Interval:
    return Interval(
        *(each[places] for each in (interval.value, interval.low, interval.high, interval.n, interval.variance))
    )


def _detail(rule: Rule, later: Figures, earlier: Figures, *, at: tuple[int, int], names: list[str]) -> dict[str, Any]:
    now, before = at
    width = abs(later.best[now] - later.worst[now])
    return {
        "figure": rule.name,
        "formula": f"{rule.name} in {names[1]} less {rule.name} in {names[0]}; {rule.formula}",
        "scale": {"worst": tidy(-width), "best": tidy(width)},
        "figure_scale": {"worst": tidy(later.worst[now]), "best": tidy(later.best[now])},
        "period": names[1],
        "before": names[0],
        "value_now": tidy(later.interval.value[now]),
        "value_before": tidy(earlier.interval.value[before]),
        "n_now": int(later.interval.n[now]),
        "n_before": int(earlier.interval.n[before]),
        "better": bool(
            (later.interval.value[now] - earlier.interval.value[before]) * (later.best[now] - later.worst[now]) > 0
        ),
    }


def _judge(details: list[dict[str, Any]], found: Difference, adjusted: Any, *, alpha: float, family: int) -> None:
    """Adds to each detail whether the change is real, and the verdict in words."""
    over = f" after Holm's correction over {family} comparisons" if family > 1 else ""
    for place, detail in enumerate(details):
        real = bool(adjusted[place] <= alpha)
        way = "no change" if found.value[place] == 0 else "better" if detail["better"] else "worse"
        detail.update(
            probability=tidy(found.probability[place]),
            probability_adjusted=tidy(adjusted[place]),
            real=real,
            comparisons=family,
            verdict=f"{way}: real{over}" if real else f"{way}, but it could be chance{over}",
        )


def _table(keys: pa.Table, found: Difference, details: list[dict[str, Any]], *, rule: Rule, salt: str) -> pa.Table:
    words = [
        rule.measured_in
        if rule.ends
        else f"{rule.measured_in} on {scale_text(each['figure_scale']['worst'], each['figure_scale']['best'])}"
        for each in details
    ]
    return rows(
        keys,
        found,
        n=np.array([each["n_now"] + each["n_before"] for each in details]),
        measured_in=words,
        detail=details,
        heading=Heading("difference", salt=salt),
    )
