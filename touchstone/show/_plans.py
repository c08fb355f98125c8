"""What to mend first, from stored plans, and what has changed, from stored differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Choice, Estimate, Ranking
from touchstone.show import _say, _stored, _words
from touchstone.show._narrow import Narrow
from touchstone.show._stored import Figure

READ = """select id, name, "by", value, low, high, n, measured_in, detail from plan
    where name = 'priorities' order by id"""


def ranking(ask: Ask, chosen: Narrow, *, most: int = 0) -> Ranking | None:
    """Touchpoints in the order they are worth mending, for the brand or for the unit chosen; None without a plan."""
    found = _found(ask, chosen)
    if chosen.touchpoint:
        found = [each for each in found if each.by.get("touchpoint") == chosen.touchpoint]
    if not found:
        return None
    shown = found[:most] if most else found
    words = _words.of_touchpoints(ask, chosen, polarity=("negative", "mixed"))
    choices = tuple(_choice(ask, each, words.get(each.by["touchpoint"], ()), chosen) for each in shown)
    rest = len(found) - len(shown)
    lead = "Ranked by how much a touchpoint weighs, how badly it does, and how sure we are. An order, not a cause."
    return Ranking(
        "What to mend first", lead + (f" {rest} more on the page of priorities." if rest > 0 else ""), choices
    )


def _found(ask: Ask, chosen: Narrow) -> list[Figure]:
    wanted = {"unit", "touchpoint"} if chosen.unit else {"touchpoint"}
    rows = [each for each in _stored.unfolded(ask.lake(READ)) if set(each.by) == wanted]
    if chosen.unit:
        rows = [each for each in rows if each.by["unit"] == chosen.unit]
    return sorted(rows, key=lambda each: (each.value is None, -(each.value or 0.0), each.by["touchpoint"]))


def _choice(ask: Ask, figure: Figure, words: tuple[Any, ...], chosen: Narrow) -> Choice:
    name = figure.by["touchpoint"]
    known = ask.taxonomy.find(name)
    where = " · ".join(part for part in (known.stage, f"{known.owner} answers for it") if part) if known else ""
    made = _stored.estimate(
        figure, name, middle=None, verbatims=words, seed=ask.seed, drawn_from=f"complaints about {name}",
        href=chosen.address("verbatims", touchpoint=name),
    )  # fmt: skip
    return Choice(name, where, str(figure.detail.get("reason") or figure.detail.get("why") or ""), made)


def certainty(found: Ranking) -> str:
    """How sure the order of the ranking is, in words."""
    return _say.sure([each.estimate for each in found.choices if each.estimate.value is not None])


def change(ask: Ask, by: Sequence[str] = ()) -> list[Estimate]:
    """The latest period against the one before, as estimates whose middle is no change."""
    return [_change(ask, each) for each in _stored.stored(ask, "difference", by)]


def _change(ask: Ask, figure: Figure) -> Estimate:
    far = max(abs(each) for each in (figure.low or 0.0, figure.high or 0.0, figure.value or 0.0, 0.1))
    label = str(figure.by.get("touchpoint") or figure.by.get("unit") or "Since the period before")
    return Estimate(
        label=label, value=figure.value, low=figure.low, high=figure.high, n=figure.n,
        measured_in=f"change in {figure.measured_in}", floor=-far * 1.2, ceiling=far * 1.2, middle=0.0,
        formula=str(figure.detail.get("formula", "")), why=str(figure.detail.get("why", "")), seed=ask.seed,
    )  # fmt: skip
