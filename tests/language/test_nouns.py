"""Words for things are told from the rest by the small words before them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from touchstone.language.nouns import things
from touchstone.language.terms import terms


def share(text: str, word: str) -> float:
    found = terms(pa.array([text], pa.large_string()), everyday=True)
    place = next(term for term in range(len(found.runs)) if found.spelled(term) == word)
    return float(things(found)[place])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("the rear door seal whistles", "door seal"),
        ("my door", "door"),
        ("travelling with a leash", "leash"),
        ("le joint de porte arrière siffle", "joint"),
        ("unsere junge Katze", "katze"),
    ],
)
def test_after_an_article_a_possessive_or_a_preposition_stands_a_thing(text: str, word: str):
    assert share(text, word) > 0.5


@pytest.mark.parametrize(("text", "word"), [("I rarely agree", "rarely agree"), ("they were impressed", "impressed")])
def test_after_a_pronoun_or_an_auxiliary_stands_none(text: str, word: str):
    assert share(text, word) < 0.5


@pytest.mark.parametrize("text", ["door seal", "the. door", "the grey steel garage door", "дверь скрипит"])
def test_where_no_small_word_is_near_nothing_is_told(text: str):
    assert share(text, text.replace("the", "").strip(". ").split()[-1]) == 0.5


def test_of_no_text_nothing_is_told():
    assert len(things(terms(pa.array([], pa.large_string()), everyday=True))) == 0


def test_a_word_in_a_name_is_a_name_unless_texts_write_it_small():
    """A department of parts makes "parts" no name; a model and a place stay names, and what nobody can tell."""
    texts = ["We wait for parts from Selwick and drive the Cinder home. Other parts came late."] * 4
    texts += ["nobody writes vesper with a capital here"]
    found = terms(pa.array(texts, pa.large_string()), everyday=True)
    called = found.called(["Department Parts", "Cinder EV", "selwick", "Vesper Bay"])
    told = {found.spelled(term): bool(each) for term, each in enumerate(called)}
    assert {word: told[word] for word in ("parts", "selwick", "cinder", "vesper", "home")} == {
        "parts": False, "selwick": True, "cinder": True, "vesper": True, "home": False,
    }  # fmt: skip
    assert all(is_one for run, is_one in told.items() if "cinder" in run.split())
    assert not terms(pa.array([], pa.large_string())).called(["Cinder"]).any()
