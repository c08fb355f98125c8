"""Where hashed words stand in a table: many looked up at once, without a Python object per word."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from touchstone.language.tokens import Hashes

Rows = npt.NDArray[np.int32]
ABSENT = -1


def slot_bits(count: int) -> int:
    """How many first bits of a hash tell its slot among so many hashes: at most half of the slots are full."""
    return max(6, (max(count, 1) - 1).bit_length() + 1)


class Index:
    """Rows by hash. `find` gives the row of each hash, or -1; where a hash is given twice, its first row holds.

    Keys stand in the order of their first bits, each at the first free slot from its home on (linear probing, at most
    half full); they are kept whole, so that what is found never depends on how the slots are laid out.
    """

    def __init__(self, keys: Hashes, rows: Rows | None = None) -> None:
        self.given = keys
        self.given_rows = np.arange(len(keys), dtype=np.int32) if rows is None else rows.astype(np.int32)

    @property
    def keys(self) -> Hashes:
        """The hash in each slot, 0 where it is free."""
        return self._slots[1]

    @property
    def rows(self) -> Rows:
        """The row in each slot, ABSENT where it is free."""
        return self._slots[2]

    @cached_property
    def _slots(self) -> tuple[int, Hashes, Rows]:
        """Shift, keys and rows: laid out when first looked at, for not every index is."""
        keys, given = self.given, self.given_rows
        order = np.argsort(keys)  # far faster than a stable sort
        kept = keys[order]
        fresh = np.diff(kept, prepend=np.uint64(0)) != 0  # 0 marks a free slot: it is no hash
        begins = np.flatnonzero(fresh)
        kept, first = kept[begins], np.minimum.reduceat(order, begins) if len(begins) else order[:0]
        bits = slot_bits(len(kept))
        shift = 64 - bits
        place = np.arange(len(kept))
        home = (kept >> np.uint64(shift)).astype(np.int64)
        slots = np.maximum.accumulate(home - place) + place
        length = max(1 << bits, int(slots[-1]) + 1 if len(slots) else 0) + 1  # the last is free: every search ends
        held, rows = np.zeros(length, np.uint64), np.full(length, ABSENT, np.int32)
        held[slots], rows[slots] = kept, given[first]
        return shift, held, rows

    def find(self, hashes: Hashes) -> Rows:
        """The row of each hash, -1 where it is unknown."""
        shift, keys, rows = self._slots
        slots = (hashes >> np.uint64(shift)).astype(np.int64)
        held = keys[slots]
        answer = np.where(held == hashes, rows[slots], ABSENT).astype(np.int32)
        left = np.flatnonzero((held != hashes) & (held != 0))
        while len(left):
            slots[left] += 1
            held = keys[slots[left]]
            right = held == hashes[left]
            answer[left[right]] = rows[slots[left[right]]]
            left = left[~right & (held != 0)]
        return answer
