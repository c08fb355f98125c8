"""What is to be sent is kept, sent once by a real mail server, withheld from who objects, and tried again."""

from __future__ import annotations

import hmac
import json
import socket
import threading
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

import touchstone
from tests._mail import mailbox
from touchstone.act import _clock, _post
from touchstone.store import outbox
from touchstone.store._live_outbox import outbox as table

NOW = "2026-11-22T09:00:00+00:00"


def home(folder: Path, **settings: Any) -> Any:
    given = {"now": NOW, "mail_from": "Example Motors <cx@example.com>"} | settings
    return touchstone.open(folder, taxonomy="auto_dealer", **given)


def put(made: Any, to: str = "ida@example.com", **fields: Any) -> str | None:
    usual = {"kind": "mail", "to": to, "subject": "Thank you", "text": "It is mended.", "key": to}
    return outbox.put(made.store, **usual | fields)


def states(made: Any) -> list[tuple[str, str, int]]:
    rows = made.ask().record(sa.select(table).order_by(table.c.to))
    return [(row["to"], row["state"], row["tries"]) for row in rows]


def test_a_mail_is_sent_once_with_text_and_html_under_its_own_id(tmp_path: Path) -> None:
    with mailbox() as (address, mails):
        made = home(tmp_path, smtp=address)
        id = put(made, html="<p>It is mended.</p>", headers={"In-Reply-To": "<1@example.com>"})
        assert put(made) is None  # the same key
        assert made.act("outbox.send")["sent"] == 1
        assert made.act("outbox.send")["sent"] == 0
    (mail,) = mails
    assert (mail["To"], mail["Subject"]) == ("ida@example.com", "Thank you")
    assert mail["Message-ID"] == f"<{id}@example.com>"
    assert mail["In-Reply-To"] == "<1@example.com>"
    assert mail.get_body(("plain",)).get_content().strip() == "It is mended."
    assert "<p>It is mended.</p>" in mail.get_body(("html",)).get_content()


def test_who_objects_when_it_is_to_go_gets_nothing_and_the_words_are_forgotten(tmp_path: Path) -> None:
    with mailbox() as (address, mails):
        made = home(tmp_path, smtp=address)
        made.act("receive", interactions=[{"source": "letters", "source_id": "1", "person": "ida", "text": "Cold."}])
        put(made, person="ida", purpose="answer")
        made.act("person.consent", person="ida", purpose="contact", state="revoked")
        assert made.act("outbox.send")["withheld"] == 1
    assert mails == []
    assert made.ask().record(sa.select(table.c.text))[0]["text"] == ""


def test_a_recipient_refused_for_good_fails_and_one_refused_for_now_is_tried_again(tmp_path: Path) -> None:
    with mailbox() as (address, mails):
        made = home(tmp_path, smtp=address)
        put(made, "a@gone.example")
        put(made, "b@busy.example")
        put(made, "c@example.com")
        assert made.act("outbox.send") == {"sent": 1, "withheld": 0, "waiting": 1, "failed": 1}
    assert len(mails) == 1
    told = [(to.partition("@")[0], state, tries) for to, state, tries in states(made)]
    assert told == [("a", "failed", 0), ("b", "waiting", 1), ("c", "sent", 1)]


def test_without_a_mail_server_mail_waits_and_goes_once_there_is_one(tmp_path: Path) -> None:
    put(home(tmp_path))
    assert home(tmp_path).act("outbox.send")["waiting"] == 1
    with mailbox() as (address, mails):
        later = (datetime.fromisoformat(NOW) + timedelta(hours=7)).isoformat()
        assert home(tmp_path, smtp=address, now=later).act("outbox.send")["sent"] == 1
    assert len(mails) == 1


