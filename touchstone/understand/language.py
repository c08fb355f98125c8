"""The language a text is written in, or that it cannot be told."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.understand._pass import Understood, signals

HEADS = ("language",)


def understand(reading: Understood) -> pa.Table:
    """SIGNAL rows, one for each text that has letters: ISO 639-1 code, or `und`; score is how sure, 0 to 1."""
    length = pc.fill_null(pc.utf8_length(pc.utf8_trim_whitespace(reading.text)), 0)
    rows = np.flatnonzero(length.to_numpy(zero_copy_only=False) > 0)
    codes = reading.reading.walk.language[rows].astype(np.int64)
    names = (*reading.reading.languages, "und")
    label = pa.DictionaryArray.from_arrays(pa.array(np.where(codes < 0, len(names) - 1, codes)), list(names))
    sure = pa.array(reading.reading.walk.language_sureness[rows])
    return signals(reading, "language", rows=rows.astype(np.int64), label=label, score=sure, probability=sure)
