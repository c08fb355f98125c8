"""Cases go through their stages in order, and what is due falls into hours in which people work."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.rules import cases
from touchstone.rules.calendar import calendar

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
HOURS = ("mon-fri 09:00-17:30", "mon-sun 00:00-24:00", "fri-mon 22:00-24:00; sun 01:00-04:00", "sun 02:00-03:00")
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
CALENDARS = st.builds(
    lambda zone, hours, country: calendar({"zone": zone, "hours": hours, "country": country}),
    st.sampled_from(ZONES), st.sampled_from(HOURS), st.sampled_from(["", "DE"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(made=CALENDARS, start=INSTANTS, hours=st.floats(0, 60), more=st.floats(0, 30), later=st.integers(0, 10_000))
def test_what_is_due_lies_in_working_hours_and_never_comes_earlier_for_more_work_or_a_later_start(
    made, start, hours, more, later
) -> None:
    due = made.after(start, hours=hours)
    assert due >= start + timedelta(hours=hours) - timedelta(microseconds=2)
    day = due.astimezone(made.zone).date()
    near = [window for back in (1, 0) for window in made.open(day - timedelta(days=back))]
    assert any(first <= due <= last for first, last in near)
    assert made.after(start, hours=hours + more) >= due
    assert made.after(start + timedelta(minutes=later), hours=hours) >= due


@settings(max_examples=60, deadline=None)
@given(made=CALENDARS, start=INSTANTS, first=st.integers(1, 20), second=st.integers(1, 20))
def test_two_terms_one_after_the_other_are_one_of_both_together(made, start, first, second) -> None:
    assert made.after(made.after(start, hours=first), hours=second) == made.after(start, hours=first + second)


def test_a_day_on_which_the_clock_is_changed_has_the_hours_it_has() -> None:
    night = calendar({"zone": "Europe/Berlin", "hours": "sun 00:00-24:00"})
    lengths = [
        sum(((b - a) for a, b in night.open(day)), timedelta()) for day in (date(2026, 3, 29), date(2026, 10, 25))
    ]
    assert [each.total_seconds() / 3600 for each in lengths] == [23, 25]
    spring = datetime(2026, 3, 27, 16, 30, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    office = calendar({"zone": "Europe/Berlin", "hours": "mon-fri 09:00-17:00"})
    assert office.after(spring, hours=1).astimezone(office.zone).strftime("%a %H:%M") == "Mon 09:30"
    assert list(calendar({"zone": "Europe/Berlin", "hours": "sun 02:00-03:00"}).open(date(2026, 3, 29))) == []


def test_nobody_works_on_holidays_and_days_stated_as_closed() -> None:
    bavaria = calendar({"zone": "Europe/Berlin", "country": "de", "region": "by", "closed": "2026-01-07"})
    eve = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)  # 16:00; the 6th is Epiphany
    assert bavaria.after(eve, hours=2).astimezone(bavaria.zone) == datetime(2026, 1, 8, 10, 0, tzinfo=bavaria.zone)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "Mars/Base"}, "zone"), ({"zone": "../../etc/passwd"}, "zone"), ({"hours": "always"}, "hours"),
        ({"hours": "mon 17:00-09:00"}, "hours"), ({"hours": "mon 09:00-25:00"}, "hours"), ({"hours": ";"}, "hours"),
        ({"hours": "mon 09:00-12:00; mon 11:00-13:00"}, "hours"), ({"hours": "foo 09:00-12:00"}, "hours"),
        ({"country": "ZZ"}, "country"), ({"country": "DE", "region": "QQ"}, "region"), ({"closed": "soon"}, "closed"),
    ],
)  # fmt: skip
def test_a_calendar_that_makes_no_sense_is_refused_beside_its_field(wrong, field) -> None:
    with pytest.raises(Refused) as refusal:
        calendar(wrong)
    assert refusal.value.field == field


@given(steps=st.lists(st.sampled_from([*cases.STAGES, "lost"]), max_size=30))
def test_whatever_is_tried_a_case_is_closed_only_once_it_was_acknowledged_assessed_and_answered(steps) -> None:
    stage, lived = "received", ["received"]
    for each in steps:
        if each in cases.FOLLOWS[stage]:
            stage = cases.moved(stage, to=each)
            lived.append(stage)
        else:
            with pytest.raises(Refused):
                cases.moved(stage, to=each)
    if stage == "closed":
        told = [each for each in cases.STAGES if each in lived]
        assert [each for each in told if each != "investigated"] == [
            "received", "acknowledged", "assessed", "answered", "closed",
        ]  # fmt: skip
        assert lived[-2] == "answered"
    assert lived.count("received") == 1


@given(value=st.floats(0, 1), stage=st.sampled_from(cases.STAGES[:-1]), since=INSTANTS)
@settings(max_examples=40, deadline=None)
def test_what_is_more_urgent_is_due_no_later(value, stage, since) -> None:
    office = calendar({})
    told = [
        cases.due(cases.TERMS, office, stage=stage, urgency=each, level=None, since=since).at
        for each in (cases.urgency(value), cases.urgency(min(value + 0.25, 1.0)))
    ]
    assert told[1] <= told[0]


def test_a_level_may_have_terms_of_its_own_and_the_reason_says_so() -> None:
    name, row = cases.stated({"urgency": "high", "level": "dealer", "acknowledge": 1, "answer": 2, "close": 3},
                             levels=["dealer"])  # fmt: skip
    since = datetime(2026, 11, 23, 9, tzinfo=UTC)
    own, other = (
        cases.due({name: row}, calendar({}), stage="received", urgency="high", level=level, since=since)
        for level in ("dealer", "end_customer")
    )
    assert (own.at.hour, other.at.hour) == (10, 13)
    assert own.why == "to be acknowledged within 1 working hours (high, dealer)"


def test_an_overdue_case_comes_to_the_next_level_only_after_a_pause_of_working_hours() -> None:
    office, due = calendar({}), datetime(2026, 11, 20, 16, tzinfo=UTC)  # Friday, an hour before closing time
    told = [cases.escalations(due, office, pause=2, now=due + timedelta(hours=each)) for each in (0, 1, 64, 66, 67)]
    assert told == [0, 1, 1, 1, 2]
    assert cases.escalations(None, office, pause=2, now=due) == 0
