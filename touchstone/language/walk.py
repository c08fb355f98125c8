"""One pass over texts for all heads: tokens, language, clauses, negation, and which table rows each clause adds up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.language.index import Index, Rows
from touchstone.language.kernel import sums
from touchstone.language.tokens import LONGEST, Flags, Places, Tokens, characters, pairs, tokenise
from touchstone.language.words import STEM

NEGATOR, CONTRAST, JOINER, OPENER = 1, 2, 4, 8
UNSURE = -1
BLOCKS = 3
_POINTS = 127  # evidence of a language that a word of its own alone gives
_SCOPE = 3  # words after a negator that it turns
_KNOWN, _LEAD = 0.5, 0.12  # least evidence for a language, and least lead over the next

Counts = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What is known by hash: words, their stems, pairs and triples, words that steer, and languages.

    Table rows are laid out as `count` words, the same words negated, the same words met in a language that is not
    theirs (where they name things, and no more), then pairs and triples.
    """

    words: Index
    stems: Index
    grams: Index
    count: int
    steering: Index
    steering_flags: npt.NDArray[np.uint8]
    language_rows: npt.NDArray[np.int8]  # `evidence` of each steering word, then of each of 512 byte marks
    languages: tuple[str, ...]
    salts: npt.NDArray[np.uint64]  # by language


class Walk(NamedTuple):
    """Clauses of all texts in order. `rows[ends[i-1]:ends[i]]` are the table rows of clause i, `size` its tokens."""

    texts: int
    language: npt.NDArray[np.int8]  # place in the lexicon's languages, -1 where unsure
    language_sureness: Numbers
    clause_text: Counts
    clause_sentence: Counts
    start: Places  # characters into the text; stop is exclusive
    stop: Places
    size: Counts
    rows: Rows
    ends: Places


def evidence(shares: npt.NDArray[np.floating]) -> npt.NDArray[np.int8]:
    """Shares of languages, 0 to 1, as whole numbers that add up exactly."""
    points = shares.astype(np.float32)
    points *= _POINTS
    return np.rint(points, out=points).astype(np.int8)


def walk(texts: pa.Array, lexicon: Lexicon) -> Walk:
    """The clauses of an Arrow string array, each with the table rows it adds up."""
    tokens = tokenise(texts)
    steering = lexicon.steering.find(tokens.hash)
    language, sureness = _languages(tokens, steering, lexicon)
    flags = np.where(steering >= 0, lexicon.steering_flags[steering], 0).astype(np.uint8)
    sentence, clause = tokens.sentence_begins, _clauses(tokens, flags)
    turned = _negated(flags, clause)
    words = _words(tokens, language, lexicon)
    rows = np.empty((len(words), 3), np.int32)
    rows[:, 0] = np.where((words >= 0) & (words < lexicon.count) & turned, words + lexicon.count, words)
    two, three = pairs(tokens.hash, sentence)
    for column, hashed in ((1, two), (2, three)):
        found = lexicon.grams.find(hashed)
        rows[:, column] = np.where(found >= 0, found + BLOCKS * lexicon.count, -1)
    known = rows >= 0
    first = np.flatnonzero(clause)
    last = np.append(first[1:], len(clause)) - 1 if len(first) else first
    filled = np.cumsum(known.sum(axis=1))
    text = tokens.text[first]
    return Walk(
        texts=len(texts),
        language=language,
        language_sureness=sureness,
        clause_text=text,
        clause_sentence=(np.cumsum(sentence)[first] - 1).astype(np.int32),
        start=characters(tokens, tokens.start[first], text),
        stop=characters(tokens, tokens.stop[last], text),
        size=(last - first + 1).astype(np.int32),
        rows=rows[known],
        ends=filled[last] if len(first) else np.zeros(0, np.int64),
    )


