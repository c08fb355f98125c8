"""The pass over texts in NumPy: what the C kernel does, where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchstone.language.found import CLAUSE_HEADS, Found, Table
from touchstone.language.kernel import sums
from touchstone.language.tokens import buffers
from touchstone.language.walk import Lexicon, Walk, walk

_AT_ONCE = 1 << 20  # bytes of text in one pass


def found(texts: pa.Array, lexicon: Lexicon, table: Table) -> Found:
    """The clauses of an Arrow array of strings with their sums."""
    walks = [walk(piece, lexicon) for piece in _pieces(texts)]
    totals = np.concatenate([sums(each.rows, each.ends, table.rows) for each in walks])
    walked = _joined(walks)
    worth = totals.astype(np.float32) * table.scale
    stop = table.own + table.touchpoints
    return Found(
        walked,
        np.ascontiguousarray(worth[:, :CLAUSE_HEADS].T),
        _by_text(walked, totals[:, CLAUSE_HEADS : table.own]).astype(np.float32)
        * table.scale[CLAUSE_HEADS : table.own],
        np.asfortranarray(worth[:, table.own : stop]),
        np.asfortranarray(worth[:, stop : stop + table.taught]),
    )


def _by_text(walked: Walk, totals: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The greatest sentence of each text, per column; 0 where nothing speaks."""
    answer = np.zeros((walked.texts, totals.shape[1]), np.int32)
    if len(totals) == 0:
        return answer
    first = np.flatnonzero(np.diff(walked.clause_sentence, prepend=-1))
    sentences = np.add.reduceat(totals, first, axis=0)
    owner = walked.clause_text[first]
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    answer[owner[begins]] = np.maximum(np.maximum.reduceat(sentences, begins, axis=0), 0)
    return answer


def _pieces(texts: pa.Array) -> list[pa.Array]:
    """The texts in slices of about a megabyte."""
    _, offsets = buffers(texts)
    cuts, begin = [], 0
    while begin < len(texts):
        end = max(begin + 1, int(np.searchsorted(offsets, offsets[begin] + _AT_ONCE, side="right")) - 1)
        cuts.append(texts.slice(begin, end - begin))
        begin = end
    return cuts or [texts]


def _joined(walks: list[Walk]) -> Walk:
    """The pieces as one walk."""
    if len(walks) == 1:
        return walks[0]
    texts = np.cumsum([0] + [each.texts for each in walks[:-1]])
    spoken = [int(each.clause_sentence[-1]) + 1 if len(each.clause_sentence) else 0 for each in walks]
    sentences = np.cumsum([0, *spoken[:-1]])
    rows = np.cumsum([0] + [len(each.rows) for each in walks[:-1]])

    def all_of(name: str, begins: npt.NDArray[np.int64] | None = None) -> Any:
        held = [getattr(each, name) for each in walks]
        if begins is not None:
            held = [(part + begin).astype(part.dtype) for part, begin in zip(held, begins, strict=True)]
        return np.concatenate(held)

    names = ("language", "language_sureness", "start", "stop", "size", "rows")
    return Walk(
        texts=sum(each.texts for each in walks),
        **{name: all_of(name) for name in names},
        clause_text=all_of("clause_text", texts),
        clause_sentence=all_of("clause_sentence", sentences),
        ends=all_of("ends", rows),
    )
