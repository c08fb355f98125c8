"""What the shipped model makes of texts: mentions with spans, moods, kinds, languages, promotion."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.core import taxonomy as taxonomies
from touchstone.language.model import KINDS, load
from touchstone.language.reading import POLARITIES
from touchstone.language.tagger import tag
from touchstone.language.tokens import strings

MODEL = load()
RESTAURANT = taxonomies.load("restaurant")


def mentions(text: str, taxonomy: taxonomies.Taxonomy = RESTAURANT) -> dict[str, str]:
    """Polarity by touchpoint."""
    (answer,) = tag([{"text": text}], model=MODEL, taxonomy=taxonomy)
    return {each["touchpoint"]: each["polarity"] for each in answer["mentions"]}


def mood(text: str) -> float:
    return float(MODEL.compile(RESTAURANT).read(strings([text])).text_sentiment[0])


def kinds(text: str) -> set[str]:
    (answer,) = tag([{"text": text}], model=MODEL, taxonomy=RESTAURANT)
    return {name for name, score in answer["kinds"].items() if score >= 0.5}


def test_great_food_rude_waiter_is_two_mentions_each_with_its_own_words():
    text = "great food, rude waiter"
    (answer,) = tag([{"id": "a", "text": text}], model=MODEL, taxonomy=RESTAURANT)
    told = {each["touchpoint"]: (each["polarity"], text[each["start"] : each["stop"]]) for each in answer["mentions"]}
    assert told == {"food": ("positive", "great food"), "staff and service": ("negative", "rude waiter")}


@pytest.mark.parametrize(
    "text",
    [
        "The food was delicious but the waiter was rude.",
        "La nourriture était délicieuse mais le serveur était impoli.",
        "La comida estaba deliciosa pero el camarero fue grosero.",
        "Das Essen war ausgezeichnet, aber der Kellner war unfreundlich.",
    ],
)
def test_contrast_parts_the_moods_in_several_languages(text):
    told = mentions(text)
    assert told["food"] == "positive"
    assert told["staff and service"] == "negative"


@pytest.mark.parametrize(
    ("plain", "negated"),
    [
        ("The waiter was helpful.", "The waiter was not helpful."),
        ("The room is clean.", "The room isn't clean."),
        ("I would call it good.", "I would never call it good."),
        ("Le personnel est aimable.", "Le personnel n'est pas aimable."),
        ("El personal es amable.", "El personal no es amable."),
        ("Das Personal war freundlich.", "Das Personal war nicht freundlich."),
    ],
)
def test_negation_turns_the_mood(plain, negated):
    assert mood(plain) > 0.1
    assert mood(negated) < -0.05


@pytest.mark.parametrize("name", ["Mohammed", "Emma", "Kowalski", "Berlin", "Lagos"])
def test_names_do_not_move_the_mood(name):
    assert mood(f"{name} served us and the food was good.") == pytest.approx(
        mood("Someone served us and the food was good."), abs=0.2
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("You should add more vegetarian dishes.", "suggestion"),
        ("Could you please call me back?", "request"),
        ("When do you open on Sunday?", "question"),
        ("The machine is broken and nobody answers the phone.", "problem"),
        ("Excellent service, I love it!", "praise"),
        ("I would recommend this place to everyone.", "recommendation"),
        ("Thank you for your help.", "thanks"),
        ("I will never come back, you lost a customer.", "churn_threat"),
        ("You promised to call me on Monday.", "promise_asked"),
        ("Plus jamais, je vais changer de banque.", "churn_threat"),
        ("Sería bueno que abrieran los sábados.", "suggestion"),
        ("Vielen Dank für alles!", "thanks"),
    ],
)
def test_kinds_hold_where_their_words_stand(text, kind):
    assert kind in kinds(text)


def test_suggestions_are_told_from_what_sounds_like_them():
    path = Path(__file__).parents[2] / "training" / "words" / "suggestions.txt"
    written = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    reading = MODEL.compile(RESTAURANT).read(strings([line[2:] for line in written]))
    told = reading.kinds[:, KINDS.index("suggestion")] >= 0.5
    truth = np.array([line[0] != "-" for line in written])
    assert 2 * (told & truth).sum() / (told.sum() + truth.sum()) > 0.7


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The food was good and the staff were kind.", "en"),
        ("Nous avons attendu une heure pour rien.", "fr"),
        ("La verdad es que no me ha gustado nada.", "es"),
        ("Wir haben eine Stunde auf das Essen gewartet.", "de"),
        ("Abbiamo aspettato un'ora per il conto.", "it"),
        ("Nós esperamos uma hora pela comida e não veio.", "pt"),
        ("We hebben een uur op het eten gewacht.", "nl"),
        ("xyzzy 123", "und"),
        ("", "und"),
    ],
)
def test_languages_are_told_or_left_open(text, language):
    assert MODEL.compile(RESTAURANT).read(strings([text])).language == [language]


def test_a_disclosed_reward_is_promotional_and_a_plain_complaint_is_not():
    reading = MODEL.compile(RESTAURANT).read(
        strings(["I received this product in exchange for my honest review.", "The soup was cold and the waiter rude."])
    )
    assert reading.promotional[0] > 0.5
    assert reading.promotional[1] < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\x00\x01\x02\uffff",
        "😀😡🔥" * 50,
        "שירות מצוין אבל האוכל קר",
        "!!!???...",
        "\u202egood\u202c",
        "a" * 5000,
    ],
)
def test_odd_texts_do_no_harm(text):
    (answer,) = tag([{"id": 1, "text": text}], model=MODEL, taxonomy=RESTAURANT)
    assert all(0 <= each["start"] <= each["stop"] <= len(text) for each in answer["mentions"])
    assert set(answer["kinds"]) == set(KINDS)


def test_a_lone_surrogate_and_broken_utf_8_do_no_harm():
    list(tag([{"text": "rude waiter \ud83d"}], model=MODEL, taxonomy=RESTAURANT))
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(np.array([0, 6], np.int32)), pa.py_buffer(b"\xff\xc3\xe2\x80\xf0g")]
    )
    MODEL.compile(RESTAURANT).read(broken)


def test_a_megabyte_in_one_text_is_read_in_seconds():
    text = "The food was good but the waiter was rude. " * 25_000
    begin = time.process_time()
    reading = MODEL.compile(RESTAURANT).read(strings([text]))
    assert time.process_time() - begin < 10
    assert int(reading.walk.stop[-1]) <= len(text)
    assert len(reading.mentions.text) >= 50_000


PIECES = st.sampled_from(
    [
        "great food",
        "rude waiter",
        "not bad",
        "le serveur est lent",
        "muy caro",
        "but",
        ", ",
        ". ",
        "? ",
        "😀",
        "\n",
        "ß",
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=8).map(" ".join), min_size=2, max_size=6))
def test_an_answer_never_depends_on_the_texts_beside_it(texts):
    together = list(tag([{"text": text} for text in texts], model=MODEL, taxonomy=RESTAURANT))
    alone = [next(tag([{"text": text}], model=MODEL, taxonomy=RESTAURANT)) for text in texts]
    assert together == alone


def test_mentions_agree_with_their_polarity_and_stay_in_range():
    texts = ["Great food, rude waiter. The wine was fine, the bill was not!", "Le vin était bon; le service lent."] * 3
    found = MODEL.compile(RESTAURANT).read(strings(texts)).mentions
    assert len(found.text) > 6
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()
    assert (np.abs(found.sentiment) <= 1).all()
    assert (found.sentiment[found.polarity == POLARITIES.index("positive")] > 0).all()
    assert (found.sentiment[found.polarity == POLARITIES.index("negative")] < 0).all()


def test_thousands_of_short_texts_a_second():
    texts = strings(["The food was good but our waiter was rude, as always.", "Nice wine"] * 10_000)
    compiled = MODEL.compile(RESTAURANT)
    begin = time.process_time()
    assert len(compiled.read(texts).mentions.text) > 0
    assert 20_000 / (time.process_time() - begin) > 10_000
