"""Which touchpoints move together with the outcome, from a file and from the surveys of a home."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.measure._answers import answer, brand, nps, unfolded
from touchstone.core.errors import Refused
from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.home.one_shot import one_shot
from touchstone.measure.drivers import measure
from touchstone.store.scratch import scratch

Rows = list[dict[str, Any]]
WEIGHTS = {"bill": 0.6, "parking": 0.3, "welcome": 0.0}


def file(columns: dict[str, Any], *, seed: int = 20261121, **settings: Any) -> Rows:
    """The rows of a file with these columns."""
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    return unfolded(measure(scratch([], given=table, seed=seed), **settings))


def rated(n: int = 400, *, seed: int = 1) -> dict[str, Any]:
    """Ratings 1-5 of three touchpoints and an outcome that follows them by `WEIGHTS`."""
    random = np.random.default_rng(seed)
    ratings = {name: random.integers(1, 6, n).astype(float) for name in WEIGHTS}
    outcome = sum(weight * ratings[name] for name, weight in WEIGHTS.items()) + 0.5 * random.normal(size=n)
    return {**ratings, "outcome": outcome}


def by_name(rows: Rows) -> dict[str, dict[str, Any]]:
    return {row["by"]["touchpoint"]: row for row in rows}


def test_shares_add_up_to_r_squared_and_the_strongest_is_first() -> None:
    rows = file(rated())
    found = by_name(rows)
    fit = rows[0]["detail"]["r_squared"]
    assert sum(row["value"] for row in rows) == pytest.approx(fit, abs=1e-6)
    assert [found[name]["detail"]["rank"] for name in WEIGHTS] == [1, 2, 3]
    assert found["bill"]["detail"]["rank_low"] == found["bill"]["detail"]["rank_high"] == 1
    truth = 0.36 * 2 / ((0.36 + 0.09) * 2 + 0.25)
    assert found["bill"]["low"] < truth < found["bill"]["high"]
    assert {row["n"] for row in rows} == {400}


def test_swiss_and_attitude_from_the_command(real_data: Callable[[str], Path]) -> None:
    folder = real_data("relimp_small")
    rows = one_shot("measure", "drivers", file=str(folder / "swiss.csv"), map={"outcome": "Fertility"}, set={}, by=[])
    known = (0.05709122, 0.10557015, 0.26013468, 0.17117303, 0.11276592)  # by name
    assert [row["value"] for row in rows] == pytest.approx(known, abs=5e-9)
    assert rows[0]["detail"]["r_squared"] == pytest.approx(0.7067350, abs=5e-8)
    johnson = one_shot("measure", "drivers", file=str(folder / "swiss.csv"), map={"outcome": "Fertility"},
                       set={"method": "johnson"}, by=[])  # fmt: skip
    assert [row["value"] for row in johnson] == pytest.approx([0.04842, 0.11468, 0.27196, 0.15471, 0.11697], abs=5e-6)
    other = one_shot("measure", "drivers", file=str(folder / "attitude.csv"), map={"outcome": "rating"}, set={}, by=[])
    assert {row["touchpoint"] for row in other} == {
        "complaints", "privileges", "learning", "raises", "critical", "advance",
    }  # fmt: skip
    assert max(row["value"] for row in other) == pytest.approx(0.37082, abs=5e-6)


def test_airline_zeros_mean_not_applicable_and_without_them_wifi_is_second(
    real_data: Callable[[str], Path], tmp_path: Path
) -> None:
    table = parquet.read_table(real_data("airline_satisfaction") / "airline_dev.parquet")
    names = table.column_names[7:21]
    outcome = pa.array([float(each == "satisfied") for each in table["satisfaction"].to_pylist()])
    path = tmp_path / "airline.parquet"
    parquet.write_table(table.select(names).append_column("outcome", outcome), path)
    began = time.process_time()
    rows = one_shot("measure", "drivers", file=str(path), map={}, set={"not_applicable": "0"}, by=[])
    assert time.process_time() - began < 5
    ranks = {row["touchpoint"]: row["detail"]["rank"] for row in rows}
    assert (len(rows), ranks["Online boarding"], ranks["Inflight wifi service"]) == (14, 1, 2)
    assert {row["n"] for row in rows} == {71_744}
    as_given = one_shot("measure", "drivers", file=str(path), map={}, set={"method": "johnson"}, by=[])
    wifi = next(row for row in as_given if row["touchpoint"] == "Inflight wifi service")
    assert (wifi["detail"]["rank"], wifi["n"]) == (6, 77_928)


def test_penalty_and_reward_are_told_apart() -> None:
    random = np.random.default_rng(2)
    basic, exciting, even = (random.integers(1, 6, 3_000).astype(float) for _ in range(3))
    outcome = -1.0 * (basic < 3) + 0.8 * (exciting > 3) - 0.5 * (even < 3) + 0.5 * (even > 3)
    found = by_name(file({"basic": basic, "exciting": exciting, "even": even, "outcome": outcome + 0.3 * random.normal(
        size=3_000)}))  # fmt: skip
    detail = {name: row["detail"] for name, row in found.items()}
    assert detail["basic"]["penalty"] == pytest.approx(-1, abs=0.05)
    assert detail["exciting"]["reward"] == pytest.approx(0.8, abs=0.05)
    assert detail["basic"]["asymmetry"] < -0.9
    assert detail["exciting"]["asymmetry"] > 0.9
    assert abs(detail["even"]["asymmetry"]) < 0.1
    assert all(each["penalty_low"] <= each["penalty"] <= each["penalty_high"] <= 0 for each in detail.values())


@pytest.mark.parametrize("missing", ["pairwise", "em"])
def test_with_gaps_the_shares_stay_what_they_are(missing: str) -> None:
    columns = rated(6_000)
    whole = by_name(file(columns))
    random = np.random.default_rng(3)
    holes = {name: np.where(random.random(6_000) < 0.4, np.nan, values) for name, values in columns.items()
             if name != "outcome"}  # fmt: skip
    gappy = {name: pa.array(values, from_pandas=True) for name, values in holes.items()}
    found = by_name(file({**gappy, "outcome": columns["outcome"]}, missing=missing))
    for name, row in found.items():
        assert row["value"] == pytest.approx(whole[name]["value"], abs=0.03)
        assert row["low"] < whole[name]["value"] < row["high"]
    few = by_name(file({**gappy, "outcome": columns["outcome"]}))
    assert few["bill"]["n"] < 0.3 * 6_000 < found["bill"]["n"]


def test_a_score_that_means_none_is_missing() -> None:
    columns = rated()
    columns["bill"][:100] = 0
    assert {row["n"] for row in file(columns)} == {400}
    assert {row["n"] for row in file(columns, not_applicable=0.0)} == {300}


def test_groups_of_touchpoints_are_weighed_together() -> None:
    columns = rated()
    rows = file(columns, groups=["paying:bill|parking"])
    found, apart = by_name(rows), by_name(file(columns))
    assert set(found) == {"paying", "welcome"}
    assert found["paying"]["detail"]["touchpoints"] == ["bill", "parking"]
    assert found["paying"]["value"] > apart["bill"]["value"]
    for wrong in (["bill"], ["a:bill", "b:bill"], [":bill"]):
        with pytest.raises(Refused):
            file(columns, groups=wrong)


def test_how_people_use_the_scale_can_be_taken_out() -> None:
    random = np.random.default_rng(4)
    mood = random.normal(size=2_000)
    own = {name: random.normal(size=2_000) for name in "abcd"}
    outcome = own["a"] + 0.3 * random.normal(size=2_000)
    columns = {name: values + 2 * mood for name, values in own.items()}
    as_given = by_name(file({**columns, "outcome": outcome + 2 * mood}))
    assert as_given["d"]["value"] > 0.1
    centred = by_name(file({**columns, "outcome": outcome}, scale_usage="centred"))
    assert centred["a"]["value"] > 3 * centred["d"]["value"]


def test_an_ordinal_outcome_is_taken_as_a_normal_one_that_was_cut() -> None:
    columns = rated(3_000)
    steps = np.searchsorted([1.6, 3.8], columns["outcome"]).astype(float)
    smooth, rough = file(columns)[0]["detail"]["r_squared"], file({**columns, "outcome": steps})[0]["detail"]
    mended = file({**columns, "outcome": steps}, ordinal=True)[0]["detail"]
    assert abs(mended["r_squared"] - smooth) < 0.05 < smooth - rough["r_squared"]


def test_each_segment_has_shares_of_its_own() -> None:
    columns = rated(600)
    rows = file({**columns, "class": ["business", "economy"] * 300}, by=["class"])
    assert {(row["by"]["class"], row["by"]["touchpoint"]) for row in rows} == {
        (each, name) for each in ("business", "economy") for name in WEIGHTS
    }
    assert {row["n"] for row in rows} == {300}


def test_one_of_very_many_segments_is_told_as_it_would_be_alone() -> None:
    columns, segments = rated(6_000), 60
    columns["branch"] = [f"b{place % segments:02}" for place in range(6_000)]
    among = by_name([row for row in file(columns, by=["branch"]) if row["by"]["branch"] == "b07"])
    alone = by_name(file({name: values[7::segments] for name, values in columns.items()}, by=["branch"]))
    for name, row in alone.items():
        assert among[name]["value"] == pytest.approx(row["value"])
        assert among[name]["high"] - among[name]["low"] == pytest.approx(row["high"] - row["low"], rel=0.4)


def test_what_bears_no_estimate_says_why() -> None:
    columns = rated(200)
    same = by_name(file({**columns, "same": np.full(200, 4.0)}))
    assert same["same"]["value"] is None
    assert "same" in same["same"]["detail"]["why"]
    assert same["bill"]["value"] is not None
    for rows in (
        file({name: values[:1] for name, values in columns.items()}),
        file({**columns, "outcome": np.full(200, 3.0)}),
        file({**columns, "outcome": pa.nulls(200, pa.float64())}),
        file({**columns, "bill": pa.nulls(200, pa.float64())}),
    ):
        assert len(rows) == 3
        assert all(row["value"] is None and row["detail"]["why"] for row in rows)
    assert file({name: values[:0] for name, values in columns.items()}) == []


def test_few_answers_are_warned_of() -> None:
    assert "too high" in file({name: values[:25] for name, values in rated().items()})[0]["detail"]["warning"]
    assert "warning" not in file(rated())[0]["detail"]


def test_columns_that_are_no_ratings() -> None:
    columns = {**rated(50), "who": ["somebody"] * 50, "row": list(range(50)), "id": list(range(7, 57))}
    found = file(columns)
    assert set(by_name(found)) == set(WEIGHTS)
    assert set(found[0]["detail"]["left_out"]) == {"who", "row"}
    with pytest.raises(Refused, match="gate"):
        file({**rated(50), "gate": ["4"] * 49 + ["good"]})
    assert "gate" in by_name(file({**rated(50), "gate": ["4", "5"] * 25}))
    for asked in ({"by": ["nowhere"]}, {"where": "unit = 'a'"}, {"method": "luck"}, {"missing": "x"},
                  {"scale_usage": "x"}):  # fmt: skip
        with pytest.raises(Refused):
            file(rated(50), **asked)
    with pytest.raises(Refused, match="outcome"):
        file({"bill": [1.0, 2.0]})
    with pytest.raises(Refused, match="ratings"):
        file({"outcome": [1.0, 2.0]})


def surveys(n: int = 500, *, asked: int = 2, seed: int = 5) -> Rows:
    """Surveys of a home: an NPS answer and ratings of some of three touchpoints each."""
    random, rows = np.random.default_rng(seed), []
    for at in range(n):
        ratings = {name: int(random.integers(1, 6)) for name in WEIGHTS}
        outcome = sum(weight * ratings[name] for name, weight in WEIGHTS.items()) + 0.5 * random.normal()
        told = {"thread": f"t{at}", "unit": "ab"[at % 2], "day": f"2026-0{1 + at % 2}-10"}
        rows.append(nps(float(np.clip(round(2.2 * outcome), 0, 10)), **told))
        for name in random.permutation(list(WEIGHTS))[:asked]:
            rows.append(answer(float(ratings[name]), touchpoint=str(name), **told))
    return rows


def test_a_home_is_asked_for_the_ratings_beside_the_outcome() -> None:
    rows = surveys(1_500)
    found = by_name(unfolded(measure(brand(rows))))
    whole = by_name(unfolded(measure(brand(surveys(1_500, asked=3)))))
    assert [found[name]["detail"]["rank"] for name in WEIGHTS] == [1, 2, 3]
    assert found["bill"]["detail"]["outcome"] == "nps on 0-10"
    assert found["bill"]["n"] == pytest.approx(1_000, abs=60)
    for name in WEIGHTS:
        assert found[name]["value"] == pytest.approx(whole[name]["value"], abs=0.05)
        assert found[name]["high"] - found[name]["low"] > whole[name]["high"] - whole[name]["low"]
    assert found["bill"]["detail"]["penalty"] < -0.5 < 0.5 < found["bill"]["detail"]["reward"]


def test_a_home_is_cut_and_narrowed_by_what_the_survey_is_about() -> None:
    ask = brand(surveys(600, asked=3))
    both = unfolded(measure(ask, by=["unit"]))
    assert {row["by"]["unit"] for row in both} == {"a", "b"}
    assert both[0]["about"] == ["a"]
    assert {row["n"] for row in both} == {300}
    narrowed = (measure(ask, where="unit = 'a'"), measure(ask, since="2026-02-01"), measure(ask, until="2026-01-31"))
    assert [row["n"] for found in narrowed for row in unfolded(found)] == [300] * 9
    assert unfolded(measure(ask, by=["month"]))[0]["by"]["month"] == "2026-01"
    assert len(measure(ask, figure="csat")) == 0
    for asked in ({"by": ["stage"], "groups": ["a:bill"]}, {"where": "touchpoint = 'bill'"}, {"figure": "luck"},
                  {"missing": "em"}, {"not_applicable": 0.0}, {"by": ["person"]}):  # fmt: skip
        with pytest.raises(Refused):
            measure(ask, **asked)


def test_the_stages_of_the_journey_share_it_too() -> None:
    places = (("bill", "paying"), ("parking", "coming"), ("welcome", "coming"))
    journey = Taxonomy("test", tuple(Touchpoint(name, name, stage) for name, stage in places))
    rows = unfolded(measure(brand(surveys(600, asked=3), taxonomy=journey), by=["stage"]))
    found = {row["by"]["stage"]: row for row in rows}
    assert found["paying"]["value"] > found["coming"]["value"]
    assert found["coming"]["detail"]["touchpoints"] == ["parking", "welcome"]
    few = unfolded(measure(brand(surveys(20), taxonomy=journey), by=["stage"]))
    assert [(row["by"]["stage"], row["value"]) for row in few] == [("coming", None), ("paying", None)]


def test_a_home_with_few_surveys_bears_no_estimate() -> None:
    rows = unfolded(measure(brand(surveys(40))))
    assert len(rows) == 3
    assert all(row["value"] is None and "at least" in row["detail"]["why"] for row in rows)


def test_other_settings_hold_for_a_home_too() -> None:
    ask = brand(surveys(600, asked=3))
    johnson, ordinal, centred = (
        unfolded(measure(ask, **each))
        for each in ({"method": "johnson"}, {"ordinal": True}, {"scale_usage": "centred"})
    )
    plain = unfolded(measure(ask))
    assert ordinal[0]["detail"]["r_squared"] > plain[0]["detail"]["r_squared"]
    assert johnson[0]["value"] == pytest.approx(plain[0]["value"], abs=0.02)
    assert {row["n"] for row in centred} == {600}
