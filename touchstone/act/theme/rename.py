"""Rename a theme: the name stays over every later run."""

from __future__ import annotations

from typing import Any

from touchstone.act import _themes

WHO = ("insight",)


def act(store: Any, *, theme: str, name: str) -> dict[str, Any]:
    """{"decision": id, "new": bool}: the theme is called `name` from now on; said again, it keeps nothing.

    `Refused`: there is no such theme, or no name of 1 to 80 characters.
    """
    _themes.theme(store, theme)
    return _themes.decide(store, "rename", theme, name=_themes.called(name))
