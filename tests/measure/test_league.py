"""Units compared fairly, from a file and from a home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from scipy.optimize import brentq

from tests.measure._answers import answer, brand, nps, unfolded
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.measure.league import measure
from touchstone.store.scratch import scratch

Rows = list[dict[str, Any]]


def file(columns: dict[str, Any], **settings: Any) -> Rows:
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    return unfolded(measure(scratch([], given=table), **{"by": ["unit"], **settings}))


def answers(units: int = 30, *, seed: int = 1, spread: float = 0.5) -> dict[str, Any]:
    """Answers 0-10 of units that differ by `spread` and have 3 to 25 each."""
    random = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), random.integers(3, 26, units))
    truth = 6 + spread * random.standard_normal(units)
    value = np.clip(np.round(truth[unit] + 1.5 * random.standard_normal(unit.size)), 0, 10)
    return {"unit": [f"u{each:02}" for each in unit], "value": value}


def shares(mean: float, deviation: float = 18.0) -> np.ndarray:
    """Eleven steps of 0-100 with this mean and nearly this deviation: weights exp(a k - b k^2)."""
    steps = np.linspace(0, 1, 11)

    def weight(tilt: float, bend: float) -> np.ndarray:
        log = tilt * steps + bend * steps**2
        return np.exp(log - log.max()) / np.exp(log - log.max()).sum()

    def tilted(bend: float) -> np.ndarray:
        return weight(brentq(lambda tilt: 100 * float(weight(tilt, bend) @ steps) - mean, -900, 900), bend)

    bends = np.linspace(-60, 20, 41)
    found = [tilted(bend) for bend in bends]
    off = [abs(100 * np.sqrt(each @ steps**2 - (each @ steps) ** 2) - deviation) for each in found]
    return found[int(np.argmin(off))]


@pytest.mark.parametrize("column", ["h_hsp_rating_linear", "h_recmnd_linear"])
def test_hospitals_with_3_to_25_answers_are_told_with_60_percent_less_error(
    column: str, real_data: Callable[[str], Path]
) -> None:
    table = parquet.read_table(real_data("hcahps_hospitals") / "hcahps_2016oct_dev.parquet")
    table = table.filter(table[column].is_valid())
    truth, names = table[column].to_numpy().astype(float), table["provider_id"].to_pylist()
    random = np.random.default_rng(20261121)
    n = random.integers(3, 26, len(truth))
    steps = {mean: shares(min(mean, 99.0)) for mean in np.unique(truth)}
    drawn = [random.choice(11, size, p=steps[mean]) * 10.0 for mean, size in zip(truth, n, strict=True)]
    rows = file({"unit": np.repeat(names, n).tolist(), "value": np.concatenate(drawn)})
    true = dict(zip(names, truth, strict=True))
    error = {name: np.mean([(each - true[row["by"]["unit"]]) ** 2 for row, each in zip(rows, figures, strict=True)])
             for name, figures in (("raw", [row["detail"]["raw"] for row in rows]),
                                   ("shrunk", [row["value"] for row in rows]))}  # fmt: skip
    assert error["shrunk"] < 0.4 * error["raw"]
    held = np.mean([row["low"] <= true[row["by"]["unit"]] <= row["high"] for row in rows])
    assert 0.93 < held < 0.98


def test_a_figure_lies_between_the_unit_and_the_league_by_its_reliability() -> None:
    for row in file(answers()):
        detail, n = row["detail"], row["n"]
        between = detail["reliability"] * detail["raw"] + (1 - detail["reliability"]) * detail["league_mean"]
        assert row["value"] == pytest.approx(between, abs=0.02)
        assert detail["reliability"] == pytest.approx(n / (n + detail["k"]), abs=1e-3)
        assert row["low"] < row["value"] < row["high"]
        assert detail["rank_low"] <= detail["rank"] <= detail["rank_high"]


def test_more_answers_are_more_reliable_and_units_that_do_not_differ_are_one_group() -> None:
    rows = sorted(file(answers(spread=0.8)), key=lambda row: row["n"])
    assert rows[0]["detail"]["reliability"] < rows[-1]["detail"]["reliability"]
    alike = file(answers(seed=2, spread=0.0))
    assert {row["detail"]["group"] for row in alike} == {1}
    assert all(row["detail"]["rank_high"] - row["detail"]["rank_low"] > 15 for row in alike)


def test_every_pair_is_told_up_to_60_units() -> None:
    rows = {row["by"]["unit"]: row for row in file(answers(60))}
    above = rows["u00"]["detail"]["probability_above"]
    assert len(above) == 59
    assert above["u07"] == pytest.approx(1 - rows["u07"]["detail"]["probability_above"]["u00"], abs=2e-4)
    best, worst = (min(rows.values(), key=lambda row: sign * row["detail"]["rank"]) for sign in (1, -1))
    assert best["detail"]["probability_above"][worst["by"]["unit"]] > 0.9
    assert best["detail"]["group"] == 1 < worst["detail"]["group"]
    assert "probability_above" not in file(answers(61))[0]["detail"]


def test_units_with_hard_cases_are_not_blamed_for_them() -> None:
    random = np.random.default_rng(4)
    unit = np.repeat(np.arange(20), 60)
    hard = random.random(unit.size) < np.where(unit < 10, 0.9, 0.1)
    value = np.clip(np.round(7 - 3 * hard + random.standard_normal(unit.size)), 0, 10)
    columns = {"unit": [f"u{each:02}" for each in unit], "value": value, "case": np.where(hard, "hard", "easy"),
               "age": random.normal(50, 9, unit.size)}  # fmt: skip
    raw, fair = file(columns), file(columns, adjust=["case", "age"])
    gap = [np.mean([row["value"] for row in rows[10:]]) - np.mean([row["value"] for row in rows[:10]])
           for rows in (raw, fair)]  # fmt: skip
    assert gap[0] > 2
    assert abs(gap[1]) < 0.3
    assert fair[0]["detail"]["adjusted_for"] == ["case", "age"]
    assert fair[0]["detail"]["adjusted"] > fair[0]["detail"]["raw"]
    assert fair[0]["detail"]["explained_by_cases"] > 0.2


def test_from_the_command_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    columns, shuffled = answers(), np.random.default_rng(5)
    lines = [f"{unit},{value},{at % 3}" for at, (unit, value) in enumerate(zip(*columns.values(), strict=True))]
    told = []
    for each in (lines, shuffled.permutation(lines).tolist()):
        path = tmp_path / "answers.csv"
        path.write_text("\n".join(["dealer,value,case", *each]), encoding="utf-8")
        told.append(one_shot("measure", "league", file=str(path), map={"unit": "dealer"}, set={"adjust": "case"},
                             by=["unit"]))  # fmt: skip
    assert told[0] == told[1]
    assert list(told[0][0])[:4] == ["unit", "value", "low", "high"]
    assert told[0][0]["detail"]["measured_in"] == "points"


def test_the_league_as_a_whole_says_how_far_units_truly_differ() -> None:
    [row] = file(answers(60, spread=0.8), by=[])
    assert row["low"] < 0.8 < row["high"]
    assert row["detail"]["league_size"] == 60
    [alike] = file(answers(60, spread=0.0), by=[])
    assert alike["value"] < 0.3 * row["value"]


def test_one_unit_or_none() -> None:
    assert file({"unit": ["a"] * 3, "value": [1.0, 2.0, 3.0]})[0]["detail"]["why"]
    assert file({"unit": ["a"] * 3, "value": [1.0, 2.0, 3.0]})[0]["value"] is None
    assert file({"unit": pa.array([], pa.string()), "value": pa.array([], pa.float64())}) == []
    assert file({"unit": pa.nulls(2, pa.string()), "value": [1.0, 2.0]}) == []
    two = file({"unit": ["a", "b"], "value": [3.0, 3.0]})
    assert [row["value"] for row in two] == [3, 3]
    three = file({"unit": ["a", "b", "a"], "value": pa.array([3.0, None, 3.0])})
    assert [row["by"]["unit"] for row in three] == ["a"]


def test_what_the_file_or_the_home_lacks_is_refused() -> None:
    for asked in ({"adjust": ["luck"]}, {"adjust": ["value"]}, {"adjust": ["unit"]}, {"by": ["unit", "luck"]},
                  {"where": "unit = 'a'"}):  # fmt: skip
        with pytest.raises(Refused):
            file(answers(), **asked)
    for asked in ({"adjust": ["person"]}, {"figure": "sentiment"}, {"by": ["person"]}, {"adjust": ["unit"]}):
        with pytest.raises(Refused):
            measure(brand([]), **{"by": ["unit"], **asked})


def living(units: int = 8) -> Rows:
    random, rows = np.random.default_rng(6), []
    for unit in range(units):
        for at in range(30):
            hard = random.random() < (0.8 if unit < 4 else 0.2)
            told = {"unit": f"u{unit}", "product": "old" if hard else "new", "day": "2026-01-10"}
            rows.append(nps(float(np.clip(round(8 - 2 * hard + 1.5 * random.normal()), 0, 10)), **told))
            rows.append(answer(float(random.integers(1, 6)), **told, touchpoint=("sales", "service")[at % 2]))
    return rows


def test_a_home_has_a_league_of_any_score() -> None:
    ask = brand(living())
    raw, fair = (unfolded(measure(ask, by=["unit"], adjust=adjust)) for adjust in ((), ("product",)))
    assert raw[0]["measured_in"] == "points"
    assert np.mean([row["value"] for row in raw[4:]]) - np.mean([row["value"] for row in raw[:4]]) > 15
    assert abs(np.mean([row["value"] for row in fair[4:]]) - np.mean([row["value"] for row in fair[:4]])) < 12
    assert {row["n"] for row in fair} == {30}
    parts = unfolded(measure(ask, by=["unit", "touchpoint"], figure="rating"))
    assert len(parts) == 16
    assert {row["detail"]["league_size"] for row in parts} == {8}
    assert parts[0]["detail"]["scale"] == {"worst": 1, "best": 5}
    assert unfolded(measure(ask, by=["touchpoint"], figure="rating"))[0]["by"] == {"touchpoint": "sales"}
    assert measure(ask, by=["unit"], since="2026-02-01").num_rows == 0


def test_where_the_best_is_low_the_lowest_is_first() -> None:
    given = {"slow": (6, 7), "quick": (1, 2), "middling": (4, 4)}
    rows = [
        answer(float(value), metric="ces", worst=7.0, best=1.0, unit=unit)
        for unit, values in given.items()
        for value in values * 9
    ]
    found = {row["by"]["unit"]: row["detail"]["rank"] for row in unfolded(measure(brand(rows), by=["unit"]))}
    assert found == {"quick": 1, "middling": 2, "slow": 3}
