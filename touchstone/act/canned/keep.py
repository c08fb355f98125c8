"""Keep an answer for again, under a name."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import messages

WHO = ("contact_centre",)
_LONGEST = 80


def act(store: Any, *, name: str, text: str, language: str = "en") -> dict[str, Any]:
    """The answer of this name is this text from now on: {"canned": its id}.

    `{name}` in it becomes the customer's name, `{me}` yours. `Refused`: no name or no words.
    """
    if not 0 < len(name.strip()) <= _LONGEST:
        raise Refused(f"1 to {_LONGEST} characters.", field="name", todo="Give it a short name.")
    if not text.strip():
        raise Refused("there are no words.", field="text", todo="Write the answer.")
    id = messages.keep(store, name=name.strip(), text=text.strip(), language=language.strip().lower() or "en")
    store.log("canned.keep", canned=id)
    return {"canned": id}
