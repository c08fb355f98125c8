"""Scores with the marks of bought praise: what the source discloses, what the words tell, and when they were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INCENTIVES, TEXT
from touchstone.core.taxonomy import Taxonomy
from touchstone.language.copies import copies
from touchstone.language.model import load
from touchstone.measure._answers import PERIODS, Question, period_text
from touchstone.measure._interactions import asked
from touchstone.measure._scores import grouped, scale_text

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
ALIKE, LEAST_WORDS = 0.6, 8  # of wording shared, and words, from which texts are copies; as `connect` has it
DECIDED = 0.5  # probability from which words are taken to be bought
_SQL = """
select {columns} on_day, score, low, high, disclosed, detected, avg(likely) as likely, count(*) as n from (
    select told.*, coalesce(s.likely, 0) as likely, coalesce(s.likely, 0) >= 0.5 as detected
    from ({told}) as told left join (
        select interaction, max(probability) as likely from signal
        where layer = 'promotion' and label = 'promotional' group by interaction
    ) as s on s.interaction = told.key
    where asked_as = ? and form in ('review', 'post') and score is not null and low is not null and high is not null
) as marked group by all order by {columns} on_day, score, low, high, disclosed, detected
"""
_COLUMNS = {
    "key": "r.id",
    "on_day": "r.day",
    "score": "r.value",
    "low": "r.worst",
    "high": "r.best",
    "disclosed": "(coalesce(r.incentive, 'none') = 'disclosed')",
    "asked_as": "r.metric",
    "form": "coalesce(r.kind, 'review')",
}


@dataclass(frozen=True)
class Praise:
    """Answers of one group and scale, those alike together: `n` of them, days counted since 1970 (-1: none)."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    worst: float
    best: float
    day: NDArray[np.int64]
    value: Floats
    n: Floats
    disclosed: Marks
    detected: Marks
    likely: Floats  # probability that the words were bought
    left_out: int = 0  # answers of a file off its scale


def of_file(table: pa.Table, worst: float | None, best: float | None) -> list[Praise]:
    """The answers of a file; without `worst` or `best` the scale ends where its scores do."""
    table = table.filter(pc.fill_null(pc.is_finite(table["value"]), False))
    value = _numbers(table["value"])
    if not len(value):
        return []
    low, high = (end if end is not None else own for end, own in ((worst, value.min()), (best, value.max())))
    inside = (value >= min(low, high)) & (value <= max(low, high))
    if not inside.any():
        return []
    table, left, value = table.filter(pa.array(inside)), int((~inside).sum()), value[inside]
    likely, names = np.zeros(len(value)), table.column_names
    if "text" in names:
        texts = pc.fill_null(table["text"], "").combine_chunks()
        likely = np.asarray(load().compile(Taxonomy("none", ())).read(texts).promotional, float)
        copied = copies(texts, alike=ALIKE, least_words=LEAST_WORDS).bought(value == high)
        likely = 1 - (1 - likely) * (1 - copied)
    disclosed = np.zeros(len(value), bool)
    if "incentive" in names:
        disclosed = pc.fill_null(pc.equal(_known(table["incentive"]), "disclosed"), False).to_numpy(
            zero_copy_only=False
        )
    day = _days(table["occurred_at"]) if "occurred_at" in names else np.full(len(value), -1)
    alone = np.ones(len(value))
    return [Praise((), (), float(low), float(high), day, value, alone, disclosed, likely >= DECIDED, likely, left)]


def _known(incentive: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as it is; Refused where a word of it is none of ours, for bought praise would pass as genuine."""
    if stray := sorted({each for each in pc.unique(incentive).to_pylist() if each and each not in INCENTIVES}):
        todo = f"Known: {', '.join(INCENTIVES)}."
        raise Refused(f"{stray[0]!r} is no incentive.", field="incentive", where="the file", todo=todo)
    return incentive


def of_home(ask: Ask, question: Question, metric: str) -> list[Praise]:
    """Reviews and posts with a score of this kind, group by group and scale by scale."""
    sql, parameters = asked(question, _COLUMNS)
    columns = "".join(f'"{name}", ' for name in question.by)
    table = ask.lake(_SQL.format(columns=columns, told=sql), [*parameters, metric])
    for name in set(question.by) & set(PERIODS):
        table = table.set_column(table.column_names.index(name), name, period_text(table[name], name))
    value, worst, best = (_numbers(table[name]) for name in ("score", "low", "high"))
    table = table.filter(pa.array((value >= np.fmin(worst, best)) & (value <= np.fmax(worst, best)), pa.bool_()))
    if not len(table):
        return []
    ends = zip(_numbers(table["low"]).tolist(), _numbers(table["high"]).tolist(), strict=True)
    table = table.append_column("scale", pa.array([scale_text(*each) for each in ends]))
    several = len(pc.unique(table["scale"])) > 1
    names = (*question.by, "scale") if several else question.by
    order, group, keys = grouped(table.select([*question.by, "scale"]))
    key_words = list(zip(*(keys[name].cast(TEXT).to_pylist() for name in names), strict=True)) or [()]
    parts = np.split(order, np.flatnonzero(np.diff(group)) + 1)
    return [_group(table.take(pa.array(part)), key, names) for key, part in zip(key_words, parts, strict=True)]


def _group(table: pa.Table, key: tuple[str, ...], names: tuple[str, ...]) -> Praise:
    columns = {name: _numbers(table[name]) for name in ("score", "low", "high", "n", "likely")}
    marks = (table[name].to_numpy(zero_copy_only=False).astype(bool) for name in ("disclosed", "detected"))
    disclosed, detected = marks
    return Praise(
        key, names, float(columns["low"][0]), float(columns["high"][0]), _days(table["on_day"]),
        columns["score"], columns["n"], disclosed, detected, columns["likely"],
    )  # fmt: skip


def _days(column: Any) -> NDArray[np.int64]:
    """Days since 1970, -1 where there is none."""
    days = pc.fill_null(column.cast(pa.date32()).cast(pa.int32()), -1)
    return np.asarray(days.to_numpy(zero_copy_only=False), np.int64)


def _numbers(column: Any) -> Floats:
    return np.asarray(column.to_numpy(zero_copy_only=False), float)
