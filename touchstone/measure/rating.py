"""Mean rating on its own scale; ratings on different scales are never averaged together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._rules import RATING
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
    """Mean rating on its own scale; ratings on different scales are never averaged together.

    Where several scales occur, each has its own row and `scale` (1-5, 0-10) joins the by columns. The 95 % interval
    is a score interval; with `shrink`, units are drawn towards their group. `best`, `worst` overrule the scale.
    """
    return measured(ask, RATING, Question(tuple(by), where, since, until, worst, best), shrink=shrink)
