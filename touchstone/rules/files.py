"""Which files may go with an answer: told by what is in them, and what they are called must agree. Pure."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection

from touchstone.core.errors import Refused

KINDS = {
    "pdf": ("application/pdf", ("pdf",)),
    "png": ("image/png", ("png",)),
    "jpeg": ("image/jpeg", ("jpg", "jpeg")),
    "gif": ("image/gif", ("gif",)),
    "webp": ("image/webp", ("webp",)),
    "heic": ("image/heic", ("heic", "heif")),
    "txt": ("text/plain", ("txt",)),
    "csv": ("text/csv", ("csv",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ("pptx",)),
    "odt": ("application/vnd.oasis.opendocument.text", ("odt",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", ("ods",)),
    "odp": ("application/vnd.oasis.opendocument.presentation", ("odp",)),
}
"""Kind → its media type and what its files may end in."""
LONGEST = 120  # characters of a name
_BEGINNINGS = (
    ("pdf", rb"%PDF-"), ("png", rb"\x89PNG\r\n\x1a\n"), ("jpeg", rb"\xff\xd8\xff"), ("gif", rb"GIF8[79]a"),
    ("webp", rb"RIFF....WEBP"), ("heic", rb"....ftyp(?:heic|heix|hevc|mif1)"),
)  # fmt: skip
_PARTS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_MACROS = re.compile(r"(?:^|/)(?:vbaProject\.bin|Basic/|Scripts/|macrosheets/)", re.IGNORECASE)


def kind(content: bytes, *, ending: str = "") -> str:
    """What a file is, by its content; empty: nothing of KINDS, or an office file with macros.

    Plain text has no mark of its own: it is what its `ending` says, of those that are plain text.
    """
    for name, beginning in _BEGINNINGS:
        if re.match(beginning, content, re.DOTALL):
            return name
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return (ending if ending in ("txt", "csv") else "txt") if _is_text(content) else ""


def checked(name: str, content: bytes, *, types: Collection[str]) -> tuple[str, str]:
    """The name as it is kept, and the media type; `Refused` where the content is none of `types` or named otherwise."""
    shown = plain(name)
    ending = shown.rpartition(".")[2].casefold() if "." in shown else ""
    found = kind(content, ending=ending)
    if not content or found not in types:
        todo = f"Send one of: {', '.join(sorted(types))}; office files without macros."
        raise Refused(f"{shown or 'the file'} is no kind of file that is taken.", field="files", todo=todo)
    media_type, endings = KINDS[found]
    if ending not in endings:
        raise Refused(f"{shown or 'the file'} is not what its name says.", field="files", todo=f"It is {found}.")
    return shown, media_type


def plain(name: str) -> str:
    """A name without folders and without signs that are not seen; what is too long is cut before its ending."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(each if unicodedata.category(each)[0] != "C" else " " for each in last)
    whole = " ".join(seen.split()).lstrip(".")
    stem, dot, ending = whole.rpartition(".")
    return whole if len(whole) <= LONGEST else f"{stem[: LONGEST - 10].rstrip()}{dot}{ending[:9]}"


def _office(content: bytes) -> str:
    """Which office format a packed file is; empty where it is none, or carries macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            names = file.namelist()
            if any(_MACROS.search(each) for each in names):
                return ""
            if "[Content_Types].xml" in names:
                return next((made for part, made in _PARTS.items() if any(each.startswith(part) for each in names)), "")
            with file.open("mimetype") as told:
                said = told.read(200).decode("ascii", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return ""
    return next((name for name in ("odt", "ods", "odp") if KINDS[name][0] == said), "")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text)
