"""Promise gap: how far what customers live falls short of what was promised, touchpoint by touchpoint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.core.tables import NUMBER, TEXT
from touchstone.measure._answers import Question, answers, check, count
from touchstone.measure._given import given
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.difference import Difference, difference, holm
from touchstone.science.interval import Interval, mean_interval

FIELDS = {"touchpoint": TEXT, "promised": NUMBER, "lived": NUMBER, "best": NUMBER, "worst": NUMBER}
CUTS = ((), ("unit",), ("level",), ("quarter",))
_FORMULA = "promised - lived, means on one scale: SERVQUAL's gap, perception less expectation, with its sign turned"
_SOURCE = "Parasuraman, Zeithaml & Berry 1988"
_WITHIN = ("vendor", "department")
"""Kinds of units whose promises are their own; what any other unit promises, the brand promises."""
_OURS = {"brand": ("employee", "department"), "vendor": ("vendor",), "department": ("employee",)}
"""Levels that speak for the promiser, and live nothing of its promise."""
_POINTS = {"positive": 1.0, "negative": -1.0}
_FEW = 30


@dataclass(frozen=True)
class _Gap:
    """What was promised and lived of a touchpoint in a group: keys, the scale, and answers as score -> count."""

    keys: dict[str, str]
    ends: tuple[float, float]  # worst, best
    promised: float
    lived: dict[float, float]
    about: dict[str, Any]
    span: tuple[float, float] | None = None  # how far apart answers may lie, where that is more than the scale


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
) -> pa.Table:
    """How far what is lived falls short of what was promised, for each promised touchpoint.

    `promiser` tells whose promise it is: the brand's to its customers, a vendor's to us, a department's to others.
    A claim promises its `value`, or else the best of the scale. Lived is the mean rating of the touchpoint; where
    nobody rated it, the sentiment of mentions. `by` and `where` cut those who live it. `detail.real` holds after Holm's
    correction.
    """
    question = Question(tuple(by), where, since, until)
    table = given(ask, question, "touchpoint", "lived")
    found = list(_lived(ask, question) if table is None else _filed(table, question))
    if not found:
        return nothing()
    lived, gap = _estimated(found)
    adjusted = holm(gap.probability).tolist()
    keys = pa.table({name: pa.array([each.keys[name] for each in found], TEXT) for name in found[0].keys})
    return rows(
        keys,
        gap,
        n=lived.n,
        measured_in=[f"points on {_number(each.ends[0])}-{_number(each.ends[1])}" for each in found],
        detail=[_detail(each, lived, place, adjusted) for place, each in enumerate(found)],
        heading=Heading("promise_gap", salt=salt(question)),
    )


def _estimated(found: list[_Gap]) -> tuple[Interval, Difference]:
    """What was lived, and promised less lived. What was promised is known: all that was said, and no sample of it."""
    group = [place for place, each in enumerate(found) for _ in each.lived]
    value = [score for each in found for score in each.lived]
    weight = [n for each in found for n in each.lived.values()]
    worst, best = (np.array([each.ends[end] for each in found]) for end in (0, 1))
    spans = np.array([each.span or each.ends for each in found])
    lived = mean_interval(group, value, weight, worst=spans[:, 0], best=spans[:, 1])
    promised = np.array([each.promised for each in found])
    known = Interval(promised, promised, promised, lived.n, np.zeros(len(found)))
    gap = difference(known, lived)
    sign = np.where(best >= worst, 1.0, -1.0)  # on a scale whose best is the smaller number, more is worse
    low, high = np.where(sign > 0, gap.low, -gap.high), np.where(sign > 0, gap.high, -gap.low)
    silent = lived.n == 0
    low, high = (np.where(silent, np.nan, end) for end in (low, high))
    return lived, Difference(sign * gap.value, low, high, gap.probability)


def _detail(found: _Gap, lived: Interval, place: int, adjusted: list[float]) -> dict[str, Any]:
    width = abs(found.ends[1] - found.ends[0])
    detail = {
        "formula": f"{_FORMULA} ({_SOURCE})",
        "scale": {"worst": tidy(width), "best": 0.0},
        "figure_scale": {"worst": found.ends[0], "best": found.ends[1]},
        "promised": tidy(found.promised),
        "lived": tidy(lived.value[place]),
        **found.about,
    }
    if lived.n[place] == 0:
        return {**detail, "why": "promised, but nobody said how it was lived"}
    real, known = bool(adjusted[place] <= 0.05), int(np.isfinite(adjusted).sum())
    detail |= {"probability_adjusted": tidy(adjusted[place]), "real": real, "comparisons": known}
    return detail | ({"few": True} if lived.n[place] < _FEW else {})


def _lived(ask: Ask, question: Question) -> Iterator[_Gap]:
    """What was promised and lived in a home, by the question's columns, promiser and touchpoint; ordered."""
    check(question, "rollup")
    kinds = ask.lake("SELECT id, kind FROM unit ORDER BY id")
    inside = {unit: kind for unit, kind in zip(*(kinds[name].to_pylist() for name in ("id", "kind")), strict=True)
              if kind in _WITHIN}  # fmt: skip
    promises = _promises(ask, question, inside)
    wanted = replace(question, by=tuple(each for each in question.by if each != "touchpoint"))
    scores = _tallied(ask, wanted, inside, rated=True)
    moods = _tallied(ask, wanted, inside, rated=False) if answers(wanted, "mention_rollup") else {}
    groups = sorted({key[:-2] for key in (*scores, *moods)} or ({()} if not wanted.by else set()))
    for group in groups:
        for promiser, unit, touchpoint in sorted(promises):
            keys = dict(zip(wanted.by, group, strict=True))
            if unit != (keys.get("unit", "") if promiser in _WITHIN else ""):
                continue
            key = (*group, promiser, touchpoint)
            if wanted.by and not {*scores.get(key, {}), *moods.get(key, {})}:
                continue
            keys |= {"promiser": promiser, "touchpoint": touchpoint}
            yield _gap(keys, promises[promiser, unit, touchpoint], scores.get(key), moods.get(key))


