"""A row of the table: what each method said of each text, and how sure the difference is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from bench import _language_sets as sets
from bench._language_sets import Example, Labelled

Numbers = npt.NDArray[np.float64]
Told = dict[str, Numbers]
PRODUCT, PLAIN, LEXICON, MINILM = "touchstone", "TF-IDF+SVM", "VADER", "MiniLM"


@dataclass(frozen=True)
class Row:
    """One line of the table: per text what each method found.

    `told[method]` is (texts, 3): hits, found, true; micro-F1 of their sums, which is accuracy where just one is told of
    each. With `truth` it is (texts,): scores, whose area under the ROC curve counts. `least` and `aim` are the points
    wanted over `against`; `groups` are what the bootstrap draws.
    """

    name: str
    measure: str
    told: Told
    groups: Sequence[str]
    least: float
    aim: float
    truth: npt.NDArray[np.bool_] | None = None
    against: str = PLAIN
    note: str = ""


def crossed(held: Labelled, run: Callable[[list[Example], list[Example], int], dict[str, Told]], *, quick: bool,
            parts: int = 5) -> tuple[dict[str, Told], npt.NDArray[np.int64]]:  # fmt: skip
    """What `run(train, test, fold)` says of each fold, joined; and the places of the texts in that order."""
    part = held.folds(parts)
    joined: dict[str, dict[str, list[Numbers]]] = {}
    places = []
    for number in range(1 if quick else parts):
        for row, told in run(held.some(part != number), held.some(part == number), number).items():
            for method, counts in told.items():
                joined.setdefault(row, {}).setdefault(method, []).append(counts)
        places.append(np.flatnonzero(part == number))
    done = {row: {name: np.concatenate(each) for name, each in told.items()} for row, told in joined.items()}
    return done, np.concatenate(places)


def named(told: Sequence[set[str]], test: Sequence[Example]) -> Numbers:
    """Hits, found and true categories of each text."""
    true = [sets.categories(each) for each in test]
    return np.array([[len(one & two), len(one), len(two)] for one, two in zip(told, true, strict=True)], float)


def moods(told: Sequence[dict[str, str]], test: Sequence[Example]) -> Numbers:
    """Right polarities and opinions (twice) of each text."""
    counted = []
    for said, example in zip(told, test, strict=True):
        wanted = [(each["touchpoint"], each["polarity"].replace("conflict", "mixed")) for each in example["mentions"]]
        right = sum(said[name].replace("conflict", "mixed") == polarity for name, polarity in wanted)
        counted.append([right, len(wanted), len(wanted)])
    return np.array(counted, float)


def polarities(judged: Sequence[dict[str, dict[str, str]]]) -> list[dict[str, str]]:
    """Only the polarity of each judged touchpoint."""
    return [{name: each["polarity"] for name, each in row.items()} for row in judged]


def optional(told: Told, name: str, said: Callable[[], Numbers]) -> None:
    """Adds what a method says that may not be installed."""
    try:
        told[name] = said()
    except ImportError:
        told.pop(name, None)


def one_each(told: Sequence[set[str]], test: Sequence[Example]) -> Numbers:
    """Accuracy: saying nothing is wrong."""
    counts = named(told, test)
    counts[:, 1] = 1
    return counts


def paid(test: Sequence[Example]) -> npt.NDArray[np.bool_]:
    """Whether each text was paid for."""
    return np.array([bool(each["promotional"]) for each in test])


def at(held: Labelled, order: npt.NDArray[np.int64]) -> list[str]:
    """The groups of the texts at these places."""
    return [held.groups[place] for place in order.tolist()]


def value(counts: Numbers, truth: npt.NDArray[np.bool_] | None = None) -> float:
    """Micro-F1 (or accuracy) of counts, or the area under the ROC curve of scores."""
    if truth is not None:
        return area(counts, truth)
    hits, found, true = counts.sum(axis=0)
    return float(2 * hits / max(1.0, found + true))


def area(scores: Numbers, truth: npt.NDArray[np.bool_]) -> float:
    """The area under the ROC curve; equal scores count half."""
    up = int(truth.sum())
    return float((rankdata(scores)[truth].sum() - up * (up + 1) / 2) / max(1, up * (len(truth) - up)))


def difference(row: Row, *, draws: int = 1_000) -> tuple[float, float]:
    """The 95 % interval of product less baseline: groups drawn again, the same ones for both."""
    names, owner = np.unique(np.asarray(row.groups), return_inverse=True)
    random = np.random.default_rng(sets.SEED)
    one, other = row.told[PRODUCT], row.told[row.against]
    if row.truth is not None:
        apart = [_areas(row, random.integers(0, len(names), len(names)), owner) for _ in range(draws // 4)]
    else:
        sums = [np.stack([np.bincount(owner, column, len(names)) for column in each.T], 1) for each in (one, other)]
        weights = random.multinomial(len(names), np.full(len(names), 1 / len(names)), draws)
        scores = [2 * (weights @ each)[:, 0] / np.maximum(1, (weights @ each)[:, 1:].sum(axis=1)) for each in sums]
        apart = list(scores[0] - scores[1])
    low, high = np.quantile(apart, [0.025, 0.975])
    return float(low), float(high)


def _areas(row: Row, drawn: npt.NDArray[np.int64], owner: npt.NDArray[np.int64]) -> float:
    """The difference of areas in one draw of groups."""
    assert row.truth is not None
    places = np.repeat(np.arange(len(owner)), np.bincount(drawn, minlength=int(owner.max()) + 1)[owner])
    first, second = (area(row.told[name][places], row.truth[places]) for name in (PRODUCT, row.against))
    return first - second


def lines(rows: Iterable[Row]) -> Iterable[str]:
    """Each row as a line: the figures of all methods in points, the difference, and whether it is what is wanted."""
    yield f"{'':58s} {'n':>6s} {PRODUCT:>10s} {PLAIN:>10s} {LEXICON:>7s} {MINILM:>7s}  {'difference':>22s} wanted, aim"
    for row in rows:
        score = {name: 100 * value(counts, row.truth) for name, counts in row.told.items()}
        apart, (low, high) = score[PRODUCT] - score[row.against], difference(row)
        shown = [f"{score[name]:.1f}" if name in score else "-" for name in (PRODUCT, PLAIN, LEXICON, MINILM)]
        if row.against not in (PLAIN, LEXICON, MINILM):
            shown[1] = f"({score[row.against]:.1f})"
        reached = "aim" if apart >= row.aim else "reached" if apart >= row.least else "NOT REACHED"
        count = len(row.told[PRODUCT])
        yield (
            f"{row.name:58s} {count:6d} {shown[0]:>10s} {shown[1]:>10s} {shown[2]:>7s} {shown[3]:>7s}  "
            f"{apart:+6.1f} [{100 * low:+5.1f}, {100 * high:+5.1f}]  {row.least:+.1f}, {row.aim:+.1f}: {reached}"
            + (f" ({row.measure}; {row.note})" if row.note else f" ({row.measure})")
        )
