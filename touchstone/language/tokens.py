"""Text to tokens, clauses and sentences, on the bytes of an Arrow string array: no Python object per token.

A token's hash is a polynomial over its letters without capitals and accents, so that it can be taken of any prefix.
Every answer about a text depends on that text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_STEP = 0x9E3779B97F4A7C15 | 1
_BACK = pow(_STEP, -1, 1 << 64)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_SECOND = np.uint64(0xA24BAED4963EE407)
_THIRD = np.uint64(0x9FB21C651E98DF25)
BEGIN = np.uint64(0x5851F42D4C957F2D)
"""Stands before the first token of a sentence in pairs and triples."""
LONGEST = 24
"""Tokens after which a stretch without punctuation is cut into another clause."""

_GAP = 4  # bytes: as far as any rule looks
_SEPARATOR, _WORD, _SYMBOL = 0, 1, 2


def _classes() -> Bytes:
    table = np.full(256, _SEPARATOR, np.uint8)
    table[0x80:] = _WORD
    for low, high in (("a", "z"), ("A", "Z"), ("0", "9")):
        table[ord(low) : ord(high) + 1] = _WORD
    table[[ord(each) for each in "?!%$#@"]] = _SYMBOL
    return table


def _letters() -> Hashes:
    """A pseudo-random number for each byte after folding (splitmix64)."""
    state = (np.arange(1, 257, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def _lower() -> Bytes:
    table = np.arange(256, dtype=np.uint8)
    table[ord("A") : ord("Z") + 1] += 32
    return table


def _plain() -> Bytes:
    """The letter without accent for the second byte of U+00C0 to U+00FF; 0 where there is none."""
    table = np.zeros(256, np.uint8)
    plain = "aaaaaaaceeeeiiiidnooooo\0ouuuuyts" * 2
    table[0x80:0xC0] = np.frombuffer(plain.encode("latin-1"), np.uint8)
    table[0xBF] = ord("y")
    return table


_CLASS, _LETTER, _LOWER, PLAIN = _classes(), _letters(), _lower(), _plain()


_MARK = np.zeros(256, np.bool_)
_MARK[[ord(each) for each in ';:()[]"|*']] = True


def letters(places: int) -> Hashes:
    """What each byte adds to a hash at each place of a token, (places, 256); 0 adds nothing."""
    held: Hashes = _LETTER[_LOWER] * _powers(_STEP, places)[:, None]
    held[:, 0] = 0
    return held


class Tokens(NamedTuple):
    """Tokens of all texts in order: `text` holds each token's text, `start` and `stop` its bytes in `data`."""

    data: Bytes
    offsets: Places  # n + 1: bytes of each text in `data`
    text: npt.NDArray[np.int32]
    start: Places
    stop: Places
    hash: Hashes
    sentence_begins: Flags  # by punctuation
    clause_begins: Flags  # by punctuation; a sentence begins a clause too
    prefixes: tuple[Hashes, Hashes, Places]  # running sums, powers back and letters kept: for `prefix`

    def prefix(self, which: Places, drop: int) -> Hashes:
        """The hash of the chosen tokens without their last `drop` letters."""
        sums, back, kept = self.prefixes
        start = self.start[which]
        stop = np.maximum(self.stop[which] - drop, start)
        return mix((sums[stop] - sums[start]) * back[kept[start]])


def mix(hashes: Hashes) -> Hashes:
    """The hashes with every bit stirred."""
    stirred = (hashes ^ (hashes >> np.uint64(29))) * _SPREAD
    return stirred ^ (stirred >> np.uint64(32))


def strings(texts: Sequence[str]) -> pa.Array:
    """The texts as an Arrow array of large strings (what `pa.array` makes, without looking for pandas)."""
    try:
        parts = list(map(str.encode, texts))
    except UnicodeEncodeError:  # half of a pair of surrogates
        parts = [text.encode("utf-8", "replace") for text in texts]
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), out=offsets[1:])
    return pa.LargeStringArray.from_buffers(len(parts), pa.py_buffer(offsets), pa.py_buffer(b"".join(parts)))


