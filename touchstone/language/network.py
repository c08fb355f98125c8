"""The second tier: reads the sentences of a mention word by word, with the asked touchpoint in view.

All inner values are whole numbers from -127 to 127, and no sum of their products reaches 2**24: 32-bit floats hold them
exactly, so that an answer depends neither on its neighbours nor on the library that multiplies.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from touchstone.language import steps
from touchstone.language.found import Table
from touchstone.language.groups import Groups, folded
from touchstone.language.index import Index
from touchstone.language.walk import BLOCKS, Walk

SHIPPED = Path(__file__).parent / "network.npz"
LONGEST = 64  # words of a sentence that are read
OWN = "taught_network_"
"""How the names of a model's own weights of the second tier begin."""
SIGNS = 8  # inputs of a word beside its row: three moods, turned, foreign, relevance, own clause, first of a clause
_MOOD, _CUE, _YES = 20.0, 100.0, 64.0  # what one unit of mood and of cue, and a yes, are worth as whole numbers
_SHIPPED, _LEARNED = 0.5, 0.3  # what a cue and a taught weight of a touchpoint are worth where both are known
_FELT = 0.5  # mood or cue from which a word counts that the network does not know
_STEEP = 8.0  # steps of attention in one unit of its logarithm
_AT_ONCE = 4096  # words read at a time
_ONE_CORE = 1 << 18  # multiplications from which libraries wake other cores

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


class Words(NamedTuple):
    """The words of some texts in order, as the second tier sees them."""

    row: npt.NDArray[np.int32]  # in the lexicon
    clause: Places
    moods: Numbers  # (words, 3): good, bad, judging; with the phrases that end here
    cues: Numbers  # (words, touchpoints)
    turned: npt.NDArray[np.bool_]
    foreign: npt.NDArray[np.bool_]


class Windows(NamedTuple):
    """Sentences to be read, an empty row before each and after the last; window i ends before row `ends[i]`."""

    rows: npt.NDArray[np.int32]  # word rows of the lexicon, -1 where empty
    signs: Numbers  # (rows, SIGNS)
    ends: Places
    group: Places  # which group of clauses each window belongs to


def words(walked: Walk, table: Table, place: npt.NDArray[np.int32], learned: slice | None = None) -> Words:
    """The words of a walk with their columns of the first tier's table, less those that mean nothing to either tier.

    `place` says where the words of the lexicon stand in the network's rows, -1 where they are unknown; `learned` which
    columns hold what was taught of the first touchpoints, for a network that was fitted to see it.
    """
    count = len(place)
    phrase = np.append(walked.rows >= BLOCKS * count, [False, False])
    word, wide = np.flatnonzero(~phrase[:-2]), table.own + table.touchpoints
    last = learned.stop if learned else wide
    sums = table.rows[walked.rows[word], :last].astype(np.int32)
    for after in (1, 2):  # the pair and the triple that end with the word stand behind it
        ending = np.flatnonzero(phrase[word + 1] & phrase[word + after])
        sums[ending] += table.rows[walked.rows[word[ending] + after], :last]
    values = sums.astype(np.float32) * table.scale[:last]
    telling = (np.abs(values[:, :2]) > _FELT).any(axis=1) | (values[:, table.own : wide] > _FELT).any(axis=1)
    telling |= place[walked.rows[word] % count] >= 0
    word, values = word[telling], values[telling]
    cues = np.clip(values[:, table.own : wide], 0, 1.2)
    if learned:
        more = values[:, learned]
        cues[:, : more.shape[1]] = _SHIPPED * cues[:, : more.shape[1]] + _LEARNED * more
    clause = np.repeat(np.arange(len(walked.ends)), np.diff(walked.ends, prepend=0))
    rows = walked.rows[word]
    return Words(
        rows % count, clause[word], values[:, :3], cues,
        (rows >= count) & (rows < 2 * count), rows >= 2 * count,
    )  # fmt: skip


