"""Files of a home: each kept once, under the hash of its content, for as long as a row of the record names it.

What is written or let go is so within a writing transaction of the record, of which there is one at a time.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

FOLDER = "files"


def digest(content: bytes) -> str:
    """What a file is kept under."""
    return sha256(content).hexdigest()


def keep(home: Path, content: bytes) -> None:
    """Keeps a file; one that is there already stays."""
    path = home / FOLDER / digest(content)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    passing = path.with_suffix(".part")
    with open(passing, "wb", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)


def read(home: Path, name: str) -> bytes | None:
    """The content of the file under this digest; None where it is gone, is not what it was, or was never taken."""
    if not name:
        return None
    try:
        content = (home / FOLDER / name).read_bytes()
    except FileNotFoundError:
        return None
    return content if digest(content) == name else None


def let_go(home: Path, name: str) -> None:
    """Takes out the file under this digest."""
    (home / FOLDER / name).unlink(missing_ok=True)


def sweep(home: Path, *, named: Collection[str]) -> None:
    """Takes out every file that is not among those `named`, and what was left half-written."""
    folder = home / FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in named:
            path.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