def test_a_server_that_is_down_is_called_ever_more_seldom_and_given_up_at_last(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    put(home(tmp_path))
    instant = datetime.fromisoformat(NOW)
    gaps = []
    for _ in range(12):
        made = home(tmp_path, smtp=f"smtp://127.0.0.1:{port}", now=instant.isoformat())
        made.act("outbox.send")
        due = made.ask().record(sa.select(table.c.due_at))[0]["due_at"]
        gaps.append((due - instant).total_seconds() / 60)
        instant = due
    assert gaps[:4] == [1, 2, 4, 8]
    assert max(gaps) == 360
    assert states(made)[0][1] == "failed"


@pytest.mark.parametrize(
    "wrong", [{"to": "nobody"}, {"subject": "Hello\nBcc: all@example.com"}, {"to": "a@b\nBcc: c@d"}]
)
def test_nobody_smuggles_headers_or_addresses_into_a_mail(tmp_path: Path, wrong: dict[str, str]) -> None:
    with mailbox() as (address, mails):
        made = home(tmp_path, smtp=address)
        put(made, **wrong)
        assert made.act("outbox.send")["failed"] == 1
    assert mails == []


def test_no_password_is_sent_to_a_server_without_tls(tmp_path: Path) -> None:
    with mailbox() as (address, mails):
        made = home(tmp_path, smtp=address.replace("//", "//user:secret@"))
        put(made)
        assert made.act("outbox.send")["waiting"] == 1
        assert "secret" not in made.ask().record(sa.select(table.c.error))[0]["error"]
    assert mails == []


def test_words_of_what_was_sent_are_forgotten_after_a_month_and_with_their_person(tmp_path: Path) -> None:
    with mailbox() as (address, _):
        put(made := home(tmp_path, smtp=address), person="ida")
        made.act("outbox.send")
    later = home(tmp_path, now="2027-01-05T09:00:00+00:00")
    later.act("outbox.send")
    assert later.ask().record(sa.select(table.c.text, table.c.state)) == [{"text": "", "state": "sent"}]
    later.act("receive", interactions=[{"source": "letters", "source_id": "1", "person": "ida", "text": "Cold."}])
    assert later.act("person.export", person="ida")["persons"][0]["outbox"]
    later.act("person.erase", person="ida")
    assert later.ask().record(sa.select(table)) == []


class _Receiver(BaseHTTPRequestHandler):
    arrived: ClassVar[list[tuple[dict[str, Any], bool]]] = []
    """What came, and whether its signature verified by the secret it was told."""
    secret = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.arrived.append((json.loads(body), self._verified(body)))
        self.send_response(204)
        self.end_headers()

    def _verified(self, body: bytes) -> bool:
        """As the libraries of Standard Webhooks do it."""
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        key = b64decode(self.secret.removeprefix("whsec_"))
        expected = b64encode(hmac.digest(key, signed, "sha256")).decode()
        sent_at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        return self.headers["webhook-signature"] == f"v1,{expected}" and sent_at == datetime.fromisoformat(NOW)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def test_a_webhook_goes_to_the_outside_or_to_hosts_the_settings_name_signed_for_its_receiver(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/hook"
        put(made := home(tmp_path / "shut"), url, kind="webhook")
        assert made.act("outbox.send")["failed"] == 1
        assert _Receiver.arrived == []
        put(made := home(tmp_path / "open", outgoing_hosts="127.0.0.1"), url, kind="webhook")
        rule = made.act("rule.make", measure="words", says="urgent", to=url)
        other = made.act("rule.make", measure="words", says="urgent", to=f"{url}/other")
        _Receiver.secret = rule["secret"]
        assert rule["secret"] != other["secret"]
        assert made.act("outbox.send")["sent"] == 1
        assert [(each["text"], verified) for each, verified in _Receiver.arrived] == [("It is mended.", True)]
        _Receiver.secret = other["secret"]
        put(made, url, kind="webhook", key="again")
        assert made.act("outbox.send")["sent"] == 1
        assert [verified for _, verified in _Receiver.arrived] == [True, False]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_clock_does_what_is_due_once_and_again_when_it_is_time(tmp_path: Path) -> None:
    with mailbox() as (address, mails):
        made = home(tmp_path, smtp=address)
        put(made)
        assert _clock.tick(made.store)["outbox.send"] == "done"
        assert "outbox.send" not in _clock.tick(made.store)
        later = (datetime.fromisoformat(NOW) + timedelta(minutes=1)).isoformat()
        assert _clock.tick(home(tmp_path, smtp=address, now=later).store)["outbox.send"] == "done"
    assert len(mails) == 1


def test_an_action_that_fails_does_not_stop_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = home(tmp_path)

    def broken(*_: Any, **__: Any) -> Any:
        raise OSError("disk full")

    monkeypatch.setattr(outbox, "due", broken)
    assert _clock.tick(made.store)["outbox.send"] == "OSError"


def test_two_senders_at_once_send_it_once_and_one_that_was_killed_is_followed_by_another(tmp_path: Path) -> None:
    with mailbox() as (address, mails):
        put(made := home(tmp_path, smtp=address))
        (row,) = outbox.due(made.store, most=9)
        assert outbox.claim(made.store, row, until=made.store.now + timedelta(minutes=10))  # and is killed
        assert not outbox.claim(made.store, row, until=made.store.now + timedelta(minutes=10))
        assert made.act("outbox.send")["sent"] == 0
        later = (datetime.fromisoformat(NOW) + timedelta(minutes=11)).isoformat()
        assert home(tmp_path, smtp=address, now=later).act("outbox.send")["sent"] == 1
    assert len(mails) == 1


def test_a_server_that_does_not_answer_is_asked_once_a_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def silent(address: str) -> Any:
        asked.append(address)
        raise TimeoutError

    monkeypatch.setattr(_post, "_called", silent)
    made = home(tmp_path, smtp="smtp://192.0.2.1:25")
    for name in ("ida", "ben", "cleo"):
        put(made, f"{name}@example.com")
    assert made.act("outbox.send")["waiting"] == 3
    assert len(asked) == 1
