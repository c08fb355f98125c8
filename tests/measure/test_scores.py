"""Scores by hand: what counts as what, on which scale, of whom and when."""

from __future__ import annotations

import numpy as np
import pytest

from tests.measure._answers import answer, brand, nps, unfolded
from touchstone.core.errors import Refused
from touchstone.measure import ces, csat, rating, volume, yes_share
from touchstone.measure.nps import measure
from touchstone.science.interval import table_interval


def test_nps_counts_promoters_less_detractors() -> None:
    [row] = unfolded(measure(brand([nps(each) for each in (10, 9, 9, 8, 7, 6, 0)])))
    assert row["value"] == pytest.approx(100 * (3 - 2) / 7)
    assert row["detail"]["counts"] == {"promoters": 3, "passives": 2, "detractors": 2}
    known = table_interval([[3, 2, 2]], [1, 0, -1])
    assert (row["low"], row["high"]) == pytest.approx((100 * known.low[0], 100 * known.high[0]))
    assert (row["n"], row["measured_in"], row["maker"]) == (7, "points", "nps@1")


@pytest.mark.parametrize(
    ("worst", "best", "value", "points"),
    [
        (1, 5, 5, 100),
        (1, 5, 4, 0),
        (1, 5, 3, -100),
        (0, 100, 90, 100),
        (0, 100, 70, 0),
        (0, 100, 69, -100),
        (5, 1, 1, 100),
    ],
)
def test_on_other_scales_the_same_positions_count(worst: float, best: float, value: float, points: float) -> None:
    asked = answer(value, metric="nps", worst=worst, best=best)
    assert measure(brand([asked]))["value"].to_pylist() == [points]


def test_best_and_worst_overrule_the_scale_and_default_to_0_to_10() -> None:
    rows = [answer(each, metric="nps", worst=None, best=None) for each in (5, 5, 3)]
    assert measure(brand(rows))["value"].to_pylist() == [-100]
    assert measure(brand(rows), worst=1, best=5)["value"].to_pylist() == pytest.approx([100 / 3])


def test_scores_on_different_scales_are_never_averaged_together() -> None:
    rows = [answer(5), answer(4), answer(9, worst=0, best=10)]
    found = unfolded(rating.measure(brand(rows)))
    assert [(row["by"], row["value"], row["measured_in"]) for row in found] == [
        ({"scale": "0-10"}, 9, "points on 0-10"),
        ({"scale": "1-5"}, 4.5, "points on 1-5"),
    ]


def test_a_scale_whose_best_is_below_ranks_from_below() -> None:
    rows = [
        answer(value, unit=unit, worst=6, best=1) for unit, value in [("a", 1), ("b", 3), ("c", 6)] for _ in range(30)
    ]
    found = {row["by"]["unit"]: row["detail"]["rank"] for row in unfolded(rating.measure(brand(rows), by=["unit"]))}
    assert found == {"a": 1, "b": 2, "c": 3}


def test_an_answer_outside_its_scale_is_left_out() -> None:
    assert rating.measure(brand([answer(9), answer(3)]))["n"].to_pylist() == [1]


def test_csat_is_the_upper_quarter_of_the_scale() -> None:
    rows = [answer(each, metric="csat") for each in (5, 4, 3, 1)]
    [row] = unfolded(csat.measure(brand(rows)))
    assert row["value"] == 0.5
    assert row["detail"]["counts"] == {"satisfied": 2, "others": 2}
    seven = [answer(each, metric="csat", worst=1, best=7) for each in (7, 6, 5, 4)]
    assert csat.measure(brand(seven))["value"].to_pylist() == [0.5]


def test_effort_and_yes_have_measures_of_their_own() -> None:
    rows = [answer(6, metric="ces", worst=1, best=7), answer(1, metric="boolean", worst=0, best=1), answer(3)]
    assert ces.measure(brand(rows))["value"].to_pylist() == [6]
    assert yes_share.measure(brand(rows))["value"].to_pylist() == [1]
    assert rating.measure(brand(rows))["value"].to_pylist() == [3]


def test_volume_counts_every_interaction_with_a_poisson_interval() -> None:
    rows = [answer(None, metric=None, day="2026-01-05"), answer(4, day="2026-01-11"), answer(4, day="2026-01-12")]
    assert volume.measure(brand(rows))["value"].to_pylist() == [3]
    weeks = unfolded(volume.measure(brand(rows), by=["week"]))
    assert [(row["by"]["week"], row["value"]) for row in weeks] == [("2026-01-05", 2), ("2026-01-12", 1)]
    assert weeks[1]["low"] == pytest.approx(0.0253, abs=1e-4)


@pytest.mark.parametrize(
    ("period", "names"),
    [
        ("day", ["2025-12-31", "2026-01-01", "2026-04-30"]),
        ("month", ["2025-12", "2026-01", "2026-04"]),
        ("quarter", ["2025-Q4", "2026-Q1", "2026-Q2"]),
        ("year", ["2025", "2026"]),
        ("week", ["2025-12-29", "2026-04-27"]),
    ],
)
def test_periods_have_their_names(period: str, names: list[str]) -> None:
    rows = [answer(3, day=each) for each in ("2025-12-31", "2026-01-01", "2026-04-30")]
    assert [row["by"][period] for row in unfolded(rating.measure(brand(rows), by=[period]))] == names


