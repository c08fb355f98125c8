"""Experts for who waits: how likely each is the one who helps, learned from what was answered before, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from touchstone.decide._answered import Answered, Words
from touchstone.science.experts import LIKENESS, WEIGHTS, Signs, learned, probabilities, signs

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

FEWEST = 30  # conversations from which weights are learned; with fewer, those expected are a rule
_LESSONS = 400  # conversations learned from, the latest
_FIRST, _STEP = 20, 1.25  # answers after which, and ratio of answers at which, weights are learned anew
_UNSOLVED = 0.5  # what an answer counts that did not solve it, beside one that did
_LATEST = 50  # answers that a reason calls the last
_NAMED, _TELLING = 3, np.log(10)  # words named in a reason, and how rare they are at least
_CELLS = 8_000_000  # likenesses reckoned at once


@dataclass(frozen=True, eq=False)
class Candidates:
    """All who answered something before a conversation waited: places, and how likely each is the one who helps."""

    expert: Places
    probability: Floats
    waiting: int  # place of the conversation
    lesson: Lesson

    def reason(self, held: Answered, expert: int) -> str:
        """Why this expert, in words: how much they answered, how lately, with what success, and on which words."""
        known = int(held.known[self.waiting])
        own = np.flatnonzero(held.expert[:known] == expert)
        lately = int((own >= known - _LATEST).sum())
        said = [f"Answered {own.size} of {known}, {lately} of the last {min(_LATEST, known)}"]
        solved = held.solved[own]
        if (judged := int((~np.isnan(solved)).sum())) > 0:
            said.append(f"{np.nansum(solved):.0f} of {judged} solved")
        for name, mine, theirs in held.same:
            if times := int((mine[own] == theirs[self.waiting]).sum()) if theirs[self.waiting] >= 0 else 0:
                said.append(f"{times} with the same {name}")
        if load := float(held.latest("load")[expert]):
            said.append(f"{load:g} open")
        words = self._words(held, own)
        said.append(f"on {', '.join(words)}" if words else "none on its words")
        return "; ".join(said) + ("." if self.lesson.taught else "; by rule: too few are known to learn from.")

    def _words(self, held: Answered, own: Places) -> list[str]:
        """The rarer words of the conversation that most of the likeness to an expert's answers lies in."""
        words = self.lesson.words
        text = words.asked[[self.waiting]]
        theirs = np.asarray(words.question[own].sum(axis=0) + words.answer[own].sum(axis=0)).ravel()
        part = np.where(words.rarity[text.indices] >= _TELLING, theirs[text.indices] * text.data, 0.0)
        best = np.lexsort([text.indices, -part])
        spelled = (held.spelled(int(text.indices[at])).lower() for at in best.tolist() if part[at] > 0)
        return [word for word, _ in zip((each for each in spelled if len(each) > 3), range(_NAMED), strict=False)]


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a beginning of the answers teaches: words, weights; or the rule, where it is too short to be `taught`."""

    words: Words
    weights: Floats
    taught: bool


def candidates(held: Answered) -> Iterator[Candidates | None]:
    """The candidates for each conversation that waits, in order; None where nobody had answered anything.

    Nothing is used that came after the conversation; weights are those that the last beginning of the answers teaches
    that is no longer than what was known, 20 answers and then a quarter more each time.
    """
    for length, places in groupby(range(len(held.waiting)), lambda each: _beginning(int(held.known[each]))):
        if not length:
            yield from (None for _ in places)
            continue
        lesson, asked = _lesson(held, length), list(places)
        known = held.known[asked]
        same = [(own, theirs[asked]) for _, own, theirs in held.same]
        made = _signs(held, lesson.words, lesson.words.asked[asked], known, same)
        for place, found in zip(asked, made, strict=True):
            yield Candidates(found.expert, probabilities(found, lesson.weights), place, lesson)


def _beginning(known: int) -> int:
    """The length of the beginning of the answers that is learned from where so many are known."""
    length = min(known, _FIRST)
    while known > _FIRST and length * _STEP <= known:
        length = int(length * _STEP)
    return length


def _lesson(held: Answered, length: int) -> Lesson:
    """What the first answers teach: from their latest conversations, each by what was known when it came up."""
    words = held.words(length)
    expected = np.array([*WEIGHTS, LIKENESS, LIKENESS, *(LIKENESS for _ in held.same)])
    _, first = np.unique(held.conversation[:length], return_index=True)
    first = np.sort(first)
    rows = first[held.before[first] >= min(_FIRST, length // 4)][-_LESSONS:]
    if len(rows) < FEWEST:
        return Lesson(words, expected, taught=False)
    same = [(own, own[rows]) for _, own, _ in held.same]
    given = list(_signs(held, words, words.question[rows], held.before[rows], same))
    helped = [_helped(held, length, row, each) for row, each in zip(rows.tolist(), given, strict=True)]
    return Lesson(words, learned(given, helped, expected), taught=True)


def _helped(held: Answered, length: int, row: int, found: Signs) -> Floats:
    """How much each candidate helped in the conversation of this row, as its answers among the first ones say."""
    own = np.flatnonzero(held.conversation[:length] == held.conversation[row])
    solved = held.solved[own] == 1
    weight = np.where(solved | ~solved.any(), 1.0, _UNSOLVED)
    place = np.searchsorted(found.expert, held.expert[own])
    there = found.expert[np.fmin(place, found.expert.size - 1)] == held.expert[own]
    helped = np.zeros(found.expert.size)
    np.fmax.at(helped, place[there], weight[there])
    return helped


def _signs(
    held: Answered, words: Words, asked: csr_array, known: Places, same: list[tuple[Places, Places]]
) -> Iterator[Signs]:
    """Signs, for each text asked, of all who gave one of the answers known to it; likeness is a cosine squared."""
    size = max(1, _CELLS // max(len(held.expert), 1))
    for begin in range(0, len(known), size):
        block = asked[begin : begin + size].T
        near = [np.asarray((side @ block).todense()) ** 2 for side in (words.question, words.answer)]
        for column, upto in enumerate(known[begin : begin + size].tolist()):
            at = begin + column
            alike = [(own[:upto] == theirs[at]) & (theirs[at] >= 0) for own, theirs in same]
            likeness = [*(each[:upto, column] for each in near), *(each.astype(np.float64) for each in alike)]
            yield signs(held.expert[:upto], held.solved[:upto], likeness)
