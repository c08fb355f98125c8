"""Finds the parts of a room: lists its folder and imports a file when it is asked for. There is no registry."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from touchstone.core.errors import Stop

ROOMS = {
    "listen": "listen",
    "understand": "understand",
    "connect": "connect",
    "measure": "measure",
    "decide": "decide",
    "share": "share",
    "act": "act",
    "show": "show",
}
"""Verb rooms and the verb each part's one public function bears."""


def names(room: str) -> list[str]:
    """The public parts of `room`, in order; a part in a noun folder is `noun.part`. Imports nothing."""
    folder = Path(__file__).parent.parent / room
    own = [
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.rglob("*.py")
        if not any(part.startswith("_") for part in path.relative_to(folder).parts)
    ]
    return sorted({*own, *(entry.name for entry in entry_points(group=f"touchstone.{room}"))})


def part(room: str, name: str) -> ModuleType:
    """The module of one part; a name nobody has is a `Stop` that lists the names there are."""
    if name not in names(room):
        raise Stop(f"there is no {room} named {name!r}.", todo=f"Known: {', '.join(names(room))}.")
    for entry in entry_points(group=f"touchstone.{room}", name=name):
        module: ModuleType = entry.load()
        return module
    return importlib.import_module(f"touchstone.{room}.{name}")


def verb(room: str, name: str) -> Callable[..., Any]:
    """The one public function of a part."""
    function: Callable[..., Any] = getattr(part(room, name), ROOMS[room])
    return function


def summary(room: str, name: str) -> str:
    """The first line of a part's docstring."""
    return (inspect.getdoc(part(room, name)) or "").partition("\n")[0]


def settings(room: str, name: str) -> dict[str, inspect.Parameter]:
    """A part's own settings: its keyword-only arguments, by name."""
    parameters = inspect.signature(verb(room, name)).parameters.values()
    return {each.name: each for each in parameters if each.kind is each.KEYWORD_ONLY}
