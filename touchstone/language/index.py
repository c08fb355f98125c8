"""Where hashed words stand in a table: many looked up at once, without a Python object per word."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from touchstone.language.tokens import Hashes

Rows = npt.NDArray[np.int32]
ABSENT = -1
_OTHER = np.uint64(0xC2B2AE3D27D4EB4F)


class Index:
    """Rows by hash. `find` gives the row of each hash, or -1; where a hash is given twice, its first row holds."""

    def __init__(self, keys: Hashes, rows: Rows | None = None) -> None:
        rows = np.arange(len(keys), dtype=np.int32) if rows is None else rows.astype(np.int32)
        bits = max(6, int(max(len(keys), 1) - 1).bit_length() + 2)
        self._shift = np.uint64(64 - bits)
        self._first = self._slots(bits)
        left = self._place(self._first, keys, rows, keys >> self._shift)
        self._spilled = np.zeros(1 << bits, np.bool_)
        self._spilled[(keys[left] >> self._shift).astype(np.intp)] = True
        self._second = self._slots(bits)
        keys, rows = keys[left], rows[left]
        left = self._place(self._second, keys, rows, keys * _OTHER >> self._shift)
        order = np.argsort(keys[left], kind="stable")
        self._keys, self._rows = keys[left][order], rows[left][order]

    @staticmethod
    def _slots(bits: int) -> tuple[npt.NDArray[np.uint32], Rows]:
        return np.zeros(1 << bits, np.uint32), np.full(1 << bits, ABSENT, np.int32)

    @staticmethod
    def _place(
        slots: tuple[npt.NDArray[np.uint32], Rows], keys: Hashes, rows: Rows, where: Hashes
    ) -> npt.NDArray[np.intp]:
        """Fills free slots and answers which keys found theirs taken by another key."""
        marks, held = slots
        _, first = np.unique(where, return_index=True)
        chosen = where[first].astype(np.intp)
        marks[chosen] = keys[first].astype(np.uint32)
        held[chosen] = rows[first]
        owner = np.zeros(len(marks), np.uint64)
        owner[chosen] = keys[first]
        return np.flatnonzero(owner[where.astype(np.intp)] != keys)

    def find(self, hashes: Hashes) -> Rows:
        """The row of each hash, -1 where it is unknown."""
        where = (hashes >> self._shift).astype(np.intp)
        marks, held = self._first
        rows = held[where]
        known = (marks[where] == hashes.astype(np.uint32)) & (rows >= 0)
        rows[~known] = ABSENT
        again = np.flatnonzero(~known & self._spilled[where])
        if len(again):
            rows[again] = self._find_spilled(hashes[again])
        return rows

    def _find_spilled(self, hashes: Hashes) -> Rows:
        marks, held = self._second
        where = (hashes * _OTHER >> self._shift).astype(np.intp)
        rows = np.where(marks[where] == hashes.astype(np.uint32), held[where], ABSENT).astype(np.int32)
        if len(self._keys):
            place = np.minimum(np.searchsorted(self._keys, hashes), len(self._keys) - 1)
            rows = np.where(self._keys[place] == hashes, self._rows[place], rows)
        return rows
