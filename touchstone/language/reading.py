"""What one pass over texts found: clauses with their scores, and each text as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from touchstone.language.groups import Groups, each
from touchstone.language.message import Message
from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

POLARITIES = ("negative", "neutral", "positive", "mixed")
NEUTRAL, TORN = -0.5, -2.0
"""Logits of neutral and mixed, beside twice the mood for positive and negative, where polarity is taught."""
_QUIET, _SPLIT = 0.1, 0.85  # sentiment below which a mention is neutral; share of the weaker side that makes it mixed
_LEAST_MASS = 0.8
_BORROWED, _OWN = 0.8, 2.0  # how much a clause leans on its sentence, and how fast less with a mood of its own
_BELIEF, _DOUBT = 1.5, -1.0  # how evidence of an opinion becomes belief in its mood
_SPEAKS = 0.3  # cue from which a clause counts as speaking of a touchpoint that is asked for


@dataclass(frozen=True)
class Mentions:
    """Mentions in order of text and place; `touchpoint` is a place in the taxonomy, `polarity` one in POLARITIES."""

    text: npt.NDArray[np.int32]
    touchpoint: npt.NDArray[np.int32]
    sentiment: Numbers  # -1 to 1
    polarity: npt.NDArray[np.int8]
    confidence: Numbers  # 0 to 1
    start: Places  # characters; stop is exclusive
    stop: Places


@dataclass(frozen=True)
class Reading:
    """Scores of all heads. Clause arrays have one row per clause (`walk` says whose), text arrays one per text."""

    walk: Walk
    cues: Numbers  # (clauses, touchpoints): how much each clause has words for each, taught words included
    touchpoints: Numbers  # (clauses, touchpoints): probability that the clause speaks of each
    positive: Numbers  # (clauses,): evidence of a good mood, at least 0
    negative: Numbers
    opinion: Numbers  # (clauses,): evidence that something is judged, below 0 where it is stated or asked
    moods: Numbers | None  # (clauses, polarities): taught sums; None where polarity was not taught
    mood_bias: npt.NDArray[np.float64] | None  # (touchpoints + 1, polarities), the last for any other
    kinds: Numbers  # (texts, kinds): score, .5 is the decision point
    kind_probability: Numbers
    promotional: Numbers  # (texts,): probability
    message: Message  # evidence about each text as a whole, before teaching
    languages: tuple[str, ...]

    @cached_property
    def language(self) -> list[str]:
        """The language of each text, `und` where unsure."""
        names = (*self.languages, "und")
        return [names[code] for code in self.walk.language.tolist()]

    @cached_property
    def lean(self) -> Numbers:
        """Half a logit of each clause's mood, good above 0; one that says little leans on its sentence."""
        own = self.positive - self.negative
        mass = self.positive + self.negative
        sentence = self.walk.clause_sentence
        count = int(sentence[-1]) + 1 if len(sentence) else 0
        rest = np.bincount(sentence, own, count)[sentence] - own
        size = np.bincount(sentence, self.walk.size, count)[sentence]
        borrowed = _BORROWED * rest / np.sqrt(np.maximum(size, 1)) * np.exp(-_OWN * mass)
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

    def polarity(self, sentiment: Numbers, positive: Numbers, negative: Numbers) -> npt.NDArray[np.int8]:
        """Places in POLARITIES: neutral where little is felt, mixed where both sides are strong."""
        answer = np.where(sentiment > 0, 2, 0)
        answer = np.where(np.abs(sentiment) < _QUIET, 1, answer)
        weak, strong = np.minimum(positive, negative), np.maximum(positive, negative)
        torn = (weak > _SPLIT * strong) & (weak > _LEAST_MASS)
        return np.where(torn, 3, answer).astype(np.int8)

    def leaning(self, groups: Groups) -> npt.NDArray[np.float64]:
        """The mean mood (as `lean`) of groups of clauses, the outspoken weighing more."""
        held = np.clip(self.lean, -3, 3).astype(np.float64)
        weight = np.abs(np.tanh(held)) + 0.05
        total: npt.NDArray[np.float64] = (groups @ (held * weight)) / np.maximum(groups @ weight, 1e-9)
        return total

    def judged(self, groups: Groups, touchpoint: npt.NDArray[np.integer]) -> tuple[Numbers, npt.NDArray[np.int8]]:
        """Sentiment and polarity of groups of clauses, each about a touchpoint (-1: any other)."""
        lean = self.leaning(groups)
        if self.moods is None or self.mood_bias is None:
            judging = self._judging(groups)
            sentiment = (np.tanh(lean) * judging).astype(np.float32)
            alone = groups.sizes <= 1
            up = np.where(alone, groups @ self.positive, groups @ np.maximum(self.sentiment, 0))
            down = np.where(alone, groups @ self.negative, groups @ np.maximum(-self.sentiment, 0))
            return sentiment, self.polarity(sentiment, up, down)
        size = np.maximum(groups @ self.walk.size.astype(np.float64), 1)
        logits = (groups @ self.moods) / np.sqrt(size)[:, None]
        known = np.where(touchpoint < len(self.mood_bias) - 1, touchpoint, -1)
        logits += self.mood_bias[known]
        logits[:, 0] -= 2 * lean
        logits[:, 2] += 2 * lean
        chance = np.exp(logits - logits.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        return (chance[:, 2] - chance[:, 0]).astype(np.float32), chance.argmax(axis=1).astype(np.int8)

    def _judging(self, groups: Groups) -> npt.NDArray[np.float64]:
        """How much of the mood to believe, 0 to 1: little where a statement or question only sounds like one."""
        size = np.maximum(groups @ self.walk.size.astype(np.float64), 1)
        evidence = (groups @ self.opinion) / np.sqrt(size)
        believed: npt.NDArray[np.float64] = 1 / (1 + np.exp(-_BELIEF * (evidence - _DOUBT)))
        return believed

    @cached_property
    def mentions(self) -> Mentions:
        """One mention for each touchpoint a clause speaks of."""
        places = np.flatnonzero(self.touchpoints.ravel() >= 0.5)  # far faster than nonzero in two dimensions
        clause, touchpoint = np.divmod(places, max(1, self.touchpoints.shape[1]))
        sentiment, polarity = self.judged(each(clause, len(self.walk.clause_text)), touchpoint)
        return Mentions(
            self.walk.clause_text[clause],
            touchpoint.astype(np.int32),
            sentiment,
            polarity,
            (self.touchpoints[clause, touchpoint] * (0.6 + 0.4 * np.abs(sentiment))).astype(np.float32),
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
