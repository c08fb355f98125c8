"""Labelled examples as arrays: which touchpoints, polarities and kinds each names, and which say nothing of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from touchstone.core.errors import Skip
from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.language.reading import POLARITIES

Numbers = npt.NDArray[np.float64]

MOST = 200_000
"""Examples that are learned from; of more, so many are drawn."""
_SEED = 20261121


@dataclass(frozen=True, eq=False)
class Examples:
    """Examples in the order given. A row of labels counts only where its `says_…` is true."""

    texts: list[str]
    taxonomy: Taxonomy
    touchpoints: Numbers  # (n, touchpoints), 0 or 1
    says_touchpoints: npt.NDArray[np.bool_]
    polarities: list[tuple[int, int, int]]  # (example, touchpoint, place in POLARITIES)
    kinds: tuple[str, ...]
    kind_labels: Numbers  # (n, kinds)
    says_kinds: npt.NDArray[np.bool_]
    promotional: Numbers  # (n,): 0, 1, NaN where nothing is said


def collect(examples: Iterable[dict[str, Any]], taxonomy: Taxonomy | None, *, most: int = MOST) -> Examples:
    """The examples as arrays, `most` of them drawn; touchpoints the taxonomy lacks are added as spelled.

    An example whose form is wrong is a `Skip` that names its number.
    """
    held = _drawn(examples, most)
    full = _widened(taxonomy or Taxonomy("taught", ()), held)
    places = {name: place for place, name in enumerate(full.names)}
    spelled: dict[str, int] = {}
    touch = np.zeros((len(held), len(places)))
    polarities = []
    for row, example in enumerate(held):
        for mention in example.get("mentions") or ():
            name = str(mention["touchpoint"])
            if name not in spelled:
                known = full.find(name)
                spelled[name] = places[known.name if known else name]
            touch[row, spelled[name]] = 1
            if mention.get("polarity"):
                polarities.append((row, spelled[name], _polarity(str(mention["polarity"]), row + 1)))
    kinds = tuple(sorted({str(kind) for example in held for kind in example.get("kinds") or ()}))
    labels = np.zeros((len(held), len(kinds)))
    place_of = {kind: place for place, kind in enumerate(kinds)}
    for row, example in enumerate(held):
        for kind in example.get("kinds") or ():
            labels[row, place_of[str(kind)]] = 1
    bought = [example.get("promotional") for example in held]
    return Examples(
        [example["text"] for example in held],
        full,
        touch,
        np.array([example.get("mentions") is not None for example in held], np.bool_),
        polarities,
        kinds,
        labels,
        np.array([example.get("kinds") is not None for example in held], np.bool_),
        np.array([np.nan if each is None else float(bool(each)) for each in bought]),
    )


def _drawn(examples: Iterable[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """All examples, checked; where there are more than `most`, each with the same chance (reservoir sampling)."""
    random, held = np.random.default_rng(_SEED), list[dict[str, Any]]()
    for number, example in enumerate(examples, start=1):
        place = number - 1 if number <= most else int(random.integers(number))
        checked = _checked(example, number)
        if place < most:
            held[place : place + 1] = [checked]
    return held


def _checked(example: Any, number: int) -> dict[str, Any]:
    where = f"example {number}"
    if not isinstance(example, dict) or not isinstance(example.get("text"), str):
        raise Skip("no `text`.", where=where, todo="Give each example a text.")
    mentions = example.get("mentions")
    if mentions is not None and not all(isinstance(each, dict) and each.get("touchpoint") for each in mentions):
        raise Skip("a mention without `touchpoint`.", where=where, todo="Name the touchpoint of each mention.")
    return example


def _polarity(word: str, number: int) -> int:
    plain = "mixed" if word.casefold() == "conflict" else word.casefold()
    if plain not in POLARITIES:
        raise Skip(f"unknown polarity {word!r}.", where=f"example {number}", todo=f"Use {', '.join(POLARITIES)}.")
    return POLARITIES.index(plain)


def _widened(taxonomy: Taxonomy, examples: list[dict[str, Any]]) -> Taxonomy:
    named = dict.fromkeys(str(each["touchpoint"]) for example in examples for each in example.get("mentions") or ())
    fresh: list[Touchpoint] = []
    for name in named:
        if Taxonomy("", (*taxonomy.touchpoints, *fresh)).find(name) is None:
            fresh.append(Touchpoint(name, name, "learned"))
    return Taxonomy(taxonomy.name, (*taxonomy.touchpoints, *fresh)) if fresh else taxonomy
