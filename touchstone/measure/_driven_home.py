"""Ratings of touchpoints beside the outcome of the same survey or review, summed up in one SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.measure._answers import PERIODS, Question, by_words, check, period_text
from touchstone.measure._driven import Answers
from touchstone.measure._interactions import asked
from touchstone.measure._scores import scale_text
from touchstone.science.covariance import Sums

Floats = NDArray[np.float64]
OUTCOMES = ("nps", "csat", "ces", "rating", "boolean")
SUMMED = ("v", "low", "high")


def _scales(ask: Ask) -> list[dict[str, Any]]:
    """Metrics and scales of answers about the whole that stand beside a rating of a touchpoint, most answers first."""
    sql = """SELECT i.metric AS metric, i.worst AS worst, i.best AS best, count(*) AS n
FROM interaction AS i JOIN (
  SELECT DISTINCT thread FROM interaction WHERE thread IS NOT NULL AND touchpoint IS NOT NULL AND metric = 'rating'
) AS r ON r.thread = i.thread
WHERE i.touchpoint IS NULL AND i.value IS NOT NULL AND i.worst IS NOT NULL AND i.best IS NOT NULL
GROUP BY i.metric, i.worst, i.best ORDER BY n DESC, i.metric, i.worst, i.best"""
    return [each for each in ask.lake(sql).to_pylist() if each["metric"] in OUTCOMES and each["worst"] != each["best"]]


def groups(
    ask: Ask, question: Question, by: tuple[str, ...], *, figure: str, centred: bool, ordinal: bool
) -> tuple[list[tuple[tuple[str, ...], Answers]], str]:
    """The answers of each group, and what their outcome is: the `figure` on the scale most used for it.

    Ratings are places on their scale, the outcome is in its own points; higher is better in both. `ordinal` wants to
    know how often each outcome was given.
    """
    if figure and figure not in OUTCOMES:
        raise Refused(f"{figure!r} is no outcome.", field="figure", todo=f"Known: {', '.join(OUTCOMES)}.")
    sql, parameters = _select(question, by, centred=centred)  # before there is data, so that it is always refused alike
    found_scales = [each for each in _scales(ask) if not figure or each["metric"] == figure]
    if not found_scales:
        return [], figure
    scale = [found_scales[0][name] for name in ("metric", "worst", "best")]
    table = ask.lake(sql, [*parameters, *scale]).combine_chunks()  # by group, in order
    named = pa.table({each: _words(table[f"by {each}"], each) for each in by})
    begins = np.arange(len(table)) == 0
    for column in named.columns:
        code = column.combine_chunks().dictionary_encode().indices.to_numpy()
        begins[1:] |= code[1:] != code[:-1]
    starts = np.flatnonzero(begins)
    keys = zip(*(column.take(pa.array(starts)).to_pylist() for column in named.columns), strict=True) if by else [()]
    steps = _steps(ask, question, by, scale) if ordinal else {}
    parts = zip(keys, starts.tolist(), np.diff(starts, append=len(table)).tolist(), strict=False)
    told = [(key, _answers(table.slice(start, size), steps.get(key))) for key, start, size in sorted(parts)]
    return told, f"{scale[0]} on {scale_text(scale[1], scale[2])}"


def _words(column: Any, name: str) -> Any:
    return period_text(column, name) if name in PERIODS else column


def _steps(
    ask: Ask, question: Question, by: tuple[str, ...], scale: list[Any]
) -> dict[tuple[str, ...], tuple[Floats, Floats]]:
    """How often each value of the outcome was given, per group."""
    outcome, parameters = _outcome(question, by)
    keys = "".join(f'"by {name}", ' for name in by)
    sql = f"SELECT {keys}v, count(*) AS n FROM ({outcome}) AS o GROUP BY {keys}v ORDER BY {keys}v"
    table = ask.lake(sql, [*parameters, *scale])
    columns = [by_words(table[f"by {name}"], name) for name in by]
    found: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    for place, pair in enumerate(zip(table["v"].to_pylist(), table["n"].to_pylist(), strict=True)):
        found.setdefault(tuple(column[place] for column in columns), []).append(pair)
    return {key: (np.array([v for v, _ in each]), np.array([n for _, n in each])) for key, each in found.items()}


def _answers(table: pa.Table, steps: tuple[Floats, Floats] | None) -> Answers:
    """One group's sums; the outcome bears the empty name and stands last."""
    first, second, held = (table[each].combine_chunks().dictionary_encode() for each in ("first", "second", "block"))
    names = sorted(set(first.dictionary.to_pylist()) - {""})
    place = {name: at for at, name in enumerate([*names, ""])}
    blocks = {name: at for at, name in enumerate(sorted(held.dictionary.to_pylist()))}
    one, two, block = (_places(side, known) for side, known in ((first, place), (second, place), (held, blocks)))
    size = len(names)
    shape = (len(blocks), 3 * size + 1, 3 * size + 1)
    n, total, product = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    rows = _columns(table)
    for i, left in enumerate(SUMMED):
        for j, right in enumerate(SUMMED):
            a, b = (np.where(side == size, 3 * size, side + step * size) for side, step in ((one, i), (two, j)))
            real = ((one < size) | (i == 0)) & ((two < size) | (j == 0))
            at, back = (block[real], a[real], b[real]), (block[real], b[real], a[real])
            n[at] = n[back] = rows["n"][real]
            total[at], total[back] = rows[f"{left}_first"][real], rows[f"{right}_second"][real]
            product[at] = product[back] = rows[f"{left}_{right}"][real]
    return Answers(tuple(names), Sums(n, total, product), steps, gaps=True)


