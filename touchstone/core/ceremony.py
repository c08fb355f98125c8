"""What a browser does with a passkey, as a block of a page."""

from __future__ import annotations

from dataclasses import dataclass

from touchstone.core.page import Field, Note


@dataclass(frozen=True)
class Ceremony(Note):
    """A form that a passkey fills: `kind` is create or get, `options` say what the browser asks of it, as JSON.

    `todo` says what it takes where no script runs.
    """

    action: str = ""
    kind: str = "get"
    options: str = ""
    fields: tuple[Field, ...] = ()
    button: str = ""
