"""The checklist: templates of `checklist.yaml` filled in and read by a model; the share that each capability passes."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from touchstone.core import taxonomy as taxonomies
from touchstone.language.model import Model
from touchstone.language.tagger import tag

FILLINGS = 4
_PLACE = re.compile(r"\{(\w+)(?:\|(\w+))?\}")
_ALLOWED = 0.02  # a sentiment may fall by rounding where it should rise


@dataclass(frozen=True)
class Case:
    """One filled template: its texts, what is asked of them, and what should be told."""

    capability: str
    template: str
    language: str
    test: str
    texts: tuple[str, ...]
    touchpoint: str
    other: str
    expect: dict[str, Any]

    @property
    def asked(self) -> list[str] | None:
        """The touchpoints to be judged; None where kinds or free mentions are looked at."""
        if set(self.expect) & {"kind", "no_kind", "mentions"}:
            return None
        return [self.touchpoint, self.other] if "other" in self.expect else [self.touchpoint]


@dataclass(frozen=True)
class Verdict:
    """A case, whether it passed, and what was told instead."""

    case: Case
    passed: bool
    told: str


@cache
def cases() -> tuple[Case, ...]:
    """All templates in all their languages, each filled up to four times."""
    held = yaml.safe_load(Path(__file__).with_name("checklist.yaml").read_text("utf-8"))
    return tuple(
        case
        for template in held["templates"]
        for language, words in held["words"].items()
        for text in template.get(language, ())
        for case in _filled(template, language, [text] if isinstance(text, str) else text, words)
    )


def _filled(template: dict[str, Any], language: str, texts: list[str], words: dict[str, Any]) -> Iterator[Case]:
    things, seen = list(words["thing"].items()), set()
    for number in range(FILLINGS):
        thing, other = things[number % len(things)], things[(number + 1) % len(things)]
        held = {"thing": thing[0], "other": other[0], "good": words["good"][number], "bad": words["bad"][number]}
        done = tuple(_PLACE.sub(lambda place, held=held: _changed(held[place[1]], place[2]), text) for text in texts)
        if done not in seen:
            seen.add(done)
            yield Case(
                template["capability"], template["name"], language, template.get("test", "minimum"),
                done, thing[1], other[1], template.get("expect", {}),
            )  # fmt: skip


def _changed(word: str, how: str | None) -> str:
    if how == "bare":
        return "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))
    if how == "long":
        return re.sub(r"([aeiou])", r"\1\1\1\1", word, count=1)
    if how == "swapped":
        middle = len(word) // 2
        return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    return {"upper": word.upper(), "lower": word.lower()}.get(how or "", word)


def verdicts(model: Model) -> list[Verdict]:
    """What the model makes of every case, with the ready-made hotel taxonomy."""
    texts = [{"text": text, "touchpoints": case.asked} for case in cases() for text in case.texts]
    lines = [{name: held for name, held in each.items() if held is not None} for each in texts]
    answers = iter(tag(lines, model=model, taxonomy=taxonomies.load("hotel")))
    return [_verdict(case, [next(answers) for _ in case.texts]) for case in cases()]


def _verdict(case: Case, answers: list[dict[str, Any]]) -> Verdict:
    told = [{each["touchpoint"]: each for each in answer["mentions"]} for answer in answers]
    if case.test == "rises":
        low, high = (each[case.touchpoint]["sentiment"] for each in told)
        return Verdict(case, high >= low - _ALLOWED, f"{low:.2f} to {high:.2f}")
    if case.test == "same":
        sides = [each[case.touchpoint]["polarity"] for each in told]
        return Verdict(case, len(set(sides)) == 1, ", ".join(sides))
    if "kind" in case.expect:
        score = answers[0]["kinds"][case.expect["kind"]]
        return Verdict(case, score >= 0.5, f"{score:.2f}")
    if "no_kind" in case.expect:
        score = answers[0]["kinds"][case.expect["no_kind"]]
        return Verdict(case, score < 0.5, f"{score:.2f}")
    sides = {name: each["polarity"] for name, each in told[0].items()}
    if "mentions" in case.expect:
        wanted = case.expect["mentions"]
        right = sides == {} if not wanted else all(sides.get(name) == side for name, side in wanted.items())
        return Verdict(case, right, str(sides))
    wanted = {case.touchpoint: case.expect["polarity"]} | (
        {case.other: case.expect["other"]} if "other" in case.expect else {}
    )
    right = all(sides[name] in ([side] if isinstance(side, str) else side) for name, side in wanted.items())
    return Verdict(case, right, ", ".join(sides.values()))


def rates(held: Iterable[Verdict], by: str = "capability") -> dict[str, tuple[float, int]]:
    """The share that passed and how many there are, by a field of the case."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for each in held:
        groups[getattr(each.case, by)].append(each.passed)
    return {name: (sum(passed) / len(passed), len(passed)) for name, passed in groups.items()}
