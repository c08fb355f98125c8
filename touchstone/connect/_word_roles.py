"""Teachers and change agents: whose explanations others thank for and act on, and whose listeners act."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.science.interval import Interval, share_interval
from touchstone.science.matched import outstanding

Whole = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Role:
    """By person: how many of `n` succeeded, and who does so more than the others' share explains."""

    hits: Whole
    n: Whole
    named: Bools

    @property
    def share(self) -> Interval:
        """The share of each with Wilson's interval."""
        return share_interval(self.hits, self.n)


@dataclass(frozen=True)
class Explanations:
    """One row for each person and thread they answered in: `taught` where someone thanked, it solved, or was acted on.

    `words` is the answer (its place among the contacts), `sure` how likely it was thanked for, or 1 where it solved.
    """

    person: Whole
    words: Whole
    taught: Bools
    sure: NDArray[np.float64]
    solved: Bools
    thankful: Whole  # how many different persons ever thanked this one


def explanations(found: pa.Table, left: Whole, right: Whole, acted: Bools) -> Explanations:
    """Answers to what others asked, from contacts in order; `acted`: whether the asker bought or came after each.

    A question's own author answers nobody, thanks are no answer, and who rewards is no teacher.
    """
    how, thanks = found["how"], found["thanks"].to_numpy()
    spoke = pc.is_in(how, value_set=pa.array(["reply", "thread"])).to_numpy() & ~found["paid"].to_numpy()
    answer = spoke & ~found["opener"].to_numpy() & (thanks < 0.5)
    rows, wide = np.flatnonzero(answer), int(max(left.max(initial=0), right.max(initial=0))) + 1
    thread = pc.coalesce(found["thread"], found["answered"]).combine_chunks().dictionary_encode()
    where = thread.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    key, first, back = np.unique(where[rows] * wide + left[rows], return_index=True, return_inverse=True)
    sure = np.zeros(len(key))
    solved = np.zeros(len(key), bool)
    np.logical_or.at(solved, back, found["solved"].to_numpy()[rows])
    after = np.zeros(len(key), bool)
    np.logical_or.at(after, back, acted[rows])
    thanked = np.flatnonzero(spoke & (thanks >= 0.5))
    wanted = where[thanked] * wide + right[thanked]
    thanked, wanted = (each[np.isin(wanted, key)] for each in (thanked, wanted))  # thanks for what was an answer
    np.maximum.at(sure, np.searchsorted(key, wanted), thanks[thanked])
    pairs = np.unique(np.column_stack([right[thanked], left[thanked]]), axis=0)
    grateful = np.bincount(pairs[:, 0], minlength=wide)
    sure = np.where(solved, 1.0, sure)
    person = left[rows][first]
    return Explanations(person, rows[first], (sure >= 0.5) | after, sure, solved, grateful[person])


def teachers(given: Explanations, size: int, *, alpha: float) -> Role:
    """Whose explanations are thanked for or acted on more often than others are; two persons thanked, or two solved."""
    hits = np.bincount(given.person, given.taught, minlength=size).astype(np.int64)
    n = np.bincount(given.person, minlength=size)
    many = np.zeros(size, bool)
    many[given.person[given.thankful >= 2]] = True
    solved = np.bincount(given.person, given.solved, minlength=size) >= 2
    return Role(hits, n, outstanding(hits, n, alpha=alpha) & (many | solved))


def agents(listener: Whole, speaker: Whole, did: Bools, size: int, *, alpha: float) -> Role:
    """Whose listeners, each counted once, buy or come afterwards more often than the listeners of others."""
    _, first = np.unique(listener * size + speaker, return_index=True)
    whom = speaker[first]
    hits = np.bincount(whom, did[first], minlength=size).astype(np.int64)
    n = np.bincount(whom, minlength=size)
    return Role(hits, n, outstanding(hits, n, alpha=alpha))
