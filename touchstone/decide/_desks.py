"""The two plain modes of routing: everyone to one expert at the greatest total, and how many agents a queue needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.decide._file import row
from touchstone.science.assignment import assigned
from touchstone.science.queueing import agents_needed, mean_wait, waits

_LARGEST = 250_000_000  # cells of conversations by places that are reckoned with at once
Named = Mapping[str, str | None]


def assignment(maker: str, named: Named, table: pa.Table) -> Iterator[dict[str, Any]]:
    """A row per conversation: its expert, so that the total score is the greatest that capacities allow."""
    table = required(table, "conversation", "expert", "score", "capacity")
    table = table.select(["conversation", "expert", "score", "capacity"]).drop_null()
    table = table.filter(pc.and_(pc.is_finite(table["score"]), pc.invert(pc.is_nan(table["capacity"]))))
    conversations, experts = (sorted(pc.unique(table[each]).to_pylist()) for each in ("conversation", "expert"))
    if not conversations:
        return
    at = [pc.index_in(table[each], value_set=pa.array(names, pa.string())).to_numpy()
          for each, names in (("conversation", conversations), ("expert", experts))]  # fmt: skip
    score = np.full((len(conversations), len(experts)), np.nan)
    np.fmax.at(score, tuple(at), table["score"].to_numpy())
    capacity = _capacities(at[1], table["capacity"].to_numpy(), experts)
    if score.shape[0] * np.clip(capacity, 0, score.shape[0]).sum() > _LARGEST:
        raise Refused("too many conversations and places at once.", field="capacity", todo="Assign team by team.")
    found = assigned(score, capacity)
    if isinstance(found, int):
        why = f"at most {found} of {len(conversations)} conversations find an expert: pairs or capacities are too few"
        by = {**named, "conversation": None, "expert": None}
        yield row(maker, by, None, n=len(conversations), measured_in="score", detail={"why": why})
        return
    total = float(score[np.arange(len(conversations)), found].sum())
    for place, expert in enumerate(found.tolist()):
        by = {**named, "conversation": conversations[place], "expert": experts[expert]}
        detail = {"total": total, "best_alone": float(np.nanmax(score[place]))}
        yield row(maker, by, float(score[place, expert]), n=len(experts), measured_in="score", detail=detail)


def _capacities(expert: Any, given: Any, experts: list[str]) -> Any:
    """Each expert's capacity as whole conversations; Refused where an expert has two, or one below nothing."""
    low, high = np.full(len(experts), np.inf), np.full(len(experts), -np.inf)
    np.minimum.at(low, expert, given)
    np.maximum.at(high, expert, given)
    for place in np.flatnonzero((low != high) | (low < 0))[:1]:
        said = f"{experts[place]} has a capacity of {low[place]:g} and {high[place]:g}"
        raise Refused(f"{said}.", field="capacity", todo="Give each expert one capacity of 0 or more.")
    return np.floor(np.fmin(low, 2**31)).astype(np.int64)


def staffing(maker: str, named: Named, table: pa.Table, *, waiting: float) -> Iterator[dict[str, Any]]:
    """A row per queue: the probability of waiting by Erlang C, and the agents with whom few enough would wait."""
    table = required(table, "queue", "load", "agents")
    rows = sorted(table.select(["queue", "load", "agents"]).to_pylist(), key=lambda each: str(each["queue"]))
    for each in rows:
        load, agents = each["load"], each["agents"]
        by = {**named, "queue": each["queue"]}
        if why := _no_queue(load, agents):
            yield row(maker, by, None, n=0, measured_in="probability of waiting", detail={"why": why})
            continue
        wait = float(mean_wait(load, agents))
        detail: dict[str, Any] = {
            "mean_wait_per_handling": wait if np.isfinite(wait) else None,
            "occupancy": load / agents if agents else None,
            "agents_needed": agents_needed(load, share=waiting),
            "waits_at_most": waiting,
        }
        if load >= agents:
            detail["why"] = f"{agents:g} agents cannot do a load of {load:g}: the queue grows without end"
        yield row(
            maker, by, float(waits(load, agents)), n=int(agents), measured_in="probability of waiting", detail=detail
        )


def _no_queue(load: float | None, agents: float | None) -> str:
    """Why there is nothing to reckon, if there is nothing."""
    if load is None or agents is None:
        return "load or agents are missing"
    if not (np.isfinite(load) and np.isfinite(agents)) or load < 0 or agents < 0:
        return "load and agents are numbers of 0 or more"
    return "" if agents == np.floor(agents) else "agents are whole"
