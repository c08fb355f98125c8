"""How a delimited file is written: its delimiter, its header, its quoting."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from touchstone.core.errors import Skip
from touchstone.listen import _dates
from touchstone.listen._file import Opened

DELIMITERS = ",;\t|\x01^~"
NONE = "\x1f"  # a file of one column
LOOKED_AT = 1 << 20  # bytes a form is judged by


@dataclass(frozen=True)
class Form:
    """How a delimited file is written, and where its records begin."""

    delimiter: str
    names: list[str]
    start: int  # byte at which the first record begins
    escape: str = ""


def form_of(opened: Opened, told: Mapping[str, str]) -> Form:
    """The form of a text file: what was told, else what its first records show. Raises `Stop` for blanks and HTML."""
    opened.stream.seek(0)
    head = opened.stream.read(LOOKED_AT)
    text = head.decode("utf-8", "replace")
    if not text.strip():
        raise Skip("there is nothing in this file but blanks.", where=opened.path.name, todo="Export it again.")
    if text.lstrip()[:1] == "<":
        raise Skip("this looks like HTML or XML.", where=opened.path.name, todo="Use `listen schema_review` for pages.")
    delimiter = {"tab": "\t", "\\t": "\t"}.get(told.get("delimiter", ""), told.get("delimiter", "")) or _delimiter(text)
    lines = io.StringIO(text, newline="")
    csv.field_size_limit(1 << 30)  # the limit is held where rows are shaped, row by row
    first: list[str] = []
    while not any(cell.strip() for cell in first):
        first = next(csv.reader(lines, delimiter=delimiter), ["?"])
    start = len(text[: lines.tell()].encode("utf-8"))
    width = _width(text, delimiter, len(first))
    escape = "\\" if re.search(r'\\"', text) and '""' not in text.replace('\\""', "") else ""
    if told.get("header", "") == "none" or (not told.get("header") and not is_header(first)):
        return Form(delimiter, [f"column_{n}" for n in range(1, width + 1)], 0, escape)
    return Form(delimiter, named(first, width), start, escape)


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first records into the same number of fields, most fields first."""
    best, found = (0.0, 0.0), NONE
    first = text.lstrip().partition("\n")[0]
    for delimiter in DELIMITERS:
        if delimiter not in first:
            continue
        widths = Counter(len(row) for row in _some_rows(text, delimiter) if row)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and (score := (round(count / sum(widths.values()), 1), float(width))) > best:
            best, found = score, delimiter
    return found if best[0] >= 0.5 else NONE


def _some_rows(text: str, delimiter: str, most: int = 200) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) >= most:
                break
    except csv.Error:
        return rows
    return rows if len(rows) == most else rows[:-1] or rows  # the last one may be cut


def _width(text: str, delimiter: str, header: int) -> int:
    """Fields in a record: the header's number unless nearly all records have another."""
    widths = Counter(len(row) for row in _some_rows(text, delimiter)[1:] if row)
    if not widths:
        return header
    width, count = widths.most_common(1)[0]
    return width if width > header and count >= 0.9 * sum(widths.values()) else header


def is_header(cells: list[str]) -> bool:
    """Whether a first record names columns: no numbers, dates or long texts among its cells."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    data = sum(
        bool(re.fullmatch(r"[-+]?\d+([.,]\d+)?", cell)) or len(cell) > 200 or _dates.readable([cell]) == 1
        for cell in filled
    )
    return bool(filled) and data == 0


def named(cells: list[str], width: int = 0) -> list[str]:
    """Column names from a header: blanks are numbered, and so is a name used before."""
    names: list[str] = []
    for place in range(max(width, len(cells))):
        name = cells[place].strip() if place < len(cells) and cells[place].strip() else f"column_{place + 1}"
        again, bare = 2, name
        while name in names:
            name, again = f"{bare} ({again})", again + 1
        names.append(name)
    return names
