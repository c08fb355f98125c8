"""Net sentiment of what customers say: mentions positive less mentions negative, of all mentions, -1 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._rules import SENTIMENT
from touchstone.measure._scores import measured


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    shrink: bool = True,
) -> pa.Table:
    """Net sentiment of what customers say: mentions positive less mentions negative, of all mentions, -1 to 1.

    All mentions of a touchpoint in one interaction count once; mixed and neutral ones count 0. The 95 % interval is a
    score interval; with `shrink`, units are drawn towards their group.
    """
    return measured(ask, SENTIMENT, Question(tuple(by), where, since, until), shrink=shrink)
