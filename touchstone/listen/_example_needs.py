"""What keeps each level of the example brand's customers awake, and what the maker promises them in public."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.listen._example_block import Block, accounts, customers, dealers, numbered, rows
from touchstone.listen._example_planted import NEEDS, PROMISED
from touchstone.listen._example_truth import Tally
from touchstone.listen._example_world import BRAND, DEPARTMENTS, MODELS, VENDORS, Floats, Whole, World
from touchstone.listen._example_writer import Plan, Writer, Written

CLAIMED_BETWEEN = 40
"""Promises of vendors to the maker and of departments to each other."""


def needs(block: Block, writer: Writer, tally: Tally) -> pa.Table:
    """Ideas and messages that speak of a need, per level, each with its own share and growth."""
    random, world = block.random("need"), block.world
    count = block.share(0.012)
    day = np.sort(block.days(random, count))
    number = _drawn(random, world, day)
    level = [NEEDS[each].level for each in number.tolist()]
    dealer = dealers(world, random, count)
    account = accounts(world, random, customers(world, random, dealer, day)).to_pylist()
    inside = random.integers(0, 1 << 30, count).tolist()
    writer.restart(block.number, "need")
    speakers, written = [], []
    for at, code in enumerate(number.tolist()):
        speakers.append(_speaker(world, level[at], int(dealer[at]), account[at], inside[at]))
        written.append(_worded(writer, NEEDS[code].id, inside[at]))
    unit = np.full(count, world.unit_ids.index(BRAND))
    tally.add(unit, written, source_ids=numbered("n", block, count))
    return rows(
        block,
        "n",
        source="ideas",
        kind=pa.array(["idea" if each == "end_customer" else "message" for each in level], pa.string()),
        channel="web",
        day=day,
        unit=unit,
        person=pa.array(speakers, pa.string()),
        level=pa.array(level, pa.string()),
        text=pa.array([each.text for each in written], pa.string()),
        incentive="none",
    )


def _worded(writer: Writer, need: str, drawn: int) -> Written:
    place = ("Corran", "Selwick", "Vesper Bay", "Montclair")[drawn % 4]
    plan = Plan(0, (), 1 + drawn % 3, (f"need.{need}",), MODELS[drawn % 5], f"Moreau Motors {place}", place)
    return writer.write(plan)


def _drawn(random: np.random.Generator, world: World, day: Floats) -> Whole:
    """Which need each message speaks of: shares that grow or fade over time."""
    share = np.array([each.share for each in NEEDS]) * (1 + np.outer(day / world.days, [each.growth for each in NEEDS]))
    edges = np.cumsum(share, axis=1)
    return np.asarray((random.random((len(day), 1)) * edges[:, -1:] > edges).sum(axis=1), np.int64)


def _speaker(world: World, level: str, dealer: int, account: str, drawn: int) -> str:
    if level == "dealer":
        return world.unit_ids[dealer]
    if level == "distributor":
        return world.unit_ids[world.dealers + drawn % world.distributors]
    return f"department-{DEPARTMENTS[drawn % len(DEPARTMENTS)]}" if level == "department" else account


def claims(block: Block, writer: Writer, tally: Tally) -> pa.Table:
    """The promises made within the block: the maker's to all, vendors' to the maker, departments' to each other."""
    random = np.random.default_rng([block.world.seed, 4])
    made = [name for name, count in PROMISED.items() for _ in range(count)]
    day = random.random(len(made) + CLAIMED_BETWEEN) * block.world.days
    rated = random.integers(0, len(DEPARTMENTS) + len(VENDORS), CLAIMED_BETWEEN).tolist()
    now = [at for at in range(len(day)) if block.start <= day[at] < block.stop]
    writer.restart(block.number, "claim")
    found: list[dict[str, Any]] = []
    for at in now:
        own = at < len(made)
        name = f"claim.{made[at].replace(' ', '-')}" if own else "claim.between"
        speaker = BRAND if own else _inside(rated[at - len(made)])
        text = writer.line(name, Plan(0, (), 1, (), MODELS[at % 5], "Example Motors", "Corran"))
        found.append({"speaker": speaker, "text": text, "touchpoint": made[at] if own else "delivery"})
    unit = np.array([block.world.unit_ids.index(each["speaker"]) for each in found], np.int64)
    tally.add(unit, [each["text"] for each in found], source_ids=numbered("k", block, len(found)))
    return rows(
        block,
        "k",
        source="press",
        kind="claim",
        channel="press",
        day=day[now],
        unit=unit,
        person=pa.array([each["speaker"] for each in found], pa.string()),
        level=pa.array([_level(each["speaker"]) for each in found], pa.string()),
        touchpoint=pa.array([each["touchpoint"] for each in found], pa.string()),
        text=pa.array([each["text"].text for each in found], pa.string()),
        language="en",
        incentive="none",
    )


def _inside(number: int) -> str:
    inside = [*(f"department-{each}" for each in DEPARTMENTS), *(f"vendor-{each}" for each in VENDORS)]
    return inside[number]


def _level(speaker: str) -> str:
    return "vendor" if speaker.startswith("vendor") else "department"
