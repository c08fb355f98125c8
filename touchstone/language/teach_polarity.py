"""Moods of mentions learned from examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack

from touchstone.language import network
from touchstone.language.bags import Bags, bags, folded, joined
from touchstone.language.fit import Fit, folds, logistic
from touchstone.language.groups import Groups
from touchstone.language.lesson import FOLDS, HELD, SEED, WIDTH, Lesson, Numbers
from touchstone.language.model import TURNED
from touchstone.language.network import Near, Network
from touchstone.language.reading import POLARITIES
from touchstone.language.tokens import strings
from touchstone.language.tuning import tuned

PULL, PULLS_AFTER = HELD * 4, (20.0, 200.0)
"""Pull of the correction's weights to 0; those tried where the second tier was fitted to the same labels before."""
FEATURE, LOGIT = 3.0, 0.5  # what the second tier's features and logits weigh beside words
ENOUGH = 300
"""Labelled polarities from which the second tier itself is fitted further."""
MOST = 20_000  # labelled polarities by which it is fitted; of more, so many are drawn
Places = npt.NDArray[np.int64]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Asked:
    """The labelled mentions: their clauses, touchpoints and true polarities, and which words are said of them."""

    text: Places
    touchpoint: Places
    truth: Places
    groups: Groups
    bag: Bags
    words: csr_array
    worth: Numbers
    which: csr_array  # (mentions, touchpoints)

    @property
    def labels(self) -> Numbers:
        """(mentions, polarities), 0 or 1."""
        answer: Numbers = np.eye(len(POLARITIES))[self.truth]
        return answer


@dataclass(frozen=True, eq=False)
class Before:
    """What both tiers say before words correct it, and what the second saw (as the columns of `seen`)."""

    known: Numbers
    seen: Numbers
    pull: float  # of the correction's weights to 0

    def features(self, asked: Asked) -> csr_array:
        """What the correction is learned from."""
        return hstack([asked.words, asked.which, csr_array(self.seen * _worth(self.seen.shape[1]))]).tocsr()

    def some(self, rows: npt.NDArray[np.bool_]) -> Before:
        """The same of some mentions."""
        return Before(self.known[rows], self.seen[rows], self.pull)


def polarities(lesson: Lesson) -> None:
    """Both tiers' judgement, corrected by words and by what the second tier saw; confusion from folds.

    Where folds say that it judges better, the second tier is first fitted to the examples itself.
    """
    asked = _asked(lesson)
    near = _near(lesson, asked)
    beside = lesson.reading.logits(asked.groups, asked.touchpoint, closely=True) - near.logits
    tried = [Before(beside + near.logits, near.inputs, PULL)]
    own = Arrays()
    if len(asked.truth) >= ENOUGH:
        fresh, own = _refitted(lesson, asked, beside)
        tried += [Before(beside + fresh, np.zeros_like(near.inputs), pull) for pull in PULLS_AFTER]
    told = [_held_out(asked, each) for each in tried]
    best = int(np.argmax([(each == asked.truth).sum() for each in told]))
    before = tried[best]
    confusion = np.zeros((4, 4))
    np.add.at(confusion, (asked.truth, told[best]), 1)
    fit = _fit(before.features(asked), asked.labels, before)
    width, count = asked.words.shape[1], asked.which.shape[1]
    bias = np.vstack([fit.weights[width : width + count], np.zeros(4)]) + fit.bias
    weights = fit.weights[width + count :] * _worth(before.seen.shape[1])[:, None]
    table = folded(lesson.model, asked.bag, fit.weights[:width] * asked.worth[:, None])
    lesson.keep("polarity", table, bias=bias.tolist(), near=weights.round(6).tolist())
    if best:
        lesson.model.arrays.update({network.OWN + name: array for name, array in own.items()})
    lesson.facts["confusion"] = shares(confusion)


