"""Mails out of a mailbox on a server, over IMAP: read, never marked, moved or deleted."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from socket import socket
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from touchstone.core import outgoing
from touchstone.core.errors import Retry, Stop
from touchstone.listen._mail_letter import LARGEST

Raw = tuple[str, bytes]
_AT_ONCE = 50
_ID = re.compile(rb"(<[^<>\s]{1,250}>)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ADDRESS = "Write imaps://user:password@host/FOLDER."


@dataclass(frozen=True)
class Mailbox:
    """A folder on a server; `known` says which Message-IDs are there already, `reached` is told how far it was read."""

    address: str
    allowed: Collection[str]
    known: Callable[[list[str]], Collection[str]]
    reached: Callable[[str], None]

    def read(self, *, since: datetime, after: str = "") -> Iterator[Raw]:
        """The mails that came from that day on and after the mark `after`, less those known; the oldest first.

        `Retry` where the server does not answer, `Stop` where it refuses us or the address is none.
        """
        parts = urlsplit(self.address)
        try:
            with _connected(parts, self.allowed) as server:
                _signed_in(server, parts)
                mark, waiting = _waiting(server, parts, since, after)
                for start in range(0, len(waiting), _AT_ONCE):
                    yield from self._fetched(server, waiting[start : start + _AT_ONCE])
        except (imaplib.IMAP4.error, OSError) as error:
            kind = type(error).__name__
            raise Retry(f"the mailbox does not answer ({kind}).", where="imap", todo="Try later.") from error
        if waiting:
            self.reached(f"{mark}:{waiting[-1]}")

    def _fetched(self, server: imaplib.IMAP4, uids: list[int]) -> Iterator[Raw]:
        """Those of a few mails that are not known yet, one by one, each asked for by its own number."""
        _, heads = server.uid("FETCH", ",".join(map(str, uids)), "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        ids: dict[int, str] = {}
        for each in heads or []:
            if isinstance(each, tuple) and (number := re.search(rb"UID (\d+)", each[0])):
                found = _ID.search(each[1])
                ids[int(number[1])] = found[1].decode("utf-8", "replace") if found else ""
        there = set(self.known([id for id in ids.values() if id]))
        for uid in uids:
            if ids.get(uid) not in there:
                _, body = server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST + 1}>)")
                yield from ((f"UID {uid}", each[1]) for each in body or [] if isinstance(each, tuple))


def _waiting(server: imaplib.IMAP4, parts: SplitResult, since: datetime, after: str) -> tuple[str, list[int]]:
    """How the folder numbers its mails, and the numbers of those to read; another numbering begins anew."""
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if server.select(_quoted(folder), readonly=True)[0] != "OK":
        raise Stop(f"the mailbox has no folder {folder!r}.", where="imap", todo=_ADDRESS)
    held = server.response("UIDVALIDITY")[1]
    mark = held[0].decode() if held and held[0] else "0"
    before, _, last = after.rpartition(":")
    low = int(last) if before == mark and last.isdecimal() else 0
    day = f"{since.day:02}-{_MONTHS[since.month - 1]}-{since.year}"
    wanted = ("UID", f"{low + 1}:*") if low else ("SINCE", day)
    found = server.uid("SEARCH", *wanted)[1]
    return mark, sorted(uid for each in (found[0] or b"").split() if (uid := int(each)) > low)


def _signed_in(server: imaplib.IMAP4, parts: SplitResult) -> None:
    try:
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        _quoted(password)  # refused where it is none; the standard package quotes it itself
        server.login(_quoted(name), password)
    except imaplib.IMAP4.error as error:
        todo = "Mend the name and password in `imap`."
        raise Stop("the mailbox refuses our name or password.", where="imap", todo=todo) from error


def _quoted(text: str) -> str:
    """A text as IMAP takes it, whatever is in it; a line break would end the command."""
    if not text.isascii() or any(each < " " for each in text):
        raise Stop("names and passwords of a mailbox are plain ASCII.", where="imap", todo=_ADDRESS)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _connected(parts: SplitResult, allowed: Collection[str]) -> imaplib.IMAP4:
    """The server: over TLS from the first byte, or by STARTTLS; a password is never sent without."""
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise Stop("there is no mailbox.", where="imap", todo=f"{_ADDRESS} Or give a file or folder of mails.")
    context = ssl.create_default_context()
    if parts.scheme == "imaps":
        return _Safe(parts.hostname, parts.port or 993, allowed, context)
    server = _Plain(parts.hostname, parts.port or 143, allowed)
    if "STARTTLS" in server.capabilities:
        server.starttls(context)
    elif parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        server.shutdown()
        raise Stop("the mailbox offers no TLS for a password.", where="imap", todo="Use imaps://.")
    return server


class _Plain(imaplib.IMAP4):
    """A connection through the one guarded way out."""

    def __init__(self, host: str, port: int, allowed: Collection[str]) -> None:
        self._allowed = allowed
        super().__init__(host, port, timeout=outgoing.SECONDS)

    def _create_socket(self, _timeout: Any) -> socket:
        return outgoing.connected(self.host, self.port, allowed=self._allowed)


class _Safe(_Plain):
    """The same under TLS from the first byte, for the host that was named."""

    def __init__(self, host: str, port: int, allowed: Collection[str], context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(host, port, allowed)

    def _create_socket(self, timeout: Any) -> socket:
        return self._context.wrap_socket(super()._create_socket(timeout), server_hostname=self.host)
