"""The pass over texts in C (`kernel.c`), where its library was built; the same answers as `plain.py`, far faster."""

from __future__ import annotations

import ctypes
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.language import meaning, tokens
from touchstone.language.found import CLAUSE_HEADS, Found, Table
from touchstone.language.index import Index, slot_bits
from touchstone.language.library import WIDEST, addresses, library, needed, numbers, pointers
from touchstone.language.meaning import Meaning
from touchstone.language.walk import BLOCKS, Lexicon, Walk

Numbers = npt.NDArray[np.float32]
LANGUAGES, HEADS, CHOSEN = 32, 128, 512  # what kernel.c is written for
_CLAUSE = 48  # bytes of text in a clause, guessed low: there is more room where it is needed
_LINE = 64  # bytes that a processor reads from memory at once
_FINER = 3  # bits of a hash that a filter looks at beyond those that tell its slot
_NONE, _NO_FLAGS = np.zeros(0, np.uint64), np.zeros(0, np.uint8)
_ENTRY = np.dtype([("key", np.uint64), ("word", np.int32), ("steer", np.uint32)])


class _Lexicon(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("letters", "plain", "vocabulary")),
        *((name, ctypes.c_void_p) for name in ("stems", "grams", "stem_filter", "gram_filter")),
        *((name, ctypes.c_void_p) for name in ("evidence", "salts", "table", "scale")),
        *((f"{name}_shift", ctypes.c_int64) for name in ("vocabulary", "stem", "gram", "stem_filter", "gram_filter")),
        *((name, ctypes.c_int64) for name in ("words", "marks", "languages", "stride")),
        *((name, ctypes.c_int64) for name in ("clause_columns", "text_columns", "touchpoints", "taught")),
    ]


class _Index(ctypes.Structure):
    _fields_ = [
        *numbers("words", "marks", "first", "shift", "filter_shift"),
        *pointers("keys", "telling", "rows", "flags", "entries", "filter"),
    ]


class _Found(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int64) for name in ("texts", "clauses", "sentences", "row_count")),
        *((name, ctypes.c_int64) for name in ("clause_room", "row_room")),
        *((name, ctypes.c_void_p) for name in ("language", "sureness", "by_text")),
        *((name, ctypes.c_void_p) for name in ("clause_text", "clause_sentence", "size", "start", "stop")),
        *((name, ctypes.c_void_p) for name in ("moods", "cues", "taught", "rows", "ends")),
    ]


class _Told(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int64) for name in ("clauses", "room", "chosen", "longest", "touchpoints", "taught")),
        *((name, ctypes.c_void_p) for name in ("clause_text", "clause_sentence", "size", "moods", "cues", "near")),
        *((name, ctypes.c_void_p) for name in ("places", "rest", "whole", "shares", "likely", "speaks")),
    ]


