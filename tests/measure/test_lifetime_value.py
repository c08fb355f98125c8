"""Lifetime value: the textbook customers in one shot, better forecasts than BG/NBD's, and honest silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.measure._answers import brand, unfolded
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.measure.lifetime_value import measure

START = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def cdnow(real_data: Callable[[str], Path]) -> Callable[..., list[dict[str, Any]]]:
    file = str(real_data("cdnow_clv") / "cdnow_sample.parquet")
    fields = {"person": "customer_id", "occurred_at": "date"}

    def asked(*, amount: bool = True, by: tuple[str, ...] = (), **settings: str) -> list[dict[str, Any]]:
        names = fields | ({"amount": "dollar_value"} if amount else {})
        told = {"until": "1997-09-30", "weeks": "39", **settings}
        return one_shot("measure", "lifetime_value", file=file, map=names, set=told, by=list(by))

    return asked


def test_cdnow_in_one_shot_is_the_textbooks(cdnow: Callable[..., list[dict[str, Any]]]) -> None:
    [row] = cdnow(model="bg_nbd")
    assert row["n"] == 2357
    assert row["low"] < row["value"] < row["high"]
    assert row["detail"]["parameters"] == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=0.001)
    assert row["detail"]["log_likelihood"] == pytest.approx(-9582.4, abs=0.05)
    assert row["detail"]["gamma_gamma"] == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.45}, abs=0.01)
    assert "warning" not in row["detail"]
    [pareto] = cdnow(model="pareto_nbd")
    names = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
    assert pareto["detail"]["parameters"] == pytest.approx(names, abs=0.001)


def test_a_customer_of_cdnow_by_person(cdnow: Callable[..., list[dict[str, Any]]]) -> None:
    rows = cdnow(by=("person",), model="bg_nbd")
    assert len(rows) == len({row["person"] for row in rows}) == 2357
    [known] = [
        each["detail"]["expected_purchases"]
        for each in rows
        if (each["detail"]["frequency"], round(each["detail"]["recency"], 2)) == (2, 30.43)
        and each["detail"]["age"] > 38.8
    ]
    assert known == pytest.approx(1.226, abs=0.0005)
    [whole] = cdnow(model="bg_nbd")
    assert np.mean([row["value"] for row in rows]) == pytest.approx(whole["value"])
    assert all(row["low"] <= row["value"] <= row["high"] and 0 <= row["detail"]["alive"] <= 1 for row in rows)


def test_the_next_39_weeks_are_forecast_better_than_by_bg_nbd(
    cdnow: Callable[..., list[dict[str, Any]]], real_data: Callable[[str], Path]
) -> None:
    """Fitted on weeks 1-39 alone; r, mean absolute error and error of the total, all three."""
    table = pq.read_table(real_data("cdnow_clv") / "cdnow_sample.parquet")
    later = {
        (str(person), day)
        for person, day in zip(table["customer_id"].to_pylist(), table["date"].to_pylist(), strict=True)
        if "1997-09-30" < day <= "1998-06-30"
    }
    bought: dict[str, int] = {}
    for person, _ in later:
        bought[person] = bought.get(person, 0) + 1
    assert sum(bought.values()) == 1882

    def quality(**settings: str) -> tuple[float, float, float]:
        rows = cdnow(by=("person",), amount=False, **settings)
        expected = np.array([row["detail"]["expected_purchases"] for row in rows])
        actual = np.array([bought.get(row["person"], 0) for row in rows])
        error = abs(expected.sum() / actual.sum() - 1)
        return float(np.corrcoef(expected, actual)[0, 1]), float(np.abs(expected - actual).mean()), error

    plain = quality(model="bg_nbd")
    assert plain == pytest.approx((0.626, 0.785, 0.12), abs=0.002)
    for better in (quality(model="both"), quality(model="pareto_nbd")):
        assert better[0] > plain[0] + 0.002
        assert better[1] < plain[1] - 0.015
        assert better[2] < plain[2] - 0.002


def test_two_models_forecast_together_and_both_are_shown(cdnow: Callable[..., list[dict[str, Any]]]) -> None:
    [both], [plain], [pareto] = cdnow(model="both"), cdnow(), cdnow(model="pareto_nbd")
    assert plain == cdnow(model="bg_nbd")[0]
    assert both["value"] == pytest.approx((plain["value"] + pareto["value"]) / 2)
    for field in ("parameters", "log_likelihood", "gamma_gamma"):
        assert both["detail"][field] == plain["detail"][field]
    assert both["detail"]["pareto_nbd"]["parameters"] == pareto["detail"]["parameters"]
    assert both["low"] < min(plain["value"], pareto["value"])
    assert both["high"] > max(plain["value"], pareto["value"])


def shop(customers: int = 120, **fields: Any) -> list[dict[str, Any]]:
    """Purchases of customers who come at a rate of their own until they leave, seeded."""
    random, rows = np.random.default_rng(11), []
    for person in range(customers):
        at, end = float(random.uniform(0, 60)), float(random.exponential(300))
        rate, until = float(random.gamma(1.2, 30)), at + end
        while at < min(until, 360):
            rows.append(bought(f"c{person:03}", at, amount=20.0 + person % 7, unit="ab"[person % 2], **fields))
            at += float(random.exponential(rate)) + 1
    return rows


def bought(person: str, day: float, **fields: Any) -> dict[str, Any]:
    return {"kind": "purchase", "person": person, "occurred_at": START + timedelta(days=day), **fields}


def test_a_home_has_it_for_all_by_unit_of_the_first_purchase_and_by_person() -> None:
    home = brand(shop(currency="EUR"))
    [whole] = unfolded(measure(home, weeks=26))
    units = unfolded(measure(home, by=["unit"], weeks=26))
    people = unfolded(measure(home, by=["person"], weeks=26))
    assert whole["measured_in"] == "EUR per customer in 26 weeks"
    assert [row["by"]["unit"] for row in units] == ["a", "b"]
    assert sum(row["n"] for row in units) == whole["n"] == len(people) == 120
    together = sum(row["value"] * row["n"] for row in units) / 120
    assert together == pytest.approx(whole["value"])
    assert all(row["rests_on"] == [] for row in units)


def test_purchases_of_one_day_are_one() -> None:
    rows = shop()
    doubled = [*rows, *[{**row, "occurred_at": row["occurred_at"].replace(hour=23), "amount": 0.0} for row in rows]]
    once, twice = (unfolded(measure(brand(each)))[0] for each in (rows, doubled))
    assert once["value"] == pytest.approx(twice["value"])


def test_what_came_after_until_is_not_known() -> None:
    rows = shop()
    short = [row for row in rows if row["occurred_at"] < START + timedelta(days=200)]
    whole = unfolded(measure(brand(rows), until="2025-07-19"))
    assert whole[0]["value"] == unfolded(measure(brand(short), until="2025-07-19"))[0]["value"]


def test_since_keeps_those_who_came_first_from_then_on() -> None:
    home = brand(shop())
    assert unfolded(measure(home, since="2025-02-01"))[0]["n"] < 120


def test_without_amounts_purchases_are_counted_and_currencies_are_never_mixed() -> None:
    bare = [{**row, "amount": None} for row in shop()]
    [row] = unfolded(measure(brand(bare)))
    assert row["measured_in"] == "purchases per customer in 52 weeks"
    assert "gamma_gamma" not in row["detail"]
    mixed = [{**row, "currency": "EUR" if n % 2 else "USD"} for n, row in enumerate(shop())]
    [row] = unfolded(measure(brand(mixed)))
    assert row["measured_in"] == "purchases per customer in 52 weeks"
    assert "several currencies" in row["detail"]["warning"]


def test_a_touchpoint_felt_acts_on_the_rate() -> None:
    rows = shop(200)
    count = {row["person"]: 0 for row in rows}
    for row in rows:
        count[row["person"]] += 1
    felt = [
        {"kind": "answer", "metric": "rating", "worst": 1.0, "best": 5.0, "value": 5.0 if count[person] > 4 else 2.0,
         "person": person, "touchpoint": "service", "occurred_at": START}
        for person in sorted(count)
    ]  # fmt: skip
    [row] = unfolded(measure(brand([*rows, *felt]), covariates=["service", "sales"], model="pareto_nbd"))
    assert set(row["detail"]["covariates"]) == {"service"}, "nobody rated sales"
    assert row["detail"]["covariates"]["service"]["rate"]["low"] > 1


def garage(customers: int = 400, *, share: float = 0.1, seed: int = 3) -> list[dict[str, Any]]:
    """Repairs of 250 or so, and now and then a car of 30 000."""
    random, rows = np.random.default_rng(seed), []
    for person in range(customers):
        for day in np.cumsum(random.exponential(150, 1 + random.poisson(1.5))):
            car = random.random() < share
            amount = random.normal(30_000, 3_000) if car else np.exp(random.normal(5.5, 0.5))
            rows.append(bought(f"c{person:03}", float(day), amount=float(amount), id=f"{person}-{day}"))
    return rows


def test_cars_and_repairs_are_told_apart_and_their_worth_is_known() -> None:
    """Ten purchases in a hundred are cars: 3 000 of 3 000 + 250 a purchase; Gamma-Gamma has no mean of that."""
    rows = garage()
    unpaid = [{**row, "amount": None} for row in rows]
    [told], [count] = (unfolded(measure(brand(each))) for each in (rows, unpaid))
    spending = told["detail"]["spending"]
    assert spending["model"] == "two_kinds"
    assert spending["bic"]["two_kinds"] < min(spending["bic"]["gamma_gamma"], spending["bic"]["log_normal"]) - 10
    assert [kind["mean"] for kind in spending["kinds"]] == pytest.approx([277, 30_000], rel=0.05)
    assert 1_500 < spending["parted_at"] < 20_000
    assert "gamma_gamma" not in told["detail"]
    assert "no mean" in spending["why"]
    truth = count["value"] * (0.1 * 30_000 + 0.9 * float(np.exp(5.5 + 0.125)))
    assert told["low"] < truth < told["high"]
    people = unfolded(measure(brand(rows), by=["person"]))
    assert np.mean([each["value"] for each in people]) == pytest.approx(told["value"], rel=1e-3)


def test_a_model_of_money_can_be_named() -> None:
    home = brand(garage())
    [endless] = unfolded(measure(home, spending="gamma_gamma"))
    assert endless["value"] is None
    assert "no mean" in endless["detail"]["why"]
    [heap] = unfolded(measure(brand(shop()), spending="two_kinds"))
    assert "one heap" in heap["detail"]["why"]
    [plain], [other] = (unfolded(measure(brand(shop()), spending=each)) for each in ("", "log_normal"))
    assert plain["detail"]["spending"]["model"] == "gamma_gamma"
    assert "gamma_gamma" not in other["detail"]
    assert other["value"] == pytest.approx(plain["value"], rel=0.02)


def test_cars_and_repairs_of_a_file_are_those_of_a_home(tmp_path: Path) -> None:
    rows, file = garage(), tmp_path / "bought.csv"
    lines = [f"{row['person']},{row['occurred_at']:%Y-%m-%dT%H:%M:%S},{row['amount']}" for row in rows]
    file.write_text("\n".join(["person,occurred_at,amount", *lines]))
    [here] = one_shot("measure", "lifetime_value", file=str(file), map={}, set={"model": "both"}, by=[])
    [there] = unfolded(measure(brand(rows)))
    assert here["value"] == pytest.approx(there["value"])
    assert here["detail"]["spending"] == there["detail"]["spending"]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([bought("a", 0)], "bought again"),
        ([bought(f"c{n}", 0) for n in range(50)], "bought again"),
        ([bought(f"c{n}", 9 * k, amount=5.0 if n < 3 else 0.0) for n in range(40) for k in range(3)], "spent money"),
    ],
)
def test_what_cannot_be_told_is_said(rows: list[dict[str, Any]], why: str) -> None:
    [row] = measure(brand(rows)).to_pylist()
    assert row["value"] is None
    assert why in json.loads(row["detail"])["why"]


def test_nothing_in_nothing_out() -> None:
    assert len(measure(brand([]))) == 0
    assert len(measure(brand([{"kind": "purchase"}]))) == 0


def test_what_is_asked_amiss_is_refused(tmp_path: Path) -> None:
    for asked in (
        {"model": "magic"},
        {"spending": "magic"},
        {"weeks": 0.0},
        {"by": ["month"]},
        {"covariates": ["nowhere"]},
        {"until": "soon"},
    ):
        with pytest.raises(Refused):
            measure(brand(shop()), **asked)
    file = tmp_path / "bought.csv"
    file.write_text("person,occurred_at,amount\na,2025-01-01,much\n")
    with pytest.raises(Refused, match="amount"):
        one_shot("measure", "lifetime_value", file=str(file), map={}, set={}, by=[])
    file.write_text("person,amount\na,3\n")
    with pytest.raises(Refused, match="occurred_at"):
        one_shot("measure", "lifetime_value", file=str(file), map={}, set={}, by=[])
