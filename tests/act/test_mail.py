"""The loop closed by mail: an answer comes back into its conversation, with its files, and whose it is, is told."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

import touchstone
from tests._doors import Person, served, token
from tests._mail import mailbox
from tests.act.test_converse import NOW, say
from tests.listen._mails import bounce, mail
from touchstone.act._converse import converse
from touchstone.act.listen import act as listen
from touchstone.core.errors import Refused
from touchstone.core.page import Story
from touchstone.core.viewer import Viewer
from touchstone.show.conversation import show as conversation
from touchstone.store import conversations

WORD = "seven brown kettles"
PDF = b"%PDF-1.7 the bill"
PROGRAM = b"MZ\x90\x00 a program"


@pytest.fixture
def home(tmp_path: Path) -> Any:
    """A customer's mail that waits, an agent who owns it, and their answer, sent."""
    made = touchstone.open(tmp_path / "home", taxonomy="auto_dealer", now=NOW.isoformat(), mail_from="cx@example.com")
    made.store.put("unit", [{"id": "north", "name": "North"}])
    made.store.put("person", [{"id": "ida", "name": "Ida Ibsen", "contacts": '{"email": "Ida@mail.example"}'}])
    say(made, "<1@mail.example>", thread="asked", unit="north", person="ida", kinds=("problem",), channel="mail")
    converse(made.store)
    made.act("account.open", name="ann@example", role="contact_centre", password=WORD)
    return made


@pytest.fixture
def sent(home: Any) -> EmailMessage:
    """Our answer as it reached the customer."""
    with mailbox() as (smtp, mails):
        sending = touchstone.open(home.path, now=NOW.isoformat(), mail_from="cx@example.com", smtp=smtp)
        sending.act("conversation.assign", ids=["asked"], to="ann@example")
        version = row(home)["version"]
        sending.act("message.reply", conversation="asked", text="Please try the north gate.", version=version)
        sending.act("outbox.send")
    return mails[0]


def row(home: Any, id: str = "asked") -> dict[str, Any]:
    found: dict[str, Any] = conversations.find(home.store, id=id)
    return found


def arrive(home: Any, *mails: EmailMessage | bytes) -> dict[str, Any]:
    """Mails in a folder, listened to; then the journey's last steps."""
    folder = home.path / "maildir" / "new"
    folder.mkdir(parents=True, exist_ok=True)
    for each in mails:
        content = each if isinstance(each, bytes) else each.as_bytes()
        (folder / f"{len(list(folder.iterdir())):04}").write_bytes(content)
    made: dict[str, Any] = home.listen("mail", str(folder.parent))
    home.store.derive()
    converse(home.store, settled=False)
    return made


def answer(sent: EmailMessage, text: str = "The gate is locked.", **headers: str) -> EmailMessage:
    """What the customer writes in answer to ours, from March 9."""
    told = {"In_Reply_To": str(sent["Message-ID"]), "References": str(sent["Message-ID"]), "Subject": "Re: Parking"}
    return mail(text, **{"id": "<2@mail.example>", "Date": f"{NOW:%a, %d %b %Y %H:%M:%S} +0000", **told, **headers})


def story(home: Any) -> Story:
    (found,) = [each for each in conversation(home.ask(), id="asked").blocks if isinstance(each, Story)]
    return found


def test_an_answer_goes_on_with_the_conversation_it_answers_and_opens_it_again(home: Any, sent: EmailMessage) -> None:
    assert row(home)["state"] == "waiting"
    quoting = f"The gate is locked.\n\nOn {NOW:%d %b %Y}, CX <cx@example.com> wrote:\n> Please try the north gate."
    assert arrive(home, answer(sent, quoting))["new"] == 1
    now = row(home)
    assert (now["state"], now["person"], now["unit"], now["count"]) == ("open", "ida", "north", 2)
    words = [event.verbatim.text for event in story(home).events if event.verbatim]
    assert "The gate is locked." in words
    assert quoting not in words
    (link,) = [each for event in story(home).events for each in event.files]
    whole = conversation(home.ask(), id="asked", whole=str(link.address).rpartition("whole=")[2])  # type: ignore[union-attr] # only links lead to a whole mail
    assert quoting in [event.verbatim.text for each in whole.blocks if isinstance(each, Story)
                       for event in each.events if event.verbatim]  # fmt: skip


def test_whose_conversation_it_is_reads_that_the_customer_wrote_again(home: Any, sent: EmailMessage) -> None:
    arrive(home, answer(sent))
    with served(home) as origin, Person(origin) as ann:
        ann.sign_in("ann@example", WORD)
        page = ann.get("/inbox").text
        assert "News for you" in page
        assert "wrote again" in page
        ann.post("/act/notice.seen", data={"csrf": token(page), "back": "/inbox"})
        assert "News for you" not in ann.get("/inbox").text


def test_the_same_mailbox_twice_brings_nothing_new_and_tells_nobody_again(home: Any, sent: EmailMessage) -> None:
    letter = answer(sent)
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="bill.pdf")
    arrive(home, letter)
    before = (row(home), story(home))
    home.act("notice.seen")
    again = arrive(home)
    assert (again["new"], again["changed"], again["rejected"]) == (0, 0, 0)
    assert (row(home), story(home)) == before


