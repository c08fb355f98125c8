"""A way in steps, as a block of a page."""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.core.page import Note


@dataclass(frozen=True)
class Steps(Note):
    """A way, named by `text`: each step with its name, when it was reached, and whether it is done, here, left or open.

    What is left was passed over.
    """

    steps: tuple[tuple[str, str, str], ...] = ()
