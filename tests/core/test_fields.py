"""Cells of a file become the types that a part reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from touchstone.core.errors import Refused
from touchstone.core.fields import cast
from touchstone.core.tables import INSTANT


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
