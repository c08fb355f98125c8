"""What a key is for: it opens what its scopes name of what its account may, and never a door of its own."""

from __future__ import annotations

from collections.abc import Sequence

from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer

SCOPES = {
    "read": "read whatever its account may",
    "measure": "measure",
    "decide": "optimise",
    "pages": "read pages",
    "receive": "send interactions",
    "act": "do whatever its account may, but for accounts and keys",
}
PEOPLE = ("account", "key", "passkey", "second_factor")
"""Actions that open and close doors: these take a person."""


def check(scopes: Sequence[str]) -> tuple[str, ...]:
    """The scopes of a new key, each once; `Refused` where one is unknown or none is given."""
    stray = [each for each in scopes if each not in SCOPES]
    if stray or not scopes:
        what = f"{stray[0]!r} is no scope." if stray else "a key without a scope opens nothing."
        raise Refused(what, field="scopes", todo=f"Choose of: {', '.join(SCOPES)}.")
    return tuple(dict.fromkeys(scopes))


def reads(scopes: Sequence[str], *, room: str) -> bool:
    """Whether a key of these scopes reads in a room; without a room, whether it may know what there is."""
    return not room or "read" in scopes or room in scopes or (room == "act" and "receive" in scopes)


def acts(scopes: Sequence[str], *, action: str) -> bool:
    """Whether a key of these scopes does an action."""
    if action == "receive" and "receive" in scopes:
        return True
    return "act" in scopes and action.partition(".")[0] not in PEOPLE


def check_reads(viewer: Viewer, *, room: str) -> None:
    """Nothing where `viewer` comes without a key, or with one that reads in `room`; `Refused` where not."""
    if viewer.key and not reads(viewer.scopes, room=room):
        raise Refused(f"This key is not for reading {room}.", todo="Make one with the scope `read`.")


def check_acts(viewer: Viewer, *, action: str) -> None:
    """Nothing where `viewer` comes without a key, or with one that does `action`; `Refused` where not."""
    if viewer.key and not acts(viewer.scopes, action=action):
        raise Refused(f"This key is not for {action}.", todo="Ask for one whose scope names it, or sign in.")
