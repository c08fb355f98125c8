"""What a home knows of mail, as a source that reads mail asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

PREFIX = "mail-"


@dataclass(frozen=True)
class Sent:
    """A mail of ours or of a customer's: the conversation it stands in, who it went to or came from, and about what."""

    thread: str | None = None
    person: str | None = None
    address: str = ""
    unit: str | None = None


@dataclass(frozen=True)
class Known:
    """Of some Message-IDs and addresses, all that the home knows; without a home nothing."""

    kept: Mapping[str, str] = field(default_factory=dict)  # Message-ID of an interaction → digest of what it says
    sent: Mapping[str, Sent] = field(default_factory=dict)  # Message-ID → the mail
    persons: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # address → person and level


Knows = Callable[[Sequence[str], Sequence[str]], Known]
"""Message-IDs and addresses → what is known of them."""
EMPTY = Known()


def nothing(_ids: Sequence[str], _addresses: Sequence[str]) -> Known:
    """What is known where there is no home."""
    return EMPTY


def called(address: str) -> str:
    """The id of a person of whom an address is all that is known: it gives the address away to nobody."""
    return f"{PREFIX}{sha256(address.encode()).hexdigest()[:20]}" if address else ""
