"""Texts in which people ask for something, beside all others: of a home or of a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.fields import required
from touchstone.core.tables import TEXT
from touchstone.measure._answers import PERIODS, Question, period_text
from touchstone.measure._drawn import among, lot
from touchstone.measure._interactions import asked

KINDS = ("problem", "suggestion", "request")
_WRITTEN = ("idea", "message")
_ENOUGH = 30  # ideas and messages of a level, below which requests and suggestions elsewhere are heard too
_OTHERS = (
    r"(?i)other (companies|makers|brands|manufacturers)|third[- ]part|compatib|integrat|connect (to|with)"
    r"|(work|talk|sync|pair)s? (to|with)|d'autres marques|fonctionne avec|otras marcas|funcione con"
    r"|anderen? (herstellern?|marken?)"
)
_COLUMNS = {"id": "r.id", "said": "r.text", "act": "r.kind", "speaker": "r.level", "who": "coalesce(r.person, r.id)",
            "date": "r.day"}  # fmt: skip
_SPOKEN = """said IS NOT NULL AND said <> '' AND speaker IS NOT NULL AND coalesce(act, '') <> 'claim'
        AND speaker <> 'employee'"""
_COUNTED = """SELECT speaker, CASE WHEN act IN ('idea', 'message') THEN 1 ELSE 0 END AS written, count(*) AS n
    FROM ({asked}) AS asked WHERE {spoken} GROUP BY ALL ORDER BY speaker, written"""
_SQL = """WITH asked AS ({asked}), labelled AS (
    SELECT interaction, max(CASE WHEN label = 'problem' THEN 1 ELSE 0 END) AS problem,
        max(CASE WHEN label = 'suggestion' THEN 1 ELSE 0 END) AS suggestion,
        max(CASE WHEN label = 'request' THEN 1 ELSE 0 END) AS request
    FROM signal WHERE layer = 'kind' AND score >= 0.5 GROUP BY interaction
), spoken AS (
    SELECT asked.*, CASE WHEN act IN ('idea', 'message') THEN 1 ELSE 0 END AS written, {lot} AS lot
    FROM asked WHERE {spoken} AND {among}
), sorted AS (
    SELECT spoken.*, coalesce(problem, 0) AS problem, coalesce(suggestion, 0) AS suggestion,
        coalesce(request, 0) AS request,
        CASE WHEN written = 1 OR ({few} AND suggestion + request > 0) THEN 1 ELSE 0 END AS asks
    FROM spoken LEFT JOIN labelled ON labelled.interaction = spoken.id
), drawn AS (
    SELECT sorted.*, row_number() OVER (PARTITION BY speaker, asks ORDER BY lot, id) AS place FROM sorted
) SELECT {keys}id, said, speaker, who, "date", problem, suggestion, request, asks, place FROM drawn
WHERE place <= {most} ORDER BY id"""


@dataclass(frozen=True)
class Asking:
    """Texts in a fixed order: who says them and when, whether they ask, of what kind they are, and their group."""

    texts: pa.Array
    shown: list[str]  # what examples are shown as: ids, or the texts of a file
    level: NDArray[np.object_]
    person: NDArray[np.object_]
    day: NDArray[np.float64]  # days since 1970; NaN where unknown
    asks: NDArray[np.bool_]
    kinds: dict[str, NDArray[np.bool_]]
    others: NDArray[np.bool_]  # speaks of working with other companies' things
    by: tuple[str, ...]
    groups: list[tuple[str, ...] | None]
    apart: set[str]
    touchpoints: list[frozenset[str]]  # that each text mentions
    sampled: bool = False


@dataclass(frozen=True)
class _Drawing:
    """Which texts of a home may be drawn, as SQL: `among` leaves hardly more than enough, `few` tells levels apart."""

    among: str
    few: str
    parameters: list[str]  # of `among`
    levels: list[str]  # of `few`


def heard(ask: Ask, question: Question, *, sample: int) -> Asking:
    """The texts of a home's customers: at most `sample` that ask and as many others of each level, by their ids."""
    by = tuple(each for each in question.by if each != "level")
    sql, parameters = asked(replace(question, by=by), _COLUMNS, lacking=True)
    drawing = _drawing(ask.lake(_COUNTED.format(asked=sql, spoken=_SPOKEN), parameters), sample, ask.seed)
    text = _SQL.format(asked=sql, spoken=_SPOKEN, among=drawing.among, few=drawing.few, lot=lot(ask.seed),
                       most=sample + 1, keys="".join(f'"{each}", ' for each in by))  # fmt: skip
    table = ask.lake(text, [*parameters, *drawing.parameters, *drawing.levels])
    more = pc.greater(table["place"], sample)
    sampled = bool(pc.any(more).as_py())
    table = table.filter(pc.invert(more))
    groups = _groups(table, by)
    names = ask.lake("SELECT name FROM unit WHERE name IS NOT NULL ORDER BY name")["name"].to_pylist()
    products = ask.lake("SELECT product FROM rollup WHERE product IS NOT NULL GROUP BY product ORDER BY product")
    touchpoints = _touchpoints(ask, sql, drawing, parameters=parameters, ids=table["id"].to_pylist())
    kinds = {name: table[name].to_numpy() > 0 for name in KINDS}
    days = pc.cast(pc.cast(table["date"], pa.int32()), pa.float64()).to_numpy()
    apart = {*names, *products["product"].to_pylist()}
    shown, asks = table["id"].to_pylist(), table["asks"].to_numpy() > 0
    return _asking(table, shown=shown, level=table["speaker"], person=table["who"], day=days, asks=asks, kinds=kinds,
                   by=by, groups=groups, apart=apart, touchpoints=touchpoints, sampled=sampled)  # fmt: skip


