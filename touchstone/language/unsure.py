"""Which texts are most worth labelling: those the model is least sure of, no two alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from touchstone.language.compiled import Compiled
from touchstone.language.features import features
from touchstone.language.groups import by_text
from touchstone.language.reading import Reading
from touchstone.language.tokens import strings
from touchstone.language.walk import walk

_POOL = 2_000  # of the least sure, among which no two alike are sought


def unsure(compiled: Compiled, texts: Sequence[str], *, most: int = 100) -> list[int]:
    """Places of at most `most` of the texts, the one most worth labelling first.

    Each next one is doubtful and unlike those before it: doubt (0 to 1) times distance (1 less the greatest likeness).
    """
    held, model = strings(texts), compiled.model
    doubt = _doubt(compiled.read(held), len(model.taught.get("kinds", {}).get("names", ())))
    pool = np.argsort(-doubt, kind="stable")[:_POOL]
    pool = pool[doubt[pool] > 0]
    chosen = strings([texts[place] for place in pool.tolist()])
    walked = walk(chosen, compiled.lexicon)
    groups = by_text(walked.clause_text, walked.texts)
    rows = features(model, walked, compiled.lexicon, groups, chosen).vectors()
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    worth, far, order = doubt[pool].astype(np.float64), np.ones(len(pool)), list[int]()
    for _ in range(min(most, len(pool))):
        best = int(np.argmax(worth * far))
        order.append(int(pool[best]))
        far = np.minimum(far, np.clip(1 - rows @ rows[best], 1e-6, None))
        worth[best] = -1.0
    return order


def _doubt(reading: Reading, taught: int) -> npt.NDArray[np.float64]:
    """How near each text's nearest decision is to its edge: 1 at the edge, 0 where sure or empty."""
    answer = np.zeros(reading.walk.texts)
    if reading.touchpoints.shape[1]:
        likely = np.zeros((reading.walk.texts, reading.touchpoints.shape[1]), np.float32)
        np.maximum.at(likely, reading.walk.clause_text, reading.touchpoints)
        answer = 1 - 2 * np.abs(likely - 0.5).min(axis=1).astype(np.float64)
    if taught:
        kinds = reading.kinds[:, -taught:]
        answer = np.maximum(answer, 1 - 2 * np.abs(kinds - 0.5).min(axis=1))
    answer[np.bincount(reading.walk.clause_text, minlength=reading.walk.texts) == 0] = 0
    return answer
