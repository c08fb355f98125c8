"""A living example brand: a simulated car maker whose truth is planted, in any size from a thousand interactions on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.listen import _example_events as events
from touchstone.listen import _example_needs as needs
from touchstone.listen import _example_people as people
from touchstone.listen import _example_surveys as surveys
from touchstone.listen import _example_talk as talk
from touchstone.listen import _example_texts as texts
from touchstone.listen import _example_voice as voice
from touchstone.listen._example_block import Block, blocks
from touchstone.listen._example_names import slug
from touchstone.listen._example_response import initiatives, response
from touchstone.listen._example_truth import LABELS, Tally, catalogue, write
from touchstone.listen._example_world import World, build
from touchstone.listen._example_writer import Writer


def listen(
    *,
    seed: int = 20261121,
    interactions: int = 60_000,
    dealers: int = 120,
    regions: int = 6,
    distributors: int = 2,
    customers: int = 40_000,
    years: int = 2,
    until: str = "2026-09-30",
    truth: str | Path | None = None,
    since: datetime | str | None = None,
) -> Iterator[pa.RecordBatch | tuple[str, pa.Table]]:
    """Units, persons and interactions of a simulated car maker with dealers, the same for the same settings.

    Yields `("unit", table)`, `("person", table)` pieces, then record batches of `ARRIVING` in order of time, about
    `interactions` rows in all (more while its coupon campaign runs), each batch up to about 25,000 rows; memory does
    not grow with their number. `until` is the last day. With `truth` a JSON file of everything planted is written
    when the last batch has been taken, and beside it `<name>.labels.jsonl` (texts with their true mentions) and
    `<name>.initiatives.csv` (what the brand's people believe can be done).
    Nothing that happened before `since` is yielded. `Stop` where the settings cannot hold together.
    """
    sizes = {"dealers": dealers, "regions": regions, "distributors": distributors, "customers": customers}
    world = build(seed=seed, years=years, until=until, **sizes)
    earliest = _instant(since)
    yield "unit", people.units(world)
    for table in people.tables(world):
        yield "person", table
    with ExitStack() as stack:
        path = Path(truth) if truth is not None else None
        labels = stack.enter_context(path.with_suffix(".labels.jsonl").open("w", encoding="utf-8")) if path else None
        tally = _tally(world, labels, interactions)
        writer = Writer(seed, [slug(each) for each in world.touchpoints])
        for block in blocks(world, interactions):
            if earliest is None or world.instant(block.stop) > earliest:
                yield from _batches(block, writer, tally, earliest)
        if path:
            write(path, tally)
            catalogue(path, initiatives(world, response(world, interactions=interactions)))


def _tally(world: World, labels: TextIO | None, interactions: int) -> Tally:
    return Tally(world, labels, min(1.0, LABELS / max(1.0, 0.3 * interactions)))


def _batches(block: Block, writer: Writer, tally: Tally, earliest: datetime | None) -> Iterator[pa.RecordBatch]:
    """The block's interactions in order of time."""
    asked = surveys.asked(block)
    reviewed, told = texts.reviews(block, writer, tally)
    tables = [
        surveys.answers(block, *asked, texts.comments(block, writer, tally, asked)),
        surveys.between_firms(block),
        reviewed,
        texts.bought(block, writer, tally),
        talk.calls(block, writer, tally),
        talk.forum(block, writer, tally),
        needs.needs(block, writer, tally),
        needs.claims(block, writer, tally),
        voice.publications(block, writer),
        voice.answers(block, writer, reviewed, told),
        *events.listen(block),
    ]
    table = pa.concat_tables(tables).sort_by([("occurred_at", "ascending"), ("source_id", "ascending")])
    if earliest is not None:
        table = table.filter(pc.greater_equal(table["occurred_at"], pa.scalar(earliest, table["occurred_at"].type)))
    yield from table.combine_chunks().to_batches()


def _instant(since: datetime | str | None) -> datetime | None:
    if since is None:
        return None
    instant = datetime.fromisoformat(since) if isinstance(since, str) else since
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
