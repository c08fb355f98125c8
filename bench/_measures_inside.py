"""What inside_out, resonance and engagement find of what is planted in the example brand, and how long they take."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from touchstone.core import finder, taxonomy
from touchstone.core.tables import INTERACTION, conform
from touchstone.listen.example import listen
from touchstone.store.scratch import Scratch, scratch


def brand(interactions: int = 60_000) -> Scratch:
    """The example brand's interactions, its texts unread."""
    batches = [each for each in listen(interactions=interactions) if isinstance(each, pa.RecordBatch)]
    heard = conform(pa.Table.from_batches(batches), INTERACTION)
    return scratch(heard, taxonomy=taxonomy.load("auto_dealer"), now=datetime(2026, 11, 21, tzinfo=UTC))


def lines() -> Iterator[str]:
    """Planted: waiting and the call centre two weeks later; who is moved and left cold; 1.53 steps, what follows."""
    ask = brand()
    told, took = _told(ask, "inside_out")
    real = [each for each in told if each["detail"].get("real")]
    yield f"inside_out: {len(real)} of {len(told)} pairs real ({took:.1f} s)"
    for row in real:
        by = row["by"]
        lag = row["detail"]["lag"]
        yield f"  {by['inside']}: {by['figure']} of {by['touchpoint']}, {lag} weeks later, {_figure(row)}"
    told, took = _told(ask, "resonance", by=("level",))
    yield f"resonance: {len(told)} cells ({took:.1f} s)"
    for row in told:
        words = [word for word in ("speaks", "turns_away") if row["detail"][word]]
        yield f"  {row['by']['campaign']}, {row['by']['level']}: {_figure(row)} {' '.join(words)}"
    told, took = _told(ask, "engagement")
    yield f"engagement ({took:.1f} s)"
    yield from (f"  {row['by']['sign']}: {_figure(row)}" for row in told)


def _told(ask: Scratch, name: str, **asked: Any) -> tuple[list[dict[str, Any]], float]:
    began = time.perf_counter()
    rows = finder.verb("measure", name)(ask, **asked).to_pylist()
    took = time.perf_counter() - began
    return [{**row, "by": dict(row["by"]), "detail": json.loads(row["detail"])} for row in rows], took


def _figure(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return "no estimate"
    return f"{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f}), n {row['n']}"
