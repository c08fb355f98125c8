"""Groups from links: chains hold together, what stands apart is never brought together, by the weakest link cut."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.grouping import grouped

MEMBERS = 9
PAIR = st.tuples(st.integers(0, MEMBERS - 1), st.integers(0, MEMBERS - 1)).filter(lambda pair: pair[0] != pair[1])
LINKS = st.dictionaries(PAIR.map(lambda pair: (min(pair), max(pair))), st.sampled_from([0.2, 0.5, 0.7, 0.9, 1.0]))
PAIRS = st.lists(PAIR, max_size=6)


def groups(links: dict[tuple[int, int], float], **more: Any) -> list[int]:
    return grouped(MEMBERS, list(links), list(links.values()), threshold=0.5, **more).tolist()


def reached(links: list[tuple[int, int]]) -> list[int]:
    """The least member that each one is linked to, by walking."""
    found = list(range(MEMBERS))
    for _ in range(MEMBERS):
        for left, right in links:
            found[left] = found[right] = min(found[left], found[right])
    return found


def taken(links: dict[tuple[int, int], float], together: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [pair for pair, probability in links.items() if probability >= 0.5] + together


@given(LINKS, PAIRS)
def test_without_a_contradiction_groups_are_whoever_a_chain_of_links_leads_to(links: Any, together: Any) -> None:
    assert groups(links, together=together) == reached(taken(links, together))


@given(LINKS, PAIRS, PAIRS)
def test_no_group_holds_two_that_stand_apart(links: Any, together: Any, apart: Any) -> None:
    found = groups(links, together=together, apart=apart)
    assert all(found[left] != found[right] for left, right in apart)


@given(LINKS, PAIRS, PAIRS)
def test_every_group_hangs_together_by_its_own_links(links: Any, together: Any, apart: Any) -> None:
    found = groups(links, together=together, apart=apart)
    inside = [pair for pair in taken(links, together) if found[pair[0]] == found[pair[1]]]
    assert found == reached(inside)


@given(LINKS, PAIRS, PAIRS)
def test_a_link_is_cut_only_between_groups_that_must_not_meet(links: Any, together: Any, apart: Any) -> None:
    found = groups(links, together=together, apart=apart)
    foes = {frozenset((found[left], found[right])) for left, right in apart}
    cut = [frozenset((found[left], found[right])) for left, right in taken(links, together)]
    assert all(pair in foes for pair in cut if len(pair) == 2)


@settings(max_examples=50)
@given(LINKS, PAIRS, PAIRS, st.randoms())
def test_the_order_of_rows_does_not_matter(links: Any, together: Any, apart: Any, chance: random.Random) -> None:
    first = groups(links, together=together, apart=apart)
    turned = [pair[:: chance.choice((1, -1))] for pair in links]
    order = chance.sample(range(len(links)), len(links))
    strength = [list(links.values())[place] for place in order]
    again = grouped(
        MEMBERS, [turned[place] for place in order], strength, threshold=0.5, together=together, apart=apart[::-1]
    )
    assert again.tolist() == first


def test_of_a_chain_between_two_that_stand_apart_the_weakest_link_is_cut() -> None:
    chain = {(0, 1): 0.9, (1, 2): 0.6, (2, 3): 0.8}
    assert groups(chain)[:4] == [0, 0, 0, 0]
    assert groups(chain, apart=[(3, 0)])[:4] == [0, 0, 2, 2]


def test_the_later_of_two_words_that_contradict_what_is_apart_holds() -> None:
    assert groups({}, together=[(0, 1), (1, 2)], apart=[(0, 2)])[:3] == [0, 1, 1]
    assert groups({}, together=[(1, 2), (0, 1)], apart=[(0, 2)])[:3] == [0, 0, 2]


def test_a_word_is_stronger_than_any_probability() -> None:
    assert groups({(0, 1): 1.0}, together=[(1, 2)], apart=[(0, 2)])[:3] == [0, 1, 1]


def test_nobody_and_nothing_is_no_group() -> None:
    assert grouped(0, [], [], threshold=0.5).tolist() == []
    assert groups({(0, 1): float("nan"), (1, 2): 0.49}) == list(range(MEMBERS))
    assert groups({(0, 0): 1.0}, apart=[(4, 4)]) == list(range(MEMBERS))


def test_a_million_members_with_some_that_stand_apart_take_seconds() -> None:
    chance = np.random.default_rng(1)
    pairs = chance.integers(0, 1_000_000, (300_000, 2))
    apart = pairs[:1000]
    found = grouped(1_000_000, pairs, chance.random(300_000), threshold=0.5, apart=apart)
    assert (found[apart[:, 0]] != found[apart[:, 1]]).all()
    assert (found[found] == found).all()


def test_a_star_of_many_around_two_that_stand_apart_is_parted_by_strength() -> None:
    leaves = list(range(2, 2000))
    pairs = list(itertools.product((0, 1), leaves))
    strength = [0.9 if (leaf + centre) % 2 == 0 else 0.8 for centre, leaf in pairs]
    found = grouped(2000, pairs, strength, threshold=0.5, apart=[(0, 1)])
    assert all(found[leaf] == leaf % 2 for leaf in leaves)
