"""A home's plan: what it takes, its doubt, whom it asks for what, and what it says where it cannot plan."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from touchstone.core import taxonomy
from touchstone.core.tables import INTERACTION, UNIT, conform
from touchstone.decide._budget_chain import catalogue, chain
from touchstone.decide._budget_choices import possible
from touchstone.decide._budget_home import planned
from touchstone.decide._budget_terms import Terms
from touchstone.decide.budget import decide
from touchstone.listen.example import listen
from touchstone.rules.initiatives import HELD, stated
from touchstone.store.scratch import scratch

TAXONOMY = taxonomy.load("auto_dealer")
STATED = (
    {"touchpoint": "the car itself", "cost_share": 0.002, "lift": 0.2, "lift_low": 0.1, "lift_high": 0.3},
    {"touchpoint": "waiting area", "fixed_cost": 500, "lift": 0.3, "lift_low": 0.1, "lift_high": 0.6},
    {"touchpoint": "waiting area", "level": 2, "fixed_cost": 900, "lift": 0.4, "lift_low": 0.2, "lift_high": 0.7},
    {"touchpoint": "clarity of the bill", "cost_per_customer": 2, "lift": 0.4},
    {"touchpoint": "parking", "fixed_cost": 50},
)
Rows = dict[tuple[str, ...], list[dict[str, Any]]]


@cache
def brand() -> tuple[pa.Table, pa.Table]:
    """Interactions and units of a small example brand."""
    units, batches = [], []
    for each in listen(interactions=3_000, dealers=12, customers=600):
        if isinstance(each, pa.RecordBatch):
            batches.append(each)
        elif each[0] == "unit":
            units.append(each[1])
    return conform(pa.Table.from_batches(batches), INTERACTION), conform(pa.concat_tables(units), UNIT)


def home(*initiatives: dict[str, Any], said: pa.Table | None = None, **more: Any) -> Any:
    rows = [stated(each, touchpoints=TAXONOMY.names, units=brand()[1]["id"].to_pylist()) for each in initiatives]
    chosen = [{"id": name, "value": value} for name, value in more.pop("planning", {}).items()]
    given = brand()[0] if said is None else said
    return scratch(
        given, units=brand()[1], taxonomy=TAXONOMY, recorded={"initiative": rows, "planning": chosen}, **more
    )


def rows(table: pa.Table) -> Rows:
    found: Rows = {}
    for row in table.to_pylist():
        row |= {"by": dict(row["by"]), "detail": json.loads(row["detail"])}
        found.setdefault(tuple(row["by"]), []).append(row)
    return found


@cache
def usual() -> Rows:
    return rows(planned(home(*STATED, planning={"budget": 4000.0}), "budget@1"))


def test_the_plan_is_what_its_choices_are_and_keeps_to_the_budget():
    whole, choices = usual()[()][0], usual()["choice", "unit", "touchpoint", "level"]
    assert whole["value"] == pytest.approx(sum(row["value"] for row in choices))
    assert whole["detail"]["cost"] + whole["detail"]["support"] <= 4000
    assert whole["detail"]["cost"] == pytest.approx(sum(row["detail"]["company_pays"] for row in choices))
    places = [(row["by"]["unit"], row["by"]["touchpoint"]) for row in choices]
    assert len(places) == len(set(places)) > 0


def test_every_row_lies_within_its_limits_and_bears_an_id_of_its_own():
    every = [row for some in usual().values() for row in some]
    assert len({row["id"] for row in every}) == len(every)
    assert all(row["low"] <= row["value"] <= row["high"] for row in every)


def test_rows_of_one_unit_are_about_it_alone_and_all_others_about_the_brand():
    for keys, some in usual().items():
        for row in some:
            assert row["about"] == ([row["by"]["unit"]] if "unit" in keys else [])
            assert row["rests_on"] == []


def test_no_unit_is_asked_for_more_than_it_gains_with_its_support():
    for row in usual()[("unit",)]:
        told = row["detail"]
        assert told["partner_gain"] + told["support"] >= told["partner_pays"] - 1e-6
        assert told["does"] or told["why"]


def test_more_money_never_gains_less_and_what_is_to_be_had_for_it_falls():
    frontier = sorted(usual()[("budget",)], key=lambda row: float(row["by"]["budget"]))
    gains, prices = [row["value"] for row in frontier], [row["detail"]["price"] for row in frontier]
    assert all(later >= earlier * 0.999 for earlier, later in pairwise(gains))
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(prices))


def test_where_lifts_come_from_is_said():
    told = usual()[()][0]["detail"]
    assert told["lifts"] == {"stated": 4, "measured": 0, "prior": 1}
    assert told["retention_from"] == "prior"
    assert set(told["worth_knowing"]) == {each["touchpoint"] for each in STATED}


def test_a_measured_effect_takes_the_place_of_a_prior():
    detail = {"figure": "rating", "scale": {"worst": -4, "best": 4}, "touchpoints": ["parking"]}
    effect = {"id": "e", "name": "effect", "by": [], "value": 0.8, "low": 0.6, "high": 1.0, "n": 9}
    ask = home(*STATED, derived={"metric": [effect | {"detail": json.dumps(detail)}]})
    assert rows(planned(ask, "budget@1", frontier=False))[()][0]["detail"]["lifts"]["measured"] == 1


def test_what_must_be_done_is_done_everywhere_and_what_must_not_nowhere():
    ask = home({**STATED[4], "locked": 1}, {**STATED[0], "locked": 0}, STATED[3])
    found = rows(planned(ask, "budget@1", frontier=False, budget=50_000.0))
    done = [row["by"]["touchpoint"] for row in found["choice", "unit", "touchpoint", "level"]]
    assert done.count("parking") == len(found[("unit",)])
    assert "the car itself" not in done


def test_a_touchpoint_held_in_is_everywhere_and_one_left_out_nowhere_while_all_could_be_chosen_otherwise():
    held = {"budget": 6000.0, f"{HELD}parking": 1.0, f"{HELD}the car itself": 0.0}
    for more in ({}, {"quarters": 2.0}):
        found = rows(planned(home(*STATED, planning=held | more), "budget@1"))
        done = [row["by"]["touchpoint"] for row in found["choice", "unit", "touchpoint", "level"]]
        assert done.count("parking") == len(found[("unit",)])
        assert "the car itself" not in done
        assert found[()][0]["detail"]["held"] == {"parking": 1, "the car itself": 0}
        assert found[()][0]["detail"]["worth_knowing"]["the car itself"] == 0
        bound = [set(row["detail"]) & {"locked", "standard"} for row in found[("initiative",)]]
        assert bound == [set()] * len(STATED)


def test_without_support_every_unit_gains_what_it_pays():
    found = rows(planned(home(*STATED, planning={"budget": 4000.0, "support": 0.0}), "budget@1", frontier=False))
    assert found[()][0]["detail"]["support"] == 0
    assert all(row["detail"]["partner_gain"] >= row["detail"]["partner_pays"] - 1e-6 for row in found[("unit",)])


def test_limits_in_each_others_way_are_named():
    found = rows(planned(home({**STATED[4], "locked": 1}), "budget@1", budget=1.0))
    assert found[()][0]["value"] is None
    assert "budget" in found[()][0]["detail"]["why"]


def test_a_unit_that_cannot_gain_by_it_is_told_why():
    dear = {**STATED[0], "partner_share": 1.0, "cost_share": 0.9}
    found = rows(planned(home(dear, planning={"partner_margin": 0.001}), "budget@1", frontier=False))
    assert all("cannot be brought in at a profit" in row["detail"]["why"] for row in found[("unit",)])


def test_caution_counts_the_worst_and_few_touchpoints_stay_few():
    bold, careful = (
        rows(planned(home(*STATED, planning={"budget": 4000.0, "caution": each}), "budget@1", frontier=False))[()][0]
        for each in (0.0, 1.0)
    )
    assert careful["detail"]["chosen_by"] < bold["detail"]["chosen_by"] == pytest.approx(bold["value"])
    few = rows(decide(home(*STATED), budget=4000.0, touchpoints_at_most=1))
    assert few[()][0]["detail"]["touchpoints"] == 1


def test_the_same_home_has_the_same_plan_in_whatever_order_it_was_heard():
    other = home(*reversed(STATED), said=brand()[0].take(list(range(len(brand()[0])))[::-1]))
    one, two = (planned(each, "budget@1", frontier=False) for each in (home(*STATED), other))
    assert one["id"].to_pylist() == two["id"].to_pylist()
    assert one.equals(two)


@pytest.mark.parametrize("said", ["nothing", "no purchase"])
def test_a_home_that_knows_too_little_says_so(said: str):
    kept = INTERACTION.empty_table()
    if said == "no purchase":
        kept = brand()[0].filter([kind != "purchase" for kind in brand()[0]["kind"].to_pylist()])
    found = planned(home(*STATED, said=kept), "budget@1").to_pylist()
    assert len(found) == 1
    assert found[0]["value"] is None


def test_few_surveys_weigh_all_touchpoints_alike_and_say_so():
    few = brand()[0].filter([kind == "purchase" for kind in brand()[0]["kind"].to_pylist()])
    told = rows(planned(home(*STATED, said=few), "budget@1", frontier=False))[()][0]["detail"]
    assert "equal" in told["weights"]


def test_where_a_step_weighs_more_below_the_middle_units_that_stand_there_gain_more():
    ask = home(*STATED)
    known, terms = catalogue(ask), Terms(budget=4000.0)
    made = chain(ask, known, terms)
    plain = replace(made, bend=np.zeros_like(made.bend))
    bent = replace(made, bend=np.full_like(made.bend, 0.2))
    gains = [possible(ask, known, each, terms) for each in (plain, bent)]
    below = made.below[gains[0].unit, gains[0].touchpoint]
    assert ((gains[1].gain > gains[0].gain) == (below > 0)).all()
    assert min((below > 0).sum(), (below < 0).sum()) > 0
