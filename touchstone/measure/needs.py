"""Needs: what keeps each level of customer up at night, in their words, with who has it and whether it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.tables import INSTANT, TEXT
from touchstone.language.terms import Terms, terms
from touchstone.measure._answers import Question, check
from touchstone.measure._asking import Asking, filed, heard
from touchstone.measure._given import given
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.interval import Interval, share_interval
from touchstone.science.themes import themes
from touchstone.science.words import discoveries, log_odds

FIELDS = {"text": TEXT, "level": TEXT, "person": TEXT, "occurred_at": INSTANT, "kind": TEXT}
CUTS = ((), ("unit",), ("region",))
_FORMULA = (
    "people of the level who ask for it / people of the level who ask for anything, in ideas and messages (or requests "
    "and suggestions); grouped by telling words (latent semantic analysis, Deerwester et al. 1990)"
)
_FEATURES = 300  # telling words and runs that texts are grouped by
_SURE = 0.01  # of the telling words, at most this share is told by chance
_NAMING = 3  # words that name a need
_SHOWN = 3  # examples of each


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    top: int = 10,
    fewest: int = 5,
    sample: int = 5_000,
) -> pa.Table:
    """What each level of customer asks for: the `top` needs of every level, as shares of those who ask for anything.

    A need is a group of `fewest` texts or more that share telling words, named by them. `by` cuts who has it, and not
    what it is. `detail.growth` holds the second half of the time against the first; `detail.with_others` says that it
    is to work with other companies' things, `detail.touchpoints` which touchpoints its texts mention. Of more than
    `sample` texts of a level so many are drawn by seed.
    """
    question = Question(tuple(by), where, since, until)
    table = given(ask, question, "text")
    if table is None:
        check(question, "rollup")
    asking = heard(ask, question, sample=sample) if table is None else filed(table, question)
    if not asking.asks.any():
        return nothing()
    found = terms(asking.texts, apart=asking.apart, everyday=True)
    told: list[dict[str, Any]] = []
    for level in sorted(set(asking.level[asking.asks].tolist())):
        told += _level(found, asking, level, top=top, fewest=fewest, seed=ask.seed)
    return _table(told, question, f"{top}|{fewest}|{sample}")


def _level(found: Terms, asking: Asking, level: str, *, top: int, fewest: int, seed: int) -> list[dict[str, Any]]:
    """The rows of one level: its needs, largest first, cut by the question's columns."""
    own = asking.asks & (asking.level == level)
    telling = _telling(found, own, ~asking.asks, fewest)
    texts = np.flatnonzero(own)
    groups = themes(_presence(found, texts, telling), seed=seed)
    sizes = np.bincount(groups.of[groups.of >= 0], minlength=len(groups.weight))
    told = []
    for number in np.flatnonzero(sizes >= fewest)[:top].tolist():
        need = texts[groups.of == number]
        named = {"level": level, "need": _name(found, telling, groups.weight[number])}
        told += _cut(asking, texts, need, named, seed=seed)
    return told or _nothing_in_common(asking, texts, level)


def _nothing_in_common(asking: Asking, texts: NDArray[np.int64], level: str) -> list[dict[str, Any]]:
    """One row that says so, for the level as a whole."""
    if asking.by:
        return []
    why = f"what {len(texts)} texts of this level ask for has no words in common beyond chance"
    detail = {"formula": _FORMULA, "scale": {"worst": None, "best": None}, "texts": len(texts), "why": why}
    people = len(set(asking.person[texts].tolist()))
    return [{"keys": {"level": level, "need": ""}, "people": np.nan, "of": people, "detail": detail}]


def _telling(found: Terms, own: NDArray[np.bool_], rest: NDArray[np.bool_], fewest: int) -> NDArray[np.int64]:
    """The words and runs that this level says in asking more than the texts that ask for nothing do; without such
    texts, the frequent. What other levels ask for does not count: several may need the same.
    """
    counts, others = found.counts(own), found.counts(rest)
    able = counts >= fewest
    if others.sum():
        size = counts[~found.runs].sum(), others[~found.runs].sum()
        odds = log_odds(counts, others, total=size)
        able &= (discoveries(odds.probability) <= _SURE) & (odds.value > 0)
        order = np.lexsort((np.arange(len(counts)), odds.probability))
    else:
        able &= counts <= 0.5 * own.sum()
        order = np.lexsort((np.arange(len(counts)), -counts))
    return np.asarray(order[able[order]][:_FEATURES], np.int64)


