"""What a home's plan must keep to beside money: minimum standards everywhere, and phases over quarters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from tests.decide.test_budget_home import STATED, Rows, home, rows
from touchstone.decide._budget_home import planned
from touchstone.decide._budget_phases import left, open_to, quarters
from touchstone.decide._budget_terms import Terms

CHOICE = ("choice", "unit", "touchpoint", "level")
MANY = {"budget": 9000.0}


def plan(*initiatives: dict[str, Any], **planning: float) -> Rows:
    return rows(planned(home(*initiatives, planning=planning), "budget@1", frontier=False))


def places(found: Rows, touchpoint: str) -> set[str]:
    return {row["by"]["unit"] for row in found[CHOICE] if row["by"]["touchpoint"] == touchpoint}


def test_a_minimum_standard_is_met_everywhere_it_can_be_and_elsewhere_it_is_said_why_not():
    free, held = plan(*STATED, **MANY), plan(*STATED, **MANY, **{"least:waiting area": 3.4})
    told = held[()][0]["detail"]["standards"]["waiting area"]
    assert told["below"] == told["raised"] + told["out_of_reach"]
    assert min(told["raised"], told["out_of_reach"]) > 0
    for row in held[("unit",)]:
        for each in row["detail"]["standards"]:
            assert each["stands"] < each["least"] == pytest.approx(3.4)
            assert each["by"] == "waiting area" or "would lift it to" in each["why"]
            assert (row["by"]["unit"] in places(held, "waiting area")) >= (each["by"] is not None)
    assert held[()][0]["detail"]["chosen_by"] <= free[()][0]["detail"]["chosen_by"] + 1e-9


def test_a_standard_of_a_touchpoint_that_nobody_can_lift_is_out_of_reach():
    held = plan(*STATED, **MANY, **{"least:welcome": 4.9})
    assert held[()][0]["detail"]["standards"]["welcome"]["raised"] == 0
    assert {each["why"] for row in held[("unit",)] for each in row["detail"]["standards"]} == {
        "no initiative is stated for it here"
    }


def test_a_standard_beyond_the_budget_leaves_no_plan_and_says_what_it_costs():
    held = plan(*STATED, budget=100.0, **{"least:waiting area": 3.4})[()][0]
    assert held["value"] is None
    assert "the standards alone cost" in held["detail"]["why"]


def test_a_phased_plan_keeps_to_each_quarters_money_and_puts_off_what_loses_least():
    held, free = plan(*STATED, **MANY, quarters=4.0, quarter_cap=1000.0), plan(*STATED, **MANY)
    by = {row["by"]["quarter"]: row for row in held[("quarter",)]}
    assert all(row["detail"]["cost"] <= 1000 + 1e-6 for row in by.values())
    assert sum(row["value"] for row in by.values()) == pytest.approx(held[()][0]["value"])
    assert held[()][0]["value"] < free[()][0]["value"]
    density = {name: row["value"] / max(row["detail"]["cost"], 1) for name, row in by.items()}
    names = sorted(by)
    assert density[names[0]] > density[names[-1]]
    assert {row["detail"]["quarter"] for row in held[CHOICE]} <= set(names) == set(held[()][0]["detail"]["quarters"])


def test_without_a_cap_a_quarter_gets_an_even_part_and_an_initiatives_own_quarter_is_kept():
    late = {**STATED[4], "quarter": "Q1 2999", "name": "too late"}
    own = {**STATED[1], "quarter": "2026-Q1", "name": "long due", "locked": 1}
    held = plan(STATED[0], own, late, **MANY, quarters=3.0)
    assert all(row["detail"]["cost"] <= 3000 + 1e-6 for row in held[("quarter",)])
    first = held[()][0]["detail"]["quarters"][0]
    assert {row["detail"]["quarter"] for row in held[CHOICE] if row["detail"]["name"] == "long due"} == {first}
    assert len(places(held, "waiting area")) == len(held[("unit",)])
    assert not places(held, "parking")


def test_quarters_begin_after_now_and_what_waits_a_year_loses_a_years_value_and_its_discount():
    names = quarters(datetime(2026, 11, 22, tzinfo=UTC), Terms(quarters=6))
    assert (names[0], names[-1]) == ("2027Q1", "2028Q2")
    assert list(open_to({"quarter": "2027 q3"}, names)) == [2]
    assert list(open_to({"quarter": "when there is time"}, names)) == [0, 1, 2, 3, 4, 5]
    kept = left(6, Terms(horizon=5, discount=0.1))
    assert kept[0] == 1
    assert kept[4] == pytest.approx(0.8 / 1.1)
    assert (np.diff(kept) < 0).all()


def test_a_plan_that_is_averse_to_its_own_worst_tenth_has_a_better_one_and_says_how_near_the_best_it_is():
    bold, averse = (plan(*STATED, budget=4000.0, caution=0.0, aversion=each)[()][0] for each in (0.0, 1.0))
    told = averse["detail"]
    assert told["worst_tenth"] >= bold["detail"]["worst_tenth"]
    assert averse["value"] <= bold["value"] + 1e-9
    assert told["chosen_by"] == pytest.approx(told["worst_tenth"])
    assert 0 <= told["gap"] < 0.02
    assert told["bound"] >= told["chosen_by"]
