"""What `teach` added, applied to the sums of a reading."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from touchstone.language.groups import folded
from touchstone.language.model import KINDS
from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float32]
_OWN_WORDS = 0.6


def curve(numbers: npt.NDArray[Any]) -> Numbers:
    """Probabilities of logits."""
    held = np.clip(numbers, -30, 30)
    np.exp(np.negative(held, out=held), out=held)
    held += 1
    answer: Numbers = np.divide(1, held, out=held).astype(np.float32, copy=False)
    return answer


def touchpoints(facts: dict[str, Any], walked: Walk, cues: Numbers, learned: Numbers) -> tuple[Numbers, Numbers]:
    """Probability by clause, and how much each clause speaks of each touchpoint.

    Decided for the sentence (or text), given to the clause that speaks most of it.
    """
    if len(cues) == 0:
        return cues, cues
    owner = walked.clause_sentence if facts["sentences"] else walked.clause_text
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    size = np.add.reduceat(walked.size, first)
    logits = folded(learned.T, first).T / np.sqrt(size)[:, None] + np.array(facts["bias"])
    logits += facts["cue"] * np.clip(folded(cues.T, first, np.maximum).T, 0, 1.2)
    if facts["exclusive"]:
        logits -= rivals(logits)
    unit = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(owner))))
    own = cues + 0.5 * learned / np.sqrt(walked.size)[:, None]
    told = own.astype(np.float32)
    own -= 1e-6 * (np.arange(len(own)) - first[unit])[:, None]
    best = own >= folded(own.T, first, np.maximum).T[unit]
    likely = curve(logits)[unit]
    chosen = np.where(best | (cues >= _OWN_WORDS), likely, np.minimum(likely, 0.45)).astype(np.float32)
    return chosen, told


def rivals(logits: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The greatest of the other columns, for each: 0 is where the best changes."""
    ranked = np.partition(logits, -2, axis=1)
    answer: npt.NDArray[Any] = np.where(logits >= ranked[:, -1:], ranked[:, -2:-1], ranked[:, -1:])
    return answer


def by_text(walked: Walk, learned: Numbers) -> Numbers:
    """Sums over each text by 1/sqrt(tokens): (texts, columns)."""
    answer = np.zeros((walked.texts, learned.shape[1]), np.float64)
    size = np.bincount(walked.clause_text, walked.size, walked.texts)
    for column in range(learned.shape[1]):
        answer[:, column] = np.bincount(walked.clause_text, learned[:, column], walked.texts)
    return (answer / np.sqrt(np.maximum(size, 1))[:, None]).astype(np.float32)


def kinds(facts: dict[str, Any], shipped: Numbers, likely: Numbers, sums: Numbers) -> tuple[Numbers, Numbers]:
    """Scores and probabilities of the shipped kinds (corrected where they were taught) and, behind them, of others."""
    names = facts["names"]
    logits = sums + np.array(facts["bias"])
    held = np.clip(shipped, 1e-3, 1 - 1e-3)
    own = [column for column, name in enumerate(names) if name not in KINDS]
    answer, sure = shipped.copy(), likely.copy()
    for column, name in enumerate(names):
        if name in KINDS:
            place = KINDS.index(name)
            before = facts["shipped"] * np.log(held[:, place] / (1 - held[:, place]))
            answer[:, place] = curve(logits[:, column] + before)
            sure[:, place] = answer[:, place]
    if not facts["exclusive"]:
        others = curve(logits[:, own])
        return np.concatenate([answer, others], axis=1), np.concatenate([sure, others], axis=1)
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    chance = grown / grown.sum(axis=1, keepdims=True)
    score = curve(logits - rivals(logits))
    return (
        np.concatenate([answer, score], axis=1).astype(np.float32),
        np.concatenate([sure, chance], axis=1).astype(np.float32),
    )
