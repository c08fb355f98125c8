"""Dismiss a theme that is none: it is not shown, in later runs neither."""

from __future__ import annotations

from typing import Any

from touchstone.act import _themes

WHO = ("insight",)


def act(store: Any, *, theme: str) -> dict[str, Any]:
    """{"decision": id, "new": bool}: texts of `theme` are of no theme until this is undone.

    `Refused`: there is no such theme.
    """
    _themes.theme(store, theme)
    return _themes.decide(store, "dismiss", theme)
