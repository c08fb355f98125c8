"""Budget on a file: rows as the contract lays them down, limits from columns or settings, and refusals that say why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from touchstone.core.errors import Refused
from touchstone.core.tables import PLAN
from touchstone.decide.budget import decide
from touchstone.home.one_shot import one_shot
from touchstone.store.scratch import scratch

HEADER = "choice,unit,touchpoint,level,cost,gain,partner_cost,partner_gain"
CHOICES = (
    "a1,A,bill,1,10,20,1,0",
    "a2,A,bill,2,20,35,6,2",
    "a3,A,staff,1,15,30,,",
    "b1,B,bill,1,10,18,0,3",
    "b2,B,staff,1,15,16,5,1",
)


def decided(folder: Path, *lines: str, header: str = HEADER, **settings: Any) -> list[dict[str, Any]]:
    path = folder / "choices.csv"
    path.write_text("\n".join([header, *lines, ""]), "utf-8")
    given = {name: str(value) for name, value in settings.items()}
    return one_shot("decide", "budget", file=str(path), map={}, set=given, by=[])


def test_the_plan_of_five_choices_is_the_one_worked_out_by_hand(tmp_path: Path) -> None:
    rows = decided(tmp_path, *CHOICES, budget=40)
    assert [row["choice"] for row in rows] == ["a1", "a3", "b1", None]
    assert [row["unit"] for row in rows] == ["A", "A", "B", None]
    assert [row["value"] for row in rows] == [20, 30, 18, 68]
    whole = rows[-1]["detail"]
    assert (whole["cost"], whole["support"], whole["bound"], whole["gap"]) == (35, 1, 68, 0)
    assert rows[0]["detail"]["support"] == 1
    assert rows[0]["low"] is rows[0]["high"] is None


def test_a_partner_takes_part_only_with_the_support_it_lacks_over_all(tmp_path: Path) -> None:
    rows = decided(tmp_path, "x,A,bill,1,10,20,6,0", "y,A,staff,1,10,20,1,3", "z,A,price,1,10,20,2,0", budget=36)
    support = {row["choice"]: row["detail"]["support"] for row in rows}
    assert support == {"x": 4.5, "y": 0, "z": 1.5, None: 6}  # 8 lacking less 2 left over, as 6 to 2
    assert [row["choice"] for row in decided(tmp_path, "x,A,bill,1,10,20,6,0", budget=15)] == [None]


def test_limits_as_columns_and_as_settings_say_the_same(tmp_path: Path) -> None:
    columns = [f"{line},40,{'n' if line[0] == 'a' else 's'},20,1" for line in CHOICES]
    header = f"{HEADER},budget,region,region_cap,touchpoints_at_most"
    said = decided(tmp_path, *columns, header=header)
    set_ = decided(
        tmp_path,
        *[f"{line},{'n' if line[0] == 'a' else 's'}" for line in CHOICES],
        header=f"{HEADER},region",
        budget=40,
        region_cap=20,
        touchpoints_at_most=1,
    )
    assert said == set_
    assert [row["choice"] for row in said] == ["a2", "b1", None]


def test_each_scenario_is_a_problem_of_its_own_and_the_order_of_rows_never_matters(tmp_path: Path) -> None:
    lines = [f"{line},{name},{budget}" for name, budget in (("lean", 10), ("rich", 99)) for line in CHOICES]
    rows = decided(tmp_path, *lines, header=f"{HEADER},scenario,budget")
    assert rows == decided(tmp_path, *reversed(lines), header=f"{HEADER},scenario,budget")
    taken = {name: [row["choice"] for row in rows if row["scenario"] == name] for name in ("lean", "rich")}
    assert taken == {"lean": ["b1", None], "rich": ["a2", "a3", "b1", "b2", None]}


@pytest.mark.parametrize(
    ("columns", "extra", "settings", "named"),
    [
        ("locked", ["1", "1", "", "", ""], {}, "locked"),
        ("locked", ["1", "", "", "", ""], {"budget": 10}, "budget"),
        ("all_or_nothing,locked", ["g,1", ",", ",", ",", "g,0"], {}, "all_or_nothing"),
        ("locked", ["1", "", "1", "", ""], {"touchpoints_at_most": 1}, "touchpoints_at_most"),
        ("region,locked", ["n,1", "n,", "n,1", "s,", "s,"], {"region_cap": 20}, "region_cap"),
    ],
)
def test_a_problem_that_cannot_be_met_says_which_limit(
    columns: str, extra: list[str], settings: dict[str, float], named: str, tmp_path: Path
) -> None:
    lines = [f"{line},{more}" for line, more in zip(CHOICES, extra, strict=True)]
    (row,) = decided(tmp_path, *lines, header=f"{HEADER},{columns}", **settings)
    assert row["value"] is None
    assert row["choice"] is None
    assert named in row["detail"]["why"]


def test_nothing_worth_taking_gains_nothing_and_has_no_gap(tmp_path: Path) -> None:
    (row,) = decided(tmp_path, "x,A,bill,1,10,-5,,", budget=100)
    assert row["value"] == 0
    assert row["detail"]["gap"] is None
    assert decided(tmp_path, budget=100) == []


@pytest.mark.parametrize(
    ("lines", "header", "said"),
    [
        (["x,A,bill,1,10,5,,", "x,A,staff,1,10,5,,"], HEADER, "twice"),
        (["x,A,bill,1,,5,,"], HEADER, "no cost"),
        (["x,A,bill,1,10,nan,,"], HEADER, "no gain"),
        (["x,A,bill,1,ten,5,,"], HEADER, "column cost"),
        (["x,A,bill,1,10"], "choice,unit,touchpoint,level,cost", "'gain'"),
        (["x,A,bill,1,10,5,,,2"], f"{HEADER},locked", "locked"),
        (["x,A,bill,1,10,5,,,9", "y,A,bill,1,10,5,,,8"], f"{HEADER},budget", "budget differs"),
        (["x,A,bill,1,10,5,,,9"], f"{HEADER},region_cap", "'region'"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(
    lines: list[str], header: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=said):
        decided(tmp_path, *lines, header=header)


@pytest.mark.parametrize(
    ("company", "partner", "rate"), [(1, 1, 0.3333), (2, 1, 0.6), (3, 1, 0.7143), (1, 1.9, 0.0256), (0.4, 1, 0)]
)
def test_the_support_rate_is_the_published_one(company: float, partner: float, rate: float, tmp_path: Path) -> None:
    header = "unit,response,company_margin,partner_margin"
    (row,) = decided(tmp_path, f"A,10,{company},{partner}", header=header, mode="support")
    assert row["unit"] == "A"
    assert row["detail"]["support_rate"] == pytest.approx(rate, abs=5e-5)
    spend, share = row["detail"]["partner_spend"], row["detail"]["support_rate"]
    assert spend == pytest.approx((partner * 10 / (2 * (1 - share))) ** 2)
    assert row["value"] == pytest.approx(company * 10 * spend**0.5 - share * spend)


def test_a_home_without_initiatives_has_no_plan() -> None:
    assert decide(scratch([])).equals(PLAN.empty_table())


def test_curves_share_the_budget_so_that_a_last_unit_of_money_gains_the_same(tmp_path: Path) -> None:
    lines = ("bill,100,20,.8,60", "staff,50,10,1,60", "site,80,30,3,60")
    rows = decided(tmp_path, *lines, header="touchpoint,scale,half,slope,budget", mode="curves")
    assert [row["touchpoint"] for row in rows] == ["bill", "site", "staff"]
    assert sum(row["detail"]["spend"] for row in rows) == pytest.approx(60)
    assert sum(row["value"] for row in rows) == pytest.approx(rows[0]["detail"]["total"])
    assert rows[0]["detail"]["gap"] <= 1e-6
    assert rows[0]["detail"]["residual"] <= 1e-6
    with pytest.raises(Refused, match="budget"):
        decided(tmp_path, "bill,100,20,.8", header="touchpoint,scale,half,slope", mode="curves")
    with pytest.raises(Refused, match="half"):
        decided(tmp_path, "bill,100,0,.8", header="touchpoint,scale,half,slope", mode="curves", budget=9)


def test_logistic_curves_need_no_slope_and_a_form_that_is_none_is_refused(tmp_path: Path) -> None:
    rows = decided(tmp_path, "tv,3000,.2747,logistic", "radio,2000,.3662,logistic", header="touchpoint,scale,half,form",
                   mode="curves", budget=0.941)  # fmt: skip
    assert [round(row["detail"]["spend"], 3) for row in rows] == [0.392, 0.549]
    assert rows[0]["detail"]["residual"] <= 1e-6
    with pytest.raises(Refused, match="slope"):
        decided(tmp_path, "tv,3000,.2747,hill", header="touchpoint,scale,half,form", mode="curves", budget=1)
    with pytest.raises(Refused, match="form"):
        decided(tmp_path, "tv,3000,.2747,1,cubic", header="touchpoint,scale,half,slope,form", mode="curves", budget=1)
