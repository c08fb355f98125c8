"""Files with answers: attached, taken out, sent by mail, opened by who may, and gone with their person."""

from __future__ import annotations

import base64
import threading
from pathlib import Path
from typing import Any

import pytest

import touchstone
from tests._doors import Person, basic, served, token
from tests._mail import mailbox
from tests.act.test_converse import NOW, say
from touchstone.act._converse import converse
from touchstone.core.errors import Refused
from touchstone.core.page import Form, Story
from touchstone.core.upload import packed
from touchstone.core.viewer import Viewer
from touchstone.show.conversation import show as conversation
from touchstone.store import attachments

WORD = "seven brown kettles"
PDF = b"%PDF-1.7 41.20 for the tyres"
NORTH = Viewer("partner_staff", ("north",), "dora", "dora@example")


@pytest.fixture
def home(tmp_path: Path) -> Any:
    """A customer's mail to one of two units, and who may answer it."""
    made = touchstone.open(tmp_path, taxonomy="auto_dealer", now=NOW.isoformat(), mail_from="cx@example.com")
    made.store.put("unit", [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}])
    made.store.put("person", [{"id": "ida", "name": "Ida Ibsen", "contacts": '{"email": "ida@mail.example"}'}])
    say(made, "<1@mail.example>", thread="mail", unit="north", person="ida", kinds=("problem",), channel="mail")
    converse(made.store)
    for name, role, units in (("ann@example", "contact_centre", []), ("dora@example", "partner_staff", ["north"]),
                              ("dirk@example", "partner_staff", ["south"])):  # fmt: skip
        made.act("account.open", name=name, role=role, units=units, password=WORD)
    return made


def kept(home: Any) -> list[str]:
    return sorted(path.name for path in (home.path / "files").glob("*"))


def attach(home: Any, *files: Any) -> list[str]:
    ids: list[str] = home.act("message.attach", conversation="mail", files=files or [packed("bill.pdf", PDF)])[
        "attachments"
    ]
    return ids


def test_an_answer_goes_out_with_its_files_under_their_names(home: Any) -> None:
    with mailbox() as (smtp, mails):
        sending = touchstone.open(home.path, now=NOW.isoformat(), mail_from="cx@example.com", smtp=smtp)
        attach(sending)
        files = [packed("Grüße.txt", "Schöne Grüße".encode())]
        sending.act("message.reply", conversation="mail", text="Here it is.", version=0, files=files)
        assert sending.act("outbox.send")["sent"] == 1
    (mail,) = mails
    assert mail.get_body(("plain",)).get_content().strip() == "Here it is."
    found = {each.get_filename(): each for each in mail.iter_attachments()}
    assert found["bill.pdf"].get_content() == PDF
    assert found["bill.pdf"].get_content_type() == "application/pdf"
    assert found["Grüße.txt"].get_content() == "Schöne Grüße"
    assert {each.get_content_disposition() for each in found.values()} == {"attachment"}
    (event,) = [each for each in _story(home.ask()).events if each.files]
    assert sorted(map(str, event.files)) == ["Grüße.txt, 1 kB", "bill.pdf, 1 kB"]


def _story(ask: Any) -> Any:
    return next(each for each in conversation(ask, id="mail").blocks if isinstance(each, Story))


def test_a_mail_whose_file_is_gone_fails_and_says_so(home: Any) -> None:
    attach(home)
    home.act("message.reply", conversation="mail", text="Here it is.", version=0)
    (home.path / "files" / kept(home)[0]).write_bytes(b"something else")
    assert home.act("outbox.send")["failed"] == 1


def test_a_file_of_a_draft_is_taken_out_and_its_content_goes_once_nothing_names_it(home: Any) -> None:
    say(home, "<2@mail.example>", thread="other", unit="north", person="ida", kinds=("problem",), channel="mail")
    converse(home.store)
    (first,) = attach(home)
    other = home.act("message.attach", conversation="other", files=[packed("bill.pdf", PDF)])["attachments"][0]
    assert attach(home) == [first]  # the same once
    assert len(kept(home)) == 1
    home.act("message.detach", attachment=first)
    assert len(kept(home)) == 1  # the other draft holds it
    home.act("message.detach", attachment=other)
    assert kept(home) == []
    with pytest.raises(Refused, match="no such file"):
        home.act("message.detach", attachment=first)


def test_what_was_sent_keeps_its_files(home: Any) -> None:
    (id,) = attach(home)
    home.act("message.reply", conversation="mail", text="Here it is.", version=0)
    with pytest.raises(Refused, match="no such file"):
        home.act("message.detach", attachment=id)
    assert attachments.opened(home.store, id=id) is not None


def test_a_draft_keeps_its_files_while_words_come_and_go(home: Any) -> None:
    attach(home)
    for text in ("Dear Ida", "", "Dear Ida Ibsen"):
        assert home.act("message.draft", conversation="mail", text=text)["kept"]
    page = conversation(home.ask(), id="mail")
    assert "Remove bill.pdf, 1 kB" in [each.button for each in page.blocks if isinstance(each, Form)]
    with pytest.raises(Refused):  # somebody else was faster: words and files stay
        home.act("message.reply", conversation="mail", text="Here it is.", version=7)
    assert len(kept(home)) == 1


