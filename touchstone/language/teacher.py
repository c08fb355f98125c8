"""Learns a taxonomy, moods and kinds from labelled examples: from none at all to very many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack

from touchstone.core.taxonomy import Taxonomy
from touchstone.language.bags import MANY, SOME, Bags, bags, by_text, folded, grown, joined
from touchstone.language.compiled import Compiled
from touchstone.language.examples import Examples, collect
from touchstone.language.fit import best_threshold, folds, logistic
from touchstone.language.model import KINDS, TURNED, Model, load
from touchstone.language.reading import NEUTRAL, POLARITIES, TORN, Reading
from touchstone.language.tokens import strings
from touchstone.language.walk import Walk, walk

Numbers = npt.NDArray[np.float64]

_DESCRIBED = 8.0  # examples that a touchpoint's own description counts for
_HELD, _WIDTH = 0.5, 2.0  # pull of weights to 0; weight of meaning beside words
_FOLDS = 3
_SEED = 20261121


@dataclass
class _Lesson:
    """What one lesson works on, and the columns and facts it fills."""

    model: Model
    compiled: Compiled
    reading: Reading
    walked: Walk
    examples: Examples
    by_text: Bags
    words: list[Numbers]
    grams: list[Numbers]
    taught: dict[str, Any]
    facts: dict[str, Any]

    def keep(self, head: str, table: tuple[Numbers, Numbers], **facts: Any) -> None:
        """Adds the columns of a head."""
        first = sum(each.shape[1] for each in self.words)
        self.words.append(table[0])
        self.grams.append(table[1])
        self.taught[head] = {"first": first, "stop": first + table[0].shape[1], **facts}


def teach(examples: Iterable[dict[str, Any]], *, taxonomy: Taxonomy | None = None, model: Model | None = None) -> Model:
    """A model that knows the examples' touchpoints, polarities, kinds and promotion, and carries its taxonomy.

    Heads that the examples say nothing of are the shipped ones. Texts are not kept. An unusable example is a `Skip`.
    """
    start = model or load()
    held = collect(examples, taxonomy or start.taxonomy)
    start = grown(_unlearned(start), held.texts)
    compiled = start.compile(held.taxonomy)
    texts = strings(held.texts)
    walked = walk(texts, compiled.lexicon)
    lesson = _Lesson(
        start, compiled, compiled.read(texts), walked, held,
        bags(start, walked, compiled.lexicon, by_text(walked)), [], [], {}, dict(start.facts),
    )  # fmt: skip
    if held.says_touchpoints.any() and len(held.taxonomy.touchpoints):
        _touchpoints(lesson)
        lesson.reading = _finished(lesson).compile(held.taxonomy).read(texts)
    if len(held.polarities) >= MANY:
        _polarities(lesson)
    if held.says_kinds.any() and held.kinds:
        _kinds(lesson)
    if np.isfinite(held.promotional).sum() >= MANY and len(set(held.promotional[np.isfinite(held.promotional)])) > 1:
        _promotional(lesson)
    return _finished(lesson)


def _unlearned(model: Model) -> Model:
    arrays = {name: array for name, array in model.arrays.items() if not name.startswith("taught_")}
    return Model(arrays, {name: fact for name, fact in model.facts.items() if name != "taught"}, model.taxonomy)


def _finished(lesson: _Lesson) -> Model:
    arrays = dict(lesson.model.arrays)
    if lesson.words:
        words, grams = np.hstack(lesson.words), np.hstack(lesson.grams)
        scale = np.maximum(np.abs(np.vstack([words, grams])).max(axis=0), 1e-9) / 127
        arrays["taught_words"] = np.round(words / scale).astype(np.int8)
        arrays["taught_grams"] = np.round(grams / scale).astype(np.int8)
        arrays["taught_scale"] = scale.astype(np.float32)
    mark = hashlib.sha256()
    for name in sorted(arrays):
        mark.update(name.encode() + arrays[name].tobytes())
    mark.update(repr(lesson.taught).encode() + repr(lesson.examples.taxonomy).encode())
    facts = {**lesson.facts, "taught": lesson.taught}
    facts["version"] = f"{str(facts['version']).partition('.')[0]}.{mark.hexdigest()[:8]}"
    return Model(arrays, facts, lesson.examples.taxonomy)


def _touchpoints(lesson: _Lesson) -> None:
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


def _described(lesson: _Lesson) -> Numbers:
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
    lesson: _Lesson, rows: npt.NDArray[np.intp], labels: Numbers, known: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Words, phrases and biases learned on top of `known`, with the threshold that folds say is best."""
    features, worth = joined(lesson.by_text, width=_WIDTH)
    features = features[rows]
    pull = np.full(features.shape[1], _HELD)
    outside = known.copy()
    part = folds(len(rows), parts=_FOLDS, seed=_SEED)
    for number in range(_FOLDS):
        out = part == number
        fit = logistic(features[~out], labels[~out], known=known[~out], held=pull, exclusive=False, rounds=60)
        outside[out] = known[out] + features[out] @ fit.weights + fit.bias
    fit = logistic(features, labels, known=known, held=pull, exclusive=False)
    words, grams = folded(lesson.model, lesson.by_text, fit.weights * worth[:, None])
    return words, grams, fit.bias - best_threshold(outside, labels)


