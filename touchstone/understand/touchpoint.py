"""Which touchpoints a text speaks of, clause by clause, with the mood of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import MENTION
from touchstone.language.reading import POLARITIES
from touchstone.understand._pass import Understood

HEADS = ("touchpoint", "positive", "negative")


def understand(reading: Understood) -> pa.Table:
    """MENTION rows. Where the source names the touchpoint, one mention of it spans the text; others stand beside it."""
    found = reading.reading.mentions
    names = list(reading.taxonomy.names)
    row, touchpoint = found.text.astype(np.int64), np.asarray(names, object)[found.touchpoint]
    named, spelled = _named(reading)
    same = np.zeros(len(row), np.bool_)
    by_row = dict(zip(named.tolist(), spelled, strict=True))
    if by_row:
        same = np.fromiter(
            (by_row.get(at) == what for at, what in zip(row.tolist(), touchpoint, strict=True)), np.bool_
        )
    whole = _whole(reading, named)
    columns: dict[str, Any] = {
        "row": np.concatenate([named, row[~same]]),
        "touchpoint": np.concatenate([np.array(spelled, object), touchpoint[~same]]),
        "sentiment": np.concatenate([whole["sentiment"], found.sentiment[~same]]),
        "polarity": np.concatenate([whole["polarity"], found.polarity[~same]]),
        "confidence": np.concatenate([np.ones(len(named)), found.confidence[~same]]),
        "start": np.concatenate([np.zeros(len(named), np.int64), found.start[~same]]),
        "stop": np.concatenate([whole["stop"], found.stop[~same]]),
    }
    order = np.argsort(columns["row"], kind="stable")
    return _table(reading, {name: values[order] for name, values in columns.items()})


def _named(reading: Understood) -> tuple[np.ndarray, list[str]]:
    """Rows whose source names a touchpoint and which have words, and its name as the taxonomy spells it."""
    has = pc.and_(pc.is_valid(reading.touchpoint), pc.greater(pc.fill_null(pc.utf8_length(reading.text), 0), 0))
    rows = np.flatnonzero(has.to_numpy(zero_copy_only=False))
    given = reading.touchpoint.take(pa.array(rows)).to_pylist()
    known = {name: reading.taxonomy.find(name) for name in set(given)}
    return rows, [held.name if (held := known[name]) else name for name in given]


def _whole(reading: Understood, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Mood and length of whole texts."""
    held = reading.reading
    count = held.walk.texts
    mood = held.text_sentiment[rows]
    up = np.bincount(held.walk.clause_text, np.maximum(held.sentiment, 0), count)[rows]
    down = np.bincount(held.walk.clause_text, np.maximum(-held.sentiment, 0), count)[rows]
    length = pc.fill_null(pc.utf8_length(reading.text.take(pa.array(rows))), 0)
    return {
        "sentiment": mood,
        "polarity": held.polarity(mood, up, down),
        "stop": length.to_numpy(zero_copy_only=False).astype(np.int64),
    }


def _table(reading: Understood, columns: dict[str, Any]) -> pa.Table:
    rows = columns["row"].astype(np.int64)
    polarity = pa.DictionaryArray.from_arrays(pa.array(columns["polarity"].astype(np.int8)), list(POLARITIES))
    return pa.Table.from_arrays(
        [
            reading.ids("touchpoint", rows),
            reading.id.take(pa.array(rows)),
            pa.array(columns["touchpoint"], pa.string()),
            pa.nulls(len(rows), pa.string()),
            pa.array(columns["sentiment"].astype(np.float64)),
            polarity.cast(pa.string()),
            pa.array(columns["confidence"].astype(np.float64)),
            pa.array(columns["start"].astype(np.int64)),
            pa.array(columns["stop"].astype(np.int64)),
            pa.repeat(reading.maker("touchpoint"), len(rows)),
        ],
        schema=MENTION,
    )
