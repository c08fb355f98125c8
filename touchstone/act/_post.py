"""How a message leaves: mail by SMTP, webhooks by the guarded client."""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from touchstone.core import outgoing
from touchstone.core.errors import Refused, Retry, Skip, Stop
from touchstone.core.settings import Settings
from touchstone.rules import webhook
from touchstone.store import secret as sealing

SECONDS = 20
File = tuple[str, str, bytes]
"""Name, media type and content."""


class Post:
    """One round of the postman: the mail server is called once, when the first mail is to go."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._settings: Settings = store.settings
        self._server: smtplib.SMTP | None = None
        self._away = False

    def __enter__(self) -> Post:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server is not None:
            self._server.close()

    def deliver(self, row: Mapping[str, Any], *, files: Sequence[File] = ()) -> None:
        """Sends one message; `Stop` where settings are missing, `Refused` for good, `Retry` for now."""
        if row["kind"] == "webhook":
            _call(row, self._store)
        else:
            self._mail(row, files)

    def _mail(self, row: Mapping[str, Any], files: Sequence[File]) -> None:
        message = written(row, sender=self._settings.mail_from, files=files)
        if self._away:  # who did not answer once is not waited for two hundred times
            raise Retry("the mail server does not answer.", where="smtp")
        try:
            self._server = self._server or _called(self._settings.smtp)
            self._server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise (Refused if code >= 500 else Retry)(f"the mail server refuses this recipient ({code}).") from error
        except smtplib.SMTPResponseException as error:
            self._server = None
            raise (Refused if 500 <= error.smtp_code < 600 else Retry)(
                f"the mail server says {error.smtp_code}.", where="smtp"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            self._server, self._away = None, True
            raise Retry(f"the mail server does not answer ({type(error).__name__}).", where="smtp") from error


def written(row: Mapping[str, Any], *, sender: str, files: Sequence[File] = ()) -> EmailMessage:
    """The message as it goes: text, HTML and files where there are some. `Refused` where an address is none."""
    if not sender:
        raise Stop("who sends is not set.", where="mail_from", todo="Set `mail_from` to an address.")
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = sender, row["to"], row["subject"]
        for name, value in row["headers"].items():
            message[name] = value
    except (ValueError, MessageError, IndexError) as error:  # a line break in a subject, say: nobody adds headers
        raise Refused(f"this cannot stand in a mail ({error}).", field="to", todo="Mend the address.") from error
    if "@" not in parseaddr(row["to"])[1]:
        raise Refused("this is no mail address.", field="to", todo="Write name@host.")
    message["Date"] = format_datetime(row["created_at"])
    message["Message-ID"] = f"<{row['id']}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message.set_content(row["text"])
    if row["html"]:
        message.add_alternative(row["html"], subtype="html")
    for name, media_type, content in files:
        kind, _, subtype = media_type.partition("/")
        charset = {"charset": "utf-8"} if kind == "text" else {}
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name, params=charset)
    return message


def _called(address: str) -> smtplib.SMTP:
    parts = urlsplit(address)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        todo = "Set `smtp` to smtp://user:password@host:587, smtps://… or smtp://127.0.0.1:25."
        raise Stop("there is no mail server.", where="smtp", todo=todo)
    server = _connected(parts)
    if parts.username:
        try:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        except smtplib.SMTPAuthenticationError as error:  # no fault of the mail, which waits until it is mended
            todo = "Mend the name and password in `smtp`."
            raise Stop("the mail server refuses our password.", where="smtp", todo=todo) from error
    return server


def _connected(parts: SplitResult) -> smtplib.SMTP:
    """The server, over TLS wherever it offers it; a password is never sent without."""
    host, secure = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=secure)
    server = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=secure)
        server.ehlo()
    elif parts.username:
        server.close()
        raise Stop("the mail server offers no TLS for a password.", where="smtp", todo="Use smtps:// or no password.")
    return server


def key(store: Any, address: str) -> bytes:
    """What messages to a webhook are signed with: another key for each receiver."""
    return sealing.derived(store.path, f"webhook {address}")


def _call(row: Mapping[str, Any], store: Any) -> None:
    body = json.dumps({"id": row["id"], "subject": row["subject"], "text": row["text"]}, ensure_ascii=False).encode()
    signed = webhook.headers(key(store, row["to"]), id=row["id"], at=store.now, body=body)
    headers = {"Content-Type": "application/json", **row["headers"], **signed}
    answer = outgoing.send("POST", row["to"], headers=headers, body=body, allowed=store.settings.reachable_hosts)
    if answer.status >= 500 or answer.status == 429:
        raise Retry(f"the receiver says {answer.status}.", where="webhook", todo="It is tried again.")
    if answer.status >= 300:
        raise Skip(f"the receiver says {answer.status}.", where="webhook", todo="Look at the address.")
