"""A survey is made, answered once by each invitation, and its answers are figures of the touchpoint it hangs at."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import touchstone
from tests import _brand
from tests._mail import mailbox
from touchstone.connect._word_said import contacts
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.store import surveys, tables
from touchstone.store._live_surveys import invitation

PEOPLE = [
    {"id": "ann", "name": "Ann Ray", "contacts": '{"email": "ann@example.org"}', "consents": '{"survey": "granted"}'},
    {"id": "ben", "name": "Ben Sol", "contacts": '{"email": "ben@example.org"}', "consents": '{"survey": "granted"}'},
    {"id": "cid", "name": "Cid Lux", "contacts": '{"email": "cid@example.org"}'},
    {"id": "dot", "name": "Dot Fen", "consents": '{"survey": "granted"}'},
]
LATER = {"now": "2026-12-20T09:00:00+00:00"}


@pytest.fixture
def home(tmp_path: Path) -> Any:
    made = _brand.empty(tmp_path / "home")
    made.store.put("person", PEOPLE)
    return made


def made(home: Any, **fields: Any) -> str:
    id: str = home.act("survey.make", **fields)["surveys"][0]["id"]
    return id


def kept(home: Any) -> list[dict[str, Any]]:
    home.store.derive()
    rows: list[dict[str, Any]] = home.ask().lake("select * from interaction order by source_id").to_pylist()
    return rows


def token(home: Any, person: str) -> str:
    rows = home.ask().record(invitation.select().where(invitation.c.person == person))
    return str(rows[0]["id"])


def test_each_touchpoint_and_unit_has_a_link_of_its_own_and_making_it_again_changes_nothing(home: Any) -> None:
    fields = {"touchpoint": ["parking", "welcome"], "unit": ["north-quay", "south"], "languages": ["en", "de"]}
    first = home.act("survey.make", **fields)
    assert first["new"] == len({each["link"] for each in first["surveys"]}) == 4
    assert home.act("survey.make", **fields) == {"surveys": first["surveys"], "new": 0}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "stars"}, "kind"),
        ({"languages": ["en", "tlh"]}, "languages"),
        ({"languages": []}, "languages"),
        ({"touchpoint": ["nowhere"]}, "touchpoint"),
        ({"unit": ["nowhere"]}, "unit"),
        ({"hosts": ["https://a.example; script-src *"]}, "hosts"),
        ({"questions": "[{"}, "questions"),
        ({"questions": "{}"}, "questions"),
        ({"level": "friend"}, "level"),
    ],
)
def test_a_survey_that_cannot_be_is_refused_beside_its_field(home: Any, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        home.act("survey.make", **fields)
    assert refusal.value.field == field


def test_a_partner_asks_about_its_own_units_alone(home: Any) -> None:
    from touchstone.core import finder

    partner = home.store.as_viewer(Viewer("partner_administrator", ("north",)))
    make, close = (finder.verb("act", f"survey.{each}") for each in ("make", "close"))
    mine = make(partner, unit=["north-quay"])["surveys"][0]["id"]
    for units in (["south"], []):
        with pytest.raises(Refused):
            make(partner, unit=units)
    with pytest.raises(Refused, match="no such survey"):
        close(partner, survey=made(home, unit=["south"]))
    assert close(partner, survey=mine) == {"survey": mine}


def test_an_answer_is_a_score_with_words_about_the_touchpoint_and_unit_of_the_code(home: Any) -> None:
    id = made(home, touchpoint=["parking"], unit=["south"], languages=["en", "de"])
    answers = {"score": "3", "better": "Mehr Plätze", "good": "stale", "told": "advertisement"}
    fields = {"survey": id, "answers": answers, "language": "de", "key": "k"}
    first = home.act("survey.answer", **fields)
    assert home.act("survey.answer", **fields) == first
    [row] = kept(home)
    said = {name: row[name] for name in ("kind", "metric", "value", "best", "worst", "text", "language")}
    assert said == {
        "kind": "answer",
        "metric": "nps",
        "value": 3.0,
        "best": 10.0,
        "worst": 0.0,
        "text": "Mehr Plätze",
        "language": "de",
    }
    assert (row["touchpoint"], row["unit"], row["person"], row["level"]) == ("parking", "south", None, "end_customer")
    assert '"told": "advertisement"' in row["attributes"]
    assert surveys.get(home.store, id)["answers"] == 1
    assert home.measure("nps", by=["unit"]).to_pylist()[0]["value"] == -100.0


def test_the_page_of_a_survey_tells_what_was_answered_once_it_is_gathered(home: Any) -> None:
    id = made(home, touchpoint=["parking"])
    for n in range(4):
        home.act("survey.answer", survey=id, answers={"score": str(7 + n), "told": "review"}, key=str(n))
    home.act("survey.gather")
    assert home.act("survey.gather") == {"new": False}
    page = home.page("survey", id=id)
    assert "4 answers so far" in page.sentence
    [score] = page.blocks[0].figures
    assert (score.value, score.n, score.floor, score.ceiling) == (50.0, 4, -100.0, 100.0)
    assert score.low < 50.0 < score.high


def test_wrong_answers_and_closed_surveys_are_refused(home: Any) -> None:
    id = made(home)
    with pytest.raises(Refused) as refusal:
        home.act("survey.answer", survey=id, answers={"score": "11"})
    assert refusal.value.field == "score"
    home.act("survey.close", survey=id)
    for survey in (id, "nothing"):
        with pytest.raises(Refused):
            home.act("survey.answer", survey=survey, answers={"score": "9"})
    with pytest.raises(Refused, match="closed already"):
        home.act("survey.close", survey=id)
    assert kept(home) == []


def test_who_was_told_by_a_person_makes_a_referral_of_whoever_told_them(home: Any) -> None:
    id = made(home)
    home.act("survey.invite", survey=id, person=["ann"])
    home.act(
        "survey.answer", survey=token(home, "ann"), answers={"score": "9", "told": "person", "told.words": "ben sol"}
    )
    home.act("survey.answer", survey=id, answers={"score": "9", "told": "person", "told.words": "my neighbour"})
    referrals = [row for row in kept(home) if row["kind"] == "referral"]
    assert sorted(str(row["person"]) for row in referrals) == ["None", "ben"]
    [link] = contacts(home.ask()).to_pylist()
    assert (link["left"], link["right"], link["how"], link["paid"]) == ("ben", "ann", "referral", False)
    rows = {
        row["by"]["evidence"] if isinstance(row["by"], dict) else dict(row["by"])["evidence"]: row
        for row in home.measure("advocacy").to_pylist()
    }
    assert rows["recommendation"]["value"] == 0.5


def test_only_who_allows_it_and_was_not_asked_lately_is_invited_and_each_once(home: Any) -> None:
    one, two = made(home, unit=["south"]), made(home, kind="csat")
    everyone = ["ann", "ben", "cid", "dot", "eve"]
    first = home.act("survey.invite", survey=one, person=everyone)
    assert first["invited"] == 2
    assert sum(first["alone"].values()) == 3
    assert home.act("survey.invite", survey=one, person=["ann"])["alone"] == {"invited before": 1}
    assert home.act("survey.invite", survey=two, person=["ann"])["alone"] == {"asked or written to lately": 1}
    assert home.act("survey.invite", survey=two, person=["ann"], rest=0.0)["invited"] == 1


def test_the_lot_takes_its_share_and_the_same_twice(home: Any) -> None:
    many = [{**PEOPLE[0], "id": f"p{n}", "name": None} for n in range(200)]
    home.store.put("person", many)
    id = made(home)
    count = home.act("survey.invite", survey=id, person=[each["id"] for each in many], share=0.3)["invited"]
    assert 40 <= count <= 80
    assert home.act("survey.invite", survey=id, person=[each["id"] for each in many], share=0.3)["invited"] == 0


def test_the_mail_brings_a_link_that_is_answered_once_and_silence_is_told(home: Any) -> None:
    id = made(home, languages=["de", "en"])
    home.act("survey.invite", survey=id, person=["ann", "ben"])
    home.store.close()
    with mailbox() as (address, mails):
        sending = touchstone.open(home.path, smtp=address, mail_from="us@example.org", now="2026-11-21T09:00:00+00:00")
        assert sending.act("outbox.send")["sent"] == 2
    own = token(sending, "ann")
    [mail] = [each for each in mails if each["To"] == "ann@example.org"]
    assert f"/s/{own}" in mail.get_content()
    sending.act("survey.answer", survey=own, answers={"score": "10", "good": "Alles"}, stop=True)
    assert "person.consent" in [row["action"] for row in sending.ask().record(tables.activity.select())]
    with pytest.raises(Refused):
        sending.act("survey.answer", survey=own, answers={"score": "0"})
    assert [row["person"] for row in kept(sending)] == ["ann"]
    assert not sending.act("survey.unanswered")["silent"]
    sending.store.close()
    later = touchstone.open(home.path, **LATER)
    assert later.act("survey.unanswered") == {"silent": 1}
    assert later.act("survey.unanswered") == {"silent": 0}
    assert "1" in later.page("surveys").sentence
    assert later.act("survey.invite", survey=made(later, kind="ces"), person=["ann"])["invited"] == 0
    later.act("survey.answer", survey=token(later, "ben"), answers={"score": "5"})
    assert later.act("survey.unanswered") == {"silent": 0}


def test_an_invitation_goes_with_its_person_and_is_theirs_to_have(home: Any) -> None:
    home.act("survey.invite", survey=made(home), person=["ann"])
    assert home.act("person.export", person="ann")["persons"][0]["invitation"]
    home.act("person.erase", person="ann")
    assert home.ask().record(invitation.select()) == []


def test_inviting_takes_an_account_that_sees_personal_data(home: Any) -> None:
    from touchstone.core import finder

    blind = home.store.as_viewer(Viewer("marketing", personal=False))
    with pytest.raises(Refused):
        finder.verb("act", "survey.invite")(blind, survey=made(home), person=["ann"])


def test_all_who_came_lately_at_its_unit_may_be_invited(home: Any) -> None:
    came = {"source": "door", "kind": "visit", "level": "end_customer", "unit": "south"}
    near, far = (home.store.now - timedelta(days=days) for days in (2, 40))
    home.store.append([[came | {"source_id": "1", "person": "ann", "occurred_at": near},
                        came | {"source_id": "2", "person": "ben", "occurred_at": far}]])  # fmt: skip
    home.store.derive()
    assert home.act("survey.invite", survey=made(home, unit=["south"]), days=7)["invited"] == 1
