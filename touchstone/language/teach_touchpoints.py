"""Touchpoints learned from examples: centroids shrunk to the descriptions, then words of their own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from touchstone.language.bags import SOME, bags, by_text, folded, joined
from touchstone.language.fit import best_threshold, folds, logistic
from touchstone.language.lesson import FOLDS, HELD, SEED, WIDTH, Lesson, Numbers
from touchstone.language.tokens import strings
from touchstone.language.walk import Walk, walk

_DESCRIBED = 8.0  # examples that a touchpoint's own description counts for


def touchpoints(lesson: Lesson) -> None:
    """Centroids shrunk to the descriptions; with enough examples, words of their own on top."""
    held, model = lesson.examples, lesson.model
    rows = np.flatnonzero(held.says_touchpoints)
    labels = held.touchpoints[rows]
    cue = np.zeros((len(held.texts), labels.shape[1]))
    np.maximum.at(cue, lesson.walked.clause_text, lesson.reading.cues)
    cue = np.clip(cue, 0, 1.2)[rows]
    vectors = lesson.by_text.vectors
    described = _described(lesson)
    centres = _centres(described, vectors[rows], labels)
    near = vectors[rows] @ centres.T
    pooled = logistic(
        _column(near, cue), labels.reshape(-1, 1), known=np.full((labels.size, 1), -1.0),
        held=np.array([0.05, 0.05]), exclusive=False,
    )  # fmt: skip
    lean, by_cue = float(pooled.weights[0, 0]), float(pooled.weights[1, 0])
    known = lean * near + by_cue * cue + float(pooled.bias[0]) - 1.0
    bias = np.full(labels.shape[1], float(pooled.bias[0]) - 1.0)
    nothing = np.zeros((len(lesson.by_text.used), labels.shape[1]))
    words, grams = folded(model, lesson.by_text, np.vstack([nothing, lean * centres.T]))
    if len(rows) >= SOME:
        more = _more(lesson, rows, labels, known)
        words, grams, bias = words + more[0], grams + more[1], bias + more[2]
    one = float(np.median(np.bincount(lesson.walked.clause_text, _ends_sentence(lesson.walked), len(held.texts)))) <= 1
    lesson.keep(
        "touchpoints", (words, grams), names=list(held.taxonomy.names), bias=bias.tolist(), cue=by_cue, sentences=one
    )


def _ends_sentence(walked: Walk) -> Numbers:
    """1 for the first clause of each sentence."""
    return (np.diff(walked.clause_sentence, prepend=-1) > 0).astype(np.float64)


def _column(near: Numbers, cue: Numbers) -> csr_array:
    return csr_array(np.stack([near.ravel(), cue.ravel()], axis=1))


def _described(lesson: Lesson) -> Numbers:
    """A unit vector for each touchpoint, of its name, description, examples and English words."""
    texts = [
        ". ".join([each.name, each.description, *each.components, *each.examples, *each.words.get("en", ())])
        for each in lesson.examples.taxonomy
    ]
    walked = walk(strings(texts), lesson.compiled.lexicon)
    held = bags(lesson.model, walked, lesson.compiled.lexicon, by_text(walked))
    return _unit(held.vectors)


def _unit(rows: Numbers) -> Numbers:
    unit: Numbers = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit


def _centres(described: Numbers, vectors: Numbers, labels: Numbers) -> Numbers:
    """Unit centres of the touchpoints' examples, each shrunk to its description, less what all share."""
    unit = _unit(vectors)
    counted = labels.sum(axis=0)[:, None]
    centres = (_DESCRIBED * described + labels.T @ unit) / (_DESCRIBED + counted)
    return _unit(centres - centres.mean(axis=0)) if len(centres) > 1 else _unit(centres)


def _more(
    lesson: Lesson, rows: npt.NDArray[np.intp], labels: Numbers, known: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Words, phrases and biases learned on top of `known`, with the threshold that folds say is best."""
    features, worth = joined(lesson.by_text, width=WIDTH)
    features = features[rows]
    pull = np.full(features.shape[1], HELD)
    outside = known.copy()
    part = folds(len(rows), parts=FOLDS, seed=SEED)
    for number in range(FOLDS):
        out = part == number
        fit = logistic(features[~out], labels[~out], known=known[~out], held=pull, exclusive=False, rounds=60)
        outside[out] = known[out] + features[out] @ fit.weights + fit.bias
    fit = logistic(features, labels, known=known, held=pull, exclusive=False)
    words, grams = folded(lesson.model, lesson.by_text, fit.weights * worth[:, None])
    return words, grams, fit.bias - best_threshold(outside, labels)
