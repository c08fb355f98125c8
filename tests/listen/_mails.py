"""Mails as programs write them, made by the standard package, and what a source makes of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from touchstone.core.tables import ARRIVING, conform
from touchstone.listen.mail import listen

DATE = "Mon, 02 Mar 2026 09:00:00 +0100"


def mail(text: str = "Nowhere to park.", *, id: str = "<1@mail.example>", **headers: str) -> EmailMessage:
    """A mail of Ida's; `headers` by their names with underscores, an empty one is left out."""
    made = EmailMessage()
    told = {"From": "Ida Ibsen <ida@mail.example>", "To": "cx@example.com", "Date": DATE, "Message-ID": id}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in told.items():
        if value:
            made[name] = value
    made.set_content(text)
    return made


@dataclass
class Heard:
    """What a folder of mails turned into."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    persons: list[dict[str, Any]] = field(default_factory=list)
    enclosed: list[dict[str, Any]] = field(default_factory=list)
    returned: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]

    def told(self, place: int = 0) -> dict[str, Any]:
        """The attributes of a row."""
        found: dict[str, Any] = json.loads(self.rows[place]["attributes"])
        return found


def heard(folder: Path, *mails: EmailMessage | bytes, **settings: Any) -> Heard:
    """The mails, one file each, through the source."""
    folder.mkdir(exist_ok=True)
    for number, each in enumerate(mails):
        (folder / f"{number:03}.eml").write_bytes(each if isinstance(each, bytes) else each.as_bytes())
    made = Heard()
    for item in listen(path=folder, reject=made.rejected.append, **settings):
        if isinstance(item, tuple):
            name = {"person": "persons"}.get(item[0], item[0])
            getattr(made, name).extend(item[1].to_pylist())
        else:
            made.rows += conform(item, ARRIVING).to_pylist()
    return made


def bounce(about: str, *, code: str = "5.1.1", action: str = "failed") -> bytes:
    """A report of delivery as a mail server writes it (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: cx@example.com
Return-Path: <>
Auto-Submitted: auto-replied
Message-ID: <report{code}{action}@mx.example>
Date: {DATE}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ida@mail.example
Action: {action}
Status: {code}
Diagnostic-Code: smtp; 550 {code} user unknown

--b
Content-Type: text/rfc822-headers

Subject: Re: your message
Message-ID: {about}

--b--
""".encode()
