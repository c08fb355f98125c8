"""Paths: what each touchpoint on the way to a purchase adds, against crediting the last alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtr

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, NUMBER, TEXT
from touchstone.measure._answers import Question
from touchstone.measure._journeys import Met, met
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.attribution import Chain, last_touch, shapley
from touchstone.science.difference import holm
from touchstone.science.interval import Interval

FIELDS = {
    "path": TEXT, "conversions": NUMBER, "nulls": NUMBER, "amount": NUMBER,
    "person": TEXT, "occurred_at": INSTANT, "kind": TEXT, "touchpoint": TEXT, "channel": TEXT,
}  # fmt: skip
CUTS = (("touchpoint",), ("channel",))
"""What is stored of it by `run`."""
_ELEMENTS = ("touchpoint", "channel", "campaign", "unit", "product")
_METHODS = {
    "markov": "in proportion to its removal effect in a Markov chain of order {order} (Anderl et al. 2016)",
    "shapley": "by the Shapley value of the sets of steps that converted (Zhao et al. 2018)",
    "last_touch": "where it was the last step",
}
_FEW = 10  # purchases with something met before them; fewer tell too little
_DRAWS, _LARGE = 200, 40  # replicates of the bootstrap; of chains with many states, or of very many journeys
_MANY, _CROWD, _BLOCKS = 60, 20_000, 1_000  # states, journeys, blocks of persons where there are more journeys


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    method: str = "markov",
    order: int = 1,
    window: int = 30,
    figure: str = "conversions",
) -> pa.Table:
    """Paths: purchases (or their money) handed out to the touchpoints met on the way; one row for each touchpoint.

    `by` may name another element of the way: channel, campaign, unit, product. `method` is markov (removal effect in a
    chain of `order` steps), shapley or last_touch; `window` is in days; `figure` is conversions or money. What is
    handed out adds up to all there was. The interval is a bootstrap over persons; `real` (against last touch) Holm's.
    """
    asked = _Asked(by[0] if by else "touchpoint", method, order, window, figure)
    _check(tuple(by), asked)
    question = Question(tuple(by), where, since, until)
    known = met(ask, question, element=asked.element, window=window)
    return nothing() if known is None or not known.names else _table(ask, known, asked, salt=salt(question))


@dataclass(frozen=True)
class _Asked:
    """The settings of one answer."""

    element: str
    method: str
    order: int
    window: int
    figure: str


def _table(ask: Ask, known: Met, asked: _Asked, *, salt: str) -> pa.Table:
    """A METRIC row for each element."""
    times, method = known.won + known.lost, _METHODS[asked.method].format(order=asked.order)
    detail: dict[str, Any] = {
        "formula": f"{asked.figure} handed out to each {asked.element} {method}",
        "scale": {"worst": 0, "best": None},
        "journeys": int(times.sum()),
    }
    if why := _why(known, asked.figure):
        values, details = _unable(known, detail | {"why": why})
    else:
        values, details = _handed(ask, known, detail, asked)
    name = "conversions" if asked.figure == "conversions" else known.currency or "money"
    settings = f"{asked.element}|{asked.method}|{asked.order}|{asked.window}|{asked.figure}|{salt}"
    return rows(
        pa.table({asked.element: pa.array(known.names, TEXT)}),
        values,
        n=known.journeys.visits().T @ times,
        measured_in=[name] * len(known.names),
        detail=details,
        heading=Heading("paths", settings, alone=False),
    )


def _check(by: tuple[str, ...], asked: _Asked) -> None:
    if len(by) > 1 or not set(by) <= set(_ELEMENTS):
        raise Refused("paths are told by one element.", field="by", where="by", todo=f"One of {', '.join(_ELEMENTS)}.")
    if asked.method not in _METHODS:
        raise Refused(f"there is no method {asked.method!r}.", field="method", todo=f"Known: {', '.join(_METHODS)}.")
    if asked.figure not in ("conversions", "money"):
        raise Refused(f"there is no figure {asked.figure!r}.", field="figure", todo="Known: conversions, money.")
    if not 1 <= asked.order <= 4:
        raise Refused("a chain looks 1 to 4 steps back.", field="order", todo="Say 1, 2, 3 or 4.")
    if asked.window < 1:
        raise Refused("a window is a day at least.", field="window", todo="Say how many days.")


def _why(known: Met, figure: str) -> str:
    """Why there is no estimate; empty where there is one."""
    if known.won.sum() < _FEW:
        return f"only {known.won.sum():g} purchases with something met before them; it takes {_FEW}"
    if figure == "money" and known.currency == "several":
        return "amounts are in several currencies"
    if figure == "money" and not known.money.sum() > 0:
        return "no money is known of these purchases"
    return ""


def _unable(known: Met, detail: dict[str, Any]) -> tuple[Interval, list[dict[str, Any]]]:
    none = np.full(len(known.names), np.nan)
    return Interval(none, none, none, none, none), [detail] * len(known.names)


def _handed(ask: Ask, known: Met, detail: dict[str, Any], asked: _Asked) -> tuple[Interval, list[dict[str, Any]]]:
    """What each element is given by the method, with limits, and by the other methods beside it."""
    brought = known.won if asked.figure == "conversions" else known.money
    chain = Chain(known.journeys, order=asked.order)

    def given(name: str, times: Any, gain: Any) -> NDArray[np.float64]:
        if name == "markov":
            return chain.attributed(times, gain)
        return (shapley if name == "shapley" else last_touch)(known.journeys, gain)

    times = known.won + known.lost
    values = {name: given(name, times, brought) for name in _METHODS}
    value, last = values[asked.method], values["last_touch"]
    drawn = list(_dealt(ask, known, brought, chain, asked.method)) if _crowd(known) else [
        (given(asked.method, *each), last_touch(known.journeys, each[1])) for each in _again(ask, known, brought, chain)
    ]  # fmt: skip
    spread = np.nanstd([each for each, _ in drawn], axis=0, ddof=1)
    apart = np.nanstd([each - other for each, other in drawn], axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.where(apart > 0, np.abs(value - last) / apart, 0.0)
    adjusted = holm(2 * ndtr(-far))
    effect, total = chain.removal(times, brought), float(brought.sum())
    untouched = known.untouched[0 if asked.figure == "conversions" else 1]
    details = [
        {
            **detail,
            **{name: tidy(each[at]) for name, each in values.items()},
            "share": tidy(value[at] / total),
            "removal_effect": tidy(effect[at]),
            "total": tidy(total),
            "untouched": tidy(untouched),
            "probability_adjusted": tidy(adjusted[at]),
            "real": bool(adjusted[at] <= 0.05),
            "comparisons": len(known.names),
        }
        for at in range(len(known.names))
    ]
    limits = (np.fmax(value - 1.96 * spread, 0.0), value + 1.96 * spread)
    return Interval(value, *limits, np.asarray(value), spread**2), details


def _crowd(known: Met) -> bool:
    """Whether there are so many persons that blocks of them may stand for each."""
    return known.person is not None and known.journeys.count > _CROWD


def _dealt(ask: Ask, known: Met, brought: Any, chain: Chain, method: str) -> Any:
    """What the method and last touch hand out, had others come: as many blocks of persons, drawn anew.

    Blocks are alike in size, so they keep how many persons there are; that number is drawn beside (Poisson).
    """
    random, person = np.random.default_rng(ask.seed), np.asarray(known.person)
    block, people = person % _BLOCKS, int(person.max()) + 1
    last = last_touch(known.journeys, brought, block)
    shares = shapley(known.journeys, brought, block) if method == "shapley" else last
    sums = chain.sums(known.won + known.lost, brought, block) if method == "markov" else shares
    size = sums.shape[1]
    for _ in range(_LARGE if chain.size > _MANY else _DRAWS):
        often = random.multinomial(size, np.full(size, 1 / size)) * (random.poisson(people) / people)
        yield (chain.attributed_of(sums @ often) if method == "markov" else shares @ often), last @ often


def _again(ask: Ask, known: Met, brought: Any, chain: Chain) -> Any:
    """How often each journey was made and what it brought, had other persons come (Poisson bootstrap over persons)."""
    random = np.random.default_rng(ask.seed)
    worth = np.divide(brought, known.won, out=np.zeros_like(brought), where=known.won > 0)
    large = chain.size > _MANY or known.journeys.count > _CROWD
    for _ in range(_LARGE if large else _DRAWS):
        if known.person is None:
            won, lost = random.poisson(known.won) * 1.0, random.poisson(known.lost) * 1.0
        else:
            often = random.poisson(1.0, int(known.person.max()) + 1)[known.person]
            won, lost = known.won * often, known.lost * often
        yield won + lost, won * worth
