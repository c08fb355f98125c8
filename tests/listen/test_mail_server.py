"""A mailbox read over IMAP, against a real server: nothing marked, nothing twice, nothing reached that may not be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import touchstone
from tests.act.test_converse import NOW
from tests.listen import _dovecot
from tests.listen._mails import mail
from touchstone.core.errors import Refused, Retry, Stop
from touchstone.listen.mail import listen

pytestmark = pytest.mark.skipif(
    _dovecot.SERVER is None and not os.environ.get("CI"), reason="there is no Dovecot here (dovecot-imapd)"
)
SENT = f"{NOW:%a, %d %b %Y %H:%M:%S} +0000"
HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with _dovecot.mailbox() as port:
        _dovecot.put(port, *(mail(f"Visit {n}.", id=f"<{n}@mail.example>", Date=SENT) for n in range(60)))
        yield port


def address(port: int, password: str = _dovecot.PASSWORD, folder: str = "") -> str:
    return f"imap://ida:{quote(password, safe='')}@{HOST}:{port}/{folder}"


def heard(port: int, **settings: Any) -> list[str]:
    given = {"address": address(port), "allowed": HOST} | settings
    return [row["text"] for each in listen(**given) if isinstance(each, list) for row in each]


def test_a_mailbox_is_read_and_stays_as_it_was(port: int) -> None:
    assert sorted(heard(port)) == sorted(f"Visit {n}." for n in range(60))
    assert _dovecot.seen(port) == (60, 0)


def test_what_came_after_the_mark_alone_is_read_the_next_time(port: int) -> None:
    marks: list[str] = []
    heard(port, reached=marks.append)
    assert heard(port, after=marks[-1]) == []
    another = f"another numbering{marks[-1]}"
    assert len(heard(port, after=another)) == 60


def test_the_clock_brings_mail_into_the_inbox_once(port: int, tmp_path: Path) -> None:
    told = {"now": NOW.isoformat(), "imap": address(port), "outgoing_hosts": HOST}
    home = touchstone.open(tmp_path, taxonomy="auto_dealer", **told)
    made = home.act("mail.gather")
    assert (made["new"], made["conversations"]) == (60, 60)
    assert home.act("mail.gather") == {"new": 0, "rejected": 0, "conversations": 0}
    _dovecot.put(port, mail("One more.", id="<new@mail.example>", Date=SENT))
    assert home.act("mail.gather")["new"] == 1


def test_a_home_without_a_mailbox_does_nothing(tmp_path: Path) -> None:
    home = touchstone.open(tmp_path, taxonomy="auto_dealer")
    assert home.act("mail.gather")["new"] == 0


def test_a_host_within_our_own_network_is_not_reached_unless_the_settings_name_it(port: int) -> None:
    with pytest.raises(Refused, match="within our own network"):
        heard(port, allowed="")


def test_whoever_asks_cannot_name_the_hosts_that_may_be_reached(port: int, tmp_path: Path) -> None:
    home = touchstone.open(tmp_path, taxonomy="auto_dealer")
    with pytest.raises(Refused, match="within our own network"):
        home.listen("mail", address=address(port), allowed=HOST)


def test_a_wrong_password_a_folder_that_is_not_there_and_no_server_are_told(port: int) -> None:
    with pytest.raises(Stop, match="refuses our name or password"):
        heard(port, address=address(port, "wrong"))
    with pytest.raises(Stop, match="no folder"):
        heard(port, address=address(port, folder="Nowhere"))
    with pytest.raises(Retry, match="does not answer"):
        heard(port, address=f"imap://ida:x@{HOST}:1/")


def test_a_password_that_would_write_commands_of_its_own_is_refused(port: int) -> None:
    with pytest.raises(Stop, match="plain ASCII"):
        heard(port, address=address(port, "x\r\nA1 DELETE INBOX"))
