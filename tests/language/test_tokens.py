"""Tokens, clauses and spans come from the bytes of the text and from nothing else."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.core.taxonomy import parse
from touchstone.language.index import Index
from touchstone.language.model import load
from touchstone.language.tokens import strings, tokenise
from touchstone.language.words import hashes, split

MODEL = load()
SMALL = MODEL.compile(parse("name: small\nstages:\n- name: visit\n  touchpoints: [food, waiter, price]"))


def words(text: str) -> list[str]:
    return split(text)


def clauses(text: str) -> list[str]:
    walked = SMALL.read(strings([text])).walk
    return [text[begin:end] for begin, end in zip(walked.start.tolist(), walked.stop.tolist(), strict=True)]


def test_words_are_letters_and_digits_of_any_script_and_marks_that_matter():
    assert words("Don't! 100% naïve, 好吃 😀") == ["Don", "t", "!", "100", "%", "naïve", "好", "吃", "😀"]


@pytest.mark.parametrize(("one", "other"), [("DÉSAGRÉABLE", "desagreable"), ("soooooo", "sooo"), ("Ñandú", "nandu")])
def test_capitals_accents_and_drawn_out_letters_do_not_matter(one, other):
    assert hashes([one])[0] == hashes([other])[0]


def test_a_decimal_point_and_a_thousands_comma_end_nothing():
    assert clauses("It has 3.5 stars and cost 1,000 euros") == ["It has 3.5 stars and cost 1,000 euros"]


def test_commas_contrast_and_new_subjects_begin_clauses():
    assert clauses("Great food, rude waiter") == ["Great food", "rude waiter"]
    assert clauses("The food was fine but the waiter was rude") == ["The food was fine", "but the waiter was rude"]
    assert clauses("The food was fine and the waiter was rude") == ["The food was fine", "and the waiter was rude"]
    assert clauses("food and drinks were fine") == ["food and drinks were fine"]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_clauses_lie_inside_the_text_in_order_and_apart(text):
    walked = SMALL.read(strings([text])).walk
    edges = np.stack([walked.start, walked.stop], axis=1).ravel()
    assert (np.diff(edges) >= 0).all()
    assert edges.size == 0 or (edges[0] >= 0 and edges[-1] <= len(text))
    assert (walked.start < walked.stop).all()


@pytest.mark.parametrize("texts", [["soo", "oh"], ["food and", "the waiter"], ["Well.", "A. Smith"], ["é", "t"]])
def test_no_rule_looks_from_one_text_into_the_next(texts):
    together = SMALL.read(strings(texts)).walk
    alone = [SMALL.read(strings([text])).walk for text in texts]
    assert together.size.tolist() == [size for each in alone for size in each.size.tolist()]
    assert tokenise(strings(texts)).hash.tolist() == [
        key for text in texts for key in tokenise(strings([text])).hash.tolist()
    ]


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=8))
def test_slices_and_nulls_read_as_the_same_texts(texts):
    whole = pa.array([None, *texts, None], pa.string())
    sliced = tokenise(whole.slice(1, len(texts)))
    alone = tokenise(strings(texts))
    assert sliced.hash.tolist() == alone.hash.tolist()
    assert sliced.text.tolist() == alone.text.tolist()


@settings(deadline=None)
@given(st.lists(st.integers(1, 2**64 - 1), unique=True, max_size=300), st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_the_index_finds_what_it_holds_and_nothing_else(keys, others):
    index = Index(np.array([*keys, 0], np.uint64))  # 0 is no hash
    asked = np.array(keys + others, np.uint64)
    where = {key: place for place, key in enumerate(keys)}
    assert index.find(asked).tolist() == [where.get(key, -1) for key in asked.tolist()]
