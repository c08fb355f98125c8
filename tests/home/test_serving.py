"""The real process: mail that waits leaves by itself, once, and Ctrl-C ends it cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import touchstone
from tests._mail import mailbox
from touchstone.store import outbox

PATIENCE = 30.0


def serving(home: Path, smtp: str) -> subprocess.Popen[bytes]:
    """`touchstone serve` of a home, at a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"TOUCHSTONE_SMTP": smtp, "TOUCHSTONE_MAIL_FROM": "cx@example.com"}
    command = [sys.executable, "-m", "touchstone", "serve", "--home", str(home), "--port", str(port)]
    return subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.PIPE)


def until(wanted: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE
    while not wanted() and time.monotonic() < ends:
        time.sleep(0.05)
    assert wanted()


def test_waiting_mail_leaves_once_though_two_serve_and_both_stop_cleanly(tmp_path: Path) -> None:
    made = touchstone.open(tmp_path, taxonomy="auto_dealer")
    message = {"kind": "mail", "to": "ida@example.com", "subject": "Thank you", "text": "It is mended.", "key": "1"}
    outbox.put(made.store, **message)
    with mailbox() as (smtp, mails):
        both = [serving(tmp_path, smtp), serving(tmp_path, smtp)]
        try:
            until(lambda: mails)
            time.sleep(1.0)  # the other has had its look too
        finally:
            for each in both:
                each.send_signal(signal.SIGINT)
            told = [each.communicate(timeout=PATIENCE)[1].decode() for each in both]
    assert len(mails) == 1
    assert [each.returncode for each in both] == [0, 0], told
    assert not [each for each in told if "Traceback" in each]


def test_what_is_stopped_while_it_still_starts_stops_cleanly_too(tmp_path: Path) -> None:
    touchstone.open(tmp_path, taxonomy="auto_dealer").store.close()
    early = serving(tmp_path, "")
    assert early.stderr is not None
    assert b"Touchstone is on" in early.stderr.readline()
    early.send_signal(signal.SIGINT)
    told = early.communicate(timeout=PATIENCE)[1].decode()
    assert (early.returncode, told) == (0, "")
