"""The advisory panel is asked: by lot, who has a seat and is rested, each once, none who objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

import touchstone
from tests import _brand
from tests._doors import Person, served, token
from touchstone.act.panel.ask import act as ask_panel
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.rules import panel
from touchstone.store._live_outbox import outbox
from touchstone.store._live_surveys import invitation

SEAT = '{"panel": "granted"}'


def member(id: str, consents: str = SEAT) -> dict[str, str]:
    return {"id": id, "name": id.title(), "contacts": f'{{"email": "{id}@example.org"}}', "consents": consents}


@pytest.fixture
def home(tmp_path: Path) -> Any:
    """Twenty members, one who objects to any contact, and one who has no seat."""
    made = _brand.empty(tmp_path / "home")
    others = [member("gus", '{"panel": "granted", "contact": "revoked"}'), member("out", '{"survey": "granted"}')]
    made.store.put("person", [*(member(f"m{n:02}") for n in range(20)), *others])
    return made


def survey(home: Any, **fields: Any) -> str:
    id: str = home.act("survey.make", kind="csat", **fields)["surveys"][0]["id"]
    return id


def invited(home: Any, survey: str) -> list[str]:
    rows = home.ask().record(invitation.select().where(invitation.c.survey == survey))
    return sorted(row["person"] for row in rows)


def test_a_sample_of_who_has_a_seat_is_drawn_and_asked_by_mail(home: Any) -> None:
    made = home.act("panel.ask", survey=(id := survey(home)), sample=5)
    assert (made["members"], made["invited"]) == (21, 5)
    assert made["alone"] == {"not drawn by lot": 15, "they do not want to be contacted": 1}
    asked = invited(home, id)
    assert len(asked) == 5
    assert not {"gus", "out"} & set(asked)
    mails = home.ask().record(outbox.select())
    assert sorted(row["person"] for row in mails) == asked
    assert {row["purpose"] for row in mails} == {"panel"}


def test_asked_twice_it_invites_nobody_more_and_another_seed_draws_others(home: Any) -> None:
    first = survey(home)
    home.act("panel.ask", survey=first, sample=5)
    before = invited(home, first)
    assert home.act("panel.ask", survey=first, sample=5)["invited"] == 0
    assert invited(home, first) == before
    other = survey(home, touchpoint=["parking"])
    assert home.act("panel.ask", survey=other, sample=5, seed=7, rest=0)["invited"] == 5
    assert invited(home, other) != before


def test_who_was_asked_lately_is_left_alone(home: Any) -> None:
    home.act("panel.ask", survey=survey(home), sample=15)
    made = home.act("panel.ask", survey=survey(home, touchpoint=["parking"]), sample=15)
    assert made["invited"] == 5
    assert made["alone"]["asked or written to lately"] == 15


def test_who_gives_up_the_seat_before_it_goes_is_not_written_to(home: Any) -> None:
    home.act("panel.ask", survey=survey(home), sample=20)
    home.act("person.consent", person="m00", purpose="panel", state="revoked", by="m00")
    home.act("person.consent", person="m01", purpose="contact", state="revoked", by="m01")
    sending = touchstone.open(home.path, mail_from="cx@example.com", smtp="smtp://127.0.0.1:1")
    assert sending.act("outbox.send")["withheld"] == 2


def test_who_asks_to_be_asked_no_more_leaves_the_panel(home: Any) -> None:
    home.act("panel.ask", survey=survey(home), sample=20)
    rows = home.ask().record(invitation.select().where(invitation.c.person == "m03"))
    home.act("survey.answer", survey=rows[0]["id"], answers={"score": "4"}, stop=True)
    (consents,) = home.ask().lake("select consents from person where id = 'm03'")["consents"].to_pylist()
    assert '"panel": "revoked"' in consents


def test_names_of_one_customer_are_asked_once(home: Any) -> None:
    home.act("link.confirm", person="m00", other="m01")
    assert home.act("panel.ask", survey=survey(home), sample=50)["members"] == 20


def test_an_empty_panel_a_closed_survey_and_an_odd_number_are_refused(home: Any, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="1 to"):
        home.act("panel.ask", survey=survey(home), sample=0)
    home.act("survey.close", survey=(closed := survey(home, touchpoint=["parking"])))
    with pytest.raises(Refused, match="closed"):
        home.act("panel.ask", survey=closed)
    empty = _brand.empty(tmp_path / "empty")
    with pytest.raises(Refused, match="nobody has a seat"):
        empty.act("panel.ask", survey=survey(empty))


def test_asking_takes_an_account_that_sees_personal_data(home: Any) -> None:
    with pytest.raises(Refused):
        ask_panel(home.store.as_viewer(Viewer("insight", account="x", personal=False)), survey=survey(home))


def test_the_page_of_a_survey_asks_the_panel(home: Any) -> None:
    id = survey(home)
    home.act("account.open", name="cleo@example", role="insight", password="six narrow ladders")
    with served(home) as address, Person(address) as cleo:
        cleo.sign_in("cleo@example", "six narrow ladders")
        page = cleo.get(f"/survey?id={id}").text
        assert "Ask the advisory panel" in page
        form = {"csrf": token(page), "survey": id, "sample": "3", "rest": "30", "back": f"/survey?id={id}"}
        assert cleo.post("/act/panel.ask", data=form).status_code == 303
    assert len(invited(home, id)) == 3


@given(some.integers(1, 30), some.integers(0, 999))
def test_a_larger_sample_holds_the_smaller_one(size: int, seed: int) -> None:
    members = [f"m{n}" for n in range(30)]
    few, more = (set(panel.drawn(members, members, (), sample=each, seed=str(seed))) for each in (size, 30))
    assert len(few) == size
    assert few <= more


def test_every_member_is_as_likely_as_any_other() -> None:
    members = [f"m{n}" for n in range(10)]
    counts = dict.fromkeys(members, 0)
    for seed in range(2_000):
        for each in panel.drawn(members, members, (), sample=3, seed=str(seed)):
            counts[each] += 1
    assert all(abs(count - 600) < 5 * (2_000 * 0.3 * 0.7) ** 0.5 for count in counts.values())
