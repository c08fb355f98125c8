"""Net promoter score: share of promoters less share of detractors, in points from -100 to 100."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._rules import NPS
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
    """Net promoter score: share of promoters less share of detractors, in points from -100 to 100.

    Promoters answer 9 or 10 of 0-10, detractors 0 to 6; on another scale the same positions count (from .9 of the way
    up, below .7). The 95 % interval is a score interval; with `shrink`, units are drawn towards their group
    (empirical Bayes). `best` and `worst` overrule the scale the answers say. Source: Reichheld 2003; Rocks 2016.
    """
    return measured(ask, NPS, Question(tuple(by), where, since, until, worst, best), shrink=shrink)
