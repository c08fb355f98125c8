"""How an answer becomes points: the rule behind each score measure, in one place and in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """A score measure: which answers count, what points they get and on what scale the figure stands."""

    name: str
    metric: str  # answers asked as this; empty: mentions of the text
    measured_in: str
    formula: str
    points: Callable[[Floats, Floats, Floats], Floats]  # value, worst, best -> points
    ends: tuple[float, float] | None  # worst and best of the points; None: the scale of the answers themselves
    label: Callable[[Floats, Floats, Floats], Any]  # value, worst, best -> the class an answer is counted under
    factor: float = 1.0  # the figure is this times the mean of the points
    scale: tuple[float, float] | None = None  # worst and best of answers that do not say theirs


def position(value: Floats, worst: Floats, best: Floats) -> Floats:
    """Where a value stands between the worst (0) and the best (1) of its scale; .5 on a scale of one point."""
    width = best - worst
    return np.where(width == 0, 0.5, (value - worst) / np.where(width == 0, 1.0, width))


def promoter(value: Floats, worst: Floats, best: Floats) -> Floats:
    """+1 from 9 of 0-10 upward, -1 below 7, else 0; on other scales at the same positions (.9 and .7)."""
    place = np.round(position(value, worst, best), 9)
    return np.where(place >= 0.9, 1.0, np.where(place < 0.7, -1.0, 0.0))


def satisfied(value: Floats, worst: Floats, best: Floats) -> Floats:
    """1 in the upper quarter of the scale (4 and 5 of 1-5; 6 and 7 of 1-7; 8, 9 and 10 of 0-10), else 0."""
    return np.where(np.round(position(value, worst, best), 9) >= 0.75, 1.0, 0.0)


def _itself(value: Floats, worst: Floats, best: Floats) -> Floats:  # noqa: ARG001 - the form all rules share
    return value


def _yes(value: Floats, worst: Floats, best: Floats) -> Floats:
    return np.where(position(value, worst, best) > 0.5, 1.0, 0.0)


def _words(points: Callable[[Floats, Floats, Floats], Floats], names: dict[float, str]) -> Callable[..., Any]:
    def label(value: Floats, worst: Floats, best: Floats) -> Any:
        given = points(value, worst, best)
        return np.select([given == each for each in names], list(names.values()), default="")

    return label


def number_text(value: float) -> str:
    """A number as people write it: 5, 2.5."""
    return f"{value:.6g}"


def _plain(value: Floats, worst: Floats, best: Floats) -> Any:  # noqa: ARG001 - the form all rules share
    unique, inverse = np.unique(value, return_inverse=True)
    return np.array([number_text(each) for each in unique], dtype=object)[inverse]


NPS = Rule(
    "nps",
    "nps",
    "points",
    "100 x (promoters - detractors) / answers; promoters 9-10, detractors 0-6 of 0-10",
    promoter,
    (-1.0, 1.0),
    _words(promoter, {1.0: "promoters", 0.0: "passives", -1.0: "detractors"}),
    factor=100.0,
    scale=(0.0, 10.0),
)
CSAT = Rule(
    "csat",
    "csat",
    "share",
    "answers in the upper quarter of the scale (4 and 5 of 1-5) / answers",
    satisfied,
    (0.0, 1.0),
    _words(satisfied, {1.0: "satisfied", 0.0: "others"}),
    scale=(1.0, 5.0),
)
CES = Rule("ces", "ces", "points", "sum of scores / answers, on the scale they were given on", _itself, None, _plain)
RATING = Rule(
    "rating", "rating", "points", "sum of ratings / ratings, on the scale they were given on", _itself, None, _plain
)
YES = Rule(
    "yes_share",
    "boolean",
    "share",
    "yes / (yes + no)",
    _yes,
    (0.0, 1.0),
    _words(_yes, {1.0: "yes", 0.0: "no"}),
    scale=(0.0, 1.0),
)
SENTIMENT = Rule(
    "sentiment",
    "",
    "-1 to 1",
    "(mentions positive - mentions negative) / mentions; one mention per interaction and touchpoint",
    _itself,
    (-1.0, 1.0),
    _plain,
)
RULES = {each.name: each for each in (NPS, CSAT, CES, RATING, YES, SENTIMENT)}