def windows(held: Words, walked: Walk, groups: Groups, touchpoint: npt.NDArray[np.integer]) -> Windows:
    """The sentences in which each group's clauses stand, each group about a touchpoint (-1: none is known)."""
    owner = np.repeat(np.arange(len(groups.ends)), groups.sizes)
    sentence = walked.clause_sentence[groups.clauses].astype(np.int64)
    many = int(sentence.max(initial=0)) + 1
    own = np.unique(owner * many + sentence)
    group, sentence = own // many, own % many
    of_word = walked.clause_sentence[held.clause]
    begin = np.searchsorted(of_word, sentence)
    size = np.minimum(np.searchsorted(of_word, sentence, side="right") - begin, LONGEST)
    ends = np.cumsum(size + 1)
    total = int(ends[-1]) + 1 if len(ends) else 1
    place = np.arange(total) - np.repeat(np.append(ends - size, total), np.append(size + 1, 1))[:total]
    window = np.repeat(np.arange(len(ends) + 1), np.append(size + 1, 1))[:total]
    inside = np.flatnonzero((place >= 0) & (window < len(ends)))
    chosen = begin[window[inside]] + place[inside]
    signs = np.zeros((total, SIGNS), np.float32)
    mine = group[window[inside]]
    own = np.isin(mine * groups.among + held.clause[chosen], owner * groups.among + groups.clauses)
    signs[inside] = _signs(held, chosen, own, touchpoint[mine])
    rows = np.full(total, -1, np.int32)
    rows[inside] = held.row[chosen]
    return Windows(rows, signs, ends, group)


def _signs(held: Words, chosen: Places, own: npt.NDArray[np.bool_], asked: npt.NDArray[np.integer]) -> Numbers:
    """What is told of each chosen word beside its row; `asked` is the touchpoint that it is read for."""
    cue = held.cues[chosen, asked] if held.cues.shape[1] else np.zeros(len(chosen), np.float32)
    first = np.diff(held.clause, prepend=-1)[chosen] > 0
    found = np.column_stack(
        [
            held.moods[chosen] * _MOOD,
            held.turned[chosen] * _YES,
            held.foreign[chosen] * _YES,
            np.where(asked >= 0, cue, 0) * _CUE,
            own * _YES,
            first * _YES,
        ]
    )
    answer: Numbers = np.rint(np.clip(found, -127, 127)).astype(np.float32)
    return answer


