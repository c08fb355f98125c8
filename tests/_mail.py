"""A real mail server on loopback, for tests: what arrives is kept."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Kept:
    """The mails that arrived; a recipient at `gone.example` is refused for good, one at `busy.example` for now."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """The answer to one recipient."""
        for host, answer in (("gone.example", "550 nobody here"), ("busy.example", "451 later")):
            if address.endswith(f"@{host}"):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keeps one mail."""
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"


@contextmanager
def mailbox() -> Iterator[tuple[str, list[EmailMessage]]]:
    """The address of a mail server that runs while the block does, and what arrived there."""
    kept = Kept()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield f"smtp://127.0.0.1:{port}", kept.mails
    finally:
        server.stop()
