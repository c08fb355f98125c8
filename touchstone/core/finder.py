"""Finds the parts of a room: lists its folder and imports a file when it is asked for. There is no registry."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_type_hints

from touchstone.core.errors import Refused, Stop

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

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
    return list(_names(room))


@cache
def _names(room: str) -> tuple[str, ...]:
    """The folder is listed once: a page asks for these names a dozen times."""
    folder = Path(__file__).parent.parent / room
    own = [
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.rglob("*.py")
        if not any(part.startswith("_") for part in path.relative_to(folder).parts)
    ]
    return tuple(sorted({*own, *_guests(room)}))


@cache
def _guests(room: str) -> dict[str, EntryPoint]:
    """Parts that other installed packages bring; read once, for it takes a look at every package."""
    from importlib.metadata import entry_points  # a third of what the command line would import

    return {entry.name: entry for entry in entry_points(group=f"touchstone.{room}")}


def part(room: str, name: str) -> ModuleType:
    """The module of one part; a name nobody has is a `Stop` that lists the names there are."""
    if name not in names(room):
        raise Stop(f"there is no {room} named {name!r}.", todo=f"Known: {', '.join(names(room))}.")
    if (guest := _guests(room).get(name)) is not None:
        module: ModuleType = guest.load()
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


def files(room: str, name: str) -> set[str]:
    """The settings that name a file of the machine, which is nobody's business from elsewhere."""
    return {field for field, each in settings(room, name).items() if "Path" in str(each.annotation)}


def missing(room: str, name: str, given: Collection[str]) -> list[str]:
    """The settings that must be given and are not, in order."""
    return [field for field, each in settings(room, name).items() if each.default is each.empty and field not in given]


def arguments(room: str, name: str, texts: Mapping[str, Any]) -> dict[str, Any]:
    """`texts` (setting → value, as a door receives them) turned into what the part's settings are annotated as.

    A list may be written with commas, an object as JSON. An unknown setting, or a text that does not read as its type,
    is `Refused` and names the field.
    """
    hints = get_type_hints(verb(room, name))
    known = settings(room, name)
    if stray := [field for field in texts if field not in known]:
        offered = ", ".join(known) or "none"
        raise Refused(f"{name} has no setting {stray[0]!r}.", field=stray[0], todo=f"Its settings: {offered}.")
    return {field: _cast(field, value, hints.get(field, Any)) for field, value in texts.items()}


def _shortened(value: Any) -> str:
    """A value as it is told in an error: a file's content is not."""
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]} …"


def _cast(field: str, value: Any, annotation: Any) -> Any:
    """One value as the type its annotation names; pydantic's lax reading of texts ("yes" is true, "5" is 5)."""
    from pydantic import TypeAdapter, ValidationError  # only where a door has texts to turn

    if isinstance(value, str) and "Sequence[" in str(annotation) and "Mapping[" not in str(annotation):
        value = [each.strip() for each in value.split(",") if each.strip()]
    try:
        if isinstance(value, str) and "dict[" in str(annotation):
            return TypeAdapter(annotation).validate_json(value)
        return TypeAdapter(annotation).validate_python(value)
    except ValidationError as error:
        raise _misread(field, value, dict(error.errors()[0])) from error


def _misread(field: str, value: Any, error: Mapping[str, Any]) -> Refused:
    """What is wrong with a value, in words for who typed it; in pydantic's own where it is a program's mistake."""
    shown, kind = _shortened(value), str(error["type"]).partition("_")[0]
    if kind == "literal":
        known = re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))
        return Refused(f"{shown} is none of these.", field=field, todo=f"Choose one of: {', '.join(known)}.")
    what, todo = {
        "int": (f"{shown} is not a whole number.", "Write it in figures: 12."),
        "float": (f"{shown} is not a number.", "Write it in figures: 12.5."),
        "finite": (f"{shown} is not a number.", "Write it in figures: 12.5."),
        "bool": (f"{shown} is neither yes nor no.", "Choose one of: true, false."),
        "date": (f"{shown} is not a day.", "Write 2026-12-24."),
        "datetime": (f"{shown} is not a time.", "Write 2026-12-24T10:00."),
    }.get(kind, (f"{shown}: {error['msg']}.", "Give a valid value."))
    return Refused(what, field=field, todo=todo)