def _places(encoded: pa.DictionaryArray, known: dict[str, int]) -> NDArray[np.int64]:
    """The place of each word among those known."""
    place = np.array([known[each] for each in encoded.dictionary.to_pylist()], np.int64)
    return np.asarray(place[encoded.indices.to_numpy()], np.int64)


def _columns(table: pa.Table) -> dict[str, Floats]:
    known = ("block", "first", "second")
    names = [name for name in table.column_names if name not in known and not name.startswith("by ")]
    return {name: np.asarray(table[name].to_numpy(zero_copy_only=False), float) for name in names}


def _select(question: Question, by: tuple[str, ...], *, centred: bool) -> tuple[str, list[Any]]:
    """Sums of products of each pair of variables by group and block; a survey's block follows from its thread's name.

    Both engines hash alike (MD5), so both draw the same blocks.
    """
    outcome, parameters = _outcome(question, by)
    keys = "".join(f', "by {name}"' for name in by)
    own = "".join(f', o."by {name}"' for name in by)
    alike = "".join(f' AND b."by {name}" = a."by {name}"' for name in by)
    products = [f"sum(a.{one} * b.{two}) AS {one}_{two}" for one in SUMMED for two in SUMMED]
    sums = [f"sum(a.{each}) AS {each}_first, sum(b.{each}) AS {each}_second" for each in SUMMED]
    block = _BLOCK if by else "substr(md5(thread), 1, 2)"
    chosen = "".join(f', a."by {name}" AS "by {name}"' for name in by)
    order = "".join(f'a."by {name}", ' for name in by) + "a.block, a.name, b.name"
    sql = f"""WITH outcome AS (SELECT thread, {block} AS block{keys}, v FROM ({outcome}) AS whole),
rated AS ({_CENTRED if centred else _RATED}),
told AS (
  SELECT thread, block{keys}, '' AS name, v, 0.0 AS low, 0.0 AS high FROM outcome
  UNION ALL
  SELECT o.thread, o.block{own}, r.name, r.v, r.low, r.high
  FROM outcome AS o JOIN rated AS r ON r.thread = o.thread
)
SELECT a.block AS block{chosen}, a.name AS first, b.name AS second, count(*) AS n, {", ".join([*sums, *products])}
FROM told AS a JOIN told AS b ON b.thread = a.thread{alike}
WHERE a.name <= b.name GROUP BY {order} ORDER BY {order}"""
    return sql, parameters


def _outcome(question: Question, by: tuple[str, ...]) -> tuple[str, list[Any]]:
    """The outcome of each thread and group, in points above the middle of its scale.

    Its last parameters, which are not among those that come out, are metric, worst and best.
    """
    condition = check(question, "rollup")
    named = condition.columns if condition else frozenset()
    if beside := {*by, *named} & {"touchpoint", "stage", "metric", "value", "worst", "best"}:
        said = f"{sorted(beside)[0]!r} says nothing of the whole survey."
        raise Refused(said, field="by" if beside & {*by} else "where", todo="Name what the survey is about.")
    columns = {name: f"r.{name}" for name in ("thread", "touchpoint", "metric", "worst", "best", "value")}
    said, parameters = asked(replace(question, by=by), columns)
    keys = "".join(f', "{name}"' for name in by)
    chosen = "".join(f', "{name}" AS "by {name}"' for name in by)
    return (
        f"""SELECT thread{chosen}, avg({_GOOD}) AS v FROM ({said}) AS i
  WHERE touchpoint IS NULL AND {_INSIDE} AND metric = ? AND worst = ? AND best = ? GROUP BY thread{keys}""",
        parameters,
    )


_BLOCK = "substr(md5(thread), 1, 1) || CASE WHEN substr(md5(thread), 2, 1) < '8' THEN '0' ELSE '1' END"
"""Fewer blocks for groups: 32."""
_GOOD = "CASE WHEN i.best > i.worst THEN 1.0 ELSE -1.0 END * (i.value - (i.worst + i.best) / 2)"
_WIDTH = "abs(i.best - i.worst)"
_AWAY = f"CASE WHEN {_WIDTH} <= 10 THEN least(0.75, 0.3 * {_WIDTH}) ELSE {_WIDTH} / 6 END"
_INSIDE = "i.thread IS NOT NULL AND i.value >= least(i.worst, i.best) AND i.value <= greatest(i.worst, i.best)"
_RATED = f"""SELECT i.thread AS thread, i.touchpoint AS name, avg({_GOOD} / {_WIDTH}) AS v,
    avg(CASE WHEN {_GOOD} < -({_AWAY}) THEN 1.0 ELSE 0.0 END) AS low,
    avg(CASE WHEN {_GOOD} > {_AWAY} THEN 1.0 ELSE 0.0 END) AS high
  FROM interaction AS i
  WHERE i.metric = 'rating' AND i.touchpoint IS NOT NULL AND i.worst <> i.best AND {_INSIDE}
  GROUP BY i.thread, i.touchpoint"""
_CENTRED = f"""SELECT thread, name, v - mean AS v, low, high FROM (
    SELECT thread, name, v, low, high, avg(v) OVER (PARTITION BY thread) AS mean,
      count(*) OVER (PARTITION BY thread) AS ratings FROM ({_RATED}) AS raw
  ) AS beside WHERE ratings > 1"""
