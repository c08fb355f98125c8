"""Trust: whether the brand is relevant and trustworthy to its customers, as an index with its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.core.tables import NUMBER, TEXT
from touchstone.measure._answers import PERIODS, Question, check, period_text
from touchstone.measure._given import given
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.measure._trusting import PARTS, sums
from touchstone.science.index import Index, index
from touchstone.science.interval import Interval

FIELDS = {"unit": TEXT, **dict.fromkeys(PARTS, NUMBER)}
CUTS = ((), ("unit",), ("region",), ("quarter",), ("level",))
_Floats = NDArray[np.float64]
_Moments = tuple[_Floats, _Floats, _Floats]
_INDEX = "trust"
_FORMULAS = {
    _INDEX: "mean of the parts that can be estimated, equal weights, refusal counted as 1 - refusal; delta "
    "method over people, Zou & Donner 2008 for lopsided parts",
    "recommendation": "mean answer to 'would you recommend us', as a share of its scale",
    "promise": "mean rating of promised touchpoints as a share of what was promised of them; at most 1",
    "honesty": "texts that call us honest / texts that speak of our honesty",
    "repeat": "people who bought on two days or more / people who bought",
    "refusal": "people's texts that threaten to leave / people's texts",
}  # fmt: skip


@dataclass(frozen=True)
class _Settings:
    """What it takes to speak of a part, and of the index."""

    fewest: int
    parts: int


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    scales: str | Mapping[str, Sequence[float]] = "",
    fewest: int = 10,
    parts: int = 3,
) -> pa.Table:
    """The index of trust, 0 to 1, and each of its parts: recommendation, promise, honesty, repeat and refusal.

    A part counts where `fewest` people or more speak to it; with fewer than `parts` of them there is no index. A file
    has a person a row and a column for each part, from 0 to 1 or as `scales` says: "recommendation:0-10, promise:1-5".
    """
    question = Question(tuple(by), where, since, until)
    table = given(ask, question)
    settings = _Settings(fewest, parts)
    if table is None:
        check(question, "rollup")
        counted = sums(ask, question)
        keys = counted.select(list(question.by))
        return _told(keys, _moments(counted), question, settings) if len(counted) else nothing()
    return _filed(table, question, _scales(scales), settings)


def _moments(counted: pa.Table) -> _Moments:
    """Of every group: sums of what was said and of how often, their products over people, and the people."""
    names = [f"{kind}_{part}" for kind in ("said", "heard") for part in PARTS]
    totals = np.stack([_floats(counted[name]) for name in names], axis=1)
    products = np.zeros((len(counted), len(names), len(names)))
    for one, first in enumerate(names):
        for two in range(one, len(names)):
            products[:, one, two] = products[:, two, one] = _floats(counted[f"{first}__{names[two]}"])
    return totals, products, np.stack([_floats(counted[f"people_{part}"]) for part in PARTS], axis=1)


def _floats(column: Any) -> _Floats:
    return np.asarray(pc.fill_null(column.cast(NUMBER), 0.0).to_numpy(), float)


def _told(keys: pa.Table, moments: _Moments, question: Question, settings: _Settings) -> pa.Table:
    turned = [each == "refusal" for each in PARTS]
    found = index(*moments, turned=turned, fewest=settings.fewest, parts=settings.parts)
    people = moments[2]
    names = [_INDEX, *PARTS]
    size = len(names)
    for name in set(question.by) & set(PERIODS):
        if not pa.types.is_string(keys[name].type):
            keys = keys.set_column(keys.column_names.index(name), name, period_text(keys[name], name))
    told = keys.take(pa.array(np.repeat(np.arange(len(people)), size))) if question.by else pa.table({})
    told = told.append_column("part", pa.array(names * len(people), TEXT)) if question.by else pa.table({"part": names})
    value, low, high = (getattr(found, end).ravel() for end in ("value", "low", "high"))
    n = found.n.ravel()
    return rows(
        told,
        Interval(value, low, high, n, np.zeros(len(n))),
        n=n,
        measured_in=["share" if name in PARTS else "index from 0 to 1" for name in names] * len(people),
        detail=[_detail(found, group, name, settings) for group in range(len(people)) for name in names],
        heading=Heading("trust", salt=f"{settings.fewest}|{settings.parts}|{salt(question)}"),
    )


def _detail(found: Index, group: int, name: str, settings: _Settings) -> dict[str, Any]:
    ends = (1.0, 0.0) if name == "refusal" else (0.0, 1.0)
    detail: dict[str, Any] = {"formula": _FORMULAS[name], "scale": {"worst": ends[0], "best": ends[1]}}
    if name == _INDEX:
        known = [part for place, part in enumerate(PARTS) if np.isfinite(found.value[group, place + 1])]
        detail |= {"parts": known, "weight_of_each": tidy(1 / len(known)) if known else None}
        if len(known) < settings.parts:
            detail["why"] = f"only {len(known)} of {len(PARTS)} parts can be estimated, and {settings.parts} are needed"
        elif len(known) < len(PARTS):
            detail["warning"] = "not all parts are known: compare only with an index of the same parts"
    elif not np.isfinite(found.value[group, PARTS.index(name) + 1]):
        detail["why"] = f"fewer than {settings.fewest} people speak to it"
    return detail


def _scales(given_scales: str | Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """part -> (worst, best), from a mapping or from text such as recommendation:0-10."""
    pairs: dict[str, Sequence[Any]] = dict(given_scales) if isinstance(given_scales, Mapping) else {}
    if isinstance(given_scales, str):
        for each in filter(None, (part.strip() for part in given_scales.split(","))):
            name, _, ends = each.partition(":")
            pairs[name.strip()] = ends.split("-")
    found = {}
    for name, written in pairs.items():
        try:
            worst, best = (float(end) for end in written)
        except ValueError:
            worst = best = 0.0
        if name not in PARTS or worst == best:
            known = ", ".join(PARTS)
            raise Refused(
                f"{name!r} has no such scale.", field="scales", todo=f"Write PART:worst-best; parts: {known}."
            )
        found[name] = (worst, best)
    return found


def _filed(
    table: pa.Table, question: Question, scales: dict[str, tuple[float, float]], settings: _Settings
) -> pa.Table:
    """The index of a file with a person a row."""
    required(table, *question.by)
    if not set(PARTS) & set(table.column_names):
        raise Refused(f"none of the parts is there: {', '.join(PARTS)}.", field=PARTS[0], where="the file",
                      todo=f"Say which with --map {PARTS[0]}=COLUMN.")  # fmt: skip
    if not len(table):
        return nothing()
    said = np.stack([_column(table, name, scales.get(name, (0.0, 1.0))) for name in PARTS], axis=1)
    heard = np.isfinite(said)
    each = np.concatenate([np.where(heard, said, 0.0), heard], axis=1)
    keys, group = _grouped(table, question)
    totals, people = (np.zeros((len(keys) if question.by else 1, wide)) for wide in (2 * len(PARTS), len(PARTS)))
    products = np.zeros((len(totals), 2 * len(PARTS), 2 * len(PARTS)))
    known = group >= 0
    np.add.at(totals, group[known], each[known])
    np.add.at(people, group[known], heard[known].astype(float))
    np.add.at(products, group[known], each[known][:, :, None] * each[known][:, None, :])
    return _told(keys, (totals, products, people), question, settings)


def _column(table: pa.Table, name: str, ends: tuple[float, float]) -> _Floats:
    """A part's answers as shares of their scale; NaN where there is none."""
    if name not in table.column_names:
        return np.full(len(table), np.nan)
    share = (np.asarray(table[name].cast(NUMBER).to_numpy(), float) - ends[0]) / (ends[1] - ends[0])
    if ((share < 0) | (share > 1)).any():
        raise Refused(f"an answer lies outside {ends[0]:g} to {ends[1]:g}.", field=name, where="the file",
                      todo=f"Say its scale: --set scales={name}:worst-best.")  # fmt: skip
    return share


def _grouped(table: pa.Table, question: Question) -> tuple[pa.Table, NDArray[np.int64]]:
    """The groups in order, and the group of each row (-1 where it lacks a by column)."""
    if not question.by:
        return pa.table({}), np.zeros(len(table), np.int64)
    named = list(zip(*(table[name].cast(TEXT).to_pylist() for name in question.by), strict=True))
    groups = sorted({each for each in named if None not in each})
    place = {each: at for at, each in enumerate(groups)}
    keys = pa.table({name: pa.array([each[at] for each in groups], TEXT) for at, name in enumerate(question.by)})
    return keys, np.array([place.get(each, -1) for each in named], np.int64)
