"""Switches, as a block of a page: each is an action that turns something on or off."""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.core.page import Note


@dataclass(frozen=True)
class Switch:
    """One of them: what it is called, what it means, whether it is on, and the fields that turn it over."""

    label: str
    means: str
    on: bool
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Switches(Note):
    """Switches under the heading `text`, explained by `todo`; all send to `action`."""

    action: str = ""
    rows: tuple[Switch, ...] = ()
