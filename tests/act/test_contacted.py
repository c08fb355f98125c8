"""Whoever was asked or written to is left alone by everything that would ask or write: one truth, whoever looks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import _brand
from touchstone.act import _inviting
from touchstone.core.errors import Refused
from touchstone.decide._contacted import contacted as by_the_lake
from touchstone.store import surveys
from touchstone.store._live_surveys import invitation

ALLOWED = '{"survey": "granted", "offer": "granted", "contact": "granted"}'
PEOPLE = [{"id": name, "contacts": f'{{"email": "{name}@example.org"}}', "consents": ALLOWED}
          for name in ("ann", "ann-shop", "ben", "cid", "dot", "eve")]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Any:
    """Ann, who goes by two names, was sent an offer under one; Ben answered another's survey; Cid came by himself."""
    made = _brand.empty(tmp_path / "home")
    made.store.put("person", PEOPLE)

    def said(person: str, number: int, days: float, **more: Any) -> dict[str, Any]:
        at = made.store.now - timedelta(days=days)
        return {"source": "crm", "source_id": f"{person}{number}", "person": person, "occurred_at": at, **more}

    made.store.append([[
        said("ann-shop", 1, 5, kind="offer"), said("ann-shop", 2, 200, kind="offer"),
        said("ben", 1, 40, kind="answer"), said("ben", 2, 40.1, kind="answer"), said("cid", 1, 2, kind="visit"),
        said("dot", 1, 1, kind="answer", source="survey"), said("eve", 1, 120, kind="offer"),
    ]])  # fmt: skip
    made.store.derive()
    made.act("link.confirm", person="ann", other="ann-shop", reason="same phone")
    return made


def found(home: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """By person when they were last contacted (days ago) and how often: as actions and as optimisers see it."""
    ids = [row["id"] for row in PEOPLE if row["id"] != "ann-shop"]
    told = surveys.contacted(home.store, ids)
    acts = {name: (round((home.store.now - last).total_seconds() / 86400, 6), n) for name, (last, n) in told.items()}
    names = {each: [each, "ann-shop"] if each == "ann" else [each] for each in ids}
    seen = by_the_lake(home.ask(), names)
    return acts, {name: (round(each.days, 6), each.times) for name, each in seen.items() if each.days is not None}


def test_actions_and_optimisers_know_the_same_contacts(home: Any) -> None:
    acts, lake = found(home)
    assert acts == lake == {"ann": (5, 1), "ben": (40, 1), "eve": (120, 0)}
    survey = home.act("survey.make")["surveys"][0]["id"]
    home.act("survey.invite", survey=survey, person=["cid", "eve"])
    acts, lake = found(home)
    assert acts == lake
    assert (acts["cid"], acts["eve"]) == ((0, 1), (0, 1))


def test_who_was_invited_is_asked_for_nothing_else_and_offered_nothing(home: Any) -> None:
    survey = home.act("survey.make")["surveys"][0]["id"]
    before = _alone(home, "cid")
    home.act("survey.invite", survey=survey, person=["cid"])
    assert "Asked or written to" in _alone(home, "cid")
    assert "Asked or written to" not in before


def _alone(home: Any, person: str) -> str:
    rows = home.decide("ask", person=[person]).to_pylist()
    return " ".join(str(row["detail"]) for row in rows)


def test_an_offer_under_another_name_is_a_contact_too(home: Any) -> None:
    survey = home.act("survey.make")["surveys"][0]["id"]
    told = home.act("survey.invite", survey=survey, person=["ann", "dot"])
    assert told == {"invited": 1, "alone": {"asked or written to lately": 1}}
    assert "5 days ago" in _inviting.tired(home.store, ["ann"], rest=30, often=3)["ann"]


def test_a_customer_with_two_cases_is_asked_of_each_in_their_language_when_rested(home: Any) -> None:
    for number in (1, 2):
        said = {"source": "mail", "source_id": f"c{number}", "person": "cid", "text": "Too long a wait.",
                "thread": f"t{number}", "kind": "message"}  # fmt: skip
        home.store.append([[said]])
    home.store.derive()
    cases = [home.act("case.open", conversation=f"t{number}")["case"] for number in (1, 2)]
    for case in cases:
        for stage in ("acknowledged", "assessed", "answered"):
            home.act("case.move", case=case, stage=stage)
    home.act("case.ask_again", case=cases[0])
    with pytest.raises(Refused, match="less than 14"):
        home.act("case.ask_again", case=cases[1])
    home.act("case.ask_again", case=cases[1], rest=0.0)
    rows = home.ask().record(invitation.select())
    assert len({row["survey"] for row in rows}) == 1
    assert {row["about"] for row in rows} == {f"{each}.0" for each in cases}
    first = next(row["id"] for row in rows if row["about"].startswith(cases[0]))
    home.act("survey.answer", survey=first, answers={"score": "5", "good": "The call."})
    said = "select attributes, metric, value from interaction where source = 'survey' and value is not null"
    home.store.derive()
    (answer,) = home.ask().lake(said).to_pylist()
    assert (answer["metric"], answer["value"], cases[0] in answer["attributes"]) == ("csat", 5, True)
