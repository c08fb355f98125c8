"""What rows say of themselves in `detail`, held by column and written out as JSON for all rows at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from json.encoder import encode_basestring  # what `JSONEncoder.encode` calls for a text
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from touchstone.core.tables import TEXT

Floats = NDArray[np.float64]
PLAIN = json.JSONEncoder(ensure_ascii=False)  # made once: `json.dumps` makes one for every row
SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False)
_WHOLE = 1e12  # beyond, rounding a number would lose more of it than it tidies


class Details:
    """The details of so many rows; a row says only what it was given."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._columns: dict[str, list[str] | str] = {}  # JSON of each row (empty: says nothing), or of all alike

    def alike(self, **said: Any) -> None:
        """All rows say this."""
        self._columns |= {name: SORTED.encode(value) for name, value in said.items()}

    def numbers(self, name: str, column: Any, *, at: Any = None, digits: int = 6) -> None:
        """A number each; with `at`, only of the rows at these places."""
        held = pa.array(np.asarray(column)).dictionary_encode()  # a number many rows have is written once
        given = held.dictionary.to_numpy()
        plain = given.tolist() if given.dtype.kind in "iu" else tidied(given, digits=digits)
        texts = SORTED.encode(plain)[1:-1].split(", ")
        self.written(name, [texts[each] for each in held.indices.to_numpy().tolist()], at=at)

    def words(self, name: str, column: Sequence[str]) -> None:
        """A text each."""
        self._columns[name] = PLAIN.encode(column[0]) if len(set(column)) == 1 else encoded(column)

    def written(self, name: str, texts: Sequence[str], *, at: Any = None) -> None:
        """What is JSON already."""
        if at is None or len(at) == self._size:
            self._columns[name] = list(texts)
            return
        held = self._columns.get(name, "")
        column = [held] * self._size if isinstance(held, str) else held
        for place, text in zip(at.tolist(), texts, strict=True):
            column[place] = text
        self._columns[name] = column

    def json(self) -> list[str]:
        """Each row's object, its names in order."""
        pattern, told = "", []
        for name in sorted(self._columns):
            head, column = f", {PLAIN.encode(name)}: ", self._columns[name]
            if isinstance(column, str):
                pattern += plain_in_pattern(head + column)
            elif "" in column:
                pattern += "%s"
                told.append([head + each if each else "" for each in column])
            else:
                pattern += plain_in_pattern(head) + "%s"
                told.append(column)
        rows = zip(*told, strict=True) if told else repeat((), self._size)
        return ["{" + (pattern % row)[2:] + "}" for row in rows]


@dataclass(frozen=True)
class Tallies:
    """How often each of `size` groups was given each label: the cells that are not empty, by group and label."""

    group: NDArray[np.int64]
    label: NDArray[np.int64]
    n: NDArray[np.int64]
    labels: list[str]
    size: int

    @classmethod
    def of(cls, group: Any, labels: Any, n: Floats, *, size: int) -> Tallies:
        """From rows of a group, a label (none: unknown) and a count."""
        held = pa.array(labels, TEXT).dictionary_encode()
        named = [each or "unknown" for each in (*held.dictionary.to_pylist(), "")]
        words = sorted(set(named))
        place = {word: at for at, word in enumerate(words)}
        rank = np.array([place[each] for each in named])
        code = rank[held.indices.fill_null(len(named) - 1).to_numpy(zero_copy_only=False)]
        cell, back = np.unique(group * len(words) + code, return_inverse=True)
        amount = np.bincount(back, weights=n, minlength=cell.size).astype(np.int64)
        return cls(cell // len(words), cell % len(words), amount, words, size)

    def json(self) -> list[str]:
        """Each group's counts by label."""
        labels = [f"{each}: " for each in encoded(self.labels)]
        texts = [labels[label] + str(n) for label, n in zip(self.label.tolist(), self.n.tolist(), strict=True)]
        ends = np.searchsorted(self.group, np.arange(self.size + 1)).tolist()
        return ["{" + ", ".join(texts[start:end]) + "}" for start, end in pairwise(ends)]

    def mean(self, points: dict[str, float]) -> Floats:
        """Each group's mean of the points of its labels, of those without any nought."""
        worth = np.array([points.get(each, 0.0) for each in self.labels])[self.label]
        total, every = (np.bincount(self.group, self.n * by, minlength=self.size) for by in (worth, 1.0))
        return np.asarray(total / np.fmax(every, 1.0), float)


def encoded(column: Sequence[str | None]) -> list[str]:
    """Each text as JSON."""
    return ["null" if each is None else encode_basestring(each) for each in column]


def plain_in_pattern(text: str) -> str:
    """A text that stands for itself in a pattern that `%` fills."""
    return text.replace("%", "%%")


def tidied(numbers: Any, *, digits: int = 6) -> list[float | None]:
    """`tidy` of every number of a column."""
    column = np.asarray(numbers, float)
    finite = np.isfinite(column)
    exact = ~(np.abs(column) < _WHOLE)  # has no such digits
    rounded = np.where(exact, column, np.round(np.where(exact, 0.0, column), digits)).tolist()
    return rounded if finite.all() else [each if known else None for each, known in zip(rounded, finite, strict=True)]
