"""A file that somebody sends along, as every door takes it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from touchstone.core.errors import Refused

MOST = 10
"""Files sent at once."""


@dataclass(frozen=True)
class Upload:
    """A file: what it is called, and its content in base64, so that it travels as JSON does."""

    name: str
    content: str

    @property
    def plain(self) -> bytes:
        """The content itself; `Refused` where it is not base64."""
        try:
            return base64.b64decode(self.content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused("the content is not base64.", field="files", todo="Encode the file's bytes.") from error


def packed(name: str, content: bytes) -> Upload:
    """An upload of these bytes."""
    return Upload(name, base64.b64encode(content).decode("ascii"))
