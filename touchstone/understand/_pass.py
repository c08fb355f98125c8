"""The one pass of the room: tokeniser and table run once per batch, every enricher reads from what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import COUNT, SIGNAL, TEXT
from touchstone.core.taxonomy import Taxonomy
from touchstone.language.compiled import Compiled
from touchstone.language.reading import Reading

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Understood:
    """A batch of interactions with the model's reading of their texts, row by row."""

    id: pa.Array
    text: pa.Array
    touchpoint: pa.Array  # as the source names it; null where it does not
    reading: Reading
    taxonomy: Taxonomy
    kinds: tuple[str, ...]
    version: str
    seq: pa.Array | None = None  # given where the derived rows are to bring that of their interactions

    def maker(self, name: str) -> str:
        """`name@version`: rows of another version are made anew."""
        return f"{name}@{self.version}"

    def ids(self, name: str, rows: Places) -> pa.Array:
        """An id for each derived row, in order: interaction, maker and the row's place within its interaction."""
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        place = np.arange(len(rows)) - np.repeat(first, np.diff(first, append=len(rows)))
        endings = pa.array([f"{self.maker(name)}:{number}" for number in range(int(place.max(initial=-1)) + 1)], TEXT)
        return pc.binary_join_element_wise(self.id.take(pa.array(rows)), endings.take(pa.array(place)), ":")

    def derived(self, schema: pa.Schema, rows: Places, columns: list[pa.Array]) -> pa.Table:
        """A table of `schema`, each row about the interaction at its place, and the seq of that where it is known."""
        if self.seq is not None:
            schema, columns = schema.append(pa.field("seq", COUNT)), [*columns, self.seq.take(pa.array(rows))]
        return pa.Table.from_arrays(columns, schema=schema)


def read(interactions: pa.Table, model: Compiled, *, numbered: bool = False, calibration: str = "") -> Understood:
    """The batch with everything the model finds in it. Interactions without text find nothing.

    What is derived from a `numbered` one brings the seq of its interactions beside its own columns. `calibration` says
    which shares the model expects, where a home learned its own: makers bear it.
    """
    names = ("id", "text", "touchpoint", *(("seq",) if numbered else ()))
    columns = {name: _whole(interactions[name]) for name in names}
    return Understood(
        **columns,
        reading=model.read(columns["text"]),
        taxonomy=model.taxonomy,
        kinds=model.model.kinds,
        version="-".join(filter(None, (model.model.version, calibration))),
    )


def _whole(column: pa.ChunkedArray) -> pa.Array:
    held = column.combine_chunks()
    if isinstance(held, pa.ChunkedArray):
        held = held.chunk(0) if held.num_chunks == 1 else pa.concat_arrays(held.chunks)
    return held


def words(codes: npt.NDArray[np.integer], names: Sequence[str]) -> pa.Array:
    """The name at each code."""
    return pa.array(names, TEXT).take(pa.array(codes))


def signals(
    batch: Understood, name: str, *, rows: Places, label: pa.Array, score: pa.Array, probability: pa.Array
) -> pa.Table:
    """SIGNAL rows of the layer `name`; `rows` are places in the batch, ascending."""
    count = len(rows)
    return batch.derived(
        SIGNAL,
        rows,
        [
            batch.ids(name, rows),
            batch.id.take(pa.array(rows)),
            pa.repeat(name, count),
            label.cast(pa.string()),
            score.cast(pa.float64()),
            probability.cast(pa.float64()),
            pa.repeat(batch.maker(name), count),
        ],
    )


def told(batch: Understood, name: str, labels: dict[str, str]) -> pa.Table:
    """SIGNAL rows of the layer `name` for each head of `labels` whose evidence reaches its decision point."""
    heads = tuple(labels)
    row, head = np.nonzero(batch.reading.message.of(heads) >= 1)
    said, place = batch.reading.message.at(row), np.arange(len(row))
    return signals(
        batch,
        name,
        rows=row.astype(np.int64),
        label=words(head, tuple(labels.values())),
        score=pa.array(said.score(heads)[place, head]),
        probability=pa.array(said.probability(heads)[place, head]),
    )
