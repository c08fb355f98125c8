"""The second tier fitted further to a user's labels: its weights, by gradients; the rows of words stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from touchstone.language.network import Network, Windows

EPOCHS, BATCH, RATE, DECAY = 4, 64, 2e-3, 0.05
_WARM = 0.15  # share of the steps in which the rate rises
_LOST, _DROPPED = 0.1, 0.2  # share of words and of pooled features that a step does not see
_WORD, _STATE = np.float32(64), np.float32(32)  # whole-number steps of one unit, in inputs and in states
_HIGH = np.float32(127 / 32)
_LAYERS = ("first", "second", "third")
_FADE = (0.9, 0.999)  # how slowly Adam forgets slopes and their squares

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Weights = dict[str, Numbers]


@dataclass(frozen=True, eq=False)
class Batch:
    """Sentences after one another, an empty row before each: inputs and whether a word stands there, by row."""

    inputs: Numbers  # (rows, word row and signs) in units
    filled: Numbers  # (rows, 1)
    starts: Places  # first row of each sentence
    owner: Places  # sentence of each row


def tuned(network: Network, seen: Windows, place: npt.NDArray[np.int32], known: Numbers, wanted: Numbers, *,
          seed: int) -> dict[str, npt.NDArray[Any]]:  # fmt: skip
    """The network's arrays (all but its word rows), fitted to what its answer and `known` should add up to.

    `known` and `wanted` (windows, 4) are logits that hold beside the network's, and how much each polarity is wanted:
    a window without any teaches nothing. AdamW with a rate that rises and falls; cross-entropy.
    """
    weights = _floats(network)
    slow, square = ({name: np.zeros_like(each) for name, each in weights.items()} for _ in range(2))
    random, used = np.random.default_rng(seed), np.flatnonzero(wanted.any(axis=1))
    steps, step = EPOCHS * -(-len(used) // BATCH), 0
    for _ in range(EPOCHS):
        order = random.permutation(used)
        for begin in range(0, len(used), BATCH):
            chosen = order[begin : begin + BATCH]
            batch = _batch(network, seen, place, chosen, random)
            slopes = _slopes(weights, batch, known[chosen], wanted[chosen], random)
            step += 1
            rate = RATE * _pace(step / steps)
            for name, slope in slopes.items():
                slow[name] += (1 - _FADE[0]) * (slope - slow[name])
                square[name] += (1 - _FADE[1]) * (slope * slope - square[name])
                move = slow[name] / (1 - _FADE[0] ** step)
                move /= np.sqrt(square[name] / (1 - _FADE[1] ** step)) + 1e-8
                weights[name] -= np.float32(rate) * (move + np.float32(DECAY) * weights[name])
    return _whole(weights)


def _pace(done: float) -> float:
    """The rate's share of its greatest, from the share of steps done: up and down again by half a cosine each."""
    phase = done / _WARM if done < _WARM else (1 - done) / (1 - _WARM)
    return float(0.5 - 0.5 * np.cos(np.pi * phase))


def _batch(
    network: Network, seen: Windows, place: npt.NDArray[np.int32], chosen: Places, random: np.random.Generator
) -> Batch:
    size = np.diff(seen.ends, prepend=0)[chosen]
    ends = np.cumsum(size)
    owner = np.repeat(np.arange(len(chosen)), size)
    rows = np.arange(int(ends[-1])) + np.repeat(seen.ends[chosen] - ends, size)
    word = seen.rows[rows]
    filled = word >= 0
    known = np.where(filled & (random.random(len(word)) >= _LOST), place[word], -1)
    vectors = network.arrays["word_rows"][known] * (known >= 0)[:, None]
    inputs = np.concatenate([vectors.astype(np.float32), seen.signs[rows]], axis=1)
    return Batch(inputs * (np.float32(1) / _WORD), filled.astype(np.float32)[:, None], ends - size, owner)


def _beside(states: Numbers) -> Numbers:
    """Each row between the one before and the one after."""
    wide = states.shape[1]
    answer = np.zeros((len(states), 3 * wide), np.float32)
    answer[1:, :wide], answer[:, wide : 2 * wide], answer[:-1, 2 * wide :] = states[:-1], states, states[1:]
    return answer


def _joined(slopes: Numbers) -> Numbers:
    """The transpose of `_beside`."""
    wide = slopes.shape[1] // 3
    answer = slopes[:, wide : 2 * wide].copy()
    answer[:-1] += slopes[1:, :wide]
    answer[1:] += slopes[:-1, 2 * wide :]
    return answer


