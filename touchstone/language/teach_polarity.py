"""Moods of mentions learned from examples."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack

from touchstone.language.bags import bags, folded, joined
from touchstone.language.fit import folds, logistic
from touchstone.language.groups import Groups
from touchstone.language.lesson import FOLDS, HELD, SEED, WIDTH, Lesson, Numbers
from touchstone.language.model import TURNED
from touchstone.language.reading import NEUTRAL, POLARITIES, TORN


def polarities(lesson: Lesson) -> None:
    """Moods of mentions: the shipped judgement, corrected by the words around them; confusion from folds."""
    held, walked = lesson.examples, lesson.walked
    entries = np.array(held.polarities)
    groups, lean = _places(lesson, entries)
    labels = np.eye(4)[entries[:, 2]]
    known = np.stack([-2 * lean, np.full_like(lean, NEUTRAL), 2 * lean, np.full_like(lean, TORN)], axis=1)
    held_bag = bags(lesson.model, walked, lesson.compiled.lexicon, groups, turned=TURNED)
    features, worth = joined(held_bag, width=WIDTH / 2)
    width, count = features.shape[1], len(held.taxonomy.touchpoints)
    which = csr_array((np.ones(len(entries)), (np.arange(len(entries)), entries[:, 1])), shape=(len(entries), count))
    features = hstack([features, which]).tocsr()
    pull = np.full(features.shape[1], HELD * 2)
    confusion = np.zeros((4, 4))
    part = folds(len(entries), parts=FOLDS, seed=SEED)
    for number in range(FOLDS):
        out = part == number
        fit = logistic(features[~out], labels[~out], known=known[~out], held=pull, exclusive=True, rounds=60)
        told = (known[out] + features[out] @ fit.weights + fit.bias).argmax(axis=1)
        np.add.at(confusion, (entries[out, 2], told), 1)
    fit = logistic(features, labels, known=known, held=pull, exclusive=True)
    bias = np.vstack([fit.weights[width:], np.zeros(4)]) + fit.bias + np.array([0, NEUTRAL, 0, TORN])
    table = folded(lesson.model, held_bag, fit.weights[:width] * worth[:, None])
    lesson.keep("polarity", table, bias=bias.tolist())
    lesson.facts["confusion"] = shares(confusion)


def shares(confusion: Numbers) -> dict[str, dict[str, float]]:
    """Counts (true, told polarity) as shares of each true polarity, with `n` of each."""
    return {
        true: {
            **{told: round(float(share), 4) for told, share in zip(POLARITIES, row / max(row.sum(), 1), strict=True)},
            "n": int(row.sum()),
        }
        for true, row in zip(POLARITIES, confusion, strict=True)
    }


def _places(lesson: Lesson, entries: Any) -> tuple[Groups, Numbers]:
    """Which clauses speak for each labelled mention (those of its touchpoint, else all of its text), and their mood."""
    walked, reading = lesson.walked, lesson.reading
    clauses = [reading.speaking(row, touchpoint) for row, touchpoint, _ in entries.tolist()]
    ends = np.cumsum([len(each) for each in clauses])
    groups = Groups(np.concatenate(clauses), ends, len(walked.clause_text))
    return groups, reading.leaning(groups)
