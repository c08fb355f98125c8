"""Texts as JSON lines in, what they say as JSON lines out: the one-shot form, no home needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson
import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.language.answers import written
from touchstone.language.compiled import Compiled
from touchstone.language.judge import judge
from touchstone.language.lines import Block, File, Sample, blocks
from touchstone.language.model import Model, load
from touchstone.language.tokens import buffers, strings

SEEN = 20_000  # lines, spread over all, that a model is made ready for


def tag(
    lines: Iterable[dict[str, Any]], *, model: Model | None = None, taxonomy: Taxonomy | None = None
) -> Iterator[dict[str, Any]]:
    """One answer for each line, in order: language, mentions with spans, kinds with probability, promotional.

    A line has `id` and `text`, and may have `touchpoints`: then exactly these are judged, each once. Names the taxonomy
    does not know are taken by their words. A text that is none is a `Skip`.
    """
    rows = list(lines)
    held, ids = list(blocks(rows)), (row.get("id") for row in rows)
    texts = list(chain.from_iterable(block.texts for block in held))
    names = list(chain.from_iterable(block.names for block in held))
    compiled = _ready(model, taxonomy, Sample(texts[:: max(1, len(texts) // SEEN)], names))
    for block in held:
        for line in _answers(block, compiled).to_pylist():
            yield orjson.loads(line) | {"id": next(ids)}


def tag_file(file: File, *, model: Model | None = None, taxonomy: Taxonomy | None = None) -> Iterator[memoryview]:
    """The same of a file of JSON lines, as JSON lines in UTF-8, block by block."""
    compiled = _ready(model, taxonomy, file.sample(SEEN))
    for block in file:
        answers = _answers(block, compiled)
        yield memoryview(answers.buffers()[2])[: int(buffers(answers)[1][-1])]


def _ready(model: Model | None, taxonomy: Taxonomy | None, sample: Sample) -> Compiled:
    """What reads the lines: the model with the taxonomy and the names asked for, calibrated on the sample."""
    model = model or load()
    compiled = model.compile(_widened(taxonomy or model.taxonomy or Taxonomy("none", ()), sample.names))
    return compiled.calibrated(strings(sample.texts))


def _widened(taxonomy: Taxonomy, names: list[str]) -> Taxonomy:
    """The taxonomy and, behind it, the names that are asked for and it does not have."""
    fresh = [Touchpoint(name, name, "asked") for name in dict.fromkeys(names) if taxonomy.find(name) is None]
    return Taxonomy(taxonomy.name, (*taxonomy.touchpoints, *fresh)) if fresh else taxonomy


def _answers(block: Block, compiled: Compiled) -> pa.Array:
    reading = compiled.read(strings(block.texts))
    judged = None if block.asked is None else judge(reading, block.asked, compiled.taxonomy)
    return written(block.ids, reading, names=compiled.taxonomy.names, kinds=compiled.model.kinds, judged=judged)