def _promises(ask: Ask, question: Question, inside: dict[str, str]) -> dict[tuple[str, str, str], tuple[float, float]]:
    """(promiser, unit, touchpoint) -> (claims, mean share of the scale they promise); unit "" is all."""
    plain = Question(("touchpoint",), None, question.since, question.until)
    columns = ("unit", "value", "worst", "best")
    table = count(ask, plain, rollup="rollup", columns=columns, only={"kind": "claim"})
    made: dict[tuple[str, str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for row in table.to_pylist():
        share = 1.0
        if row["value"] is not None and row["worst"] is not None and row["best"] not in (None, row["worst"]):
            share = (row["value"] - row["worst"]) / (row["best"] - row["worst"])
        promiser = inside.get(row["unit"], "brand")
        for unit in {"", row["unit"] or ""} if promiser in _WITHIN else {""}:
            n, mean = made[promiser, unit, row["touchpoint"]]
            made[promiser, unit, row["touchpoint"]] = (n + row["n"], (mean * n + share * row["n"]) / (n + row["n"]))
    return dict(made)


_Tally = dict[tuple[str, ...], dict[tuple[float, float], dict[float, float]]]


def _tallied(ask: Ask, question: Question, inside: dict[str, str], *, rated: bool) -> _Tally:
    """(group …, promiser, touchpoint) -> scale -> score -> count, of ratings or of mentions."""
    rollup = "rollup" if rated else "mention_rollup"
    own = ("unit", "level", *(("value", "worst", "best", "kind") if rated else ("polarity",)))
    wanted = replace(question, by=(*question.by, "touchpoint"))
    columns = [each for each in own if each not in wanted.by]
    table = count(ask, wanted, rollup=rollup, columns=columns, only={"metric": "rating"} if rated else {})
    found: _Tally = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for row in table.to_pylist():
        promiser = inside.get(row["unit"], "brand")
        if row["level"] in _OURS[promiser] or (rated and (row["kind"] == "claim" or row["value"] is None)):
            continue
        ends = (row["worst"], row["best"]) if rated else (-1.0, 1.0)
        score = row["value"] if rated else _POINTS.get(row["polarity"], 0.0)
        if None in ends or not min(ends) <= score <= max(ends) or ends[0] == ends[1]:
            continue
        key = (*(row[name] for name in question.by), promiser, row["touchpoint"])
        found[key][ends][score] += row["n"]
    return found


def _gap(
    keys: dict[str, str], promise: tuple[float, float], scores: dict[Any, Any] | None, moods: dict[Any, Any] | None
) -> _Gap:
    """The gap on the scale most answers have; on that of sentiment where nobody rated."""
    claims, share = promise
    about: dict[str, Any] = {"claims": int(claims), "lived_by": "ratings" if scores or not moods else "mentions"}
    scales = scores or moods or {(0.0, 1.0): {}}
    ends = max(scales, key=lambda each: (sum(scales[each].values()), each))
    if len(scales) > 1:
        about["left_out"] = int(sum(sum(each.values()) for each in scales.values()) - sum(scales[ends].values()))
    if about["lived_by"] == "mentions":
        about["warning"] = "read from words: what the machine misreads is not in the interval"
    return _Gap(keys, ends, ends[0] + share * (ends[1] - ends[0]), dict(sorted(scales[ends].items())), about)


def _filed(table: pa.Table, question: Question) -> Iterator[_Gap]:
    """What was promised and lived by a file: a row without `promised` promises the best of the scale."""
    required(table, *question.by)
    for name, default in (("promised", None), ("worst", 1.0), ("best", 5.0)):
        own = table[name] if name in table.column_names else pa.nulls(len(table), NUMBER)
        column = pc.coalesce(own.cast(NUMBER), default) if default is not None else own.cast(NUMBER)
        place = table.column_names.index(name) if name in table.column_names else None
        table = table.append_column(name, column) if place is None else table.set_column(place, name, column)
    names = [*(each for each in question.by if each != "touchpoint"), "touchpoint"]
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in table.select(list(dict.fromkeys([*names, *FIELDS]))).to_pylist():
        if all(row[name] is not None for name in names):
            groups[tuple(str(row[name]) for name in names)].append(row)
    for group in sorted(groups):
        yield _told(dict(zip(names, group, strict=True)), groups[group])


def _told(keys: dict[str, str], told: list[dict[str, Any]]) -> _Gap:
    scales = sorted({(row["worst"], row["best"]) for row in told})
    if len(scales) > 1:
        todo = "Bring its answers to one, or give each scale a touchpoint of its own."
        raise Refused(f"{keys['touchpoint']!r} stands on several scales.", field="best", where="the file", todo=todo)
    ends = scales[0]
    for row in told:
        _inside(row, ends)
    promised = [row["promised"] for row in told if row["promised"] is not None]
    lived: dict[float, float] = defaultdict(float)
    for row in told:
        if row["lived"] is not None:
            lived[row["lived"]] += 1
    level = float(np.mean(sorted(promised))) if promised else ends[1]
    about = {"claims": len(promised), "lived_by": "ratings"}
    paired = [row for row in told if row["lived"] is not None and row["promised"] is not None]
    if len(paired) == len(told) and len(set(promised)) > 1:
        return _paired(keys, ends, level, paired, about)
    return _Gap(keys, ends, level, dict(sorted(lived.items())), about)


def _inside(row: dict[str, Any], ends: tuple[float, float]) -> None:
    """Refused where what was promised or lived is not on the scale."""
    for name in ("promised", "lived"):
        if row[name] is not None and not min(ends) <= row[name] <= max(ends):
            said = f"{name} {row[name]:g} at {row['touchpoint']!r} lies outside {ends[0]:g} to {ends[1]:g}."
            raise Refused(said, field=name, where="the file", todo="Give the scale: columns worst and best.")


def _paired(
    keys: dict[str, str], ends: tuple[float, float], level: float, told: list[dict[str, Any]], about: dict[str, Any]
) -> _Gap:
    """Each person's own expectation beside what that person lived: doubt is that of the differences."""
    lived: dict[float, float] = defaultdict(float)
    for row in told:
        lived[level + row["lived"] - row["promised"]] += 1
    width = abs(ends[1] - ends[0])
    return _Gap(
        keys, ends, level, dict(sorted(lived.items())), {**about, "paired": True}, (level - width, level + width)
    )


def _number(value: float) -> str:
    return f"{value:g}"
