"""Attribution: the textbook's three journeys, chains solved by hand, and totals that always add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.attribution import Chain, Journeys, last_touch, shapley


def journeys(*ways: str, kinds: int = 4) -> Journeys:
    """Ways such as "012": steps 0, 1, 2."""
    steps = [int(step) for way in ways for step in way]
    return Journeys.of(steps, [at for at, way in enumerate(ways) for _ in way], kinds=kinds)


def test_three_journeys_of_the_textbook() -> None:
    """c1-c2-c3 bought, c1 and c2-c3 did not: removal effects .5, 1, 1 and shares .2, .4, .4 (Bryl' 2016)."""
    chain = Chain(journeys("012", "0", "12", kinds=3))
    assert chain.removal([1, 1, 1], [1, 0, 0]) == pytest.approx([0.5, 1, 1])
    assert chain.attributed([1, 1, 1], [1, 0, 0]) == pytest.approx([0.2, 0.4, 0.4])


def test_shapley_and_last_touch_of_a_few_journeys() -> None:
    ways = journeys("01", "0", "110")
    assert shapley(ways, [6, 2, 4]) == pytest.approx([7, 5, 0, 0])
    assert last_touch(ways, [6, 2, 4]) == pytest.approx([6, 6, 0, 0])


def test_an_order_of_two_knows_what_came_before() -> None:
    """0 then 1 always buys, 2 then 1 never does: a chain of one step cannot tell, one of two can."""
    ways, often, won = journeys("01", "21", kinds=3), [50, 50], [50, 0]
    assert Chain(ways).removal(often, won)[2] == pytest.approx(0.5)
    assert Chain(ways, order=2).removal(often, won) == pytest.approx([1, 1, 0])


def test_many_states_are_solved_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    ways = journeys(*("".join(map(str, random.integers(0, 4, random.integers(1, 7)))) for _ in range(80)))
    often, won = random.integers(5, 9, 80), random.integers(0, 5, 80)
    dense = Chain(ways, order=2).attributed(often, won)
    monkeypatch.setattr("touchstone.science.attribution.DENSE", 1)
    assert Chain(ways, order=2).attributed(often, won) == pytest.approx(dense)


def test_blocks_of_journeys_add_up_to_all_of_them() -> None:
    ways, often, won = journeys("01", "0", "110", "3"), np.array([5.0, 3, 2, 1]), np.array([2.0, 0, 1, 1])
    chain, block = Chain(ways), np.array([0, 1, 1, 0])
    assert chain.sums(often, won, block).sum(axis=1) == pytest.approx(chain.sums(often, won))
    assert last_touch(ways, won, block) == pytest.approx(np.array([[0, 1], [2, 0], [0, 0], [1, 0]]))
    assert shapley(ways, won, block).sum(axis=1) == pytest.approx(shapley(ways, won))


way = st.text("0123", min_size=1, max_size=6)


made = st.tuples(way, st.integers(0, 5), st.integers(0, 5))


@given(rows=st.lists(made, min_size=1, max_size=12), order=st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_what_is_handed_out_adds_up(rows: list[tuple[str, int, int]], order: int) -> None:
    ways = journeys(*(way for way, _, _ in rows))
    won = np.array([won for _, won, _ in rows], float)
    often = won + [lost for _, _, lost in rows]
    assert shapley(ways, won).sum() == pytest.approx(won.sum())
    assert last_touch(ways, won).sum() == pytest.approx(won.sum())
    if won.any():
        chain = Chain(ways, order=order)
        assert chain.attributed(often, won).sum() == pytest.approx(won.sum())
        effect = chain.removal(often, won)
        assert (effect >= -1e-9).all()
        assert (effect <= 1 + 1e-9).all()
        met = {int(step) for way, made, lost in rows for step in way if made + lost}
        assert (effect[sorted(set(range(4)) - met)] < 1e-9).all(), "what nobody met takes nothing away"


def test_what_makes_no_sense_is_refused() -> None:
    for steps, whose in (([0, 9], [0, 0]), ([0, 1], [1, 0]), ([0, 1], [0, 2])):
        with pytest.raises(ValueError, match="journey"):
            Journeys.of(steps, whose, kinds=4)
    with pytest.raises(ValueError, match="order"):
        Chain(journeys("01"), order=0)
