"""Split a theme: its texts that say certain words become a theme of their own."""

from __future__ import annotations

import hashlib
from typing import Any

from touchstone.act import _themes
from touchstone.core.errors import Refused

WHO = ("insight",)


def act(store: Any, *, theme: str, words: str) -> dict[str, Any]:
    """{"decision": id, "new": bool, "theme": id of the new theme}: texts of `theme` that say one of `words` leave it.

    `words` are words or two-word runs, parted by commas, of those the theme is told by. `Refused`: there is no such
    theme, or no text of it says them.
    """
    _themes.theme(store, theme)
    chosen = sorted({" ".join(each.lower().split()) for each in words.split(",") if each.strip()})
    if not chosen:
        raise Refused("which words?", field="words", todo="Name one or more, parted by commas.")
    into = hashlib.sha256("\x1f".join(["split", theme, *chosen]).encode()).hexdigest()[:12]
    made = _themes.decide(store, "split", theme, words=chosen, into=into)
    if made["new"] and into not in _themes.known(store):
        _themes.keep(store, {"takes_back": made["decision"]})
        raise Refused("no text of this theme says them.", field="words", todo="Take words that the theme is told by.")
    return {**made, "theme": into}
