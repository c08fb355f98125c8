"""Do stated probabilities come true? Mentions, polarity, kinds and promotion, as shipped and taught, in one diagram."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from vl_convert import vegalite_to_svg

from bench import _language_methods as methods
from bench import _language_sets as sets
from bench._language_sets import Example, Labelled
from bench._language_table import paid
from touchstone.language.model import Model
from touchstone.language.tagger import tag

OUT = Path("build/reliability")
BINS = 10
Stated = tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]


def reliability(*, quick: bool) -> Iterator[str]:
    """The expected calibration error of each probability; the diagram lies in `build/reliability.svg`."""
    points: list[dict[str, Any]] = []
    for name, (said, right) in _stated(1 if quick else 2):
        error = _error(name, (said, right), points)
        yield (
            f"{name:40s} n {len(said):6d}  stated {said.mean():.3f}, true {right.mean():.3f}, "
            f"expected calibration error {error:.3f}"
        )
    OUT.parent.mkdir(exist_ok=True)
    OUT.with_suffix(".vl.json").write_text(json.dumps(_chart(points), indent=1), "utf-8")
    OUT.with_suffix(".svg").write_text(vegalite_to_svg(_chart(points)), "utf-8")
    yield f"drawn in {OUT}.svg"


def _stated(parts: int) -> Iterator[tuple[str, Stated]]:
    shipped, held = methods.load(), sets.restaurants()
    yield "mentions, restaurants, taxonomy alone", _mentions(shipped, held, list(held.examples))
    yield "polarity, restaurants, never taught", _polarity(shipped, held, list(held.examples))
    taught = [_taught(held, number) for number in range(parts)]
    yield "mentions, restaurants, taught", _joined([_mentions(model, held, test) for model, test in taught])
    yield "polarity, restaurants, taught", _joined([_polarity(model, held, test) for model, test in taught])
    for domain in ("forum", "hotels"):
        asked = list(sets.suggestions(domain).examples)
        said = np.array([each["suggestion"] for each in methods.kinds(shipped, asked, "probability")])
        yield f"suggestion, {domain}, as shipped", (said, np.array([bool(each["kinds"]) for each in asked]))
    for held in (sets.sephora(), sets.paid_hotels()):
        yield f"promotional, {held.name}, as shipped", _paid(shipped, list(held.examples))
        taught = [_taught(held, number) for number in range(parts)]
        yield f"promotional, {held.name}, taught", _joined([_paid(model, test) for model, test in taught])


def _taught(held: Labelled, number: int) -> tuple[Model, list[Example]]:
    part = held.folds()
    return methods.product(held.some(part != number), held.taxonomy), held.some(part == number)


def _joined(parts: list[Stated]) -> Stated:
    return np.concatenate([each[0] for each in parts]), np.concatenate([each[1] for each in parts])


def _mentions(model: Model, held: Labelled, test: list[Example]) -> Stated:
    """Of each text and touchpoint found, the surest mention's confidence, and whether the touchpoint is there."""
    pairs = []
    answers = tag([{"text": each["text"]} for each in test], model=model, taxonomy=held.taxonomy)
    for answer, each in zip(answers, test, strict=True):
        surest: dict[str, float] = {}
        for one in answer["mentions"]:
            surest[one["touchpoint"]] = max(one["confidence"], surest.get(one["touchpoint"], 0.0))
        pairs += [(said, name in sets.categories(each)) for name, said in surest.items()]
    return np.array([said for said, _ in pairs]), np.array([right for _, right in pairs])


def _polarity(model: Model, held: Labelled, test: list[Example]) -> Stated:
    """Of each touchpoint asked for, the confidence, and whether the polarity is right."""
    pairs = [
        (said[each["touchpoint"]]["confidence"], said[each["touchpoint"]]["polarity"] == each["polarity"])
        for said, example in zip(methods.judged(model, held.taxonomy, test), test, strict=True)
        for each in example["mentions"]
    ]
    return np.array([said for said, _ in pairs]), np.array([right for _, right in pairs])


def _paid(model: Model, test: list[Example]) -> Stated:
    return methods.promotional(model, test), paid(test)


def _error(name: str, stated: Stated, points: list[dict[str, Any]]) -> float:
    """The expected calibration error over ten equal bins; adds the diagram's points."""
    said, right = stated
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    error = 0.0
    for number in np.unique(place):
        inside = place == number
        mean, true = float(said[inside].mean()), float(right[inside].mean())
        error += inside.mean() * abs(mean - true)
        points.append({"what": name, "stated": mean, "true": true, "n": int(inside.sum())})
    return float(error)


def _chart(points: list[dict[str, Any]]) -> dict[str, Any]:
    share = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    dots = {
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "stated", "title": "probability stated", **share},
            "y": {"field": "true", "title": "share that was true", **share},
        },
    }
    line = {
        "data": {"values": [{"stated": 0, "true": 0}, {"stated": 1, "true": 1}]},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": "gray"},
        "encoding": {"x": {"field": "stated", **share}, "y": {"field": "true", **share}},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": points},
        "facet": {"field": "what", "type": "nominal", "title": None},
        "columns": 3,
        "spec": {"width": 180, "height": 180, "layer": [line, dots]},
    }
