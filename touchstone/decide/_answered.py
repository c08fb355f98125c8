"""Answers once given, in order of time, and conversations that wait: of a file, with their words as vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from touchstone.core.tables import INSTANT, TEXT
from touchstone.language.tokens import Tokens, tokenise

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

SAME = ("person", "language", "product", "touchpoint", "unit")
"""Columns that tell by being the same: the customer one has answered before, their language, their product, …"""
_COMMON = 0.5  # share of texts; words of more of them tell nothing
_ORDER = ("occurred_at", "conversation", "expert", "answer", "text")


@dataclass(frozen=True, eq=False)
class Words:
    """Unit vectors of the words of questions, answers and conversations that wait; how rare each word is."""

    question: csr_array
    answer: csr_array
    asked: csr_array
    rarity: Floats


@dataclass(frozen=True, eq=False)
class Answered:
    """Answers (each with its question) first to last, and the conversations that wait; `before` counts answers.

    `counts` holds how often each word is in each question answered, then in each answer, then in each that waits.
    """

    answers: pa.Table
    waiting: pa.Table
    experts: list[str]
    expert: Places
    solved: Floats
    conversation: Places  # of each answer
    before: Places  # answers known when each answer's conversation came up
    known: Places  # answers known when each waiting conversation came up
    counts: csr_array
    tokens: Tokens
    token: Places  # the first of each column of `counts`

    def words(self, texts: int) -> Words:
        """Words as unit vectors: log counts times log rarity (TF-IDF).

        How rare a word is, is learned from the first so many answers and their questions alone.
        """
        size = len(self.answers)
        first = np.r_[0:texts, size : size + texts]
        seen = np.bincount(self.counts[first].indices, minlength=self.counts.shape[1])
        rare = np.where(seen > _COMMON * len(first), 0.0, np.log((len(first) + 1) / (seen + 0.5)))
        held = self.counts.copy()
        held.data = np.log1p(held.data)
        held = (held @ diags_array(rare)).tocsr()
        held.eliminate_zeros()
        length = np.sqrt(np.asarray(held.multiply(held).sum(axis=1)).ravel())
        held = (diags_array(1 / np.where(length > 0, length, 1.0)) @ held).tocsr()
        return Words(held[:size], held[size : 2 * size], held[2 * size :], rare)

    @cached_property
    def same(self) -> list[tuple[str, Places, Places]]:
        """Of the columns that tell by being the same: the name, and the value's number by answer and by who waits."""
        found = []
        for name in SAME:
            if name in self.answers.column_names and name in self.waiting.column_names:
                both = pa.concat_arrays([_whole(self.answers[name]), _whole(self.waiting[name])])
                number = np.asarray(pc.fill_null(pc.index_in(both, value_set=both.unique(), skip_nulls=True), -1))
                found.append((name, number[: len(self.answers)], number[len(self.answers) :]))
        return found

    def greatest(self, name: str) -> Floats:
        """By expert the greatest number in a column, 0 where there is none."""
        found = np.zeros(len(self.experts))
        if name in self.answers.column_names:
            np.fmax.at(found, self.expert, _floats(self.answers[name]))
        return found

    def latest(self, name: str) -> Floats:
        """By expert the last number in a column, 0 where there is none."""
        found = np.zeros(len(self.experts))
        if name in self.answers.column_names:
            number = _floats(self.answers[name])
            known = ~np.isnan(number)
            found[self.expert[known]] = number[known]
        return found

    def spelled(self, column: int) -> str:
        """A word as it was first written."""
        place = self.token[column]
        return bytes(self.tokens.data[self.tokens.start[place] : self.tokens.stop[place]]).decode("utf-8", "replace")


def answered(table: pa.Table, *, only: Sequence[str] = ()) -> Answered:
    """The answers and waiting conversations of rows `conversation`, `expert` (empty: it waits), `text` and the others.

    Only what came before a conversation is known to it; a row without an instant is always known, and, where it waits,
    knows everything. A conversation waits once; with `only`, no others wait.
    """
    for name in _ORDER:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(len(table), INSTANT if name == "occurred_at" else TEXT))
    table = table.filter(pc.is_valid(table["conversation"]))
    table = table.sort_by([(name, "ascending") for name in _ORDER])  # without an instant last
    some, blank = pc.is_valid(table["expert"]), pc.is_null(table["occurred_at"])
    answers = pa.concat_tables([table.filter(pc.and_(some, blank)), table.filter(pc.and_(some, pc.invert(blank)))])
    waiting = table.filter(pc.invert(some))
    if only:
        waiting = waiting.filter(pc.is_in(waiting["conversation"], value_set=pa.array(only, TEXT)))
    waiting = waiting.take(pc.index_in(waiting["conversation"].unique(), value_set=_whole(waiting["conversation"])))
    experts = sorted(pc.unique(answers["expert"]).to_pylist())
    conversation = _numbers(answers["conversation"])
    when, asked = _instants(answers, -np.inf), _instants(waiting, np.inf)
    first = np.full(conversation.max(initial=-1) + 1, np.inf)
    np.minimum.at(first, conversation, when)
    texts = [answers["text"], answers["answer"], waiting["text"]]
    tokens = tokenise(pa.concat_arrays([_whole(each).cast(pa.large_string()).fill_null("") for each in texts]))
    words, token, column = np.unique(tokens.hash, return_index=True, return_inverse=True)
    shape = (2 * len(answers) + len(waiting), len(words))
    counts = csr_array((np.ones(len(column)), (tokens.text, column)), shape=shape)
    counts.sum_duplicates()
    solved = answers["solved"] if "solved" in answers.column_names else pa.nulls(len(answers), pa.bool_())
    return Answered(
        answers, waiting, experts,
        expert=np.asarray(pc.index_in(answers["expert"], value_set=pa.array(experts, TEXT)), np.int64),
        solved=_floats(solved),
        conversation=conversation,
        before=np.searchsorted(when, first[conversation]),
        known=np.searchsorted(when, asked),
        counts=counts, tokens=tokens, token=token,
    )  # fmt: skip


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _numbers(column: pa.ChunkedArray) -> Places:
    return np.asarray(pc.index_in(column, value_set=column.unique()), np.int64)


def _floats(column: pa.ChunkedArray) -> Floats:
    """Numbers, NaN where there is none."""
    return np.asarray(_whole(pc.cast(column, pa.float64())).to_numpy(zero_copy_only=False), np.float64)


def _instants(table: pa.Table, missing: float) -> Floats:
    """Microseconds, or `missing`."""
    held = _floats(pc.cast(table["occurred_at"].cast(INSTANT), pa.int64()))
    return np.where(np.isnan(held), missing, held)
