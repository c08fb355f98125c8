"""What a machine's mistakes do to sentiment: the correction that the labels held apart at its teaching allow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.science.misclassification import Corrector, corrector

Floats = NDArray[np.float64]
Confusion = Mapping[str, Mapping[str, float]]
PLACE = {"positive": 0, "negative": 1, "neutral": 2, "mixed": 2}
"""Mixed and neutral mentions both count 0 and are one class."""
SCORES = np.array([1.0, -1.0, 0.0])


@dataclass(frozen=True)
class Polarity:
    """The points of each class of mention; `corrector` None: what was said is taken as it is."""

    corrector: Corrector | None
    labels: int = 0

    @property
    def points(self) -> Floats:
        return SCORES if self.corrector is None else self.corrector.weights

    def doubt(self, group: Any, place: Any, n: Floats, *, size: int) -> Floats:
        """Per group the standard deviation that the labels leave, from rows of (group, class, count)."""
        if self.corrector is None:
            return np.zeros(size)
        table = np.bincount(group * 3 + place, weights=n, minlength=3 * size).reshape(size, 3)
        return self.corrector.doubt(table)


def polarity(ask: Ask, confusion: Confusion | str | None) -> Polarity:
    """The points to use: corrected by `confusion` where it is given, else by what the model that read the texts knows.

    `confusion`: true class -> said class -> labels counted, or shares with how many as `n`; text is read as JSON;
    "none" leaves what was said as it is.
    """
    if confusion == "none":
        return Polarity(None)
    given = _read(confusion) if confusion else _of_model(ask)
    if not given:
        return Polarity(None)
    table = np.zeros((3, 3))
    for true, said in given.items():
        shares = {name: float(share) for name, share in said.items() if name in PLACE}
        total = float(said.get("n", 0)) / max(sum(shares.values()), 1e-12) if "n" in said else 1.0
        for name, share in shares.items():
            table[PLACE[true], PLACE[name]] += share * total
    return Polarity(corrector(table, SCORES), round(float(table.sum())))


def _read(confusion: Confusion | str) -> Confusion:
    try:
        read = json.loads(confusion) if isinstance(confusion, str) else confusion
        bad = [name for name in read if name not in PLACE]
        numbers = [float(share) for said in read.values() for share in said.values()]
    except (ValueError, TypeError, AttributeError) as error:
        raise _refusal(f"cannot be read ({error})") from error
    if bad or any(each < 0 or not np.isfinite(each) for each in numbers):
        raise _refusal(f"knows no class {bad[0]!r}" if bad else "holds a negative count")
    known: Confusion = read
    return known


def _of_model(ask: Ask) -> Confusion:
    """What the shipped model says of itself, where it made the mentions; nothing where somebody else did."""
    made = ask.lake("SELECT maker FROM mention WHERE maker IS NOT NULL LIMIT 1")["maker"].to_pylist()
    if not made:
        return {}
    from touchstone.language.model import SHIPPED, load  # only where there are mentions

    if not SHIPPED.exists():
        return {}
    model = load()
    return model.confusion if made[0].partition("@")[2] == model.version else {}


def _refusal(what: str) -> Refused:
    form = '{"positive": {"positive": 90, "negative": 4, "neutral": 6}, "negative": …, "neutral": …}'
    return Refused(f"the confusion {what}.", field="confusion", where="confusion", todo=f"Give counts like {form}.")
