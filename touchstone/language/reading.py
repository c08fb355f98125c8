"""What one pass over texts found: clauses with their scores, and each text as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from touchstone.language import steps
from touchstone.language.curves import exponential, logarithm, single_exponential
from touchstone.language.groups import Groups, each
from touchstone.language.message import Message
from touchstone.language.network import Near
from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

POLARITIES = ("negative", "neutral", "positive", "mixed")
_BORROWED, _OWN = 0.8, 2.0  # how much a clause leans on its sentence, and how fast less with a mood of its own
_SILENT = (-4.0, 4.0, -4.0, -4.0)  # logits where nothing is said
_LOUD, _CARE = 1.5, 0.5  # how fast mood in the sentence drives away neutral, and how strongly its absence speaks for it
_BELIEF, _DOUBT = 1.5, -1.0  # how evidence of an opinion becomes belief in its mood
_SPLIT, _LEAST_MASS, _TORN = 0.85, 0.8, 2.5  # share of the weaker side, and its size, that speak so much for mixed
_FIRST = 0.15  # how much the first tier still says where the second has read
_SURE = 0.34  # chance of a polarity from which the first tier is believed: one mention in some hundreds is not
_SPEAKS = 0.3  # cue from which a clause counts as speaking of a touchpoint that is asked for


def chances_of(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Chances of polarities, of which one is true."""
    grown = exponential(logits - logits.max(axis=1, keepdims=True))
    answer: npt.NDArray[np.float64] = grown / grown.sum(axis=1, keepdims=True)
    return answer


def _decided(chance: npt.NDArray[np.float64]) -> tuple[Numbers, npt.NDArray[np.int8]]:
    """Sentiment and polarity of chances of polarities."""
    return (chance[:, 2] - chance[:, 0]).astype(np.float32), chance.argmax(axis=1).astype(np.int8)


def _combined(evidence: npt.NDArray[np.float64], weights: Numbers) -> npt.NDArray[np.float64]:
    """`evidence @ weights`, each column in one piece, which is how chances are fastest made of logits."""
    answer = np.zeros((weights.shape[1], len(evidence)))
    for row, factors in zip(evidence.T, weights.astype(np.float64), strict=True):
        for place, factor in enumerate(factors.tolist()):
            answer[place] += row * factor
    return answer.T


class TaughtMood(NamedTuple):
    """What was learned of polarity beside both tiers."""

    clauses: Numbers  # (clauses, polarities): sums of what words say
    bias: npt.NDArray[np.float64]  # (touchpoints + 1, polarities), the last for any other
    near: npt.NDArray[np.float64]  # (features of the second tier, then its logits; polarities)


@dataclass(frozen=True, eq=False)
class Mentions:
    """Mentions in order of text and place; `touchpoint` is a place in the taxonomy, `polarity` one in POLARITIES."""

    text: npt.NDArray[np.int32]
    touchpoint: npt.NDArray[np.int32]
    sentiment: Numbers  # -1 to 1
    polarity: npt.NDArray[np.int8]
    confidence: Numbers  # 0 to 1
    start: Places  # characters; stop is exclusive
    stop: Places


