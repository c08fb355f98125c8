"""Series over time, one look after the other: what each look counted, from a file or from a home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import TEXT
from touchstone.measure._answers import Question, check, count
from touchstone.measure._polarity import PLACE, SCORES
from touchstone.measure._rules import Rule
from touchstone.measure._scores import counted, grouped, scale_text

Floats = NDArray[np.float64]
EVERY = {"week": "W", "month": "M", "year": "Y"}
_MANY = 100  # more different scores than this are gathered into so many bins


@dataclass(frozen=True)
class Series:
    """How often each score was given in each look; `figure` says of what, and `keys` of whom.

    Where `each` holds, a look is one figure (so many interactions), and not so many answers.
    """

    keys: tuple[str, ...]
    starts: NDArray[np.datetime64]
    counts: Floats  # (looks, scores)
    scores: Floats
    figure: str
    measured_in: str
    scale: tuple[float | None, float | None]
    names: tuple[str, ...]  # of `keys`
    each: bool = False
    called: str = ""  # what people call a theme, whose key is an id

    @property
    def n(self) -> int:
        """Answers, or interactions counted."""
        amount = self.counts @ self.scores if self.each else self.counts
        return round(float(amount.sum()))


def over(starts: NDArray[np.datetime64], every: str, now: date) -> NDArray[np.bool_]:
    """Which periods are over on the day `now`."""
    return ends(starts, every) <= np.datetime64(now, "D")


def ends(starts: NDArray[np.datetime64], every: str) -> NDArray[np.datetime64]:
    """The day after each period: the day on which it can be looked at."""
    if every == "week":
        return starts + np.timedelta64(7, "D")
    return (starts.astype(f"datetime64[{EVERY[every]}]") + 1).astype("datetime64[D]")


def of_file(table: pa.Table, by: tuple[str, ...], every: str, now: date) -> list[Series]:
    """The answers of a file by `by` (unit, or nothing); answers without a score or a day are left out.

    A file may be of a time to come (a simulation): then it is the day after its last answer.
    """
    known = pc.and_(pc.is_finite(table["value"]), pc.is_valid(table["occurred_at"]))
    for name in by:
        known = pc.and_(known, pc.is_valid(table[name]))
    told = table.filter(pc.fill_null(known, False))
    start = pc.floor_temporal(told["occurred_at"], unit=every).cast(pa.date32())
    looked = told.select(list(by)).append_column("start", start).append_column("value", told["value"])
    sums = looked.group_by([*by, "start", "value"]).aggregate([([], "count_all")])
    split = _split(sums.select(list(by)), _days(sums["start"]), _numbers(sums["value"]), _numbers(sums["count_all"]))
    found = [Series(*each, "value", "points", (None, None), by) for each in split]
    last = pc.max(told["occurred_at"]).as_py()
    return finished(found, every, now if last is None else max(now, last.date() + timedelta(days=1)))


def of_scores(ask: Ask, rule: Rule, question: Question, every: str) -> list[Series]:
    """The points of `rule`, look by look; where several scales occur, `scale` joins the keys."""
    table = counted(ask, rule, replace(question, by=(*question.by, every)))
    if not len(table):
        return []
    several = len(pc.unique(table["scale"])) > 1
    names = (*question.by, "scale") if several else question.by
    value, low, high, n = (_numbers(table[each]) for each in ("value", "worst", "best", "n"))
    points = rule.points(value, low, high)
    if not rule.metric:
        points = SCORES[[PLACE.get(each, 2) for each in table["label"].to_pylist()]]
    split = _split(table.select(list(names)), _days(table[every]), points * rule.factor, n)
    ends_of = [each * rule.factor for each in rule.ends] if rule.ends else [float(low[0]), float(high[0])]
    found = []
    for keys, looks, counts, scores in split:
        scale = [float(each) for each in keys[-1].split("-")] if several and not rule.ends else ends_of
        told = rule.measured_in if rule.ends else f"{rule.measured_in} on {scale_text(*scale)}"
        found.append(Series(keys, looks, counts, scores, rule.name, told, (scale[0], scale[1]), names))
    return finished(found, every, ask.today)


def of_volume(ask: Ask, question: Question, every: str) -> list[Series]:
    """How many interactions each look brought; a look without any counts as none."""
    table = count(ask, replace(question, by=(*question.by, every)), rollup="rollup")
    heard = count(ask, replace(question, by=(every,)), rollup="rollup")
    last = _days(heard[every]).max() if len(heard) else None
    found = []
    for keys, days, n in _sums(table, list(question.by), every):
        looks = _whole(days[0], last, every)
        events = np.zeros(len(looks))
        events[np.searchsorted(looks, days)] = n
        scores, look = np.unique(events, return_inverse=True)
        counts, told = np.eye(len(scores))[look], f"interactions a {every}"
        found.append(Series(keys, looks, counts, scores, "volume", told, (0.0, None), question.by, each=True))
    return finished(found, every, ask.today)


def of_mentions(ask: Ask, question: Question, every: str) -> list[Series]:
    """Each touchpoint's share of all mentions, look by look; Refused unless `touchpoint` is among the by columns."""
    condition = check(question, "mention_rollup")
    if "touchpoint" not in question.by or (condition and "touchpoint" in condition.columns):
        todo = "Add touchpoint to by, and leave it out of where."
        raise Refused("a share of all mentions is one touchpoint's among all.", field="by", todo=todo)
    table = count(ask, replace(question, by=(*question.by, every)), rollup="mention_rollup")
    others = [name for name in question.by if name != "touchpoint"]
    whole = table.select([*others, every, "n"])
    found = shares(table, whole, question.by, every, figure="mentions", of="mentions")
    return finished(found, every, ask.today)


