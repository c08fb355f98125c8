"""What people decide about themes: renamed, merged, split, dismissed, promoted; replayed over every run. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERBS = ("rename", "merge", "split", "promote", "dismiss")
Labels = NDArray[np.object_]


@dataclass(frozen=True)
class Edit:
    """One decision about `theme`: `name` it gets, theme it goes `into`, `words` that leave it, `touchpoint` it becomes.

    `into` is also the id of the theme that the words of a split make. `telling` are the theme's words at the time, by
    which it is known again where nothing else is left of it.
    """

    id: str
    verb: str
    theme: str
    name: str = ""
    into: str = ""
    words: tuple[str, ...] = ()
    touchpoint: str = ""
    telling: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edited:
    """The theme of each text after all edits (empty: none); by theme the `names` given, touchpoints `promoted`."""

    theme: Labels
    names: dict[str, str] = field(default_factory=dict)
    promoted: dict[str, str] = field(default_factory=dict)


def standing(corrections: Iterable[dict[str, Any]]) -> list[Edit]:
    """The edits that hold, in order; what takes one back may be taken back itself."""
    rows = [(str(row["id"]), json.loads(row["change"] or "{}")) for row in corrections if row["table"] == "theme"]
    undone: set[str] = set()
    for id, change in reversed(rows):
        if id not in undone and "takes_back" in change:
            undone.add(str(change["takes_back"]))
    return [_edit(id, change) for id, change in rows if id not in undone and change.get("verb") in VERBS]


def _edit(id: str, change: dict[str, Any]) -> Edit:
    words, telling = (tuple(str(each) for each in change.get(name) or ()) for name in ("words", "telling"))
    verb, theme, name, into, touchpoint = (
        str(change.get(field) or "") for field in ("verb", "theme", "name", "into", "touchpoint")
    )
    return Edit(id, verb, theme, name=name, into=into, words=words, touchpoint=touchpoint, telling=telling)


def edited(found: Labels, edits: Sequence[Edit], says: Callable[[tuple[str, ...]], NDArray[np.bool_]]) -> Edited:
    """The themes that were `found`, by text, after the edits in order; `says` tells which texts say some words."""
    theme = found.copy()
    names: dict[str, str] = {}
    promoted: dict[str, str] = {}
    for each in edits:
        if each.verb == "rename":
            names[each.theme] = each.name
        elif each.verb == "merge":
            theme[theme == each.theme] = each.into
        elif each.verb == "split":
            theme[(theme == each.theme) & says(each.words)] = each.into
        elif each.verb == "dismiss":
            theme[theme == each.theme] = ""
        elif each.verb == "promote":
            promoted[each.theme] = each.touchpoint
    return Edited(theme, names, promoted)
