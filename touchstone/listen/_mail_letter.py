"""One mail as it came, read: who wrote, when, in answer to what, the words, the files. Nothing in it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from typing import Any

from touchstone.core.errors import Skip
from touchstone.listen import _mail_html

LARGEST = 40 << 20
"""Bytes of a mail: its files take a third more room than they are large."""
_MOST = {b"\n--": 20_000, b"boundary": 200, b"message/rfc822": 50}
"""How often a mail may say what makes parts: each level within another makes every line dearer to read."""
_HEADER = 4_000  # characters of a header
_WORDS = 1_000_000  # characters of one text
_ID = re.compile(r"<[^<>\s]{1,250}>")
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, AssertionError, MessageError, RecursionError)
"""What the standard package raises over mails that keep to no standard."""


@dataclass(frozen=True)
class Letter:
    """A mail: ids in angle brackets, addresses in small letters, `text` with all that was quoted, files by name."""

    id: str
    references: tuple[str, ...]  # what it answers to, the nearest first, then the oldest
    name: str
    address: str
    to: tuple[str, ...]
    subject: str
    at: datetime | None
    text: str
    files: tuple[tuple[str, bytes], ...]
    message: EmailMessage

    @property
    def digest(self) -> str:
        """What two mails under one id are told apart by."""
        return sha256("\n".join((self.address, self.subject, self.text)).encode("utf-8", "replace")).hexdigest()[:16]


def read(raw: bytes, *, now: datetime) -> Letter:
    """The mail; `Skip` for what is none, is too large, or is made to be endless."""
    if len(raw) > LARGEST:
        raise Skip(f"larger than {LARGEST >> 20} MB.", where="mail")
    low = raw.lower()
    if any(low.count(mark) > most for mark, most in _MOST.items()):
        raise Skip("more parts, one within another, than any mail has.", where="mail")
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw.lstrip(b"\r\n"))
        return _letter(message, raw, now)
    except _BROKEN as error:
        raise Skip(f"no mail that can be read ({type(error).__name__}).", where="mail") from error


def _letter(message: EmailMessage, raw: bytes, now: datetime) -> Letter:
    name, address = next(iter(addresses(message, "From")), ("", ""))
    ids = _ids(message, "Message-ID")
    if not address and not ids:
        raise Skip("no mail: it says neither its sender nor an id.", where="mail")
    nearest = [*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))]
    made = sha256(raw.replace(b"\r\n", b"\n")).hexdigest()[:32]
    return Letter(
        id=ids[0] if ids else f"<{made}@without-id>",
        references=tuple(dict.fromkeys(nearest)),
        name=name,
        address=address,
        to=tuple(each for header in ("To", "Cc") for _, each in addresses(message, header))[:20],
        subject=header(message, "Subject"),
        at=_instant(message, now),
        text=_text(message),
        files=tuple(_files(message)),
        message=message,
    )


def header(message: Message, name: str) -> str:
    """A header as one line, decoded; of headers that are there twice the first, of long ones their beginning.

    Bytes that are no ASCII are read as UTF-8, else as Windows-1252: many programs send them as they are.
    """
    for key, value in message.raw_items():
        if key.lower() != name.lower():
            continue
        told = _unescaped(str(value)[:_HEADER])
        with suppress(*_BROKEN):
            told = str(policy.default.header_fetch_parse(name, " ".join(told.split())))
        return _clean(" ".join(told.split()))
    return ""


def addresses(message: Message, name: str) -> list[tuple[str, str]]:
    """(name, address) of each address in a header that has an @."""
    with suppress(*_BROKEN):
        found = getaddresses([header(message, name)])
        return [(_clean(who)[:200], each.strip().casefold()) for who, each in found
                if re.fullmatch(r"[^\s@<>]{1,128}@[^\s@<>]{1,253}", each.strip())]  # fmt: skip
    return []


def parts(message: Message) -> Iterator[Message]:
    """The parts that are no containers, in order; what was passed on whole is one of them, and not looked into."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if inner(part) and part.get_content_maintype() == "multipart":
            waiting.extend(reversed(inner(part)))
        else:
            yield part