def shares(told: pa.Table, whole: pa.Table, by: tuple[str, ...], period: str, *, figure: str, of: str) -> list[Series]:
    """Series of shares: `n` of `told` by these columns in `n` of `whole` by those of them that it has.

    A column `label` says the figure, where `figure` is empty; `of` says of what it is a share.
    """
    shared = [place for place, name in enumerate(by) if name in whole.column_names]
    totals = {key: (days, n) for key, days, n in _sums(whole, [by[place] for place in shared], period)}
    kept = [place for place, name in enumerate(by) if name != "label"]
    found = []
    for key, days, n in _sums(told, list(by), period):
        looks, total = totals[tuple(key[place] for place in shared)]
        yes = np.zeros(len(looks))
        yes[np.searchsorted(looks, days)] = n
        counts, scores = np.column_stack([total - yes, yes]), np.array([0.0, 1.0])
        whose, names = (tuple(each[place] for place in kept) for each in (key, by))
        said = figure or key[by.index("label")]
        found.append(Series(whose, looks, counts, scores, said, f"share of {of}", (0.0, 1.0), names))
    return found


def _sums(table: pa.Table, by: list[str], period: str) -> list[tuple[tuple[str, ...], Any, Floats]]:
    """By key, the looks in order and what each adds up to."""
    start, n = _days(table[period]), _numbers(table["n"])
    found = []
    for key, held in _groups(table.select(by), len(table)):
        looks, look = np.unique(start[held], return_inverse=True)
        found.append((key, looks, np.asarray(np.bincount(look, n[held], len(looks)), float)))
    return found


def _split(keyed: pa.Table, start: Any, score: Floats, n: Floats) -> list[tuple[tuple[str, ...], Any, Floats, Floats]]:
    """By key: the looks, how often each score was given in each, and the scores."""
    found = []
    for key, held in _groups(keyed, len(score)):
        looks, look = np.unique(start[held], return_inverse=True)
        scores, column = _gathered(score[held], n[held])
        counts = np.zeros((len(looks), len(scores)))
        np.add.at(counts, (look, column), n[held])
        found.append((key, looks, counts, scores))
    return found


def _groups(keyed: pa.Table, size: int) -> list[tuple[tuple[str, ...], Any]]:
    """The keys in order, each with the places of its rows."""
    if not size:
        return []
    if not keyed.num_columns:
        return [((), np.arange(size))]
    order, group, keys = grouped(keyed)
    words = zip(*(keys[name].cast(TEXT).to_pylist() for name in keys.column_names), strict=True)
    return list(zip(words, np.split(order, np.flatnonzero(np.diff(group)) + 1), strict=True))


def _gathered(score: Floats, n: Floats) -> tuple[Floats, Any]:
    """The different scores and the place of each; very many are gathered into bins, each at its own mean."""
    scores, place = np.unique(score, return_inverse=True)
    if len(scores) <= _MANY:
        return scores, place
    bins = np.minimum((score - scores[0]) / (scores[-1] - scores[0]) * _MANY, _MANY - 1).astype(int)
    _, place = np.unique(bins, return_inverse=True)
    return np.bincount(place, score * n) / np.bincount(place, n), place


def finished(found: list[Series], every: str, now: date) -> list[Series]:
    """The series with only the looks that are over."""
    kept = [(each, over(each.starts, every, now)) for each in found]
    return [replace(each, starts=each.starts[held], counts=each.counts[held]) for each, held in kept if held.any()]


def _whole(first: Any, last: Any, every: str) -> Any:
    """Every period from one to the other."""
    if every == "week":
        return np.arange(first, last + np.timedelta64(1, "D"), np.timedelta64(7, "D"))
    unit = f"datetime64[{EVERY[every]}]"
    return np.arange(first.astype(unit), last.astype(unit) + 1).astype("datetime64[D]")


def _days(column: Any) -> Any:
    """First days of periods, from dates or from text such as 2026 or 2026-01."""
    return np.array([str(each) for each in column.to_pylist()], "datetime64[D]")


def _numbers(column: Any) -> Floats:
    return np.asarray(column.to_numpy(zero_copy_only=False), float)
