"""What one lesson works on, and the model that comes of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from touchstone.language.compiled import Compiled
from touchstone.language.examples import Examples
from touchstone.language.features import Features
from touchstone.language.model import Model
from touchstone.language.reading import Reading
from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float64]

HELD, WIDTH = 0.5, 2.0
"""Pull of weights to 0; weight of meaning beside words."""
FOLDS = 3
SEED = 20261121


@dataclass
class Lesson:
    """What one lesson works on, and the columns and facts it fills."""

    model: Model
    compiled: Compiled
    reading: Reading
    walked: Walk
    examples: Examples
    features: Features
    words: list[npt.NDArray[Any]]
    grams: list[npt.NDArray[Any]]
    taught: dict[str, Any]
    facts: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]] = field(default_factory=dict)  # beside the columns; names begin with taught_

    def keep(self, head: str, table: tuple[npt.NDArray[Any], npt.NDArray[Any]], **facts: Any) -> None:
        """Adds the columns of a head."""
        first = sum(each.shape[1] for each in self.words)
        self.words.append(table[0])
        self.grams.append(table[1])
        self.taught[head] = {"first": first, "stop": first + table[0].shape[1], **facts}

    def expect(self, head: str, report: dict[str, dict[str, float]]) -> None:
        """Keeps what held-out examples say of a head: F1 with interval and n, by name."""
        self.facts["expected"] = {**self.facts.get("expected", {}), head: report}

    def finished(self) -> Model:
        """The model with the columns kept so far."""
        arrays = {**self.model.arrays, **self.arrays}
        if self.words:
            words, grams = np.hstack(self.words), np.hstack(self.grams)
            scale = np.maximum(np.abs(np.vstack([words, grams])).max(axis=0), 1e-9) / 127
            arrays["taught_words"] = np.round(words / scale).astype(np.int8)
            arrays["taught_grams"] = np.round(grams / scale).astype(np.int8)
            arrays["taught_scale"] = scale.astype(np.float32)
        mark = hashlib.sha256()
        for name in sorted(arrays):
            mark.update(name.encode() + arrays[name].tobytes())
        mark.update(repr(self.taught).encode() + repr(self.examples.taxonomy).encode())
        facts = {**self.facts, "taught": self.taught}
        facts["version"] = f"{str(facts['version']).partition('.')[0]}.{mark.hexdigest()[:8]}"
        return Model(arrays, facts, self.examples.taxonomy)
