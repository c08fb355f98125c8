"""A block is a stretch of the example brand's time with its share of the interactions; each follows from its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import ARRIVING, INSTANT, conform
from touchstone.listen._example_world import BRAND, MODELS, Floats, Whole, World

BLOCK = 20_000
STREAMS = ("survey", "review", "bought", "call", "forum", "partner", "visit", "purchase", "impression", "offer",
           "redemption", "referral", "need", "comment", "answer", "way", "regular", "published-m", "published-l",
           "reply")  # fmt: skip
DAY = 86_400_000_000


@dataclass(frozen=True)
class Block:
    """Interactions `count` (about), between two days of the world's time. Rows depend on seed and number only."""

    world: World
    number: int
    count: int
    start: float
    stop: float

    def random(self, stream: str) -> np.random.Generator:
        """The block's own randomness for one stream, so that streams do not disturb each other."""
        return np.random.default_rng([self.world.seed, 2, self.number, STREAMS.index(stream)])

    def share(self, part: float) -> int:
        """How many interactions make up this part of the block."""
        return round(self.count * part)

    def days(self, random: np.random.Generator, count: int) -> Floats:
        """Days drawn evenly from the block."""
        return self.start + (self.stop - self.start) * random.random(count)

    def overlap(self, start: float, stop: float) -> tuple[float, float]:
        """The part of the block that lies between two days; empty where `start >= stop`."""
        return max(self.start, start), min(self.stop, stop)


def blocks(world: World, interactions: int) -> list[Block]:
    """The blocks that make up `interactions`, in order of time."""
    count = max(1, round(interactions / BLOCK))
    edges = np.linspace(0.0, world.days, count + 1)
    size = interactions // count
    return [Block(world, each, size, float(edges[each]), float(edges[each + 1])) for each in range(count)]


def ids(prefix: str, block: Block, count: int) -> pa.Array:
    """Distinct source ids of a stream's rows."""
    return pc.binary_join_element_wise(f"{prefix}{block.number}", pc.cast(pa.array(np.arange(count)), pa.string()), "-")


def numbered(prefix: str, block: Block, count: int) -> list[str]:
    """The same source ids as plain strings."""
    return [f"{prefix}{block.number}-{at}" for at in range(count)]


def instants(world: World, day: Floats) -> pa.Array:
    """Days of the world's time as UTC instants, whole seconds."""
    zero = int(world.start.timestamp()) * 1_000_000
    micro = zero + np.floor(day * 86_400).astype(np.int64) * 1_000_000
    return pa.array(micro).cast(pa.timestamp("us")).cast(INSTANT)


def pick(names: Any, code: Whole, *, where: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """The name of each code; null where `where` does not hold."""
    index = pa.array(code, mask=None if where is None else ~where)
    return pa.array(list(names), pa.string()).take(index)


def customers(world: World, random: np.random.Generator, unit: Whole, day: Floats) -> Whole:
    """For each unit (a dealer) and day, one of its customers who has not fallen silent by then."""
    people, draw = world.people, random.random((2, len(unit)))
    chosen = people.first[unit] + np.floor(draw[0] * people.count[unit]).astype(np.int64)
    stayer = people.first[unit] + np.floor(draw[1] * people.stay[unit]).astype(np.int64)
    return np.asarray(np.where(people.leaves[chosen] < day, stayer, chosen), np.int64)


def fonder(world: World, random: np.random.Generator, person: Whole, day: Floats, *, sure: Floats | float) -> Whole:
    """Of each person and another customer of the same dealer, with probability `sure` the one fonder of the brand.

    Where `sure` is one half on average, everybody is met as often as before. `random` itself is left as it is.
    """
    own, fond = random.spawn(1)[0], world.people.fond
    other = customers(world, own, world.people.home[person], day)
    alike = (fond[person] > fond[other]) == (own.random(len(person)) < sure)
    return np.asarray(np.where(alike, person, other), np.int64)


def accounts(world: World, random: np.random.Generator, person: Whole) -> pa.Array:
    """The id of the account each person uses this time."""
    people = world.people
    account = people.account[person] + np.floor(random.random(len(person)) * people.accounts[person]).astype(np.int64)
    return account_ids(people.number[account])


def account_ids(number: Whole) -> pa.Array:
    """Account numbers as ids."""
    return pc.binary_join_element_wise("c", pc.cast(pa.array(number), pa.string()), "")


def dealers(world: World, random: np.random.Generator, count: int) -> Whole:
    """Dealers in proportion to their size."""
    edges = np.cumsum(world.size)
    place = np.searchsorted(edges, random.random(count) * edges[-1])
    return np.asarray(np.minimum(place, world.dealers - 1), np.int64)


def rows(block: Block, prefix: str, **columns: Any) -> pa.Table:
    """A table of `ARRIVING` from the columns given; `day`, `unit` and `person` may be numbers, text is constant."""
    world, day = block.world, columns.pop("day")
    count = len(day)
    full: dict[str, Any] = {"source_id": ids(prefix, block, count), "occurred_at": instants(world, day)}
    for name, column in columns.items():
        full[name] = _constant(column, count) if isinstance(column, str) else column
    if isinstance(full.get("unit"), np.ndarray):
        full["unit"] = pick(world.unit_ids, full["unit"])
    if isinstance(full.get("product"), np.ndarray):
        full["product"] = pick(MODELS, full["product"])
    full.setdefault("unit", _constant(BRAND, count))
    return conform(pa.table(full), ARRIVING)


def _constant(value: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), count)
