"""Shrinkage: a known answer from the literature, honest limits, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.science.order import probability_above, ranks
from touchstone.science.shrinkage import Luck, draws, james_stein, pooled_variance, posterior, shrink

EARLY = [400, 378, 356, 333, 311, 311, 289, 267, 244, 244, 222, 222, 222, 222, 222, 200, 178, 156]
REST = [346, 298, 276, 222, 273, 270, 263, 210, 269, 230, 264, 256, 303, 264, 226, 285, 316, 200]
"""Batting averages of 18 players, in thousandths: of 45 at-bats, and of the rest of 1970 (Efron & Morris 1975)."""


def arcsine(average: list[int]) -> np.ndarray:
    return np.sqrt(45) * np.arcsin(2 * np.array(average) / 1000 - 1)


def test_efron_and_morris_squared_error_falls_from_17_58_to_5_00() -> None:
    early, rest = arcsine(EARLY), arcsine(REST)
    drawn_in, factor = james_stein(early)
    assert ((early - rest) ** 2).sum() == pytest.approx(17.58, abs=0.05)
    assert ((drawn_in - rest) ** 2).sum() == pytest.approx(5.00, abs=0.05)
    assert factor == pytest.approx(0.209, abs=0.001)


def test_ours_cuts_their_error_by_more_than_two_thirds_and_covers() -> None:
    early, rest = arcsine(EARLY), arcsine(REST)
    found = shrink(early, np.ones(18), widest=10)
    assert ((found.value - rest) ** 2).sum() < 17.58 / 3
    assert ((found.low <= rest) & (rest <= found.high)).sum() >= 17


@given(st.integers(0, 10_000), st.integers(2, 60), st.sampled_from([1e-6, 0.01, 1.0, 1e4]), st.booleans())
def test_limits_are_where_the_belief_says(seed: int, units: int, spread: float, outlier: bool) -> None:
    from scipy.special import ndtr

    random = np.random.default_rng(seed)
    variance = spread / random.integers(1, 500, units)
    figure = random.standard_normal(units) * np.sqrt(variance) + np.where(np.arange(units) == 0, 1e3 * outlier, 0.0)
    belief, found = posterior(figure, variance, widest=2), shrink(figure, variance, widest=2)
    for share, limit in ((0.025, found.low), (0.975, found.high)):
        below = belief.weight @ ndtr((limit - belief.mean) / belief.deviation)
        assert below == pytest.approx(np.full(units, share), abs=1e-9)


@given(st.integers(0, 10_000), st.integers(2, 70))
def test_ranks_are_counted_as_by_hand(seed: int, units: int) -> None:
    random = np.random.default_rng(seed)
    drawn = random.standard_normal(units) + random.standard_normal((200, units))
    found = ranks(drawn.mean(axis=0), drawn)
    places = units - np.argsort(np.argsort(drawn, axis=1), axis=1)
    low, high = np.sort(places, axis=0)[[4, 195]]
    assert (found.low == np.fmin(low, found.rank)).all()
    assert (found.high == np.fmax(high, found.rank)).all()


@pytest.mark.parametrize(("units", "spread"), [(3, 0.3), (10, 0.3), (60, 0.1), (60, 0.5)])
def test_limits_hold_the_truth_of_95_percent_of_units(units: int, spread: float) -> None:
    random = np.random.default_rng(units)
    held = []
    for _ in range(250):
        variance = 1 / (3 + random.geometric(0.1, units))
        truth = 3 + spread * random.standard_normal(units)
        found = shrink(truth + random.standard_normal(units) * np.sqrt(variance), variance, widest=2)
        held.append((found.low <= truth) & (truth <= found.high))
    assert 0.93 <= np.mean(held) <= 0.99


def survey(seed: int, level: float, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts of 1-5 of 120 units with 3 answers and more, their true means, their number of answers."""
    from scipy.special import ndtr

    random = np.random.default_rng(seed)
    quality = level + spread * random.standard_normal(120)
    below = ndtr(np.array([-1.6, -0.9, -0.2, 0.7]) - quality[:, None])
    shares = np.diff(below, prepend=0.0, append=1.0, axis=1)
    n = np.fmin(2 + random.geometric(0.06, 120), 80)
    return (
        np.array([random.multinomial(each, share) for each, share in zip(n, shares, strict=True)]),
        shares @ np.arange(1, 6),
        n,
    )


