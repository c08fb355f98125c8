"""Reads the word lists in `words/`, all written for this project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "words"


def lines(name: str) -> Iterator[tuple[str, str]]:
    """What stands before and after the colon of each line."""
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            head, _, tail = line.partition(":")
            yield head.strip(), tail.strip()


def function_words() -> dict[str, list[str]]:
    """Small words by language."""
    return {language: words.split() for language, words in lines("function")}


def sentiment() -> dict[tuple[str, str], float]:
    """Strength of mood, -2 to 2, by (language, word); a word that stands twice has the mean."""
    found: dict[tuple[str, str], list[float]] = {}
    for head, words in lines("sentiment"):
        language, strength = head.split()
        for word in words.split():
            found.setdefault((language, word), []).append(float(strength))
    return {key: sum(values) / len(values) for key, values in found.items()}


def steering() -> dict[str, list[str]]:
    """Words that steer how others are read, by what they do."""
    found: dict[str, list[str]] = {}
    for head, words in lines("control"):
        found.setdefault(head, []).extend(words.split())
    return found


def cue_phrases(name: str) -> list[tuple[str, str, float, str]]:
    """(kind, language, weight, phrase) of `kinds` or `promotion`."""
    found = []
    for head, phrases in lines(name):
        kind, language, weight = head.split()
        found += [(kind, language, float(weight), phrase.strip()) for phrase in phrases.split("|") if phrase.strip()]
    return found


def concepts() -> list[dict[str, list[str]]]:
    """Words of one meaning in several languages, the English first: their rows are aligned."""
    path = FOLDER / "concepts.txt"
    if not path.exists():
        return []
    rows = []
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip().split(",") for cell in line.split("|")]
            rows.append(
                {
                    language: [word.strip() for word in words if word.strip()]
                    for language, words in zip(("en", "fr", "es", "de", "it", "pt", "nl"), cells, strict=False)
                }
            )
    return rows
