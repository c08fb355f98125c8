"""Cells of a file become the types that a part reads."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from touchstone.core.errors import Refused
from touchstone.core.fields import cast
from touchstone.core.tables import INSTANT, NUMBER


def test_iso_dates_and_times_are_instants_with_and_without_a_zone() -> None:
    cells = [
        "2026-03-01",
        "2026-03-01T10:30",
        "2026-03-01T10:30:00Z",
        "2026-03-01 10:30:00+02:00",
        "2026",
        "2026-03",
        None,
    ]
    read = cast(pa.chunked_array([cells]), INSTANT, "at").to_pylist()
    day, time = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
    assert read == [day, time, time, time.replace(hour=8), datetime(2026, 1, 1, tzinfo=UTC), day, None]


def test_a_cell_that_is_no_instant_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="column at"):
        cast(pa.chunked_array([["soon"]]), INSTANT, "at")


def test_blanks_and_the_ways_a_file_may_pack_its_texts_do_not_matter() -> None:
    cells = pa.array([" 2026-03-01 ", "2026-03-01"])
    day = datetime(2026, 3, 1, tzinfo=UTC)
    for packed in (cells, cells.dictionary_encode(), cells.cast(pa.large_string()), cells.cast(pa.string_view())):
        assert cast(pa.chunked_array([packed]), INSTANT, "at").to_pylist() == [day, day]
    written = [" 5", "+5", "5.", "0.5e1", "", "  ", None, "-Inf"]
    assert cast(pa.chunked_array([written]), NUMBER, "value").to_pylist() == [5.0] * 4 + [None] * 3 + [-math.inf]


def test_whole_numbers_are_years_and_nothing_else() -> None:
    assert cast(pa.chunked_array([[1871]]), INSTANT, "at").to_pylist() == [datetime(1871, 1, 1, tzinfo=UTC)]
    with pytest.raises(Refused, match=r"column at, row 1: '1700000000' is no date or time"):
        cast(pa.chunked_array([[1_700_000_000]]), INSTANT, "at")


@pytest.mark.parametrize("cell", ["many", "1,5", "0x10", "1 000"])
def test_a_cell_that_is_no_number_is_refused_with_its_row(cell: str) -> None:
    with pytest.raises(Refused, match=r"column value, row 2: .* is not a number") as refused:
        cast(pa.chunked_array([["1", cell]]), NUMBER, "value")
    assert cell in str(refused.value)
    assert refused.value.field == "value"


@pytest.mark.parametrize("cell", [1e300, -1e101])
def test_a_number_beyond_reckoning_is_refused_with_its_row(cell: float) -> None:
    with pytest.raises(Refused, match=r"column value, row 3: .* beyond what can be computed with"):
        cast(pa.chunked_array([[1.0, None, cell]]), NUMBER, "value")


@pytest.mark.parametrize("cells", [pa.array([[1.0]]), pa.array([1], pa.time32("s"))])
def test_what_is_neither_number_nor_date_is_refused_and_no_traceback(cells: pa.Array) -> None:
    for kind in (NUMBER, INSTANT):
        with pytest.raises(Refused, match="column value"):
            cast(pa.chunked_array([cells]), kind, "value")
