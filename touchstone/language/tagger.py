"""Texts as plain lines in, what they say as plain lines out: the one-shot form, no home needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from touchstone.core.errors import Skip
from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.language.compiled import Compiled
from touchstone.language.judge import judge
from touchstone.language.model import Model, load
from touchstone.language.reading import POLARITIES, Reading
from touchstone.language.tokens import strings

_AT_ONCE = 20_000


def tag(
    lines: Iterable[dict[str, Any]], *, model: Model | None = None, taxonomy: Taxonomy | None = None
) -> Iterator[dict[str, Any]]:
    """One answer for each line, in order: language, mentions with spans, kinds with probability, promotional.

    A line has `id` and `text`, and may have `touchpoints`: then exactly these are judged, each once. Names the taxonomy
    does not know are taken by their words. A line without a text is a `Skip`.
    """
    held = list(lines)
    model = model or load()
    compiled = model.compile(_widened(taxonomy or model.taxonomy or Taxonomy("none", ()), held))
    for begin in range(0, len(held), _AT_ONCE):
        yield from _tagged(held[begin : begin + _AT_ONCE], compiled, begin)


def _widened(taxonomy: Taxonomy, lines: list[dict[str, Any]]) -> Taxonomy:
    """The taxonomy and, behind it, the names that lines ask for and it does not have."""
    asked = dict.fromkeys(str(name) for line in lines for name in line.get("touchpoints") or ())
    fresh = [Touchpoint(name, name, "asked") for name in asked if taxonomy.find(name) is None]
    return Taxonomy(taxonomy.name, (*taxonomy.touchpoints, *fresh)) if fresh else taxonomy


def _tagged(lines: list[dict[str, Any]], compiled: Compiled, first: int) -> Iterator[dict[str, Any]]:
    texts = [_text(line, first + place + 1) for place, line in enumerate(lines)]
    reading = compiled.read(strings(texts))
    found = _mentions(reading, compiled.taxonomy.names)
    judged = judge(reading, [line.get("touchpoints") for line in lines], compiled.taxonomy)
    kinds, names = reading.kinds.astype(np.float64).round(4).tolist(), compiled.model.kinds
    probability = reading.kind_probability.astype(np.float64).round(4).tolist()
    for place, line in enumerate(lines):
        yield {
            "id": line.get("id"),
            "language": reading.language[place],
            "mentions": found[place] if judged[place] is None else judged[place],
            "kinds": dict(zip(names, kinds[place], strict=True)),
            "probability": dict(zip(names, probability[place], strict=True)),
            "promotional": round(float(reading.promotional[place]), 4),
        }


def _text(line: dict[str, Any], number: int) -> str:
    text = line.get("text")
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Skip("`text` is not a string.", where=f"line {number}", todo="Mend or drop that line.")
    return text


def _mentions(reading: Reading, names: tuple[str, ...]) -> list[list[dict[str, Any]]]:
    """The mentions of each text as plain records."""
    found = reading.mentions
    records = [
        {
            "touchpoint": names[touchpoint],
            "sentiment": sentiment,
            "polarity": POLARITIES[polarity],
            "confidence": confidence,
            "start": start,
            "stop": stop,
        }
        for touchpoint, sentiment, polarity, confidence, start, stop in zip(
            found.touchpoint.tolist(),
            found.sentiment.astype(np.float64).round(4).tolist(),
            found.polarity.tolist(),
            found.confidence.astype(np.float64).round(4).tolist(),
            found.start.tolist(),
            found.stop.tolist(),
            strict=True,
        )
    ]
    edges = np.searchsorted(found.text, np.arange(reading.walk.texts + 1))
    return [records[begin:end] for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)]
