"""JSON lines out: what was read of a block of texts, written column by column; no Python object per text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.language.reading import POLARITIES, Reading

_STEPS = 10_000  # numbers are written with four decimals
Judged = Sequence[list[dict[str, Any]] | None] | None


def written(
    ids: list[bytes], reading: Reading, *, names: Sequence[str], kinds: Sequence[str], judged: Judged
) -> pa.Array:
    """One line of JSON, with its end, for each text: id, language, mentions, kinds, probability, promotional.

    `names` are the taxonomy's; where `judged` has records of a text, these stand for its mentions.
    """
    languages = pa.array([*(json.dumps(code) for code in reading.languages), '"und"'])
    pieces = [
        '{"id":',
        pa.array(ids, pa.binary()).cast(pa.string()),
        ',"language":',
        languages.take(pa.array(np.where(reading.walk.language < 0, len(languages) - 1, reading.walk.language))),
        ',"mentions":[',
        _replaced(_mentions(reading, names), judged),
        *_scores("kinds", kinds, reading.kinds),
        *_scores("probability", kinds, reading.kind_probability),
        '},"promotional":',
        _numbers(reading.promotional),
        "}\n",
    ]
    return pc.binary_join_element_wise(*pieces, "")


def _scores(head: str, labels: Sequence[str], values: npt.NDArray[np.floating]) -> list[str | pa.Array]:
    """The pieces of an object {label: number}, from the bracket of what stands before it to its last number."""
    pieces: list[str | pa.Array] = []
    for place, label in enumerate(labels):
        before = "," if place else ("]" if head == "kinds" else "}") + f',"{head}":{{'
        pieces += [f"{before}{json.dumps(label, ensure_ascii=False)}:", _numbers(values[:, place])]
    return pieces


def _mentions(reading: Reading, names: Sequence[str]) -> pa.Array:
    """The mentions of each text, with commas between them."""
    found = reading.mentions
    openings = [f'{{"touchpoint":{json.dumps(name, ensure_ascii=False)},"sentiment":' for name in names]
    polarities = [f',"polarity":"{name}","confidence":' for name in POLARITIES]
    records = pc.binary_join_element_wise(
        pa.array(openings, pa.string()).take(pa.array(found.touchpoint)),
        _numbers(found.sentiment),
        pa.array(polarities).take(pa.array(found.polarity)),
        _numbers(found.confidence),
        ',"start":',
        pa.array(found.start).cast(pa.string()),
        ',"stop":',
        pa.array(found.stop).cast(pa.string()),
        "}",
        "",
    )
    edges = np.searchsorted(found.text, np.arange(reading.walk.texts + 1)).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(edges), records), ",")


def _replaced(mentions: pa.Array, judged: Judged) -> pa.Array:
    if judged is None:
        return mentions
    own = pa.array([each is not None for each in judged])
    told = [orjson.dumps(each)[1:-1] for each in judged if each is not None]
    return pc.replace_with_mask(mentions, own, pa.array(told, pa.binary()).cast(pa.string()))


@lru_cache(maxsize=1)
def _decimals() -> pa.Array:
    """Every number from -1 to 1 that has four decimals, as it is written."""
    return pa.array([repr(step / _STEPS) for step in range(-_STEPS, _STEPS + 1)], pa.string())


def _numbers(values: npt.NDArray[np.floating]) -> pa.Array:
    """Numbers from -1 to 1, written with up to four decimals."""
    steps = np.rint(values.astype(np.float64) * _STEPS).astype(np.int32) + _STEPS
    return _decimals().take(pa.array(steps))