def test_survey_scores_of_units_cover_94_to_96_percent_and_90_at_every_size() -> None:
    held, sizes = [], []
    for run in range(25):
        for level, spread in ((0.0, 0.4), (0.6, 0.3), (1.2, 0.4), (1.2, 0.15)):
            counts, truth, n = survey(run, level, spread)
            mean = counts @ np.arange(1, 6) / n
            within = counts @ np.arange(1, 6) ** 2 / n - mean**2
            found = shrink(mean, pooled_variance(mean, within, n, worst=1, best=5), widest=2)
            held.append((found.low <= truth) & (truth <= found.high))
            sizes.append(n)
    inside, size = np.concatenate(held), np.concatenate(sizes)
    assert 0.94 <= inside.mean() <= 0.96
    for low, high in ((3, 3), (4, 5), (6, 9), (10, 19), (20, 39), (40, 80)):
        assert inside[(size >= low) & (size <= high)].mean() >= 0.9


def test_few_answers_are_drawn_further_than_many() -> None:
    found = shrink([1.0, 1.0, 3.0, 3.2, 2.8], [0.5, 0.01, 0.1, 0.1, 0.1], widest=2)
    assert found.value[0] > found.value[1]
    assert found.reliability[0] < found.reliability[1]


def test_equal_answers_never_pass_for_certainty() -> None:
    variance = pooled_variance([5, 5, 5], [0, 0, 0], [3, 3, 3], worst=1, best=5)
    assert (variance > 0).all()


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 4)), min_size=3, max_size=12))
def test_the_drawn_in_figure_lies_between_its_own_and_the_group(cells: list[tuple[float, float]]) -> None:
    figure, variance = np.array(cells).T
    found = shrink(figure, variance, widest=5)
    assert (found.low <= found.value).all()
    assert (found.value <= found.high).all()
    assert (found.value >= figure.min() - 1e-9).all()
    assert (found.value <= figure.max() + 1e-9).all()
    assert ((found.reliability >= 0) & (found.reliability <= 1)).all()


@pytest.mark.parametrize(
    ("figure", "variance"), [([1.0], [1.0]), ([1, 2], [0, 1]), ([1, np.nan], [1, 1]), ([1, 2], [1])]
)
def test_what_cannot_be_drawn_in_is_an_error(figure: list[float], variance: list[float]) -> None:
    with pytest.raises(ValueError, match=r"two units|finite"):
        posterior(figure, variance, widest=1)


def test_too_few_figures_for_james_and_stein_are_an_error() -> None:
    with pytest.raises(ValueError, match="four"):
        james_stein([1, 2, 3])


def test_draws_repeat_and_agree_with_the_limits() -> None:
    figure, variance = np.array([1.0, 2, 3, 4, 2.5]), np.full(5, 0.3)
    belief, found = posterior(figure, variance, widest=3), shrink(figure, variance, widest=3)
    drawn = draws(belief, size=20_000, seed=1)
    assert (drawn == draws(belief, size=20_000, seed=1)).all()
    assert drawn.mean(axis=0) == pytest.approx(found.value, abs=0.03)
    assert np.quantile(drawn, 0.025, axis=0) == pytest.approx(found.low, abs=0.06)


def test_groups_that_share_their_luck_are_drawn_as_by_themselves() -> None:
    luck = Luck(7)
    for units in (3, 40, 5):
        belief = posterior(np.linspace(0, 1, units), np.full(units, 0.1), widest=2)
        assert (draws(belief, size=50, seed=luck) == draws(belief, size=50, seed=7)).all()


def test_the_limits_of_a_rank_are_quantiles_of_the_ranks_drawn() -> None:
    drawn = np.random.default_rng(3).standard_normal((200, 6)) + np.arange(6)
    found = ranks(np.arange(6.0), drawn)
    places = np.sort(np.argsort(np.argsort(-drawn, axis=1), axis=1) + 1, axis=0)
    assert (found.low == np.fmin(places[4], found.rank)).all()
    assert (found.high == np.fmax(places[195], found.rank)).all()


def test_ranks_say_what_they_may_be() -> None:
    drawn = draws(posterior([1.0, 1.05, 3, 5], [0.01] * 4, widest=3), size=4000, seed=3)
    found = ranks(np.array([1.0, 1.05, 3, 5]), drawn)
    assert found.rank.tolist() == [4, 3, 2, 1]
    assert (found.low[0], found.high[0]) == (3, 4)
    assert (found.low[3], found.high[3]) == (1, 1)
    assert found.above_next[2] > 0.999
    assert 0.5 < found.above_next[1] < 0.8
    assert np.isnan(found.above_next[0])


def test_where_less_is_better_ranks_turn_round() -> None:
    value = np.array([1.0, 2.0, 3.0])
    drawn = np.tile(value, (10, 1))
    assert ranks(value, drawn, best_is_high=False).rank.tolist() == [1, 2, 3]
    assert probability_above(drawn, best_is_high=False)[0].tolist() == [0.5, 1, 1]


def test_probabilities_of_a_pair_add_up_to_one() -> None:
    drawn = np.random.default_rng(1).standard_normal((500, 4))
    table = probability_above(drawn)
    assert table + table.T == pytest.approx(np.ones((4, 4)))
