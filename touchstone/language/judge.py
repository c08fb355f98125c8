"""The sentiment of touchpoints that are named beforehand, whether or not the text has words for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from touchstone.core.taxonomy import Taxonomy
from touchstone.language.groups import Groups
from touchstone.language.reading import POLARITIES, Reading


def judge(
    reading: Reading, asked: Sequence[Sequence[str] | None], taxonomy: Taxonomy
) -> list[list[dict[str, Any]] | None]:
    """For each text one record for each name asked of it, in that order; None where nothing is asked.

    A mention spans the clause that speaks most of it, or the whole text where none does. Its confidence is the
    probability of its polarity: that it is spoken of is given.
    """
    pairs = [(text, str(name)) for text, names in enumerate(asked) for name in dict.fromkeys(names or ())]
    places = {name: place for place, name in enumerate(taxonomy.names)}
    known = {name: taxonomy.find(name) for name in {name for _, name in pairs}}
    columns = [places[held.name] if (held := known[name]) else -1 for _, name in pairs]
    chosen = [reading.speaking(text, column) for (text, _), column in zip(pairs, columns, strict=True)]
    ends = np.cumsum([0, *(len(each) for each in chosen)])
    clauses = np.concatenate([*chosen, np.zeros(0, np.intp)]).astype(np.int64)
    groups = Groups(clauses, ends[1:], len(reading.walk.clause_text))
    chance = reading.chances(groups, np.array(columns, np.int64))
    sentiment, polarity = chance[:, 2] - chance[:, 0], chance.argmax(axis=1)
    answers: list[list[dict[str, Any]] | None] = [None if names is None else [] for names in asked]
    for number, (text, name) in enumerate(pairs):
        held_answers = answers[text]
        if held_answers is not None:
            span = _span(reading, chosen[number], columns[number])
            held_answers.append(
                {
                    "touchpoint": name,
                    "sentiment": round(float(sentiment[number]), 4),
                    "polarity": POLARITIES[int(polarity[number])],
                    "confidence": round(float(chance[number].max()), 4),
                    "start": span[0],
                    "stop": span[1],
                }
            )
    return answers


def _span(reading: Reading, clauses: np.ndarray, touchpoint: int) -> tuple[int, int]:
    """Where the touchpoint is spoken of."""
    if len(clauses) == 0:
        return (0, 0)
    start, stop = reading.walk.start, reading.walk.stop
    cue = reading.cues[clauses, touchpoint] if touchpoint >= 0 else np.zeros(len(clauses))
    if float(cue.max()) > 0:
        best = clauses[int(np.argmax(cue))]
        return (int(start[best]), int(stop[best]))
    return (int(start[clauses[0]]), int(stop[clauses[-1]]))
