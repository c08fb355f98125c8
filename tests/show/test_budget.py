"""The page of the budget: head office sees the plan and what else could be; a dealer what it pays and gets."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import altair
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.decide.test_budget_home import STATED, home
from touchstone.core.page import Chart, Filters, Form, Grid, Note, Page
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.decide._budget_chain import catalogue, chain
from touchstone.decide._budget_choices import Possible
from touchstone.decide._budget_choices import possible as choosable
from touchstone.decide._budget_home import planned
from touchstone.decide._budget_terms import terms
from touchstone.rules.initiatives import HELD, LEAST
from touchstone.science.allocation import allocate
from touchstone.show import _anew as anew
from touchstone.show import _budget, _draw, _wishes, html
from touchstone.show._stored import Figure
from touchstone.show.budget import show


@cache
def made() -> Any:
    return home(*STATED, derived={"plan": rows()})


@cache
def rows() -> pa.Table:
    return planned(home(*STATED), "budget@1", budget=4000.0)


@cache
def possible() -> anew.Possible:
    found = anew.possible(made(), planned_whole())
    assert found is not None
    return found


def planned_whole() -> Figure:
    whole = _budget.read(made()).whole
    assert whole is not None
    return whole


@cache
def choices() -> Possible:
    ask = home(*STATED)
    chosen, _ = terms(ask, budget=4000.0)
    known = catalogue(ask)
    return choosable(ask, known, chain(ask, known, chosen), chosen)


def page(**filters: str) -> Page:
    return show(made(), **filters)


def grids(shown: Page) -> dict[str, Grid]:
    return {each.title: each for each in shown.blocks if isinstance(each, Grid)}


def test_the_plan_is_told_with_its_doubt_and_can_be_made_anew():
    shown = page()
    assert "should gain" in shown.sentence
    assert " to " in shown.sentence
    assert {"By touchpoint", "What it takes and brings", "By dealer"} <= set(grids(shown))
    actions = {each.action for each in shown.blocks if isinstance(each, Form)}
    assert {"budget.plan", "initiative.state", "initiative.withdraw"} <= actions
    assert any(isinstance(each, Chart) for each in shown.blocks)
    assert "should gain" in html(shown, viewer=INSIDER, base="/")


def test_another_plan_is_solved_anew_and_held_against_the_one_in_force():
    for more in ({"budget": "1000"}, {"touchpoints": "1"}, {"caution": "100"}, {"share": "0"}, {"support": "no"}):
        shown = page(**more)
        assert "would gain" in shown.sentence, more
        assert "What it takes and brings" in grids(shown)
        assert [each.action for each in shown.blocks if isinstance(each, Form)] == ["budget.plan"]
        assert "would gain" in html(shown, viewer=INSIDER, base="/")


@pytest.mark.parametrize("budget", [300.0, 1500.0, 9000.0])
@pytest.mark.parametrize("most", [None, 2])
def test_what_a_slider_shows_is_what_the_solver_finds(budget: float, most: int | None):
    shown = possible()
    wish = replace(_wishes.wished({}, shown), budget=budget, touchpoints=most)
    found = anew.solved(shown, wish)
    best = allocate(choices().choices, choices().within(budget, most))
    assert found is not None
    assert best is not None
    assert found.plan.gain == pytest.approx(best.gain, rel=0.01)
    assert found.plan.gain <= best.bound * (1 + 1e-6) <= found.plan.bound * (1 + 1e-3)
    assert found.plan.cost + found.plan.support.sum() <= budget * (1 + 1e-6)


def test_its_doubt_is_about_that_of_the_plan_with_the_same_choices():
    whole, shown = planned_whole(), possible()
    found = anew.solved(shown, _wishes.wished({}, shown))
    assert found is not None
    told = found.figure(whole)
    assert (told.low, told.high) == pytest.approx((whole.low, whole.high), rel=0.05)


def test_quarters_and_standards_of_the_plan_in_force_are_kept():
    chosen = {"budget": 6000.0, "quarters": 2.0, f"{LEAST}waiting area": 3.4}
    table = planned(home(*STATED, planning=chosen), "budget@1")
    ask = home(*STATED, planning=chosen, derived={"plan": table})
    whole = _budget.read(ask).whole
    assert whole is not None
    shown = anew.possible(ask, whole)
    assert shown is not None
    assert (shown.group("standard") >= 0).any()
    force = anew.in_force(ask, shown)
    assert force.sum() == pc.sum(pc.starts_with(table["id"], "budget:choice=")).as_py()
    assert shown.gain[force].sum() == pytest.approx(whole.value, rel=1e-6)
    found = anew.solved(shown, _wishes.wished({}, shown))
    assert found is not None
    assert found.plan.gain == pytest.approx(whole.detail["chosen_by"], rel=0.01)
    spent = [found.paid(found.plan.taken.nonzero()[0][starts]) for starts in quarters_of(shown, found)]
    assert max(spent) <= 3000 * (1 + 1e-6)


def quarters_of(shown: anew.Possible, found: anew.Anew) -> list[Any]:
    starts = shown.group("start")[found.plan.taken]
    return [starts == each for each in range(len(shown.quarters))]


def test_a_touchpoint_is_held_in_everywhere_or_left_out():
    shown = possible()
    usual = _wishes.wished({}, shown)
    for name in shown.touchpoints:
        own = shown.touchpoints.index(name)
        without = anew.solved(shown, replace(usual, never=(name,)))
        assert without is not None
        assert own not in shown.touchpoint[without.plan.taken]
    held = anew.solved(shown, replace(usual, budget=40_000.0, always=("parking",)))
    assert held is not None
    mine = held.plan.taken & (shown.touchpoint == shown.touchpoints.index("parking"))
    assert mine.sum() == len(shown.units)
    assert "at every dealer" in str(grids(page(budget="40000", always="parking"))["Held fixed"].rows)


@cache
def fixed() -> Any:
    """A home whose plan has a touchpoint everywhere, another nowhere, and gives no support."""
    planning = {
        "budget": 4000.0,
        "partner_share": 0.0,
        f"{HELD}parking": 1.0,
        f"{HELD}waiting area": 0.0,
        "support": 0.0,
    }
    return home(*STATED, planning=planning, derived={"plan": planned(home(*STATED, planning=planning), "budget@1")})


def sent(shown: Page) -> dict[str, str]:
    """What the one form of a page would send."""
    form = next(each for each in shown.blocks if isinstance(each, Form))
    return {each.name: each.value for each in form.fields}


def test_what_is_held_in_the_plan_in_force_is_where_the_sliders_begin_and_can_be_taken_back():
    assert {row[0] for row in grids(show(fixed()))["Held fixed"].rows} == {"Parking", "Waiting area"}
    slid = sent(show(fixed(), budget="6000"))
    assert (slid["always"], slid["never"], slid["support"]) == ("parking", "waiting area", "0")
    freed = sent(show(fixed(), always=";", never=";", support="yes"))
    assert (freed["always"], freed["never"], freed["support"]) == (";", ";", "1")
    whole = _budget.read(fixed()).whole
    assert whole is not None
    free = anew.possible(fixed(), whole)
    assert free is not None
    usual = _wishes.wished({}, free)
    assert (usual.always, usual.never, usual.support) == (("parking",), ("waiting area",), False)
    found = anew.solved(free, replace(usual, always=(), never=()))
    assert found is not None
    assert free.touchpoints.index("waiting area") in free.touchpoint[found.plan.taken]


def test_addresses_say_no_more_than_how_a_wish_differs_from_the_plan_in_force():
    whole = _budget.read(fixed()).whole
    assert whole is not None
    free = anew.possible(fixed(), whole)
    assert free is not None
    usual = _wishes.wished({}, free)
    assert _wishes.address(free, usual) == "budget"
    for wish in (replace(usual, never=()), replace(usual, support=True), replace(usual, always=("waiting area",))):
        asked = {name: text[0] for name, text in parse_qs(urlsplit(_wishes.address(free, wish)).query).items()}
        assert _wishes.wished(asked, free) == replace(wish, never=() if "waiting area" in wish.always else wish.never)


def test_what_fewer_touchpoints_would_gain_is_drawn_with_its_band():
    shown = next(each for each in page().blocks if isinstance(each, Chart) and "touchpoint" in each.title)
    gains = [each.value for each in shown.figures]
    assert len(gains) >= 3
    assert gains == sorted(gains)
    assert gains[-1] == pytest.approx(planned_whole().value)
    assert all(each.low <= each.value <= each.high for each in shown.figures)
    altair.LayerChart.from_dict(_draw.chosen(shown.specification, "wide"))


def test_what_cannot_be_kept_is_said_with_its_least_cost():
    shown = page(budget="100", always="waiting area")
    assert "that keeps to this was found" in shown.sentence
    assert any("costs at least" in each.text for each in shown.blocks if isinstance(each, Note))


@pytest.mark.parametrize("text", ["a lot", "nan", "inf", "-5", "9" * 400, "<b>", ""])
def test_what_is_no_number_asks_for_nothing(text: str):
    assert page(caution=text, touchpoints=text, share="x", always=text).sentence
    assert "should gain" in page(budget="a lot", share="nan").sentence


def test_a_plan_stored_without_what_it_was_chosen_from_is_shown_without_sliders():
    bare = rows().filter(pc.invert(pc.starts_with(rows()["id"], "budget:initiative=")))
    shown = show(home(*STATED, derived={"plan": bare}), budget="100")
    assert "should gain" in shown.sentence
    assert not [each for each in shown.blocks if isinstance(each, Filters)]


def test_a_unit_has_its_own_view():
    unit = (
        made()
        .lake("""select "by"['unit'] as unit from plan where id like 'budget:unit=%' order by id""")["unit"][0]
        .as_py()
    )
    shown = page(unit=unit)
    assert "pays" in shown.sentence
    assert not [each for each in shown.blocks if isinstance(each, Form)]


def test_a_partner_is_shown_no_plan_of_the_brand():
    ask = home(*STATED, derived={"plan": rows()})
    ask.viewer = Viewer("partner", ("x",))
    assert "By region" not in grids(show(ask))
    assert not [each for each in show(ask).blocks if isinstance(each, Form)]


def test_without_a_plan_the_page_says_what_to_do():
    shown = show(home())
    assert "not planned" in shown.sentence
    assert [each for each in shown.blocks if isinstance(each, Form)]
