"""Puts the shipped model together: lexicon, rows, heads, languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.taxonomy import Taxonomy
from touchstone.language.bags import by_text
from touchstone.language.index import Index
from touchstone.language.model import HEADS, KINDS, Model
from touchstone.language.reading import POLARITIES
from touchstone.language.teach_polarity import shares
from touchstone.language.tokens import pairs, tokenise
from touchstone.language.walk import Lexicon, evidence, walk
from touchstone.language.words import grams as phrase_hashes
from touchstone.language.words import hashes, salt, split, split_all, stems
from training import lists, mood, vectors
from training.corpora import sentences
from training.steer import LANGUAGES, counted_words, steering

VERSION = "2"
MOODS = {"problem": -1.0, "churn_threat": -1.2, "praise": 1.0, "thanks": 0.5}
"""What the phrases of a kind say of the mood, as strength of a sentiment word."""
NEGATED = {
    **dict.fromkeys(("praise", "thanks", "joy", "trust"), -0.3),
    **dict.fromkeys(("anger", "sadness", "fear", "surprise", "urgency", "effort", "ease"), 0.0),
}
"""What a single word says after a negator; of other heads it says the same."""


def build(teacher: Path) -> Model:
    """The shipped model."""
    words = (teacher / "words.txt").read_text("utf-8").splitlines()
    texts = sentences()
    vocabulary = _vocabulary(words, texts)
    arrays: dict[str, Any] = {}
    arrays["word_keys"] = np.array(list(vocabulary), np.uint64)
    arrays.update(_stems(vocabulary))
    arrays.update(steering(vocabulary, words, texts))
    phrases = [phrase for name in lists.CUES for phrase in lists.cue_phrases(name)]
    grams = _grams(texts, phrases)
    arrays["gram_keys"] = grams
    lexicon = _lexicon(arrays)
    arrays.update(vectors.rows(teacher, lexicon, vocabulary))
    arrays.update(_heads(lexicon, vocabulary, phrases, _mood(lexicon, vocabulary, phrases, len(grams))))
    facts = {
        "version": VERSION,
        "languages": list(LANGUAGES),
        "small_words": arrays.pop("_small"),
        "kinds": list(KINDS),
        "heads": list(HEADS),
        "curves": lists.curves(),
    }
    apart = _mood(lexicon, vocabulary, phrases, len(grams), with_liu=False)
    facts["confusion"] = _confusion(Model({**arrays, **_heads(lexicon, vocabulary, phrases, apart)}, facts))
    return Model(arrays, facts)


def _confusion(model: Model) -> dict[str, dict[str, float]]:
    """Predicted by true polarity on product reviews, by a model whose moods were learned without them."""
    texts, truth = mood.liu()
    reading = model.compile(Taxonomy("none", ())).read(pa.array(texts, pa.large_string()))
    _, told = reading.judged(by_text(reading.walk), np.full(len(texts), -1))
    table = np.zeros((4, 4))
    np.add.at(table, ([POLARITIES.index(each) for each in truth], told), 1)
    return shares(table)


def _vocabulary(words: list[str], texts: list[str]) -> dict[int, tuple[str, str]]:
    """(language, word) by hash: the teacher's words, those of the corpora, of the lists and their translations."""
    chosen = [("en", word) for word in words]
    counted = counted_words(texts)
    chosen += [("en", word) for word, count in sorted(counted.items()) if count >= 3]
    chosen += list(lists.sentiment())
    for concept in lists.concepts():
        chosen += [(language, word) for language, held in concept.items() for word in held if " " not in word]
    for kind in lists.CUES:
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


def _grams(texts: list[str], phrases: list[tuple[str, str, float, str]]) -> np.ndarray:
    """Hashes of the pairs and triples worth a row: those of the cues, and the frequent ones of the corpora."""
    written = phrase_hashes(
        [
            parts[:3]
            for parts in split_all([*(phrase for _, _, _, phrase in phrases), *lists.naming(), *lists.turning()])
            if len(parts) > 1
        ]
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
        language_rows=evidence(arrays["language_rows"]),
        languages=LANGUAGES,
        salts=np.array([salt(language) for language in LANGUAGES], np.uint64),
    )