def _slopes(weights: Weights, batch: Batch, known: Numbers, wanted: Numbers, random: np.random.Generator) -> Weights:
    """The slope of the mean cross-entropy in each weight."""
    beside, inside, states = dict[str, Numbers](), dict[str, npt.NDArray[np.bool_]](), batch.inputs
    for name in _LAYERS:
        beside[name] = _beside(states)
        sums = beside[name] @ weights[name] + weights[f"{name}_bias"]
        moved = np.clip(sums, 0, _HIGH)
        inside[name] = (sums > 0) & (sums < _HIGH) & (batch.filled > 0)
        if name != "first":
            moved += states
            inside[name] &= moved < _HIGH
        states = np.minimum(moved, _HIGH) * batch.filled
    signs = batch.inputs[:, -len(weights["attention_signs"]) :]
    share = _shares(states @ weights["attention"] + signs @ weights["attention_signs"], batch)
    heads, wide = share.shape[1], states.shape[1]
    pooled = np.concatenate(
        [np.add.reduceat(states * share[:, [head]], batch.starts, axis=0) for head in range(heads)], axis=1
    )
    kept = (random.random(pooled.shape) >= _DROPPED).astype(np.float32) / np.float32(1 - _DROPPED)
    logits = (pooled * kept) @ weights["answer"] + weights["answer_bias"] + known
    chance = np.exp(logits - logits.max(axis=1, keepdims=True))
    chance *= wanted.sum(axis=1, keepdims=True) / chance.sum(axis=1, keepdims=True)
    wrong = (chance - wanted) / np.float32(len(wanted))
    found = {"answer": (pooled * kept).T @ wrong, "answer_bias": wrong.sum(axis=0)}
    back = ((wrong @ weights["answer"].T) * kept)[batch.owner].reshape(len(states), heads, wide)
    worth = np.einsum("rhw,rw->rh", back, states) * share
    worth -= share * np.add.reduceat(worth, batch.starts, axis=0)[batch.owner]
    found["attention"], found["attention_signs"] = states.T @ worth, signs.T @ worth
    slope = np.einsum("rhw,rh->rw", back, share) + worth @ weights["attention"].T
    slope *= batch.filled
    for name in reversed(_LAYERS):
        own = slope * inside[name]
        found[name], found[f"{name}_bias"] = beside[name].T @ own, own.sum(axis=0)
        if name != "first":
            slope = (_joined(own @ weights[name].T) + slope) * batch.filled
    return found


def _shares(logits: Numbers, batch: Batch) -> Numbers:
    """How much each word of a sentence is attended to, by head."""
    grown: Numbers = np.exp(np.clip(logits, -_HIGH * 4, _HIGH * 4)) * batch.filled
    total = np.maximum(np.add.reduceat(grown, batch.starts, axis=0), 1e-30)
    grown /= total[batch.owner]
    return grown


def _floats(network: Network) -> Weights:
    """The network's whole numbers in units."""
    held, answer = network.arrays, dict[str, Numbers]()
    for name, unit in _units():
        values = held[name].astype(np.float32) * held[f"{name}_scale"] * unit
        answer[name] = values.reshape(-1, values.shape[-1]).astype(np.float32)
    for name in _LAYERS:
        answer[f"{name}_bias"] = np.asarray(held[f"{name}_bias"] / _STATE, np.float32)
    answer["answer_bias"] = held["answer_bias"].astype(np.float32)
    return answer


def _whole(weights: Weights) -> dict[str, npt.NDArray[Any]]:
    """Units as the network's whole numbers, 127 steps for each output."""
    answer = dict[str, npt.NDArray[Any]]()
    for name, unit in _units():
        values = weights[name]
        scale = np.maximum(np.abs(values).max(axis=0), 1e-8) / np.float32(127)
        whole = np.rint(values / scale).astype(np.int8)
        answer[name] = whole.reshape(3, -1, whole.shape[1]) if name in _LAYERS else whole
        answer[f"{name}_scale"] = (scale / unit).astype(np.float32)
    for name in _LAYERS:
        answer[f"{name}_bias"] = weights[f"{name}_bias"] * _STATE
    answer["answer_bias"] = weights["answer_bias"].astype(np.float64)
    return answer


def _units() -> list[tuple[str, np.float32]]:
    """Each matrix with the steps of its inputs against those of its outputs."""
    return [
        ("first", _WORD / _STATE),
        ("second", np.float32(1)),
        ("third", np.float32(1)),
        ("attention", _STATE),
        ("attention_signs", _WORD),
        ("answer", _STATE),
    ]
