"""How honest effects are where few units got a fix, and what is found of the fix planted in the example brand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core import finder, taxonomy
from touchstone.core.tables import INTERACTION, conform
from touchstone.listen._example_surveys import expected
from touchstone.listen._example_world import CUTS, World, build
from touchstone.listen.example import listen
from touchstone.science.effect import compare, moved
from touchstone.store.scratch import Scratch, scratch

SEEDS, PERIODS, NOISE = 1000, 18, 1.5
AFTER = np.arange(PERIODS) >= PERIODS // 2
WORLDS = ((12, 60, 0.0), (3, 60, 0.0), (1, 60, 0.9), (2, 12, 0.9))
"""Treated dealers, dealers, and how uneven their sizes are (standard deviation of the logarithm)."""


def lines() -> Iterator[str]:
    """Nominal: 5 % called real, 95 % held; planted: .7 of hidden experience at twelve waiting areas."""
    for treated, units, uneven in WORLDS:
        found = [_placebo(seed, treated, units, uneven) for seed in range(SEEDS)]
        real, held = (np.mean(each) for each in zip(*found, strict=True))
        yield f"effect: {treated} of {units} dealers, {SEEDS} placebo fixes: {real:.1%} real, {held:.1%} held"
    for seed in (20261121, 1, 2, 3):
        yield from planted(seed)


def _placebo(seed: int, treated: int, units: int, uneven: float) -> tuple[bool, bool]:
    """Whether a fix that does nothing is called real, and whether nought lies within its limits."""
    chance = np.random.default_rng(seed)
    n = chance.poisson(20 * np.exp(chance.normal(0, uneven, (units, 1))), (units, PERIODS))
    mean = chance.normal(0, 0.4, (units, 1)) + chance.normal(0, 0.2, PERIODS) + chance.normal(0, 0.1, n.shape)
    mean += chance.normal(0, 0.15, (units, 1)) * AFTER + chance.normal(0, NOISE, n.shape) / np.sqrt(np.maximum(n, 1))
    moves = moved(mean, n, np.arange(units) < treated, AFTER, ~AFTER)
    found = compare(moves.value, NOISE**2 * moves.thin, np.arange(units) < treated, seed=seed)
    return found.probability <= 0.05, found.low <= 0 <= found.high


def planted(seed: int) -> Iterator[str]:
    """The fix of the example brand, against what it truly moves in ratings."""
    told = finder.verb("measure", "effect")(_brand(seed)).to_pylist()
    for row in told:
        detail, name = json.loads(row["detail"]), dict(row["by"]).get("fix", "none told")
        figure = f"{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})" if row["value"] is not None else "none"
        yield f"effect: example brand {seed}, {name}: {figure}, planted {_true(_world(seed)):.3f}"
        yield f"  real {detail.get('real')}, n {row['n']}, probability {detail.get('probability')}"


def _world(seed: int) -> World:
    return build(seed=seed, dealers=120, regions=6, distributors=2, customers=40_000, years=2, until="2026-09-30")


def _brand(seed: int) -> Scratch:
    """The brand's interactions, its texts unread."""
    batches = [each for each in listen(seed=seed) if isinstance(each, pa.RecordBatch)]
    heard = conform(pa.Table.from_batches(batches), INTERACTION)
    ids = pc.binary_join_element_wise(heard["source"], heard["source_id"], "/")
    heard = heard.set_column(INTERACTION.get_field_index("id"), "id", ids)
    return scratch(heard, taxonomy=taxonomy.load("auto_dealer"), now=datetime(2026, 11, 21, tzinfo=UTC))


def _true(world: World) -> float:
    """By how much the fix raises the expected rating at the dealers that got it, weighed by their size."""
    fix, size = world.fix, world.size[world.fix.units]
    lived = world.quality[fix.units, fix.touchpoint][:, None]
    points = np.arange(1.0, 6.0)
    rise = [expected(lived + lift, CUTS)[:, 0] @ points for lift in (0.0, fix.lift)]
    return float((rise[1] - rise[0]) @ size / size.sum())
