"""Reviews marked up as schema.org Review: JSON-LD in a file of its own or inside the HTML of a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa

from touchstone.core.errors import Skip
from touchstone.core.tables import UNIT
from touchstone.listen import _dates, _json, _reviews
from touchstone.listen._file import Opened, open_file

_BATCH = 20_000


def listen(
    *,
    path: str | Path,
    source: str | None = None,
    reject: Callable[[dict[str, Any]], None] | None = None,
    since: datetime | None = None,
) -> Iterator[list[dict[str, Any]] | tuple[str, pa.Table]]:
    """The reviews as interactions, in lists, and before them `("unit", table)` where they name places or companies.

    A review's overall rating keeps its `bestRating` and `worstRating` (5 and 1 where the page names none, as
    schema.org says); a rating with a `reviewAspect` becomes an answer about that touchpoint. `AggregateRating` is no
    review and is left out. What has no place is kept in `attributes`.
    """
    rejecting, since = reject or _nowhere, _dates.aware(since)
    units: dict[str, dict[str, str | None]] = {}
    rows: dict[str, dict[str, Any]] = {}
    number = 0
    with open_file(path) as opened:
        for document in _documents(opened, rejecting):
            for node, about in _reviews.found(document):
                number += 1
                try:
                    made = _reviews.interactions(node, about, source=source or Path(path).stem)
                except Skip as why:
                    rejecting({"row": number, "reason": str(why), "record": node})
                    continue
                units.update({unit["id"] or "": unit for unit in _reviews.units(node, about)})
                rows.update({row["source_id"]: row for row in made})
    if not number:
        raise Skip("no schema.org Review was found in it.", where=Path(path).name, todo="`listen table` reads tables.")
    if units:
        yield "unit", pa.Table.from_pylist(list(units.values()), schema=UNIT)
    kept = [row for row in rows.values() if since is None or (row.get("occurred_at") or since) >= since]
    for start in range(0, len(kept), _BATCH):
        yield kept[start : start + _BATCH]


def _nowhere(_row: dict[str, Any]) -> None:
    """Where rejected reviews go when nobody asks for them."""


def _documents(opened: Opened, reject: Callable[[dict[str, Any]], None]) -> Iterator[Any]:
    """The JSON documents of a file: all of it, its lines, or what the scripts of a page hold."""
    text = opened.stream.read().decode("utf-8", "replace")
    if text.lstrip()[:1] == "<":
        page = _Scripts()
        page.feed(text)
        page.close()
        parts = page.scripts
    elif _json.looks_like(text[: 1 << 16]) == "lines":
        parts = [line for line in text.splitlines() if line.strip()]
    else:
        parts = [text]
    for number, part in enumerate(parts, 1):
        try:
            yield _json.cleaned(json.loads(part, strict=False))
        except (ValueError, RecursionError) as error:
            reject(
                {"row": number, "reason": f"not valid JSON-LD ({str(error)[:120]})", "record": {"script": part[:1000]}}
            )


class _Scripts(HTMLParser):
    """Gathers the contents of `<script type="application/ld+json">`."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("type") or ""
        self._inside = tag == "script" and kind.split(";")[0].strip().lower() == "application/ld+json"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data
