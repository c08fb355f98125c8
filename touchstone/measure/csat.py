"""Customer satisfaction: the share of answers in the upper quarter of their scale, 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._rules import CSAT
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
    """Customer satisfaction: the share of answers in the upper quarter of their scale, 0 to 1.

    Satisfied is the upper quarter of the scale: 4 and 5 of 1-5, 6 and 7 of 1-7, 8 to 10 of 0-10. The 95 % interval is
    Wilson's; with `shrink`, units are drawn towards their group. `best` and `worst` overrule the answers' scale.
    """
    return measured(ask, CSAT, Question(tuple(by), where, since, until, worst, best), shrink=shrink)
