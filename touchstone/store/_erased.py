"""Who was erased: a list beside the record that outlives the restoring of an older record, and names nobody.

Its first line is a key; every further one the keyed hash of a person, and when. What a source or an older back-up
brings back is held against it. Whoever restores a whole folder puts the newest list back before opening the home.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

NAME = "erased.jsonl"


class Erased:
    """The list of one home; read anew whenever the file has changed."""

    def __init__(self, home: Path) -> None:
        self._path = home / NAME
        self._read: tuple[int, int] = (0, 0)
        self._key, self._entries = b"", list[tuple[str, datetime]]()

    def add(self, person: str, *, at: datetime) -> int:
        """Writes a person on the list, for good; returns their place on it, from 1."""
        with open(self._path, "a+", encoding="utf-8", opener=_private) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not file.tell():
                file.write(json.dumps({"key": secrets.token_hex(32)}) + "\n")
                file.flush()
            self._look()
            file.write(json.dumps({"person": self._hashed(person), "at": at.isoformat()}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return len(self)

    def __len__(self) -> int:
        self._look()
        return len(self._entries)

    def among(self, people: Iterable[str | None], *, after: int = 0) -> dict[str, datetime]:
        """Those of `people` who stand on the list after its first `after` entries, and when each was last erased."""
        self._look()
        since = dict(self._entries[after:])
        if not since:
            return {}
        hashed = ((each, self._hashed(each)) for each in people if each is not None)
        return {each: since[key] for each, key in hashed if key in since}

    def without(self, chunk: pa.Table) -> pa.Table:
        """Arriving interactions less those of an erased person that do not say they happened after the erasure."""
        if not len(self):
            return chunk
        gone = self.among(pc.unique(chunk["person"]).to_pylist())
        for who, at in gone.items():
            later = pc.fill_null(pc.greater(chunk["occurred_at"], pa.scalar(at, chunk["occurred_at"].type)), False)
            theirs = pc.fill_null(pc.equal(chunk["person"], who), False)
            chunk = chunk.filter(pc.or_(later, pc.invert(theirs)))
        return chunk

    def naming(self, row: dict[str, Any]) -> bool:
        """Whether any cell of a row is the id of an erased person."""
        return bool(len(self)) and bool(self.among(_cells(row)))

    def _look(self) -> None:
        """Reads the list where it is not what was read last."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._read, self._key, self._entries = (0, 0), b"", []
            return
        if (found.st_size, found.st_mtime_ns) == self._read:
            return
        first, *lines = [json.loads(line) for line in self._path.read_text("utf-8").splitlines() if line.endswith("}")]
        self._key = bytes.fromhex(first["key"])
        self._entries = [(each["person"], datetime.fromisoformat(each["at"])) for each in lines]
        self._read = (found.st_size, found.st_mtime_ns)

    def _hashed(self, person: str) -> str:
        return hashlib.blake2b(person.encode(), key=self._key, digest_size=16).hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _cells(value: Any) -> list[str]:
    """Every text within a row, however deep."""
    if isinstance(value, dict):
        return [each for held in value.values() for each in _cells(held)]
    if isinstance(value, list | tuple):
        return [each for held in value for each in _cells(held)]
    return [value] if isinstance(value, str) else []
