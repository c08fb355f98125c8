"""Decisions at random, 25 in a row: customers stay consistent, and undoing leaves no trace."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.core.tables import LINK
from touchstone.rules.belonging import Belonging, belonging, standing, undone
from touchstone.store._customers import Customers, customers

PEOPLE = tuple("abcdefgh")
WORLDS, STEPS = 80, 25  # four hundred worlds: `python -m bench killed`


class World:
    """People, the links a machine found between them, and what was decided, in order."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        pairs = [sorted(chance.sample(PEOPLE, 2)) for _ in range(7)]
        rows = [{"left": left, "right": right, "probability": chance.choice((0.5, 0.9, 0.95, 1.0))}
                for left, right in pairs]  # fmt: skip
        self.links = pa.Table.from_pylist(rows, schema=LINK)
        self.said: list[dict[str, Any]] = []
        self._known: dict[int, tuple[Customers, Belonging]] = {}

    def found(self) -> Customers:
        """Who is one, replayed from scratch over all that was said."""
        return self._replayed()[0]

    def apart(self) -> Iterable[tuple[str, str]]:
        """The pairs that people keep apart."""
        return self._replayed()[1].apart

    def _replayed(self) -> tuple[Customers, Belonging]:
        if len(self.said) not in self._known:
            decided = belonging(standing(self.said))
            self._known[len(self.said)] = customers(self.links, decided), decided
        return self._known[len(self.said)]

    def say(self, **change: Any) -> None:
        self.said.append({"id": str(len(self.said)), "change": json.dumps(change)})


def one_with(found: Customers, person: str) -> set[str]:
    own = found.get(person)
    return {each for each, (name, _) in found.items() if own and name == own[0]} or {person}


def called(found: Customers, person: str) -> str:
    return next((each for each in one_with(found, person) if found.get(each, ("", False))[1]), person)


def check(world: World, found: Customers) -> None:
    """Every customer has several persons and is called by one of them; no two who stand apart are one."""
    for person in found:
        together = one_with(found, person)
        assert person in together
        assert len(together) > 1
        assert [found[each][1] for each in together].count(True) == 1
    for left, right in world.apart():
        assert right not in one_with(found, left)


def act(world: World, found: Customers) -> None:
    """One decision at random, and what must follow from it."""
    verb = world.chance.choice(("confirm", "reject", "merge", "split", "undo", "undo"))
    one, other = world.chance.sample(PEOPLE, 2)
    own, theirs = one_with(found, one), one_with(found, other)
    if verb == "undo":
        gone = undone(world.said)
        standing_still = [row["id"] for row in world.said if row["id"] not in gone]
        if standing_still:
            world.say(takes_back=world.chance.choice(standing_still))
    elif verb in ("confirm", "reject"):
        world.say(verb=verb, left=[one], right=[other])
        assert (other in one_with(world.found(), one)) == (verb == "confirm")
    elif verb == "merge" and own != theirs:
        world.say(verb="merge", left=sorted(own), right=sorted(theirs), keeps=called(found, one))
        assert one_with(world.found(), other) == own | theirs
        assert called(world.found(), other) == called(found, one)
    elif verb == "split" and own != {one}:
        world.say(verb="split", left=[one], right=sorted(own - {one}))
        stay = one_with(world.found(), min(own - {one}))
        assert stay >= own - {one}
        assert one not in stay


@settings(max_examples=WORLDS, deadline=None)
@given(st.integers(0, 2**32))
def test_decisions_leave_customers_consistent(seed: int) -> None:
    decided(seed)


def decided(seed: int) -> None:
    """Decisions of one world, and what must hold after each; then all are taken back, the last one first."""
    chance = random.Random(seed)  # many draws at once: hypothesis would record each
    world = World(chance)
    before = world.found()
    for _ in range(STEPS):
        kept = len(world.said)
        act(world, before)
        after = world.found()
        check(world, after)
        if len(world.said) > kept and chance.random() < 0.2:
            world.say(takes_back=world.said[-1]["id"])
            assert world.found() == before
            world.say(takes_back=world.said[-1]["id"])
            assert world.found() == after
        before = after
    gone = undone(world.said)
    for id in [row["id"] for row in world.said[::-1]]:
        if id not in gone:
            world.say(takes_back=id)
            gone = undone(world.said)
    assert world.found() == customers(world.links, belonging([]))


def test_nobody_is_no_customer() -> None:
    assert customers(LINK.empty_table(), belonging([])) == {}
