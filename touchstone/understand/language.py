"""The language a text is written in, or that it cannot be told."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from touchstone.understand._pass import Understood, signals, words

HEADS = ("language",)


def understand(reading: Understood) -> pa.Table:
    """SIGNAL rows, one for each text that has words: ISO 639-1 code, or `und`; score is how sure, 0 to 1."""
    walk = reading.reading.walk
    rows = np.flatnonzero(np.bincount(walk.clause_text, minlength=walk.texts))
    names = (*reading.reading.languages, "und")
    codes = walk.language[rows].astype(np.int64)
    label = words(np.where(codes < 0, len(names) - 1, codes), names)
    sure = pa.array(walk.language_sureness[rows])
    return signals(reading, "language", rows=rows.astype(np.int64), label=label, score=sure, probability=sure)
