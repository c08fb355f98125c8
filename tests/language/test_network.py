"""The second tier reads a mention word by word; exact sums keep its answers free of neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.core.taxonomy import Taxonomy, Touchpoint, load
from touchstone.language import network
from touchstone.language.model import load as load_model
from touchstone.language.tagger import tag

RESTAURANT = load("restaurant")
SAID = [
    "The food was wonderful but the waiter was rude.",
    "We asked for the menu.",
    "I have never had a better pizza, though the wait was endless!",
    "",
    "Les plats étaient délicieux",
    "Mozarella sticks, zzyzx, qwrtz 123",
    "good " * 300,
]


def judged(text: str, name: str) -> str:
    asked = Taxonomy("asked", (Touchpoint(name, name, "asked"),))
    (answer,) = tag([{"text": text, "touchpoints": [name]}], model=load_model(), taxonomy=asked)
    return str(answer["mentions"][0]["polarity"])


def test_no_sum_leaves_the_whole_numbers_that_floats_hold() -> None:
    held = network.shipped().arrays
    for name in ("first", "second", "third", "attention", "answer"):
        weights = np.abs(held[name].astype(np.int64))
        assert int(weights.sum(axis=tuple(range(weights.ndim - 1))).max()) * 127 < 1 << 24


def test_a_text_read_among_others_is_read_as_alone() -> None:
    lines = [{"text": text, "touchpoints": ["food", "staff and service"]} for text in SAID * 40]
    together = list(tag(lines, model=load_model(), taxonomy=RESTAURANT))
    for place in (0, 1, 2, 3, 4, 5, 6, 150, 279):
        (alone,) = tag([lines[place]], model=load_model(), taxonomy=RESTAURANT)
        assert alone["mentions"] == together[place]["mentions"]


@pytest.mark.parametrize(
    ("text", "name", "polarity"),
    [
        ("The waiting area was lovely.", "waiting area", "positive"),
        ("The coffee was great but the parking was terrible.", "coffee", "positive"),
        ("The coffee was great but the parking was terrible.", "parking", "negative"),
        ("The parking was terrible, though I loved the coffee.", "coffee", "positive"),
        ("The room was not clean.", "room", "negative"),
        ("There was nothing wrong with the engine.", "engine", "positive"),
        ("The support used to be good.", "support", "negative"),
        ("Their app is better than all others.", "app", "positive"),
        ("Where is the parking?", "parking", "neutral"),
        ("We booked the room on Monday.", "room", "neutral"),
    ],
)
def test_the_mood_is_that_of_the_thing_asked_for(text: str, name: str, polarity: str) -> None:
    assert judged(text, name) == polarity


def test_windows_keep_to_the_sentences_of_the_mention() -> None:
    assert judged("The bread was awful. The wine was superb.", "wine") == "positive"
    assert judged("The bread was awful. The wine was superb.", "bread") == "negative"
