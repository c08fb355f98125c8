"""What one pass over texts brings: clauses with sums of table rows, the same bit by bit from C and from NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touchstone.language.model import CLAUSE_HEADS, HEADS
from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float32]
_AT_ONCE = 4096  # rows that stay near the processor
WIDE = 32
"""Table rows are padded to a multiple of so many columns."""


@dataclass(frozen=True)
class Table:
    """Rows of HEADS, of each touchpoint and of what was taught, int8; `scale` is what one step of a column is worth."""

    rows: npt.NDArray[np.int8]
    scale: Numbers
    touchpoints: int
    taught: int

    @property
    def own(self) -> int:
        """Where the touchpoints begin."""
        return len(HEADS)


@dataclass(frozen=True)
class Found:
    """Sums in the table's worth, by clause or (`by_text`) the greatest sentence of each text."""

    walk: Walk
    moods: Numbers  # (CLAUSE_HEADS, clauses)
    by_text: Numbers  # (texts, the other HEADS), at least 0
    cues: Numbers  # (clauses, touchpoints)
    taught: Numbers  # (clauses, taught columns)


def packed(columns: Numbers, touchpoints: int, taught: int) -> Table:
    """The table of float columns, each rounded to 127 steps of its own."""
    width = columns.shape[1]
    scale = np.zeros(-(-width // WIDE) * WIDE, np.float32)
    scale[:width] = np.maximum(np.maximum(columns.max(axis=0), -columns.min(axis=0)), 1e-6) / np.float32(127)
    rows = np.zeros((len(columns), len(scale)), np.int8)
    for begin in range(0, len(columns), _AT_ONCE):
        steps = columns[begin : begin + _AT_ONCE] / scale[:width]
        rows[begin : begin + _AT_ONCE, :width] = np.rint(steps, out=steps)
    return Table(rows, scale, touchpoints, taught)


__all__ = ["CLAUSE_HEADS", "Found", "Table", "packed"]
