"""What one pass over texts found: clauses with their scores, and each text as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from touchstone.language.walk import Walk

Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

POLARITIES = ("negative", "neutral", "positive", "mixed")
_QUIET, _TORN = 0.12, 0.85  # sentiment below which a mention is neutral; share of the weaker side that makes it mixed
_LEAST_MASS = 0.8


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
    touchpoints: Numbers  # (clauses, touchpoints): probability that the clause speaks of each
    positive: Numbers  # (clauses,): evidence of a good mood, at least 0
    negative: Numbers
    kinds: Numbers  # (texts, kinds): score, .5 is the decision point
    kind_probability: Numbers
    promotional: Numbers  # (texts,): probability
    languages: tuple[str, ...]

    @cached_property
    def language(self) -> list[str]:
        """The language of each text, `und` where unsure."""
        names = (*self.languages, "und")
        return [names[code] for code in self.walk.language.tolist()]

    @cached_property
    def sentiment(self) -> Numbers:
        """The sentiment of each clause, -1 to 1; one that says little leans on its sentence."""
        own = (self.positive - self.negative) / np.sqrt(self.walk.size)
        mass = self.positive + self.negative
        sentence = self.walk.clause_sentence
        count = int(sentence[-1]) + 1 if len(sentence) else 0
        total = np.bincount(sentence, self.positive - self.negative, count)
        size = np.bincount(sentence, self.walk.size, count)
        rest = (total[sentence] - (self.positive - self.negative)) / np.sqrt(np.maximum(size[sentence], 1))
        return np.tanh(own + 0.8 * rest * np.exp(-2 * mass)).astype(np.float32)

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
        torn = (weak > _TORN * strong) & (weak > _LEAST_MASS)
        return np.where(torn, 3, answer).astype(np.int8)

    @cached_property
    def mentions(self) -> Mentions:
        """One mention for each touchpoint a clause speaks of."""
        clause, touchpoint = np.nonzero(self.touchpoints >= 0.5)
        sentiment = self.sentiment[clause]
        polarity = self.polarity(sentiment, self.positive[clause], self.negative[clause])
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
