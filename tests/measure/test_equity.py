"""Equity: switching as surveys state it and purchases show it, with doubt, and what a change returns."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.measure._answers import brand, unfolded
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.measure.equity import measure

START = datetime(2025, 1, 1, tzinfo=UTC)
SCANNED = {"person": "id", "sequence": "rownames", "brand": "choice"}


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("Catsup", {"heinz28": 0.504, "heinz32": 0.682, "heinz41": 0.263, "hunts32": 0.386}),
        ("Yogurt", {"dannon": 0.886, "hiland": 0.448, "weight": 0.876, "yoplait": 0.842}),
    ],
)
def test_switching_of_households_is_that_of_the_data(
    real_data: Callable[[str], Path], name: str, stays: dict[str, float]
) -> None:
    file = str(real_data("brand_switching") / f"{name}.csv")
    rows = one_shot("measure", "equity", file=file, map=SCANNED, set={"purchases": "8"}, by=["brand"])
    told = {row["brand"]: row["detail"]["switching"][row["brand"]] for row in rows}
    assert {name: each["value"] for name, each in told.items()} == pytest.approx(stays, abs=0.006)
    assert all(each["low"] < stays[name] < each["high"] for name, each in told.items())
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    assert sum(row["detail"]["share_of_equity"] for row in rows) == pytest.approx(1, abs=1e-5)


def test_switching_stated_in_a_survey(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    """Mobile phones in Australia: the previous provider is asked in three places, for three kinds of contract."""
    table = pq.read_table(real_data("telecom_bank_surveys") / "phone_switching.parquet")
    known = {"Optus", "Telstra (Mobile Net)", "Vodafone", "Orange (Hutchison)", "Virgin Mobile", "One-tel"}

    def provider(*said: str | None) -> str | None:
        return next((each for each in said if each in known), None)

    previous = [provider(*each) for each in zip(*(table[q].to_pylist() for q in ("q11", "q12", "q13")), strict=True)]
    now = [provider(each) for each in table["q7"].to_pylist()]
    file = tmp_path / "phones.parquet"
    pq.write_table(pa.table({"previous": previous, "brand": now}), file)
    told = {
        "purchases": "0.5",
        "years": "6",
        "brand": "Vodafone",
        "lift": "0.1",
        "outlay": "1000000",
        "population": "1e6",
    }
    rows = {row["brand"]: row for row in one_shot("measure", "equity", file=str(file), map={}, set=told, by=[])}
    counts = {
        pair: sum(1 for each in zip(previous, now, strict=True) if each == pair)
        for pair in zip(previous, now, strict=True)
    }
    stayed = counts["Optus", "Optus"] / sum(n for (one, two), n in counts.items() if one == "Optus" and two)
    loyal = rows["Optus"]["detail"]["switching"]["Optus"]
    assert loyal["low"] < stayed < loyal["high"]
    assert rows["Optus"]["value"] > rows["Orange (Hutchison)"]["value"]
    assert "only" in rows["Virgin Mobile"]["detail"]["warning"]
    change = rows["Vodafone"]["detail"]["change"]
    assert 0 < change["low"] < change["value"] < change["high"]
    assert change["return"]["value"] == pytest.approx((change["equity"] - 1e6) / 1e6, rel=1e-4)


def purchases(customers: int = 60, *, seed: int = 2) -> list[dict[str, Any]]:
    """Customers of two products; those of the first stay with .9, those of the second with .5."""
    random, rows = np.random.default_rng(seed), []
    for person in range(customers):
        product = ("solid", "fickle")[person % 2]
        for visit in range(5):
            fields = {"product": product, "amount": 100.0 if product == "solid" else 50.0}
            rows.append(
                {
                    "kind": "purchase",
                    "person": f"c{person}",
                    "occurred_at": START + timedelta(days=90 * visit),
                    **fields,
                }
            )
            if random.random() > (0.9 if product == "solid" else 0.5):
                product = "fickle" if product == "solid" else "solid"
    return rows


def test_many_purchases_of_few_households_are_known_less_closely_than_of_many(tmp_path: Path) -> None:
    def width(households: int) -> float:
        random, lines = np.random.default_rng(8), []
        for person in range(households):
            taste = random.beta(0.5, 0.5)
            lines += [f"h{person},{at},{'ab'[int(random.random() < taste)]}" for at in range(1_200 // households)]
        file = tmp_path / f"{households}.csv"
        file.write_text("\n".join(["person,sequence,brand", *lines]))
        row = one_shot("measure", "equity", file=str(file), map={}, set={}, by=[])[0]
        stay = row["detail"]["switching"]["a"]
        return float(stay["high"] - stay["low"])

    assert width(20) > 2 * width(600)


def test_a_home_tells_it_of_its_products_and_says_what_it_cannot_see() -> None:
    rows = {each["by"]["brand"]: each for each in unfolded(measure(brand(purchases()), purchases=4, margin=0.1))}
    assert (
        rows["solid"]["detail"]["switching"]["solid"]["low"] > rows["fickle"]["detail"]["switching"]["fickle"]["value"]
    )
    assert rows["solid"]["value"] > 2 * rows["fickle"]["value"]
    assert rows["solid"]["detail"]["worth"] == pytest.approx(10)
    assert "only purchases from us" in rows["solid"]["detail"]["warning"]


def test_a_file_of_purchases_says_what_the_home_says(tmp_path: Path) -> None:
    file = tmp_path / "bought.csv"
    lines = [f"{row['person']},{row['occurred_at']:%Y-%m-%d},{row['product']},{row['amount']}" for row in purchases()]
    file.write_text("\n".join(["person,occurred_at,product,amount", *lines]))
    here = one_shot("measure", "equity", file=str(file), map={"brand": "product"}, set={}, by=[])
    there = unfolded(measure(brand(purchases())))
    assert [row["value"] for row in here] == pytest.approx([row["value"] for row in there])


def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    assert len(measure(brand([]))) == 0
    few = measure(brand(purchases(3))).to_pylist()
    assert {row["value"] for row in few} == {None}
    assert "it takes 30" in json.loads(few[0]["detail"])["why"]
    amiss: tuple[dict[str, Any], ...] = (
        {"by": ["unit"]}, {"purchases": 0.0}, {"brand": "nobody"}, {"outlay": 5.0}, {"where": "no = 1"},
    )  # fmt: skip
    for asked in amiss:
        with pytest.raises(Refused):
            measure(brand(purchases()), **asked)
    file = tmp_path / "bought.csv"
    for header in ("person,amount", "brand,amount"):
        file.write_text(f"{header}\na,3\n")
        with pytest.raises(Refused, match=r"brand|switched"):
            one_shot("measure", "equity", file=str(file), map={}, set={}, by=[])
