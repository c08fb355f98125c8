"""Single steps in C say the same as NumPy, bit by bit, with vectors of any width, and what their names promise."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from touchstone.core import taxonomy as taxonomies
from touchstone.language import cues, curves, library, steps
from touchstone.language.groups import each, folded
from touchstone.language.model import KINDS, load
from touchstone.language.tokens import strings

WIDTHS = range(library.WIDEST + 1)
TEXTS = [
    "The food was wonderful but the waiter was rude. We will not come back!",
    "Was the room clean? I could not say.",
    "Good food, bad service, great view, awful noise, lovely staff",
    "I got a free sample in exchange for my honest review. Use code SAVE10!",
    "",
    "Le serveur était odieux, le vin délicieux.",
    "good " * 300,
]
COMPILED = load().compile(taxonomies.load("restaurant"))

needs_the_kernel = pytest.mark.skipif(library.library() is None, reason="the kernel is not built here")


def test_powers_curves_and_logarithms_are_those_of_numbers():
    wide, narrow = np.linspace(-690, 690, 20_001), np.linspace(-79, 79, 20_001, dtype=np.float32)
    assert np.allclose(curves.exponential(wide), np.exp(wide), rtol=1e-15, atol=0)
    assert np.allclose(curves.single_exponential(narrow), np.exp(narrow.astype(np.float64)), rtol=2e-7, atol=0)
    assert np.allclose(curves.single_curve(narrow[5_000:15_000]), 1 / (1 + np.exp(-narrow[5_000:15_000])), rtol=1e-5)
    above = np.linspace(1e-4, 50, 20_001)
    assert np.allclose(curves.logarithm(above), np.log(above), rtol=0, atol=3e-15)
    assert (curves.exponential(np.zeros(1))[0], curves.logarithm(np.ones(1))[0]) == (1.0, 0.0)


@needs_the_kernel
def test_the_first_tier_is_the_same_in_both(monkeypatch):
    found, several = COMPILED.read(strings(TEXTS * 50)), np.random.default_rng(1)
    count = len(found.walk.size)
    found = dataclasses.replace(found, moods=several.normal(0, 2, found.moods.shape).astype(np.float32))
    clause = several.integers(0, count, 2_001)
    held = [steps.felt(found.moods, found.walk, clause, found.judging, logits=True, widest=width) for width in WIDTHS]
    monkeypatch.setattr(steps, "library", lambda: None)
    groups, asked = each(clause, count), np.full(len(clause), -1)
    logits, doubts = found._first(groups)
    chance = 1 / np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)
    assert len(set(held[0].polarity.tolist())) > 1
    assert held[0].sure.any()
    assert not held[0].sure.all()
    monkeypatch.setattr(type(found), "readable", lambda *_: np.zeros(0, np.intp))  # the first tier alone
    sentiment, polarity = found.judged(groups, asked, closely=False)
    for one in held:
        assert np.array_equal(one.logits, logits)
        assert np.array_equal(one.doubts, doubts)
        assert np.array_equal(one.sentiment, sentiment)
        assert np.array_equal(one.polarity, polarity)
        assert np.array_equal(one.sure, chance >= 0.34)


@needs_the_kernel
def test_mentions_do_not_depend_on_who_judges_them(monkeypatch):
    one = COMPILED.read(strings(TEXTS)).mentions
    monkeypatch.setattr(steps, "library", lambda: None)
    other = COMPILED.read(strings(TEXTS)).mentions
    assert len(one.text) > 0
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in vars(one))


@needs_the_kernel
@pytest.mark.parametrize("rows", [0, 1, 16, 37])
def test_curves_are_the_same_in_both(rows):
    several = np.random.default_rng(rows)
    evidence = several.normal(0, 9, (rows, len(KINDS) + 3)).astype(np.float32)
    columns, slopes, middles = [2, 0, 5, 5], *several.normal(1, 2, (2, 4)).astype(np.float32)
    wanted = curves.single_curve(slopes * (evidence[:, columns] - middles))
    found = [steps.curved(evidence, columns, slopes, middles, widest=width) for width in WIDTHS]
    assert all(one is not None and np.array_equal(one, wanted) for one in found)


@needs_the_kernel
def test_attention_adds_up_the_same_in_both():
    several = np.random.default_rng(4)
    states, weight = several.integers(0, 128, (90, 96)).astype(np.float32), several.random((90, 2))
    starts = np.array([0, 1, 40, 77])
    wanted = np.stack([folded((states * one[:, None]).T, starts).T for one in weight.T], axis=1)
    found = [steps.attended(states, weight, starts, widest=width) for width in WIDTHS]
    assert all(one is not None and np.array_equal(one, wanted) for one in found)


@needs_the_kernel
@pytest.mark.parametrize("words", [1, 31, 32, 2_100])
def test_words_lend_touchpoints_the_same_in_both(words):
    several = np.random.default_rng(words)
    rows = several.integers(-127, 128, (words, 40), np.int8)
    rows[::7] = 0
    own = rows[several.integers(0, words, 9)].astype(np.float32)
    own += several.integers(-9, 10, own.shape)
    owner, count = np.sort(several.integers(0, 4, len(own))), 5  # the last touchpoint has no cue
    wanted = cues.lent(rows[:, :33], own[:, :33], owner, count)
    for width in WIDTHS:
        found = np.ones((words, count), np.float32)
        assert steps.lent(found, rows[:, :33], own[:, :33], cues.lengths(own[:, :33]), owner, widest=width)
        assert np.array_equal(found, wanted)
    assert words < 32 or 0 < np.count_nonzero(wanted) < wanted.size / 2
