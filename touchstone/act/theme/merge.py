"""Merge a theme into another, which keeps its id and its name."""

from __future__ import annotations

from typing import Any

from touchstone.act import _themes
from touchstone.core.errors import Refused

WHO = ("insight",)


def act(store: Any, *, theme: str, into: str) -> dict[str, Any]:
    """{"decision": id, "new": bool}: texts of `theme` are texts of `into`, in every later run too.

    `Refused`: one of them is no theme, or both are the same.
    """
    if theme == into:
        raise Refused("a theme is not merged into itself.", field="into", todo="Choose another theme.")
    _themes.theme(store, theme)
    _themes.theme(store, into, field="into")
    return _themes.decide(store, "merge", theme, into=into)
