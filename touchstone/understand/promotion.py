"""Words that speak for a text written against a reward, or to promote: evidence, never a verdict on a person."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from touchstone.understand._pass import Understood, signals

HEADS = ("promotional",)
_WORTH_A_ROW = 0.25


def understand(reading: Understood) -> pa.Table:
    """SIGNAL rows labelled `promotional` where the probability is .25 or more; a text without a row has less."""
    rows = np.flatnonzero(reading.reading.promotional >= _WORTH_A_ROW)
    score = pa.array(reading.reading.promotional[rows])
    label = pa.repeat("promotional", len(rows))
    return signals(reading, "promotion", rows=rows.astype(np.int64), label=label, score=score, probability=score)
