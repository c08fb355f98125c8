"""Mail as interactions: words, threads, people, files; what no person wrote; and mail that means harm."""

from __future__ import annotations

import mailbox
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.listen._mails import bounce, heard, mail
from touchstone.core.errors import Stop
from touchstone.listen import _mail_html, _mail_own
from touchstone.listen.mail import listen

NOW = datetime(2026, 3, 9, tzinfo=UTC)


def test_a_mail_is_a_message_of_its_sender_with_its_subject_over_it(tmp_path: Path) -> None:
    found = heard(tmp_path, mail("Nowhere to park.", Subject="My visit"), now=NOW)
    (row,) = found.rows
    assert (row["kind"], row["channel"], row["level"]) == ("message", "mail", "end_customer")
    assert row["text"] == "My visit\nNowhere to park."
    assert row["occurred_at"] == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.told()["from"] == "ida@mail.example"
    (person,) = found.persons
    assert (person["id"], person["name"]) == (row["person"], "Ida Ibsen")
    assert "ida" not in row["person"].lower()


@pytest.mark.parametrize(
    "charset", ["utf-8", "iso-8859-15", "windows-1252", "utf-16", "koi8-r", "shift_jis", "gb18030"]
)
def test_every_character_set_is_read(charset: str, tmp_path: Path) -> None:
    said = {"koi8-r": "Негде парковаться", "shift_jis": "駐車場がない", "gb18030": "没有停车位"}.get(
        charset, "Kein Parkplatz, 3 €"
    )
    made = mail("")
    made.set_content(said.encode(charset), "text", "plain", params={"charset": charset})
    assert heard(tmp_path, made).texts == [said]


def test_a_character_set_nobody_knows_or_that_is_wrong_is_read_all_the_same(tmp_path: Path) -> None:
    raw = (
        b"From: ida@mail.example\nSubject: =?x-none?Q?Gr=FC?=\nContent-Type: text/plain; charset=%s\n\nSch\xf6n hier.\n"
    )
    texts = heard(tmp_path, raw % b"x-martian", raw.replace(b"Sch", b"Zu sch") % b"utf-8").texts
    assert [each.splitlines()[-1] for each in texts] == ["Schön hier.", "Zu schön hier."]


def test_plain_text_goes_before_html_and_html_alone_is_read_as_it_is_seen(tmp_path: Path) -> None:
    both = mail("Plain words.")
    both.add_alternative("<p>Rich words.</p>", subtype="html")
    alone = mail("", id="<2@mail.example>")
    alone.set_content(
        "<html><head><style>p{color:red}</style></head><body><p>Hello&nbsp;there,<br>the <b>bill</b> was unclear.</p>"
        "<script>steal()</script><div style='display:none'>hidden</div><img src=http://track.example/x.gif></body></html>",
        subtype="html",
    )
    assert heard(tmp_path, both, alone).texts == ["Plain words.", "Hello there,\nthe bill was unclear."]


REPLIES = {
    "below": "It works now.\n\nOn Mon, Mar 2, 2026 at 9:00 AM CX <cx@example.com> wrote:\n> Please try again.\n",
    "wrapped": "It works now.\n\nAm Mo., 2. März 2026 um 9:00 schrieb Kundendienst\n<cx@example.com>:\n\n> Bitte.\n",
    "unmarked": "It works now.\n\nLe 2 mars 2026 à 09:00, CX <cx@example.com> a écrit :\n\nMerci de réessayer.\n",
    "outlook": "It works now.\n\nFrom: CX <cx@example.com>\nSent: Monday, 2 March 2026\nTo: Ida\n\nTry again.",
    "german": "It works now.\n\n-----Ursprüngliche Nachricht-----\nVon: CX\n\nBitte.",
    "signed": "It works now.\n\n-- \nIda Ibsen\nQuay Street 1",
    "telephone": "It works now.\n\nSent from my iPhone\n\nOn 2 Mar 2026, at 9:00, CX <c@example.com> wrote:\n\n> Try.",
}


@pytest.mark.parametrize("kind", REPLIES)
def test_of_an_answer_its_own_words_are_understood_and_all_of_it_is_kept(kind: str, tmp_path: Path) -> None:
    found = heard(tmp_path, mail(REPLIES[kind], Subject="Re: Bill"))
    assert found.texts == ["It works now."]
    assert found.told()["original"] == REPLIES[kind].strip()


def test_words_between_quoted_lines_are_their_own(tmp_path: Path) -> None:
    text = "On 2 Mar 2026, CX <cx@example.com> wrote:\n> Which day?\nTuesday.\n> Which car?\nThe blue one.\n"
    assert heard(tmp_path, mail(text, Subject="Re: Visit")).texts == ["Tuesday.\nThe blue one."]


