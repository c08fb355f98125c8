"""What comes back comes back by its owner's clock, also on the days on which clocks are turned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.rules import rhythm

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
INSTANTS = st.integers(0, 2 * 366 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
EVERY = st.sampled_from(rhythm.EVERY)
HOURS = st.integers(0, 23)


@given(INSTANTS, EVERY, st.sampled_from(rhythm.WEEKDAYS), HOURS, ZONES)
def test_it_was_due_before_now_and_is_due_again_after(
    now: datetime, every: str, weekday: str, hour: int, zone: str
) -> None:
    last = rhythm.last(now, every=every, weekday=weekday, hour=hour, zone=zone)
    following = rhythm.following(last, every=every, hour=hour, zone=zone)
    assert last <= now < following
    assert rhythm.last(following, every=every, weekday=weekday, hour=hour, zone=zone) == following


@given(INSTANTS, HOURS, HOURS, ZONES)
def test_who_is_told_is_awake_and_not_kept_waiting_longer_than_a_day(
    now: datetime, start: int, end: int, zone: str
) -> None:
    told = rhythm.awake(now, quiet=(start, end), zone=zone)
    assert now <= told <= now + timedelta(hours=25)
    assert rhythm.awake(told, quiet=(start, end), zone=zone) == told


def test_a_week_keeps_its_hour_when_clocks_are_turned() -> None:
    before = datetime(2026, 10, 19, 5, tzinfo=UTC)  # seven o'clock in Berlin, in summer
    after = rhythm.following(before, hour=7, zone="Europe/Berlin")
    assert after.astimezone(ZoneInfo("Europe/Berlin")).hour == 7
    assert after - before == timedelta(days=7, hours=1)


@pytest.mark.parametrize("text", ["20", "late", "20-", "-1-7", "25-7"])
def test_quiet_hours_that_do_not_read_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="no hours"):
        rhythm.quiet_hours(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [("every", "year"), ("weekday", "someday"), ("hour", 24), ("zone", "Mars/North"), ("zone", "/x")],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(field: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        rhythm.check(**{field: value})  # type: ignore[arg-type]  # what a form may bring
    assert refused.value.field == field
