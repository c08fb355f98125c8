"""What one pass over texts brings: clauses with sums of table rows, the same bit by bit from C and from NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from touchstone.language.model import CLAUSE_HEADS, HEADS
from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float32]
_AT_ONCE = 4096  # rows that stay near the processor
_LINE = 64  # bytes that a processor reads from memory at once
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
    """Sums in the table's worth, by clause or (`by_text`) the greatest sentence of each text.

    Each column of what is by clause lies in one piece.
    """

    walk: Walk
    moods: Numbers  # (CLAUSE_HEADS, clauses)
    by_text: Numbers  # (texts, the other HEADS), at least 0
    cues: Numbers  # (clauses, touchpoints)
    taught: Numbers  # (clauses, taught columns)


@dataclass(frozen=True)
class Part:
    """Some rows and columns of a table: `values` times `worth` by column."""

    rows: tuple[int | npt.NDArray[np.int32], ...]  # where they begin, or each one's place; more than one: there too
    column: int  # where they begin
    values: npt.NDArray[Any]
    worth: Numbers | float = 1.0

    @property
    def columns(self) -> slice:
        """The columns it fills."""
        return slice(self.column, self.column + self.values.shape[1])

    @property
    def most(self) -> Numbers:
        """The greatest of each column, either way."""
        if len(self.values) == 0:
            return np.zeros(self.values.shape[1], np.float32)
        ends = np.stack([self.values.max(axis=0), self.values.min(axis=0)]).astype(np.float32)
        return np.asarray(np.abs(ends * self.worth).max(axis=0), np.float32)


def packed(parts: Sequence[Part], length: int, *, touchpoints: int, taught: int) -> Table:
    """The table of `length` rows that the parts make up, each column rounded to 127 steps of its own."""
    width = len(HEADS) + touchpoints + taught
    scale = np.zeros(-(-width // WIDE) * WIDE, np.float32)
    scale[:width] = 1e-6
    for part in parts:
        scale[part.columns] = np.maximum(scale[part.columns], part.most)
    scale /= np.float32(127)
    rows = _aligned(length, len(scale))
    for part in parts:
        for begin in range(0, len(part.values), _AT_ONCE):
            steps = part.values[begin : begin + _AT_ONCE] * np.asarray(part.worth, np.float32) / scale[part.columns]
            np.rint(steps, out=steps)
            for at in part.rows:
                place = slice(at + begin, at + begin + len(steps)) if isinstance(at, int) else at[begin:][: len(steps)]
                rows[place, part.columns] = steps
    return Table(rows, scale, touchpoints, taught)


def _aligned(length: int, width: int) -> npt.NDArray[np.int8]:
    """Zeros, the first at the beginning of a line of the processor's memory: a row that fits into one is in one."""
    held = np.zeros(length * width + _LINE, np.int8)
    begin = -held.ctypes.data % _LINE
    return held[begin : begin + length * width].reshape(length, width)


__all__ = ["CLAUSE_HEADS", "Found", "Part", "Table", "packed"]