def test_a_mail_that_only_passes_something_on_keeps_its_words(tmp_path: Path) -> None:
    text = "---------- Forwarded message ----------\nFrom: The garage\nThe bill is 300 EUR."
    assert heard(tmp_path, mail(text)).texts == [text]


def test_ordinary_words_are_never_taken_for_a_quotation(tmp_path: Path) -> None:
    text = "He wrote me this:\nYour car is ready.\nFrom: home to the garage it is far.\nOn Monday I wait again."
    assert heard(tmp_path, mail(text)).texts == [text]


def test_an_answer_belongs_to_the_thread_of_what_it_answers(tmp_path: Path) -> None:
    first = mail(id="<a@mail.example>")
    second = mail("Still none.", id="<b@mail.example>", In_Reply_To="<a@mail.example>", References="<a@mail.example>")
    third = mail("Now!", id="<c@mail.example>", References="<a@mail.example> <b@mail.example>")
    other = mail("A bill.", id="<d@mail.example>")
    threads = [row["thread"] for row in heard(tmp_path, first, second, third, other).rows]
    assert threads[0] == threads[1] == threads[2] != threads[3]


def test_the_same_mail_twice_is_one_and_another_under_its_id_is_told_and_does_not_replace_it(tmp_path: Path) -> None:
    found = heard(tmp_path, mail(), mail(), mail("Send my goods elsewhere."))
    assert found.texts == ["Nowhere to park."]
    assert [each["reason"] for each in found.rejected] == [
        "another mail bears the same Message-ID and says something else"
    ]


def test_files_come_along_by_name_and_the_words_are_not_taken_from_them(tmp_path: Path) -> None:
    made = mail("See the bill.")
    made.add_attachment(b"%PDF-1.7 300", maintype="application", subtype="pdf", filename="Rechnung März.pdf")
    made.add_attachment("other words", subtype="plain", filename="note.txt")
    found = heard(tmp_path, made)
    assert found.texts == ["See the bill."]
    assert [(each["name"], each["content"][:4]) for each in found.enclosed] == [
        ("Rechnung März.pdf", b"%PDF"), ("note.txt", b"othe"),
    ]  # fmt: skip


def test_a_mail_of_files_alone_is_called_by_its_subject_or_by_them(tmp_path: Path) -> None:
    made = mail("")
    made.add_attachment(b"\xff\xd8\xff photo", maintype="image", subtype="jpeg", filename="mirror.jpg")
    assert heard(tmp_path, made).texts == ["mirror.jpg"]


AUTOMATIC = {
    "holiday": mail("I am away.", Auto_Submitted="auto-replied"),
    "exchange": mail("Out of office.", Auto_Submitted="auto-generated", X_Auto_Response_Suppress="All"),
    "old program": mail("Away.", X_Autoreply="yes"),
    "newsletter": mail("Buy now.", List_Id="<news.shop.example>"),
    "bulk": mail("Buy now.", Precedence="bulk"),
}


@pytest.mark.parametrize("kind", AUTOMATIC)
def test_what_a_program_wrote_is_nobodys_words(kind: str, tmp_path: Path) -> None:
    found = heard(tmp_path, AUTOMATIC[kind])
    assert not found.rows
    assert not found.persons
    assert len(found.rejected) == 1


def test_a_report_of_delivery_says_which_mail_did_not_arrive_and_why(tmp_path: Path) -> None:
    found = heard(tmp_path, bounce("<abc@example.com>"), bounce("<abc@example.com>", code="4.4.7", action="delayed"))
    assert not found.rows
    assert [(each["what"], each["about"]) for each in found.returned] == [
        ("failed", ["<abc@example.com>"]), ("delayed", ["<abc@example.com>"]),
    ]  # fmt: skip
    assert "user unknown" in found.returned[0]["text"]


def test_a_mail_says_its_own_auto_submitted_no_and_is_read(tmp_path: Path) -> None:
    assert heard(tmp_path, mail(Auto_Submitted="no")).rows


def test_our_own_mail_is_ours(tmp_path: Path) -> None:
    (row,) = heard(tmp_path, mail(From="CX <cx@example.com>"), own="Care <CX@example.com>").rows
    assert (row["level"], row["person"]) == ("employee", None)


