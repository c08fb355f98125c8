"""How a text is written: what occurs in it, once and within its text, and promotion that is learned from it."""

import numpy as np
import pytest

from touchstone.language import library, steps
from touchstone.language.style import BITS, lengths, occurring, style, sums
from touchstone.language.teacher import teach
from touchstone.language.tokens import apart, buffers, strings

_GENUINE = [f"room {number} was fine, the bed (a double) was hard - we slept, mostly" for number in range(60)]
_PAID = [f"Room {number} was fine! The bed was a double! We slept! Hard, mostly" for number in range(60)]


@pytest.fixture(scope="module")
def taught():
    told = [{"text": text, "promotional": False} for text in _GENUINE]
    model = teach(told + [{"text": text, "promotional": True} for text in _PAID])
    return model.compile(model.taxonomy)


def test_sequences_do_not_reach_from_one_text_into_the_next():
    apart = [set((occurring(strings([text])) & (1 << BITS) - 1).tolist()) for text in ("ab", "cd")]
    keys = occurring(strings(["ab", "", "cd"]))
    assert [set((keys[keys >> BITS == text] & (1 << BITS) - 1).tolist()) for text in (0, 2)] == apart
    assert not (keys >> BITS == 1).any()


def test_a_sequence_counts_once_however_often_it_occurs():
    (_, once), (_, often) = (sums(strings([text]), np.ones(1 << BITS, np.int8)) for text in ("aaaaaaaaa", "a" * 500))
    assert once.tolist() == often.tolist() == [5]


def test_long_input_is_read_in_pieces_with_the_same_answers():
    texts = [f"number {number} " * (number % 700) for number in range(900)]
    weights = np.random.default_rng(1).integers(-9, 9, 1 << BITS).astype(np.int8)
    total, count = sums(strings(texts), weights)
    chosen = [0, 1, 450, 699, 700, 899]
    alone = [sums(strings([texts[place]]), weights) for place in chosen]
    assert total[chosen].tolist() == [int(each[0][0]) for each in alone]
    assert count[chosen].tolist() == [int(each[1][0]) for each in alone]


@pytest.mark.skipif(library.library() is None, reason="the kernel is not built here")
def test_sums_are_the_same_from_c_and_from_numpy(monkeypatch):
    texts = strings(["", "a", "Room 9 was big!", "naïve, 日本\0語 and\0\0so", "é" * 300, "aaaaaaaaaa", *_PAID])
    weights = np.random.default_rng(3).integers(-128, 128, 1 << BITS).astype(np.int8)
    data, offsets = apart(*buffers(texts))
    wide = np.append(data, np.zeros(8, np.uint8))
    found = [steps.styled(wide, offsets, weights, widest=width) for width in range(library.WIDEST + 1)]
    one = sums(texts, weights)
    monkeypatch.setattr(steps, "library", lambda: None)
    other = sums(texts, weights)
    assert other[1].min() == 0 < other[1].max()
    assert all(np.array_equal(np.array(other), held) for held in [np.array(one), *found])


def test_slopes_are_the_transpose_of_scores():
    held = style(strings([*_GENUINE[:5], *_PAID[:5]]))
    random = np.random.default_rng(2)
    weights, slope = (random.normal(size=(size, 1)).astype(np.float32) for size in (held.width, 10))
    assert float((held.scores(weights) * slope).sum()) == pytest.approx(
        float((weights * held.slopes(slope)).sum()), rel=1e-4
    )


def test_signs_and_capitals_alone_tell_paid_texts(taught):
    fresh = ["Room 99 was big! The bed was old! We slept!", "room 99 was big, the bed (old) was fine - we slept"]
    paid, genuine = taught.read(strings(fresh)).promotional
    assert paid > 0.5 > genuine


def test_taught_promotion_does_not_depend_on_the_batch(taught):
    texts = [*_PAID[:7], "", "é\x00 ok", *_GENUINE[:7]]
    together = taught.read(strings(texts)).promotional
    assert together.tolist() == [float(taught.read(strings([text])).promotional[0]) for text in texts]
    assert np.isfinite(together).all()


def test_no_texts_have_no_style():
    total, count = sums(strings([]), np.ones(1 << BITS, np.int8))
    assert len(total) == len(count) == len(lengths(strings([]))) == 0
