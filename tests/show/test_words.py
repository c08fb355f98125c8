"""Draws of customers' words: the same as sorting all of them by a hash, however few are looked at."""

from __future__ import annotations

import random
from collections import defaultdict
from hashlib import md5
from typing import Any

import pytest

from touchstone.core.taxonomy import Taxonomy
from touchstone.show import _words
from touchstone.show._narrow import narrow
from touchstone.store.scratch import scratch

SEED = 20261121


def world(seed: int) -> tuple[Any, list[dict[str, Any]], list[dict[str, Any]]]:
    """Texts of a few units and touchpoints; some mention one touchpoint again and again, some say nothing."""
    chance = random.Random(seed)
    interactions = [
        {"id": f"i{n:03}", "text": chance.choice(["fine", "late", "", None]), "unit": f"u{n % 3}", "kind": "review"}
        for n in range(60)
    ]
    interactions += [{"id": "ours", "text": "we never are late", "unit": "u0", "kind": "claim"}]
    mentions = []
    for one in interactions:
        for touchpoint in chance.sample(["bill", "parking", "coffee"], chance.randrange(3)):
            for place in range(chance.choice([1, 2, 90])):
                start = chance.randrange(500)
                polarity = chance.choice(["positive", "negative", "mixed"])
                said = {"interaction": one["id"], "touchpoint": touchpoint, "polarity": polarity, "start": start}
                mentions.append(said | {"id": f"{one['id']}{touchpoint}{place}", "stop": start + 5})
    return scratch(interactions, mentions=mentions, taxonomy=Taxonomy("none", ())), interactions, mentions


def first(ids: set[str]) -> list[str]:
    """The three that a draw begins with."""
    return sorted(ids, key=lambda id: (md5(f"{id}{SEED}".encode()).hexdigest(), id))[: _words.EACH]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("polarity", [(), ("negative", "mixed")])
def test_a_draw_by_touchpoint_is_the_first_of_all_that_mention_it(seed: int, polarity: tuple[str, ...]) -> None:
    ask, interactions, mentions = world(seed)
    told = {each["id"] for each in interactions if each["text"] and each["kind"] != "claim"}
    by: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in mentions:
        if each["interaction"] in told and (not polarity or each["polarity"] in polarity):
            by[each["touchpoint"]][each["interaction"]].append(each["start"])
    found = _words.of_touchpoints(ask, narrow(), polarity=polarity)
    assert {name: [each.id for each in drawn] for name, drawn in found.items()} == {
        name: first(set(said)) for name, said in by.items()
    }
    for name, drawn in found.items():
        assert [each.start for each in drawn] == [min(by[name][each.id]) for each in drawn]


@pytest.mark.parametrize("seed", range(3))
def test_a_draw_by_unit_is_the_first_of_all_its_texts(seed: int) -> None:
    ask, interactions, _ = world(seed)
    by: dict[str, set[str]] = defaultdict(set)
    for each in interactions:
        if each["text"] and each["kind"] != "claim":
            by[each["unit"]].add(each["id"])
    found = _words.of_column(ask, "unit", narrow())
    assert {unit: [each.id for each in drawn] for unit, drawn in found.items()} == {
        unit: first(ids) for unit, ids in by.items()
    }
