"""Scores with their scales: numbers, "4/5", stars and words to a value between worst and best."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from touchstone.listen._ladders import LADDERS, MISSING
from touchstone.listen._words import unaccented

NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
UNITS = r"(?:stars?|points?|étoiles?|sterne|estrellas)"
OF = re.compile(rf"({NUMBER})\s*(?:/|out of|of|sur|von|de)\s*(\d+)(?:\s*{UNITS})?", re.I)
STARS = re.compile(r"[★⭐]")
LABELLED = re.compile(rf"({NUMBER})\s*(?:%|{UNITS}|[-–:=(.)].*)?", re.I | re.S)


@dataclass(frozen=True)
class Scale:
    """What a score was asked as, and between which values."""

    metric: str
    worst: float
    best: float


def plain(text: str) -> str:
    """Lower case without accents, hyphens and doubled blanks, as the ladders are written."""
    return " ".join(unaccented(text.casefold()).replace("_", " ").replace("-", " ").replace("’", "'").split())


def missing(cell: str) -> bool:
    """Whether a cell says that there is no answer."""
    bare = cell.strip()
    return not bare or bare.casefold() in MISSING


def number(cell: str) -> tuple[float | None, float | None]:
    """The number a cell gives and the best it names ("4/5" -> 4, 5), each None where there is none."""
    text = cell.strip()
    if match := OF.fullmatch(text):
        return _float(match[1]), float(match[2])
    if (full := len(STARS.findall(text))) and not re.search(r"\w", text):
        return float(full), float(full + text.count("☆")) if "☆" in text else 5.0
    if match := LABELLED.fullmatch(text):
        return _float(match[1]), None
    return None, None


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def ladder(cells: Iterable[str]) -> Mapping[str, float] | None:
    """The value of each of these words, when all of them stand on one ladder; None when they do not."""
    words = {plain(each) for each in cells if not missing(each)}
    best: dict[str, float] | None = None
    for steps in LADDERS:
        start = 0 if len(steps) == 2 else 1
        value = {word: float(step) for step, ways in enumerate(steps, start) for word in ways}
        if words and words <= set(value) and (best is None or _steps(words, value) > _steps(words, best)):
            best = value
    return best


def _steps(words: set[str], value: Mapping[str, float]) -> int:
    """How well a ladder tells these words apart; a ladder of two only where it is climbed whole."""
    apart = len({value[word] for word in words})
    return 10 + apart if max(value.values()) == 1 and apart == 2 else apart


def parse(cells: Iterable[str]) -> dict[str, float | None]:
    """The value of every different cell of a column; None where it says no answer or cannot be read."""
    every = list(cells)
    words = ladder([each for each in every if number(each)[0] is None])
    answer: dict[str, float | None] = {}
    for cell in every:
        value = None if missing(cell) else number(cell)[0]
        if value is None and words and not missing(cell):
            value = words.get(plain(cell))
        answer[cell] = value
    return answer


def scale(counts: Counter[str], *, name: str, group: tuple[float, float] | None = None) -> tuple[Scale, str] | None:
    """The scale of a column from its cells (with counts) and its name, and why; None where it holds no scores.

    `group` is the scale most of its sibling columns have. A zero below a scale that starts at one is left outside.
    """
    words = [each for each in counts if number(each)[0] is None and not missing(each)]
    if sum(counts[each] for each in words) > 0.2 * sum(count for each, count in counts.items() if not missing(each)):
        return _word_scale(counts, words, name)
    if named := _named_scale(name):
        return Scale(metric(name, named[1]), *named), "the name says so"
    said = Counter[float]()
    values = Counter[float]()
    for cell, count in counts.items():
        value, top = number(cell)
        if value is not None:
            values[value] += count
        if top is not None:
            said[top] += count
    if not values:
        return None
    if said:
        best = said.most_common(1)[0][0]
        return Scale(metric(name, best), 0.0 if values.get(0.0) and best != 5 else 1.0, best), "the cells say so"
    return _number_scale(values, name, group)


def scale_of_values(values: Mapping[float, int], name: str) -> tuple[float, float] | None:
    """(worst, best) of numbers with their counts."""
    found = _number_scale(Counter(values), name, None)
    return (found[0].worst, found[0].best) if found else None


def _word_scale(counts: Counter[str], words: list[str], name: str) -> tuple[Scale, str] | None:
    steps = ladder(words)
    if steps is None or len(words) < len([each for each in counts if not missing(each)]):
        return None
    top = max(steps.values())
    metric_name = "boolean" if top == 1 else metric(name, top)
    return Scale(metric_name, 0.0 if top == 1 else 1.0, top), "its words stand on one ladder"


def _named_scale(name: str) -> tuple[float, float] | None:
    """A scale written into a column's name: "(1-5)", "out of five", "/10", "- 10"."""
    text = " ".join(unaccented(name.casefold()).replace("_", " ").split())
    for word, digit in (("five", "5"), ("ten", "10"), ("seven", "7"), ("hundred", "100")):
        text = re.sub(rf"\b(out of|of|to) {word}\b", rf"\1 {digit}", text)
    if match := re.search(r"\b(0|1)\s*(?:-|–|to|a|bis|…)\s*(5|6|7|10|100)\b", text):
        return float(match[1]), float(match[2])
    if match := re.search(r"(?:out of|sur|von|/|[a-z] -)\s*(5|7|10|100)\)?$", text):
        return (0.0 if match[1] == "100" else 1.0), float(match[1])
    return None


