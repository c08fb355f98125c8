"""The promise gap: what was promised less what is lived, found where it was planted and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests import _living
from tests._living import CUSTOMERS, DEALERS, INTERACTIONS
from tests.measure._answers import answer, brand, mention, unfolded
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.listen.example import listen
from touchstone.measure.promise_gap import measure
from touchstone.store.scratch import scratch

UNITS = [{"id": "dealer", "kind": "dealer"}, {"id": "paint", "kind": "vendor"}, {"id": "parts", "kind": "department"}]


def claim(touchpoint: str, **more: Any) -> dict[str, Any]:
    return {"kind": "claim", "touchpoint": touchpoint, "level": "department", "text": "Always.", **more}


def rated(touchpoint: str, *values: float, **more: Any) -> list[dict[str, Any]]:
    return [answer(value, touchpoint=touchpoint, level="end_customer", **more) for value in values]


def told(rows: list[dict[str, Any]], mentions: Any = None, **asked: Any) -> list[dict[str, Any]]:
    return unfolded(measure(brand(rows, units=UNITS, mentions=mentions), **asked))


def test_the_gap_is_the_best_of_the_scale_less_what_is_lived() -> None:
    (row,) = told([claim("sales"), claim("sales"), *rated("sales", 2, 3, 4), *rated("service", 1)])
    assert row["by"] == {"promiser": "brand", "touchpoint": "sales"}
    assert row["value"] == pytest.approx(2.0)
    assert row["low"] < 2 < row["high"]
    assert (row["n"], row["detail"]["claims"], row["measured_in"]) == (3, 2, "points on 1-5")


def test_a_claim_that_names_a_level_promises_that() -> None:
    (row,) = told([claim("sales", value=4.0, worst=1.0, best=5.0), *rated("sales", 2, 3, 4)])
    assert row["value"] == pytest.approx(1.0)


def test_vendors_and_departments_promise_for_themselves() -> None:
    rows = [
        claim("service", unit="paint", level="vendor"), *rated("service", 2, 2, unit="paint"),
        claim("service", unit="parts"), *rated("service", 4, 4, unit="parts"),
        claim("service"), *rated("service", 5, 5, unit="dealer"),
    ]  # fmt: skip
    assert {row["by"]["promiser"]: row["value"] for row in told(rows)} == {"brand": 0, "department": 1, "vendor": 3}
    by_unit = {row["by"]["unit"]: row["by"]["promiser"] for row in told(rows, by=["unit"])}
    assert by_unit == {"dealer": "brand", "paint": "vendor", "parts": "department"}


def test_we_are_customers_of_our_vendors_and_live_what_they_promise() -> None:
    own = [claim("service", unit="paint", level="vendor", value=4.0, worst=1.0, best=5.0)]
    ours = [answer(value, touchpoint="service", unit="paint", level="department") for value in (1, 2, 3)]
    praise = [answer(5, touchpoint="service", unit="paint", level="vendor") for _ in range(9)]
    (row,) = told([*own, *ours, *praise])
    assert row["by"] == {"promiser": "vendor", "touchpoint": "service"}
    assert (row["value"], row["n"]) == (2.0, 3)  # 4 promised, 2 lived; how the vendor rates itself is no experience


def test_departments_are_customers_of_each_other() -> None:
    rows = [claim("service", unit="parts"), claim("sales")]
    rows += [answer(value, touchpoint="service", unit="parts", level="department") for value in (2, 3)]
    rows += [answer(4, touchpoint="service", unit="parts", level="dealer"), *rated("sales", 5, 5, unit="dealer")]
    assert {row["by"]["promiser"]: row["value"] for row in told(rows)} == {"brand": 0.0, "department": 2.0}
    inside = {row["by"]["level"]: row["value"] for row in told(rows, by=["level"]) if row["by"]["promiser"] != "brand"}
    assert inside == {"dealer": 1.0, "department": 2.5}


def test_where_nobody_rates_words_tell_how_it_is_lived() -> None:
    rows = [claim("sales", id="c"), {"id": "r", "kind": "review", "level": "end_customer", "text": "Bad."}]
    (row,) = told(rows, [mention("r", "sales", "negative"), mention("c", "sales", "positive")])
    assert row["value"] == pytest.approx(2.0)  # from 1 to -1, and the claim's own words are no experience
    assert row["detail"]["lived_by"] == "mentions"
    assert "misreads" in row["detail"]["warning"]


def test_a_promise_nobody_speaks_of_has_no_estimate() -> None:
    (row,) = told([claim("sales")])
    assert row["value"] is row["low"] is row["high"] is None
    assert "nobody" in row["detail"]["why"]
    assert told([]) == []
    assert told(rated("sales", 1, 2)) == []


def filed(**columns: Any) -> list[dict[str, Any]]:
    return unfolded(measure(scratch([], given=pa.table(columns))))


def test_a_file_is_read_row_by_row() -> None:
    found = filed(touchpoint=["a", "a", "b"], promised=[5.0, 4.0, None], lived=[3.0, None, 2.0])
    assert [(row["by"]["touchpoint"], row["value"]) for row in found] == [("a", 1.5), ("b", 3.0)]
    with pytest.raises(Refused) as refused:
        filed(touchpoint=["a"], lived=[9.0])
    assert refused.value.field == "lived"


def test_an_expectation_of_each_person_is_held_against_what_that_person_lived() -> None:
    hoped = [5.0, 4.0, 3.0, 2.0] * 100
    lived = [each - 1 for each in hoped]
    (paired,) = filed(touchpoint=["a"] * 400, promised=hoped, lived=lived)
    (apart,) = filed(touchpoint=["a"] * 401, promised=[*hoped, None], lived=[*lived, 2.5])
    assert paired["value"] == apart["value"] == 1.0
    assert paired["detail"]["paired"]
    assert paired["high"] - paired["low"] < apart["high"] - apart["low"]


def world(seed: int, gap: float, *, touchpoints: int = 4, answers: int = 40) -> pa.Table:
    """Each touchpoint promises 4; what is lived is 4 less the gap on average, on steps of 1 to 5."""
    chance = np.random.default_rng(seed)
    share = (3 - gap) / 4  # of the way from 1 to 5
    lived = 1.0 + chance.binomial(4, share, touchpoints * answers)
    names = np.repeat([f"t{each:03}" for each in range(touchpoints)], answers)
    return pa.table({"touchpoint": names, "promised": np.full(len(names), 4.0), "lived": lived})


def test_where_promises_are_kept_hardly_any_gap_is_called_real() -> None:
    ask, finds = scratch([]), 0
    for seed in range(200):
        ask.given = world(seed, 0.0)
        finds += any(json.loads(each)["real"] for each in measure(ask)["detail"].to_pylist())
    assert finds <= 10


def test_the_planted_gap_lies_within_its_limits() -> None:
    found = measure(scratch([], given=world(1, 0.7, touchpoints=400))).to_pylist()
    assert np.mean([row["low"] <= 0.7 <= row["high"] for row in found]) >= 0.93


def test_twice_the_gap_is_twice_the_figure() -> None:
    one, two = (
        np.mean(measure(scratch([], given=world(2, gap, touchpoints=50)))["value"].to_pylist()) for gap in (0.6, 1.2)
    )
    assert two / one == pytest.approx(2, rel=0.2)


def test_the_example_brand_s_planted_gaps_are_found(tmp_path: Any) -> None:
    path = tmp_path / "truth.json"
    for _ in listen(interactions=INTERACTIONS, dealers=DEALERS, customers=CUSTOMERS, truth=str(path)):
        pass
    truth = json.loads(path.read_text("utf-8"))["promise_gap"]
    found = unfolded(measure(_living.ask()))
    own = {row["by"]["touchpoint"]: row for row in found if row["by"]["promiser"] == "brand"}
    assert own.keys() == truth.keys()
    assert sum(own[name]["low"] <= gap <= own[name]["high"] for name, gap in truth.items()) >= 7
    assert {row["by"]["promiser"] for row in found} == {"brand", "vendor", "department"}


@pytest.mark.parametrize("line", ["repair,-5,3", "repair,9,3", "repair,5,0"])
def test_what_lies_off_the_scale_is_refused_and_says_where_the_scale_goes(tmp_path: Path, line: str) -> None:
    file = tmp_path / "promises.csv"
    file.write_text(f"touchpoint,promised,lived\nrepair,4,4\n{line}\n", "utf-8")
    with pytest.raises(Refused, match=r"at 'repair' lies outside 1 to 5\. Give the scale: columns worst and best"):
        one_shot("measure", "promise_gap", file=str(file), map={}, set={}, by=[])
