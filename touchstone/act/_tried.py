"""What a learned model would change: mention by mention, figure by figure, and against readings kept apart."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.act._misreading import texts_of
from touchstone.act._reader import Reader
from touchstone.core import finder
from touchstone.core.tables import ours

MAKER = "lesson@1"
SHOWN = 12  # changed texts kept to be looked at
DRAWS = 400  # of the bootstrap
_CELLS = """select interaction, touchpoint,
    case when bool_or(polarity = 'mixed') or (bool_or(polarity = 'positive') and bool_or(polarity = 'negative'))
            then 'mixed'
        when bool_or(polarity = 'positive') then 'positive'
        when bool_or(polarity = 'negative') then 'negative' else 'neutral' end as polarity
    from mention group by interaction, touchpoint order by interaction, touchpoint"""

Row = dict[str, Any]
Said = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Changes:
    """How many texts were read, which say something else now, and METRIC rows by touchpoint."""

    texts: int
    changed: list[str]
    rows: list[Row]


def moved(before: Any, after: Any) -> Changes:
    """What two askers hear differently: by touchpoint how many are `before`, `after`, `added`, `removed`, `turned`."""
    old = before.lake(_CELLS).rename_columns(["interaction", "touchpoint", "before"])
    new = after.lake(_CELLS).rename_columns(["interaction", "touchpoint", "after"])
    both = old.join(new, keys=["interaction", "touchpoint"], join_type="full outer")
    kinds = {
        "added": pc.is_null(both["before"]),
        "removed": pc.is_null(both["after"]),
        "turned": pc.fill_null(pc.not_equal(both["before"], both["after"]), False),
    }
    counted = pa.table(
        {"touchpoint": both["touchpoint"], **{name: each.cast(pa.int64()) for name, each in kinds.items()}}
    )
    counted = counted.append_column("before", pc.is_valid(both["before"]).cast(pa.int64()))
    sums = (
        counted.group_by("touchpoint").aggregate([(name, "sum") for name in (*kinds, "before")]).sort_by("touchpoint")
    )
    rows = []
    for each in sums.to_pylist():
        detail = {name: each[f"{name}_sum"] for name in ("before", *kinds)}
        detail["after"] = detail["before"] + detail["added"] - detail["removed"]
        by = {"touchpoint": each["touchpoint"]}
        rows.append(
            row("lesson_change", by, value=detail["after"] - detail["before"], n=detail["before"], detail=detail)
        )
    differ = pc.or_(pc.or_(kinds["added"], kinds["removed"]), kinds["turned"])
    changed = sorted(set(both.filter(differ)["interaction"].to_pylist()))
    texts = before.lake(f"select count(*) as n from interaction where text <> '' and not {ours()}")["n"][0].as_py()
    return Changes(int(texts), changed, rows)


def figures(before: Any, after: Any) -> list[Row]:
    """The sentiment of each touchpoint as it would be; `detail.before` is as it is, with its interval."""
    measure = finder.verb("measure", "sentiment")
    old, new = (
        {_touchpoint(each): each for each in measure(ask, by=("touchpoint",)).to_pylist()} for ask in (before, after)
    )
    rows = []
    for name, each in sorted(new.items()):
        was = old.get(name, {})
        detail = {end: was.get(end) for end in ("value", "low", "high", "n")}
        interval = {end: each[end] for end in ("value", "low", "high")}
        rows.append(row("lesson_sentiment", {"touchpoint": name}, **interval, n=each["n"], detail={"before": detail}))
    return rows


def _touchpoint(metric: Row) -> str:
    return str(dict(metric["by"])["touchpoint"])


def accuracy(readings: dict[str, list[dict[str, str]]], now: Reader, candidate: Reader, ask: Any) -> list[Row]:
    """F1 of mentions (touchpoint and polarity both right) on texts that taught neither model; none without readings.

    By touchpoint and for all; 95 % intervals by resampling texts (percentile bootstrap); `detail.before` as it is.
    """
    texts = texts_of(ask, sorted(readings))
    if not len(texts):
        return []
    ids, names = texts["id"].to_pylist(), list(candidate.taxonomy.names)
    true = _said((id, each["touchpoint"], each["polarity"]) for id in ids for each in readings[id])
    read = [_said(_rows_of(reader.read(texts)["mention"])) for reader in (now, candidate)]
    before, after = (_scored(ids, names, true=true, said=said) for said in read)
    rows = []
    for place, name in enumerate([*names, ""]):
        (value, low, high), (was, was_low, was_high), n = after[place], before[place], _spoken(ids, true, name)
        detail = {"before": {"value": was, "low": was_low, "high": was_high}, "texts": len(ids)}
        by = {"touchpoint": name} if name else {}
        rows.append(row("lesson_accuracy", by, value=value, low=low, high=high, n=n, detail=detail))
    return [each for each in rows if each["n"]]


def expected(model: Any) -> list[Row]:
    """What the model's own examples, held out in turn, say of each touchpoint: F1 with its 95 % interval."""
    told = model.facts.get("expected", {}).get("touchpoints", {})
    return [
        row("lesson_expected", {"touchpoint": name}, value=each["f1"], low=each["low"], high=each["high"],
            n=int(each["n"]), detail={})
        for name, each in sorted(told.items()) if each["n"]
    ]  # fmt: skip


