"""What inside_out finds of the example brand's crowded line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa

from touchstone.core import taxonomy
from touchstone.core.tables import INTERACTION, conform
from touchstone.listen.example import listen
from touchstone.measure.inside_out import measure
from touchstone.store.scratch import Scratch, scratch


def brand(interactions: int = 60_000) -> Scratch:
    """The example brand's interactions, its texts unread."""
    batches = [each for each in listen(interactions=interactions) if isinstance(each, pa.RecordBatch)]
    heard = conform(pa.Table.from_batches(batches), INTERACTION)
    return scratch(heard, taxonomy=taxonomy.load("auto_dealer"), now=datetime(2026, 11, 21, tzinfo=UTC))


def lines() -> Iterator[str]:
    """The pairs that are real; planted is one: waiting, the call centre, two weeks."""
    rows = measure(brand()).to_pylist()
    told = [(dict(row["by"]), row, json.loads(row["detail"])) for row in rows]
    real = [each for each in told if each[2].get("real")]
    yield f"inside_out: {len(real)} of {len(told)} pairs real"
    for by, row, detail in real:
        figure = f"{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
        yield f"  {by['inside']}: {by['figure']} of {by['touchpoint']}, {detail['lag']} weeks later, {figure}"
