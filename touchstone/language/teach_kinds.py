"""Kinds and promotion learned from examples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from touchstone.language.bags import SOME
from touchstone.language.expected import outside, report, sharpness, steepness
from touchstone.language.lesson import Lesson
from touchstone.language.model import KINDS
from touchstone.language.newton import likely, margins

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

_LEAN = 0.5  # how much of the shipped logit is a score
_COST, _COST_OF_ONE = 0.4, 5.0
_YES = 2.0


def kinds(lesson: Lesson) -> None:
    """Kinds of their own, and corrections of the shipped ones."""
    held = lesson.examples
    rows = np.flatnonzero(held.says_kinds)
    labels, names = held.kind_labels[rows].astype(np.float32), list(held.kinds)
    known = np.zeros_like(labels)
    for column, name in enumerate(names):
        if name in KINDS:
            known[:, column] = _LEAN * _logit(lesson.reading.kinds[rows, KINDS.index(name)])
    exclusive = not set(names) & set(KINDS) and len(names) > 1 and bool((labels.sum(axis=1) == 1).all())

    def learn(inside: Places) -> Numbers:
        part = lesson.features.some(rows[inside])
        if exclusive:
            return likely(part, labels[inside], known=known[inside], cost=_COST_OF_ONE)
        return margins(part, labels[inside], known=known[inside], cost=_COST, weight=_YES)

    def told(inside: Places, out: Places) -> Numbers:
        return known[out] + lesson.features.some(rows[out]).scores(learn(inside))

    steep = 1.0 if exclusive else 2.0
    if len(rows) >= SOME:
        chosen, scores = outside(len(rows), len(names), told)
        truth = labels[chosen]
        yes = scores >= scores.max(axis=1, keepdims=True) if exclusive else scores > 0
        steep = sharpness(scores, truth) if exclusive else steepness(scores, truth)[0]
        lesson.expect("kinds", report(names, yes, truth))
    weights = learn(np.arange(len(rows)))
    words, grams = lesson.features.folded(lesson.model, weights)
    lesson.keep(
        "kinds", (steep * words, steep * grams),
        names=names, bias=(steep * weights[-1]).tolist(), exclusive=exclusive, shipped=steep * _LEAN,
    )  # fmt: skip


def promotional(lesson: Lesson) -> None:
    """Promotion, on top of what the shipped cues say; a probability."""
    said = lesson.examples.promotional
    rows = np.flatnonzero(np.isfinite(said))
    labels = said[rows, None].astype(np.float32)
    known = _LEAN * _logit(lesson.reading.promotional[rows])[:, None]

    def learn(inside: Places) -> Numbers:
        return margins(lesson.features.some(rows[inside]), labels[inside], known=known[inside], cost=_COST)

    def told(inside: Places, out: Places) -> Numbers:
        return known[out] + lesson.features.some(rows[out]).scores(learn(inside))

    chosen, scores = outside(len(rows), 1, told)
    steep, shift = steepness(scores, labels[chosen])
    lesson.expect("promotional", report(["promotional"], steep * scores + shift > 0, labels[chosen]))
    weights = learn(np.arange(len(rows)))
    words, grams = lesson.features.folded(lesson.model, weights)
    lesson.keep(
        "promotional", (steep * words, steep * grams),
        bias=(steep * weights[-1] + shift).tolist(), shipped=steep * _LEAN,
    )  # fmt: skip


def _logit(chance: Numbers) -> Numbers:
    held = np.clip(chance, 1e-3, 1 - 1e-3)
    answer: Numbers = np.log(held / (1 - held)).astype(np.float32)
    return answer
