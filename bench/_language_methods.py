"""What is compared: the product through `teach` and `tag`, TF-IDF with a linear SVM, VADER, and frozen MiniLM.

Every method takes training examples and test examples as `teach` reads them and returns, per test example, the set of
touchpoints or kinds it finds, the polarities it tells of the touchpoints that the example names, or a score of pay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from bench._language_sets import SEED, Example, categories, folds
from touchstone.core.taxonomy import Taxonomy
from touchstone.language.model import Model, load
from touchstone.language.tagger import tag
from touchstone.language.teacher import teach

Numbers = npt.NDArray[np.float64]
Vectors = Callable[[Sequence[str]], Numbers]
C_TRIED = (0.1, 0.3, 1.0)
MANY = 2_500  # training examples from which one inner fold is enough to choose by
_SIDES = ("negative", "neutral", "positive")


def product(examples: Sequence[Example], taxonomy: Taxonomy) -> Model:
    """The shipped model, or with examples what `teach` makes of it."""
    return teach(examples, taxonomy=taxonomy, model=load()) if examples else load()


def found(model: Model, taxonomy: Taxonomy, test: Sequence[Example]) -> list[set[str]]:
    """The touchpoints that `tag` finds in each text."""
    answers = tag([{"text": each["text"]} for each in test], model=model, taxonomy=taxonomy)
    return [{each["touchpoint"] for each in answer["mentions"]} for answer in answers]


def surest(model: Model, taxonomy: Taxonomy, test: Sequence[Example]) -> list[set[str]]:
    """The one touchpoint of each text that `tag` is surest of; none where it finds none."""
    answers = tag([{"text": each["text"]} for each in test], model=model, taxonomy=taxonomy)
    ranked = [sorted(answer["mentions"], key=lambda each: -each["confidence"])[:1] for answer in answers]
    return [{each["touchpoint"] for each in first} for first in ranked]


def judged(model: Model, taxonomy: Taxonomy, test: Sequence[Example]) -> list[dict[str, dict[str, Any]]]:
    """For each text the mentions that `tag` makes of the touchpoints it is asked for."""
    lines = [{"text": each["text"], "touchpoints": sorted(categories(each))} for each in test]
    answers = tag(lines, model=model, taxonomy=taxonomy)
    return [{each["touchpoint"]: each for each in answer["mentions"]} for answer in answers]


def kinds(model: Model, test: Sequence[Example], key: str = "kinds") -> list[dict[str, float]]:
    """The scores (or `probability`) of each text's kinds."""
    return [answer[key] for answer in tag([{"text": each["text"]} for each in test], model=model)]


def promotional(model: Model, test: Sequence[Example]) -> Numbers:
    """The probability that each text was paid for."""
    return np.array([answer["promotional"] for answer in tag([{"text": each["text"]} for each in test], model=model)])


def words(texts: Sequence[str]) -> TfidfVectorizer:
    """Words and pairs of words, as scikit-learn's users weigh them."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    vectorizer.fit(texts)
    return vectorizer


class Plain:
    """TF-IDF of words and pairs with LinearSVC; C and threshold as inner folds like them."""

    def __init__(self, train: Sequence[Example], names: Sequence[str]) -> None:
        self.names = list(names)
        texts = [each["text"] for each in train]
        self.words = words(texts)
        features, labels = self.words.transform(texts), _labels(train, self.names)
        self.c, self.threshold = _tuned(features, labels)
        self.columns = [_svm(features, column, self.c) for column in labels.T]

    def scores(self, texts: Sequence[str]) -> Numbers:
        """The distance of each text from each category's border: (texts, names)."""
        features = self.words.transform(texts)
        return np.stack([column(features) for column in self.columns], axis=1)

    def found(self, test: Sequence[Example]) -> list[set[str]]:
        """The categories above the threshold."""
        above = self.scores([each["text"] for each in test]) > self.threshold
        return [{name for name, yes in zip(self.names, row, strict=True) if yes} for row in above.tolist()]

    def surest(self, test: Sequence[Example]) -> list[set[str]]:
        """The one category farthest inside."""
        best = self.scores([each["text"] for each in test]).argmax(axis=1)
        return [{self.names[place]} for place in best.tolist()]


