"""The rows that users get first: from the taxonomy alone, in a field never taught, from a few examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from bench import _language_methods as methods
from bench import _language_sets as sets
from bench._language_sets import Example, Labelled
from bench._language_table import (
    LEXICON,
    MINILM,
    PLAIN,
    PRODUCT,
    Numbers,
    Row,
    Told,
    at,
    crossed,
    moods,
    named,
    one_each,
    optional,
    paid,
    polarities,
)  # fmt: skip
from bench._language_taught import intents
from bench._minilm import vectors


def from_descriptions(*, quick: bool) -> Iterator[Row]:
    """Touchpoints from the taxonomy alone, and reasons of complaint."""
    del quick  # nothing is taught, so nothing is slow
    held = sets.restaurants()
    texts, test = held.texts, held.examples
    told = {PRODUCT: named(methods.found(methods.product([], held.taxonomy), held.taxonomy, test), test)}
    share = 1.0  # one touchpoint a sentence, as many as a stranger would guess
    for name, by in ((PLAIN, None), (MINILM, vectors)):
        optional(told, name, lambda by=by: named(_above(methods.nearest(texts, held.taxonomy, by), held, share), test))
    yield Row("restaurants-2016 category F1, taxonomy alone", "F1", told, held.groups, 2, 15)
    held = sets.complaints()
    texts, test = held.texts, held.examples
    said = methods.surest(methods.product([], held.taxonomy), held.taxonomy, test)
    told = {PRODUCT: one_each(said, test)}
    for name, by in ((PLAIN, None), (MINILM, vectors)):
        optional(told, name, lambda by=by: named(_top(methods.nearest(texts, held.taxonomy, by), held), test))
    silent = np.array([not each for each in said])
    yield Row(
        "airline tweets, reason of complaint, taxonomy alone", "accuracy", told, held.groups, 9.2, 19.2,
        note=f"nothing told of {silent.mean():.0%}, which counts as wrong; of the others "
        f"{told[PRODUCT][~silent, 0].mean():.0%} are right",
    )  # fmt: skip


def _above(near: Numbers, held: Labelled, share: float) -> list[set[str]]:
    """The nearest touchpoints, `share` a text over all."""
    border = np.sort(near.ravel())[-round(len(near) * share)]
    return [{name for name, each in zip(held.taxonomy.names, row, strict=True) if each >= border} for row in near]


def _top(near: Numbers, held: Labelled) -> list[set[str]]:
    return [{held.taxonomy.names[place]} for place in near.argmax(axis=1).tolist()]


def from_elsewhere(*, quick: bool) -> Iterator[Row]:
    """Polarity, suggestions and promotion by what ships, against models taught in another field."""
    held = sets.restaurants()
    test = [each for each in held.examples if each["mentions"]]
    groups = [group for group, each in zip(held.groups, held.examples, strict=True) if each["mentions"]]
    told = {
        PRODUCT: moods(polarities(methods.judged(methods.product([], held.taxonomy), held.taxonomy, test)), test),
        PLAIN: moods(_whole(methods.PlainPolarity(sets.tweets(3_000 if quick else None)), test), test),
        LEXICON: moods(methods.by_lexicon(test), test),
    }
    yield Row("restaurants-2016 polarity of given touchpoints, never taught", "accuracy", told, groups, 11, 26,
              note="TF-IDF+SVM taught on airline tweets")  # fmt: skip
    for domain, other, least, aim in (("forum", "hotels", 16, 34), ("hotels", "forum", 3, 17)):
        held = sets.suggestions(domain)
        far = methods.Plain(sets.suggestions(other).examples, ["suggestion"])
        told = {PRODUCT: named(_yes(methods.kinds(methods.load(), held.examples)), held.examples)}
        told[PLAIN] = named(far.found(held.examples), held.examples)
        optional(told, MINILM, lambda held=held, other=other: _far_frozen(held, other))
        yield Row(f"suggestions, {held.name.split()[1]}, as shipped", "F1", told, held.groups, least, aim,
                  note=f"the others taught on {other}")  # fmt: skip
    held = sets.sephora()
    told = {PRODUCT: methods.promotional(methods.load(), held.examples)}
    told["length"] = np.array([float(len(text)) for text in held.texts])
    yield Row("Sephora without its disclosure, as shipped", "AUC", told, held.groups, 2, 12,
              truth=paid(held.examples), against="length", note="against the length of the text alone")  # fmt: skip


def _far_frozen(held: Labelled, other: str) -> Numbers:
    far = methods.Frozen(sets.suggestions(other).examples, ["suggestion"], vectors)
    return named(far.found(held.examples), held.examples)


def _whole(border: methods.PlainPolarity, test: Sequence[Example]) -> list[dict[str, str]]:
    """A mood of the whole text, told of each touchpoint."""
    asked = [{"text": each["text"], "mentions": [{"touchpoint": "all", "polarity": "neutral"}]} for each in test]
    return [
        dict.fromkeys(sets.categories(each), said["all"]) for each, said in zip(test, border.judged(asked), strict=True)
    ]


def _yes(scores: Sequence[dict[str, float]]) -> list[set[str]]:
    return [{"suggestion"} if each["suggestion"] >= 0.5 else set() for each in scores]


def from_few(*, quick: bool) -> Iterator[Row]:
    """Eight or sixteen sentences of each category; ten examples of each intent."""
    held = sets.restaurants()
    for each, least, aim in ((8, 22, 34), (16, 15, 27)):
        draws = range(1 if quick else 3)
        all_told, places = zip(*(_drawn(held, each, draw, quick) for draw in draws), strict=True)
        told = {name: np.concatenate([one[name] for one in all_told]) for name in all_told[0]}
        groups = [held.groups[place] for place in np.concatenate(places).tolist()]
        yield Row(f"restaurants-2016 category F1, {each} sentences per category", "F1", told, groups, least, aim,
                  note=f"{len(draws)} draws in each fold")  # fmt: skip
    held = sets.intents()
    told, order = crossed(held, lambda train, test, fold: intents(train, test, fold, each=10), quick=quick)
    yield Row("Banking77 intents, 10 each", "accuracy", told["all"], at(held, order), 2.8, 11.8)


def _drawn(held: Labelled, each: int, draw: int, quick: bool) -> tuple[Told, npt.NDArray[np.int64]]:
    def run(train: list[Example], test: list[Example], fold: int) -> dict[str, Told]:
        chosen = [train[place] for place in sets.few(train, each, seed=100 * draw + fold).tolist()]
        told = {PRODUCT: named(methods.found(methods.product(chosen, held.taxonomy), held.taxonomy, test), test)}
        told[PLAIN] = named(methods.Plain(chosen, held.taxonomy.names).found(test), test)
        optional(told, MINILM, lambda: named(methods.Frozen(chosen, held.taxonomy.names, vectors).found(test), test))
        return {"all": told}

    told, places = crossed(held, run, quick=quick)
    return told["all"], places
