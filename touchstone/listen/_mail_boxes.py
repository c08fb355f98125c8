"""Mails out of files: one mail, an mbox, a Maildir, a folder of mails. Nothing is moved, marked or locked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from touchstone.core.errors import Stop
from touchstone.listen._mail_letter import LARGEST

Raw = tuple[str, bytes]
"""Where a mail lies, and what is in it."""
_ENDINGS = (".eml", ".mbox", ".mbx", "")


def read(path: Path) -> Iterator[Raw]:
    """The mails at a path, in order of their names; a mail too large comes cut, one byte longer than may be."""
    if path.is_dir():
        for file in _files(path):
            yield from _file(file, str(file.relative_to(path)))
    elif path.is_file():
        yield from _file(path, path.name)
    else:
        raise Stop("there is no such file or folder.", where=str(path), todo="Give a mail, an mbox or a Maildir.")


def _files(folder: Path) -> list[Path]:
    """Of a Maildir what is new and current, without its subfolders; else every mail and mbox of the folder."""
    if (folder / "cur").is_dir() or (folder / "new").is_dir():
        return sorted(each for part in ("cur", "new") for each in (folder / part).glob("*") if each.is_file())
    return sorted(each for each in folder.rglob("*") if each.is_file() and each.suffix.lower() in _ENDINGS)


def _file(path: Path, name: str) -> Iterator[Raw]:
    with path.open("rb") as file:
        if file.read(5) != b"From ":
            file.seek(0)
            yield name, file.read(LARGEST + 1)
            return
    yield from _mbox(path, name)


def _mbox(path: Path, name: str) -> Iterator[Raw]:
    """The mails of an mbox: each begins behind an empty line with `From `; `>From ` within one is `From `."""
    held: list[bytes] = []
    size, number, empty = 0, 0, True
    with path.open("rb") as file:
        for line in file:
            if empty and line.startswith(b"From "):
                if number:
                    yield f"{name} {number}", b"".join(held)
                held, size, number = [], 0, number + 1
            elif size <= LARGEST:
                held.append(line[1:] if line.lstrip(b">").startswith(b"From ") and line[:1] == b">" else line)
                size += len(line)
            empty = not line.strip()
    yield f"{name} {number}", b"".join(held)
