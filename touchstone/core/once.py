"""What is told once, as a block of a page."""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.core.page import Note


@dataclass(frozen=True)
class Once(Note):
    """A note with `lines` to copy, which nobody can ask for again; `text` says what they are."""

    lines: tuple[str, ...] = ()
