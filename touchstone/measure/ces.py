"""Customer effort score: the mean answer on the scale it was given on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._rules import CES
from touchstone.measure._scores import measured


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    shrink: bool = True,
    best: float | None = None,
    worst: float | None = None,
) -> pa.Table:
    """Customer effort score: the mean answer on the scale it was given on.

    Where answers on several scales occur, each scale has its own row and `scale` joins the by columns. The 95 %
    interval is a score interval; with `shrink`, units are drawn towards their group.
    """
    return measured(ask, CES, Question(tuple(by), where, since, until, worst, best), shrink=shrink)
