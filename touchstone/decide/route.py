"""Who should take this conversation: experts by what they answered before, exact assignment, agents for a queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Limits:
    """How many are named, how far who was named steps back, the load from which nobody is, whether language binds."""

    top: int
    fair: float
    full: float
    language: bool


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
    sales: Sequence[str] = (),
    language: Literal["prefer", "must"] = "prefer",
) -> pa.Table:
    """For each conversation that waits, or those named by `conversation`, the `top` experts likeliest to help, and why.

    Learned from answers given before it waited. With `fair` above 0 who was named first before steps back;
    who has a load of `full` or more is left out; `language` must: whoever never answered in it too. Of a home,
    conversations of the last `days` wait, and `sales` names who sells (ids, or levels as `dealer`): nobody for who is
    not ready to buy. `mode` assign: every conversation to one expert at the greatest total score that capacities allow.
    `mode` staffing: by queue, the probability of waiting, and the agents for no more than `waiting` of all to wait.
    """
    for name, wrong in (("top", top < 1), ("fair", not fair >= 0), ("waiting", not 0 < waiting < 1)):
        if wrong:
            raise Refused(f"{name} cannot be that.", field=name, todo="top ≥ 1, fair ≥ 0, waiting between 0 and 1.")
    limits = _Limits(top, fair, np.inf if full is None else full, language == "must")
    if ask.given is None:
        if mode != "experts":
            raise Refused(f"{mode} is decided on a file.", field="mode", todo="Give one with --in FILE.")
        return plans(list(_of_home(spoken(ask, conversation, days=days, sales=sales), limits)))
    rows: list[dict[str, Any]] = []
    for named, table in problems(given(ask)):
        if mode == "assign":
            rows += assignment(_MAKER, named, table)
        elif mode == "staffing":
            rows += staffing(_MAKER, named, table, waiting=waiting)
        else:
            held = answered(required(table, "conversation", "expert"), only=conversation)
            rows += _routed(named, held, limits)
    return plans(rows)


def _of_home(table: pa.Table, limits: _Limits) -> Iterator[dict[str, Any]]:
    """Rows of a home's conversations, each about the unit that it is with."""
    units = {each["conversation"]: each["unit"] for each in table.to_pylist() if each["expert"] is None}
    for made in _routed({}, answered(table), limits) if units else ():
        unit = units[dict(made["by"])["conversation"]]
        yield {**made, "about": [unit] if unit else [], "rests_on": []}


def _routed(named: Mapping[str, str | None], held: Answered, limits: _Limits) -> Iterator[dict[str, Any]]:
    """Rows of every conversation that waits, in order of time."""
    busy = held.latest("load")
    times = busy.copy()  # who has much to do steps back too
    for place, found in enumerate(candidates(held)):
        conversation = held.waiting["conversation"][place].as_py()
        by = {**named, "conversation": conversation, "rank": None, "expert": None}
        out = {} if found is None else _ruled_out(held, found, limits)
        left = {name: int(each.sum()) for name, each in out.items() if each.any()}
        if found is None or (able := ~np.any(list(out.values()), axis=0)).sum() == 0:
            why = "nobody has answered anything before it" if found is None else "all who answered before are ruled out"
            nobody = {"why": why, "reason": _by_rule(held, place), "left_out": left}
            yield row(_MAKER, by, None, n=0, measured_in=_MEASURED_IN, detail=nobody)
            continue
        expert, probability = found.expert[able], found.probability[able]
        back = limits.fair * np.log1p(times[expert])
        order = np.lexsort([expert, back - np.log(np.fmax(probability, 1e-300))])[: limits.top]
        times[expert[order[0]]] += 1
        for rank, at in enumerate(order.tolist(), 1):
            place_of = int(expert[at])
            detail = {"reason": found.reason(held, place_of), "learned": found.lesson.taught, "left_out": left}
            if "load" in held.answers.column_names:
                detail["load"] = float(busy[place_of])
            yield row(
                _MAKER, {**by, "rank": str(rank), "expert": held.experts[place_of]}, float(probability[at]),
                n=int(held.known[place]), measured_in=_MEASURED_IN, detail=detail,
            )  # fmt: skip


def _ruled_out(held: Answered, found: Candidates, limits: _Limits) -> dict[str, Any]:
    """Which candidates may not take it, by why."""
    place = found.waiting
    ready = held.waiting["ready"][place].as_py() if "ready" in held.waiting.column_names else None
    out = {"has too much open": held.latest("load")[found.expert] >= limits.full}
    if ready == 0:
        out["sells, and the customer is not ready to buy"] = held.greatest("sales")[found.expert] > 0
    for name, own, theirs in held.same if limits.language else ():
        if name == "language" and theirs[place] >= 0:
            known = slice(0, int(held.known[place]))
            met = np.bincount(held.expert[known], own[known] == theirs[place], len(held.experts))[found.expert]
            out["never answered in this language"] = met == 0
    return out


def _by_rule(held: Answered, place: int) -> str:
    """Who takes it where nobody can be named: the unit that it is about, else head office."""
    unit = held.waiting["unit"][place].as_py() if "unit" in held.waiting.column_names else None
    return f"By rule: {unit} takes it, which it is about." if unit else "By rule: head office takes it."
