"""What a home offers whoever asks, whichever door they come by: one set of checks, in one set of words."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_type_hints

import pyarrow as pa
from pydantic import TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

from touchstone.core import finder
from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import METRIC
from touchstone.core.viewer import Viewer
from touchstone.home.rows import ordered, plain
from touchstone.rules import scope, who

if TYPE_CHECKING:
    from touchstone.core.page import Page
    from touchstone.home import Home

OPEN_TO = {"measure": ("insider", "partner")}
"""Who may compute in a room; elsewhere insiders alone: what leans on other units is not recomputed from a slice."""
SCOPED = {"show": "pages"}
"""The word of a key's scope for a room, where it is not the room's own."""


def open_to(room: str, name: str) -> tuple[str, ...]:
    """For whom a part is: what it says itself, else what its room says."""
    found: tuple[str, ...] = getattr(finder.part(room, name), "WHO", OPEN_TO.get(room, ("insider",)))
    return found


def names(room: str, *, viewer: Viewer) -> list[str]:
    """The parts of a room that `viewer` may use, with a key only those it is for; none for an outsider."""
    if viewer.side == "outsider":
        return []
    keyed = bool(viewer.key)
    if keyed and room != "act" and not scope.reads(viewer.scopes, room=SCOPED.get(room, room)):
        return []
    found = [name for name in finder.names(room) if who.may(viewer, who=open_to(room, name))]
    return [name for name in found if room != "act" or not keyed or scope.acts(viewer.scopes, action=name)]


def check(viewer: Viewer, room: str, name: str) -> None:
    """Nothing where `viewer`, and the key they come with, may use a part; `Refused` with the reason where not."""
    if viewer.side == "outsider":
        raise Refused("This is for accounts of this home.", todo="Ask an insider for a role.")
    if room == "act":
        scope.check_acts(viewer, action=name)
    else:
        scope.check_reads(viewer, room=SCOPED.get(room, room))
    who.check(viewer, who=open_to(room, name), what=name if room in ("act", "show") else f"{room} {name}")


def act(home: Home, name: str, *, viewer: Viewer, given: dict[str, Any]) -> Any:
    """Does an action as `viewer` and gives back what came out; a field that is missing or wrong is `Refused`."""
    check(viewer, "act", name)
    if named := sorted(finder.files("act", name) & set(given)):
        todo = "Do it there, on the command line."
        raise Refused("files of the machine are read at the machine alone.", field=named[0], todo=todo)
    chosen = finder.arguments("act", name, {field: _value(name, field, value) for field, value in given.items()})
    if missing := finder.missing("act", name, chosen):
        raise Refused(f"{missing[0]} is missing.", field=missing[0], todo="Fill it in.")
    return finder.verb("act", name)(home.store.as_viewer(viewer), **chosen)


def rows(home: Home, room: str, name: str, *, viewer: Viewer, given: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of one measure or optimiser over what `viewer` may see, as `touchstone measure … --format json` has them.

    What leans on others (shrinkage, ranks, alarms) a partner's slice cannot tell: where `run` stored the very figures
    asked for, a partner is given those, so that head office and dealer see one truth.
    """
    check(viewer, room, name)
    chosen = finder.arguments(room, name, given)
    ask = home.ask(viewer)
    table = finder.verb(room, name)(ask, **chosen)
    by = list(chosen.get("by", ()))
    if room == "measure" and viewer.side == "partner" and chosen.keys() <= {"by"}:
        table = _stored(ask, name, table, by) or table
    return [ordered(each, by) if room == "measure" else each for each in plain(table)]


def _stored(ask: Ask, name: str, measured: pa.Table, by: Sequence[str]) -> pa.Table | None:
    """The stored rows of a measure by the same columns as `measured`, of those the asker may see; None without any.

    They come in the order of `measured`. Where a slice tells nothing at all, they are those cut by `by` first.
    """
    order = {frozenset(each): place for place, each in enumerate(measured["by"].to_pylist())}
    cuts = {frozenset(dict(each)) for each in order}
    columns = ", ".join(f'"{each}"' for each in METRIC.names)
    told = ask.lake(f"SELECT {columns} FROM metric WHERE name = ? ORDER BY id", [name])
    kept = []
    for place, row in enumerate(told["by"].to_pylist()):
        cut = [name for name, _ in row]
        if frozenset(cut) in cuts or (not cuts and by and set(cut[: len(by)]) == set(by)):
            kept.append((order.get(frozenset(row), len(order)), row, place))
    return told.take([place for _, _, place in sorted(kept)]) if kept else None


def asked(home: Home, name: str, *, viewer: Viewer, filters: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """What the page `name` asks of the home as `viewer`, and its filters; one left blank narrows nothing."""
    check(viewer, "show", name)
    chosen = finder.arguments("show", name, {field: text for field, text in filters.items() if text != ""})
    return home.ask(viewer, remember=True), chosen


def page(home: Home, name: str, *, viewer: Viewer, filters: dict[str, Any]) -> Page:
    """The page `name`, narrowed to `viewer` and by `filters`."""
    ask, chosen = asked(home, name, viewer=viewer, filters=filters)
    shown: Page = finder.verb("show", name)(ask, **chosen)
    return shown


def fields(room: str, name: str) -> dict[str, tuple[dict[str, Any], bool]]:
    """The settings of a part that a program can send, each as (JSON Schema, whether it must be sent)."""
    hints = get_type_hints(finder.verb(room, name))
    found = {}
    for field, parameter in finder.settings(room, name).items():
        if "Path" in str(parameter.annotation):
            continue  # files of the machine are read at the machine alone
        try:
            schema = _whole(TypeAdapter(hints.get(field, str)).json_schema())
        except (PydanticSchemaGenerationError, PydanticUserError):
            continue  # a tool for Python callers (a progress function, say): nothing a program could send
        found[field] = (schema, parameter.default is inspect.Parameter.empty)
    return found


def schema(room: str, name: str) -> dict[str, Any]:
    """The settings of a part as the JSON Schema of one object."""
    own = fields(room, name)
    return {
        "type": "object",
        "properties": {field: each for field, (each, _) in own.items()},
        "required": [field for field, (_, required) in own.items() if required],
        "additionalProperties": False,
    }


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without definitions of its own: each stands where it is referred to."""
    kinds = {f"#/$defs/{name}": kind for name, kind in schema.pop("$defs", {}).items()}

    def put(each: Any) -> Any:
        if isinstance(each, list):
            return [put(one) for one in each]
        if not isinstance(each, dict):
            return each
        return put(kinds[each["$ref"]]) if each.get("$ref") in kinds else {key: put(one) for key, one in each.items()}

    whole: dict[str, Any] = put(schema)
    return whole


def _value(name: str, field: str, value: Any) -> Any:
    """A text for a field that takes an object, read as JSON or as lines of `name=value`."""
    annotation = str(finder.settings("act", name).get(field, inspect.Parameter.empty))
    if not isinstance(value, str) or "dict[" not in annotation:
        return value
    try:
        return json.loads(value)
    except ValueError:
        pairs = [line.partition("=") for line in value.splitlines() if line.strip()]
    if not all(middle for _, middle, _ in pairs):
        raise Refused("neither JSON nor lines of name=value.", field=field, todo="Write one name=value a line.")
    return {left.strip(): right.strip() for left, _, right in pairs}