@pytest.mark.parametrize(
    ("files", "match"),
    [
        ([packed("run.pdf", b"MZ\x90\x00")], "no kind"),
        ([packed("bill.exe", PDF)], "not what its name says"),
        ([packed(f"{n}.pdf", PDF + bytes([n])) for n in range(11)], "too many"),
        ([packed("big.pdf", PDF + bytes(1024 * 1024))], "too large"),
        ([packed("bill.pdf", PDF), packed("run.txt", b"\0\1")], "no kind"),
    ],
)
def test_what_is_not_taken_leaves_no_file_and_no_draft(home: Any, files: Any, match: str) -> None:
    small = touchstone.open(home.path, now=NOW.isoformat(), attachment_megabytes=1)
    with pytest.raises(Refused, match=match):
        small.act("message.attach", conversation="mail", files=files)
    assert kept(home) == []
    assert home.act("message.draft", conversation="mail", text="")["kept"] is False


def test_files_added_one_by_one_are_too_large_together(home: Any) -> None:
    small = touchstone.open(home.path, now=NOW.isoformat(), attachment_megabytes=1)
    half = bytes(600 * 1024)
    small.act("message.attach", conversation="mail", files=[packed("a.pdf", PDF + half)])
    with pytest.raises(Refused, match="too large"):
        small.act("message.attach", conversation="mail", files=[packed("b.pdf", PDF + b"." + half)])
    assert len(kept(home)) == 1


def test_two_who_attach_at_once_both_keep_theirs(home: Any) -> None:
    names = [f"{n}.pdf" for n in range(4)]
    work = [threading.Thread(target=attach, args=(home, packed(name, PDF + name.encode()))) for name in names]
    for each in work:
        each.start()
    for each in work:
        each.join()
    assert len(attach(home)) == 5


def test_a_browser_sends_files_and_gets_them_back_to_save_and_never_to_run(home: Any) -> None:
    with served(home) as address, Person(address) as ann:
        ann.sign_in("ann@example", WORD)
        page = ann.get("/conversation?id=mail").text
        assert 'enctype="multipart/form-data"' in page
        form = {"csrf": token(page), "conversation": "mail", "text": "Here.", "version": "0", "back": "/inbox"}
        empty = {"files": ("", b"", "application/octet-stream")}
        bad = {"files": ("a.html", b"<script>alert(1)</script>", "text/html")}
        assert ann.post("/act/message.reply", data=form, files=bad).status_code == 422
        assert ann.post("/act/message.note", data=form, files=bad).status_code == 400
        good = {"files": ("Ida's\r\nbill.pdf", PDF, "text/html")}
        assert ann.post("/act/message.attach", data={**form, "csrf": "x"}, files=good).status_code == 403
        fields = {name: form[name] for name in ("csrf", "conversation", "back")}
        assert ann.post("/act/message.attach", data=fields, files=good).status_code == 303
        assert ann.post("/act/message.reply", data=form, files=empty).status_code == 303
        link = ann.get("/conversation?id=mail").text.partition('href="/files/')[2].partition('"')[0]
        answer = ann.get(f"/files/{link}")
        assert (answer.status_code, answer.content) == (200, PDF)
        said = answer.headers
        assert said["content-disposition"].startswith("attachment; filename*=utf-8''")
        assert (said["x-content-type-options"], said["content-type"]) == ("nosniff", "application/pdf")
        assert "sandbox" in said["content-security-policy"]
        assert "script-src" not in said["content-security-policy"]
        for stray in ("nowhere", "..%2frecord.sqlite", kept(home)[0]):
            assert ann.get(f"/files/{stray}").status_code == 404


def test_a_file_opens_to_who_may_read_it_and_to_nobody_else(home: Any) -> None:
    (id,) = attach(home)
    home.act("message.reply", conversation="mail", text="Here it is.", version=0)
    with served(home) as address, Person(address) as door:
        opened = {
            who: door.get(f"/files/{id}", headers=basic(who, WORD)).status_code
            for who in ("ann@example", "dora@example", "dirk@example")
        }
        assert opened == {"ann@example": 200, "dora@example": 404, "dirk@example": 404}
        assert door.get(f"/files/{id}").status_code == 401
    assert attachments.opened(home.store.as_viewer(Viewer("insight", personal=False)), id=id) is None
    story = _story(home.ask(NORTH))  # a partner sees that there is one, not what it is called
    assert [each for event in story.events for each in event.files] == ["a file, 1 kB"]


def test_a_partner_opens_what_they_attached_and_a_draft_s_files_are_its_writer_s(home: Any) -> None:
    given = {"conversation": "mail", "files": [{"name": "bill.pdf", "content": base64.b64encode(PDF).decode()}]}
    with served(home) as address, Person(address) as dora:
        as_dora = basic("dora@example", WORD)
        (id,) = dora.post("/api/v1/act/message.attach", json=given, headers=as_dora).json()["attachments"]
        assert dora.get(f"/files/{id}", headers=as_dora).content == PDF
        assert dora.get(f"/files/{id}", headers=basic("ann@example", WORD)).status_code == 404
        wrong = given | {"files": [{"name": "bill.pdf", "content": "not base64!"}]}
        assert dora.post("/api/v1/act/message.attach", json=wrong, headers=as_dora).status_code == 422
        other = dora.post("/api/v1/act/message.attach", json=given, headers=basic("dirk@example", WORD))
        assert (other.status_code, "no such conversation" in other.text) == (422, True)


def test_a_person_is_given_their_files_and_takes_them_along_when_erased(home: Any) -> None:
    (id,) = attach(home)
    (home.path / "files" / "half.part").write_bytes(PDF)
    (row,) = home.act("person.export", person="ida")["persons"][0]["attachment"]
    assert (row["id"], base64.b64decode(row["content"])) == (id, PDF)
    home.act("person.erase", person="ida")
    assert kept(home) == []
