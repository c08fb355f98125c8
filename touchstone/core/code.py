"""A code to scan, as a block of a page."""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.core.page import Note


@dataclass(frozen=True)
class Code(Note):
    """A note to print: `text` above a code, `todo` below it; `snippet` puts what it leads to into a site."""

    address: str = ""  # what it leads to
    svg: str = ""
    place: str = ""
    snippet: str = ""
    file: str = ""  # address of the code alone