def _languages(tokens: Tokens, steering: Rows, lexicon: Lexicon) -> tuple[npt.NDArray[np.int8], Numbers]:
    """The language of each text by its small words and accents, -1 where unsure, and how sure (0 to 1)."""
    count = len(tokens.offsets) - 1
    marks = np.flatnonzero(tokens.data >= 0xC3)
    lead = tokens.data[marks].astype(np.int32)
    second = tokens.data[np.minimum(marks + 1, len(tokens.data) - 1)].astype(np.int32)
    mark_rows = np.where(lead == 0xC3, 256 + second, lead) + len(lexicon.steering_flags)
    mark_text = np.searchsorted(tokens.offsets, marks, side="right") - 1
    hits = np.flatnonzero(steering >= 0)
    owner = np.concatenate([tokens.text[hits], mark_text])
    rows = np.concatenate([steering[hits], mark_rows]).astype(np.int32)
    order = np.argsort(owner, kind="stable")
    ends = np.cumsum(np.bincount(owner, minlength=count)[:count])
    scores = sums(rows[order], ends, lexicon.language_rows).astype(np.float32) / np.float32(_POINTS)
    if count == 0:
        return np.zeros(0, np.int8), np.zeros(0, np.float32)
    ranked = np.partition(scores, -2, axis=1)
    best, next_best = ranked[:, -1], ranked[:, -2]
    sure = (best >= _KNOWN) & (best - next_best >= _LEAD * best)
    sureness = np.where(sure, best / (best + next_best + 0.5), 0).astype(np.float32)
    return np.where(sure, scores.argmax(axis=1), UNSURE).astype(np.int8), sureness


def _clauses(tokens: Tokens, flags: npt.NDArray[np.uint8]) -> Flags:
    """Where clauses begin: after punctuation, at words of contrast, at `and the …`, and in very long stretches."""
    begins = tokens.clause_begins | ((flags & CONTRAST) > 0)
    joiner = ((flags[:-1] & JOINER) > 0) & (tokens.text[1:] == tokens.text[:-1])
    begins[:-1] |= joiner & ((flags[1:] & OPENER) > 0)
    place = np.arange(len(begins))
    since = place - np.maximum.accumulate(np.where(begins, place, 0)) if len(begins) else place
    begins = begins | (since % LONGEST == 0)
    lone = begins[:-1] & begins[1:] & ((flags[:-1] & (CONTRAST | JOINER)) > 0) & ~tokens.sentence_begins[1:]
    begins[1:] &= ~lone  # "but," stands with what follows
    answer: Flags = begins
    return answer


def _negated(flags: npt.NDArray[np.uint8], begins: Flags) -> Flags:
    """Which tokens stand within a few words after a negator of their own clause."""
    if len(flags) == 0:
        return np.zeros(0, np.bool_)
    place = np.arange(len(flags))
    negator = (flags & NEGATOR) > 0
    last = np.maximum.accumulate(np.where(negator, place, -_SCOPE - 1))
    before = np.empty_like(last)
    before[0], before[1:] = -_SCOPE - 1, last[:-1]
    clause = np.maximum.accumulate(np.where(begins, place, 0))
    turned: Flags = (place - before <= _SCOPE) & (before >= clause) & ~negator
    return turned


def _words(tokens: Tokens, language: npt.NDArray[np.int8], lexicon: Lexicon) -> Rows:
    """The word row of each token: in its own language, else in any, else by its stem; -1 where unknown."""
    spoken = language[tokens.text]
    salts = np.where(spoken > 0, lexicon.salts[spoken], np.uint64(0))
    rows = np.full(len(tokens.hash), -1, np.int32)
    foreign = np.flatnonzero(salts > 0)
    if len(foreign):
        rows[foreign] = lexicon.words.find(tokens.hash[foreign] ^ salts[foreign])
        missing = foreign[rows[foreign] < 0]
        rows[missing] = _stems(tokens, missing, salts[missing], lexicon)
    missing = np.flatnonzero(rows < 0)
    found = lexicon.words.find(tokens.hash[missing])
    unknown = np.flatnonzero(found < 0)
    none = np.zeros(len(unknown), np.uint64)
    found[unknown] = _stems(tokens, missing[unknown], none, lexicon)
    rows[missing] = np.where((found >= 0) & (salts[missing] > 0), found + 2 * lexicon.count, found)
    return rows


def _stems(tokens: Tokens, which: npt.NDArray[np.intp], salts: npt.NDArray[np.uint64], lexicon: Lexicon) -> Rows:
    """Rows of words known under another ending: one or two letters are taken off."""
    rows = np.full(len(which), -1, np.int32)
    length = tokens.stop[which] - tokens.start[which]
    for drop, least in ((0, 4), (1, 6), (2, 7)):
        left = np.flatnonzero((rows < 0) & (length >= least))
        rows[left] = lexicon.stems.find(tokens.prefix(which[left], drop) ^ STEM ^ salts[left])
    return rows
