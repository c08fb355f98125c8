"""The page of the budget: head office sees the plan and what else could be; a dealer what it pays and gets."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.decide.test_budget_home import STATED, home
from touchstone.core.page import Chart, Form, Grid, Page
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.decide._budget_home import planned
from touchstone.show import html
from touchstone.show.budget import show


@cache
def made() -> Any:
    plan = planned(home(*STATED), "budget@1", budget=4000.0)
    return home(*STATED, derived={"plan": plan})


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


def test_another_budget_is_answered_from_what_is_stored():
    small, large = (page(budget=each).sentence for each in ("400", "400000"))
    assert small != large
    assert page(budget="a lot").sentence == page().sentence
    assert page(touchpoints="3").sentence


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
    ask = home(*STATED, derived={"plan": planned(home(*STATED), "budget@1", budget=4000.0)})
    ask.viewer = Viewer("partner", ("x",))
    assert "By region" not in grids(show(ask))
    assert not [each for each in show(ask).blocks if isinstance(each, Form)]


def test_without_a_plan_the_page_says_what_to_do():
    shown = show(home())
    assert "not planned" in shown.sentence
    assert [each for each in shown.blocks if isinstance(each, Form)]