def buffers(texts: pa.Array) -> tuple[Bytes, Places]:
    """The UTF-8 bytes and the n + 1 offsets of a string array, without copying; a null is an empty text."""
    if texts.null_count:
        texts = texts.fill_null("")
    if not pa.types.is_large_string(texts.type):
        texts = texts.cast(pa.large_string())
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    held = texts.buffers()[2]
    data = np.frombuffer(held, np.uint8) if held is not None and held.size else np.zeros(0, np.uint8)
    data = data[offsets[0] : offsets[-1]] if len(texts) else data[:0]
    return data, offsets - offsets[0] if len(texts) else np.zeros(1, np.int64)


def tokenise(texts: pa.Array) -> Tokens:
    """The tokens of an Arrow string array."""
    data, offsets = apart(*buffers(texts))
    kinds, own = _kinds(data)
    start, stop = _spans(kinds, own, data)
    hashes, prefixes = _hashes(data, start, stop)
    text = (np.searchsorted(offsets, start, side="right") - 1).astype(np.int32)
    sentence, clause = _breaks(data, start, text)
    return Tokens(data, offsets, text, start, stop, hashes, sentence, clause, prefixes)


def apart(data: Bytes, offsets: Places) -> tuple[Bytes, Places]:
    """The same with zeros before, between and after the texts, so that no rule looks from one text into the next."""
    gaps = _GAP * np.arange(1, len(offsets) + 1)
    length = np.diff(offsets)
    padded = np.zeros(len(data) + int(gaps[-1]), np.uint8)
    padded[np.arange(len(data)) + np.repeat(gaps[: len(length)], length)] = data
    return padded, offsets + gaps


def _kinds(data: Bytes) -> tuple[Bytes, Flags | None]:
    """The class of each byte, and which bytes belong to a sign that is a token by itself (emoji, Chinese)."""
    kinds = _CLASS[data]
    wide = np.flatnonzero(data >= 0xC2)
    lead, following = data[wide], np.append(data, np.zeros(4, np.uint8))
    next_byte = following[wide + 1]
    marks = wide[(lead == 0xC2) & (next_byte >= 0xA0) & (next_byte != 0xAA) & (next_byte != 0xB5)]
    _fill(kinds, marks, 2, _SEPARATOR)
    three = wide[(lead == 0xE2) & ((next_byte == 0x80) | (next_byte == 0x81))]
    ideographic = wide[(lead == 0xE3) & (next_byte == 0x80)]
    full = wide[(lead == 0xEF)]
    for places in (three, ideographic, full):
        _fill(kinds, places, 3, _SEPARATOR)
    if not (lead >= 0xE2).any():
        return kinds, None
    own = np.zeros(len(data), np.bool_)
    signs = wide[lead >= 0xE2]
    signs = signs[kinds[signs] == _WORD]
    _fill(own, signs, 3, True)
    four = signs[data[signs] >= 0xF0]
    _fill(own, four, 4, True)
    return kinds, own


def _fill(array: npt.NDArray[np.generic], places: npt.NDArray[np.intp], width: int, value: int) -> None:
    for step in range(width):
        array[np.minimum(places + step, len(array) - 1)] = value


def _spans(kinds: Bytes, own: Flags | None, data: Bytes) -> tuple[Places, Places]:
    """First byte and byte after the last of each token."""
    inside = kinds > 0
    begins = np.empty(len(kinds) + 1, np.bool_)
    begins[-1] = True
    begins[:-1] = kinds == _SYMBOL
    if len(kinds):
        begins[0] = True
        begins[1:-1] |= kinds[:-1] != _WORD
    if own is not None:
        lead = (data & 0xC0) != 0x80
        begins[:-1] |= own & lead
        begins[1:-1] |= own[:-1] & ~own[1:]
    start = np.flatnonzero(begins[:-1] & inside)
    ends = inside & begins[1:]
    if len(kinds):
        ends[:-1] |= inside[:-1] & ~inside[1:]
    return start, np.flatnonzero(ends) + 1


