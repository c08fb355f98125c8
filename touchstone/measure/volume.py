"""How many interactions there were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question, count
from touchstone.measure._rows import Heading, nothing, rows
from touchstone.measure._scores import salt
from touchstone.science.interval import count_interval

_FORMULA = "interactions counted; the interval is what the count could have been, had the same causes run again"


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
) -> pa.Table:
    """How many interactions there were, with the exact 95 % interval of a Poisson count (Garwood 1936)."""
    question = Question(tuple(by), where, since, until)
    table = count(ask, question, rollup="rollup")
    if not len(table):
        return nothing()
    n = table["n"].to_numpy(zero_copy_only=False).astype(float)
    interval = count_interval(n)
    detail = {"formula": _FORMULA, "scale": {"worst": 0, "best": None}}
    return rows(
        table.select(list(question.by)),
        interval,
        n=n,
        measured_in=["interactions"] * len(n),
        detail=[detail] * len(n),
        heading=Heading("volume", salt=salt(question)),
    )
