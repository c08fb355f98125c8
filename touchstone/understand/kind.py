"""What a message does: problem, suggestion, request, question, praise, thanks, promise asked, and so on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from touchstone.understand._pass import Understood, signals, words

HEADS = ("kind",)


def understand(reading: Understood) -> pa.Table:
    """SIGNAL rows, one for each kind that holds (score .5 or more); several may hold."""
    row, kind = np.nonzero(reading.reading.kinds >= 0.5)
    return signals(
        reading,
        "kind",
        rows=row.astype(np.int64),
        label=words(kind, reading.kinds),
        score=pa.array(reading.reading.kinds[row, kind]),
        probability=pa.array(reading.reading.kind_probability[row, kind]),
    )
