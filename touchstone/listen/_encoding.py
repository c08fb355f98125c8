"""Finds out how text is encoded and makes it UTF-8."""

from __future__ import annotations

import codecs
import re
import tempfile
from typing import IO

from touchstone.core.errors import Stop

CHUNK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
WESTERN = frozenset("àâäáãåæçèéêëìíîïñòóôöõøœùúûüýÿßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜÝ’‘“”–—…€£°«»¿¡\xa0")
"""What Windows-1252 text writes with high bytes."""


def decoded(stream: IO[bytes], encoding: str) -> tuple[IO[bytes], str, str]:
    """The text as UTF-8 without byte order mark and NUL characters (the same stream where it is so already, at its
    first character), the encoding it had, and a note where characters are broken."""
    head = stream.read(CHUNK)
    stream.seek(0)
    mark, found = next(((mark, name) for mark, name in MARKS if head.startswith(mark)), (b"", ""))
    if encoding:
        try:
            found = codecs.lookup(encoding).name
        except LookupError as error:
            raise Stop(f"unknown encoding {encoding!r}.", where="set", todo="Try utf-8, cp1252 or utf-16.") from error
    found = found or _wide(head)
    sound, unclean = _is_utf8(stream) if found in ("", "utf-8") else (False, False)
    note = ""
    if not found and not sound:
        found, note = _guessed(stream)
    stream.seek(len(mark))
    if sound and not unclean and not mark:
        return stream, "utf-8", ""
    return _rewritten(stream, found or "utf-8"), found or "utf-8", note


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin letters is zero."""
    even, odd = head[0:4000:2], head[1:4000:2]
    if odd.count(0) > 0.7 * max(1, len(odd)) and even.count(0) < 0.2 * len(even):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.7 * max(1, len(even)) and odd.count(0) < 0.2 * len(odd) else ""


def _is_utf8(stream: IO[bytes]) -> tuple[bool, bool]:
    """Whether it is sound UTF-8, and whether something is to be taken out: NULs, half a character at the end."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    nuls = False
    try:
        while chunk := stream.read(8 * CHUNK):
            decoder.decode(chunk)
            nuls = nuls or b"\0" in chunk
    except UnicodeDecodeError:
        return False, nuls
    return True, nuls or bool(decoder.getstate()[0])


def _guessed(stream: IO[bytes]) -> tuple[str, str]:
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
        return "utf-8", "some characters are no sound UTF-8: they read as \ufffd"
    if _reads_as_western(bytes(sample)):
        return "cp1252", ""
    best = from_bytes(bytes(sample)).best()
    return (best.encoding if best else "cp1252"), ""


def _reads_as_western(sample: bytes) -> bool:
    """Whether the high bytes, read as Windows-1252, are accented letters, at most two in a row, or its quotes."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    runs = re.findall(r"[^\x00-\x7f]+", text)
    western = sum(len(run) <= 2 and all(char in WESTERN for char in run) for run in runs)
    return western > 0.8 * len(runs)


def _rewritten(stream: IO[bytes], encoding: str) -> IO[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    target = tempfile.TemporaryFile(prefix="touchstone-")  # noqa: SIM115 - its reader closes it
    while chunk := stream.read(CHUNK):
        target.write(decoder.decode(chunk).replace("\0", "").encode("utf-8", "replace"))
    target.write(decoder.decode(b"", final=True).replace("\0", "").encode("utf-8", "replace"))
    target.seek(0)
    return target
