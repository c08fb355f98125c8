"""What a text says as a whole: kinds, urgency, effort, feelings, and whether it was written against a reward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from touchstone.language import steps
from touchstone.language.curves import single_curve
from touchstone.language.found import Found
from touchstone.language.model import CLAUSE_HEADS, HEADS, REASONS

Numbers = npt.NDArray[np.float32]
SAID = HEADS[CLAUSE_HEADS - 1 :]
"""Columns of evidence about a whole text."""

_STEEP = 3.0
_SHORT = 0.01  # cues are written in tenths: what adds up to 1 may fall short of it by a step of the table
_SPREAD = 10  # tokens added to a text's size, so that a few words have no style
_LENGTH, _USUAL, _LEAST, _MOST = 0.3, 3.0, 0.0, 2.0  # worth of length: by log tokens above `e**_USUAL`, within bounds
_LENGTHS = np.clip(np.log(np.maximum(np.arange(1 << 8), 1)) - _USUAL, _LEAST - _USUAL, _MOST)  # of so many tokens
_BELIEF = {
    "disclosed": (0.95, 6.0, 1.0),
    "coupon": (0.9, 5.0, 1.1),
    "insider": (0.6, 5.0, 1.1),
    "promotional": (0.35, 2.0, 1.2),
}
"""The most that each reason makes likely alone (style never convicts), and slope and middle of its curve.

Set by hand, so that of texts nobody paid for about one in thirty is thought promoted."""


class Message(NamedTuple):
    """`evidence` is (texts, columns of SAID), 1 the decision point; `curves` are slope and middle of probabilities."""

    evidence: Numbers
    curves: Mapping[str, Sequence[float]]

    def of(self, names: Sequence[str]) -> Numbers:
        """The evidence in these columns."""
        return self.evidence[:, [SAID.index(name) for name in names]]

    def at(self, texts: npt.NDArray[np.integer]) -> Message:
        """The same of some of the texts."""
        return Message(self.evidence[texts], self.curves)

    def score(self, names: Sequence[str]) -> Numbers:
        """0 to 1, rising with the evidence; .5 is the decision point."""
        return self._curved(names, np.full(len(names), _STEEP), np.ones(len(names)))

    def probability(self, names: Sequence[str]) -> Numbers:
        """The calibrated probability of each."""
        return self._curved(names, *np.array([self.curves.get(name, (_STEEP, 1.0)) for name in names]).T)

    def _curved(
        self, names: Sequence[str], slopes: npt.NDArray[np.float64], middles: npt.NDArray[np.float64]
    ) -> Numbers:
        """The probability of each, where its evidence has a curve of such slope and middle."""
        places, steep, half = (
            [SAID.index(name) for name in names],
            slopes.astype(np.float32),
            middles.astype(np.float32),
        )
        made = steps.curved(self.evidence, places, steep, half)
        return single_curve(steep * (self.evidence[:, places] - half)) if made is None else made

    @property
    def reasons(self) -> Numbers:
        """The probability of being promoted that each of REASONS alone would give: (texts, reasons)."""
        most, slopes, middles = np.array([_BELIEF[name] for name in REASONS]).T
        answer: Numbers = most.astype(np.float32) * self._curved(REASONS, slopes, middles)
        return answer

    @property
    def promotional(self) -> Numbers:
        """The probability that a text was paid for, rewarded or written to promote: that any reason holds."""
        answer: Numbers = (1 - np.prod(1 - self.reasons, axis=1)).astype(np.float32)
        return answer


def message(found: Found, curves: Mapping[str, Sequence[float]]) -> Message:
    """What each text says: of kinds, reasons and feelings its strongest sentence counts, of style the whole text."""
    evidence = np.empty((len(found.by_text), len(SAID)), np.float32)
    evidence[:, 0] = _style(found)
    np.add(found.by_text, _SHORT, out=evidence[:, 1:])
    return Message(evidence, curves)


def _style(found: Found) -> npt.NDArray[np.float64]:
    """How much a text reads like sponsored praise: its cues by the root of its size, and its length within bounds.

    Sponsored reviews are more elaborate, objective, complex and positive, and less extreme than others: S. J. Kim,
    E. Maslowska, A. Tamaddoni, Decision Support Systems 116 (2019), 114-124.
    """
    walked = found.walk
    size = np.bincount(walked.clause_text, walked.size, walked.texts)
    total = np.bincount(walked.clause_text, found.moods[HEADS.index("promotional")], walked.texts)
    length = _LENGTHS[np.minimum(size, len(_LENGTHS) - 1).astype(np.intp)]
    answer: npt.NDArray[np.float64] = total / np.sqrt(size + _SPREAD) + _LENGTH * length
    return answer
