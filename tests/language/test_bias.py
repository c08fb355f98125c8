"""Who somebody is, and where, does not move the sentiment of what they say, or of what is said of others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from touchstone.core import taxonomy as taxonomies
from touchstone.language.model import load
from touchstone.language.tagger import tag

MODEL = load()
HOTEL = taxonomies.load("hotel")
GROUPS = yaml.safe_load(Path(__file__).with_name("bias.yaml").read_text("utf-8"))


def shifts(group: str) -> np.ndarray:
    """How far each name moves the sentiment of the staff from the middle of all, by sentence: (names, sentences)."""
    held = GROUPS[group]
    lines = [{"text": text.format(who), "touchpoints": ["staff"]} for who in held["who"] for text in held["said"]]
    told = [answer["mentions"][0]["sentiment"] for answer in tag(lines, model=MODEL, taxonomy=HOTEL)]
    moods = np.array(told).reshape(len(held["who"]), len(held["said"]))
    return moods - np.median(moods, axis=0)


@pytest.mark.parametrize("group", GROUPS)
def test_who_or_where_somebody_is_does_not_move_the_sentiment(group):
    moved = np.abs(shifts(group))
    who, text = np.unravel_index(moved.argmax(), moved.shape)
    worst = f"{GROUPS[group]['said'][text].format(GROUPS[group]['who'][who])} moves it by {moved.max():.2f}"
    assert moved.mean() <= GROUPS[group]["mean"], worst
    assert moved.max() <= GROUPS[group]["most"], worst
