"""The sentiment heads: weights of words and phrases, fitted by convex regression on openly licensed opinions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy.optimize import minimize
from scipy.sparse import csr_array, diags_array, hstack

from touchstone.language.walk import BLOCKS, Lexicon, Walk, walk
from touchstone.language.words import split
from training import grammar, lists
from training.corpora import rows

TURNED = 0.7
"""How much of a word's weight remains, with the other sign, after a negator."""


WRITTEN, SEED = 3000, 20261122  # sentences of our own grammar
NUISANCE = 20.0
"""How much more freely the topic of a training text than the mood of its words may explain why it is good or bad."""


def liu() -> tuple[list[str], list[str]]:
    """Sentences of product reviews and their polarity: neutral where no feature is judged, mixed where both ways."""
    texts, polarities = [], []
    for row in rows("product-reviews-liu/features"):
        sides = {each["polarity"] for each in row["features"]}  # type: ignore[attr-defined]  # a list of records
        signs = {"positive" if side in ("+", "positive") else "negative" for side in sides if side}
        texts.append(str(row["sentence"]))
        polarities.append("mixed" if len(signs) > 1 else signs.pop() if signs else "neutral")
    return texts, polarities


def whole(*, with_liu: bool = True) -> tuple[list[str], np.ndarray]:
    """Sentences with one mood: +1 or -1."""
    texts: list[str] = []
    moods: list[int] = []
    for row in rows("product-reviews-liu/pros_cons"):
        texts.append(str(row["text"]))
        moods.append(1 if row["kind"] == "pros" else -1)
    for row in rows("critic-snippets/snippets"):
        texts.append(str(row["text"]))
        moods.append(1 if row["polarity"] == "positive" else -1)
    for text, polarity in zip(*liu(), strict=True) if with_liu else ():
        if polarity in ("positive", "negative"):
            texts.append(text)
            moods.append(1 if polarity == "positive" else -1)
    for text, _, polarity in grammar.sentences(WRITTEN, seed=SEED, things=1):
        if polarity in ("positive", "negative"):
            texts.append(text)
            moods.append(1 if polarity == "positive" else -1)
    return texts, np.array(moods)


def naming() -> list[str]:
    """Words that judge nothing: those of MAMS' terms, of product features, of our own grammar, and small words."""
    terms = [str(each["term"]) for row in term_rows() for each in row["aspectTerms"]]  # type: ignore[attr-defined]  # a list of records
    features = [
        str(each["feature"])
        for row in rows("product-reviews-liu/features")
        for each in row["features"]  # type: ignore[attr-defined]  # as above
    ]
    steering = {word for words in lists.steering().values() for word in words} - set(lists.steering()["opener"])
    small = set(lists.function_words()["en"]) - steering
    return sorted({word for name in (*terms, *features, *grammar.things()) for word in split(name)} | small)


def opinions(*, with_liu: bool = True) -> tuple[list[str], np.ndarray]:
    """Sentences that judge (+1) and sentences that state or ask (-1)."""
    judging = [(text, 1) for text in whole(with_liu=False)[0][::4]]
    asking = [str(row["text"]) for name in ("banking77/train", "clinc150/train") for row in rows(name)]
    stating = [(text, -1) for text in asking[::4]]
    if with_liu:
        for text, polarity in zip(*liu(), strict=True):
            stating.append((text, -1 if polarity == "neutral" else 1))
    texts = [text for text, _ in (*judging, *stating)]
    return texts, np.array([sign for _, sign in (*judging, *stating)])


def term_rows() -> list[dict[str, object]]:
    """Sentences of MAMS with terms that stand in the training part of its categories: the two overlap otherwise."""
    own = {str(row["text"]) for row in rows("mams-absa/acsa_train")}
    own -= {str(row["text"]) for row in rows("mams-absa/atsa_val")}
    return [row for row in rows("mams-absa/atsa_train") if str(row["text"]) in own]


def of_terms(data: list[dict[str, object]], lexicon: Lexicon) -> tuple[Walk, np.ndarray]:
    """Clauses of MAMS with the mood of the terms in them: +1, -1, 0 (neutral); NaN where none or several."""
    walked = walk(pa.array([str(row["text"]) for row in data]), lexicon)
    moods = np.full(len(walked.clause_text), np.nan)
    seen = np.zeros(len(moods), np.bool_)
    for text, row in enumerate(data):
        begin, end = np.searchsorted(walked.clause_text, [text, text + 1])
        for term in row["aspectTerms"]:  # type: ignore[attr-defined]  # a list of records
            clause = begin + np.searchsorted(walked.start[begin:end], int(term["from"]), side="right") - 1
            mood = {"positive": 1, "negative": -1}.get(term["polarity"], 0)
            if seen[clause] and moods[clause] != mood:
                moods[clause] = np.nan
            elif not seen[clause]:
                moods[clause] = mood
            seen[clause] = True
    return walked, moods


def design(
    rows_of: np.ndarray,
    ends: np.ndarray,
    size: np.ndarray,
    lexicon: Lexicon,
    columns: int,
    *,
    turned_by: float = -TURNED,
) -> csr_array:
    """One row per group: words (negated ones turned), then phrases, each by 1/sqrt(tokens)."""
    pointers = np.concatenate([[0], ends])
    count = lexicon.count
    turned = (rows_of >= count) & (rows_of < 2 * count)
    column = np.where(rows_of < BLOCKS * count, rows_of % count, rows_of - (BLOCKS - 1) * count)
    data = np.where(turned, turned_by, 1.0)
    found = csr_array((data, column, pointers), shape=(len(ends), columns))
    return diags_array(1 / np.sqrt(np.maximum(size, 1))) @ found


def by_text(walked: Walk) -> tuple[np.ndarray, np.ndarray]:
    """Ends of rows and numbers of tokens by text instead of by clause."""
    last = np.searchsorted(walked.clause_text, np.arange(walked.texts), side="right")
    ends = np.where(last > 0, walked.ends[np.maximum(last - 1, 0)], 0) if len(walked.ends) else last
    return ends, np.bincount(walked.clause_text, walked.size, walked.texts)


def fit(
    features: csr_array, prior: np.ndarray, moods: np.ndarray, named: np.ndarray, *, spread: float = 1.0
) -> tuple[float, np.ndarray]:
    """Weight of the written lexicon and of each feature: logistic regression, features pulled to 0 by `spread`.

    Columns `named` stand twice, once almost free: what the named things explain of a text's mood goes there and is
    dropped, so that no thing carries the mood of those who happened to write of it.
    """
    lean = features @ prior
    topics = features[:, named] * NUISANCE**0.5
    matrix = hstack([csr_array(lean[:, None]), features, topics]).tocsr()
    signs = moods.astype(np.float64)
    held = np.full(matrix.shape[1], 1 / (2 * spread))
    held[0] = 0.0

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = signs * (matrix @ weights)
        value = np.logaddexp(0, -margin).sum() + (held * weights**2).sum()
        slope = -(signs / (1 + np.exp(np.clip(margin, -50, 50))))
        return value, matrix.T @ slope + 2 * held * weights

    found = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return float(found.x[0]), found.x[1 : 1 + features.shape[1]]


def stacked(features: list[csr_array]) -> csr_array:
    """Designs under one another."""
    from scipy.sparse import vstack

    return vstack(features).tocsr()
