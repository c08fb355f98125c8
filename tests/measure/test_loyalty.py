"""The chain from satisfaction to money, and what coupons go with beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import parquet

from tests.measure._answers import brand, nps, unfolded
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.measure.loyalty import measure
from touchstone.science.chain import Terms, periods
from touchstone.store.scratch import scratch

Rows = list[dict[str, Any]]


def file(columns: dict[str, Any], **settings: Any) -> Rows:
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    return unfolded(measure(scratch([], given=table), **settings))


def by_link(rows: Rows, of: str = "experience") -> dict[str, dict[str, Any]]:
    return {row["by"]["link"]: row for row in rows if row["by"]["of"] == of}


def customers(seed: int, *, dose: float = 1.0, n: int = 800) -> dict[str, Any]:
    """Satisfaction 1-7, coupons that go to the satisfied, and what either goes with, in proportion to `dose`."""
    random = np.random.default_rng(seed)
    liking = random.integers(1, 8, n).astype(float)
    coupon = (random.random(n) < 0.2 + 0.06 * (liking - 4)).astype(float)
    stays = random.random(n) < 0.6 + dose * (0.03 * (liking - 4) + 0.1 * (coupon - 0.2))
    spend = 100 + dose * (5 * (liking - 4) + 8 * (coupon - 0.2)) + 20 * random.standard_normal(n)
    referrals = random.poisson(0.3 + dose * 0.04 * (liking - 4))
    return {"satisfaction": liking, "coupon": coupon, "retained": stays.astype(float),
            "spend": np.where(stays, spend, np.nan), "referrals": referrals.astype(float)}  # fmt: skip


def worth(dose: float = 1.0) -> float:
    """What one step of satisfaction is truly worth in money, of `customers`."""
    terms, stays, spend = Terms(1.0, 5, 0.1), np.array(0.6), 100.0
    long, longer = float(periods(stays, terms)), float(periods(stays + 0.03 * dose, terms))
    return spend * (longer - long) + 5 * dose * long + 0.04 * dose * long * spend * long


def gappy(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: pa.array(values, from_pandas=True) for name, values in columns.items()}


def test_every_link_and_their_money_are_told_experience_apart_from_coupons() -> None:
    rows = file(gappy(customers(2, n=4_000)))
    found, coupons = by_link(rows), by_link(rows, "coupons")
    assert list(found) == list(coupons) == ["retention", "spend", "referrals", "money"]
    for name, truth in (("retention", 0.03), ("spend", 5), ("referrals", 0.04), ("money", worth())):
        assert found[name]["low"] < truth < found[name]["high"], name
    for name, truth in (("retention", 0.1), ("spend", 8), ("referrals", 0)):
        assert coupons[name]["low"] < truth < coupons[name]["high"], name
    money = found["money"]["detail"]
    assert sum(each["value"] for each in money["parts"].values()) == pytest.approx(found["money"]["value"], abs=1e-4)
    assert money["real"]
    assert money["comparisons"] == 8
    assert found["retention"]["measured_in"] == "share of customers per step of satisfaction"


def test_where_nothing_is_planted_hardly_ever_anything_is_found() -> None:
    found = sum(any(row["detail"].get("real") for row in file(gappy(customers(seed, dose=0, n=300))))
                for seed in range(25))  # fmt: skip
    assert found <= 3  # at .05 more than that has a chance of 3 %; 200 seeds: `python -m bench loyalty`


def test_twice_the_dose_is_twice_the_figure() -> None:
    def figures(dose: float) -> list[float]:
        rows = by_link(file(gappy(customers(7, dose=dose, n=20_000))))
        return [rows[name]["value"] for name in ("retention", "spend", "referrals")]

    assert np.array(figures(2.0)) / figures(1.0) == pytest.approx([2, 2, 2], rel=0.2)


def test_the_planted_worth_lies_within_its_interval() -> None:
    held = [row["low"] < worth() < row["high"] for row in
            (by_link(file(gappy(customers(seed))))["money"] for seed in range(25))]  # fmt: skip
    assert sum(held) >= 22  # 200 seeds: `python -m bench loyalty`


def test_what_is_not_known_bears_no_estimate() -> None:
    columns = gappy(customers(2))
    without = {name: each for name, each in columns.items() if name not in ("coupon", "spend")}
    rows = file(without)
    assert all(row["value"] is None and "coupon" in row["detail"]["why"] for row in by_link(rows, "coupons").values())
    assert by_link(rows)["retention"]["value"] is not None
    assert "spend" in by_link(rows)["money"]["detail"]["why"]
    everybody = file({**columns, "retained": np.ones(800)})
    assert "hardly differs" in by_link(everybody)["retention"]["detail"]["why"]
    assert "retention" in by_link(everybody)["money"]["detail"]["warning"]
    rare = file({**columns, "coupon": [1.0] * 12 + [0.0] * 788})
    assert "rare" in by_link(rare, "coupons")["retention"]["detail"]["why"]
    few = file({name: each[:20] for name, each in columns.items()})
    assert all(row["value"] is None for row in few)
    same = file({**columns, "satisfaction": np.full(800, 4.0)})
    assert by_link(same)["spend"]["value"] is None
    assert file({name: each[:0] for name, each in columns.items()}) == []


def test_what_is_adjusted_for_is_held() -> None:
    random = np.random.default_rng(3)
    rich = random.random(2_000) < 0.5
    liking = random.integers(1, 6, 2_000) + 2.0 * rich
    columns = {"satisfaction": liking, "spend": 100 + 50 * rich + 5 * random.standard_normal(2_000),
               "wallet": np.where(rich, "large", "small")}  # fmt: skip
    assert by_link(file(columns))["spend"]["detail"]["real"]
    held = by_link(file(columns, adjust=["wallet"]))["spend"]
    assert held["low"] < 0 < held["high"]


def test_cuts_settings_and_what_is_refused() -> None:
    columns = {**gappy(customers(4, n=1_000)), "unit": ["north", "south"] * 500}
    assert {row["by"]["unit"] for row in file(columns, by=["unit"])} == {"north", "south"}
    one, two = (by_link(file(columns, step=step))["spend"]["value"] for step in (1.0, 2.0))
    assert two == pytest.approx(2 * one)
    for asked in ({"by": ["luck"]}, {"adjust": ["luck"]}, {"margin": 0.0}, {"horizon": 0}, {"where": "unit = 'a'"},
                  {"split": "soon"}):  # fmt: skip
        with pytest.raises(Refused):
            file(columns, **asked)
    for wrong in ({"spend": [1.0]}, {"satisfaction": [1.0]}):
        with pytest.raises(Refused):
            file(wrong)
    for asked in ({"by": ["touchpoint"]}, {"adjust": ["product"]}, {"by": ["person"]}, {"where": "luck = 'x'"}):
        with pytest.raises(Refused):
            measure(brand([nps(9, person="p", day="2026-01-01")]), **asked)


def living(n: int = 400) -> Rows:
    """Customers who answer in January; the satisfied come, buy and refer more in February."""
    random, rows = np.random.default_rng(5), []
    for at in range(n):
        score, who = int(random.integers(0, 11)), {"person": f"p{at}", "unit": "ab"[at % 2]}
        rows.append(nps(float(score), day="2026-01-05", **who))
        if random.random() < 0.5:
            rows.append({"kind": "redemption", "occurred_at": rows[-1]["occurred_at"], **who})
        if random.random() < 0.2 + 0.06 * score:
            later = {"occurred_at": rows[-1]["occurred_at"].replace(month=2, day=20), **who}
            rows.append({"kind": "purchase", "amount": 50.0 + 4 * score, "currency": "EUR", **later})
            if random.random() < 0.3:
                rows.append({"kind": "referral", **later})
    return rows


def test_a_home_is_split_into_what_was_said_and_what_was_done_after() -> None:
    rows = unfolded(measure(brand(living())))
    found = by_link(rows)
    assert found["retention"]["low"] < 0.06 < found["retention"]["high"]
    assert found["spend"]["value"] == pytest.approx(4)
    assert found["spend"]["measured_in"].startswith("EUR")
    assert found["retention"]["n"] == 400
    assert found["retention"]["detail"]["split"] == "2026-01-28"
    coupons = by_link(rows, "coupons")["retention"]
    assert coupons["low"] < 0 < coupons["high"]
    assert {
        row["n"] for row in unfolded(measure(brand(living()), by=["unit"])) if row["by"]["link"] == "retention"
    } == {200}
    assert measure(brand(living()), split="2026-01-01").num_rows == 0


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    columns = customers(6, n=200)
    lines = [
        ",".join("" if np.isnan(each) else str(each) for each in row) for row in zip(*columns.values(), strict=True)
    ]
    told = []
    for each in (lines, np.random.default_rng(1).permutation(lines).tolist()):
        path = tmp_path / "customers.csv"
        path.write_text("\n".join([",".join(columns), *each]), encoding="utf-8")
        told.append(one_shot("measure", "loyalty", file=str(path), map={}, set={}, by=[]))
    assert [row["value"] for row in told[0]] == pytest.approx([row["value"] for row in told[1]])
    assert told[0][0]["detail"]["formula"]


def test_telco_has_no_coupons_and_says_so(real_data: Callable[[str], Path]) -> None:
    table = parquet.read_table(real_data("telco_churn") / "telco_dev.parquet").filter(
        pc.field("Internet Service") != "No"
    )
    columns = {"satisfaction": pc.equal(table["Tech Support"], "Yes").cast(pa.float64()).combine_chunks(),
               "retained": pc.subtract(1, table["Churn Value"]).cast(pa.float64()).combine_chunks(),
               "spend": table["Monthly Charges"].combine_chunks(), "contract": table["Contract"].combine_chunks(),
               "internet": table["Internet Service"].combine_chunks(),
               "tenure": table["Tenure Months"].cast(pa.float64()).combine_chunks()}  # fmt: skip
    raw, held = (by_link(file(columns, adjust=adjust)) for adjust in ((), ("contract", "internet", "tenure")))
    assert raw["retention"]["value"] > 3 * held["retention"]["value"] > 0.1
    assert held["retention"]["detail"]["real"]
    assert all(row["value"] is None for row in by_link(file(columns), "coupons").values())


def test_households_with_coupons_spend_more_because_they_always_did(real_data: Callable[[str], Path]) -> None:
    folder = real_data("complete_journey")
    baskets = parquet.read_table(
        folder / "transactions_sample.parquet", columns=["household_id", "week", "sales_value"]
    )
    early = baskets.filter(pc.field("week") <= 26).group_by("household_id").aggregate([("sales_value", "sum")])
    late = baskets.filter(pc.field("week") > 26).group_by("household_id").aggregate([("sales_value", "sum")])
    before, after = (dict(zip(each["household_id"].to_pylist(), each["sales_value_sum"].to_pylist(), strict=True))
                     for each in (early, late))  # fmt: skip
    redeemed = parquet.read_table(folder / "coupon_redemptions.parquet")
    dated = zip(redeemed["household_id"].to_pylist(), redeemed["redemption_date"].to_pylist(), strict=True)
    holders = {who for who, day in dated if str(day) < "2017-07-01"}
    names = sorted(before)
    columns = {
        "coupon": [float(each in holders) for each in names],
        "retained": [float(each in after) for each in names],
        "spend": [after.get(each, 0.0) for each in names],
        "before": [before[each] for each in names],
    }
    raw, held = (by_link(file(columns, adjust=adjust), "coupons")["spend"] for adjust in ((), ("before",)))
    assert raw["detail"]["real"]
    assert held["value"] < 0.3 * raw["value"]
    assert "satisfaction" in by_link(file(columns))["money"]["detail"]["why"]