def test_region_and_stage_are_joined() -> None:
    rows = [answer(5, unit="a", touchpoint="sales"), answer(1, unit="b", touchpoint="service"), answer(3)]
    ask = brand(rows, units=[{"id": "a", "region": "north"}, {"id": "b", "region": "south"}])
    found = unfolded(rating.measure(ask, by=["region", "stage"]))
    assert [(row["by"], row["value"]) for row in found] == [
        ({"region": "north", "stage": "buying"}, 5),
        ({"region": "south", "stage": "owning"}, 1),
    ]


def test_where_since_and_until_narrow_the_count() -> None:
    rows = [answer(5, unit="a", channel="web", day="2026-01-31"), answer(1, unit="b", channel="shop", day="2026-02-01"),
            answer(2, unit="a", day="2026-02-15"), answer(3)]  # fmt: skip
    ask = brand(rows, units=[{"id": "a", "region": "north"}])
    asked = [
        ({"where": "unit = 'a'"}, 3.5),
        ({"where": "region = 'north' and month = '2026-02'"}, 2),
        ({"where": "value < 2 or channel is null and day >= '2026-02-01'"}, 1.5),
        ({"where": "quarter = '2026-Q1' and not week = '2026-01-26'"}, 2),
        ({"since": "2026-02-01"}, 1.5),
        ({"until": "2026-01-31"}, 5),
        ({"since": "2026-01-31", "until": "2026-02-01"}, 3),
    ]
    for narrowed, value in asked:
        assert rating.measure(ask, **narrowed)["value"].to_pylist() == pytest.approx([value]), narrowed
    assert rating.measure(ask, where="unit = 'nobody'").num_rows == 0


def test_narrowed_figures_have_ids_of_their_own() -> None:
    ask = brand([answer(5, unit="a", day="2026-01-01")])
    whole, narrowed = rating.measure(ask), rating.measure(ask, where="unit = 'a'")
    assert whole["value"] == narrowed["value"]
    assert whole["id"] != narrowed["id"]


def test_few_answers_are_told_and_drawn_in() -> None:
    rows = [nps(9 if at % 3 else 2, unit=unit) for unit in "abcde" for at in range(40)] + [nps(0, unit="f")] * 2
    found = {row["by"]["unit"]: row for row in unfolded(measure(brand(rows), by=["unit"]))}
    few, many = found["f"], found["a"]
    assert few["detail"]["few"]
    assert "few" not in many["detail"]
    assert few["detail"]["raw"] == -100
    assert few["value"] > 0
    assert few["detail"]["reliability"] < many["detail"]["reliability"]
    assert few["rests_on"] == []
    assert {each["detail"]["rank"] for each in found.values()} == set(range(1, 7))
    for each in found.values():
        assert each["detail"]["rank_low"] <= each["detail"]["rank"] <= each["detail"]["rank_high"]


def test_without_shrinking_a_unit_stands_for_itself() -> None:
    rows = [nps(each, unit=unit) for unit in "abc" for each in (10, 0)]
    for row in unfolded(measure(brand(rows), by=["unit"], shrink=False)):
        assert row["value"] == 0
        assert row["rests_on"] == row["about"] == [row["by"]["unit"]]
        assert "rank" not in row["detail"]


def test_units_are_drawn_towards_the_mean_of_their_own_touchpoint() -> None:
    rows = [answer(value, unit=unit, touchpoint=touchpoint) for unit in "abcd" for touchpoint, value in
            (("sales", 5), ("service", 2)) for _ in range(4)]  # fmt: skip
    for row in unfolded(rating.measure(brand(rows), by=["unit", "touchpoint"])):
        assert row["value"] == pytest.approx(5 if row["by"]["touchpoint"] == "sales" else 2, abs=0.2)
        assert row["detail"]["group_size"] == 4


def test_two_units_keep_their_own_figures() -> None:
    rows = [nps(10, unit="a"), nps(0, unit="b")]
    assert measure(brand(rows), by=["unit"])["value"].to_pylist() == [100, -100]


def test_drawn_in_scores_predict_later_ones_better_than_raw_means() -> None:
    random = np.random.default_rng(4)
    truth = np.clip(0.7 + 0.1 * random.standard_normal(60), 0.05, 0.95)
    rows = [answer(1 + random.binomial(4, truth[unit]), unit=f"u{unit:02d}") for unit in range(60) for _ in range(5)]
    found = unfolded(rating.measure(brand(rows), by=["unit"]))
    later = 1 + 4 * truth
    ours = sum((row["value"] - later[int(row["by"]["unit"][1:])]) ** 2 for row in found)
    raw = sum((row["detail"]["raw"] - later[int(row["by"]["unit"][1:])]) ** 2 for row in found)
    assert ours < 0.7 * raw


def test_by_kind_is_known_for_answers_and_refused_for_mentions() -> None:
    from touchstone.measure import sentiment

    assert unfolded(rating.measure(brand([answer(4)]), by=["kind"]))[0]["by"] == {"kind": "answer"}
    with pytest.raises(Refused, match="'kind'"):
        sentiment.measure(brand([]), by=["kind"])
