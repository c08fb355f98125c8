"""Touchpoints learned from examples: what lies near their descriptions and examples, then words, meaning, spelling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touchstone.language.bags import MANY, SOME
from touchstone.language.expected import f1, outside, report, sharpness, steepness
from touchstone.language.features import features
from touchstone.language.fit import best_threshold, chances
from touchstone.language.groups import by_text
from touchstone.language.lesson import Lesson
from touchstone.language.newton import likely, margins
from touchstone.language.tokens import strings
from touchstone.language.walk import Walk, walk

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

_DESCRIBED = 8.0  # examples that a touchpoint's own description counts for
_LEAN = 0.3  # how much of the nearness is believed before any word is learned
_COST, _YES = 0.3, 2.0  # price of an example on the wrong side; how much more one that has the touchpoint counts
_COST_OF_ONE = 1.5  # the same where just one touchpoint is true of each text
_SHRINK = 100.0  # examples that a threshold at 0 counts for


@dataclass(frozen=True, eq=False)
class Prior:
    """What is believed of a text before any of its words was learned: (nearness to centres, cue) -> score."""

    centres: Numbers
    near: float
    cue: float
    bias: float

    def scores(self, vectors: Numbers, cue: Numbers) -> Numbers:
        """(n, touchpoints)."""
        return (self.near * (vectors @ self.centres.T) + self.cue * cue + self.bias).astype(np.float32)


def touchpoints(lesson: Lesson) -> None:
    """The touchpoints' columns, threshold and expected accuracy; nothing where folds find the shipped better."""
    held = lesson.examples
    rows = np.flatnonzero(held.says_touchpoints)
    labels = held.touchpoints[rows].astype(np.float32)
    cue = np.zeros((len(held.texts), labels.shape[1]), np.float32)
    np.maximum.at(cue, lesson.walked.clause_text, lesson.compiled.found(strings(held.texts)).cues)
    cue = np.clip(cue, 0, 1.2)[rows]
    vectors, described = lesson.features.vectors()[rows], _described(lesson)
    exclusive = len(rows) >= MANY and labels.shape[1] > 2 and bool((labels.sum(axis=1) == 1).all())

    def learn(inside: Places) -> tuple[Prior, Numbers]:
        prior = _prior(described, vectors[inside], cue[inside], labels[inside])
        known = prior.scores(vectors[inside], cue[inside])
        part = lesson.features.some(rows[inside])
        if exclusive:
            return prior, likely(part, labels[inside], known=known, cost=_COST_OF_ONE)
        return prior, margins(part, labels[inside], known=known, cost=_COST, weight=_YES)

    def told(inside: Places, out: Places) -> Numbers:
        prior, weights = learn(inside)
        return prior.scores(vectors[out], cue[out]) + lesson.features.some(rows[out]).scores(weights)

    steep, shift = 2.0, 0.0
    if len(rows) >= SOME:
        chosen, scores = outside(len(rows), labels.shape[1], told)
        truth = labels[chosen]
        if exclusive:
            steep = sharpness(scores, truth)
            yes = scores >= scores.max(axis=1, keepdims=True)
        else:
            shift = best_threshold(scores, truth) * len(chosen) / (len(chosen) + _SHRINK)
            steep, yes = max(steepness(scores, truth)[0], 0.5), scores > shift
        if _untaught(lesson, rows[chosen], truth) > f1(yes, truth > 0)[0]:
            return
        lesson.expect("touchpoints", report(held.taxonomy.names, yes, truth))
    _keep(lesson, *learn(np.arange(len(rows))), steep=steep, shift=shift, exclusive=exclusive)


def _keep(lesson: Lesson, prior: Prior, weights: Numbers, *, steep: float, shift: float, exclusive: bool) -> None:
    """Writes prior and weights as logits: 0 is the decision."""
    held = lesson.features
    every = weights.copy()
    first = len(held.used)
    every[first : first + held.meaning.shape[1]] += _summed(prior)
    words, grams = held.folded(lesson.model, every)
    one = float(np.median(np.bincount(lesson.walked.clause_text, _ends_sentence(lesson.walked), lesson.walked.texts)))
    lesson.keep(
        "touchpoints", (steep * words, steep * grams),
        names=list(lesson.examples.taxonomy.names), bias=(steep * (weights[-1] + prior.bias - shift)).tolist(),
        cue=steep * prior.cue, sentences=one <= 1 and not exclusive, exclusive=exclusive,
    )  # fmt: skip


def _summed(prior: Prior) -> Numbers:
    """Nearness as weights of meaning (dimensions, touchpoints): a text's sum of rows is about a unit vector."""
    answer: Numbers = prior.near * prior.centres.T
    return answer


def _untaught(lesson: Lesson, rows: Places, truth: Numbers) -> float:
    """F1 of the shipped model's touchpoints in these examples."""
    told = np.zeros((lesson.walked.texts, truth.shape[1]), np.bool_)
    np.logical_or.at(told, lesson.walked.clause_text, lesson.reading.touchpoints[:, : truth.shape[1]] >= 0.5)
    return f1(told[rows], truth > 0)[0]


def _prior(described: Numbers, vectors: Numbers, cue: Numbers, labels: Numbers) -> Prior:
    """Centres shrunk to the descriptions; what nearness and cues are worth is one logistic fit for all touchpoints."""
    centres = _centres(described, vectors, labels)
    design = np.stack([(vectors @ centres.T).ravel(), cue.ravel(), np.ones(labels.size)], axis=1).astype(np.float64)
    truth, found, pull = labels.ravel(), np.zeros(3), np.array([0.05, 0.05, 0.01])
    for _ in range(12):
        chance = chances(design @ found - 1)
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(pull)
        found = found - np.linalg.solve(bend, design.T @ (chance - truth) + pull * found)
    return Prior(centres, *(_LEAN * (found - [0, 0, 1])).tolist())


def _centres(described: Numbers, vectors: Numbers, labels: Numbers) -> Numbers:
    """Unit centres of the touchpoints' examples, each shrunk to its description, less what all share."""
    counted = labels.sum(axis=0)[:, None]
    centres = (_DESCRIBED * described + labels.T @ _unit(vectors)) / (_DESCRIBED + counted)
    return _unit(centres - centres.mean(axis=0)) if len(centres) > 1 else _unit(centres)


def _unit(rows: Numbers) -> Numbers:
    unit: Numbers = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit


def _ends_sentence(walked: Walk) -> npt.NDArray[np.float64]:
    """1 for the first clause of each sentence."""
    return (np.diff(walked.clause_sentence, prepend=-1) > 0).astype(np.float64)


def _described(lesson: Lesson) -> Numbers:
    """A unit vector for each touchpoint, of its name, description, examples and English words."""
    texts = strings(
        [
            ". ".join([each.name, each.description, *each.components, *each.examples, *each.words.get("en", ())])
            for each in lesson.examples.taxonomy
        ]
    )
    walked = walk(texts, lesson.compiled.lexicon)
    groups = by_text(walked.clause_text, walked.texts)
    return _unit(features(lesson.model, walked, lesson.compiled.lexicon, groups, texts).vectors())
