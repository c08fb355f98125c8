"""The share of yes among answers to yes-or-no questions, 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._rules import YES
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
    """The share of yes among answers to yes-or-no questions, 0 to 1.

    The 95 % interval is Wilson's; with `shrink`, units are drawn towards their group.
    """
    return measured(ask, YES, Question(tuple(by), where, since, until, worst, best), shrink=shrink)