def _heads(
    lexicon: Lexicon,
    vocabulary: dict[int, tuple[str, str]],
    phrases: list[tuple[str, str, float, str]],
    weights: np.ndarray,
) -> dict[str, np.ndarray]:
    """The columns of HEADS for words, negated words and phrases."""
    words = np.zeros((lexicon.count, len(HEADS)), np.float32)
    turned = np.zeros_like(words)
    grammar = np.zeros((weights.shape[1] - lexicon.count, len(HEADS)), np.float32)
    own, pair = weights[0, : lexicon.count], weights[0, lexicon.count :]
    judging = HEADS.index("opinion")
    words[:, judging] = turned[:, judging] = weights[1, : lexicon.count]
    grammar[:, judging] = weights[1, lexicon.count :]
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
                    turned[row, column] = NEGATED.get(kind, weight)
        else:
            row = lexicon.grams.find(phrase_hashes([parts]))[0]
            if language == "en" or not grammar[row, column]:  # phrases know no language: English, which is first, stays
                grammar[row, column] = weight
    places = lexicon.words.find(hashes(lists.people()))
    words[places[places >= 0], :3] = turned[places[places >= 0], :3] = 0  # who or where somebody is judges nothing
    _unmoved(lexicon, words, grammar)
    for phrase, blame in lists.turning().items():
        grammar[lexicon.grams.find(phrase_hashes([split(phrase)])), :2] = 0, blame
    return _steps({"head_words": words, "head_negated": turned, "head_grams": grammar})


def _steps(held: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Each table in whole steps, 127 to the greatest weight of a column, and what a step is worth."""
    packed: dict[str, np.ndarray] = {}
    for name, table in held.items():
        scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / 127
        packed[name] = np.round(table / scale).astype(np.int8)
        packed[f"{name}_scale"] = scale.astype(np.float32)
    return packed


def _unmoved(lexicon: Lexicon, words: np.ndarray, grammar: np.ndarray) -> None:
    """Takes away, where a phrase only names something, what its words say of the mood."""
    for parts in split_all(lists.naming()):
        own = lexicon.words.find(hashes(parts[:3]))
        for row in lexicon.grams.find(phrase_hashes([parts[:3]])):
            grammar[row, :3] = -words[own[own >= 0], :3].sum(axis=0)


def _mood(
    lexicon: Lexicon,
    vocabulary: dict[int, tuple[str, str]],
    phrases: list[tuple[str, str, float, str]],
    grams: int,
    *,
    with_liu: bool = True,
) -> np.ndarray:
    """Weight of each word and phrase, half a logit: positive is good."""
    columns = lexicon.count + grams
    prior = np.zeros(lexicon.count + grams)
    strength = lists.sentiment()
    for row, entry in enumerate(vocabulary.values()):
        prior[row] = strength.get(entry, 0.0)
    for kind, _, weight, phrase in phrases:
        if kind in MOODS and weight > 0 and len(parts := split(phrase)) > 1:
            row = lexicon.grams.find(phrase_hashes([parts]))[0]
            prior[lexicon.count + row] = MOODS[kind] * weight
    half = _fitted(lexicon, prior, mood.whole(with_liu=with_liu), columns, neutral=False) / 2
    return np.stack([half, _fitted(lexicon, np.abs(prior), mood.opinions(with_liu=with_liu), columns, neutral=True)])


def _fitted(
    lexicon: Lexicon, prior: np.ndarray, data: tuple[list[str], np.ndarray], columns: int, *, neutral: bool
) -> np.ndarray:
    """Weights from sentences and from the clauses of MAMS: of mood, or (`neutral`) of judging against stating."""
    texts, moods = data
    turned = 1.0 if neutral else -mood.TURNED
    walked = walk(pa.array(texts, pa.large_string()), lexicon)
    ends, size = mood.by_text(walked)
    clauses, terms = mood.of_terms(mood.term_rows(), lexicon)
    of_clauses = mood.design(clauses.rows, clauses.ends, clauses.size, lexicon, columns, turned_by=turned)
    sided = np.flatnonzero(np.isfinite(terms) & (neutral | (terms != 0)))
    signs = np.where(terms[sided] == 0, -1, 1) if neutral else terms[sided]
    whole = mood.design(walked.rows, ends, size, lexicon, columns, turned_by=turned)
    rows = lexicon.words.find(hashes(mood.naming()))
    named = np.unique(rows[(rows >= 0) & (prior[np.maximum(rows, 0)] == 0)])
    both = mood.stacked([whole, of_clauses[sided]])
    lean, weights = mood.fit(both, prior, np.concatenate([moods, signs]), named)
    return lean * prior + weights
