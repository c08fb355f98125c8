"""The rows of a model that was taught: touchpoints, polarity, reasons, intents, paid-for praise, all in folds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

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
from bench._minilm import vectors

Points = tuple[float, float]


def opinions(*, quick: bool) -> Iterator[Row]:
    """Touchpoints and their polarity, taught in folds."""
    yield from _both(sets.restaurants(), (5.7, 11.7), (1.3, 6.3), quick=quick)
    yield from _both(sets.computers(), (2.3, 8.3), (2.1, 7.1), quick=quick)
    train, test = list(sets.mams().examples), list(sets.mams("val").examples)
    told = _opinions(sets.mams(), train, test)
    yield Row("MAMS polarity, train to val", "accuracy", told["polarity"], sets.mams("val").groups, 2.6, 9.6)
    yield Row("MAMS category F1, train to val", "F1", told["F1"], sets.mams("val").groups, 0.8, 2.8)
    yield from _both(sets.mams(), (0.8, 2.8), (2.6, 9.6), quick=quick)
    yield from _both(sets.restaurants_2014(), (2.1, 7.1), (2.5, 8.5), quick=quick)
    three = _both(sets.restaurants_2014(conflict=False), (2.1, 7.1), (3.0, 9.0), quick=quick)
    yield next(row for row in three if row.measure == "accuracy")


def _both(held: Labelled, found: Points, judged: Points, *, quick: bool) -> Iterator[Row]:
    told, order = crossed(held, lambda train, test, _: _opinions(held, train, test), quick=quick)
    groups = at(held, order)
    yield Row(f"{held.name} category F1", "F1", told["F1"], groups, *found)
    yield Row(f"{held.name} polarity of given touchpoints", "accuracy", told["polarity"], groups, *judged)


def _opinions(held: Labelled, train: list[Example], test: list[Example]) -> dict[str, Told]:
    """What each method finds and judges."""
    model, names = methods.product(train, held.taxonomy), held.taxonomy.names
    found = {PRODUCT: named(methods.found(model, held.taxonomy, test), test)}
    found[PLAIN] = named(methods.Plain(train, names).found(test), test)
    optional(found, MINILM, lambda: named(methods.Frozen(train, names, vectors).found(test), test))
    judged = {
        PRODUCT: moods(polarities(methods.judged(model, held.taxonomy, test)), test),
        PLAIN: moods(methods.PlainPolarity(train).judged(test), test),
        LEXICON: moods(methods.by_lexicon(test), test),
    }
    optional(judged, MINILM, lambda: moods(methods.FrozenPolarity(train, vectors).judged(test), test))
    return {"F1": found, "polarity": judged}


def reasons(*, quick: bool) -> Iterator[Row]:
    """One reason of complaint or one intent for each text."""
    held = sets.complaints()
    told, order = crossed(held, lambda train, test, _: _reasons(held, train, test), quick=quick)
    yield Row("airline tweets, reason of complaint", "accuracy", told["all"], at(held, order), 2, 6)
    held = sets.intents()
    told, order = crossed(held, intents, quick=quick)
    yield Row("Banking77 intents", "accuracy", told["all"], at(held, order), 0.5, 2.3)


def _reasons(held: Labelled, train: list[Example], test: list[Example]) -> dict[str, Told]:
    model = methods.product(train, held.taxonomy)
    told = {PRODUCT: one_each(methods.surest(model, held.taxonomy, test), test)}
    told[PLAIN] = named(methods.Plain(train, held.taxonomy.names).surest(test), test)
    optional(told, MINILM, lambda: named(methods.FrozenOne(train, vectors).surest(test), test))
    return {"all": told}


def intents(train: list[Example], test: list[Example], fold: int, *, each: int | None = None) -> dict[str, Told]:
    """The one intent of each text, taught on all or on `each` examples of every intent."""
    chosen = train if each is None else [train[place] for place in sets.few(train, each, seed=fold).tolist()]
    names = sorted({name for example in chosen for name in sets.categories(example)})
    scores = methods.kinds(methods.product(chosen, sets.NOTHING), test)
    best = [{max(names, key=lambda name, row=row: row[name])} for row in scores]
    told = {PRODUCT: named(best, test), PLAIN: named(methods.Plain(chosen, names).surest(test), test)}
    optional(told, MINILM, lambda: named(methods.FrozenOne(chosen, vectors).surest(test), test))
    return {"all": told}


def praise(*, quick: bool) -> Iterator[Row]:
    """Paid-for praise: Ott by hotel, Sephora without its disclosure, Steam received for free."""
    for held, parts, measure, least, aim in (
        (sets.paid_hotels(), 6, "accuracy", 1.7, 4.7),
        (sets.sephora(), 5, "AUC", 1, 4),
        (sets.steam(), 5, "AUC", 1, 8),
    ):
        told, order = crossed(held, lambda train, test, _: {"all": _paid_for(train, test)}, quick=quick, parts=parts)
        truth = paid(held.some(order))
        scores = told["all"]
        if measure == "accuracy":
            border = {PRODUCT: 0.5, PLAIN: 0.0, MINILM: 0.5}
            scores = {name: _right(each > border[name], truth) for name, each in scores.items()}
        yield Row(f"{held.name}, paid for or not, taught", measure, scores, at(held, order), least, aim,
                  truth=truth if measure == "AUC" else None)  # fmt: skip


def _right(told: Numbers, truth: Numbers) -> Numbers:
    return np.stack([told == truth, np.ones(len(truth)), np.ones(len(truth))], axis=1).astype(float)


def _paid_for(train: list[Example], test: list[Example]) -> Told:
    texts = [each["text"] for each in test]
    marked = [{**each, "kinds": ["paid"] if each["promotional"] else []} for each in train]
    told = {PRODUCT: methods.promotional(methods.product(train, sets.NOTHING), test)}
    told[PLAIN] = methods.Plain(marked, ["paid"]).scores(texts)[:, 0]
    optional(told, MINILM, lambda: methods.Frozen(marked, ["paid"], vectors).scores(texts)[:, 0])
    return told
