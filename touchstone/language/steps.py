"""Single steps in C (`kernel.c`), the same answers as in NumPy; each is None where NumPy is to take it."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from touchstone.language.library import WIDEST, addresses, library, needed, numbers, pointers

if TYPE_CHECKING:
    from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float32]
_STYLE_BITS = 18  # as in kernel.c
_OUTPUTS = 32  # columns of a layer that are added up at once


class _Layer(ctypes.Structure):
    _fields_ = [*numbers("rows", "inputs", "outputs"), *pointers("states", "weights", "scale", "bias", "answer")]


class _Attention(ctypes.Structure):
    _fields_ = [*numbers("rows", "width", "heads", "windows"), *pointers("states", "weight", "starts", "answer")]


class _Curves(ctypes.Structure):
    _fields_ = [*numbers("rows", "columns", "curves"), *pointers("evidence", "column", "slope", "middle", "answer")]


class _Mood(ctypes.Structure):
    _fields_ = [
        *numbers("clauses", "room", "mentions"),
        *pointers(
            "sentence", "size", "moods", "clause", "judging", "logits", "doubts", "sentiment", "polarity", "sure"
        ),
    ]


class _Lending(ctypes.Structure):
    _fields_ = [
        *numbers("words", "stride", "width", "cues", "touchpoints"),
        *pointers("rows", "own", "length", "owner", "lent"),
    ]


class _Style(ctypes.Structure):
    _fields_ = [*numbers("texts"), *pointers("data", "offsets", "weights", "total", "count")]


def convolved(
    states: Numbers, weights: npt.NDArray[np.int8], scale: Numbers, bias: Numbers, *, widest: int = WIDEST
) -> Numbers | None:
    """Words with their two neighbours, whole numbers from 0 to 127: (rows, outputs)."""
    inputs, outputs = weights.shape[1:]
    if library() is None or outputs % _OUTPUTS or weights.dtype != np.int8:
        return None
    answer = np.empty((len(states), outputs), np.float32)
    floats = {"states": states, "scale": scale, "bias": bias}
    held = _packed(floats, np.float32) | {"weights": np.ascontiguousarray(weights), "answer": answer}
    facts = _Layer(rows=len(states), inputs=inputs, outputs=outputs, **addresses(held))
    if needed().touchstone_layer(ctypes.byref(facts), widest):
        raise MemoryError("no memory for the weights of a layer")
    return answer


def attended(
    states: Numbers, weight: npt.NDArray[np.float64], starts: npt.NDArray[np.int64], *, widest: int = WIDEST
) -> npt.NDArray[np.float64] | None:
    """The states of each window by each weight, added up: (windows, weights, columns)."""
    if library() is None:
        return None
    answer = np.zeros((len(starts), weight.shape[1], states.shape[1]))
    held = _packed({"states": states}, np.float32) | _packed({"weight": weight}, np.float64)
    held |= _packed({"starts": starts}, np.int64) | {"answer": answer}
    shape = {"rows": len(states), "width": states.shape[1], "heads": weight.shape[1], "windows": len(starts)}
    needed().touchstone_attend(ctypes.byref(_Attention(**shape, **addresses(held))), widest)
    return answer


def curved(
    evidence: Numbers, columns: list[int], slopes: Numbers, middles: Numbers, *, widest: int = WIDEST
) -> Numbers | None:
    """The probability that `slopes * (evidence[:, columns] - middles)` is the logit of: (rows, columns)."""
    if library() is None:
        return None
    answer = np.empty((len(evidence), len(columns)), np.float32)
    held = _packed({"evidence": evidence, "slope": slopes, "middle": middles}, np.float32)
    held |= {"column": np.array(columns, np.int32), "answer": answer}
    facts = _Curves(rows=len(evidence), columns=evidence.shape[1], curves=len(columns), **addresses(held))
    needed().touchstone_curve(ctypes.byref(facts), widest)
    return answer


def lent(
    into: Numbers, vectors: npt.NDArray[np.int8], own: Numbers, length: Numbers, owner: npt.NDArray[np.int64],
    *, widest: int = WIDEST,
) -> bool:  # fmt: skip
    """Whether `into` was given what words lend touchpoints by likeness to the rows of their cues: see `cues.lent`."""
    if library() is None or vectors.dtype != np.int8 or vectors.strides[1:] != (1,) or not into.flags.c_contiguous:
        return False
    held = _packed({"owner": owner}, np.int32) | _packed({"own": own, "length": length}, np.float32)
    held |= {"rows": vectors, "lent": into}
    shape = {"words": len(vectors), "stride": vectors.strides[0], "width": vectors.shape[1]}
    facts = _Lending(**shape, cues=len(own), touchpoints=into.shape[1], **addresses(held))
    if needed().touchstone_lend(ctypes.byref(facts), widest):
        raise MemoryError("no memory for the likeness of words")
    return True


def styled(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], weights: npt.NDArray[np.int8], *, widest: int = WIDEST
) -> npt.NDArray[np.int64] | None:
    """(2, texts): sums and counts as of `style.sums`; zeros stand between texts, and eight behind the last."""
    if library() is None or len(weights) != 1 << _STYLE_BITS:
        return None
    answer = np.zeros((2, len(offsets) - 1), np.int64)
    held = _packed({"offsets": offsets}, np.int64) | _packed({"weights": weights}, np.int8)
    held |= _packed({"data": data}, np.uint8) | {"total": answer[0], "count": answer[1]}
    if needed().touchstone_style(ctypes.byref(_Style(texts=len(offsets) - 1, **addresses(held))), widest):
        raise MemoryError("no memory for the sequences of a text")
    return answer


class Felt(NamedTuple):
    """What the first tier makes of single clauses."""

    sentiment: Numbers
    polarity: npt.NDArray[np.int8]
    sure: npt.NDArray[np.bool_]  # whether the second tier need not read it
    logits: npt.NDArray[np.float64]  # (clauses, polarities), before doubts; empty unless asked for
    doubts: npt.NDArray[np.float64]  # (clauses, 2): what speaks for neutral and for mixed; empty likewise


def felt(
    moods: Numbers,
    walk: Walk,
    clause: npt.NDArray[np.int64],
    judging: npt.NDArray[np.floating],
    *,
    logits: bool = False,
    widest: int = WIDEST,
) -> Felt | None:
    """What the first tier makes of some clauses of a walk, each by itself; `logits` too, where asked for."""
    if library() is None or len(clause) == 0:
        return None
    if moods.strides[1] != moods.itemsize:
        moods = np.ascontiguousarray(moods)
    count = len(clause)
    asked = count if logits else 0
    answer = Felt(
        np.empty(count, np.float32), np.empty(count, np.int8), np.empty(count, np.bool_),
        np.empty((asked, judging.shape[1])), np.empty((asked, 2)),
    )  # fmt: skip
    held = _packed({"sentence": walk.clause_sentence, "size": walk.size}, np.int32) | {"moods": moods}
    held |= _packed({"clause": clause}, np.int64) | _packed({"judging": judging}, np.float64)
    into = addresses(answer._asdict())
    into |= {} if logits else {"logits": 0, "doubts": 0}
    shape = {"clauses": len(walk.size), "room": moods.strides[0] // moods.itemsize, "mentions": count}
    needed().touchstone_feel(ctypes.byref(_Mood(**shape, **addresses(held), **into)), widest)
    return answer


def _packed(arrays: dict[str, npt.NDArray[Any]], kind: type[np.generic]) -> dict[str, npt.NDArray[Any]]:
    return {name: np.ascontiguousarray(array, kind) for name, array in arrays.items()}