def _product(rows: Numbers, weights: Numbers) -> Numbers:
    """`rows @ weights`, in pieces so small that one core multiplies them: waking others would cost far more."""
    answer = np.empty((len(rows), weights.shape[1]), np.float32)
    step = max(1, _ONE_CORE // weights.size)
    for begin in range(0, len(rows), step):
        np.matmul(rows[begin : begin + step], weights, out=answer[begin : begin + step])
    return answer


@dataclass(frozen=True, eq=False)
class Network:
    """Weights as the file holds them: whole numbers, and what one step of each is worth."""

    arrays: dict[str, npt.NDArray[Any]]

    @cached_property
    def rows(self) -> Index:
        """The row of each word it knows, by hash."""
        return Index(self.arrays["word_keys"])

    @cached_property
    def _vectors(self) -> npt.NDArray[np.int8]:
        """The rows of words, the last of zeros for words that it does not know (-1)."""
        return np.pad(self.arrays["word_rows"], ((0, 1), (0, 0)))

    def pooled(self, seen: Windows, place: npt.NDArray[np.int32]) -> Numbers:
        """What each window comes to: (windows, features), whole numbers from 0 to 127.

        `place` says where the words of the lexicon stand in `rows`, -1 where they are unknown.
        """
        width = 2 * self.arrays["second"].shape[-1]
        if not len(seen.ends):
            return np.zeros((0, width), np.float32)
        full = np.searchsorted(seen.ends, np.arange(0, seen.ends[-1], _AT_ONCE))
        cuts = np.unique(np.append(full, len(seen.ends))).tolist()
        return np.concatenate([self._piece(seen, place, first, stop) for first, stop in pairwise(cuts)])

    def _piece(self, seen: Windows, place: npt.NDArray[np.int32], first: int, stop: int) -> Numbers:
        begin = int(seen.ends[first - 1]) if first else 0
        rows = seen.rows[begin : seen.ends[stop - 1] + 1]
        known = np.where(rows >= 0, place[rows], -1)
        signs = seen.signs[begin : begin + len(rows)]
        states = np.concatenate([self._vectors[known], signs], axis=1, dtype=np.float32)
        filled = (rows >= 0).astype(np.float32)[:, None]
        states = self.layer(states, "first")
        states *= filled
        for name in ("second", "third"):
            states += self.layer(states, name)
            np.minimum(states, 127, out=states)
            states *= filled
        starts = np.append(begin, seen.ends[first : stop - 1]) - begin
        return self._attended(states, signs, filled, starts)

    def layer(self, states: Numbers, name: str) -> Numbers:
        """A word with its two neighbours: (rows, outputs)."""
        scale, bias = self.arrays[f"{name}_scale"], self.arrays[f"{name}_bias"]
        made = steps.convolved(states, self.arrays[name], scale, bias)
        if made is not None:
            return made
        weights = self.arrays[name].astype(np.float32)
        sums = _product(states, weights[1])
        sums[1:] += _product(states[:-1], weights[0])
        sums[:-1] += _product(states[1:], weights[2])
        sums *= scale
        sums += bias
        answer: Numbers = np.rint(np.clip(sums, 0, 127))
        return answer

    def _attended(self, states: Numbers, signs: Numbers, filled: Numbers, starts: Places) -> Numbers:
        """The mean state of each window by two kinds of attention."""
        raw = _product(states, self.arrays["attention"].astype(np.float32)) * self.arrays["attention_scale"]
        raw += signs @ self.arrays["attention_signs"].astype(np.float32) * self.arrays["attention_signs_scale"]
        place = np.rint(np.clip(raw * _STEEP, -127, 127)).astype(np.int64)
        weight = np.exp(np.arange(-127, 128) / _STEEP)[place + 127] * filled
        total = np.maximum(np.add.reduceat(weight, starts, axis=0), 1e-300)
        sums = steps.attended(states, weight, starts)
        if sums is None:
            sums = np.stack([folded((states * each[:, None]).T, starts).T for each in weight.T], axis=1)
        answer: Numbers = np.rint(sums / total[:, :, None]).astype(np.float32)
        return answer.reshape(len(starts), -1)

    def logits(self, pooled: Numbers) -> npt.NDArray[np.float64]:
        """Of the four polarities: (windows, 4)."""
        sums = _product(pooled, self.arrays["answer"].astype(np.float32))
        held = sums.astype(np.float64) * self.arrays["answer_scale"] + self.arrays["answer_bias"]
        answer: npt.NDArray[np.float64] = held
        return answer


class Near(NamedTuple):
    """What the second tier makes of groups of clauses: logits of the four polarities, and what they were read from."""

    logits: npt.NDArray[np.float64]  # (groups, 4)
    features: npt.NDArray[np.float64]  # (groups, features), 0 to 1

    @property
    def inputs(self) -> npt.NDArray[np.float64]:
        """What teaching learns from."""
        return np.concatenate([self.features, self.logits], axis=1)


def near(network: Network, seen: Windows, place: npt.NDArray[np.int32], count: int) -> Near:
    """Groups by the mean of their windows, those that judge weighing more; zeros where a group has none."""
    pooled = network.pooled(seen, place)
    logits = network.logits(pooled)
    chance = np.exp(logits - logits.max(axis=1, keepdims=True))
    weight = 1.05 - chance[:, 1] / chance.sum(axis=1)
    total = np.maximum(np.bincount(seen.group, weight, count), 1e-9)

    def mean(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        sums = [np.bincount(seen.group, column * weight, count) for column in values.T]
        return np.stack(sums, axis=1) / total[:, None]

    return Near(mean(logits), mean(pooled.astype(np.float64) / 127))


@cache
def shipped() -> Network:
    """The network that ships with the package."""
    return load(SHIPPED)


def taught(arrays: dict[str, npt.NDArray[Any]]) -> Network:
    """The network that ships with the package, with the weights that a model's arrays bring of their own."""
    own = {name.removeprefix(OWN): array for name, array in arrays.items() if name.startswith(OWN)}
    return Network({**shipped().arrays, **own}) if own else shipped()


def load(path: Path) -> Network:
    """The network in a file."""
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
        return Network({name: file[name] for name in file.files})
