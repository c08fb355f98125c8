"""Drawing texts by the hash of their ids, so that only few of millions are sorted."""

from __future__ import annotations

_SLACK = 500  # more than will be drawn, so that chance never leaves too few
_WORTH = 4  # of many times as many as are drawn, most can be passed over


def hashed(seed: int) -> str:
    """SQL of an id's hash: texts are drawn in its order."""
    return f"md5(id || ':{seed}')"


def below(count: int, wanted: int) -> str | None:
    """The hash below which about twice as many of `count` ids lie as are wanted; None where all are to be sorted."""
    enough = wanted + _SLACK
    return f"{round(2 * enough / count * 16**6):06x}" if count > _WORTH * enough else None