def _rows_of(mentions: pa.Table) -> Iterable[tuple[str, str, str]]:
    return zip(*(mentions[name].to_pylist() for name in ("interaction", "touchpoint", "polarity")), strict=True)


def _said(rows: Iterable[tuple[str, str, str]]) -> Said:
    """Interaction → touchpoint → what its mentions say together, as the lake counts them."""
    seen: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for id, touchpoint, polarity in rows:
        seen[id][touchpoint].add(polarity)
    return {id: {name: _together(each) for name, each in found.items()} for id, found in seen.items()}


def _together(said: set[str]) -> str:
    if "mixed" in said or {"positive", "negative"} <= said:
        return "mixed"
    return next((each for each in ("positive", "negative") if each in said), "neutral")


def _spoken(ids: list[str], true: Said, name: str) -> int:
    return sum(len(true.get(id, {})) if not name else name in true.get(id, {}) for id in ids)


def _scored(ids: list[str], names: list[str], *, true: Said, said: Said) -> list[tuple[float, float, float]]:
    """F1 with its interval, for each name and for all together."""
    right, both = np.zeros((len(ids), len(names) + 1)), np.zeros((len(ids), len(names) + 1))
    for place, id in enumerate(ids):
        told, meant = said.get(id, {}), true.get(id, {})
        for column, name in enumerate(names):
            right[place, column] = name in told and told[name] == meant.get(name)
            both[place, column] = (name in told) + (name in meant)
    right[:, -1], both[:, -1] = right[:, :-1].sum(axis=1), both[:, :-1].sum(axis=1)
    weights = np.random.default_rng(0).multinomial(len(ids), np.full(len(ids), 1 / len(ids)), DRAWS)
    drawn = 2 * (weights @ right) / np.maximum(weights @ both, 1)
    whole = 2 * right.sum(axis=0) / np.maximum(both.sum(axis=0), 1)
    low, high = (
        np.minimum(np.quantile(drawn, 0.025, axis=0), whole),
        np.maximum(np.quantile(drawn, 0.975, axis=0), whole),
    )
    return list(zip(whole.tolist(), low.tolist(), high.tolist(), strict=True))


def sample(ask: Any, read: pa.Table, changed: list[str]) -> list[Row]:
    """Changed texts drawn at random, each with what is heard now and what would be: ids and names, no words."""
    drawn = sorted(changed, key=lambda id: hashlib.md5(f"{id}{ask.seed}".encode(), usedforsecurity=False).hexdigest())[
        :SHOWN
    ]
    sql = "select interaction, touchpoint, polarity from mention where list_contains(?, interaction)"
    before = _said(_rows_of(ask.lake(sql, [drawn])))
    after = _said(_rows_of(read.filter(pc.is_in(read["interaction"], pa.array(drawn, pa.string())))))
    return [
        row(
            "lesson_sample",
            {"interaction": id},
            value=float(place),
            detail={"before": before.get(id, {}), "after": after.get(id, {})},
        )
        for place, id in enumerate(drawn)
    ]


def row(name: str, by: dict[str, str], *, detail: dict[str, Any], n: int = 0, **interval: float | None) -> Row:
    """A METRIC row of a lesson."""
    return {
        "id": "/".join((MAKER, name, *by.values())),
        "name": name,
        "by": list(by.items()),
        "n": n,
        "measured_in": "",
        "detail": json.dumps(detail),
        "maker": MAKER,
        "about": [],
        "rests_on": [],
        **interval,
    }
