"""Puts the shipped model together: lexicon, rows, heads, languages."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array

from touchstone.language.index import Index
from touchstone.language.model import HEADS, KINDS, Model
from touchstone.language.tokens import pairs, tokenise
from touchstone.language.walk import BLOCKS, CONTRAST, JOINER, NEGATOR, OPENER, Lexicon, walk
from touchstone.language.words import grams as phrase_hashes
from touchstone.language.words import hashes, salt, split, split_all, stems
from training import lists, mood, vectors
from training.corpora import sentences

LANGUAGES = (
    "en", "fr", "es", "de", "it", "pt", "nl", "sv", "da", "pl", "tr", "fi", "ru", "uk",
    "el", "he", "ar", "ja", "ko", "zh", "hi", "th",
)  # fmt: skip
VERSION = "1"
MOODS = {"problem": -1.0, "churn_threat": -1.2, "praise": 1.0, "thanks": 0.5}
"""What the phrases of a kind say of the mood, as strength of a sentiment word."""
ACCENTS = {
    "fr": "éèêàçùâîôû", "es": "ñáíóúé", "de": "äöüß", "it": "àèìòù", "pt": "ãõçáâêéó", "nl": "ëï", "sv": "åäö",
    "da": "æøå", "fi": "äö",
}  # fmt: skip
SCRIPTS = {
    "el": (0xCE, 0xCF), "he": (0xD7,), "ar": (0xD8, 0xD9), "ja": (0xE3,), "ko": (0xEA, 0xEB, 0xEC), "zh": (0xE5, 0xE6, 0xE7, 0xE8),
    "hi": (), "th": (), "ru": (0xD0, 0xD1), "uk": (0xD0, 0xD1),
}  # fmt: skip


def build(teacher: Path) -> Model:
    """The shipped model."""
    words = (teacher / "words.txt").read_text("utf-8").splitlines()
    texts = sentences()
    vocabulary = _vocabulary(words, texts)
    arrays: dict[str, Any] = {}
    arrays["word_keys"] = np.array(list(vocabulary), np.uint64)
    arrays.update(_stems(vocabulary))
    arrays.update(_steering(vocabulary, words, texts))
    phrases = [*lists.cue_phrases("kinds"), *lists.cue_phrases("promotion")]
    grams = _grams(texts, phrases)
    arrays["gram_keys"] = grams
    lexicon = _lexicon(arrays)
    arrays.update(_rows(teacher, lexicon, vocabulary))
    arrays.update(_heads(lexicon, vocabulary, phrases, len(grams)))
    facts = {
        "version": VERSION,
        "languages": list(LANGUAGES),
        "small_words": arrays.pop("_small"),
        "kinds": list(KINDS),
    }
    return Model(arrays, facts)


def _vocabulary(words: list[str], texts: list[str]) -> dict[int, tuple[str, str]]:
    """(language, word) by hash: the teacher's words, those of the corpora, of the lists and their translations."""
    chosen = [("en", word) for word in words]
    counted = _counted(texts)
    chosen += [("en", word) for word, count in sorted(counted.items()) if count >= 3]
    chosen += [key for key in lists.sentiment()]
    for concept in lists.concepts():
        chosen += [(language, word) for language, held in concept.items() for word in held if " " not in word]
    for kind in ("kinds", "promotion"):
        for _, language, _, phrase in lists.cue_phrases(kind):
            if len(parts := split(phrase)) == 1:
                chosen.append((language, parts[0]))
    keys = hashes([word for _, word in chosen])
    found: dict[int, tuple[str, str]] = {}
    for key, (language, word) in zip(keys.tolist(), chosen, strict=True):
        if key:
            found.setdefault(key ^ int(salt(language)), (language, word))
    for key, (language, word) in zip(keys.tolist(), chosen, strict=True):
        if key and language != "en":
            found.setdefault(key, (language, word))  # where no other word is spelled so, the language need not be known
    return found


def _counted(texts: list[str]) -> Counter[str]:
    """How often each word stands in the texts."""
    tokens = tokenise(pa.array([text.lower() for text in texts], pa.large_string()))
    data = tokens.data.tobytes()
    return Counter(
        data[begin:end].decode("utf-8", "replace")
        for begin, end in zip(tokens.start.tolist(), tokens.stop.tolist(), strict=True)
    )


def _stems(vocabulary: dict[int, tuple[str, str]]) -> dict[str, np.ndarray]:
    """Stems of the words that were written for this project (the others are many enough)."""
    strong = lists.sentiment()
    listed = {key for key, (language, word) in vocabulary.items() if language != "en" or ("en", word) in strong}
    places = [place for place, key in enumerate(vocabulary) if key in listed]
    entries = [(key, *vocabulary[key]) for key in vocabulary if key in listed]
    keys, owners = stems([word for _, _, word in entries])
    base = hashes([word for _, _, word in entries])
    salts = np.array([key ^ int(plain) for (key, _, _), plain in zip(entries, base.tolist(), strict=True)], np.uint64)
    return {"stem_keys": keys ^ salts[owners], "stem_rows": np.array(places, np.int32)[owners]}


