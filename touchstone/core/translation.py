"""Texts of ours in other languages, recognised where they are shown: catalogues of gettext, one file for each room.

A text is known as a whole, or by a pattern with places in it, whose values are read in turn; or in parts: sentence by
sentence, item by item. What nobody translated, and all that is not ours, stays as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path

from touchstone.core import localised
from touchstone.core.phrase import LONG, WORD, Phrase, apart, phrase, sentences

FOLDER = Path(__file__).parent / "translations"
ENGLISH = "en"
GLUED = ("; ", ", ", ": ")
DEEP = 7  # values within values
READINGS = 300  # of parts of one text, at most: what is longer stays as far as it is not known
CUT = 20  # characters of a text that was cut, to know it by
TWO = 3  # two parts, and what stands between them
FEW = 24  # parts that are tried together
_QUOTED = re.compile("“[^“”]*”|„[^„“”]*[“”]")
_LINES = re.compile(r"\n+")
_CLAUSES = re.compile(r"; ")
_MARKS = (re.compile(r" · | × | → "), re.compile(": "), re.compile(", "))
_WORDED = re.compile(r"[^\W\d_]{2,}")
_PLACED = re.compile(r"(\D{3,}?)( )(−?\d[\d.,]*(?:–−?\d[\d.,]*)?)")
_DASHED = re.compile(r"(?<=\d)-(?=\d)")
_COUNTED = re.compile(rf"({localised.NUMBER})([ \u00a0])(\D+)")
_AND = re.compile(" (and|or) ")
_BRACKETS = re.compile(r"(.*?)( ?)\(([^()]+)\)([^()]*)", re.DOTALL), re.compile(r"(.*?)( ?)\((.+)\)(.*)", re.DOTALL)

Read = tuple[str, int]
"""A text as it is said, and how many letters of it nobody knew."""


@cache
def languages() -> dict[str, str]:
    """The languages there are catalogues for, English first, with what each calls itself."""
    found = sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) if FOLDER.is_dir() else []
    return {ENGLISH: "English", **{language: localised.called(language) for language in found}}


def said(text: str, language: str = ENGLISH) -> str:
    """The text in `language`; as it was where it is not ours, not translated yet, or the language is not there."""
    if language == ENGLISH or not text or len(text) > LONG:
        return text
    return _said(text, language)


@lru_cache(maxsize=16384)
def _said(text: str, language: str) -> str:
    return tongue(language).told(text)[0] if language in languages() else text


def is_known(text: str, language: str) -> bool:
    """Whether the whole text is recognised, and translated."""
    return tongue(language).told(text)[1]


@cache
def tongue(language: str) -> Tongue:
    """What is known of a language: every entry of its catalogues; empty for one without."""
    from babel.messages.pofile import read_po  # only where another language is spoken

    made = Tongue(language)
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and isinstance(message.id, str) and isinstance(message.string, str):
                    made.learn(message.id, "" if message.fuzzy else message.string)
    made.settle()
    return made


@dataclass
class Tongue:
    """One language: texts known whole, and patterns by the rarest word of each.

    `sayings` are translations, `fixed` quotations that are our own, as names of pages.
    """

    language: str
    whole: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, list[Phrase]] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    sayings: frozenset[str] = frozenset()
    ordered: tuple[str, ...] = ()
    _loose: list[Phrase] = field(default_factory=list)
    _known: dict[str, Read] = field(default_factory=dict)  # parts of the one text that is being read

    def learn(self, text: str, said: str) -> None:
        """Takes an entry in; one without translation counts for nothing."""
        if not said:
            return
        self.whole.setdefault(text, said)
        if _DASHED.search(text):  # a scale as pages write it: 1–5
            self.whole.setdefault(_DASHED.sub("–", text), _DASHED.sub("–", said))
        if text[:2] in GLUED and said[:2] == text[:2]:
            self.learn(text[2:], said[2:])  # as it is met where a line was parted there
        if "{" in text and (made := phrase(text, said)) is not None:
            self._loose.append(made)

    def settle(self) -> None:
        """Files each pattern under its rarest word, once all are known."""
        often = Counter(word for each in self._loose for word in each.words)
        for each in sorted(self._loose, key=lambda one: -one.letters):
            rarest = min(each.words, key=lambda word: (often[word], -len(word), word))
            self.patterns.setdefault(rarest, []).append(each)
        self.sayings = frozenset(self.whole.values())
        self.ordered = tuple(sorted(self.whole))
        self.fixed = frozenset(quote for text in self.whole for quote in _QUOTED.findall(text) if "{" not in quote)

    def told(self, text: str) -> tuple[str, bool]:
        """The text as it is said, and whether all of it was known; what stands in quotation marks is not touched."""
        return replace(self, _known={})._told(text)  # many read at once: what is known of a text is its reading's own

    def _told(self, text: str) -> tuple[str, bool]:
        quotes: list[str] = []

        def aside(found: re.Match[str]) -> str:
            if found[0] in self.fixed:
                return found[0]
            quotes.append(found[0][1:-1])
            return f"“\ue000{len(quotes) - 1}\ue001”"

        bare = _QUOTED.sub(aside, text)
        made, missed = self._read(bare, 0)
        told = localised.quoted(made, self.language) if not missed or made != bare else made
        return re.sub("\ue000(\\d+)\ue001", lambda found: quotes[int(found[1])], told), not missed

    def _read(self, text: str, depth: int) -> Read:
        core = text.strip()
        if not any(character.isalnum() for character in core):
            return text, 0
        found = self._known.get(core)
        if found is None:
            found = self._found(core, depth) or (core, 0 if core.startswith("\ue000") else sum(map(str.isalpha, core)))
            if depth < DEEP:  # what was read too deep to be known may be known elsewhere
                self._known[core] = found
        start = len(text) - len(text.lstrip())
        return text[:start] + found[0] + text[start + len(core) :], found[1]

    def _found(self, text: str, depth: int) -> Read | None:
        found = self._whole(text) or self._figures(text)
        if found is not None or depth >= DEEP or len(self._known) > READINGS:
            return found
        return self._counted(text) or self._best(text, depth)

    def _best(self, text: str, depth: int) -> Read | None:
        """The reading that misses least: sentences and clauses first, then a pattern, then smaller parts."""
        best: Read | None = None
        for way in (self._claused, self._phrased, self._parted, self._bracketed, self._listed):
            if (made := way(text, depth)) is not None and (best is None or made[1] < best[1]):
                best = made
            if best is not None and not best[1]:
                break
        return best

    def _whole(self, text: str) -> Read | None:
        """A text known as it is; a capital or small first letter and a last full stop make no difference."""
        for mark in ("", ".", ":"):
            if not text.endswith(mark):
                continue
            bare = text.removesuffix(mark)
            for ending in ("", ".") if not mark else ("",):
                if (made := self._capital(bare + ending)) is not None:
                    return made.removesuffix(ending) + mark, 0
        if text in self.sayings:  # a part of a line whose other parts are still to be said
            return text, 0
        return self._cut(text)

    def _capital(self, text: str) -> str | None:
        if not text or (made := self.whole.get(text)) is not None:
            return made if text else None
        first = text[0]
        if (made := self.whole.get(first.swapcase() + text[1:])) is None:
            return None
        return made[:1].upper() + made[1:] if first.isupper() else made

    def _cut(self, text: str) -> Read | None:
        """A text of ours that was cut to fit ends in an ellipsis: so does its translation, as long at most."""
        begun = text.removesuffix(" …")
        if begun == text or len(begun) < CUT:
            return None
        place = bisect_left(self.ordered, begun)
        if place == len(self.ordered) or not self.ordered[place].startswith(begun):
            return None
        told = self.whole[self.ordered[place]]
        return (told if len(told) <= len(text) else f"{told[: len(begun)].rsplit(' ', 1)[0]} …"), 0

    def _figures(self, text: str) -> Read | None:
        made = localised.figures(text, self.language)
        return None if made is None else (made, 0)

    def _counted(self, text: str) -> Read | None:
        """A number and what it counts, or what a number tells apart: 4,529 answers, Rating 1–5."""
        if (found := _COUNTED.fullmatch(text)) and (noun := self._whole(found[3])):
            return f"{localised.figures(found[1], self.language)}{found[2]}{noun[0]}", 0
        if (found := _PLACED.fullmatch(text)) and (noun := self._whole(found[1])):
            return f"{noun[0]}{found[2]}{localised.figures(found[3], self.language)}", 0
        return None

    def _phrased(self, text: str, depth: int, *, strong: bool = False) -> Read | None:
        """The pattern that fits and misses least, of these the one with most words of its own."""
        best: Read | None = None
        ways = dict.fromkeys((text, text.removesuffix(".")))
        for start in (way for each in ways for way in (each, each[:1].swapcase() + each[1:])):
            words = set(WORD.findall(start))
            fitting = [each for word in words for each in self.patterns.get(word, ()) if each.words <= words]
            for each in sorted(fitting, key=lambda one: -one.letters):
                if (strong and not each.strong) or (values := each.match(start)) is None:
                    continue
                read = {name: self._read(value, depth + 1) for name, value in values.items()}
                missed = sum(missing for _, missing in read.values())
                if (best is None and missed and not each.strong) or (best is not None and missed >= best[1]):
                    continue
                if not missed or each.strong:
                    best = each.said.format_map({name: made for name, (made, _) in read.items()}), missed
                if not missed:
                    break
            if best is not None:
                made = best[0][:1].upper() + best[0][1:] if text[0].isupper() else best[0]
                return made + text[len(start) :], best[1]
        return None

    def _claused(self, text: str, depth: int) -> Read | None:
        """The text sentence by sentence, or clause by clause."""
        return self._first([sentences(text), apart(text, _LINES), apart(text, _CLAUSES)], depth, two=False)

    def _parted(self, text: str, depth: int) -> Read | None:
        """The text item by item, as its smaller marks part it."""
        return self._first([apart(text, marks) for marks in _MARKS], depth)

    def _first(self, ways: list[list[str]], depth: int, *, two: bool = True) -> Read | None:
        """The first way that parts the text so that at least one part is known."""
        for parts in ways:
            if len(parts) > 1 and (made := self._together(parts, depth, two=two)):
                return made
        return None

    def _is_one(self, text: str, depth: int, *, two: bool) -> bool:
        """Whether parts belong together: known whole, or two of them by one pattern."""
        if self._whole(text.strip() or "-") is not None:
            return True
        return two and (made := self._phrased(text.strip(), depth + 1, strong=True)) is not None and not made[1]

    def _bracketed(self, text: str, depth: int) -> Read | None:
        """What stands before, within and after brackets, where one of them is known."""
        found = next(filter(None, (each.fullmatch(text) for each in _BRACKETS)), None)
        if found is None:
            return None
        before, gap, within, after = found.groups()
        return self._together([before, f"{gap}(", within, ")", after], depth)

    def _listed(self, text: str, depth: int) -> Read | None:
        """The end of a list, where one of its sides is known and a word: the names of others may hold an and."""
        best: Read | None = None
        for found in _AND.finditer(text) if "(" not in text else ():
            sides = text[: found.start()], text[found.end() :]
            read = [(side, *self._read(side, depth + 1)) for side in sides]
            (_, first, missed), (_, last, more) = read
            told = not missed + more or any(_WORDED.search(side) for side, _, missing in read if not missing)
            if told and (best is None or missed + more < best[1]):
                kind = "or" if found[1] == "or" else "standard"
                best = localised.joined(first, last, self.language, kind=kind), missed + more
        return best

    def _together(self, parts: list[str], depth: int, *, two: bool = True) -> Read | None:
        """Parts read one by one, or as many together as are known whole (with `two`, two of them by a pattern, too).

        None where no part is known.
        """
        read, place = [], 0
        while place < len(parts):
            worded = any(map(str.isalnum, parts[place]))
            runs = range(len(parts), place + 1, -1) if worded and len(parts) - place < FEW else ()
            ends = (
                end for end in runs if self._is_one("".join(parts[place:end]), depth, two=two and end - place == TWO)
            )
            stop = next(ends, place + 1)
            part = "".join(parts[place:stop])
            read.append((part, *self._read(part, depth + 1)))
            place = stop
        missed = sum(missing for _, _, missing in read)
        if missed and all(made == part for part, made, _ in read):
            return None
        return "".join(made for _, made, _ in read), missed
