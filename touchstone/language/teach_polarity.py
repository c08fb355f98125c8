"""Moods of mentions learned from examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack

from touchstone.language.bags import bags, folded, joined
from touchstone.language.fit import folds, logistic
from touchstone.language.groups import Groups
from touchstone.language.lesson import FOLDS, HELD, SEED, WIDTH, Lesson, Numbers
from touchstone.language.model import TURNED
from touchstone.language.reading import POLARITIES

FEATURE, LOGIT = 3.0, 0.5  # what the second tier's features and logits weigh beside words
Places = npt.NDArray[np.int64]


def polarities(lesson: Lesson) -> None:
    """Both tiers' judgement, corrected by words and by what the second tier saw; confusion from folds."""
    held = lesson.examples
    entries = np.array(held.polarities)
    groups, asked = _places(lesson, entries), entries[:, 1]
    labels, seen = np.eye(4)[entries[:, 2]], _seen(lesson, groups, asked)
    known = lesson.reading.logits(groups, asked, closely=True)
    held_bag = bags(lesson.model, lesson.walked, lesson.compiled.lexicon, groups, turned=TURNED)
    words, worth = joined(held_bag, width=WIDTH / 2)
    width, count = words.shape[1], len(held.taxonomy.touchpoints)
    which = csr_array((np.ones(len(entries)), (np.arange(len(entries)), asked)), shape=(len(entries), count))
    features = hstack([words, which, csr_array(seen)]).tocsr()
    pull = np.full(features.shape[1], HELD * 4)
    confusion = np.zeros((4, 4))
    part = folds(len(entries), parts=FOLDS, seed=SEED)
    for number in range(FOLDS):
        out = part == number
        fit = logistic(features[~out], labels[~out], known=known[~out], held=pull, exclusive=True, rounds=60)
        told = (known[out] + features[out] @ fit.weights + fit.bias).argmax(axis=1)
        np.add.at(confusion, (entries[out, 2], told), 1)
    fit = logistic(features, labels, known=known, held=pull, exclusive=True)
    bias = np.vstack([fit.weights[width : width + count], np.zeros(4)]) + fit.bias
    near = fit.weights[width + count :] * _worth(seen.shape[1])[:, None]
    table = folded(lesson.model, held_bag, fit.weights[:width] * worth[:, None])
    lesson.keep("polarity", table, bias=bias.tolist(), near=near.round(6).tolist())
    lesson.facts["confusion"] = shares(confusion)


def _seen(lesson: Lesson, groups: Groups, asked: Places) -> Numbers:
    """What the second tier saw of each mention, scaled for learning; zeros where it does not read."""
    read = lesson.reading.readable(groups)
    near = lesson.reading.near(groups.chosen(read), asked[read])
    answer = np.zeros((len(asked), near.inputs.shape[1]))
    answer[read] = near.inputs * _worth(near.inputs.shape[1])
    return answer


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
