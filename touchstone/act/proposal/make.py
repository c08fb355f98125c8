"""Ask customers whether they want a fix, an idea or a request: on their own page, in words written for them."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import fixes, votes

WHO = ("insight", "contact_centre")
_LONGEST = 300


def act(store: Any, *, fix: str, words: str) -> dict[str, Any]:
    """{"proposal": its id}: every customer with a page of their own reads these `words` and may vote once.

    Write them for all: nothing that somebody said, no name. Of the fix itself customers read nothing. `Refused`: no
    such fix, no words, and other words than those that some have voted on.
    """
    row = fixes.find(store, id=fix)
    said = " ".join(words.split())
    if not 1 <= len(said) <= _LONGEST:
        raise Refused(f"say it in 1 to {_LONGEST} characters.", field="words", todo="Write what would be different.")
    if row["state"] == "ended":
        raise Refused("this is over.", field="fix", todo="State another.")
    id, new = votes.make(store, fix_id=fix, words=said)
    if new:
        store.log("proposal.make", proposal=id, fix=fix)
    return {"proposal": id}
