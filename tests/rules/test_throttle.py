"""Guessers wait, and wait longer; people who mistype do not."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from touchstone.rules import throttle

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def failures(count: int) -> list[datetime]:
    return [NOW - timedelta(milliseconds=each) for each in range(count)]


def test_a_few_slips_cost_nothing() -> None:
    assert throttle.wait(failures(throttle.FREE - 1), now=NOW) == timedelta()


def test_the_pause_doubles_with_every_failure_more() -> None:
    pauses = [throttle.wait(failures(throttle.FREE + more), now=NOW).total_seconds() for more in range(5)]
    assert pauses == [1, 2, 4, 8, 16]


def test_the_pause_runs_out() -> None:
    assert throttle.wait(failures(8), now=NOW + timedelta(seconds=9)) == timedelta()


def test_old_failures_are_forgotten() -> None:
    assert throttle.wait([NOW - throttle.MEMORY] * 100, now=NOW) == timedelta()


def test_no_more_keys_are_remembered_than_said_and_the_one_known_longest_goes() -> None:
    tries = throttle.Tries(most=2)
    assert [bool(tries.take({key: 1}, now=NOW)) for key in "aabbccb"] == [False, True, False, True, False, True, True]
    assert not tries.take({"a": 1}, now=NOW)


@given(st.lists(st.integers(-5000, 5000), max_size=200))
def test_nobody_waits_below_zero_or_beyond_the_longest_pause(ages: list[int]) -> None:
    pause = throttle.wait([NOW - timedelta(seconds=age) for age in ages], now=NOW)
    assert timedelta() <= pause <= throttle.LONGEST
