"""Grows sentences from word lists: a small grammar language, compiled once per run and drawn from by one generator.

A list opens with `@name`; each line below is one way to say it. `[a|b|]` chooses, `{name}` is a way from another list.
In the list `same` the first of a line, wherever it occurs, becomes one of the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from touchstone.core.errors import Stop

FOLDER = Path(__file__).parent / "_example"
Grow = Callable[[], str]
Draw = Callable[[], float]
_TOKEN = re.compile(r"[\[\]|]|\{[^}]*\}|[^\[\]|{]+")


def read(folder: Path = FOLDER) -> dict[str, list[str]]:
    """All lists of the word files, by name; a list may go on in another file."""
    lists: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.txt")):
        name = ""
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("@"):
                name = line[1:].strip()
                lists.setdefault(name, [])
            elif line and not line.startswith("#"):
                lists[name].append(line)
    return lists


class Grammar:
    """Draws ways to say what a list names; the same draws give the same words."""

    def __init__(self, lists: dict[str, list[str]], draw: Draw, special: dict[str, Grow]) -> None:
        """`special` says the names that depend on what is being written about (a place, a car)."""
        self._lists, self._draw = lists, draw
        self._grown: dict[str, Grow] = dict(special)
        groups = [line.split("|") for line in lists.get("same", [])]
        self._same = {word: group for word, *group in groups}
        known = sorted(self._same, key=lambda word: (-len(word), word))
        self._known = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, known))})(?!\w)") if known else None

    def __contains__(self, name: str) -> bool:
        return name in self._lists

    def __getitem__(self, name: str) -> Grow:
        """The function that says list `name` in one more way."""
        if name not in self._grown:
            self._grown[name] = self._compile(name)
        return self._grown[name]

    def _compile(self, name: str) -> Grow:
        if name not in self._lists:
            raise Stop(f"the example grammar has no list {name!r}.", todo="Write it, or mend the name.")
        ways = [self._sequence(_tokens(line), name) for line in self._lists[name]]
        return self._choice(ways)

    def _sequence(self, tokens: list[str], where: str) -> Grow | str:
        """One way: text and choices in a row, up to the end of `tokens` (which it eats)."""
        parts: list[Grow | str] = []
        while tokens and tokens[0] not in "]|":
            token = tokens.pop(0)
            if token == "[":
                parts.append(self._bracket(tokens, where))
            elif token[0] == "{":
                parts.append(self._later(token[1:-1]))
            else:
                parts += self._literal(token)
        return _joined(parts)

    def _literal(self, text: str) -> list[Grow | str]:
        """Plain text, in which words that have equals may become one of them."""
        if self._known is None:
            return [text]
        pieces = self._known.split(text)
        return [self._choice(list(self._same[piece])) if piece in self._same else piece for piece in pieces if piece]

    def _bracket(self, tokens: list[str], where: str) -> Grow | str:
        ways = [self._sequence(tokens, where)]
        while tokens and tokens[0] == "|":
            tokens.pop(0)
            ways.append(self._sequence(tokens, where))
        if not tokens or tokens.pop(0) != "]":
            raise Stop(f"a bracket is not closed in list {where!r} of the example grammar.", todo="Close it.")
        return self._choice(ways)

    def _later(self, name: str) -> Grow:
        """A reference, looked up when first used, so that lists may name each other."""
        grown: list[Grow] = []

        def grow() -> str:
            if not grown:
                grown.append(self[name])
            return grown[0]()

        return grow

    def _choice(self, ways: list[Grow | str]) -> Grow:
        count, draw = len(ways), self._draw
        if all(isinstance(way, str) for way in ways):
            words = [way for way in ways if isinstance(way, str)]
            return lambda: words[int(draw() * count)]
        functions = [_said(way) for way in ways]

        def grow() -> str:
            return functions[int(draw() * count)]()

        return grow


def _tokens(line: str) -> list[str]:
    return _TOKEN.findall(line)


def _said(way: Grow | str) -> Grow:
    return (lambda: way) if isinstance(way, str) else way


def _joined(parts: list[Grow | str]) -> Grow | str:
    if not parts:
        return ""
    if len(parts) == 1:
        return parts[0]
    functions = [_said(part) for part in parts]
    return lambda: "".join([function() for function in functions])