def _drawing(counts: pa.Table, sample: int, seed: int) -> _Drawing:
    """From texts by level and by whether they are ideas or messages: of large groups, twice as many as will be drawn.

    They are the first in the order in which texts are drawn: the same ones are drawn as without this.
    """
    n = {(row["speaker"], row["written"]): row["n"] for row in counts.to_pylist()}
    few = sorted({level for level, _ in n if n.get((level, 1), 0) < _ENOUGH})
    limits = {each: among(seed, n[each], sample) for each in sorted(n) if each[1] or each[0] not in few}
    large = {each: limit for each, limit in limits.items() if limit}
    cases = [f"WHEN speaker = ? AND {'' if written else 'NOT '}act IN ('idea', 'message') THEN {limit}"
             for (_, written), limit in large.items()]  # fmt: skip
    within = f"CASE {' '.join(cases)} ELSE true END" if large else "1 = 1"
    told = f"speaker IN ({', '.join('?' * len(few))})" if few else "1 = 0"
    return _Drawing(within, told, [level for level, _ in large], few)


def _groups(table: pa.Table, by: tuple[str, ...]) -> list[tuple[str, ...] | None]:
    """The by columns of each text; None where it lacks one, so that it still helps to tell what is asked for."""
    columns = [period_text(table[name], name) if name in PERIODS else table[name] for name in by]
    told = zip(*(each.cast(TEXT).to_pylist() for each in columns), strict=True) if by else [()] * len(table)
    return [None if None in each else each for each in told]


def _touchpoints(
    ask: Ask, sql: str, drawing: _Drawing, *, parameters: list[Any], ids: list[str]
) -> list[frozenset[str]]:
    """The touchpoints that each text which asks mentions."""
    written = f"act IN ('idea', 'message') OR {drawing.few}"
    table = ask.lake(
        f"""WITH asking AS (
            SELECT id FROM ({sql}) AS asked WHERE ({written}) AND {_SPOKEN} AND {drawing.among}
        ) SELECT mention.interaction, mention.touchpoint FROM asking JOIN mention ON mention.interaction = asking.id
        GROUP BY mention.interaction, mention.touchpoint ORDER BY mention.interaction, mention.touchpoint""",
        [*parameters, *drawing.levels, *drawing.parameters],
    )
    named: dict[str, set[str]] = {}
    for text, touchpoint in zip(table["interaction"].to_pylist(), table["touchpoint"].to_pylist(), strict=True):
        named.setdefault(text, set()).add(touchpoint)
    return [frozenset(named.get(each, ())) for each in ids]


def filed(table: pa.Table, question: Question) -> Asking:
    """The texts of a file: all ask, or those whose `kind` says so where one does."""
    required(table, *question.by)
    by = tuple(each for each in question.by if each != "level")
    table = table.filter(pc.fill_null(pc.not_equal(table["text"].cast(TEXT), ""), False))
    table = table.take(pc.sort_indices(table.select(["text"]), [("text", "ascending")]))
    kind = np.array(_column(table, "kind", ""), object)
    known = np.isin(kind.astype(str), (*KINDS, *_WRITTEN))
    days = np.full(len(table), np.nan)
    if "occurred_at" in table.column_names:
        stamps = pc.cast(pc.cast(table["occurred_at"].cast(pa.timestamp("us", tz="UTC")), pa.int64()), pa.float64())
        days = np.asarray(stamps.to_numpy(), float) / 86_400e6
    person = [each or f"row {place}" for place, each in enumerate(_column(table, "person", ""))]
    kinds = {name: kind == name for name in KINDS}
    asks = known if known.any() else np.ones(len(table), np.bool_)
    level, shown = _column(table, "level", "all"), table["text"].to_pylist()
    columns = [table[name].cast(TEXT).to_pylist() for name in by]
    groups = [None if None in row else row for row in zip(*columns, strict=True)] if by else [()] * len(table)
    return _asking(table.rename_columns({"text": "said"}), shown=shown, level=level, person=person, day=days, asks=asks,
                   kinds=kinds, by=by, groups=groups, apart=set(), touchpoints=[frozenset()] * len(table),
                   sampled=False)  # fmt: skip


def _column(table: pa.Table, name: str, missing: str) -> list[str]:
    if name not in table.column_names:
        return [missing] * len(table)
    return [missing if each is None else str(each) for each in table[name].to_pylist()]


def _asking(table: pa.Table, *, level: Any, person: Any, **known: Any) -> Asking:
    texts = table["said"].cast(TEXT).combine_chunks()
    others = np.asarray(pc.match_substring_regex(texts, _OTHERS).to_numpy(zero_copy_only=False), bool)
    spoken = [np.array(each if isinstance(each, list) else each.to_pylist(), object) for each in (level, person)]
    return Asking(texts=texts, level=spoken[0], person=spoken[1], others=others, **known)
