"""Trust: an index of parts that are shown, and none where too little is known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests import _living
from tests.measure._answers import answer, brand, nps, unfolded
from touchstone.core.errors import Refused
from touchstone.measure.trust import measure
from touchstone.store.scratch import scratch


def said(text: str, person: str, **more: Any) -> dict[str, Any]:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return {"kind": "review", "level": "end_customer", "text": text, "person": person, "occurred_at": at, **more}


def told(rows: list[dict[str, Any]], signals: list[dict[str, Any]] | None = None, **asked: Any) -> dict[str, Any]:
    found = unfolded(measure(brand(rows, derived={"signal": signals or []}), **asked))
    return {row["by"]["part"]: row for row in found}


def world() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Twenty people: each part has a share that one counts on one's fingers."""
    rows: list[dict[str, Any]] = [{"kind": "claim", "touchpoint": "sales", "level": "department", "id": "c"}]
    for number in range(20):
        who = f"p{number:02}"
        rows += [
            nps(10 if number < 15 else 0, person=who, level="end_customer"),
            answer(4, touchpoint="sales", person=who, level="end_customer"),
            said("They were honest." if number < 16 else "They lied to me.", who, id=f"t{number:02}"),
            {"kind": "purchase", "person": who, "occurred_at": datetime(2026, 1, 5, tzinfo=UTC)},
        ]
        if number < 5:
            rows.append({"kind": "purchase", "person": who, "occurred_at": datetime(2026, 2, 5, tzinfo=UTC)})
    leaving = [{"id": "s", "interaction": "t00", "layer": "kind", "label": "churn_threat", "score": 0.9}]
    return rows, leaving


def test_each_part_is_a_share_of_what_people_say_and_do() -> None:
    found = told(*world())
    shares = {"recommendation": 0.75, "promise": 0.75, "honesty": 0.8, "repeat": 0.25, "refusal": 0.05}
    assert {part: found[part]["value"] for part in shares} == pytest.approx(shares)
    assert found["trust"]["value"] == pytest.approx((0.75 + 0.75 + 0.8 + 0.25 + 0.95) / 5)
    assert found["trust"]["low"] < found["trust"]["value"] < found["trust"]["high"]
    assert found["trust"]["detail"]["weight_of_each"] == 0.2


def test_the_brand_s_own_voice_is_no_witness() -> None:
    rows, leaving = world()
    rows += [said("We are honest.", f"e{number}", level="employee") for number in range(50)]
    assert told(rows, leaving)["honesty"]["value"] == pytest.approx(0.8)


def test_with_fewer_than_three_parts_there_is_no_index() -> None:
    rows = [nps(9, person=f"p{number}", level="end_customer") for number in range(30)]
    found = told(rows)
    assert found["trust"]["value"] is None
    assert "only 1 of 5 parts" in found["trust"]["detail"]["why"]
    assert found["recommendation"]["value"] == pytest.approx(0.9)
    assert "fewer than 10 people" in found["honesty"]["detail"]["why"]


def test_some_parts_missing_make_an_index_with_a_warning() -> None:
    rows, leaving = world()
    found = told([row for row in rows if row["kind"] != "purchase"], leaving)
    assert found["trust"]["detail"]["parts"] == ["recommendation", "promise", "honesty", "refusal"]
    assert "same parts" in found["trust"]["detail"]["warning"]


def people(seed: int, level: float, *, units: int = 200, each: int = 60) -> pa.Table:
    """A file: three parts of each person's, around a level; every unit's true index is that level."""
    chance = np.random.default_rng(seed)
    mood = chance.normal(size=(units * each, 1))
    spread = 0.08 * (mood + chance.normal(size=(units * each, 3)))
    part = np.clip(level + spread, 0, 1).T
    unit = np.repeat([f"u{number:03}" for number in range(units)], each)
    return pa.table({"unit": unit, "recommendation": part[0], "promise": part[1], "repeat": part[2]})


def indices(file: pa.Table) -> list[dict[str, Any]]:
    found = measure(scratch([], given=file), by=["unit"]).to_pylist()
    return [row for row in found if dict(row["by"])["part"] == "trust"]


def test_the_true_index_of_units_that_are_all_alike_lies_within_their_limits() -> None:
    held = [row["low"] <= 0.6 <= row["high"] for seed in range(5) for row in indices(people(seed, 0.6))]
    assert np.mean(held) >= 0.93


def test_twice_the_loss_of_trust_is_twice_the_figure() -> None:
    base, one, two = (
        np.mean([row["value"] for row in indices(people(2, level, units=20))]) for level in (0.6, 0.5, 0.4)
    )
    assert (base - two) / (base - one) == pytest.approx(2, rel=0.2)


def test_scales_are_read_as_they_are_written() -> None:
    file = pa.table({"recommendation": [11.0] * 12, "promise": [4.0] * 12, "honesty": [1.0] * 12})
    asked = {"scales": "recommendation:1-11, promise:1-7"}
    found = {row["by"]["part"]: row["value"] for row in unfolded(measure(scratch([], given=file), **asked))}
    assert (found["recommendation"], found["promise"], found["trust"]) == (1.0, 0.5, pytest.approx(2.5 / 3))
    with pytest.raises(Refused) as refused:
        measure(scratch([], given=file))
    assert refused.value.field == "recommendation"
    with pytest.raises(Refused, match="scale"):
        measure(scratch([], given=file), scales="charm:1-5")


def test_the_example_brand_is_recommended_more_than_it_keeps_its_promises() -> None:
    found = {row["by"]["part"]: row for row in unfolded(measure(_living.ask()))}
    assert found["promise"]["high"] < found["recommendation"]["low"]
    assert found["trust"]["value"] is not None


def test_travellers_and_phone_customers_trust_about_as_much_as_they_recommend(real_data: Any) -> None:
    flown: Path = real_data("oddjob_airline") / "airlinesat_dev.parquet"
    phones = pyarrow.csv.read_csv(real_data("ecsi") / "mobi.csv")
    table = pq.read_table(flown, columns=["nps", "reputation", "loy1"])
    air = table.rename_columns(["recommendation", "honesty", "repeat"])
    phone = pa.table({"recommendation": phones["CUSL3"], "honesty": phones["IMAG1"], "promise": phones["CUSA2"],
                      "repeat": phones["CUSL1"]})  # fmt: skip
    asked = ((air, "recommendation:1-11,honesty:1-7,repeat:1-7"),
             (phone, "recommendation:1-10,honesty:1-10,promise:1-10,repeat:1-10"))  # fmt: skip
    for given, scales in asked:
        file = given.cast(pa.schema([(name, pa.float64()) for name in given.column_names]))
        found = {row["by"]["part"]: row["value"] for row in unfolded(measure(scratch([], given=file), scales=scales))}
        assert found["trust"] == pytest.approx(found["recommendation"], abs=0.1)
