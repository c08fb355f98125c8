"""The inbox and its conversations as people work in them: filters, choices, undo, answers, partners."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import touchstone
from tests._doors import Person, basic, served, token
from tests._mail import mailbox
from tests.act.test_converse import NOW, listed, say
from touchstone.act._converse import converse
from touchstone.core.page import Form, Note, Story
from touchstone.core.viewer import Viewer
from touchstone.core.worklist import Worklist
from touchstone.show.answers import show as answers
from touchstone.show.conversation import show as conversation
from touchstone.show.inbox import show as inbox
from touchstone.store import tables

WORD = "seven brown kettles"
NORTH = Viewer("partner_staff", ("north",), "dora", "dora@example")


def ids(home: Any) -> dict[str, str]:
    """Accounts' ids by name."""
    return {row["name"]: row["id"] for row in home.ask().record(tables.account.select())}


def block(page: Any, kind: Any) -> Any:
    return next((each for each in page.blocks if isinstance(each, kind)), None)


@pytest.fixture
def home(tmp_path: Path) -> Any:
    """Two units, three conversations, and three who work on them."""
    made = touchstone.open(tmp_path, taxonomy="auto_dealer", now=NOW.isoformat(), mail_from="cx@example.com")
    made.store.put("unit", [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}])
    made.store.put("person", [{"id": "ida", "name": "Ida Ibsen", "contacts": '{"email": "ida@mail.example"}'}])
    mail = {"channel": "mail", "source_id": "<17@mail.example>", "attributes": '{"subject": "My car"}'}
    say(made, "<17@mail.example>", thread="mail", unit="north", person="ida", kinds=("problem",), **mail)
    say(made, "2", thread="review", kind="review", unit="south", days=3, text="Ida Ibsen was <b>rude</b>.")
    say(made, "3", thread="call", kind="turn", unit="south", days=2, channel="phone", kinds=("question",))
    converse(made.store)
    for name, role, units in (("ann@example", "contact_centre", []), ("ben@example", "contact_centre", []),
                              ("dora@example", "partner_staff", ["north"])):  # fmt: skip
        made.act("account.open", name=name, role=role, units=units, password=WORD)
    return made


