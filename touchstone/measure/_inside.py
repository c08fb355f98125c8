"""What happens inside, period by period: numbers that interactions carry, answer times, contacts that sufficed."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._interactions import asked

_MADE = ("answer_minutes", "first_contact")
"""What conversations themselves tell: time to our first answer, and whether nobody had to come back within a week."""
_COLUMNS = {"happened": "r.occurred_at", "date": "r.day", "act": "r.kind", "facts": "r.attributes", "talk": "r.thread",
            "person": "r.person", "speaker": "r.level", "origin": "r.source"}  # fmt: skip
_BLIND = "('impression', 'offer', 'claim')"  # what the brand sends out is no process of its own
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_MOST = 12  # numbers of one name each that are looked at
_NUMBER = "-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?"
Figures = dict[str, dict[str, tuple[float, int]]]
"""By name, the mean of each period (its first day as text) and how many it rests on."""


def processes(ask: Ask, question: Question, every: str, wanted: tuple[str, ...]) -> Figures:
    """The means of every number carried by interactions and of what conversations tell, or of those `wanted`.

    What never changes tells nothing and is left out.
    """
    carried = [each for each in wanted if each not in _MADE] if wanted else _names(ask, question)
    found = _carried(ask, question, every, carried)
    if not wanted or set(wanted) & set(_MADE):
        talked = _talked(ask, question, every)
        found |= {name: each for name, each in talked.items() if not wanted or name in wanted}
    return {name: each for name, each in found.items() if len({value for value, _ in each.values()}) > 1}


def plain(name: str) -> bool:
    """Whether a name may be looked for among the numbers that interactions carry."""
    return _PLAIN.fullmatch(name) is not None


def _names(ask: Ask, question: Question) -> list[str]:
    """Names of numbers in the first and the last of each source's and kind's texts of facts."""
    sql, parameters = asked(question, _COLUMNS)
    ends = ask.lake(
        f"""SELECT origin, act, min(facts) AS first, max(facts) AS last FROM ({sql}) AS asked
        WHERE facts IS NOT NULL AND coalesce(act, '') NOT IN {_BLIND} GROUP BY origin, act ORDER BY origin, act""",
        parameters,
    )
    found = {name for end in ("first", "last") for text in ends[end].to_pylist() for name in _numbers(text)}
    return sorted(found)[:_MOST]


def _numbers(text: str) -> list[str]:
    try:
        facts = json.loads(text)
    except ValueError:
        return []
    numbers = facts.items() if isinstance(facts, dict) else ()
    return [name for name, value in numbers if plain(name) and type(value) in (int, float)]


def _carried(ask: Ask, question: Question, every: str, names: list[str]) -> Figures:
    if not names:
        return {}
    sql, parameters = asked(question, _COLUMNS)
    values = ", ".join(
        f"""CAST(nullif(regexp_extract(facts, '"{name}": *({_NUMBER})', 1), '') AS DOUBLE) AS c{place}"""
        for place, name in enumerate(names)
    )
    means = ", ".join(f"avg(c{place}) AS m{place}, count(c{place}) AS n{place}" for place in range(len(names)))
    table = ask.lake(
        f"""SELECT start, {means} FROM (SELECT {_start(every, '"date"')} AS start, {values} FROM ({sql}) AS asked
            WHERE facts IS NOT NULL AND "date" IS NOT NULL AND coalesce(act, '') NOT IN {_BLIND}) AS told
        GROUP BY start ORDER BY start""",
        parameters,
    )
    return {name: _means(table, f"m{place}", f"n{place}") for place, name in enumerate(names)}


def _talked(ask: Ask, question: Question, every: str) -> Figures:
    """Of conversations in which we spoke: minutes to our first answer, and the share nobody came back about."""
    sql, parameters = asked(question, _COLUMNS)
    table = ask.lake(
        f"""WITH talks AS (
            SELECT origin, talk, max(CASE WHEN speaker <> 'employee' THEN person END) AS who, min(happened) AS began,
                max("date") AS day, min(CASE WHEN speaker <> 'employee' THEN happened END) AS asking,
                min(CASE WHEN speaker = 'employee' THEN happened END) AS answering
            FROM ({sql}) AS asked WHERE talk IS NOT NULL AND happened IS NOT NULL AND speaker IS NOT NULL
            GROUP BY origin, talk
        ), followed AS (
            SELECT *, lead(began) OVER (PARTITION BY who ORDER BY began, origin, talk) AS again,
                max(began) OVER () AS stop
            FROM talks WHERE answering IS NOT NULL AND who IS NOT NULL
        ), told AS (
            SELECT {_start(every, "day")} AS start,
                CASE WHEN answering > asking THEN (epoch(answering) - epoch(asking)) / 60.0 END AS minutes,
                CASE WHEN again <= began + INTERVAL 7 DAY THEN 0.0 WHEN began <= stop - INTERVAL 7 DAY THEN 1.0 END
                    AS sufficed
            FROM followed
        ) SELECT start, avg(minutes) AS m0, count(minutes) AS n0, avg(sufficed) AS m1, count(sufficed) AS n1
        FROM told GROUP BY start ORDER BY start""",
        parameters,
    )
    return {name: _means(table, f"m{place}", f"n{place}") for place, name in enumerate(_MADE)} if len(table) else {}


def _start(every: str, day: str) -> str:
    return f"CAST(date_trunc('{every}', {day}) AS DATE)"


def _means(table: pa.Table, mean: str, n: str) -> dict[str, tuple[float, int]]:
    rows = zip(table["start"].to_pylist(), table[mean].to_pylist(), table[n].to_pylist(), strict=True)
    return {start.isoformat(): (value, count) for start, value, count in rows if count and np.isfinite(value)}


def grid(figures: dict[Any, dict[str, tuple[float, int]]], every: str) -> tuple[Any, Any, Any]:
    """Every period from the first to the last of all; means and counts (figures, periods), NaN and 0 where unknown."""
    unit = {"hour": "h", "day": "D", "week": "D", "month": "M"}[every]
    step = np.array(7 if every == "week" else 1, f"timedelta64[{unit}]")
    starts = np.array(sorted({each for one in figures.values() for each in one}), f"datetime64[{unit}]")
    if not len(starts):
        return starts, np.zeros((0, 0)), np.zeros((0, 0))
    whole = starts.min() + step * np.arange(int((starts.max() - starts.min()) // step) + 1)
    means, counts = np.full((len(figures), len(whole)), np.nan), np.zeros((len(figures), len(whole)))
    for place, one in enumerate(figures.values()):
        at = ((np.array(list(one), f"datetime64[{unit}]") - whole[0]) // step).astype(int)
        means[place, at], counts[place, at] = [value for value, _ in one.values()], [n for _, n in one.values()]
    return whole, means, counts
