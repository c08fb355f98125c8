"""Alarms: few that are false however often one looks, soon where something changed, and the Nile's in 1899."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.science.change import Watched, watch_figures, watch_scores
from touchstone.science.tilt import divergence

SCORES = np.arange(11.0)
MOODS = {
    "recommend": np.array([3, 1, 1, 2, 2, 5, 6, 10, 20, 20, 30]) / 100,
    "mostly tens": np.array([5, 1, 1, 1, 1, 1, 1, 1, 1, 7, 80]) / 100,
    "noughts and tens": np.array([10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90]) / 100,
    "bell": np.exp(-0.5 * ((SCORES - 5) / 1.8) ** 2) / np.exp(-0.5 * ((SCORES - 5) / 1.8) ** 2).sum(),
}
YEAR = 8 + 52
NILE = """
1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 1100 1210 1150 1250 1260
1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 831 726 456 824 702 1120 1100 832 764 821 768 845 864
862 698 845 744 796 1040 759 781 865 845 944 984 897 822 1010 771 676 649 846 812 742 801 1040 860 874 848 890 744 749
838 1050 918 986 797 923 975 815 1020 906 901 1170 912 746 919 718 714 740
"""  # annual flow at Aswan, 1871-1970, in 10^8 cubic metres (Cobb 1978)


def shifted(mood: np.ndarray, by: float) -> np.ndarray:
    """The mood tilted until its mean has moved by so many standard deviations."""
    spread = np.sqrt(mood @ SCORES**2 - (mood @ SCORES) ** 2)
    low, high = -5.0, 5.0
    for _ in range(60):
        tilted = mood * np.exp((low + high) / 2 * SCORES / spread)
        tilted /= tilted.sum()
        low, high = (
            ((low + high) / 2, high) if tilted @ SCORES < mood @ SCORES + by * spread else (low, (low + high) / 2)
        )
    return tilted


def false_alarms(mood: np.ndarray, n: int, *, unequal: bool = False, runs: int = 200) -> float:
    """The share of series that raise an alarm in a year of weekly looks though nothing changes."""
    chance = np.random.default_rng(20261121)
    alarms = 0
    for _ in range(runs):
        amount = np.maximum(1, chance.poisson(n * chance.gamma(2, 0.5, YEAR))) if unequal else np.full(YEAR, n)
        alarms += watch_scores(chance.multinomial(amount, mood), SCORES).alarm >= 0
    return alarms / runs


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("n", [1, 3, 200])
def test_weekly_looks_for_a_year_raise_at_most_5_in_100_false_alarms(mood: str, n: int) -> None:
    assert false_alarms(MOODS[mood], n) <= 0.05


def test_weeks_with_few_and_many_answers_raise_no_more() -> None:
    assert false_alarms(MOODS["mostly tens"], 20, unequal=True) <= 0.05


@pytest.mark.parametrize(("at", "by"), [(8, -0.3), (30, 0.3)])
@pytest.mark.parametrize("mood", ["recommend", "bell"])
def test_a_change_of_three_tenths_of_a_deviation_is_found_within_three_weeks(mood: str, at: int, by: float) -> None:
    chance, soon = np.random.default_rng(7), 0
    for _ in range(150):
        before = chance.multinomial(200, MOODS[mood], at)
        since = chance.multinomial(200, shifted(MOODS[mood], by), 4)
        soon += at <= watch_scores(np.vstack([before, since]), SCORES).alarm < at + 3
    assert soon >= 0.9 * 150


def test_the_nile_changed_after_1898() -> None:
    found = watch_figures([float(each) for each in NILE.split()])
    assert 1871 + found.change == 1899
    assert (1871 + found.earliest, 1871 + found.latest) == (1897, 1900)
    assert found.low < found.value < found.high < 0
    assert found.value == pytest.approx(-247.8, abs=0.1)
    assert 0 < found.alarm - found.change < 10


def test_the_size_of_a_change_lies_within_its_limits_in_19_of_20_cases() -> None:
    chance, held, raised = np.random.default_rng(3), 0, 0
    for _ in range(150):
        figures = np.round(chance.normal(0, 1, 50) + 2.0 * (np.arange(50) >= 25), 1)
        found = watch_figures(figures)
        raised += found.alarm >= 25
        held += found.alarm >= 25 and found.low <= 2.0 <= found.high and found.earliest <= 25 <= found.latest
    assert raised > 140
    assert held >= 0.93 * raised


counted = st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3).filter(sum), min_size=10, max_size=24)


@given(counts=counted, factor=st.sampled_from([0.1, 3.0, 1e4]), start=st.sampled_from([-7.0, 0.0, 1e3]))
@settings(max_examples=40, deadline=None)
def test_neither_units_nor_nought_of_a_scale_matter(counts: list[list[int]], factor: float, start: float) -> None:
    scores = np.array([0.0, 1.0, 3.0])
    plain, other = watch_scores(counts, scores, alpha=0.4), watch_scores(counts, start + factor * scores, alpha=0.4)
    mirrored = watch_scores(counts, -scores, alpha=0.4)
    assert plain.alarm == other.alarm == mirrored.alarm
    assert plain.evidence == pytest.approx(other.evidence, rel=1e-4)
    if plain.alarm >= 0:
        assert other.value == pytest.approx(factor * plain.value, rel=1e-6, abs=1e-6)
        assert mirrored.value == pytest.approx(-plain.value)
        assert plain.low <= plain.value <= plain.high


@given(counts=counted)
@settings(max_examples=40, deadline=None)
def test_an_alarm_is_raised_live_and_never_called_back(counts: list[list[int]]) -> None:
    whole = watch_scores(counts, [0.0, 1.0, 3.0], alpha=0.5)
    if whole.alarm >= 0:
        assert watch_scores(counts[: whole.alarm + 1], [0.0, 1.0, 3.0], alpha=0.5).alarm == whole.alarm
        assert watch_scores(counts[: whole.alarm], [0.0, 1.0, 3.0], alpha=0.5).alarm == -1


@pytest.mark.parametrize("looks", [0, 1, 8, 9, 60])
def test_what_never_varies_never_changed(looks: int) -> None:
    found = watch_scores(np.full((looks, 1), 5.0), [4.0])
    assert found == Watched(looks, found.needed, found.evidence)
    assert np.isnan(found.value)


def test_a_baseline_without_looks_is_refused() -> None:
    with pytest.raises(ValueError, match="baseline"):
        watch_figures([1.0, 2.0], baseline=1)


@pytest.mark.parametrize("mean", [0.0, 0.1, 0.35, 1.0])
def test_between_two_scores_the_divergence_is_that_of_two_shares(mean: float) -> None:
    by_hand = sum(p * np.log(p / q) for p, q in ((mean, 0.2), (1 - mean, 0.8)) if p > 0)
    assert divergence([0.0, 1.0], [20, 80][::-1], [mean])[0] == pytest.approx(by_hand, abs=1e-7)


def test_of_a_bell_the_divergence_is_half_the_squared_distance() -> None:
    scores = np.linspace(-6, 6, 241)
    assert divergence(scores, np.exp(-(scores**2) / 2), [0.0, 1.0, -2.0]) == pytest.approx([0, 0.5, 2.0], abs=1e-4)
