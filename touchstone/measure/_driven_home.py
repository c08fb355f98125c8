"""Ratings of touchpoints beside the outcome of the same survey or review, asked in one SQL and summed by block."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
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
Places = NDArray[np.int64]
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
    known = ask.lake(f"SELECT name FROM ({_NAMES}) AS names ORDER BY code")["name"].to_pylist()
    table = ask.lake(sql, [*parameters, *scale]).combine_chunks()  # by group, in order
    starts = np.flatnonzero(np.diff(table["survey"].to_numpy() // _GROUP, prepend=-1))
    keyed = [_words(table[f"by {each}"].take(pa.array(starts)), each).to_pylist() for each in by]
    keys = zip(*keyed, strict=True) if by else [()] * len(starts)
    steps = _steps(ask, question, by, scale) if ordinal else {}
    parts = zip(keys, starts.tolist(), np.diff(starts, append=len(table)).tolist(), strict=True)
    told = [(key, _answers(table.slice(start, size), known, steps.get(key))) for key, start, size in sorted(parts)]
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


def _answers(table: pa.Table, known: list[str], steps: tuple[Floats, Floats] | None) -> Answers:
    """One group's sums; the outcome stands last."""
    survey, code = table["survey"].to_numpy(), table["name"].to_numpy()
    names = np.unique(code[code > 0])
    column = np.where(code > 0, np.searchsorted(names, code), len(names))
    row = np.cumsum(np.diff(survey, prepend=-1) > 0) - 1
    figures = np.stack([table[each].to_numpy() for each in SUMMED], axis=1)
    blocks = np.flatnonzero(np.diff(survey // _MOST, prepend=-1))
    parts = [
        _summed(row[start:stop] - row[start], column[start:stop], figures[start:stop], len(names))
        for start, stop in pairwise([*blocks.tolist(), len(table)])
    ]
    return Answers(
        tuple(known[each - 1] for each in names), Sums(*map(np.stack, zip(*parts, strict=True))), steps, True
    )


def _summed(row: Places, column: Places, figures: Floats, size: int) -> tuple[Floats, Floats, Floats]:
    """Of a block of surveys, by pair of [ratings…, below…, above…, outcome]: how many hold both, sums, and products."""
    held, values = np.zeros((row[-1] + 1, size + 1)), np.zeros((row[-1] + 1, len(SUMMED), size + 1))
    held[row, column] = 1.0
    values[row, :, column] = figures
    kept = np.append(np.arange(len(SUMMED) * (size + 1)).reshape(-1, size + 1)[:, :size].ravel(), size)
    told, of = values.reshape(len(held), -1)[:, kept], kept % (size + 1)
    return (held.T @ held)[np.ix_(of, of)], (told.T @ held)[:, of], told.T @ told


def _select(question: Question, by: tuple[str, ...], *, centred: bool) -> tuple[str, list[Any]]:
    """A row for each outcome (name 0) and rating of a survey, all of them numbers: forty bytes each.

    A survey's number tells its group and block too, and the block follows from its thread's name: both engines hash
    alike (MD5), so both draw the same. Sums of pairs in SQL take twice as long, for each group and block has hundreds.
    """
    outcome, parameters = _outcome(question, by)
    keys = "".join(f'"by {name}", ' for name in by)
    alike = " AND ".join(f'g."by {name}" = o."by {name}"' for name in by)
    first, second = _DIGIT.format(1), _DIGIT.format(2)
    block = f"CAST({f'{first} * 2 + {second} // 8' if by else f'{first} * 16 + {second}'} AS BIGINT)"
    grouped = f""", groups AS (
  SELECT {keys}row_number() OVER (ORDER BY {keys[:-2]}) AS code FROM (SELECT DISTINCT {keys[:-2]} FROM outcome) AS found
)"""
    sql = f"""WITH names AS ({_NAMES}), outcome AS (SELECT thread, {keys}v, {block} AS block FROM ({outcome}) AS whole
){grouped if by else ""}, placed AS (
  SELECT o.thread, o.v, {f"g.code * {_BLOCKS} + " if by else ""}o.block AS block
  FROM outcome AS o {f"JOIN groups AS g ON {alike}" if by else ""}
), coded AS (
  SELECT thread, v, block * {_MOST} + row_number() OVER (PARTITION BY block ORDER BY thread) AS survey FROM placed
), rated AS ({_CENTRED if centred else _RATED}), told AS (
  SELECT survey, 0 AS name, v, 0.0 AS low, 0.0 AS high FROM coded
  UNION ALL SELECT survey, name, v, low, high FROM rated
) SELECT {keys}told.* FROM told
{f"LEFT JOIN groups AS g ON g.code = survey // {_GROUP} AND name = 0" if by else ""} ORDER BY survey, name"""
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


_BLOCKS, _MOST = 256, 1_000_000_000  # blocks of a group (32 of many groups) and surveys of a block, at most
_GROUP = _BLOCKS * _MOST
_DIGIT = "(strpos('0123456789abcdef', substr(md5(thread), {}, 1)) - 1)"
_NAMES = """SELECT touchpoint AS name, row_number() OVER (ORDER BY touchpoint) AS code FROM (
    SELECT touchpoint FROM rollup WHERE metric = 'rating' AND touchpoint IS NOT NULL GROUP BY touchpoint) AS rated"""
_GOOD = "CASE WHEN i.best > i.worst THEN 1.0 ELSE -1.0 END * (i.value - (i.worst + i.best) / 2)"
_WIDTH = "abs(i.best - i.worst)"
_AWAY = f"CASE WHEN {_WIDTH} <= 10 THEN least(0.75, 0.3 * {_WIDTH}) ELSE {_WIDTH} / 6 END"
_INSIDE = "i.thread IS NOT NULL AND i.value >= least(i.worst, i.best) AND i.value <= greatest(i.worst, i.best)"
_RATED = f"""SELECT o.survey AS survey, names.code AS name, avg({_GOOD} / {_WIDTH}) AS v,
    avg(CASE WHEN {_GOOD} < -({_AWAY}) THEN 1.0 ELSE 0.0 END) AS low,
    avg(CASE WHEN {_GOOD} > {_AWAY} THEN 1.0 ELSE 0.0 END) AS high
  FROM interaction AS i JOIN coded AS o ON o.thread = i.thread JOIN names ON names.name = i.touchpoint
  WHERE i.metric = 'rating' AND i.worst <> i.best AND {_INSIDE} GROUP BY o.survey, names.code"""
_CENTRED = f"""SELECT survey, name, v - mean AS v, low, high FROM (
    SELECT survey, name, v, low, high, avg(v) OVER (PARTITION BY survey) AS mean,
      count(*) OVER (PARTITION BY survey) AS ratings FROM ({_RATED}) AS raw
  ) AS beside WHERE ratings > 1"""
