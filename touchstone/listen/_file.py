"""Opens a file as it comes: finds out what it is, unpacks it within limits, and decodes text to UTF-8."""

from __future__ import annotations

import bz2
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from touchstone.core.errors import Skip, Stop
from touchstone.listen._encoding import decoded

CHUNK = 1 << 20
UNPACKED_FREELY = 256 << 20  # bytes a packed file may unfold to whatever its size
UNPACKED_TIMES = 200  # beyond that, how many times its own size: real tables stay under 50
PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
FOREIGN = {
    b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture",
    b"\xd0\xcf\x11\xe0": "an old .xls workbook",
    b"SQLite format 3": "a SQLite database", b"\x7fELF": "a program", b"MZ": "a program", b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive", b"OggS": "sound", b"ID3": "sound", b"RIFF": "sound",
}  # fmt: skip


@dataclass
class Opened:
    """What a file turned out to be: its kind (parquet, workbook or text), its bytes, and what was noticed."""

    path: Path
    kind: str
    stream: IO[bytes]
    encoding: str = ""
    cut_short: str = ""
    notes: list[str] = field(default_factory=list)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def become(self, stream: IO[bytes]) -> None:
        """Goes on with other bytes, and closes those there were."""
        before, self.stream = self.stream, stream
        before.close()


def open_file(path: str | Path, *, encoding: str = "") -> Opened:
    """The file's contents, unpacked; text as UTF-8 without marks and NUL characters.

    Raises `Stop` for a missing or empty file, a folder, something that is no table, and what unfolds without end.
    """
    path = Path(path)
    _must_be_a_file(path)
    try:
        opened = Opened(path, "text", path.open("rb"))
    except PermissionError as error:
        raise Stop("it may not be read.", where=str(path), todo="Ask for the right to read it.") from error
    with ExitStack() as stack:  # closes what was opened, unless all goes well
        stack.push(opened)
        _find_out(opened, encoding)
        stack.pop_all()
    return opened


def _find_out(opened: Opened, encoding: str) -> None:
    """What the file is, unpacked and decoded."""
    head = _head(opened)
    packing = next((name for magic, name in PACKED.items() if head.startswith(magic)), None)
    if packing:
        opened.become(_unpacked(_unpack(opened.stream, packing, opened), opened.path))
    elif head.startswith(b"PK\x03\x04"):
        _unzip(opened)
    if opened.kind == "workbook":
        return
    head = _head(opened)
    foreign = next((what for magic, what in FOREIGN.items() if head.startswith(magic)), None)
    if foreign:
        todo = "Save it as CSV, XLSX or Parquet."
        raise Skip(f"this is {foreign}, not a table.", where=opened.path.name, todo=todo)
    if head.startswith(b"PAR1"):
        opened.kind = "parquet"
    else:
        stream, opened.encoding, note = decoded(opened.stream, encoding)
        opened.notes += [note] if note else []
        if stream is not opened.stream:
            opened.become(stream)


def _head(opened: Opened) -> bytes:
    head = opened.stream.read(64)
    opened.stream.seek(0)
    return head


def _must_be_a_file(path: Path) -> None:
    if path.is_dir():
        raise Stop("this is a folder.", where=str(path), todo="Name the files in it, one by one.")
    if not path.exists():
        raise Stop("there is no such file.", where=str(path), todo="Look at the spelling of its name.")
    if not path.is_file():
        raise Stop("this is no ordinary file.", where=str(path), todo="Save it to a file first.")
    if path.stat().st_size == 0:
        raise Skip("the file is empty (0 bytes).", where=path.name, todo="Export it again.")


def _unpacked(chunks: Iterator[bytes], path: Path) -> IO[bytes]:
    """The chunks in a nameless file; stops at what unfolds far beyond what tables do."""
    limit = max(UNPACKED_FREELY, UNPACKED_TIMES * path.stat().st_size)
    target = tempfile.TemporaryFile(prefix="touchstone-")  # noqa: SIM115 - its reader closes it
    written = 0
    for chunk in chunks:
        written += target.write(chunk)
        if written > limit:
            target.close()
            raise Skip(
                f"it unfolds to more than {limit >> 20:,} MB, far beyond what tables do.",
                where=path.name,
                todo="Unpack it by hand and look at it.",
            )
    if not written:
        raise Skip("nothing is packed in this file.", where=path.name, todo="Export it again.")
    target.seek(0)
    return target


def _unpack(stream: IO[bytes], packing: str, opened: Opened) -> Iterator[bytes]:
    """What is packed, in chunks; a file cut short gives what it still holds."""
    try:
        if packing == "zstd":
            yield from _zstd(stream)
        else:
            yield from _members(stream, packing, opened)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        opened.cut_short = f"the packed file is damaged or cut short ({error})"


def _members(stream: IO[bytes], packing: str, opened: Opened) -> Iterator[bytes]:
    makers: dict[str, Any] = {
        "gzip": lambda: zlib.decompressobj(31),
        "bzip2": bz2.BZ2Decompressor,
        "xz": lzma.LZMADecompressor,
    }
    unpacker, waiting = makers[packing](), b""
    while True:
        waiting = waiting or stream.read(CHUNK)
        if not waiting and getattr(unpacker, "needs_input", True):
            break
        yield unpacker.decompress(waiting, 4 * CHUNK)
        waiting = getattr(unpacker, "unconsumed_tail", b"")
        if unpacker.eof:
            waiting = unpacker.unused_data or stream.read(CHUNK)
            if not waiting.strip(b"\0"):
                return
            unpacker = makers[packing]()
    opened.cut_short = "the packed file is cut short"


def _zstd(stream: IO[bytes]) -> Iterator[bytes]:
    with pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd") as unpacker:
        while chunk := unpacker.read(CHUNK >> 4):
            yield chunk


def _unzip(opened: Opened) -> None:
    """A workbook stays as it is; of an archive the one table in it is taken."""
    where = opened.path.name
    try:
        archive = zipfile.ZipFile(opened.stream)
        members = [
            each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX")
        ]
        if any(each.filename == "xl/workbook.xml" for each in members):
            _weigh(members, opened.path)
            opened.stream.seek(0)
            opened.kind = "workbook"
            return
        if len(members) != 1:
            raise Skip(f"the archive holds {len(members)} files.", where=where, todo="Unpack it and name one of them.")
        with archive.open(members[0]) as member:
            content = _unpacked(iter(lambda: member.read(CHUNK), b""), opened.path)
        opened.become(content)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise Skip(f"the archive cannot be read ({error}).", where=where, todo="Export it again.") from error


def _weigh(members: list[zipfile.ZipInfo], path: Path) -> None:
    """Stops at a workbook that says it unfolds far beyond what workbooks do."""
    total = sum(each.file_size for each in members)
    if total > max(UNPACKED_FREELY, UNPACKED_TIMES * path.stat().st_size):
        raise Skip(f"it unfolds to {total >> 20:,} MB.", where=path.name, todo="Save the sheet as CSV.")
