"""Drawing texts by their ids, which are hashes in a home: no text is hashed, and only few of millions are sorted.

They are drawn in the order of their ids, from a place on that the seed chooses; after the last id comes the first.
"""

from __future__ import annotations

import numpy as np

_SLACK = 500  # more than will be drawn, so that chance never leaves too few
_WORTH = 4  # of many times as many as are drawn, most can be passed over
_PLACES = 16**8  # that the first eight digits of an id tell apart


def lot(seed: int) -> str:
    """SQL of what ids are ordered by before themselves, in drawing."""
    return f"CASE WHEN id >= '{_first(seed):08x}' THEN 0 ELSE 1 END"


def among(seed: int, count: int, wanted: int) -> str | None:
    """SQL that leaves about twice as many of `count` ids as are wanted, the first; None where all are to be sorted."""
    enough = wanted + _SLACK
    if count <= _WORTH * enough:
        return None
    first = _first(seed)
    stop = first + round(2 * enough / count * _PLACES)
    after = f"id >= '{first:08x}'"
    if stop < _PLACES:
        return f"({after} AND id < '{stop:08x}')"
    return f"({after} OR id < '{stop - _PLACES:08x}')"


def _first(seed: int) -> int:
    return int(np.random.default_rng(seed).integers(_PLACES))
