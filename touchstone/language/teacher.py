"""Learns a taxonomy, moods and kinds from labelled examples: from none at all to very many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from touchstone.core.taxonomy import Taxonomy
from touchstone.language.bags import MANY, by_text, grown
from touchstone.language.examples import collect
from touchstone.language.features import features
from touchstone.language.lesson import Lesson
from touchstone.language.model import Model, load
from touchstone.language.teach_kinds import kinds, promotional
from touchstone.language.teach_polarity import polarities
from touchstone.language.teach_touchpoints import touchpoints
from touchstone.language.tokens import strings
from touchstone.language.walk import walk


def teach(examples: Iterable[dict[str, Any]], *, taxonomy: Taxonomy | None = None, model: Model | None = None) -> Model:
    """A model that knows the examples' touchpoints, polarities, kinds and promotion, and carries its taxonomy.

    Heads that the examples say nothing of are the shipped ones. Texts are not kept. An unusable example is a `Skip`.
    """
    start = model or load()
    held = collect(examples, taxonomy or start.taxonomy)
    texts = strings(held.texts)
    start = grown(_unlearned(start), texts)
    compiled = start.compile(held.taxonomy)
    walked = walk(texts, compiled.lexicon)
    lesson = Lesson(
        start, compiled, compiled.read(texts), walked, held,
        features(start, walked, compiled.lexicon, by_text(walked), texts), [], [], {}, dict(start.facts),
    )  # fmt: skip
    if held.says_touchpoints.any() and len(held.taxonomy.touchpoints):
        touchpoints(lesson)
        lesson.reading = lesson.finished().compile(held.taxonomy).read(texts)
    if len(held.polarities) >= MANY:
        polarities(lesson)
    if held.says_kinds.any() and held.kinds:
        kinds(lesson)
    if np.isfinite(held.promotional).sum() >= MANY and len(set(held.promotional[np.isfinite(held.promotional)])) > 1:
        promotional(lesson)
    return lesson.finished()


def _unlearned(model: Model) -> Model:
    arrays = {name: array for name, array in model.arrays.items() if not name.startswith("taught_")}
    return Model(arrays, {name: fact for name, fact in model.facts.items() if name != "taught"}, model.taxonomy)