def _polarities(lesson: _Lesson) -> None:
    """Moods of mentions: the shipped judgement, corrected by the words around them; confusion from folds."""
    held, walked = lesson.examples, lesson.walked
    entries = np.array(held.polarities)
    groups, lean = _places(lesson, entries)
    labels = np.eye(4)[entries[:, 2]]
    known = np.stack([-2 * lean, np.full_like(lean, NEUTRAL), 2 * lean, np.full_like(lean, TORN)], axis=1)
    held_bag = bags(lesson.model, walked, lesson.compiled.lexicon, groups, turned=TURNED)
    features, worth = joined(held_bag, width=_WIDTH / 2)
    width, count = features.shape[1], len(held.taxonomy.touchpoints)
    which = csr_array((np.ones(len(entries)), (np.arange(len(entries)), entries[:, 1])), shape=(len(entries), count))
    features = hstack([features, which]).tocsr()
    pull = np.full(features.shape[1], _HELD * 2)
    confusion = np.zeros((4, 4))
    part = folds(len(entries), parts=_FOLDS, seed=_SEED)
    for number in range(_FOLDS):
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


def _row(shares: Numbers) -> dict[str, float]:
    return {told: round(float(share), 4) for told, share in zip(POLARITIES, shares, strict=True)}


def _places(lesson: _Lesson, entries: Any) -> tuple[csr_array, Numbers]:
    """Which clauses speak for each labelled mention (those of its touchpoint, else all of its text), and their mood."""
    walked, reading = lesson.walked, lesson.reading
    owners, clauses = [], []
    for number, (row, touchpoint, _) in enumerate(entries.tolist()):
        chosen = reading.speaking(row, touchpoint)
        owners.append(np.full(len(chosen), number))
        clauses.append(chosen)
    owner, clause = np.concatenate(owners), np.concatenate(clauses)
    groups = csr_array((np.ones(len(owner)), (owner, clause)), shape=(len(entries), len(walked.clause_text)))
    return groups, reading.leaning(groups)


def _kinds(lesson: _Lesson) -> None:
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
    features, worth = joined(lesson.by_text, width=_WIDTH)
    few = len(rows) < MANY or labels.sum(axis=0).min() < 3
    pull = np.full(features.shape[1], _HELD * (2 if few else 0.4))
    fit = logistic(features[rows], labels, known=known, held=pull, exclusive=exclusive)
    lesson.keep(
        "kinds", folded(model, lesson.by_text, fit.weights * worth[:, None]),
        names=names, bias=fit.bias.tolist(), exclusive=exclusive,
    )  # fmt: skip


def _promotional(lesson: _Lesson) -> None:
    """Promotion, on top of what the shipped cues say."""
    said = lesson.examples.promotional
    rows = np.flatnonzero(np.isfinite(said))
    score = np.clip(lesson.reading.promotional[rows], 1e-3, 1 - 1e-3)
    known = np.log(score / (1 - score))[:, None]
    features, worth = joined(lesson.by_text, width=_WIDTH)
    pull = np.full(features.shape[1], _HELD)
    fit = logistic(features[rows], said[rows, None], known=known, held=pull, exclusive=False)
    lesson.keep(
        "promotional", folded(lesson.model, lesson.by_text, fit.weights * worth[:, None]), bias=fit.bias.tolist()
    )
