"""Dates in any common form become instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from touchstone.listen._dates import day_first, instants, readable

DAY = datetime(2015, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2015-10-02", "2 October 2015", "02/10/2015", "2.10.15", "October 2, 2015", "Fri, 2 Oct 2015", "20151002",
        "2nd October 2015", "2 octobre 2015", "2 de octubre de 2015", "2. Oktober 2015", "2015/10/2", "1443744000",
        "1443744000000", "2015-10-02T00:00:00Z", "2015-10-02 02:00:00+02:00", "Thu Oct 01 20:00:00 -0400 2015",
        " on 10/01/15 17:00 PM (PDT)", "2015-10-02T00:00:00.000+0000", "Oct 02, 2015 12:00 AM", "02-10-2015",
    ],
)  # fmt: skip
def test_one_day_in_many_forms(text: str) -> None:
    days_first = not text.startswith(" on")
    assert instants(pa.array([text]), days_first=days_first).to_pylist() == [DAY]


@pytest.mark.parametrize("text", ["October 2015", "2015-10", "10/2015", "oct. 2015"])
def test_a_month_is_its_first_day(text: str) -> None:
    assert instants(pa.array([text]), days_first=True).to_pylist() == [datetime(2015, 10, 1, tzinfo=UTC)]


@pytest.mark.parametrize("text", ["soon", "2015-02-30", "99/99/2015", "", "last week", "12345", "1e10", "00/00/0000"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert instants(pa.array([text]), days_first=True).to_pylist() == [None]


def test_the_whole_column_decides_what_comes_first() -> None:
    assert day_first(["01/02/2015", "25/02/2015"]) == (True, True)
    assert day_first(["01/02/2015", "02/25/2015"]) == (False, True)
    assert day_first(["01/02/2015", "03/04/2015"]) == (True, False)
    assert day_first(["01/02/2015 3:00 PM", "03/04/2015 4:00 AM"]) == (False, False)
    assert day_first(["1/3/2015", "1/4/2015", "1/5/2015", "1/9/2015"]) == (True, True)
    column = pa.array(["03/04/2015", "12/25/2015"])
    assert instants(column, days_first=False).to_pylist()[0] == datetime(2015, 3, 4, tzinfo=UTC)


@settings(max_examples=100, deadline=None)
@given(
    moment=some.datetimes(datetime(1972, 1, 1), datetime(2090, 1, 1)).map(lambda found: found.replace(microsecond=0)),
    minutes=some.sampled_from([-480, -210, 0, 60, 330]),
    form=some.sampled_from(
        ["%Y-%m-%d %H:%M:%S%z", "%d/%m/%Y %H:%M:%S %z", "%a %b %d %H:%M:%S %z %Y", "%d %B %Y, %H:%M:%S %z"]
    ),
)
def test_what_is_written_in_a_form_is_read_back(moment: datetime, minutes: int, form: str) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert instants(pa.array([there.strftime(form)]), days_first=True).to_pylist() == [there.astimezone(UTC)]


@settings(max_examples=200, deadline=None)
@given(texts=some.lists(some.text(max_size=30) | some.from_regex(r"[0-9/:. -]{1,20}"), max_size=5))
def test_any_text_reads_as_a_date_or_as_none(texts: list[str]) -> None:
    assert len(instants(pa.array(texts, pa.string()), days_first=True)) == len(texts)
    assert 0 <= readable(texts) <= 1