def test_the_list_is_narrowed_ranked_and_turned_page_by_page(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert block(inbox(home.ask()), Worklist).ids == ("mail", "call", "review")
    assert block(inbox(home.ask(), unit="south"), Worklist).ids == ("call", "review")
    assert block(inbox(home.ask(), sort="latest"), Worklist).ids == ("mail", "call", "review")
    assert block(inbox(home.ask(), kind="problem", urgency="0.6"), Worklist).ids == ("mail",)
    assert block(inbox(home.ask(), channel="phone", owner="none"), Worklist).ids == ("call",)
    assert block(inbox(home.ask(), state="closed"), Note).tone == "empty"
    monkeypatch.setattr("touchstone.show._inbox.PAGE", 1)
    for sort in ("", "latest"):
        seen, after = [], None
        for _ in range(3):
            page = block(inbox(home.ask(), sort=sort, after=after), Worklist)
            seen += page.ids
            after = page.later.partition("after=")[2].replace("+", " ")
        assert seen == ["mail", "call", "review"]
    assert block(inbox(home.ask(NORTH)), Worklist).ids == ("mail",)


def test_many_are_closed_at_once_and_that_is_taken_back(home: Any) -> None:
    with served(home) as address, Person(address) as ann:
        ann.sign_in("ann@example", WORD)
        page = ann.get("/inbox").text
        assert "<b>rude</b>" not in page
        form = {"csrf": token(page), "ids[]": ["mail", "review"], "back": "/inbox"}
        assert ann.post("/act/conversation.close", data=form).headers["location"] == "/inbox"
        page = ann.get("/inbox").text
        assert "You closed 2 conversations. Undo" in page
        change = page.partition('name="change" value="')[2].partition('"')[0]
        ann.post("/act/conversation.undo", data={"csrf": form["csrf"], "change": change, "back": "/inbox"})
        assert {row["state"] for row in listed(home).values()} == {"open"}


def test_who_took_it_is_told_in_the_language_of_who_reads(home: Any) -> None:
    with served(home) as address, Person(address) as ann:
        ann.sign_in("ann@example", WORD)
        form = {"csrf": token(ann.get("/inbox").text), "ids[]": ["mail"], "back": "/inbox"}
        ann.post("/act/conversation.take", data=form)
        for language, told in (("en", "Taken by"), ("de", "Übernommen von")):
            page = ann.get("/conversation?id=mail", headers={"Accept-Language": language}).text
            assert f"<span>{told}</span> <bdi>ann@example</bdi>" in page


def test_a_reply_leaves_by_mail_beside_its_question_and_the_conversation_waits(home: Any) -> None:
    with mailbox() as (smtp, mails):
        sending = touchstone.open(home.path, now=NOW.isoformat(), mail_from="cx@example.com", smtp=smtp)
        made = sending.act("message.reply", conversation="mail", text="It is mended.", version=0)
        assert made["state"] == "sent"
        sending.act("outbox.send")
    (mail,) = mails
    assert (mail["To"], mail["Subject"], mail["In-Reply-To"]) == ("ida@mail.example", "Re: My car", "<17@mail.example>")
    assert listed(home)["mail"]["state"] == "waiting"
    assert home.act("message.reply", conversation="call", text="We call you.", version=0)["state"] == "copied"


def test_of_two_who_answer_at_once_the_second_is_told_and_keeps_the_draft(home: Any) -> None:
    with served(home) as address:
        said = {"conversation": "mail", "text": "It is mended.", "version": 0}
        with Person(address) as ann, Person(address) as ben:
            ben.post("/api/v1/act/message.draft", json=said | {"version": 0}, headers=basic("ben@example", WORD))
            first = ann.post("/api/v1/act/message.reply", json=said, headers=basic("ann@example", WORD))
            second = ben.post("/api/v1/act/message.reply", json=said | {"text": "So sorry."},
                              headers=basic("ben@example", WORD))  # fmt: skip
            assert (first.status_code, second.status_code) == (200, 422)
            assert "ann@example answered at 09:00" in second.json()["detail"]
            ben.sign_in("ben@example", WORD)
            assert "So sorry." in ben.get("/conversation?id=mail").text
            again = ben.post("/api/v1/act/message.reply", json=said | {"text": "So sorry.", "version": 1},
                             headers=basic("ben@example", WORD))  # fmt: skip
            assert again.status_code == 200


def test_who_objects_to_contact_is_not_written_to(home: Any) -> None:
    home.act("person.consent", person="ida", state="revoked")
    with pytest.raises(touchstone.core.errors.Refused, match="object"):
        home.act("message.reply", conversation="mail", text="Hello.", version=0)
    assert block(conversation(home.ask(), id="mail"), Form) is not None


def test_colleagues_see_who_is_writing_and_what_was_noted(home: Any) -> None:
    ben = home.store.as_viewer(Viewer("contact_centre", account="ben", name="ben@example"))
    from touchstone.store import messages

    assert messages.note(ben, conversation="mail", text="Ask @ann@example first.")[1:] == (
        {"ann@example": ids(home)["ann@example"]},
        [],
    )
    messages.draft(ben, conversation="mail", text="Dear Ida")
    story = block(conversation(home.ask(), id="mail"), Story)
    assert story.lead.endswith("is writing.")
    assert "Dear Ida" not in str(story)
    assert [each.what for each in story.events][-1] == "note, for colleagues only"


def test_a_partner_works_its_own_units_conversations_without_personal_data(home: Any) -> None:
    ask = home.ask(NORTH)
    assert block(inbox(ask), Worklist).ids == ("mail",)
    assert block(conversation(ask, id="review"), Note).tone == "empty"
    with served(home) as address, Person(address) as dora:
        dora.sign_in("dora@example", WORD)
        page = dora.get("/conversation?id=mail")
        assert (page.status_code, "What was said" in page.text) == (200, True)
        assert "ida@mail.example" not in page.text
        taken = dora.post("/api/v1/act/conversation.take", json={"ids": ["mail"]}, headers=basic("dora@example", WORD))
        assert taken.json()["changed"] == 1
        for id in ("review", "nowhere"):
            note = {"conversation": id, "text": "x"}
            for action, body in (("conversation.take", {"ids": [id]}), ("message.note", note),
                                 ("message.reply", note | {"version": 0})):  # fmt: skip
                told = dora.post(f"/api/v1/act/{action}", json=body, headers=basic("dora@example", WORD))
                assert (told.status_code, "no such conversation" in told.text) == (422, True)
    assert listed(home)["mail"]["owner"]


def test_notes_replies_and_drafts_go_with_their_person(home: Any) -> None:
    home.act("message.note", conversation="mail", text="Ida Ibsen calls at noon, xylophone.")
    assert home.act("person.export", person="ida")["persons"][0]["message"]
    home.act("person.erase", person="ida")
    home.store.close()
    held = [path for path in Path(home.path).rglob("*") if path.is_file() and b"xylophone" in path.read_bytes()]
    assert held == []


def test_a_snoozed_one_comes_back_when_it_is_time(home: Any) -> None:
    home.act("conversation.snooze", ids=["mail"], days=2)
    assert "mail" not in block(inbox(home.ask()), Worklist).ids
    assert block(inbox(home.ask(), state="snoozed"), Worklist).ids == ("mail",)
    later = touchstone.open(home.path, now=(NOW + timedelta(days=3)).isoformat())
    assert "mail" in block(inbox(later.ask()), Worklist).ids


def test_answers_kept_for_again_are_added_changed_and_removed_on_a_page(tmp_path: Path) -> None:
    home = touchstone.open(tmp_path, taxonomy="auto_dealer")
    assert "No answer is kept" in home.page("answers").sentence
    made = home.act("canned.keep", name="Thanks", text="Thank you, {name}.")
    page = str(home.page("answers"))
    assert "One answer is kept for again." in page
    assert "Thank you, {name}." in page
    assert "Change it" in str(home.page("answers", id=made["canned"]))
    home.act("canned.keep", name="Thanks", text="Many thanks, {name}.", language="de")
    assert "Many thanks" in str(home.page("answers"))
    home.act("canned.remove", canned=made["canned"])
    assert "No answer is kept" in home.page("answers").sentence


def test_who_may_not_change_kept_answers_reads_them_and_finds_no_form(tmp_path: Path) -> None:
    home = touchstone.open(tmp_path, taxonomy="auto_dealer")
    home.act("canned.keep", name="Thanks", text="Thank you.")
    page = str(answers(home.ask(Viewer("executive", account="eva"))))
    assert "Thank you." in page
    assert "canned.keep" not in page
    assert "canned.remove" not in page
