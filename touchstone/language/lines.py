"""JSON lines in: ids, texts and what is asked of each, in blocks of bounded size."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from touchstone.core.errors import Skip, Stop

AT_ONCE = 20_000  # records of a block
_BYTES = 1 << 22  # about the size of a block of a file
_TEXT = itemgetter("text")
_EXACT = {int, str, bool, type(None)}
"""Kinds of ids that orjson gives back as they were given; it would make a float of an integer beyond 64 bits."""


Raw = tuple[Sequence[int], list[bytes]]
"""Lines that are not blank, with their numbers."""


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive lines: `ids` as JSON, `texts`, and the touchpoints asked of each (None: whichever), if of any."""

    ids: list[bytes]
    texts: list[str]
    asked: list[list[str] | None] | None

    @property
    def names(self) -> list[str]:
        """The touchpoints asked for."""
        return [name for names in self.asked or () for name in names or ()]


class Sample(NamedTuple):
    """What a model is made ready for: some of the texts, and the touchpoints asked for."""

    texts: list[str]
    names: list[str]


class File:
    """The lines of a file, read afresh each time they are asked for; a line without a text is a `Skip`, named."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise Stop("there is no such file.", where=str(path), todo="Check the path.")

    def __iter__(self) -> Iterator[Block]:
        for raw in self._raw():
            yield self._block(raw)

    def objects(self) -> Iterator[dict[str, Any]]:
        """Each line as an object with a `text`."""
        for raw in self._raw():
            yield from self._objects(raw)

    def sample(self, count: int) -> Sample:
        """About `count` texts, spread evenly over the lines, and every touchpoint that any line asks for."""
        step = max(1, sum(len(lines) for _, lines in self._raw()) // count)
        place, texts, names = 0, list[str](), dict[str, None]()
        for numbers, lines in self._raw():
            first, place = -place % step, place + len(lines)
            texts += [row["text"] for row in self._objects((numbers[first::step], lines[first::step]))]
            asking = [at for at, line in enumerate(lines) if b"touchpoints" in line]
            block = self._block(([numbers[at] for at in asking], [lines[at] for at in asking]))
            names |= dict.fromkeys(block.names)
        return Sample(texts, list(names))

    def _raw(self) -> Iterator[Raw]:
        with self.path.open("rb") as file:
            number = 1
            while lines := file.readlines(_BYTES):
                numbers: Sequence[int] = range(number, number + len(lines))
                number += len(lines)
                if any(map(bytes.isspace, lines)):
                    numbers = [at for at, line in zip(numbers, lines, strict=True) if not line.isspace()]
                    lines = [line for line in lines if not line.isspace()]
                if lines:
                    yield numbers, lines

    def _block(self, raw: Raw) -> Block:
        rows = self._objects(raw)
        ids = _ids([row.get("id") for row in rows], raw[1])
        return Block(ids, list(map(_TEXT, rows)), _asked(rows))

    def _objects(self, raw: Raw) -> list[dict[str, Any]]:
        try:
            rows = list(map(orjson.loads, raw[1]))
            if set(map(type, map(_TEXT, rows))) <= {str}:
                return rows
        except (orjson.JSONDecodeError, LookupError, TypeError):
            pass  # some line is out of the ordinary: one by one tells which
        return [self._object(line, number) for number, line in zip(*raw, strict=True)]

    def _object(self, line: bytes, number: int) -> dict[str, Any]:
        """One line by Python's own reader, which takes what orjson does not: NaN, half of a pair of surrogates."""
        where = f"{self.path}, line {number}"
        try:
            made = json.loads(line)
        except ValueError as error:
            what = getattr(error, "msg", "it is not UTF-8")
            raise Skip(f"not JSON ({what}).", where=where, todo="One JSON object per line.") from error
        if not isinstance(made, dict) or not isinstance(made.get("text"), str):
            raise Skip('no "text".', where=where, todo='Each line needs a "text".')
        return made


def blocks(lines: Iterable[dict[str, Any]]) -> Iterator[Block]:
    """Plain records as blocks, their ids left out; without a text it is empty, a text that is no text is a `Skip`."""
    rest, number = iter(lines), 1
    while rows := list(islice(rest, AT_ONCE)):
        texts = [row.get("text") for row in rows]
        for place, text in enumerate(texts):
            if text is not None and not isinstance(text, str):
                raise Skip("`text` is not a string.", where=f"line {number + place}", todo="Mend or drop that line.")
        yield Block([b"null"] * len(rows), [text or "" for text in texts], _asked(rows))
        number += len(rows)


def _asked(rows: list[dict[str, Any]]) -> list[list[str] | None] | None:
    given = [row.get("touchpoints") for row in rows]
    if given.count(None) == len(given):
        return None
    return [None if names is None else [str(name) for name in names] for names in given]


def _ids(ids: list[Any], lines: list[bytes]) -> list[bytes]:
    """The ids as they stand in the lines."""
    if set(map(type, ids)) <= _EXACT:
        with suppress(TypeError):  # too large an integer, half of a pair of surrogates
            return list(map(orjson.dumps, ids))
    exact = (id if type(id) in _EXACT else json.loads(line).get("id") for id, line in zip(ids, lines, strict=True))
    return [json.dumps(id).encode() for id in exact]