def _steering(vocabulary: dict[int, tuple[str, str]], words: list[str], texts: list[str]) -> dict[str, Any]:
    """Words that tell the language, negate or part clauses."""
    function = lists.function_words()
    weights: dict[str, np.ndarray] = {}
    for language, held in function.items():
        for word in held:
            weights.setdefault(word, np.zeros(len(LANGUAGES), np.float32))[LANGUAGES.index(language)] = 1.0
    for held in weights.values():
        held /= max(1.0, held.sum()) ** 0.7
    flags: dict[str, int] = {}
    for name, bit in (("negator", NEGATOR), ("contrast", CONTRAST), ("joiner", JOINER), ("opener", OPENER)):
        for word in lists.steering()[name]:
            flags[word] = flags.get(word, 0) | bit
    small = list(dict.fromkeys([*weights, *flags]))
    foreign: dict[str, set[str]] = {}
    for language, word in vocabulary.values():
        foreign.setdefault(word, set()).add(language)
    counted = _counted(texts)
    teacher = set(words)
    telling = {word: held for word, held in foreign.items() if word not in weights}
    for word, held in telling.items():
        row = np.zeros(len(LANGUAGES), np.float32)
        for language in held - {"en"}:
            row[LANGUAGES.index(language)] = 0.8 / len(held - {"en"}) * (0.7 if word in teacher else 1)
        if "en" in held and counted[word] >= 3 and word in teacher:
            row[0] = 0.35
        if row.any():
            weights[word] = row
    names = list(dict.fromkeys([*small, *weights]))
    keys = hashes(names)
    rows = np.array([weights.get(word, np.zeros(len(LANGUAGES))) for word in names], np.float32)
    kept: dict[int, int] = {}
    merged_rows, merged_flags = [], []
    for key, row, word in zip(keys.tolist(), rows, names, strict=True):
        if key in kept:  # the same letters without accents
            merged_rows[kept[key]] = np.maximum(merged_rows[kept[key]], row)
            merged_flags[kept[key]] |= flags.get(word, 0)
        else:
            kept[key] = len(merged_rows)
            merged_rows.append(row)
            merged_flags.append(flags.get(word, 0))
    marks = np.zeros((512, len(LANGUAGES)), np.float32)
    for language, letters in ACCENTS.items():
        for letter in letters:
            row = 256 + letter.encode("utf-8")[1]
            marks[row, LANGUAGES.index(language)] = 0.35
    for language, leads in SCRIPTS.items():
        for lead in leads:
            marks[lead, LANGUAGES.index(language)] = 0.4 if language != "uk" else 0.2
    count_small = len({int(key) for key in hashes(small)})
    return {
        "steering_keys": np.array(list(kept), np.uint64),
        "steering_flags": np.array(merged_flags, np.uint8),
        "language_rows": np.concatenate([np.array(merged_rows), marks]).astype(np.float16),
        "_small": count_small,
    }


def _grams(texts: list[str], phrases: list[tuple[str, str, float, str]]) -> np.ndarray:
    """Hashes of the pairs and triples worth a row: those of the cues, and the frequent ones of the corpora."""
    written = phrase_hashes(
        [parts[:3] for parts in split_all([phrase for _, _, _, phrase in phrases]) if len(parts) > 1]
    )
    tokens = tokenise(pa.array(texts, pa.large_string()))
    two, three = pairs(tokens.hash, tokens.sentence_begins)
    found = [written]
    for hashed, least in ((two, 5), (three, 8)):
        values, counts = np.unique(hashed, return_counts=True)
        found.append(values[counts >= least])
    joined = np.concatenate(found)
    _, first = np.unique(joined, return_index=True)
    return joined[np.sort(first)]


def _lexicon(arrays: dict[str, Any]) -> Lexicon:
    return Lexicon(
        words=Index(arrays["word_keys"]),
        stems=Index(arrays["stem_keys"], arrays["stem_rows"]),
        grams=Index(arrays["gram_keys"]),
        count=len(arrays["word_keys"]),
        steering=Index(arrays["steering_keys"]),
        steering_flags=arrays["steering_flags"],
        language_rows=arrays["language_rows"].astype(np.float32),
        languages=LANGUAGES,
        salts=np.array([salt(language) for language in LANGUAGES], np.uint64),
    )