def test_a_maildir_and_an_mbox_hold_the_same(tmp_path: Path) -> None:
    letters = [
        mail(f"From the start, visit {n}.\n\nFrom here it went wrong.", id=f"<{n}@mail.example>") for n in range(5)
    ]
    box, folder = mailbox.mbox(tmp_path / "all.mbox"), mailbox.Maildir(tmp_path / "dir")
    for each in letters:
        box.add(each)
        folder.add(each)
    box.close()
    found = [
        {
            row["source_id"]: row["text"]
            for each in listen(path=tmp_path / name)
            if isinstance(each, list)
            for row in each
        }
        for name in ("all.mbox", "dir")
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 5


def test_a_mail_without_date_and_without_id_is_kept_and_the_same_twice(tmp_path: Path) -> None:
    made = mail(id="", Date="")
    first, again = (heard(tmp_path, made).rows for _ in range(2))
    assert first == again
    assert first[0]["occurred_at"] is None


def test_a_date_ahead_is_taken_from_the_server_that_received_it(tmp_path: Path) -> None:
    received = "from a by b; Tue, 03 Mar 2026 10:00:00 +0000"
    (row,) = heard(tmp_path, mail(Date="Fri, 01 Jan 2038 00:00:00 +0000", Received=received), now=NOW).rows
    assert row["occurred_at"] == datetime(2026, 3, 3, 10, tzinfo=UTC)


MEANT = b"From: ida@mail.example\nMessage-ID: <x@mail.example>\n"
HOSTILE = {
    "headers in eight bits": MEANT + "Subject: Größe\n\nWörter.".encode("cp1252"),
    "no end of parts": MEANT + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nWords.\n',
    "a boundary nobody uses": MEANT + b'Content-Type: multipart/mixed; boundary="b"\n\nWords.\n',
    "an encoding nobody knows": MEANT + b"Content-Transfer-Encoding: rot13\n\nWords.\n",
    "base64 that is none": MEANT + b"Content-Transfer-Encoding: base64\n\n\xff!V29yZHMu\nV29yZHM\n",
    "a sender without end": b"From: " + b"a," * 200_000 + b"\nMessage-ID: <x@mail.example>\n\nWords.\n",
    "encoded words without end": MEANT + b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nWords.\n",
    "brackets within brackets": MEANT + b"To: " + b"(" * 100_000 + b"\n\nWords.\n",
    "html within html": MEANT + b"Content-Type: text/html\n\n" + b"<div>" * 100_000 + b"Words." + b"</div>" * 100_000,
    "tags without end": MEANT + b"Content-Type: text/html\n\nWords." + b"<a " * 200_000,
    "quotations without end": MEANT + b"\nWords.\n" + b"On 1 Jan 2026 at 10:00 a@b wrote\n" * 50_000,
    "files with odd names": MEANT + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nWords.\n--b\n'
    b'Content-Disposition: attachment; filename="../../etc/passwd\x00\xff"\n\nx\n--b--\n',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_mail_that_keeps_to_no_standard_is_read_for_what_it_says_and_soon(kind: str, tmp_path: Path) -> None:
    began = time.process_time()
    found = heard(tmp_path, HOSTILE[kind])
    assert time.process_time() - began < 3
    assert len(found.rows) == 1
    assert "W" in found.texts[0] or "Größe" in found.texts[0]


def _nested(depth: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth))
    return MEANT + opened + b"\nWords.\n"


BOMBS = {
    "part within part": _nested(5_000),
    "mail within mail": MEANT + b"Content-Type: message/rfc822\n\n" * 5_000 + b"Words.\n",
    "parts without number": MEANT + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 30_000,
    "nothing at all": b"",
    "no mail": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_told_and_what_lies_beside_it_is_read(kind: str, tmp_path: Path) -> None:
    began = time.process_time()
    found = heard(tmp_path, BOMBS[kind], mail())
    assert time.process_time() - began < 3
    assert found.texts == ["Nowhere to park."]
    assert len(found.rejected) == 1


def test_where_nothing_is_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no such file"):
        list(listen(path=tmp_path / "none"))
    with pytest.raises(Stop, match="no mailbox"):
        list(listen())


@given(st.text(alphabet=st.sampled_from(list("ab:>-_ \n@1O n\t|ü")), max_size=300))
def test_own_words_are_lines_of_the_mail_in_their_order(text: str) -> None:
    lines = text.splitlines()
    own = _mail_own.words(text).splitlines()
    rest = iter(lines)
    assert all(any(line in each for each in rest) for line in own)
    assert bool(own) == bool(text.strip())


@given(st.text(alphabet=st.sampled_from(list("<>/abp \n\"'=-!")), max_size=300))
def test_no_html_hides_what_stands_before_it(text: str) -> None:
    assert _mail_html.text(f"<p>Words.</p>{text}").startswith("Words.")
