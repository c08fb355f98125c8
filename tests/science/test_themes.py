"""Themes: groups of texts that share words directly or through others, and none where words fall by chance."""

from __future__ import annotations

import numpy as np

from touchstone.science.themes import themes


def texts(seed: int, *, groups: int, each: int = 60, words: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Texts of two words out of their group's five, beside four words that any text may have."""
    chance = np.random.default_rng(seed)
    of = np.repeat(np.arange(groups), each)
    presence = np.zeros((len(of), groups * words + 4))
    for text, group in enumerate(of):
        presence[text, group * words + chance.choice(words, 2, replace=False)] = 1
        presence[text, -4:] = chance.random(4) < 0.2
    return presence, of


def test_texts_are_put_together_as_they_were_planted_though_many_share_no_word() -> None:
    presence, of = texts(1, groups=4)
    found = themes(presence)
    best = [np.bincount(found.of[(of == group) & (found.of >= 0)]).max() / 60 for group in range(4)]
    assert len(found.weight) == 4
    assert min(best) >= 0.9


def test_the_words_of_a_theme_weigh_most_in_it() -> None:
    presence, of = texts(2, groups=3)
    found = themes(presence)
    for group in range(3):
        theme = np.bincount(found.of[(of == group) & (found.of >= 0)]).argmax()
        assert set(np.argsort(-found.weight[theme])[:5].tolist()) == set(range(group * 5, group * 5 + 5))


def test_words_that_fall_by_chance_make_a_theme_in_one_world_of_twenty_or_fewer() -> None:
    finds = 0
    for seed in range(200):
        presence = (np.random.default_rng(seed).random((80, 12)) < 0.2).astype(float)
        finds += len(themes(presence, seed=seed).weight) > 0
    assert finds <= 18  # one in twenty-one by design, and its own chance


def test_the_order_of_texts_does_not_matter_and_few_texts_have_no_theme() -> None:
    presence, _ = texts(3, groups=3)
    turned = themes(presence[::-1]).of[::-1]
    assert (themes(presence).of == turned).mean() > 0.97
    assert (themes(presence[:1]).of == -1).all()
    assert (themes(np.zeros((5, 4))).of == -1).all()
