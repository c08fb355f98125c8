"""Rows that could not be used: one file per source, each row once with its reason, however often the source is read."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class Rejects:
    """The folder of rejects of a home."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, set[int]] = {}

    def add(self, rows: Iterable[dict[str, Any]]) -> Path | None:
        """Appends rows not there yet to <source>.jsonl; the last file written to, None where nothing was new."""
        fresh: dict[Path, list[str]] = defaultdict(list)
        for row in rows:
            path = self._folder / f"{_name(row)}.jsonl"
            line = json.dumps(row, ensure_ascii=False, default=str)
            known = self._lines(path)
            if hash(line) not in known:
                known.add(hash(line))
                fresh[path].append(line + "\n")
        for path, lines in fresh.items():
            self._folder.mkdir(exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.writelines(lines)
        return next(reversed(fresh), None)

    def _lines(self, path: Path) -> set[int]:
        """What the file holds, read once, as hashes of its lines."""
        if path not in self._known:
            there = path.read_text("utf-8").splitlines() if path.exists() else []
            self._known[path] = {hash(line) for line in there}
        return self._known[path]


def _name(row: dict[str, Any]) -> str:
    source = str(row.get("source", ""))
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in source) or "unknown"
