"""What a customer is still expected to bring, as their page says it: by the models that `run` fitted and stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Estimate
from touchstone.science.worth import Expected, Worth
from touchstone.show import _person, _say, _stored
from touchstone.store.tables import interaction

_STORED = f"{_stored.READ} where name = 'lifetime_value'"
_NAME = "Lifetime value"


def worth(ask: Ask, found: _person.Person) -> Estimate | None:
    """Their own lifetime value; else the mean of the customers of the unit where they bought first, else of all.

    A partner sees but a part of what they bought and is told the mean; who does not allow analysis has no own figure.
    """
    stored = _stored.unfolded(ask.lake(_STORED))
    whole = next((each for each in stored if not each.by), None)
    if whole is not None and "fit" in whole.detail and ask.viewer.side == "insider" and found.read:
        own = _bought(ask, found.ids, date.fromisoformat(whole.detail["fit"]["until"]))
        if own:
            return _own(whole, own)
    bought = [each.row["unit"] for each in reversed(found.said) if each.row["kind"] == "purchase"]
    here = next((each for each in stored if each.by == {"unit": bought[0]}), None) if bought else None
    figure = here or whole
    whose = "customers here" if here else "all customers"
    return _stored.estimate(figure, f"{_called(figure)}, mean of {whose}") if figure is not None else None


def _own(whole: _stored.Figure, own: Sequence[tuple[int, float]]) -> Estimate:
    """The figure of one customer: shown on a scale of its own, with how likely they still are one."""
    fit = whole.detail["fit"]
    days, amounts = zip(*own, strict=True)
    until = date.fromisoformat(fit["until"]).toordinal()
    value = Worth.read(fit).of(days, amounts, until=until, weeks=fit["weeks"])
    figure = replace(
        whole, value=value.value, low=value.low, high=value.high, n=len(days), detail=_detail(whole, value)
    )
    told = f"Still a customer with a probability of {_say.number(value.alive, measured_in='share')}."
    return replace(_stored.estimate(figure, _called(figure)), counted="days with a purchase", note=told)


def _called(figure: _stored.Figure) -> str:
    """What the figure is, with its money and how far it looks: Lifetime value, EUR in 52 weeks."""
    return f"{_NAME}, {figure.measured_in.replace(' per customer', '')}"


def _detail(whole: _stored.Figure, value: Expected) -> dict[str, Any]:
    known = "the interval says how well the models are known, not how this one customer's luck may run"
    return {"formula": f"{whole.detail.get('formula', '')}; {known}", "alive": value.alive}


def _bought(ask: Ask, ids: Sequence[str], until: date) -> list[tuple[int, float]]:
    """Days on which they bought up to `until`, in order, each with the money of the day (NaN where none is known)."""
    mine = interaction.c
    wanted = interaction.select().with_only_columns(mine.occurred_at, mine.amount)
    wanted = wanted.where(mine.person.in_(list(ids)), mine.kind == "purchase")
    found: dict[int, list[float]] = {}
    for row in ask.record(wanted.where(mine.occurred_at.is_not(None)).order_by(mine.occurred_at, mine.seq)):
        amounts = found.setdefault(row["occurred_at"].date().toordinal(), [])
        amounts += [] if row["amount"] is None else [row["amount"]]
    last = until.toordinal()
    return [(day, sum(each) if each else float("nan")) for day, each in found.items() if day <= last]
