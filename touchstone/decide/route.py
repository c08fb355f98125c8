"""Who should take this conversation: experts by what they answered before, exact assignment, agents for a queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.core.tables import INSTANT, NUMBER, TEXT
from touchstone.decide._answered import SAME, Answered, answered
from touchstone.decide._desks import assignment, staffing
from touchstone.decide._experts import Candidates, candidates
from touchstone.decide._file import given, plans, problems, row
from touchstone.decide._spoken import spoken

FIELDS = {
    **dict.fromkeys(("conversation", "text", "answer", "expert", "queue", *SAME), TEXT),
    **dict.fromkeys(("score", "capacity", "load", "agents", "ready", "sales"), NUMBER),
    "occurred_at": INSTANT, "solved": pa.bool_(),
}  # fmt: skip
_MAKER = "route@1"
_MEASURED_IN = "probability of being the one who helps"


def decide(
    ask: Ask,
    *,
    mode: Literal["experts", "assign", "staffing"] = "experts",
    top: int = 5,
    fair: float = 0.0,
    full: float | None = None,
    waiting: float = 0.2,
    days: int = 14,
    conversation: Sequence[str] = (),
) -> pa.Table:
    """For each conversation that waits, or those named by `conversation`, the `top` experts likeliest to help, and why.

    Learned from answers given before it waited. With `fair` above 0 who was named first before steps back;
    who has a load of `full` or more is left out. Of a home, conversations of the last `days` wait. `mode` assign: every
    conversation to one expert at the greatest total score that capacities allow. `mode` staffing: by queue, the
    probability of waiting, and the agents needed for no more than `waiting` of all to wait.
    """
    for name, wrong in (("top", top < 1), ("fair", not fair >= 0), ("waiting", not 0 < waiting < 1)):
        if wrong:
            raise Refused(f"{name} cannot be that.", field=name, todo="top ≥ 1, fair ≥ 0, waiting between 0 and 1.")
    if ask.given is None:
        if mode != "experts":
            raise Refused(f"{mode} is decided on a file.", field="mode", todo="Give one with --in FILE.")
        return plans(list(_of_home(ask, conversation, days=days, top=top, fair=fair)))
    rows: list[dict[str, Any]] = []
    for named, table in problems(given(ask)):
        if mode == "assign":
            rows += assignment(_MAKER, named, table)
        elif mode == "staffing":
            rows += staffing(_MAKER, named, table, waiting=waiting)
        else:
            held = answered(required(table, "conversation", "expert"), only=conversation)
            rows += _routed(named, held, top=top, fair=fair, full=full)
    return plans(rows)


def _of_home(ask: Ask, conversation: Sequence[str], *, days: int, top: int, fair: float) -> Iterator[dict[str, Any]]:
    """Rows of a home's conversations, each about the unit that it is with."""
    table = spoken(ask, conversation, days=days)
    units = {each["conversation"]: each["unit"] for each in table.to_pylist() if each["expert"] is None}
    for made in _routed({}, answered(table), top=top, fair=fair, full=None) if units else ():
        unit = units[dict(made["by"])["conversation"]]
        yield {**made, "about": [unit] if unit else [], "rests_on": []}


def _routed(
    named: Mapping[str, str | None], held: Answered, *, top: int, fair: float, full: float | None
) -> Iterator[dict[str, Any]]:
    """Rows of every conversation that waits, in order of time."""
    times, sells, busy = np.zeros(len(held.experts)), held.greatest("sales") > 0, held.latest("load")
    for place, found in enumerate(candidates(held)):
        conversation = held.waiting["conversation"][place].as_py()
        by = {**named, "conversation": conversation, "rank": None, "expert": None}
        able = None if found is None else _able(held, found, place, sells) & ~(busy[found.expert] >= (full or np.inf))
        if found is None or able is None or not able.any():
            why = "nobody has answered anything before it" if found is None else "all who answered before are ruled out"
            yield row(_MAKER, by, None, n=0, measured_in=_MEASURED_IN, detail={"why": why})
            continue
        expert, probability = found.expert[able], found.probability[able]
        order = np.lexsort([expert, fair * np.log1p(times[expert]) - np.log(np.fmax(probability, 1e-300))])[:top]
        times[expert[order[0]]] += 1
        for rank, at in enumerate(order.tolist(), 1):
            name = held.experts[int(expert[at])]
            detail = {"reason": found.reason(held, int(expert[at])), "learned": found.lesson.taught}
            yield row(
                _MAKER, {**by, "rank": str(rank), "expert": name}, float(probability[at]),
                n=int(held.known[place]), measured_in=_MEASURED_IN, detail=detail,
            )  # fmt: skip


def _able(held: Answered, found: Candidates, place: int, sells: Any) -> Any:
    """Who may take it: nobody who sells, where the customer is not ready to buy."""
    ready = held.waiting["ready"][place].as_py() if "ready" in held.waiting.column_names else None
    return ~sells[found.expert] if ready == 0 else np.ones(found.expert.size, bool)