def inner(part: Message) -> list[Message]:
    """The parts within a part; none where it holds text or bytes."""
    held: Any = part.get_payload()
    return [each for each in held if isinstance(each, Message)] if isinstance(held, list) else []


def content(part: Message) -> bytes:
    """The bytes of a part, whatever its encoding says."""
    if whole := inner(part):  # a mail within the mail
        with suppress(*_BROKEN):
            return b"\r\n".join(each.as_bytes() for each in whole)
        return b""
    with suppress(*_BROKEN):
        found = part.get_payload(decode=True)
        return found if isinstance(found, bytes) else b""
    return str(part.get_payload()).encode("utf-8", "surrogateescape")


def decoded(part: Message) -> str:
    """A part that is text, in the character set it says; where that does not fit, UTF-8, else Windows-1252."""
    held = content(part)
    for charset in (str(part.get_content_charset() or ""), "utf-8"):
        with suppress(LookupError, UnicodeDecodeError):
            return _clean(held.decode(charset or "ascii"))
    return _clean(held.decode("cp1252", "replace"))


def _text(message: EmailMessage) -> str:
    """Its words: plain text where there is some, else what its HTML shows; of several texts one after the other."""
    plain, html = [], []
    for part in parts(message):
        if _is_file(part):
            continue
        if _kind(part) == "text/plain":
            plain.append(decoded(part))
        elif _kind(part) == "text/html":
            html.append(_mail_html.text(decoded(part)[:_WORDS]))
    whole = "\n\n".join(each.strip() for each in plain if each.strip()) or "\n\n".join(html)
    return whole.replace("\r\n", "\n").replace("\r", "\n").strip()[:_WORDS]


def _kind(part: Message) -> str:
    """What a part says that it is; parts that are not there after all make it text."""
    return "text/plain" if part.get_content_maintype() == "multipart" else part.get_content_type()


def _is_file(part: Message) -> bool:
    with suppress(*_BROKEN):
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    return True


def _files(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """Whatever is no text of its own, by name; signatures of the mail itself are passed over."""
    for part in parts(message):
        kind = _kind(part)
        if not _is_file(part) and kind in ("text/plain", "text/html"):
            continue
        if kind in ("application/pgp-signature", "application/pkcs7-signature", "message/delivery-status"):
            continue
        yield _name(part, kind), content(part)


def _name(part: Message, kind: str) -> str:
    with suppress(*_BROKEN):
        if told := _clean(_unescaped(str(part.get_filename() or ""))):
            return told[:300]
    return f"unnamed.{'eml' if kind == 'message/rfc822' else kind.partition('/')[2].lower()[:20] or 'bin'}"


def _ids(message: Message, name: str) -> list[str]:
    value = next((str(each) for key, each in message.raw_items() if key.lower() == name.lower()), "")
    return [_clean(_unescaped(each)) for each in _ID.findall(value[-_HEADER * 4 :])][-100:]


def ids_within(part: Message) -> list[str]:
    """Message-IDs of a mail, or of the head of one, that is passed on in a part."""
    if inner(part):
        return [id for each in inner(part) for id in _ids(each, "Message-ID")]
    found = re.search(r"^message-id:\s*(<[^<>\s]{1,250}>)", decoded(part)[:100_000], re.IGNORECASE | re.MULTILINE)
    return [found[1]] if found else []


def _instant(message: EmailMessage, now: datetime) -> datetime | None:
    """When it was written; where that cannot be, or lies ahead, when it came; else not known."""
    received = header(message, "Received").rpartition(";")[2]
    for told in (header(message, "Date"), received):
        with suppress(*_BROKEN, OverflowError):
            at = parsedate_to_datetime(told)
            at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
            if datetime(1971, 1, 1, tzinfo=UTC) < at < now + timedelta(days=1):
                return at
    return None


def _unescaped(value: str) -> str:
    held = value.encode("utf-8", "surrogateescape")
    with suppress(UnicodeDecodeError):
        return held.decode("utf-8")
    return held.decode("cp1252", "replace")


def _clean(value: str) -> str:
    """Without what no database keeps: lone surrogates and NUL."""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
