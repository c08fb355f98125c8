"""What one pass over texts brings: clauses with sums of table rows, the same bit by bit from C and from NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from touchstone.language.model import CLAUSE_HEADS, HEADS
from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float32]
_AT_ONCE = 1024  # rows that stay near the processor, and so few that memory for them is not asked for each time
_BESIDE = 64  # rows that are taken side by side: a few columns at a time cost more to begin than to do
_LINE = 64  # bytes that a processor reads from memory at once
WIDE = 32
"""Table rows are padded to a multiple of so many columns."""


class Table(NamedTuple):
    """Rows of HEADS, of each touchpoint and of what was taught, int8; `scale` is what one step of a column is worth."""

    rows: npt.NDArray[np.int8]
    scale: Numbers
    touchpoints: int
    taught: int

    @property
    def own(self) -> int:
        """Where the touchpoints begin."""
        return len(HEADS)


class Found(NamedTuple):
    """Sums in the table's worth, by clause or (`by_text`) the greatest sentence of each text.

    Each column of what is by clause lies in one piece.
    """

    walk: Walk
    moods: Numbers  # (CLAUSE_HEADS, clauses)
    by_text: Numbers  # (texts, the other HEADS), at least 0
    cues: Numbers  # (clauses, touchpoints)
    taught: Numbers  # (clauses, taught columns)


class Part(NamedTuple):
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
        if self.values.size == 0:
            return np.zeros(self.values.shape[1], np.float32)
        ends = np.stack([_folded(self.values, fold) for fold in (np.maximum, np.minimum)]).astype(np.float32)
        return np.asarray(np.abs(ends * self.worth).max(axis=0), np.float32)


def _folded(values: npt.NDArray[Any], fold: np.ufunc) -> npt.NDArray[Any]:
    """What the rows fold to, column by column; `fold` is one whose order does not matter."""
    whole, width = len(values) // _BESIDE * _BESIDE, values.shape[1]
    if not whole:
        return np.asarray(fold.reduce(values, axis=0))
    wide = fold.reduce(values[:whole].reshape(-1, _BESIDE * width), axis=0)
    return np.asarray(fold.reduce(np.concatenate([wide.reshape(_BESIDE, width), values[whole:]]), axis=0))


def _rounded(values: npt.NDArray[Any], worth: Numbers, scale: Numbers) -> npt.NDArray[np.int8]:
    """Values as steps of `scale`, by column; `values` are `worth` so much each."""
    count, width = values.shape
    beside = _BESIDE if count % _BESIDE == 0 else 1
    steps = values.reshape(-1, beside * width) * np.tile(worth, beside) / np.tile(scale, beside)
    np.rint(steps, out=steps)
    return steps.astype(np.int8).reshape(count, width)


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
        count, width = part.values.shape
        worth = np.broadcast_to(np.asarray(part.worth, np.float32), width)
        cuts = sorted({*range(0, count, _AT_ONCE), count // _BESIDE * _BESIDE, count}) if width else []
        for begin, stop in pairwise(cuts):
            steps = _rounded(part.values[begin:stop], worth, scale[part.columns])
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
