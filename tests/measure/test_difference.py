"""What changed between two periods, and whether it is real."""

from __future__ import annotations

import numpy as np
import pytest

from tests.measure._answers import NOW, answer, brand, mention, nps, unfolded
from touchstone.core.errors import Refused
from touchstone.measure.difference import measure


def month(day: str, values: list[float], **fields: object) -> list[dict[str, object]]:
    return [answer(each, day=day, **fields) for each in values]


def test_the_latest_period_that_is_over_is_set_against_the_one_before() -> None:
    rows = month("2026-01-10", [3] * 50) + month("2026-02-10", [4] * 50) + month("2026-03-05", [1] * 50)
    [row] = unfolded(measure(brand(rows)))
    assert row["value"] == pytest.approx(1)
    assert (row["detail"]["period"], row["detail"]["before"]) == ("2026-02", "2026-01")
    assert row["detail"]["real"]
    assert row["detail"]["verdict"] == "better: real"
    assert (row["n"], row["detail"]["figure"]) == (100, "rating")


def test_a_period_that_has_only_begun_in_the_data_is_passed_over() -> None:
    rows = month("2026-01-10", [3] * 50) + month("2026-02-10", [4] * 50) + month("2026-03-01", [1] * 4)
    [row] = unfolded(measure(brand([*rows], now=NOW.replace(month=5))))
    assert (row["detail"]["period"], row["detail"]["before"]) == ("2026-02", "2026-01")


def test_a_small_change_could_be_chance() -> None:
    rows = month("2026-01-10", [3, 4, 5]) + month("2026-02-10", [3, 4, 4])
    [row] = unfolded(measure(brand(rows)))
    assert not row["detail"]["real"]
    assert row["low"] < 0 < row["high"]
    assert row["detail"]["verdict"] == "worse, but it could be chance"


def test_where_the_best_is_below_a_fall_is_better() -> None:
    rows = month("2026-01-10", [5] * 40, worst=6, best=1) + month("2026-02-10", [2] * 40, worst=6, best=1)
    [row] = unfolded(measure(brand(rows)))
    assert row["value"] == pytest.approx(-3)
    assert row["detail"]["verdict"] == "better: real"


def test_all_figures_are_compared_unless_one_is_named() -> None:
    rows = month("2026-01-10", [3]) + month("2026-02-10", [4]) + [nps(9, day="2026-01-10"), nps(3, day="2026-02-10")]
    rows = [{**row, "id": str(at)} for at, row in enumerate(rows)]
    mentions = [mention(str(at), "sales", "positive") for at in range(4)]
    ask = brand(rows, mentions=mentions)
    assert [row["detail"]["figure"] for row in unfolded(measure(ask))] == ["nps", "rating", "sentiment"]
    [row] = unfolded(measure(ask, figure="nps"))
    assert row["value"] == -200
    assert row["measured_in"] == "points"


def test_what_mentions_cannot_answer_is_asked_of_scores_alone() -> None:
    rows = [{**row, "id": str(at)} for at, row in enumerate(month("2026-01-10", [3]) + month("2026-02-10", [4]))]
    ask = brand(rows, mentions=[mention(str(at), "sales", "positive") for at in range(2)])
    for asked in ({"where": "value > 2"}, {"by": ["kind"]}):
        assert [row["detail"]["figure"] for row in unfolded(measure(ask, **asked))] == ["rating"]
    with pytest.raises(Refused):
        measure(ask, where="value > 2", figure="sentiment")


@pytest.mark.parametrize(
    ("every", "first", "second", "names"),
    [
        ("week", "2026-02-23", "2026-03-08", ("2026-03-02", "2026-02-23")),
        ("quarter", "2025-08-01", "2025-12-31", ("2025-Q4", "2025-Q3")),
        ("year", "2024-06-01", "2025-06-01", ("2025", "2024")),
    ],
)
def test_periods_of_every_length(every: str, first: str, second: str, names: tuple[str, str]) -> None:
    [row] = unfolded(measure(brand(month(first, [3]) + month(second, [4])), every=every))
    assert (row["detail"]["period"], row["detail"]["before"]) == names


def test_until_moves_the_latest_period_back() -> None:
    rows = month("2025-11-10", [3]) + month("2025-12-10", [4]) + month("2026-01-10", [5])
    [row] = unfolded(measure(brand(rows), until="2025-12-31"))
    assert row["detail"]["period"] == "2025-12"


def test_a_group_with_answers_in_one_period_alone_has_no_change() -> None:
    rows = month("2026-01-10", [3], unit="a") + month("2026-02-10", [3], unit="b")
    assert measure(brand(rows), by=["unit"]).num_rows == 0
    assert measure(brand(month("2026-02-10", [3]))).num_rows == 0
    assert measure(brand(month("2027-02-10", [3]), now=NOW)).num_rows == 0


def test_scales_are_not_mixed_between_periods() -> None:
    rows = month("2026-01-10", [5, 4]) + month("2026-02-10", [5]) + month("2026-02-10", [9], worst=0, best=10)
    [row] = unfolded(measure(brand(rows)))
    assert row["value"] == pytest.approx(0.5)


def test_of_many_units_without_change_hardly_ever_one_is_called_real() -> None:
    random, alarms = np.random.default_rng(3), 0
    for _ in range(12):
        rows = [answer(int(value), unit=f"u{unit}", day=day) for unit in range(20)
                for day in ("2026-01-10", "2026-02-10") for value in random.choice([3, 4, 5], 10)]  # fmt: skip
        alarms += any(row["detail"]["real"] for row in unfolded(measure(brand(rows), by=["unit"])))
    assert alarms <= 3


def test_what_is_no_figure_or_no_period_is_refused() -> None:
    for asked in ({"figure": "luck"}, {"every": "minute"}, {"by": ["month"]}):
        with pytest.raises(Refused):
            measure(brand([]), **asked)
