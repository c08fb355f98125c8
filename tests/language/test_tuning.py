"""The second tier learns further from labels: by the right slopes, and only where folds say that it judges better."""

from __future__ import annotations

import random

import numpy as np

from touchstone.core.taxonomy import Taxonomy, Touchpoint
from touchstone.language import network
from touchstone.language.model import load
from touchstone.language.tagger import tag
from touchstone.language.teacher import teach
from touchstone.language.tuning import Batch, _floats, _slopes, _whole

ASKED = Taxonomy("asked", tuple(Touchpoint(name, name, "asked") for name in ("desk", "pool")))


def loss(weights: dict, batch: Batch, wanted: np.ndarray) -> float:
    """The cross-entropy of one sentence, from the slope of the answer's bias alone."""
    slope = _slopes(weights, batch, np.zeros_like(wanted), wanted, np.random.default_rng(3))["answer_bias"]
    chance = slope * len(wanted) + wanted.sum(axis=0)
    return float(-np.log(chance[wanted[0].argmax()]))


def test_slopes_are_those_of_the_loss():
    weights = {name: each.astype(np.float64) for name, each in _floats(network.shipped()).items()}
    inputs = np.random.default_rng(1).normal(0, 0.5, (6, len(weights["first"]) // 3))
    filled = np.array([[0.0], [1], [1], [1], [1], [1]])
    batch = Batch(inputs * filled, filled, np.array([0]), np.zeros(6, np.int64))
    wanted = np.array([[0.0, 0, 1, 0]])

    def moved(name: str, place: tuple[int, ...], step: float) -> float:
        other = {key: each.copy() for key, each in weights.items()}
        other[name][place] += step
        return loss(other, batch, wanted)

    slopes = _slopes(weights, batch, np.zeros((1, 4)), wanted, np.random.default_rng(3))
    for name, slope in slopes.items():
        place = np.unravel_index(int(np.abs(slope).argmax()), slope.shape)
        told = (moved(name, place, 1e-5) - moved(name, place, -1e-5)) / 2e-5
        assert np.isclose(told, slope[place], rtol=0.02, atol=1e-6), name


def test_whole_numbers_come_back_as_they_were():
    held = network.shipped().arrays
    again = _whole(_floats(network.shipped()))
    for name in ("first", "second", "third", "attention", "attention_signs", "answer"):
        ours, theirs = (each[name] * each[f"{name}_scale"].astype(np.float64) for each in (again, held))
        assert np.allclose(ours, theirs, atol=1e-6)


def examples(count: int) -> list[dict]:
    """Sentences in which words that the shipped model knows as good are said of what is bad, and the other way."""
    draw, words = random.Random(1), {"positive": ("terrible", "awful"), "negative": ("great", "lovely")}
    made = []
    for _ in range(count):
        sides = draw.sample(sorted(words), 2)
        said = list(zip(("desk", "pool"), sides, strict=True))
        text = " but ".join(f"the {name} was {draw.choice(words[side])}" for name, side in said)
        made.append({"text": text, "mentions": [{"touchpoint": name, "polarity": side} for name, side in said]})
    return made


def test_taught_polarity_is_told_again_whatever_tier_folds_choose(tmp_path):
    made = examples(220)
    taught = teach(made[:180], taxonomy=ASKED, model=load())
    taught.save(tmp_path / "taught.npz")
    lines = [{"text": each["text"], "touchpoints": ["desk", "pool"]} for each in made[180:]]
    answers = list(tag(lines, model=load(tmp_path / "taught.npz"), taxonomy=ASKED))
    told = [{each["touchpoint"]: each["polarity"] for each in answer["mentions"]} for answer in answers]
    true = [{each["touchpoint"]: each["polarity"] for each in example["mentions"]} for example in made[180:]]
    assert np.mean([one == two for one, two in zip(told, true, strict=True)]) > 0.9
    (alone,) = tag(lines[:1], model=taught, taxonomy=ASKED)
    assert alone["mentions"] == answers[0]["mentions"]
