"""Attach files to the answer you are writing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from touchstone.core.errors import Refused
from touchstone.core.upload import Upload, packed
from touchstone.store import messages

WHO = ("contact_centre", "partner")


def act(
    store: Any, *, conversation: str, files: Sequence[Upload] = (), file: str | Path | None = None
) -> dict[str, Any]:
    """{"attachments": ids of all files that go with your draft there}; the same file is kept with it once.

    `file` is one of the machine, on the command line. `Refused`: no file, a kind that the setting `attachment_types`
    does not name (told by its content), one whose name says another kind, too many, or too large together.
    """
    given = [*files, *([_read(Path(file))] if file else [])]
    if not given:
        raise Refused("there is no file.", field="files", todo="Choose one.")
    ids = messages.attach(store, conversation=conversation, uploads=given)
    store.log("message.attach", attachments=ids)
    return {"attachments": ids}


def _read(path: Path) -> Upload:
    if not path.is_file():
        raise Refused("there is no such file.", field="file", where=str(path), todo="Check the path.")
    return packed(path.name, path.read_bytes())
