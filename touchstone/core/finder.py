"""Finds the parts of a room: lists its folder and imports a file when it is asked for. There is no registry."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from touchstone.core.errors import Refused, Stop

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


def arguments(room: str, name: str, texts: Mapping[str, Any]) -> dict[str, Any]:
    """`texts` (setting → value, texts as a door receives them) turned into what the part's settings are annotated as.

    An unknown setting, or a text that does not read as its type, is `Refused` and names the field.
    """
    known = settings(room, name)
    made: dict[str, Any] = {}
    for field, value in texts.items():
        if field not in known:
            offered = ", ".join(known) or "none"
            raise Refused(f"{name} has no setting {field!r}.", field=field, todo=f"Its settings: {offered}.")
        made[field] = _cast(field, value, str(known[field].annotation)) if isinstance(value, str) else value
    return made


def _cast(field: str, text: str, annotation: str) -> Any:
    """One text as the type its annotation names: bool, int, float, a comma-separated list, or the text itself."""
    try:
        if "bool" in annotation and text.casefold() in _TRUTHS:
            return _TRUTHS[text.casefold()]
        if "Sequence" in annotation or "list[" in annotation or "tuple[" in annotation:
            return [each.strip() for each in text.split(",") if each.strip()]
        if "int" in annotation.split("[")[0] and "str" not in annotation:
            return float(text) if "float" in annotation and not text.lstrip("-").isdigit() else int(text)
        if "float" in annotation and "str" not in annotation:
            return float(text)
    except ValueError as error:
        raise Refused(f"{text!r} is not a number.", field=field, todo="Give a number.") from error
    if annotation.split(" |")[0] == "bool":
        raise Refused(f"{text!r} is neither true nor false.", field=field, todo="Give true or false.")
    return text


_TRUTHS = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
