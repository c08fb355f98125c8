"""How far the shipped model is off on texts nobody has labelled for it: `python -m training.misreading` writes it down.

Per touchpoint of labelled sets held apart from training: net sentiment as people labelled it less net sentiment as the
model reads the same texts, touchpoints found by itself. Two figures go into the model's facts: `deviation`, by which
touchpoints of one set differ among each other, and `together`, by which whole sets are off. `measure/sentiment` widens
its intervals by the first where a home has no readings of its own, and says the second. The sets only measure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy, load, parse
from touchstone.language.model import SHIPPED, Model
from touchstone.language.model import load as load_model
from touchstone.understand import _pass, touchpoint
from training.evaluate import CARS, rows

LEAST = 30  # mentions, labelled and read, for a touchpoint to count
POINTS = {"positive": 1.0, "negative": -1.0}
RESTAURANT = {
    "food": "food",
    "service": "staff and service",
    "staff": "staff and service",
    "price": "price and value",
    "ambience": "ambience",
}


def off(model: Model) -> list[list[tuple[str, int, float]]]:
    """For every labelled set: (touchpoint, labelled mentions, net as labelled less net as read)."""
    sentences = ("mams-absa/acsa_val", "semeval-absa/rest14_train")
    return [list(_cars(model)), *(list(_sentences(model, name)) for name in sentences)]


def _cars(model: Model) -> Iterator[tuple[str, int, float]]:
    taxonomy, reviews = parse(CARS), rows("car-reviews/edmunds_aspects_manual")
    said = _read(model, taxonomy, [row["Review"] for row in reviews])
    for name in taxonomy.names:
        yield from _compared(name, [row[name] for row in reviews if row[name]], said.get(name, []))


def _sentences(model: Model, name: str) -> Iterator[tuple[str, int, float]]:
    found = rows(name)
    said = _read(model, load("restaurant"), [row["text"] for row in found])
    for category, ours in RESTAURANT.items():
        labelled = [
            POINTS.get(each["polarity"], 0.0)
            for row in found
            for each in row["aspectCategories"]
            if each["category"] == category
        ]
        yield from _compared(category, labelled, said.get(ours, []))


def _compared(name: str, labelled: list[float], said: list[float]) -> Iterator[tuple[str, int, float]]:
    if min(len(labelled), len(said)) >= LEAST:
        yield name, len(labelled), float(np.mean(labelled) - np.mean(said))


def _read(model: Model, taxonomy: Taxonomy, texts: list[str]) -> dict[str, list[float]]:
    """Touchpoint → one score per text that speaks of it, as the lake counts mentions."""
    columns: dict[str, Any] = {"id": [str(place) for place in range(len(texts))], "text": texts}
    table = pa.table({**columns, "touchpoint": pa.nulls(len(texts), pa.string())})
    moods: dict[tuple[str, str], set[str]] = {}
    for row in touchpoint.understand(_pass.read(table, model.compile(taxonomy))).to_pylist():
        moods.setdefault((row["touchpoint"], row["interaction"]), set()).add(row["polarity"])
    said: dict[str, list[float]] = {}
    for (name, _), seen in moods.items():
        said.setdefault(name, []).append(0.0 if "mixed" in seen else sum(POINTS.get(each, 0.0) for each in seen))
    return said


def main() -> None:
    """Measures the shipped model and writes the figure into it."""
    model = load_model()
    sets = [np.array([each for _, _, each in found]) for found in off(model)]
    within = sum(float(((each - each.mean()) ** 2).sum()) for each in sets)
    deviation = (within / sum(len(each) - 1 for each in sets)) ** 0.5
    together = float(np.mean([each.mean() ** 2 for each in sets])) ** 0.5
    touchpoints = sum(len(each) for each in sets)
    print(f"off by {deviation:.3f} among {touchpoints} touchpoints, {together:.3f} together; {len(sets)} sets")
    model.facts["misreading"] = {
        "deviation": round(deviation, 3),
        "together": round(together, 3),
        "touchpoints": touchpoints,
    }
    model.save(SHIPPED)


if __name__ == "__main__":
    main()
