"""Kinds and promotion learned from examples."""

from __future__ import annotations

import numpy as np

from touchstone.language.bags import MANY, folded, joined
from touchstone.language.fit import logistic
from touchstone.language.lesson import HELD, WIDTH, Lesson
from touchstone.language.model import KINDS


def kinds(lesson: Lesson) -> None:
    """Kinds of their own, and corrections of the shipped ones."""
    held, model = lesson.examples, lesson.model
    rows = np.flatnonzero(held.says_kinds)
    labels = held.kind_labels[rows]
    names = list(held.kinds)
    known = np.zeros_like(labels)
    for column, name in enumerate(names):
        if name in KINDS:
            score = np.clip(lesson.reading.kinds[rows, KINDS.index(name)], 1e-4, 1 - 1e-4)
            known[:, column] = np.log(score / (1 - score))
    exclusive = not set(names) & set(KINDS) and len(names) > 1 and bool((labels.sum(axis=1) == 1).all())
    features, worth = joined(lesson.by_text, width=WIDTH)
    few = len(rows) < MANY or labels.sum(axis=0).min() < 3
    pull = np.full(features.shape[1], HELD * (2 if few else 0.4))
    fit = logistic(features[rows], labels, known=known, held=pull, exclusive=exclusive)
    lesson.keep(
        "kinds", folded(model, lesson.by_text, fit.weights * worth[:, None]),
        names=names, bias=fit.bias.tolist(), exclusive=exclusive,
    )  # fmt: skip


def promotional(lesson: Lesson) -> None:
    """Promotion, on top of what the shipped cues say."""
    said = lesson.examples.promotional
    rows = np.flatnonzero(np.isfinite(said))
    score = np.clip(lesson.reading.promotional[rows], 1e-3, 1 - 1e-3)
    known = np.log(score / (1 - score))[:, None]
    features, worth = joined(lesson.by_text, width=WIDTH)
    pull = np.full(features.shape[1], HELD)
    fit = logistic(features[rows], said[rows, None], known=known, held=pull, exclusive=False)
    lesson.keep(
        "promotional", folded(lesson.model, lesson.by_text, fit.weights * worth[:, None]), bias=fit.bias.tolist()
    )
