"""Words that keep the same company are one group, though some of them never meet."""

from __future__ import annotations

import numpy as np
import pytest

from touchstone.science.company import companies, mutual_information


def together(*texts: str) -> tuple[np.ndarray, list[str]]:
    words = sorted({word for text in texts for word in text.split()})
    presence = np.array([[word in text.split() for word in words] for text in texts], float)
    return presence.T @ presence, words


def test_words_never_apart_have_one_words_that_never_meet_minus_one_and_by_chance_none():
    counts, _ = together("a b", "a b", "c", "c")
    found = mutual_information(counts, 4)
    assert found[0, 1] == pytest.approx(1)
    assert found[0, 2] == -1
    independent = np.array([[50.0, 25.0], [25.0, 50.0]])
    assert mutual_information(independent, 100)[0, 1] == pytest.approx(0)


def test_the_figure_of_a_pair_is_boumas():
    found = mutual_information(np.array([[4.0, 2.0], [2.0, 3.0]]), 10)
    assert found[0, 1] == pytest.approx(np.log(0.2 / (0.4 * 0.3)) / -np.log(0.2))


def test_two_words_for_one_thing_that_never_meet_go_together_by_the_words_both_meet():
    texts = ["whistle seal door", "howl seal door"] * 10 + ["menu waiter", "menu waiter plate"] * 10
    counts, words = together(*texts)
    group = dict(zip(words, companies(counts, len(texts), alike=0.3).tolist(), strict=True))
    assert group["whistle"] == group["howl"] == group["seal"] == group["door"]
    assert group["menu"] == group["waiter"] == group["plate"] != group["seal"]


@pytest.mark.parametrize("words", [0, 1])
def test_of_no_word_or_one_there_is_no_company(words: int):
    assert companies(np.ones((words, words)), 5, alike=0.3).tolist() == [0] * words
