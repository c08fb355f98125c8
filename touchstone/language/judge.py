"""The sentiment of touchpoints that are named beforehand, whether or not the text has words for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from touchstone.core.taxonomy import Taxonomy
from touchstone.language.reading import POLARITIES, Reading

_SPEAKS = 0.2  # probability from which a clause counts as speaking of the touchpoint


def judge(reading: Reading, text: int, asked: Sequence[str], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """One record for each name asked, in that order: mood, polarity, span. Without words of its own: the whole text."""
    clauses = reading.of_text(text)
    places = {name: place for place, name in enumerate(taxonomy.names)}
    answers = []
    for name in dict.fromkeys(asked):
        known = taxonomy.find(str(name))
        answers.append(_judged(reading, clauses, places[known.name] if known else -1, str(name)))
    return answers


def _judged(reading: Reading, clauses: np.ndarray, touchpoint: int, name: str) -> dict[str, Any]:
    if len(clauses) == 0:
        return _record(name, 0.0, 1, 0.0, 0, 0)
    likely = reading.touchpoints[clauses, touchpoint] if touchpoint >= 0 else np.zeros(len(clauses))
    own = clauses[likely >= max(_SPEAKS, 0.5 * likely.max())]
    chosen = own if len(own) else clauses
    moods = reading.sentiment[chosen]
    weight = np.abs(moods) + 0.05
    sentiment = float((moods * weight).sum() / weight.sum())
    up, down = reading.positive[chosen].sum(), reading.negative[chosen].sum()
    if len(chosen) > 1:
        up, down = float(np.maximum(moods, 0).sum()), float(np.maximum(-moods, 0).sum())
    polarity = int(reading.polarity(np.array([sentiment]), np.array([up]), np.array([down]))[0])
    confidence = float(likely.max()) * (0.6 + 0.4 * abs(sentiment)) if len(own) else 0.3 + 0.3 * abs(sentiment)
    if len(own):
        best = chosen[int(np.argmax(reading.touchpoints[own, touchpoint]))]
        return _record(
            name, sentiment, polarity, confidence, int(reading.walk.start[best]), int(reading.walk.stop[best])
        )
    begin, end = int(reading.walk.start[clauses[0]]), int(reading.walk.stop[clauses[-1]])
    return _record(name, sentiment, polarity, confidence, begin, end)


def _record(name: str, sentiment: float, polarity: int, confidence: float, start: int, stop: int) -> dict[str, Any]:
    return {
        "touchpoint": name,
        "sentiment": round(sentiment, 4),
        "polarity": POLARITIES[polarity],
        "confidence": round(min(max(confidence, 0.0), 1.0), 4),
        "start": start,
        "stop": stop,
    }
