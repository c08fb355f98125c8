"""Reads the word lists in `words/`, all written for this project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from touchstone.language.words import split_all

FOLDER = Path(__file__).parent / "words"
CUES = ("kinds", "promotion", "feelings")
MOST = 3
"""Words of a cue: the model holds single words, pairs and triples; the beginning of a sentence counts as one."""


def lines(name: str) -> Iterator[tuple[str, str]]:
    """What stands before and after the colon of each line."""
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            head, _, tail = line.partition(":")
            yield head.strip(), tail.strip()


def function_words() -> dict[str, list[str]]:
    """Small words by language."""
    return {language: words.split() for language, words in lines("function")}


def frequent_words() -> dict[str, list[str]]:
    """Frequent words by language that say something beside the language."""
    return {language: words.split() for language, words in lines("frequent")}


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
    """(kind, language, weight, phrase) of one of CUES; `{list}` in a phrase stands for each word of a list.

    A phrase that is written twice for a kind has the weight that stands last. One of more than three words, which no
    row of the model can hold, is a ValueError.
    """
    found: dict[tuple[str, str, str], float] = {}
    for kind, language, weight, spelled in cue_groups(name):
        found.update(dict.fromkeys(((kind, language, phrase) for phrase in spelled), weight))
    phrases = [(kind, language, weight, phrase) for (kind, language, phrase), weight in found.items()]
    for (_, _, _, phrase), words in zip(phrases, split_all([each[3] for each in phrases]), strict=True):
        if not 0 < len(words) <= MOST:
            raise ValueError(f"{name}: {phrase!r} has {len(words)} words, not 1 to {MOST}.")
    return phrases


def cue_groups(name: str) -> Iterator[tuple[str, str, float, list[str]]]:
    """(kind, language, weight, phrases) of each line of one of CUES."""
    lists: dict[str, list[str]] = {}
    for head, written in lines(name):
        if head.startswith("{"):
            lists[head] = written.split()
            continue
        kind, language, weight = head.split()
        phrases = [spelled for phrase in written.split("|") for spelled in _spelled(phrase.strip(), lists)]
        yield kind, language, float(weight), phrases


def curves() -> dict[str, list[float]]:
    """Slope and middle by which a head's evidence becomes a probability."""
    return {head: [float(number) for number in numbers.split()] for head, numbers in lines("curves")}


def _spelled(phrase: str, lists: dict[str, list[str]]) -> list[str]:
    """The phrase, or one for each word of the list it names."""
    named = re.search(r"\{\w+\}", phrase)
    if not named:
        return [phrase] if phrase else []
    return [phrase.replace(named[0], word) for word in lists[named[0]]]


def people() -> list[str]:
    """Words that say who or where somebody is."""
    return [word for _, words in lines("people") for word in words.split()]


def naming() -> list[str]:
    """Phrases that name something without judging it."""
    return [phrase.strip() for _, phrases in lines("naming") for phrase in phrases.split("|")]


def turning() -> dict[str, float]:
    """Phrases that turn what follows into its contrary, and the bad mood each adds."""
    return {phrase.strip(): float(head) for head, phrases in lines("turning") for phrase in phrases.split("|")}


def concepts() -> list[dict[str, list[str]]]:
    """Single words of one meaning in several languages, the English first: their rows are aligned."""
    path = FOLDER / "concepts.txt"
    rows = []
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip().split(",") for cell in line.split("|")]
            rows.append(
                {
                    language: [word.strip() for word in words if word.strip() and not set(word) & set("-' ")]
                    for language, words in zip(("en", "fr", "es", "de", "it", "pt", "nl"), cells, strict=False)
                }
            )
    return rows
