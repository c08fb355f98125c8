"""Touchpoints found from names and descriptions alone, and what the user's own texts add."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from touchstone.core.taxonomy import parse
from touchstone.language.meaning import believed, learned_shares, meaning
from touchstone.language.model import load
from touchstone.language.tagger import tag

MODEL = load()
LIBRARY = parse("""
name: library
stages:
- name: visit
  touchpoints:
  - {name: reading room, description: "Tables, chairs, light and silence where people read and work."}
  - {name: librarians, description: "How the people at the desk treat and help visitors."}
  - {name: collection, description: "Which books, newspapers and films can be borrowed."}
  - {name: fines, description: "What is charged when something comes back late."}
  - {name: miscellaneous, description: "Anything else."}
""")


def told(text: str) -> list[str]:
    (answer,) = tag([{"text": text}], model=MODEL, taxonomy=LIBRARY)
    return [each["touchpoint"] for each in answer["mentions"]]


@pytest.mark.parametrize(
    ("text", "touchpoint"),
    [
        ("The staff assisted us very kindly", "librarians"),
        ("So many novels and magazines to choose from", "collection"),
        ("I had to pay four dollars because I returned it a day too late", "fines"),
        ("the lamps are too dark and the seats uncomfortable", "reading room"),
        ("Zebras gallop across the savannah.", "miscellaneous"),
    ],
)
def test_words_no_description_holds_are_told_by_what_they_mean(text, touchpoint):
    assert told(text) == [touchpoint]


def test_what_stands_for_the_rest_is_told_only_where_nothing_else_is():
    assert "miscellaneous" not in told("Zebras gallop across the savannah. The librarians were rude.")


def test_a_text_without_a_known_word_says_nothing():
    assert told("zzqx vrrgl 8812") == []


def test_touchpoints_with_words_of_their_own_need_no_meaning():
    worded = parse("name: x\nstages:\n- name: y\n  touchpoints:\n  - {name: a, description: b, words: {en: [spoon]}}")
    assert meaning(worded) is None
    assert MODEL.compile(worded).calibrated(pa.array(["a spoon"])).meaning is None


def test_the_whole_and_the_rest_are_known_by_name():
    parts = parse(
        "name: x\nstages:\n- name: y\n  touchpoints: ['CAR#GENERAL', 'CAR#PRICE', 'SEAT#GENERAL', 'CAR#OTHER']"
    )
    held = meaning(parts)
    assert held is not None
    assert held.whole.tolist() == [True, False, False, False]
    assert held.rest.tolist() == [False, False, False, True]


def test_what_is_spoken_of_often_is_expected_more():
    texts = pa.array(["the fine was too high, I paid for being late"] * 40 + ["friendly librarians"] * 5)
    before = MODEL.compile(LIBRARY)
    after = before.calibrated(texts)
    assert before.meaning is not None
    assert after.meaning is not None
    assert before.meaning.shares.sum() == pytest.approx(1)
    assert after.meaning.shares.argmax() == LIBRARY.names.index("fines")
    assert after.meaning.shares.sum() == pytest.approx(1)


def test_calibrated_answers_do_not_depend_on_the_batch():
    texts = pa.array(["the desk was rude", "late again, charged again", "lovely quiet tables"])
    held = MODEL.compile(LIBRARY).calibrated(texts)
    together = held.read(texts).touchpoints
    alone = np.concatenate([held.read(texts.slice(place, 1)).touchpoints for place in range(3)])
    assert np.array_equal(together, alone)


def test_shares_of_nothing_are_equal():
    held = meaning(LIBRARY)
    assert held is not None
    assert np.allclose(learned_shares(held, np.zeros((0, 6))), held.shares)
    assert np.allclose(believed(np.zeros((2, 4)), np.full(4, 0.25)), 0.25)