def _hashes(data: Bytes, start: Places, stop: Places) -> tuple[Hashes, tuple[Hashes, Hashes, Places]]:
    folded = _LOWER[data]
    kept = np.ones(len(data), np.bool_)
    latin = np.flatnonzero(data[:-1] == 0xC3) if len(data) else np.zeros(0, np.intp)
    plain = PLAIN[data[latin + 1]]
    latin, plain = latin[plain > 0], plain[plain > 0]
    folded[latin + 1] = plain
    kept[latin] = False
    if len(data) > 2:  # soooo is soo
        same = (folded[2:] == folded[1:-1]) & (folded[1:-1] == folded[:-2]) & (folded[2:] >= ord("a"))
        kept[2:] &= ~(same & (data[2:] < 0x80))
    before = np.zeros(len(data) + 1, np.int64)
    np.cumsum(kept, out=before[1:])
    powers = _powers(_STEP, len(data) + 1)
    back = _powers(_BACK, len(data) + 1)
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum(_LETTER[folded] * powers[before[:-1]] * kept, out=sums[1:])
    return mix((sums[stop] - sums[start]) * back[before[start]]), (sums, back, before)


def _powers(factor: int, count: int) -> Hashes:
    powers = np.full(count, factor, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers, dtype=np.uint64)


def _breaks(data: Bytes, start: Places, text: npt.NDArray[np.int32]) -> tuple[Flags, Flags]:
    """Before which tokens punctuation ends a sentence, and before which it ends a clause."""
    after = np.append(data, np.full(4, 32, np.uint8))
    sentence = np.zeros(len(start) + 1, np.bool_)
    clause = np.zeros(len(start) + 1, np.bool_)
    digit = (after >= 48) & (after <= 57)
    points = np.flatnonzero(data == ord("."))
    loose = after[points + 1]
    capital = (loose >= 65) & (loose <= 90) & (after[points - 1] >= 97)
    initial = (_CLASS[after[points - 2]] != _WORD) & ~digit[points - 1]
    points = points[((loose <= 46) | (loose == 0xC2) | capital) & ~initial]
    strong = np.flatnonzero((data == ord("!")) | (data == ord("?")) | (data == ord("\n")))
    wide = np.flatnonzero((data == 0xE3) | (data == 0xEF) | (data == 0xE2))
    signs = data[wide].astype(np.int32) << 16 | after[wide + 1].astype(np.int32) << 8 | after[wide + 2]
    stops = wide[_among(signs, (0xE38082, 0xE280A6, 0xEFBC81, 0xEFBC9F))]
    for places in (points, strong, stops):
        sentence[np.searchsorted(start, places, side="right")] = True
    commas = np.flatnonzero(data == ord(","))
    commas = commas[~(digit[commas + 1] & digit[commas - 1])]
    marks = np.flatnonzero(_MARK[data])
    dashes = np.flatnonzero(data == ord("-"))
    dashes = dashes[(after[dashes + 1] == 32) & (after[dashes - 1] == 32)]
    pauses = wide[_among(signs, (0xE28093, 0xE28094, 0xE38081, 0xEFBC8C))]
    for places in (commas, marks, dashes, pauses):
        clause[np.searchsorted(start, places, side="right")] = True
    first = np.ones(len(start), np.bool_)
    first[1:] = text[1:] != text[:-1]
    sign = _among(data[start], (0x21, 0x3F))
    sentence = (sentence[:-1] & ~sign) | first
    return sentence, (clause[:-1] & ~sign) | sentence


def _among(numbers: npt.NDArray[np.integer], wanted: tuple[int, ...]) -> Flags:
    """Which numbers are wanted (`np.isin` would import a tenth of a second of NumPy)."""
    found: Flags = np.logical_or.reduce([numbers == each for each in wanted])
    return found


def pairs(hashes: Hashes, begins: Flags) -> tuple[Hashes, Hashes]:
    """Hashes of each token with the one before it, and with the two before it, inside its sentence."""
    before = np.empty_like(hashes)
    before[1:] = hashes[:-1]
    before[begins] = BEGIN
    two = mix(before * _SECOND + hashes)
    earlier = np.empty_like(hashes)
    earlier[1:] = before[:-1]
    earlier[begins] = BEGIN
    return two, mix((earlier * _THIRD + before) * _SECOND + hashes)


def characters(tokens: Tokens, places: Places, text: npt.NDArray[np.int32]) -> Places:
    """Byte places as counts of characters from the beginning of their text."""
    if tokens.data.size == 0 or int(tokens.data.max()) < 0x80:
        return places - tokens.offsets[text]
    before = np.zeros(len(tokens.data) + 1, np.int64)
    np.cumsum((tokens.data & 0xC0) != 0x80, out=before[1:])
    return before[places] - before[tokens.offsets[text]]
