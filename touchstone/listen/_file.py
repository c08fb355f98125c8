"""Opens a file as it comes: finds out what it is, unpacks it within limits, and decodes text to UTF-8."""

from __future__ import annotations

import bz2
import codecs
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from touchstone.core.errors import Stop

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
MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
EUROPEAN = {
    "cp1250",
    "cp1252",
    "cp1254",
    "cp1257",
    "iso8859_15",
    "iso8859_1",
    "latin_1",
    "mac_roman",
    "cp1256",
    "cp1258",
}


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


def open_file(path: str | Path, *, encoding: str = "") -> Opened:
    """The file's contents, unpacked; text as UTF-8 without marks and NUL characters.

    Raises `Stop` for a missing or empty file, a folder, something that is no table, and what unfolds without end.
    """
    path = Path(path)
    _must_be_a_file(path)
    stream: IO[bytes] = path.open("rb")
    opened = Opened(path, "text", stream)
    head = stream.read(64)
    stream.seek(0)
    packing = next((name for magic, name in PACKED.items() if head.startswith(magic)), None)
    if packing:
        opened.stream = _unpacked(_unpack(stream, packing, opened), path)
    elif head.startswith(b"PK\x03\x04"):
        _unzip(opened)
    if opened.kind == "workbook":
        return opened
    head = opened.stream.read(64)
    opened.stream.seek(0)
    if head.startswith(b"PAR1"):
        opened.kind = "parquet"
        return opened
    foreign = next((what for magic, what in FOREIGN.items() if head.startswith(magic)), None)
    if foreign:
        raise Stop(f"this is {foreign}, not a table.", where=path.name, todo="Save it as CSV, XLSX or Parquet.")
    _decode(opened, encoding)
    return opened


def _must_be_a_file(path: Path) -> None:
    if path.is_dir():
        raise Stop("this is a folder.", where=str(path), todo="Name the files in it, one by one.")
    if not path.exists():
        raise Stop("there is no such file.", where=str(path), todo="Look at the spelling of its name.")
    if not path.is_file():
        raise Stop("this is no ordinary file.", where=str(path), todo="Save it to a file first.")
    if path.stat().st_size == 0:
        raise Stop("the file is empty (0 bytes).", where=path.name, todo="Export it again.")


def _unpacked(chunks: Iterator[bytes], path: Path) -> IO[bytes]:
    """The chunks in a nameless file; stops at what unfolds far beyond what tables do."""
    limit = max(UNPACKED_FREELY, UNPACKED_TIMES * path.stat().st_size)
    target = tempfile.TemporaryFile(prefix="touchstone-")  # noqa: SIM115  its reader closes it
    written = 0
    for chunk in chunks:
        written += target.write(chunk)
        if written > limit:
            target.close()
            raise Stop(
                f"it unfolds to more than {limit >> 20:,} MB, far beyond what tables do.",
                where=path.name,
                todo="Unpack it by hand and look at it.",
            )
    if not written:
        raise Stop("nothing is packed in this file.", where=path.name, todo="Export it again.")
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
            raise Stop(f"the archive holds {len(members)} files.", where=where, todo="Unpack it and name one of them.")
        with archive.open(members[0]) as member:
            opened.stream = _unpacked(iter(lambda: member.read(CHUNK), b""), opened.path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise Stop(f"the archive cannot be read ({error}).", where=where, todo="Export it again.") from error


def _weigh(members: list[zipfile.ZipInfo], path: Path) -> None:
    """Stops at a workbook that says it unfolds far beyond what workbooks do."""
    total = sum(each.file_size for each in members)
    if total > max(UNPACKED_FREELY, UNPACKED_TIMES * path.stat().st_size):
        raise Stop(f"it unfolds to {total >> 20:,} MB.", where=path.name, todo="Save the sheet as CSV.")


def _decode(opened: Opened, encoding: str) -> None:
    """Makes `opened.stream` UTF-8 without byte order mark or NUL; names the encoding."""
    stream = opened.stream
    head = stream.read(CHUNK)
    mark, found = next(((mark, name) for mark, name in MARKS if head.startswith(mark)), (b"", ""))
    stream.seek(0)
    if encoding:
        try:
            found = codecs.lookup(encoding).name
        except LookupError as error:
            raise Stop(f"unknown encoding {encoding!r}.", where="set", todo="Try utf-8, cp1252 or utf-16.") from error
    found = found or _wide(head)
    sound, nuls = _is_utf8(stream) if found in ("", "utf-8") else (False, False)
    opened.encoding = found or ("utf-8" if sound else _guessed(stream, opened))
    stream.seek(len(mark))
    if not sound or nuls:
        opened.stream = _rewritten(stream, opened)


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin letters is zero."""
    even, odd = head[0:4000:2], head[1:4000:2]
    if odd.count(0) > 0.7 * max(1, len(odd)) and even.count(0) < 0.2 * len(even):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.7 * max(1, len(even)) and odd.count(0) < 0.2 * len(odd) else ""


def _is_utf8(stream: IO[bytes]) -> tuple[bool, bool]:
    """Whether all of it is sound UTF-8, and whether NUL characters are in it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    nuls = False
    try:
        while chunk := stream.read(8 * CHUNK):
            decoder.decode(chunk)
            nuls = nuls or b"\0" in chunk
    except UnicodeDecodeError:
        return False, nuls
    return True, nuls


def _guessed(stream: IO[bytes], opened: Opened) -> str:
    """The likeliest encoding of text that is not sound UTF-8; UTF-8 where only a few characters are broken."""
    from charset_normalizer import from_bytes

    stream.seek(0)
    sample = bytearray()
    while (chunk := stream.read(8 * CHUNK)) and len(sample) < CHUNK // 2:
        lines = [line for line in chunk.split(b"\n") if not line.isascii()]
        sample += b"\n".join(lines)[: CHUNK // 2]
    text = bytes(sample).decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(not char.isascii() for char in text) - broken > 5 * broken:
        opened.notes.append("some characters are no sound UTF-8: they read as \ufffd")
        return "utf-8"
    best = from_bytes(bytes(sample)).best()
    name = best.encoding if best else "cp1252"
    return "cp1252" if name in EUROPEAN or _reads_as_western(bytes(sample)) else name


def _reads_as_western(sample: bytes) -> bool:
    """Whether the high bytes, read as Windows-1252, are mostly accented letters alone among plain ones."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = [i for i, char in enumerate(text) if not char.isascii()]
    lone = sum(
        (text[i].isalpha() and (i == 0 or text[i - 1].isascii()) and (i + 1 == len(text) or text[i + 1].isascii()))
        or text[i] in "’‘“”–—…€£°«»\xa0"
        for i in letters
    )
    return lone > 0.8 * max(1, len(letters))


def _rewritten(stream: IO[bytes], opened: Opened) -> IO[bytes]:
    decoder = codecs.getincrementaldecoder(opened.encoding)(errors="replace")
    target = tempfile.TemporaryFile(prefix="touchstone-")  # noqa: SIM115  its reader closes it
    while chunk := stream.read(CHUNK):
        target.write(decoder.decode(chunk).replace("\0", "").encode("utf-8", "replace"))
    target.write(decoder.decode(b"", final=True).replace("\0", "").encode("utf-8", "replace"))
    target.seek(0)
    return target
