"""Inside out: a crowded line shows two weeks later where it is lived, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.measure._answers import brand, unfolded
from touchstone.core.errors import Refused
from touchstone.measure.inside_out import measure
from touchstone.store.scratch import scratch

START = datetime(2024, 1, 1, 12, tzinfo=UTC)  # a Monday
WEEKS = 90


def crowded(seed: int) -> Any:
    series = np.random.default_rng(seed).standard_normal(WEEKS + 2)
    for at in range(1, len(series)):
        series[at] = 0.6 * series[at - 1] + 0.8 * series[at]
    return series


def world(seed: int, felt: float) -> list[dict[str, Any]]:
    """Calls whose wait grows with the crowd, and ratings of service that fall by `felt` two weeks later."""
    chance, crowd, rows = np.random.default_rng([seed, 1]), crowded(seed), []
    for week in range(WEEKS):
        at = START + timedelta(weeks=week)
        waits = (100 * np.exp(0.5 * crowd[week + 2]) * chance.gamma(4, 0.25, 6)).round()
        rows += [_row("turn", at, attributes=f'{{"agent": "a7", "wait_seconds": {wait:.0f}}}') for wait in waits]
        for touchpoint, weight in (("service", felt), ("sales", 0.0)):
            lived = np.clip(np.round(3.5 - weight * crowd[week] + 0.7 * chance.standard_normal(8)), 1, 5)
            rows += [_row("answer", at, metric="rating", worst=1.0, best=5.0, value=float(each), touchpoint=touchpoint)
                     for each in lived]  # fmt: skip
    return rows


def _row(kind: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "source": "line", "occurred_at": at, **more}


def by_touchpoint(table: Any) -> dict[str, dict[str, Any]]:
    return {row["by"]["touchpoint"]: row for row in unfolded(table)}


def test_waiting_shows_two_weeks_later_where_it_is_lived() -> None:
    found = by_touchpoint(measure(brand(world(1, 0.5))))
    service, sales = found["service"], found["sales"]
    assert (service["detail"]["real"], service["detail"]["lag"]) == (True, 2)
    assert service["high"] < 0
    assert service["by"]["inside"] == "wait_seconds"
    assert not sales["detail"]["real"]
    assert service["detail"]["comparisons"] == 2


def test_where_nothing_is_planted_nothing_is_real() -> None:
    for seed in range(3):
        found = by_touchpoint(measure(brand(world(seed, 0.0))))
        assert not any(row["detail"]["real"] for row in found.values())


def test_twice_as_much_felt_is_twice_the_figure() -> None:
    one, two = (np.mean([by_touchpoint(measure(brand(world(seed, felt))))["service"]["value"] for seed in range(4)])
                for felt in (0.3, 0.6))  # fmt: skip
    assert two / one == pytest.approx(2, rel=0.2)


def test_conversations_tell_answer_time_and_whether_one_contact_sufficed() -> None:
    rows = []
    for week in range(40):
        at, slow = START + timedelta(weeks=week), week % 5
        asked = {"thread": f"t{week}", "source": "line", "kind": "message"}
        rows += [
            asked | {"occurred_at": at, "person": f"p{week}", "level": "end_customer"},
            asked | {"occurred_at": at + timedelta(minutes=10 + slow), "person": "agent", "level": "employee"},
            _row("answer", at, metric="csat", worst=1.0, best=5.0, value=5.0 - slow / 2),
        ]
        if week % 3 == 0:  # somebody had to come back after two days
            again = asked | {"thread": f"again{week}", "occurred_at": at + timedelta(days=2)}
            rows += [again | {"person": f"p{week}", "level": "end_customer"},
                     again | {"occurred_at": at + timedelta(days=2, minutes=5), "level": "employee"}]  # fmt: skip
    found = {row["by"]["inside"]: row for row in unfolded(measure(brand(rows)))}
    assert set(found) == {"answer_minutes", "first_contact"}
    assert found["answer_minutes"]["value"] < 0
    only = unfolded(measure(brand(rows), inside="first_contact"))
    assert [row["by"]["inside"] for row in only] == ["first_contact"]


def file(periods: int, *, hours: bool = False) -> pa.Table:
    """A file whose outside follows the inside one period later."""
    chance = np.random.default_rng(5)
    inside = chance.standard_normal(periods)
    outside = np.concatenate([[0.0], 2 * inside[:-1]]) + 0.3 * chance.standard_normal(periods)
    step = timedelta(hours=1) if hours else timedelta(weeks=1)
    at = [START + step * place for place in range(periods)]
    return pa.table({"occurred_at": pa.array(at, pa.timestamp("us", "UTC")), "inside": inside, "outside": outside})


@pytest.mark.parametrize("every", ["week", "hour"])
def test_a_file_of_periods(every: str) -> None:
    ask = scratch([], given=file(60, hours=every == "hour"))
    (row,) = unfolded(measure(ask, every=every))
    assert (row["detail"]["lag"], row["detail"]["real"]) == (1, True)
    assert row["low"] < 2 * row["detail"]["deviation_inside"] < row["high"]


def test_too_few_periods_say_so() -> None:
    (row,) = unfolded(measure(scratch([], given=file(15))))
    assert row["value"] is None
    assert "fewer than 20 weeks" in row["detail"]["why"]


@pytest.mark.parametrize(("setting", "value"), [("every", "minute"), ("lags", 99), ("inside", "x'; drop")])
def test_settings_that_make_no_sense_are_refused(setting: str, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        measure(brand([]), **{setting: value})
    assert refused.value.field == setting


def test_it_is_told_for_all_together() -> None:
    with pytest.raises(Refused):
        measure(brand([]), by=["unit"])


def test_facts_that_are_no_json_are_passed_over() -> None:
    rows = [*world(1, 0.5), *(_row("turn", START, attributes=each) for each in ("not json", "[1]"))]
    assert by_touchpoint(measure(brand(rows)))["service"]["detail"]["lag"] == 2
