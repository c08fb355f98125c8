"""Initiatives as people state them: what makes no sense is refused beside its field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.rules.initiatives import NUMBERS, lines, stated

TOUCHPOINTS, UNITS = ("parking", "bill"), ("north",)
PLAIN = {"touchpoint": "parking", "fixed_cost": 100}


def said(**more: Any) -> dict[str, Any]:
    return stated(PLAIN | more, touchpoints=TOUCHPOINTS, units=UNITS)


def test_what_is_left_out_takes_the_usual_and_what_is_not_known_stays_unknown():
    row = said(lift="0.3")
    assert (row["name"], row["level"], row["worst"], row["best"]) == ("parking", 1, 1.0, 5.0)
    assert row["lift"] == 0.3
    assert [row["unit"], row["partner_share"], said()["lift"]] == [None, None, None]


def test_the_same_name_touchpoint_level_and_unit_are_the_same_initiative():
    assert said()["id"] == said(fixed_cost=7)["id"] == said(name="parking")["id"]
    assert len({said(**each)["id"] for each in ({}, {"level": 2}, {"unit": "north"}, {"name": "signs"})}) == 4


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"touchpoint": "moon"}, "touchpoint"),
        ({"unit": "atlantis"}, "unit"),
        ({"fixed_cost": None}, "fixed_cost"),
        ({"fixed_cost": -1}, "fixed_cost"),
        ({"fixed_cost": "a lot"}, "fixed_cost"),
        ({"fixed_cost": "nan"}, "fixed_cost"),
        ({"cost_share": 5}, "cost_share"),
        ({"level": 0}, "level"),
        ({"level": 1.5}, "level"),
        ({"lift": 9}, "lift"),
        ({"lift": -0.1}, "lift"),
        ({"lift_low": 0.1}, "lift"),
        ({"lift": 0.2, "lift_low": 0.3}, "lift_low"),
        ({"lift": 0.2, "lift_high": 0.1}, "lift_high"),
        ({"locked": 2}, "locked"),
        ({"spill": 0.2}, "spill"),
        ({"spill": 0.2, "spills_to": "parking"}, "spills_to"),
        ({"partner_share": 1.2}, "partner_share"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(more: dict[str, Any], field: str):
    with pytest.raises(Refused) as refused:
        said(**more)
    assert refused.value.field == field


def test_a_table_is_read_by_its_header_and_empty_cells_are_left_out():
    text = "\ufefftouchpoint,level,fixed_cost,lift\nparking,1,100,.2\n\nbill,2,50,\n"
    assert [(row["touchpoint"], row.get("lift")) for row in lines(text, field="lines")] == [
        ("parking", ".2"),
        ("bill", None),
    ]


@pytest.mark.parametrize("text", ["", "colour\nred", "fixed_cost\n1", "touchpoint,level\na,1,2,3"])
def test_a_table_that_is_none_is_refused(text: str):
    with pytest.raises(Refused):
        list(lines(text, field="lines"))


ODD = st.sampled_from(["", "x", "1e3", "-0", "inf", None, True, [], 0.5, -1, 7, 1e308, float("nan")])


@given(st.dictionaries(st.sampled_from(NUMBERS), ODD, max_size=4))
def test_whatever_is_stated_is_kept_within_bounds_or_refused(more: dict[str, Any]):
    try:
        row = said(**more)
    except Refused:
        return
    assert row["lift"] is None or 0 <= row["lift"] <= abs(row["best"] - row["worst"])
    assert all(row[name] is None or row[name] >= 0 for name in ("fixed_cost", "cost_share", "cost_per_customer"))
