"""A table whose lines are chosen and worked on together, and a page that is told when something has changed."""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.core.page import Grid, Page


@dataclass(frozen=True)
class Deed:
    """What can be done with the chosen lines: an action that takes `ids`; `field` and `value` are sent with it."""

    action: str
    label: str
    key: str = ""
    field: str = ""
    value: str = ""


@dataclass(frozen=True)
class Worklist(Grid):
    """Lines to be worked on: the first cell of each leads to it; `ids`, line by line, are what actions take."""

    ids: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()  # line by line: bad presses, good does not
    deeds: tuple[Deed, ...] = ()
    more: tuple[Deed, ...] = ()  # further ones, folded away
    back: str = ""
    earlier: str = ""  # addresses of the lines before and after these
    later: str = ""


@dataclass(frozen=True)
class LivePage(Page):
    """A page that is looked at again when its `topic` has news."""

    topic: str = ""
