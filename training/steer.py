"""Small words, accents and scripts: what tells languages apart, negates, or parts clauses."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.language.tokens import tokenise
from touchstone.language.walk import CONTRAST, JOINER, NEGATOR, OPENER
from touchstone.language.words import hashes
from training import lists

LANGUAGES = (
    "en", "fr", "es", "de", "it", "pt", "nl", "sv", "da", "pl", "tr", "fi", "ru", "uk",
    "el", "he", "ar", "ja", "ko", "zh", "hi", "cs", "hu", "ro",
)  # fmt: skip
ACCENTS = {
    "fr": "éèêàçùâîôû", "es": "ñáíóúé", "de": "äöüß", "it": "àèìòù", "pt": "ãõçáâêéó", "nl": "ëï", "sv": "åäö",
    "da": "æøå", "fi": "äö", "hu": "áéóöü", "cs": "áíéý", "ro": "âî",
}  # fmt: skip
SCRIPTS = {
    "el": (0xCE, 0xCF), "he": (0xD7,), "ar": (0xD8, 0xD9), "ja": (0xE3,), "ko": (0xEA, 0xEB, 0xEC),
    "zh": (0xE5, 0xE6, 0xE7, 0xE8), "ru": (0xD0, 0xD1), "uk": (0xD0, 0xD1), "pl": (0xC4, 0xC5), "tr": (0xC4, 0xC5),
}  # fmt: skip
WEAK = {"ru": 0.1, "uk": 0.085, "pl": 0.2, "tr": 0.2}
"""What a letter says where scripts are shared and words must decide."""


def steering(vocabulary: dict[int, tuple[str, str]], words: list[str], texts: list[str]) -> dict[str, Any]:
    """Words that tell the language, negate or part clauses; those that say nothing else come first."""
    weights = _shared(lists.function_words())
    flags: dict[str, int] = {}
    for name, bit in (("negator", NEGATOR), ("contrast", CONTRAST), ("joiner", JOINER), ("opener", OPENER)):
        for word in lists.steering()[name]:
            flags[word] = flags.get(word, 0) | bit
    small = list(dict.fromkeys([*weights, *flags]))
    for word, row in _shared(lists.frequent_words()).items():
        weights.setdefault(word, row)
    for word, row in _telling(vocabulary, set(words), counted_words(texts)).items():
        weights.setdefault(word, row)
    names = list(dict.fromkeys([*small, *weights]))
    kept: dict[int, int] = {}
    rows: list[np.ndarray] = []
    bits: list[int] = []
    for key, word in zip(hashes(names).tolist(), names, strict=True):
        if key not in kept:
            kept[key] = len(rows)
            rows.append(np.zeros(len(LANGUAGES), np.float32))
            bits.append(0)
        rows[kept[key]] = np.maximum(rows[kept[key]], weights.get(word, 0.0))  # without accents it may be another's
        bits[kept[key]] |= flags.get(word, 0)
    return {
        "steering_keys": np.array(list(kept), np.uint64),
        "steering_flags": np.array(bits, np.uint8),
        "language_rows": np.concatenate([np.array(rows), _marks()]).astype(np.float16),
        "_small": len({int(key) for key in hashes(small)}),
    }


def _shared(words: dict[str, list[str]]) -> dict[str, np.ndarray]:
    """What each word says of the language: less, the more languages share it."""
    weights: dict[str, np.ndarray] = {}
    for language, held in words.items():
        for word in held:
            weights.setdefault(word, np.zeros(len(LANGUAGES), np.float32))[LANGUAGES.index(language)] = 1.0
    return {word: row / max(1.0, float(row.sum())) ** 0.7 for word, row in weights.items()}


def _telling(vocabulary: dict[int, tuple[str, str]], teacher: set[str], counted: Counter[str]) -> dict[str, np.ndarray]:
    """What other words say of the language."""
    spoken: dict[str, set[str]] = {}
    for language, word in vocabulary.values():
        spoken.setdefault(word, set()).add(language)
    rows = {}
    for word, held in spoken.items():
        row = np.zeros(len(LANGUAGES), np.float32)
        for language in held - {"en"}:
            row[LANGUAGES.index(language)] = 0.8 / len(held - {"en"}) * (0.7 if word in teacher else 1)
        if "en" in held and counted[word] >= 3 and word in teacher:
            row[0] = 0.35
        if row.any():
            rows[word] = row
    return rows


def _marks() -> np.ndarray:
    """What accented letters and scripts say of the language."""
    marks = np.zeros((512, len(LANGUAGES)), np.float32)
    for language, letters in ACCENTS.items():
        for letter in letters:
            marks[256 + letter.encode("utf-8")[1], LANGUAGES.index(language)] = 0.35
    for language, leads in SCRIPTS.items():
        for lead in leads:
            marks[lead, LANGUAGES.index(language)] = WEAK.get(language, 0.4)
    return marks


def counted_words(texts: list[str]) -> Counter[str]:
    """How often each word stands in the texts."""
    tokens = tokenise(pa.array([text.lower() for text in texts], pa.large_string()))
    data = tokens.data.tobytes()
    return Counter(
        data[begin:end].decode("utf-8", "replace")
        for begin, end in zip(tokens.start.tolist(), tokens.stop.tolist(), strict=True)
    )