@dataclass(frozen=True, eq=False)
class Reading:
    """Scores of all heads. Clause arrays have one row per clause (`walk` says whose), text arrays one per text."""

    walk: Walk
    cues: Numbers  # (clauses, touchpoints): how much each clause has words for each, taught words included
    touchpoints: Numbers  # (clauses, touchpoints): probability that the clause speaks of each
    certain: Callable[[Places, Places], Numbers]  # share of mentions right by clause and touchpoint
    moods: Numbers  # (CLAUSE_HEADS, clauses): evidence of moods and of judging, as it was added up
    judging: Numbers  # (evidence, polarities): how `evidence` becomes logits
    near: Callable[[Groups, npt.NDArray[np.integer]], Near]  # the second tier: groups of clauses about touchpoints
    taught: TaughtMood | None  # None where polarity was not taught
    kinds: Numbers  # (texts, kinds): score, .5 is the decision point
    kind_probability: Numbers
    promotional: Numbers  # (texts,): probability
    message: Message  # evidence about each text as a whole, before teaching
    languages: tuple[str, ...]

    @cached_property
    def positive(self) -> Numbers:
        """Evidence of a good mood in each clause, at least 0."""
        good: Numbers = np.maximum(self.moods[0], 0)
        return good

    @cached_property
    def negative(self) -> Numbers:
        """The same of a bad mood."""
        bad: Numbers = np.maximum(self.moods[1], 0)
        return bad

    @property
    def opinion(self) -> Numbers:
        """Evidence that something is judged in each clause, below 0 where it is stated or asked."""
        judging: Numbers = self.moods[2]
        return judging

    @cached_property
    def language(self) -> list[str]:
        """The language of each text, `und` where unsure."""
        names = np.array([*self.languages, "und"], object)
        answer: list[str] = names[self.walk.language].tolist()  # -1 is the last
        return answer

    @cached_property
    def lean(self) -> Numbers:
        """Half a logit of each clause's mood, good above 0; one that says little leans on its sentence."""
        own = self.positive - self.negative
        mass = self.positive + self.negative
        sentence = self.walk.clause_sentence
        count = int(sentence[-1]) + 1 if len(sentence) else 0
        rest = np.bincount(sentence, own, count)[sentence] - own
        size = np.bincount(sentence, self.walk.size, count)[sentence]
        borrowed = _BORROWED * rest / np.sqrt(np.maximum(size, 1)) * single_exponential(-_OWN * mass)
        lean: Numbers = (own / np.sqrt(np.maximum(self.walk.size, 1)) + borrowed).astype(np.float32)
        return lean

    @cached_property
    def sentiment(self) -> Numbers:
        """The sentiment of each clause, -1 to 1."""
        return np.tanh(self.lean).astype(np.float32)

    @cached_property
    def text_sentiment(self) -> Numbers:
        """The sentiment of each text as a whole, -1 to 1."""
        count = self.walk.texts
        total = np.bincount(self.walk.clause_text, self.positive - self.negative, count)
        size = np.bincount(self.walk.clause_text, self.walk.size, count)
        return np.tanh(total / np.sqrt(np.maximum(size, 1))).astype(np.float32)

    def leaning(self, groups: Groups) -> npt.NDArray[np.float64]:
        """The mean mood (as `lean`) of groups of clauses, the outspoken weighing more."""
        held = np.clip(self.lean, -3, 3).astype(np.float64)
        if groups.single:
            return groups @ held
        weight = np.abs(np.tanh(held)) + 0.05
        total: npt.NDArray[np.float64] = (groups @ (held * weight)) / np.maximum(groups @ weight, 1e-9)
        return total

    def evidence(self, groups: Groups) -> npt.NDArray[np.float64]:
        """What the first tier goes by to tell the polarity of groups of clauses."""
        size = np.maximum(groups @ self.walk.size, 1)
        lean = np.clip(self.leaning(groups), -3, 3)
        up, down = (groups @ side / np.sqrt(size) for side in (self.positive, self.negative))
        judging = np.clip((groups @ self.opinion) / np.sqrt(size), -4, 4)
        return np.stack([np.ones(len(size)), lean, np.abs(lean), np.minimum(up, down), judging]).T

    def judged(
        self, groups: Groups, touchpoint: npt.NDArray[np.integer], *, closely: bool = True
    ) -> tuple[Numbers, npt.NDArray[np.int8]]:
        """Sentiment (-1 to 1) and polarity of groups of clauses, each about a touchpoint (-1: any other).

        The second tier reads all of them, or, unless `closely`, those that leave the first in doubt.
        """
        quick = groups.single and not closely and not self.taught
        held = steps.felt(self.moods, self.walk, groups.clauses, self.judging) if quick else None
        if held is None:
            return _decided(self.chances(groups, touchpoint, closely=closely))
        doubtful = np.flatnonzero(~held.sure)
        if len(doubtful):
            chance = self.chances(groups.chosen(doubtful), touchpoint[doubtful], closely=False)
            held.sentiment[doubtful], held.polarity[doubtful] = _decided(chance)
        return held.sentiment, held.polarity

    def chances(
        self, groups: Groups, touchpoint: npt.NDArray[np.integer], *, closely: bool = True
    ) -> npt.NDArray[np.float64]:
        """The same as the probability of each of POLARITIES: (groups, polarities)."""
        return chances_of(self.logits(groups, touchpoint, closely=closely))

    def logits(self, groups: Groups, touchpoint: npt.NDArray[np.integer], *, closely: bool) -> npt.NDArray[np.float64]:
        """Of the four polarities, for groups of clauses."""
        logits, doubts = self._first(groups)
        ours = self.readable(groups)
        sure = chances_of(logits).max(axis=1) >= _SURE
        doubtful = ours if closely or self.taught else ours[~sure[ours]]
        seen = self.near(groups.chosen(doubtful), touchpoint[doubtful]) if len(doubtful) else None
        if seen:
            logits[doubtful] = seen.logits + _FIRST * logits[doubtful]
        logits[:, [1, 3]] += doubts
        if self.taught:
            logits += self._corrected(self.taught, groups, touchpoint)
            if seen:
                logits[doubtful] += seen.inputs @ self.taught.near
        logits[groups.sizes == 0] = _SILENT
        return logits

    def _first(self, groups: Groups) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The first tier's logits, and what is added where it or the second has read."""
        held = steps.felt(self.moods, self.walk, groups.clauses, self.judging, logits=True) if groups.single else None
        if held is not None:
            return held.logits, held.doubts
        return _combined(self.evidence(groups), self.judging), self._doubts(groups)

    def _doubts(self, groups: Groups) -> npt.NDArray[np.float64]:
        """What speaks for neutral (no mood nearby, a statement, a question) and for mixed (both moods alike)."""
        size = np.maximum(groups @ self.walk.size, 1)
        believed = 1 / (1 + exponential(-_BELIEF * ((groups @ self.opinion) / np.sqrt(size) - _DOUBT)))
        loud = 1 - exponential(-_LOUD * ((groups @ self._mass) / np.maximum(groups.sizes, 1)))
        up, down = groups @ self.positive, groups @ self.negative
        torn = (np.minimum(up, down) > _SPLIT * np.maximum(up, down)) & (np.minimum(up, down) > _LEAST_MASS)
        return np.column_stack([-_CARE * logarithm(np.maximum(believed * loud, 0.02)), _TORN * torn])

    @cached_property
    def _mass(self) -> npt.NDArray[np.float64]:
        """How much mood, either way, the sentence of each clause holds."""
        sentence = self.walk.clause_sentence
        held = np.bincount(sentence, self.positive + self.negative)[sentence]
        return held.astype(np.float64)

    def readable(self, groups: Groups) -> npt.NDArray[np.intp]:
        """Groups that the second tier reads: those that say something, in English or in no language for sure."""
        spoken = np.flatnonzero(groups.sizes)
        text = self.walk.clause_text[groups.clauses[groups.ends[spoken] - 1]]
        return spoken[self.walk.language[text] <= 0]

    def _corrected(
        self, taught: TaughtMood, groups: Groups, touchpoint: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.float64]:
        """What examples taught of the words in groups of clauses, and of their touchpoints."""
        size = np.maximum(groups @ self.walk.size, 1)
        known = np.where(touchpoint < len(taught.bias) - 1, touchpoint, -1)
        answer: npt.NDArray[np.float64] = (groups @ taught.clauses) / np.sqrt(size)[:, None] + taught.bias[known]
        return answer

    @cached_property
    def mentions(self) -> Mentions:
        """One mention for each touchpoint a clause speaks of."""
        places = np.flatnonzero(self.touchpoints.ravel() >= 0.5)  # far faster than nonzero in two dimensions
        clause, touchpoint = np.divmod(places, max(1, self.touchpoints.shape[1]))
        sentiment, polarity = self.judged(each(clause, len(self.walk.clause_text)), touchpoint, closely=False)
        return Mentions(
            self.walk.clause_text[clause],
            touchpoint.astype(np.int32),
            sentiment,
            polarity,
            self.certain(clause, touchpoint),
            self.walk.start[clause],
            self.walk.stop[clause],
        )

    def of_text(self, text: int) -> npt.NDArray[np.intp]:
        """The clauses of one text."""
        begin, end = np.searchsorted(self.walk.clause_text, [text, text + 1])
        return np.arange(begin, end)

    def speaking(self, text: int, touchpoint: int) -> npt.NDArray[np.intp]:
        """The clauses of a text that have words for the touchpoint, or all of its clauses where none has."""
        clauses = self.of_text(text)
        if len(clauses) == 0 or touchpoint < 0:
            return clauses
        cue = self.cues[clauses, touchpoint]
        own = clauses[cue >= max(_SPEAKS, 0.5 * float(cue.max()))]
        return own if len(own) else clauses