def _number_scale(values: Counter[float], name: str, group: tuple[float, float] | None) -> tuple[Scale, str] | None:
    n = sum(values.values())
    if set(values) <= {0.0, 1.0}:
        return Scale("boolean", 0.0, 1.0), "its values are 0 and 1"
    if set(values) <= {-1.0, 0.0, 1.0}:
        return Scale("rating", -1.0, 1.0), "its values are -1, 0 and 1"
    if group and (n < 50 or _share(values, *group) >= 0.985):
        return Scale(metric(name, group[1]), *group), "as the columns beside it"
    for worst, best in _candidates(values, name, n):
        if _share(values, worst, best) >= (0.985 if n >= 50 else 1):
            why = f"its values lie between {min(values):g} and {max(values):g}"
            return Scale(metric(name, best), float(worst), float(best)), why
    return None


def _candidates(values: Counter[float], name: str, n: int) -> list[tuple[float, float]]:
    """Scales in the order they are tried: narrow ones only when there are answers enough to show them."""
    asks = re.search(r"\bnps\b|recommend|likely|promoter", plain(name))
    if asks:
        return [(0, 10), (0, 100)]
    five = _share(values, 1, 5) + (values.get(0.0, 0) / n if max(values) <= 5 or _share(values, 0, 5) >= 0.985 else 0)
    if five >= 0.985 if n >= 50 else five >= 1:
        top = max(value for value in values if value <= 5)
        narrow = n >= 200 and top in (3, 4) and all(values.get(float(step)) for step in range(1, int(top) + 1))
        return [(min(1.0, *values), top)] if narrow else [(0 if values.get(0.0) else 1, 5)]
    return [(1, 7), (1, 10), (0, 10), (0, 100)]


def _share(values: Counter[float], worst: float, best: float) -> float:
    return sum(count for value, count in values.items() if worst <= value <= best) / max(1, sum(values.values()))


def metric(name: str, best: float) -> str:
    """What a score was asked as, from the name of its column and its scale."""
    text = plain(name)
    if best == 10 and re.search(r"\bnps\b|recommend|likely|promoter|weiterempf|recomm|recomend", text):
        return "nps"
    if re.search(r"\bces\b|effort|how easy", text):
        return "ces"
    if re.search(r"csat|satisf|zufrieden", text):
        return "csat"
    return "rating"
