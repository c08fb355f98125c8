"""Looks for strings in every file of a folder: as they are, encoded, and within whatever is packed, however deep."""

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

DEEP = 4


def holding(folder: Path, strings: list[str]) -> list[str]:
    """The files, and places within them, that hold any of the strings: none where nothing is left."""
    forms = {form: text for text in strings for form in _forms(text)}
    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        for place, content in _unpacked(path.name, path.read_bytes(), DEEP):
            low = content.lower()
            found += [f"{path.relative_to(folder)} {place}: {text}" for form, text in forms.items() if form in low]
    return sorted(set(found))


def _forms(text: str) -> Iterator[bytes]:
    """The text as bytes in lower case: plain, in JSON, in UTF-16, in base64 wherever it begins, in hexadecimal."""
    for written in (text, json.dumps(text)[1:-1]):
        yield written.lower().encode()
        yield written.lower().encode("utf-16-le")
        for shift in range(3):
            within = base64.b64encode(b"\0" * shift + written.encode())
            yield within[4 if shift else 0 : len(within) // 4 * 4 - 4].lower()
        yield written.encode().hex().encode()


def _unpacked(place: str, content: bytes, deep: int) -> Iterator[tuple[str, bytes]]:
    """The content, and what is packed within it."""
    yield place, content
    if deep:
        for name, inner in _inside(content):
            yield from _unpacked(f"{place}/{name}", inner, deep - 1)


def _inside(content: bytes) -> Iterator[tuple[str, bytes]]:
    if content[:4] == b"PAR1":
        yield from _columns(parquet.read_table(io.BytesIO(content)))
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            yield from ((name, file.read(name)) for name in file.namelist())
    elif content[:2] == b"\x1f\x8b":
        yield "gzip", gzip.decompress(content)
    elif content[:4] == b"\x28\xb5\x2f\xfd":
        yield "zstd", pa.CompressedInputStream(pa.BufferReader(content), "zstd").read()
    elif content[:2] in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield "zlib", zlib.decompressobj().decompress(content)
    elif content[:16] == b"SQLite format 3\0":
        yield from _blobs(content)


def _columns(table: pa.Table) -> Iterator[tuple[str, bytes]]:
    for name in table.column_names:
        yield name, "\n".join(str(value) for value in table[name].to_pylist() if value is not None).encode()


def _blobs(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every cell of a database that is bytes; its texts and its free pages are in the file as it is."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content[:18] + b"\1\1" + content[20:])  # a file in memory has no log beside it
    for (name,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
        for row in connection.execute(f'select * from "{name}"'):
            yield from ((name, cell) for cell in row if isinstance(cell, bytes))
    connection.close()