class Kernel(NamedTuple):
    """Reads texts with one lexicon and table. `held` keeps the arrays that `lexicon` points into."""

    lexicon: _Lexicon
    held: dict[str, npt.NDArray[Any]]
    table: Table

    def found(self, texts: pa.Array, *, rows: bool = False, widest: int = WIDEST) -> Found:
        """The clauses of an Arrow array of strings with their sums; `rows` keeps the rows they are sums of."""
        data, offsets = tokens.buffers(texts)
        offsets = np.ascontiguousarray(offsets, np.int64)
        room = _Room(self, len(texts), len(data) // _CLAUSE + len(texts) + 64, len(data) if rows else -1)
        read = needed().touchstone_read
        pointers = (data.ctypes.data_as(ctypes.c_void_p), offsets.ctypes.data_as(ctypes.c_void_p))
        while (
            code := read(ctypes.byref(self.lexicon), *pointers, ctypes.c_int64(len(texts)), room.into(), widest)
        ) > 0:
            room.grow()
        if code < 0:
            raise MemoryError("no memory for the kernel's batch of texts")
        return room.found()

    def told(self, held: Meaning, found: Found, *, widest: int = WIDEST) -> tuple[Numbers, Numbers]:
        """What `meaning.touchpoints` says of clauses that this kernel found."""
        clauses, chosen = len(found.walk.size), len(held.places)
        if clauses == 0 or chosen > CHOSEN:
            return meaning.touchpoints(held, found)
        likely, speaks = np.empty((2, clauses, chosen), np.float32)  # as one piece: see `_pieces`
        arrays = {name: getattr(found.walk, name) for name in ("clause_text", "clause_sentence", "size")}
        arrays |= {
            "moods": found.moods,
            "cues": found.cues,
            "near": found.taught,
            "places": held.places.astype(np.int32),
        }
        arrays |= {"rest": held.rest, "whole": held.whole, "shares": np.log(held.shares).astype(np.float32)}
        arrays |= {"likely": likely, "speaks": speaks}
        facts = _Told(
            clauses=clauses,
            room=found.moods.strides[0] // found.moods.itemsize,
            chosen=chosen,
            longest=int(np.bincount(found.walk.clause_text).max()),
            touchpoints=found.cues.shape[1],
            taught=found.taught.shape[1],
            **{name: array.ctypes.data for name, array in arrays.items()},
        )
        if needed().touchstone_tell(ctypes.byref(facts), widest):
            raise MemoryError("no memory for the sentences of a text")
        return likely, speaks


class _Room:
    """Arrays that the kernel fills, and grows into."""

    def __init__(self, kernel: Kernel, texts: int, clauses: int, rows: int) -> None:
        self._table = kernel.table
        self._by_text = _pieces(
            language=(np.int8, (texts,)),
            sureness=(np.float32, (texts,)),
            by_text=(np.float32, (texts, kernel.table.own - CLAUSE_HEADS)),
        )
        self._rows = np.empty(rows, np.int32) if rows >= 0 else None
        self._clauses = self._arrays(clauses)
        self._filled = _Found()

    def _arrays(self, clauses: int) -> dict[str, npt.NDArray[Any]]:
        return _pieces(
            **dict.fromkeys(("clause_text", "clause_sentence", "size"), (np.int32, (clauses,))),
            **dict.fromkeys(("start", "stop", "ends"), (np.int64, (clauses,))),
            moods=(np.float32, (CLAUSE_HEADS, clauses)),
            cues=(np.float32, (clauses, self._table.touchpoints)),
            taught=(np.float32, (clauses, self._table.taught)),
        )

    def into(self) -> Any:
        """What the kernel is told of the room."""
        held, filled = {**self._by_text, **self._clauses}, self._filled
        for name, array in held.items():
            setattr(filled, name, array.ctypes.data)
        filled.clause_room = len(self._clauses["size"])
        filled.rows, filled.row_room = None, 1 << 62
        if self._rows is not None:
            filled.rows, filled.row_room = self._rows.ctypes.data, len(self._rows)
        return ctypes.byref(filled)

    def grow(self) -> None:
        """Twice the room, with what is there."""
        old, count = self._clauses, int(self._filled.clauses)
        self._clauses = self._arrays(2 * len(old["size"]) + 64)
        for name, array in self._clauses.items():
            filled = (..., slice(count)) if name == "moods" else slice(count)
            array[filled] = old[name][filled]
        if self._rows is not None:
            self._rows = np.concatenate([self._rows, np.empty(len(self._rows) + 64, np.int32)])

    def found(self) -> Found:
        """What was filled."""
        count, held = int(self._filled.clauses), self._clauses
        wanted = self._rows is not None
        walked = Walk(
            texts=len(self._by_text["language"]),
            language=self._by_text["language"],
            language_sureness=self._by_text["sureness"],
            **{name: held[name][:count] for name in ("clause_text", "clause_sentence", "start", "stop", "size")},
            rows=self._rows[: self._filled.row_count] if self._rows is not None else np.zeros(0, np.int32),
            ends=held["ends"][:count] if wanted else np.zeros(0, np.int64),
        )
        return Found(
            walked,
            held["moods"][:, :count],
            self._by_text["by_text"],
            held["cues"][:count],
            held["taught"][:count],
        )


def _pieces(**wanted: tuple[type[np.generic], tuple[int, ...]]) -> dict[str, npt.NDArray[Any]]:
    """Empty arrays by name in one piece of memory: a large one comes from the system in far fewer, larger pages."""
    kinds = {name: (np.dtype(kind), shape) for name, (kind, shape) in wanted.items()}
    sizes = [-(-kind.itemsize * math.prod(shape) // _LINE) * _LINE for kind, shape in kinds.values()]
    held, made, begin = np.empty(sum(sizes), np.uint8), {}, 0
    for (name, (kind, shape)), size in zip(kinds.items(), sizes, strict=True):
        made[name] = held[begin : begin + kind.itemsize * math.prod(shape)].view(kind).reshape(shape)
        begin += size
    return made


def kernel(lexicon: Lexicon, table: Table) -> Kernel | None:
    """The kernel for a lexicon and table, or None where NumPy reads."""
    if len(lexicon.languages) > LANGUAGES or table.own > HEADS or library() is None:
        return None
    held: dict[str, npt.NDArray[Any]] = {"letters": tokens.letters(32), "plain": tokens.PLAIN, "salts": lexicon.salts}
    held |= {"evidence": _evidence(lexicon), "table": table.rows, "scale": table.scale}
    vocabulary = _laid(lexicon.words, telling=lexicon.steering.given, flags=lexicon.steering_flags)
    stems, grams = _laid(lexicon.stems), _laid(lexicon.grams, first=BLOCKS * lexicon.count)
    held |= {"vocabulary": vocabulary.entries, "stems": stems.entries, "grams": grams.entries}
    held |= {"stem_filter": stems.filter, "gram_filter": grams.filter}
    facts = _Lexicon(
        **{name: array.ctypes.data for name, array in held.items()},
        vocabulary_shift=vocabulary.shift,
        stem_shift=stems.shift,
        gram_shift=grams.shift,
        stem_filter_shift=stems.shift - _FINER,
        gram_filter_shift=grams.shift - _FINER,
        words=lexicon.count,
        marks=len(lexicon.steering_flags) + 1,
        languages=len(lexicon.languages),
        stride=table.rows.shape[1],
        clause_columns=CLAUSE_HEADS,
        text_columns=table.own - CLAUSE_HEADS,
        touchpoints=table.touchpoints,
        taught=table.taught,
    )
    return Kernel(facts, held, table)


def _evidence(lexicon: Lexicon) -> npt.NDArray[np.int8]:
    """The rows that tell languages, behind one of zeros for words that tell none."""
    told = np.zeros((len(lexicon.language_rows) + 1, LANGUAGES), np.int8)
    told[1:, : len(lexicon.languages)] = lexicon.language_rows
    return told


class _Laid(NamedTuple):
    """An index as the kernel looks into it; `filter` has a bit for each beginning of a hash that is there."""

    entries: npt.NDArray[Any]
    filter: npt.NDArray[np.uint64]
    shift: int


def _laid(
    index: Index, *, first: int = 0, telling: tokens.Hashes = _NONE, flags: npt.NDArray[np.uint8] = _NO_FLAGS
) -> _Laid:
    """An index with rows counted from `first` on, and beside its words those that tell languages."""
    count = len(index.given) + len(telling)
    bits = slot_bits(count)
    entries = np.zeros((1 << bits) + count + 1, _ENTRY)
    sieve = np.zeros(1 << (bits + _FINER - 6), np.uint64)
    given: dict[str, npt.NDArray[Any]] = {"keys": index.given, "telling": telling, "flags": flags}
    given |= {"rows": index.given_rows}
    held = {name: np.ascontiguousarray(array) for name, array in given.items()} | {"entries": entries, "filter": sieve}
    facts = _Index(
        words=len(index.given),
        marks=len(telling),
        first=first,
        shift=64 - bits,
        filter_shift=64 - bits - _FINER,
        **addresses(held),
    )
    needed().touchstone_index(ctypes.byref(facts), WIDEST)
    return _Laid(entries, sieve, 64 - bits)