def _presence(found: Terms, texts: NDArray[np.int64], telling: NDArray[np.int64]) -> NDArray[np.float64]:
    """(texts, telling words): 1 where a text has a word."""
    row = np.full(int(max(found.text.max(initial=0), texts.max(initial=0))) + 1, -1)
    column = np.full(len(found.runs), -1)
    row[texts], column[telling] = np.arange(len(texts)), np.arange(len(telling))
    both = (row[found.text] >= 0) & (column[found.term] >= 0)
    made = np.zeros((len(texts), len(telling)))
    made[row[found.text[both]], column[found.term[both]]] = 1.0
    return made


def _name(found: Terms, telling: NDArray[np.int64], weight: NDArray[np.float64]) -> str:
    """The words that stand most for a need, none twice; runs before words of equal weight."""
    chosen: list[str] = []
    runs = found.runs[telling]
    for place in np.lexsort((np.arange(len(weight)), -(weight * np.where(runs, 1.2, 1.0)).round(9))).tolist():
        word = found.spelled(int(telling[place]))
        if not set(word.split()) & {part for each in chosen for part in each.split()}:
            chosen.append(word)
        if len(chosen) == _NAMING:
            break
    return ", ".join(chosen)


def _cut(
    asking: Asking, texts: NDArray[np.int64], need: NDArray[np.int64], named: dict[str, str], *, seed: int
) -> list[dict[str, Any]]:
    """One row for each group that has the need."""
    told = []
    for group in sorted({group for each in need.tolist() if (group := asking.groups[each]) is not None}):
        every = np.array([each for each in texts.tolist() if asking.groups[each] == group])
        own = np.array([each for each in need.tolist() if asking.groups[each] == group])
        people, all_people = (len(set(asking.person[each].tolist())) for each in (own, every))
        keys = {**dict(zip(asking.by, group, strict=True)), **named}
        told.append({"keys": keys, "people": people, "of": all_people, "detail": _detail(asking, every, own, seed)})
    return told


def _detail(asking: Asking, every: NDArray[np.int64], own: NDArray[np.int64], seed: int) -> dict[str, Any]:
    drawn = np.random.default_rng([seed, len(own)]).permutation(own)[:_SHOWN]
    kinds = {name: int(flags[own].sum()) for name, flags in asking.kinds.items()}
    both = asking.kinds["problem"] & (asking.kinds["suggestion"] | asking.kinds["request"])
    detail: dict[str, Any] = {
        "formula": _FORMULA,
        "scale": {"worst": None, "best": None},
        "texts": len(own),
        "share_of_texts": tidy(len(own) / len(every)),
        "kinds": kinds,
        "opportunities": int(both[own].sum()),
        "with_others": bool(asking.others[own].mean() >= 0.5),
        "growth": _growth(asking.day, every, own),
        "touchpoints": _touched(asking, own),
        "examples": [asking.shown[each] for each in sorted(drawn.tolist())],
    }
    return detail | ({"sampled": True} if asking.sampled else {})


def _touched(asking: Asking, own: NDArray[np.int64]) -> dict[str, int]:
    """The touchpoints that most of a need's texts mention, and how many do."""
    said = Counter(name for each in own.tolist() for name in asking.touchpoints[each])
    return dict(sorted(said.items(), key=lambda each: (-each[1], each[0]))[:_SHOWN])


def _growth(day: NDArray[np.float64], every: NDArray[np.int64], own: NDArray[np.int64]) -> dict[str, Any] | None:
    """Odds of the need in the second half of the time over those in the first, with 95 % limits; None where undated."""
    dated = every[np.isfinite(day[every])]
    if len(dated) < 2 or day[dated].min() == day[dated].max():
        return None
    middle = (day[dated].min() + day[dated].max()) / 2
    late, has = day[dated] > middle, np.isin(dated, own)
    table = np.array([[(late & has).sum(), (late & ~has).sum()], [(~late & has).sum(), (~late & ~has).sum()]]) + 0.5
    odds = float(np.log(table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])))
    half = 1.959964 * float(np.sqrt((1 / table).sum()))
    ratio, low, high = (tidy(np.exp(each)) for each in (odds, odds - half, odds + half))
    return {"odds_ratio": ratio, "low": low, "high": high, "real": abs(odds) > half}


def _table(told: list[dict[str, Any]], question: Question, settings: str) -> pa.Table:
    if not told:
        return nothing()
    people, every = (np.array([each[name] for each in told], float) for name in ("people", "of"))
    keys = pa.table({name: pa.array([each["keys"][name] for each in told], TEXT) for name in told[0]["keys"]})
    told_of = np.isfinite(people)
    share = share_interval(np.nan_to_num(people), every)
    value, low, high = (np.where(told_of, each, np.nan) for each in (share.value, share.low, share.high))
    return rows(
        keys,
        Interval(value, low, high, every, share.variance),
        n=every,
        measured_in=["share of people who ask"] * len(told),
        detail=[{**each["detail"], "people": tidy(each["people"])} for each in told],
        heading=Heading("needs", salt=f"{settings}|{salt(question)}"),
    )