def _rows(teacher: Path, lexicon: Lexicon, vocabulary: dict[int, tuple[str, str]]) -> dict[str, np.ndarray]:
    """Rows of the encoder, int8: the teacher's word vectors, moved so that means of them are its sentence vectors."""
    texts = (teacher / "sentences.txt").read_text("utf-8").splitlines()
    wanted, single = np.load(teacher / "sentences.npy"), np.load(teacher / "words.npy")
    turned = vectors.directions(np.concatenate([wanted, single]))
    first = np.zeros((lexicon.count, vectors.DIMENSIONS), np.float32)
    place = {key: row for row, key in enumerate(vocabulary)}
    names = (teacher / "words.txt").read_text("utf-8").splitlines()
    for key, vector in zip(hashes(names).tolist(), single.astype(np.float32) @ turned, strict=True):
        first[place[key]] = vector
    walked = walk(pa.array(texts, pa.large_string()), lexicon)
    ends, _ = mood.by_text(walked)
    unit = walked.rows % lexicon.count
    word = walked.rows < BLOCKS * lexicon.count
    before = np.concatenate([[0], np.cumsum(word)])
    mean = csr_array(
        (np.ones(word.sum(), np.float32), unit[word], np.concatenate([[0], before[ends]])),
        shape=(len(texts), lexicon.count),
    )
    size = np.maximum(np.diff(mean.indptr), 1)
    mean.data /= np.repeat(size, np.diff(mean.indptr))
    rows = vectors.fitted(mean, wanted.astype(np.float32) @ turned, first)
    _aligned(rows, vocabulary)
    scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-6) / 127
    return {"word_vectors": np.round(rows / scale).astype(np.int8), "word_scales": scale[:, 0].astype(np.float32)}


def _aligned(rows: np.ndarray, vocabulary: dict[int, tuple[str, str]]) -> None:
    """Words of other languages take the mean row of the English words they are listed with."""
    places: dict[tuple[str, str], list[int]] = {}
    for row, (language, word) in enumerate(vocabulary.values()):
        places.setdefault((language, word), []).append(row)
    for concept in lists.concepts():
        english = [row for word in concept["en"] for part in split(word) for row in places.get(("en", part), [])]
        if not english:
            continue
        mean = rows[english].mean(axis=0)
        for language, words in concept.items():
            for word in words if language != "en" else ():
                for row in places.get((language, word), []):
                    rows[row] = mean


def _heads(
    lexicon: Lexicon, vocabulary: dict[int, tuple[str, str]], phrases: list[tuple[str, str, float, str]], grams: int
) -> dict[str, np.ndarray]:
    """The columns of HEADS for words, negated words and phrases."""
    words = np.zeros((lexicon.count, len(HEADS)), np.float32)
    turned = np.zeros_like(words)
    grammar = np.zeros((grams, len(HEADS)), np.float32)
    weights = _mood(lexicon, vocabulary, phrases, grams)
    own, pair = weights[: lexicon.count], weights[lexicon.count :]
    words[:, 0], words[:, 1] = np.maximum(own, 0), np.maximum(-own, 0)
    turned[:, 0], turned[:, 1] = mood.TURNED * words[:, 1], mood.TURNED * words[:, 0]
    grammar[:, 0], grammar[:, 1] = np.maximum(pair, 0), np.maximum(-pair, 0)
    spoken = [language for language, _ in vocabulary.values()]
    for kind, language, weight, phrase in phrases:
        parts = split(phrase)[:3]
        column = HEADS.index(kind)
        if len(parts) == 1:
            key = hashes(parts)
            for row in lexicon.words.find(np.array([key[0] ^ salt(language), key[0]], np.uint64)):
                if row >= 0 and (language == "en" or spoken[row] == language):
                    words[row, column] = weight
                    turned[row, column] = weight if kind not in ("praise", "thanks") else -0.3
        else:
            row = lexicon.grams.find(phrase_hashes([parts]))[0]
            grammar[row, column] = weight
    held = {"head_words": words, "head_negated": turned, "head_grams": grammar}
    packed: dict[str, np.ndarray] = {}
    for name, table in held.items():
        scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / 127
        packed[name] = np.round(table / scale).astype(np.int8)
        packed[f"{name}_scale"] = scale.astype(np.float32)
    return packed


def _mood(
    lexicon: Lexicon, vocabulary: dict[int, tuple[str, str]], phrases: list[tuple[str, str, float, str]], grams: int
) -> np.ndarray:
    """Weight of each word and phrase, half a logit: positive is good."""
    columns = lexicon.count + grams
    prior = np.zeros(lexicon.count + grams)
    strength = lists.sentiment()
    for row, entry in enumerate(vocabulary.values()):
        prior[row] = strength.get(entry, 0.0)
    for kind, _, weight, phrase in phrases:
        if kind in MOODS and len(parts := split(phrase)[:3]) > 1:
            row = lexicon.grams.find(phrase_hashes([parts]))[0]
            prior[lexicon.count + row] = MOODS[kind] * weight
    texts, moods = mood.whole()
    walked = walk(pa.array(texts, pa.large_string()), lexicon)
    ends, size = mood.by_text(walked)
    clauses, terms = mood.of_terms("atsa_train", lexicon)
    of_clauses = mood.design(clauses.rows, clauses.ends, clauses.size, lexicon, columns)
    sided = np.flatnonzero(np.isfinite(terms) & (terms != 0))
    features = mood.stacked([mood.design(walked.rows, ends, size, lexicon, columns), of_clauses[sided]])
    lean, weights = mood.fit(features, prior, np.concatenate([moods, terms[sided]]))
    return (lean * prior + weights) / 2
