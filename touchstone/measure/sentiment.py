"""Net sentiment of what customers say: mentions positive less mentions negative, of all mentions, -1 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._polarity import polarity
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
    confusion: str | Mapping[str, Mapping[str, float]] | None = None,
    bias: str | Mapping[str, Mapping[str, float]] | None = None,
) -> pa.Table:
    """Net sentiment of what customers say: mentions positive less mentions negative, of all mentions, -1 to 1.

    All mentions of a touchpoint in one interaction count once; mixed and neutral ones count 0. Where held-apart labels
    say how often the machine misreads, the figure is corrected for it and the 95 % interval holds that doubt too;
    `detail.uncorrected` is the figure as read. The labels are those of the model that read the texts, or `confusion`:
    true polarity -> polarity read -> count (a mapping or JSON; "none": no correction). Better still is `bias`, from
    labels of these very texts: touchpoint ("" for all together) -> what to add and its standard deviation, as
    `science.misclassification.rectifier` gives them; it also mends what was overlooked or made up. With `shrink`, units
    are drawn towards their group.
    """
    question = Question(tuple(by), where, since, until)
    return measured(ask, SENTIMENT, question, shrink=shrink, reading=polarity(ask, confusion, bias))
