"""Which touchpoints a text speaks of, clause by clause, with the mood of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import MENTION
from touchstone.language.groups import by_text
from touchstone.language.reading import POLARITIES
from touchstone.understand._pass import Understood, words

HEADS = ("touchpoint", "positive", "negative")


def understand(reading: Understood) -> pa.Table:
    """MENTION rows. Where the source names the touchpoint, one mention of it spans the text; others stand beside it."""
    found, rows, own, names = reading.reading.mentions, *_named(reading)
    given = np.full(reading.reading.walk.texts, -1, np.int64)
    given[rows] = own
    held = {name: values[given[found.text] != found.touchpoint] for name, values in vars(found).items()}
    whole = _whole(reading, rows)
    columns: dict[str, Any] = {
        "text": np.concatenate([rows, held["text"]]),
        "touchpoint": np.concatenate([own, held["touchpoint"]]),
        "sentiment": np.concatenate([whole["sentiment"], held["sentiment"]]),
        "polarity": np.concatenate([whole["polarity"], held["polarity"]]),
        "confidence": np.concatenate([np.ones(len(rows)), held["confidence"]]),
        "start": np.concatenate([np.zeros(len(rows), np.int64), held["start"]]),
        "stop": np.concatenate([whole["stop"], held["stop"]]),
    }
    order = np.argsort(columns["text"], kind="stable")
    return _table(reading, {name: values[order] for name, values in columns.items()}, names)


def _named(reading: Understood) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Rows whose source names a touchpoint and which have words, its place among names, and these: the taxonomy's,
    then others as the source spells them."""
    has = pc.and_(pc.is_valid(reading.touchpoint), pc.greater(pc.fill_null(pc.binary_length(reading.text), 0), 0))
    rows = np.flatnonzero(has.to_numpy(zero_copy_only=False))
    given = reading.touchpoint.take(pa.array(rows)).dictionary_encode()
    spelled = [held.name if (held := reading.taxonomy.find(name)) else name for name in given.dictionary.to_pylist()]
    names = list(dict.fromkeys([*reading.taxonomy.names, *spelled]))
    place = np.array([names.index(name) for name in spelled], np.int64)
    return rows, place[given.indices.to_numpy()], names


def _whole(reading: Understood, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Mood and length of whole texts."""
    held = reading.reading
    texts = by_text(held.walk.clause_text, held.walk.texts).chosen(rows)
    sentiment, polarity = held.judged(texts, np.full(len(rows), -1), closely=False)
    length = pc.fill_null(pc.utf8_length(reading.text.take(pa.array(rows))), 0)
    return {
        "sentiment": sentiment,
        "polarity": polarity,
        "stop": length.to_numpy(zero_copy_only=False).astype(np.int64),
    }


def _table(reading: Understood, columns: dict[str, Any], names: list[str]) -> pa.Table:
    rows = columns["text"].astype(np.int64)
    return reading.derived(
        MENTION,
        rows,
        [
            reading.ids("touchpoint", rows),
            reading.id.take(pa.array(rows)),
            words(columns["touchpoint"], names),
            pa.nulls(len(rows), pa.string()),
            pa.array(columns["sentiment"].astype(np.float64)),
            words(columns["polarity"], POLARITIES),
            pa.array(columns["confidence"].astype(np.float64)),
            pa.array(columns["start"].astype(np.int64)),
            pa.array(columns["stop"].astype(np.int64)),
            pa.repeat(reading.maker("touchpoint"), len(rows)),
        ],
    )
