"""Pages of what was decided: whom to ask, who should answer, what offers add, what would help a customer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from touchstone.core import finder
from touchstone.core.page import Chart, Estimate, Filters, Grid, Link, Note, Page
from touchstone.core.settings import load as load_settings
from touchstone.core.tables import MENTION, conform
from touchstone.core.taxonomy import load
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.decide._file import plans, row
from touchstone.show import data, html
from touchstone.store.home import create_store

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PAGES = ("asking", "route", "offer", "recommend")
PRODUCTS = ("lamp", "stove", "tent")


def said() -> Iterator[dict[str, Any]]:
    """Forty customers of two dealers: purchases, words, and conversations, some of which nobody answered."""
    for n in range(40):
        who = {"person": f"p{n}", "unit": f"unit{n % 2}", "level": "end_customer"}
        at = NOW - timedelta(days=200 - n)
        for product in PRODUCTS[: 1 + n % 3]:
            yield who | {
                "kind": "purchase",
                "product": product,
                "amount": 20.0 + n,
                "currency": "EUR",
                "occurred_at": at,
            }
        if n % 4 == 0:
            text = "I love it and recommend you to everybody, great staff."
            yield who | {"kind": "review", "text": text, "occurred_at": at + timedelta(days=3)}
        if n == 7:
            yield who | {"kind": "message", "text": "The pump is broken and nobody helps.", "occurred_at": at}
    for n in range(12):
        own = {"kind": "message", "thread": f"t{n}", "unit": f"unit{n % 2}"}
        when = NOW - timedelta(days=30 - 2 * n, hours=2)
        text = ("The brakes squeak on my car", "I lost the password of the app")[n % 2]
        yield own | {"person": f"p{n}", "level": "end_customer", "text": text, "occurred_at": when}
        if n < 9:
            yield own | {
                "person": ("ida", "gus")[n % 2], "level": "employee", "text": "Come by, we mend it.",
                "occurred_at": when + timedelta(hours=1),
            }  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    settings = load_settings(now=NOW.isoformat())  # the run and the page are on the same day
    path = tmp_path_factory.mktemp("decided") / "home"
    store = create_store(path, taxonomy=load("auto_dealer"), settings=settings)
    store.append([[{**each, "source_id": str(n)} for n, each in enumerate(said())]], source="shop")
    store.put("unit", [{"id": f"unit{n}", "name": f"Dealer {n}", "kind": "dealer"} for n in range(2)])
    consents = '{"survey": "granted", "offer": "granted"}'
    store.put("person", [{"id": f"p{n}", "name": f"Customer {n}", "consents": consents} for n in range(40)])
    store.derive()
    broken = store.ask().lake("select id from interaction where person = 'p7' and kind = 'message'")["id"][0].as_py()
    bad = {
        "id": "bad",
        "interaction": broken,
        "touchpoint": "repair quality",
        "polarity": "negative",
        "maker": "test@1",
    }
    store.replace("mention", "test", conform([bad | {"sentiment": -1.0, "confidence": 1.0}], MENTION))
    for name in ("ask", "route", "recommend"):
        store.replace("plan", name, finder.verb("decide", name)(store.ask()))
    store.replace("plan", "offer", campaign())
    yield store
    store.close()


RAN = {"start": "2026-03-01", "stop": "2026-03-31", "offers": 400, "redemptions": 90, "rewarded": True}
LIMITS = {"value": 0.04, "low": 0.01, "high": 0.07}
SHARE = [0.0, 0.25, 0.5, 0.75, 1.0]
CURVE = {"share": SHARE, "value": [0.0, 0.02, 0.03, 0.04, 0.04], "low": [0.0] * 5,
         "high": [0.0, 0.03, 0.05, 0.06, 0.07], "plain": [0.04 * each for each in SHARE]}  # fmt: skip
EFFECT = LIMITS | {"n": 200, "control": 210, "larger_with": {"visits": 0.1}}
JUDGED = {"refused": None, "effects": {"coupon": EFFECT}, "curve": CURVE, "incentive": {"reward_adds": LIMITS}}
SUMS = {"sent": {"coupon": 1}, "spent": 2.0, "alone": {"They have not allowed offers.": 9}, "looked_at": 40,
        "currency": "EUR"}  # fmt: skip
REACHED = {"gain": 55.0, "cost": 2.0, "reason": "it adds more than it costs"}


def campaign() -> pa.Table:
    """What an optimiser stores of one campaign: told, targeted, one customer reached."""
    why = RAN | {"why": "no days lie beside it"}
    brand = [
        told("similar customers", 0.04, RAN, (0.01, 0.07)),
        told("days beside", None, why, (None, None)),
        told("chance", 0.01, JUDGED, (0.002, 0.02)),
        row("offer@1", {"person": None, "offer": None}, 55.0, n=40, measured_in="EUR", detail=SUMS),
    ]
    reached = row("offer@1", {"person": "p4", "offer": "coupon"}, 0.06, n=410, measured_in="purchases", detail=REACHED)
    held = [{**each, "about": [], "rests_on": []} for each in brand]
    return plans([*held, {**reached, "about": ["unit0"], "rests_on": []}])


def told(against: str, value: float | None, detail: dict[str, Any], limits: tuple[Any, Any]) -> dict[str, Any]:
    by = {"campaign": "spring", "against": against}
    return row("offer@1", by, value, n=410, measured_in="purchases per customer", detail=detail, limits=limits)


def shown(home: Any, name: str, viewer: Viewer = INSIDER, **filters: str) -> Page:
    page: Page = finder.verb("show", name)(home.as_viewer(viewer).ask(), **filters)
    assert html(page, viewer=viewer, base="/").startswith("<!doctype html>")
    assert data(page)["sentence"] == page.sentence
    return page


def grids(page: Page) -> dict[str, Grid]:
    return {each.title: each for each in page.blocks if isinstance(each, Grid)}


def people(page: Page) -> set[str]:
    cells = (cell for each in grids(page).values() for line in each.rows for cell in line)
    return {cell.address for cell in cells if isinstance(cell, Link) and cell.address.startswith("customer")}


def test_whom_to_ask_is_listed_with_reasons_and_whom_to_leave_alone(home: Any):
    page = shown(home, "asking")
    assert page.sentence.startswith("You can ask")
    assert "lot" in page.lead
    assert people(page)
    assert "Whom to leave alone, and why" in grids(page)


def test_who_says_no_is_off_the_list_at_once(home: Any):
    listed = sorted(people(shown(home, "asking")))
    gone = listed[0].removeprefix("customer?id=")
    before = [{"id": gone, "name": "x", "consents": '{"survey": "granted", "offer": "granted"}'}]
    home.put("person", [{**before[0], "consents": '{"contact": "denied"}'}])
    try:
        page = shown(home, "asking")
        assert listed[0] not in people(page)
        assert any("since said no" in each.text for each in page.blocks if isinstance(each, Note))
    finally:
        home.put("person", before)


def test_a_waiting_conversation_names_who_should_take_it_and_why(home: Any):
    page = shown(home, "route")
    assert "wait" in page.sentence
    first = grids(page)["Who should take what"].rows
    assert len(first) == 3
    for line in first:
        assert isinstance(line[3], Estimate)
        assert "nswered" in line[4]


def test_how_many_wait_is_erlangs_and_follows_the_sliders(home: Any):
    page = shown(home, "route", calls="80", minutes="6", agents="10")
    title = next(each for each in grids(page) if each.startswith("With 10 agents"))
    assert "41" in title  # 8 Erlang, 10 agents: .40918
    assert any(isinstance(each, Filters) and each.live for each in page.blocks)
    assert "everybody waits" in str(list(grids(shown(home, "route", calls="600", minutes="10", agents="5"))))
    for text in ("x", "nan", "-1", "1e99", "inf"):
        assert shown(home, "route", calls=text, agents=text).sentence


def test_what_a_campaign_added_is_told_with_its_curve_and_whom_it_reaches(home: Any):
    page = shown(home, "offer")
    assert "should bring EUR 55" in page.sentence
    added = grids(page)["What campaigns added"].rows[0]
    assert isinstance(added[3], Estimate)
    assert added[4].why == "no days lie beside it"
    assert any(isinstance(each, Chart) for each in page.blocks)
    assert people(page) == {"customer?id=p4"}
    assert "Who is left out, and why" in grids(page)
    assert any("no better experience" in each.todo + each.text for each in page.blocks if isinstance(each, Note))


@pytest.mark.parametrize("person", ["p4", "p9"])
def test_advice_is_what_the_optimiser_says(home: Any, person: str):
    said = finder.verb("decide", "recommend")(home.ask(), person=[person]).to_pylist()
    rows = grids(shown(home, "recommend", id=person))["What else would help"].rows
    assert [line[0] for line in rows] == [dict(each["by"])["product"] for each in said]
    for line, each in zip(rows, said, strict=True):
        assert line[2] == json.loads(each["detail"])["reason"]
        assert line[1].startswith("EUR")


def test_nothing_is_offered_while_a_complaint_is_open(home: Any):
    page = shown(home, "recommend", id="p7")
    assert "Nothing is offered" in page.sentence
    assert "What else would help" not in grids(page)


def test_a_customer_who_bought_leads_to_advice(home: Any):
    assert "What else would help" in grids(shown(home, "customer", id="p4"))
    assert "What else would help" not in grids(shown(home, "customer", Viewer("partner", ("unit0",)), id="p4"))


def test_without_a_customer_advice_says_what_goes_with_what(home: Any):
    assert len(grids(shown(home, "recommend"))["What goes with what"].rows) == len(PRODUCTS)
    assert "no such customer" in shown(home, "recommend", id="nobody").sentence


def test_a_partner_sees_the_customers_and_conversations_of_their_own_units(home: Any):
    partner = Viewer("partner", ("unit0",))
    for name in ("asking", "route", "offer"):
        page, every = shown(home, name, partner), shown(home, name)
        assert people(page) <= people(every)
    assert "leave" not in shown(home, "asking", partner).sentence
    waiting = grids(shown(home, "route", partner)).get("Who should take what")
    assert len(waiting.rows if waiting else ()) < 3
    assert "What campaigns added" not in grids(shown(home, "offer", partner))
    assert people(shown(home, "offer", partner)) == {"customer?id=p4"}


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_home_teaches_what_makes_the_page(name: str, tmp_path: Any):
    store = create_store(tmp_path / "home", taxonomy=load("auto_dealer"))
    try:
        page = shown(store, name)
        note = next(each for each in page.blocks if isinstance(each, Note))
        assert note.tone == "empty"
        assert note.todo
    finally:
        store.close()
