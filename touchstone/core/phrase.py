"""A text with places for what changes in it, as message catalogues write it: `{n} of {total} answers`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter

WORD = re.compile(r"[^\W\d_]{2,}")
LONG = 2000  # characters; nothing we say at once is longer
_END = re.compile(r"(?<![ (][A-Z])(?<![ (][A-Z]\w)(?<!^[A-Z]\w)(?<!\be\.g)(?<!\bal)[.!?][”)]?( +)(?=[A-Z0-9“])")
"""Where one sentence ends and another begins; not after St., No. or Dr."""
_AGAINST = re.compile(r"(?:\{\w+\}){2,}")


@dataclass(frozen=True)
class Phrase:
    """`literals` are what stands before, between and after the places `names`; `said` is its translation."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    said: str
    words: frozenset[str]
    letters: int

    @property
    def strong(self) -> bool:
        """Whether its own words are enough to know it by; a weaker one must know what stands in its places too."""
        if WORD.search(self.literals[0]):
            return self.letters >= 4
        return self.letters >= 10 or (self.letters >= 7 and any(len(WORD.findall(each)) > 1 for each in self.literals))

    def match(self, text: str) -> dict[str, str] | None:
        """What stands in its places, each as short as can be; None where the text is another."""
        first, last = self.literals[0], self.literals[-1]
        if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
            return None
        place, end, values = len(first), len(text) - len(last), []
        for literal in self.literals[1:-1]:
            if (found := _beyond_figures(text, literal, place, end)) < 0:
                return None
            values.append(text[place:found])
            place = found + len(literal)
        values.append(text[place:end])
        return None if any(map(_END.search, values)) else dict(zip(self.names, values, strict=True))


def _beyond_figures(text: str, literal: str, start: int, end: int) -> int:
    """Where a literal stands next, -1 where it does not; the point within a figure ends no sentence."""
    found = text.find(literal, start, end)
    while found >= 0 and literal[-1:] in (".", ",") and text[found + len(literal) : found + len(literal) + 1].isdigit():
        found = text.find(literal, found + 1, end)
    return found


def parsed(pattern: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The literals and the names of a pattern; no names where its braces are no places."""
    literals, names = [""], []
    try:
        pieces = list(Formatter().parse(pattern))
    except ValueError:
        return (pattern,), ()
    for literal, name, _, _ in pieces:
        literals[-1] += literal
        if name is not None:
            names.append(name)
            literals.append("")
    return tuple(literals), tuple(names)


def joined(pattern: str, said: str) -> tuple[str, str] | None:
    """Both with places that stand against each other made one; None where the translation has them elsewhere."""
    for run in _AGAINST.findall(pattern):
        if said.count(run) != 1:
            return None
        one = run.partition("}")[0] + "}"
        pattern, said = pattern.replace(run, one), said.replace(run, one)
    return pattern, said


def phrase(pattern: str, said: str) -> Phrase | None:
    """A pattern with its translation; None where it has no places, other ones than that, or no word to be known by."""
    if (both := joined(pattern, said)) is None:
        return None
    pattern, said = both
    literals, names = parsed(pattern)
    words = frozenset(anchors(literals))
    if not names or not words or sorted(parsed(said)[1]) != sorted(names):
        return None
    letters = sum(character.isalpha() for literal in literals for character in literal)
    return Phrase(literals, names, said, words, letters)


def anchors(literals: tuple[str, ...]) -> list[str]:
    """The whole words of literals: those that no place stands against."""
    found = []
    for number, literal in enumerate(literals):
        for word in WORD.finditer(literal):
            open_left = number > 0 and word.start() == 0
            open_right = number < len(literals) - 1 and word.end() == len(literal)
            found += [] if open_left or open_right else [word[0]]
    return found


def apart(text: str, marks: re.Pattern[str]) -> list[str]:
    """A text parted at `marks` that stand outside brackets, with the marks between."""
    parts, last = [], 0
    for found in marks.finditer(text):
        before = text[: found.start()]
        if before.count("(") <= before.count(")"):
            parts += [text[last : found.start()], found[0]]
            last = found.end()
    return [part for part in (*parts, text[last:]) if part]


def sentences(text: str) -> list[str]:
    """A text in its sentences, with the blanks between them."""
    parts, last = [], 0
    for found in _END.finditer(text):
        parts += [text[last : found.start(1)], found[1]]
        last = found.end()
    return [part for part in (*parts, text[last:]) if part]
