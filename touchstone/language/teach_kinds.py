"""Kinds and promotion learned from examples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from touchstone.language.bags import SOME
from touchstone.language.expected import outside, report, sharpness, steepness
from touchstone.language.lesson import SEED, Lesson
from touchstone.language.model import KINDS
from touchstone.language.newton import likely, margins
from touchstone.language.style import style
from touchstone.language.tokens import strings

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Learning = Callable[[Places], Numbers]

_LEAN = 0.5  # how much of the shipped logit is a score
_COST, _COST_OF_ONE = 0.4, 5.0
_YES = 2.0
_TRIED = ((0.0, 0.3), (0.0, 0.6), (0.5, 0.3))  # belief in the shipped cues of promotion, and cost
_MOST = 1 << 23  # bytes of texts that style is learned from


def kinds(lesson: Lesson) -> None:
    """Kinds of their own, and corrections of the shipped ones."""
    held = lesson.examples
    rows = np.flatnonzero(held.says_kinds)
    labels, names = held.kind_labels[rows].astype(np.float32), list(held.kinds)
    known, worth = np.zeros_like(labels), 0.0
    shipped = [column for column, name in enumerate(names) if name in KINDS]
    if shipped:
        places = [KINDS.index(names[column]) for column in shipped]
        known[:, shipped], worth = _known(lesson.reading.kinds[rows][:, places], labels[:, shipped])
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
        steep = sharpness(scores, truth) if exclusive else max(steepness(scores, truth)[0], 0.5)
        lesson.expect("kinds", report(names, yes, truth))
    weights = learn(np.arange(len(rows)))
    words, grams = lesson.features.folded(lesson.model, weights)
    lesson.keep(
        "kinds", (steep * words, steep * grams),
        names=names, bias=(steep * weights[-1]).tolist(), exclusive=exclusive, shipped=steep * worth,
    )  # fmt: skip


def promotional(lesson: Lesson) -> None:
    """Promotion, by style; folds say how far the shipped cues are to be believed. A probability."""
    rows = _drawn(lesson)
    labels = lesson.examples.promotional[rows, None].astype(np.float32)
    known, worth = _known(lesson.reading.promotional[rows, None], labels)
    features = style(strings([lesson.examples.texts[row] for row in rows.tolist()]))
    best = np.inf
    for lean, cost in _TRIED:

        def learn(inside: Places, lean: float = lean, cost: float = cost) -> Numbers:
            return margins(features.some(inside), labels[inside], known=lean * known[inside], cost=cost)

        def told(inside: Places, out: Places, lean: float = lean, learn: Learning = learn) -> Numbers:
            return lean * known[out] + features.some(out).scores(learn(inside))

        chosen, scores = outside(len(rows), 1, told)
        steep, shift = steepness(scores, labels[chosen])
        logits = steep * scores + shift
        loss = float(np.logaddexp(0, logits).sum() - (logits * labels[chosen]).sum())
        if loss < best:
            best, fitted = loss, (learn, lean, steep, shift)
            lesson.expect("promotional", report(["promotional"], logits > 0, labels[chosen]))
    learn, lean, steep, shift = fitted
    weights = learn(np.arange(len(rows)))
    table = features.folded(weights)
    scale = max(float(np.abs(table).max()), 1e-9) / 127
    lesson.arrays["taught_style"] = np.round(table / scale).astype(np.int8)
    lesson.taught["promotional"] = {
        "scale": steep * scale, "length": steep * float(weights[-2, 0]),
        "bias": steep * float(weights[-1, 0]) + shift, "shipped": steep * lean * worth,
    }  # fmt: skip


def _drawn(lesson: Lesson) -> Places:
    """The examples that say whether they are promotional; of more than `_MOST` bytes so many are drawn."""
    rows = np.flatnonzero(np.isfinite(lesson.examples.promotional))
    order = np.random.default_rng(SEED).permutation(rows)
    size = np.cumsum([len(lesson.examples.texts[row].encode()) for row in order.tolist()])
    return np.sort(order[size <= max(_MOST, size[0])])


def _known(chance: Numbers, labels: Numbers) -> tuple[Numbers, float]:
    """The shipped logits as scores, by what they are worth in these examples, and that worth."""
    logits = _logit(chance)
    worth = _LEAN * min(steepness(logits, labels)[0], 1.0)
    return worth * logits, worth


def _logit(chance: Numbers) -> Numbers:
    held = np.clip(chance, 1e-3, 1 - 1e-3)
    answer: Numbers = np.log(held / (1 - held)).astype(np.float32)
    return answer