def _labels(train: Sequence[Example], names: Sequence[str]) -> npt.NDArray[np.bool_]:
    return np.array([[name in categories(each) for name in names] for each in train])


def _svm(features: csr_matrix, column: npt.NDArray[np.bool_], c: float) -> Callable[[csr_matrix], Numbers]:
    """A fitted border; where all examples agree, none is needed."""
    if column.all() or not column.any():
        constant = 1.0 if column.any() else -1.0
        return lambda asked: np.full(asked.shape[0], constant)
    return LinearSVC(C=c, random_state=0).fit(features, column).decision_function


def _tuned(features: csr_matrix, labels: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """The C and the threshold of best micro-F1 over inner folds; 1 and 0 where there is too little to choose by."""
    if len(labels) < 60:
        return 1.0, 0.0
    part, best = folds([str(place) for place in range(len(labels))], parts=3, seed=SEED), (-1.0, 1.0, 0.0)
    looked = range(3 if len(labels) < MANY else 1)
    known = np.isin(part, looked)
    for c in C_TRIED:
        outside = np.zeros(labels.shape)
        for number in looked:
            inside = part != number
            for place, column in enumerate(labels.T):
                outside[~inside, place] = _svm(features[inside], column[inside], c)(features[~inside])
        for threshold in (0.0, *np.quantile(outside[known], np.linspace(0.6, 0.995, 60))):
            told = outside[known] > threshold
            f1 = 2 * (told & labels[known]).sum() / max(1, told.sum() + labels[known].sum())
            best = max(best, (f1, c, float(threshold)))
    return best[1], best[2]


class PlainPolarity:
    """One LinearSVC over (text, touchpoint) pairs: words, touchpoint, and both crossed where that helps."""

    def __init__(self, train: Sequence[Example]) -> None:
        pairs = [(each["text"], held["touchpoint"], held["polarity"]) for each in train for held in each["mentions"]]
        self.words = words([each["text"] for each in train])
        self.names = sorted({name for _, name, _ in pairs})
        told = np.array([polarity for _, _, polarity in pairs])
        best = (-1.0, 0.1, False)
        part = folds([text for text, _, _ in pairs], parts=3)
        for crossed in (False, True):
            features = self._features(pairs, crossed)
            for c in C_TRIED:
                right = [
                    LinearSVC(C=c, random_state=0).fit(features[part != number], told[part != number])
                    .predict(features[part == number]) == told[part == number]
                    for number in range(3)
                ]  # fmt: skip
                best = max(best, (float(np.concatenate(right).mean()), c, crossed))
        self.crossed = best[2]
        self.border = LinearSVC(C=best[1], random_state=0).fit(self._features(pairs, self.crossed), told)

    def _features(self, pairs: Sequence[tuple[str, ...]], crossed: bool) -> csr_matrix:
        said = self.words.transform([pair[0] for pair in pairs])
        which = np.array([[pair[1] == name for name in self.names] for pair in pairs], float)
        blocks = [said, csr_matrix(which)]
        if crossed:
            blocks += [said.multiply(column[:, None]).tocsr() for column in which.T]
        return hstack(blocks).tocsr()

    def judged(self, test: Sequence[Example]) -> list[dict[str, str]]:
        """The polarity of each touchpoint that a text names."""
        pairs = [(each["text"], name) for each in test for name in sorted(categories(each))]
        told = iter(self.border.predict(self._features(pairs, self.crossed)).tolist() if pairs else [])
        return [{name: next(told) for name in sorted(categories(each))} for each in test]


def nearest(texts: Sequence[str], taxonomy: Taxonomy, vectors: Vectors | None = None) -> Numbers:
    """How near each text is to each description, each touchpoint's nearness less its mean, by its spread over texts.

    Without `vectors`, by TF-IDF fitted on the texts themselves.
    """
    described = [f"{each.name} {each.description}".replace("#", " ").replace("_", " ") for each in taxonomy]
    if vectors is None:
        counted = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english").fit([*texts, *described])
        near = np.asarray((counted.transform(texts) @ counted.transform(described).T).todense())
    else:
        near = vectors(texts) @ vectors(described).T
    scaled: Numbers = (near - near.mean(axis=0)) / (near.std(axis=0) + 1e-9)
    return scaled


def by_lexicon(test: Sequence[Example]) -> list[dict[str, str]]:
    """VADER's mood of the whole text, for each touchpoint that is named."""
    vader = SentimentIntensityAnalyzer()
    moods = [vader.polarity_scores(each["text"])["compound"] for each in test]
    sides = [_SIDES[1 + int(mood >= 0.05) - int(mood <= -0.05)] for mood in moods]
    return [dict.fromkeys(categories(each), side) for each, side in zip(test, sides, strict=True)]


class Frozen:
    """Logistic regression for each category on frozen sentence vectors, with the threshold that inner folds like."""

    def __init__(self, train: Sequence[Example], names: Sequence[str], vectors: Vectors) -> None:
        self.names, self.vectors = list(names), vectors
        held, labels = vectors([each["text"] for each in train]), _labels(train, names)
        part = folds([str(place) for place in range(len(labels))], parts=3)
        outside = np.zeros(labels.shape)
        for number in range(3) if len(labels) >= 60 else ():
            inside = part != number
            fits = [_logistic(held[inside], column[inside]) for column in labels.T]
            outside[~inside] = np.stack([fit(held[~inside]) for fit in fits], axis=1)
        tried = np.linspace(0.1, 0.7, 31) if len(labels) >= 60 else [0.5]
        score = [2 * ((outside > each) & labels).sum() / ((outside > each).sum() + labels.sum()) for each in tried]
        self.threshold = float(tried[int(np.argmax(score))])
        self.columns = [_logistic(held, column) for column in labels.T]

    def scores(self, texts: Sequence[str]) -> Numbers:
        """The probability of each category: (texts, names)."""
        held = self.vectors(texts)
        return np.stack([column(held) for column in self.columns], axis=1)

    found = Plain.found


class FrozenOne:
    """One logistic regression over all categories, of which just one is true, on frozen sentence vectors."""

    def __init__(self, train: Sequence[Example], vectors: Vectors) -> None:
        self.vectors = vectors
        told = [next(iter(categories(each))) for each in train]
        self.fit = LogisticRegression(C=10.0, max_iter=200).fit(vectors([each["text"] for each in train]), told)

    def surest(self, test: Sequence[Example]) -> list[set[str]]:
        """The likeliest category of each text."""
        return [{name} for name in self.fit.predict(self.vectors([each["text"] for each in test])).tolist()]


def _logistic(held: Numbers, column: npt.NDArray[np.bool_]) -> Callable[[Numbers], Numbers]:
    """A fitted probability; where all examples agree, that is the answer."""
    if column.all() or not column.any():
        constant = float(column.any())
        return lambda asked: np.full(len(asked), constant)
    fit = LogisticRegression(C=10.0, max_iter=300).fit(held, column)
    return lambda asked: fit.predict_proba(asked)[:, 1]


class FrozenPolarity:
    """Logistic regression over sentence vectors and the touchpoint."""

    def __init__(self, train: Sequence[Example], vectors: Vectors) -> None:
        pairs = [(each["text"], held["touchpoint"], held["polarity"]) for each in train for held in each["mentions"]]
        self.vectors, self.names = vectors, sorted({name for _, name, _ in pairs})
        told = [polarity for _, _, polarity in pairs]
        self.fit = LogisticRegression(C=10.0, max_iter=300).fit(self._features(pairs), told)

    def _features(self, pairs: Sequence[tuple[str, ...]]) -> Numbers:
        which = np.array([[pair[1] == name for name in self.names] for pair in pairs], float)
        return np.hstack([self.vectors([pair[0] for pair in pairs]), which * 0.5])

    def judged(self, test: Sequence[Example]) -> list[dict[str, str]]:
        """The polarity of each touchpoint that a text names."""
        pairs = [(each["text"], name) for each in test for name in sorted(categories(each))]
        told = iter(self.fit.predict(self._features(pairs)).tolist() if pairs else [])
        return [{name: next(told) for name in sorted(categories(each))} for each in test]