def test_somebody_else_who_answers_is_not_taken_for_the_customer(home: Any, sent: EmailMessage) -> None:
    arrive(home, answer(sent, From="Otto <otto@other.example>"))
    said = home.store.ask().lake("select person from interaction where source = 'mail' and thread = 'asked'")
    persons = said["person"].to_pylist()
    assert len(persons) == 1
    assert persons != ["ida"]
    assert row(home)["person"] == "ida"


def test_who_is_known_by_their_address_writes_as_themselves_and_keeps_their_consents(home: Any) -> None:
    home.act("person.consent", person="ida", purpose="survey", state="revoked", by="Ida")
    arrive(home, mail(id="<9@mail.example>"))
    rows = home.store.ask().lake("select person from interaction where source_id = '<9@mail.example>'")
    assert rows["person"].to_pylist() == ["ida"]
    (person,) = home.store.ask().lake("select * from person where id = 'ida'").to_pylist()
    assert json.loads(person["consents"])["survey"] == "revoked"


def test_files_are_kept_by_what_is_in_them_and_those_not_taken_are_named(home: Any, sent: EmailMessage) -> None:
    letter = answer(sent, "See here.")
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="../../bill.pdf")
    letter.add_attachment(PROGRAM, maintype="application", subtype="pdf", filename="invoice.pdf")
    letter.add_attachment("<script>x</script>", subtype="html", filename="page.html")
    assert arrive(home, letter)["rejected"] == 2
    files = sorted(map(str, (each for event in story(home).events for each in event.files)))
    assert [re.sub(r", \d+ kB", "", each) for each in files] == [
        "bill.pdf",
        "invoice.pdf, not taken",
        "page.html, not taken",
    ]
    kept = [path.read_bytes() for path in (home.path / "files").iterdir()]
    assert kept == [PDF]
    rejects = (home.path / "rejects" / "maildir.jsonl").read_text("utf-8")
    assert "invoice.pdf" in rejects


def test_more_files_than_may_come_are_named_and_the_others_kept(home: Any, sent: EmailMessage) -> None:
    letter = answer(sent)
    for number in range(12):
        letter.add_attachment(
            PDF + bytes([65 + number]), maintype="application", subtype="pdf", filename=f"{number}.pdf"
        )
    assert arrive(home, letter)["rejected"] == 2
    assert len(list((home.path / "files").iterdir())) == 10


def test_a_holiday_note_is_noted_and_is_no_word_of_the_customers(home: Any, sent: EmailMessage) -> None:
    arrive(home, answer(sent, "I am away until Monday.", Auto_Submitted="auto-replied"))
    assert row(home)["state"] == "waiting"
    assert "an automatic answer" in [event.what for event in story(home).events]
    said = home.store.ask().lake("select count(*) as n from interaction where text like '%away%'")
    assert said["n"].to_pylist() == [0]


def test_a_mail_that_comes_back_opens_its_conversation_and_says_so_once(home: Any, sent: EmailMessage) -> None:
    back = bounce(str(sent["Message-ID"]))
    for _ in range(2):
        arrive(home, back)
    assert row(home)["state"] == "open"
    assert [event.what for event in story(home).events].count("our mail came back") == 1


def test_an_invitation_that_comes_back_is_no_unanswered_one(home: Any) -> None:
    home.act("person.consent", person="ida", purpose="survey", state="granted", by="Ida")
    made = home.act("survey.make", kind="nps")["surveys"][0]["id"]
    with mailbox() as (smtp, mails):
        sending = touchstone.open(home.path, now=NOW.isoformat(), mail_from="cx@example.com", smtp=smtp)
        sending.act("survey.invite", survey=made, person=["ida"])
        sending.act("outbox.send")
    arrive(home, bounce(str(mails[0]["Message-ID"])))
    later = touchstone.open(home.path, now=NOW.replace(year=NOW.year + 1).isoformat())
    assert later.act("survey.unanswered")["silent"] == 0
    assert "Came back undelivered: 1" in str(later.page("surveys"))


def test_what_came_back_about_nothing_of_ours_is_told_and_nothing_happens(home: Any) -> None:
    assert arrive(home, bounce("<nobody@elsewhere.example>"))["rejected"] == 1


def test_an_erased_customer_comes_back_by_no_old_mail_nor_do_their_files(home: Any, sent: EmailMessage) -> None:
    letter = answer(sent)
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="bill.pdf")
    arrive(home, letter)
    home.act("person.erase", person="ida")
    assert not list((home.path / "files").glob("*"))
    arrive(home)
    assert not list((home.path / "files").glob("*"))
    said = home.store.ask().lake("select count(*) as n from interaction where person = 'ida'")
    assert said["n"].to_pylist() == [0]


def test_a_folder_of_the_machine_is_not_read_from_elsewhere_and_no_host_within(home: Any) -> None:
    away = home.store.as_viewer(Viewer("insight", account="far"))
    with pytest.raises(Refused, match="at the machine alone"):
        listen(away, source="mail", target="/etc")
