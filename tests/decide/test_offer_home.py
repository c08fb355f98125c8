"""Who of a home's customers gets what next, as a company meets it: campaigns, consent, complaints, contacts, money."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.decide._budget_terms import Terms
from touchstone.decide._offer_money import money
from touchstone.decide.offer import decide
from touchstone.home.rows import plain
from touchstone.store.scratch import scratch

Row = dict[str, Any]
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=250)
ALLOWED = json.dumps({"offer": "granted"})


def happened(kind: str, person: int, day: float, **more: Any) -> Row:
    name = f"{kind}{person}:{day}"
    usual = {"id": name, "source_id": name, "kind": kind, "person": f"p{person}", "level": "end_customer"}
    return {**usual, "unit": f"u{person % 2}", "occurred_at": START + timedelta(days=float(day)), **more}


def world(*, moved: float = 1.5, size: int = 800, seed: int = 3) -> list[Row]:
    """Half of the customers visit often; a coupon on day 150, by lot, brings these `moved` purchases and no other."""
    chance = np.random.default_rng(seed)
    rows = []
    for person in range(size):
        keen, sent = person % 2 == 0, bool(chance.random() < 0.5)
        rows += [happened("visit", person, day) for day in 140 * chance.random(9 if keen else 1)]
        often = chance.poisson(1.0) + 1
        rows += [happened("purchase", person, day, amount=100.0, currency="EUR") for day in 140 * chance.random(often)]
        later = chance.poisson(0.2 + (moved if keen and sent else 0.0))
        rows += [happened("purchase", person, 151 + 20 * day, amount=100.0, currency="EUR")
                 for day in chance.random(later)]  # fmt: skip
        if sent:
            rows.append(happened("offer", person, 150, campaign="coupon", attributes='{"coupon": 20}'))
    return rows


def ask(rows: list[Row], size: int = 800, **more: Any) -> Any:
    people = [{"id": f"p{person}", "consents": ALLOWED} for person in range(size)]
    return scratch(rows, persons=people + more.pop("persons", []), now=NOW, **more)


def persons(found: list[Row]) -> dict[str, Row]:
    return {each["person"]: each for each in found if each.get("person")}


def test_who_is_moved_gets_the_offer_and_the_rest_nothing() -> None:
    found = plain(decide(ask(world()), days=25, worth=50.0, cost=8.0, person=[f"p{at}" for at in range(100)]))
    judged = next(each for each in found if each.get("against") == "chance")
    assert judged["campaign"] == "coupon"
    assert judged["detail"]["refused"] is None
    assert 0 < judged["low"] < judged["high"]
    told = persons(found)
    assert len(told) == 100
    right = sum((each["offer"] == "coupon") == (int(name[1:]) % 2 == 0) for name, each in told.items())
    assert right >= 95
    keen = [each["value"] for name, each in told.items() if int(name[1:]) % 2 == 0]
    assert np.mean(keen) == pytest.approx(1.5, abs=0.35)
    total = next(each for each in found if "person" in each and each["person"] is None)
    sent = [each for each in told.values() if each["offer"]]
    assert total["value"] == pytest.approx(sum(each["detail"]["gain"] for each in sent), rel=1e-6)
    assert total["detail"]["sent"] == {"coupon": len(sent)}


def test_where_chance_alone_could_tell_so_nobody_gets_anything() -> None:
    found = plain(decide(ask(world(moved=0.0)), days=25, worth=50.0, person=["p0", "p1"]))
    told = persons(found)
    assert [each["offer"] for each in told.values()] == [None, None]
    assert all("nothing is targeted" in each["detail"]["reason"] for each in told.values())


def test_consent_complaints_and_contacts_hold_under_every_name_of_a_customer() -> None:
    rows = world()
    rows += [happened("visit", at, 200) for at in (900, 901)]
    rows += [happened("message", 902, 240, id="bad", text="The bill is wrong")]
    rows += [happened("offer", 904, 249.0, campaign="other")]
    mentions = [{"id": "m", "interaction": "bad", "touchpoint": "bill", "polarity": "negative"}]
    same = [{"person": f"p{other}", "customer": f"c{own}", "kept": other < 900}
            for own, pair in {0: (0, 901), 2: (2, 902), 4: (4, 904)}.items() for other in pair]  # fmt: skip
    no = [{"id": "p901", "consents": json.dumps({"contact": "denied"})}]
    home = ask(rows, mentions=mentions, derived={"customer": same}, persons=no)
    found = persons(plain(decide(home, days=25, worth=50.0, rest=30.0, person=["p901", "p2", "p4", "p6", "p999"])))
    reasons = {name: each["detail"]["reason"] for name, each in found.items()}
    assert {name for name, each in found.items() if each["offer"]} == {"p6"}
    assert "not allowed" in reasons["p0"]
    assert "complaint" in reasons["p2"]
    assert "1 days ago" in reasons["p4"]
    assert reasons["p999"] == "nothing is known of them"


def test_a_budget_buys_the_best_first_and_never_more_than_it_holds() -> None:
    settings: dict[str, Any] = {"days": 25, "worth": 50.0, "cost": 2.0, "person": [f"p{at}" for at in range(60)]}
    home = ask(world())
    free, tight = (persons(plain(decide(home, **settings, **more))) for more in ({}, {"budget": 21.0}))
    paid = [each["detail"]["cost"] for each in tight.values() if each["offer"]]
    assert 0 < sum(paid) <= 21.0
    gains = [each["detail"]["gain"] for each in free.values() if each["offer"]]
    assert min(each["detail"]["gain"] for each in tight.values() if each["offer"]) >= np.median(gains)


def test_a_run_keeps_the_best_few_and_a_home_that_never_offered_anything_none() -> None:
    found = plain(decide(ask(world()), days=25, worth=50.0, top=7))
    assert len(persons(found)) == 7
    assert decide(ask([each for each in world() if each["kind"] != "offer"])).num_rows == 0


def test_where_all_was_sent_at_one_time_the_log_says_so_and_where_not_time_is_a_choice() -> None:
    judged = next(each for each in plain(decide(ask(world()), days=25)) if each.get("against") == "chance")
    assert judged["detail"]["sent"] == "Sunday; night (UTC)"
    chance = np.random.default_rng(1)
    rows = [
        each | ({"occurred_at": each["occurred_at"] + timedelta(hours=int(chance.choice([9, 19])))}
                if each["kind"] == "offer" else {}) for each in world(size=1600)
    ]  # fmt: skip
    told = persons(plain(decide(ask(rows, 1600), days=25, worth=50.0, time="part", person=["p0"])))
    assert set(told["p0"]["detail"]["uplift"]) == {"coupon at morning", "coupon at evening"}
    assert told["p0"]["detail"]["send_time"] in ("morning", "evening")


def test_a_partner_reckons_with_the_usual_margin_for_he_does_not_see_the_plan_s_terms() -> None:
    home = ask(world(size=60), 60)
    home.viewer = Viewer("partner", units=("u0",))
    assert any(each.get("against") == "chance" for each in plain(decide(home, days=25)))
    assert money(home, worth=None, cost=0.0).worth == pytest.approx(100.0 * Terms().partner_margin)


def test_a_setting_that_cannot_be_is_refused() -> None:
    for settings in ({"worth": -1.0}, {"often": 0}, {"top": -1}):
        with pytest.raises(Refused):
            decide(ask(world(size=10), 10), **settings)