def _asked(lesson: Lesson) -> Asked:
    entries = np.array(lesson.examples.polarities)
    groups = _places(lesson, entries)
    bag = bags(lesson.model, lesson.walked, lesson.compiled.lexicon, groups, turned=TURNED)
    words, worth = joined(bag, width=WIDTH / 2)
    count = len(entries)
    ones = (np.ones(count), (np.arange(count), entries[:, 1]))
    which = csr_array(ones, shape=(count, len(lesson.examples.taxonomy.touchpoints)))
    return Asked(entries[:, 0], entries[:, 1], entries[:, 2], groups, bag, words, worth, which)


def _fit(features: csr_array, labels: Numbers, before: Before, *, rounds: int = 100) -> Fit:
    pull = np.full(features.shape[1], before.pull)
    return logistic(features, labels, known=before.known, held=pull, exclusive=True, rounds=rounds)


def _held_out(asked: Asked, before: Before) -> Places:
    """The polarity told of each mention by a correction that had not seen it."""
    features, labels = before.features(asked), asked.labels
    part, told = folds(len(labels), parts=FOLDS, seed=SEED), np.zeros(len(labels), np.int64)
    for number in range(FOLDS):
        out = part == number
        fit = _fit(features[~out], labels[~out], before.some(~out), rounds=60)
        told[out] = (before.known[out] + features[out] @ fit.weights + fit.bias).argmax(axis=1)
    return told


def _refitted(lesson: Lesson, asked: Asked, known: Numbers) -> tuple[Numbers, Arrays]:
    """The second tier's logits of each mention when fitted to the other half of the texts; its weights from all."""
    compiled = lesson.finished().compile(lesson.examples.taxonomy)
    seen = compiled.windows(
        strings(lesson.examples.texts), lesson.walked, asked.groups, asked.touchpoint, compiled.learned
    )
    shipped, place, count = network.shipped(), compiled.places, len(asked.truth)
    half = folds(lesson.walked.texts, parts=2, seed=SEED)[asked.text]
    used = folds(count, parts=-(-count // MOST), seed=SEED) == 0
    labels = asked.labels / np.maximum(np.bincount(seen.group, minlength=count), 1)[:, None]
    beside = known[seen.group].astype(np.float32)

    def fitted(among: npt.NDArray[np.bool_]) -> Arrays:
        wanted = (labels * among[:, None])[seen.group].astype(np.float32)
        return tuned(shipped, seen, place, beside, wanted, seed=SEED)

    logits = np.zeros((count, len(POLARITIES)))
    for number in range(2):
        judge = Network({**shipped.arrays, **fitted(used & (half != number))})
        logits[half == number] = network.near(judge, seen, place, count).logits[half == number]
    return logits, fitted(used)


def _near(lesson: Lesson, asked: Asked) -> Near:
    """What the second tier saw of each mention; zeros where it does not read."""
    read = lesson.reading.readable(asked.groups)
    near = lesson.reading.near(asked.groups.chosen(read), asked.touchpoint[read])
    logits, features = (np.zeros((len(asked.truth), each.shape[1])) for each in (near.logits, near.features))
    logits[read], features[read] = near.logits, near.features
    return Near(logits, features)


def _worth(width: int) -> Numbers:
    """How much each of the second tier's features weighs, then each of its four logits."""
    return np.append(np.full(width - 4, FEATURE), np.full(4, LOGIT))


def shares(confusion: Numbers) -> dict[str, dict[str, float]]:
    """Counts (true, told polarity) as shares of each true polarity, with `n` of each."""
    return {
        true: {
            **{told: round(float(share), 4) for told, share in zip(POLARITIES, row / max(row.sum(), 1), strict=True)},
            "n": int(row.sum()),
        }
        for true, row in zip(POLARITIES, confusion, strict=True)
    }


def _places(lesson: Lesson, entries: Any) -> Groups:
    """Which clauses speak for each labelled mention: those of its touchpoint, else all of its text."""
    walked, reading = lesson.walked, lesson.reading
    clauses = [reading.speaking(row, touchpoint) for row, touchpoint, _ in entries.tolist()]
    ends = np.cumsum([len(each) for each in clauses])
    return Groups(np.concatenate(clauses), ends, len(walked.clause_text))
