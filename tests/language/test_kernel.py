"""The C kernel and NumPy find the same in every array, whatever the texts, their batch or the processor's vectors."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.core import taxonomy as taxonomies
from touchstone.core.taxonomy import parse
from touchstone.language import library, meaning, native, network, plain, steps
from touchstone.language.found import Found, Part, Table, packed
from touchstone.language.index import Index
from touchstone.language.meaning import believed
from touchstone.language.model import HEADS, load
from touchstone.language.tokens import strings
from touchstone.language.walk import BLOCKS, Walk, walk

COMPILED = load().compile(taxonomies.load("restaurant"))
LEXICON, TABLE = COMPILED.lexicon, COMPILED.table
WIDTHS = range(library.WIDEST + 1)

pytestmark = pytest.mark.skipif(library.library() is None, reason="the kernel is not built here: python hatch_build.py")

PIECES = st.sampled_from(
    [
        *(
            "great food",
            "rude waiter",
            "not",
            "never",
            "but",
            "and the",
            "waiters",
            "tasting",
            "unfriendliest",
            "x-ray",
        ),
        *(
            "le serveur",
            "était délicieux",
            "pas",
            "muy caro",
            "não",
            "soooo good",
            "ÉÉÉÉ",
            "naïve",
            "ß",
            "ﬁ",
            "e\u0301",
        ),
        *(
            "3.5",
            "1,000",
            "J. Smith",
            "word.Next",
            "...",
            "。",
            "，",
            "…",
            "！",
            "日本",
            "語",
            "привет",
            "שירות",
            "خدمة",
        ),
        *(" - ", "—", " ", "  ", ", ", ". ", "!", "? ", ";", "(", '"', "|", "\t", "\0", "\u200b", "\u00a0", "\ufeff"),
        *("😀", "👍🏽", "{{{", "~~~~", "$5", "#tag", "@you"),
    ]
)
TEXTS = st.lists(st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=60).map("".join)), max_size=12)


def differences(one: Found | Walk, other: Found | Walk) -> list[str]:
    """The arrays that are not the same, bit by bit."""
    found = []
    for name, left, right in zip(one._fields, one, other, strict=True):
        if isinstance(left, Walk):
            found += differences(left, right)
        elif isinstance(left, np.ndarray):
            same = left.dtype == right.dtype and left.shape == right.shape and np.array_equal(left, right)
            found += [] if same else [name]
        elif left != right:
            found.append(name)
    return found


def unequal(texts: pa.Array, table: Table = TABLE) -> list[str]:
    """What differs between NumPy and the kernel, with every width of vectors."""
    kernel = COMPILED.kernel if table is TABLE else native.kernel(LEXICON, table)
    told = plain.found(texts, LEXICON, table)
    assert kernel is not None
    return [name for widest in WIDTHS for name in differences(told, kernel.found(texts, rows=True, widest=widest))]


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_the_kernel_and_numpy_agree_in_every_array(texts):
    assert unequal(strings(texts)) == []


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=80), max_size=8))
def test_they_agree_on_bytes_that_are_no_text(parts):
    offsets = np.cumsum([0, *(len(part) for part in parts)]).astype(np.int64)
    broken = pa.LargeStringArray.from_buffers(len(parts), pa.py_buffer(offsets), pa.py_buffer(b"".join(parts)))
    assert unequal(broken) == []


LONG = {
    "empty": "",
    "one word": "a" * 100_000,
    "one clause": "but " * 5_000,
    "tiny clauses": ",a" * 20_000,
    "accents": "é" * 50_000,
    "no spaces": "你好" * 10_000,
    "sentences": "The food was good. " * 9_000,
    "signs": "!" * 999,
}


@pytest.mark.parametrize("name", LONG)
def test_they_agree_on_texts_of_any_length(name):
    text = LONG[name]
    assert unequal(strings([text, "Great food, rude waiter", text])) == []


def test_they_agree_on_tables_of_any_width():
    rng = np.random.default_rng(1)
    rows = BLOCKS * LEXICON.count + int(LEXICON.grams.rows.max()) + 1
    columns = rng.normal(size=(rows, len(HEADS) + 7 + 40)).astype(np.float32)
    texts = strings(["The food was not good, but the waiter was kind. Never again!", "Le vin était bon", ""] * 9)
    assert unequal(texts, packed([Part((0,), 0, columns)], rows, touchpoints=7, taught=40)) == []


def test_sums_are_exact_where_a_clause_is_longer_than_any_narrow_sum():
    rows = BLOCKS * LEXICON.count + int(LEXICON.grams.rows.max()) + 1
    ones = np.ones((rows, len(HEADS)), np.float32)
    everything = packed([Part((0,), 0, ones)], rows, touchpoints=0, taught=0)
    texts = strings(["but " * 3_000])
    assert unequal(texts, everything) == []
    walked = walk(texts, LEXICON)
    kernel = native.kernel(LEXICON, everything)
    assert kernel is not None
    assert kernel.found(texts).moods[0, 0] == np.float32(127 * walked.ends[0]) * everything.scale[0]


def test_slices_chunks_and_nulls_read_as_the_same_texts():
    texts = ["Great food", None, "rude waiter, cold soup", "", "Nice!"]
    told = COMPILED.found(strings([text or "" for text in texts]))
    padded = pa.array([*texts, "more"], pa.string())
    assert differences(COMPILED.found(padded.slice(0, 5)), told) == []
    assert differences(COMPILED.found(pa.chunked_array([padded[:2], padded[2:5]])), told) == []
    assert COMPILED.found(pa.chunked_array([], pa.string())).walk.texts == 0


@settings(deadline=None, max_examples=25)
@given(TEXTS.filter(bool))
def test_what_is_found_in_a_text_never_depends_on_its_batch(texts):
    together = COMPILED.found(strings(texts))
    for place, text in enumerate(texts):
        alone, own = COMPILED.found(strings([text])), together.walk.clause_text == place
        assert np.array_equal(together.moods[:, own], alone.moods)
        assert np.array_equal(together.cues[own], alone.cues)
        assert np.array_equal(together.by_text[place], alone.by_text[0])
        assert together.walk.language[place] == alone.walk.language[0]
        assert together.walk.start[own].tolist() == alone.walk.start.tolist()


def test_words_whose_hashes_end_the_index_are_found_behind_it():
    keys = np.uint64((1 << 64) - 1) - np.arange(200, dtype=np.uint64)
    given = np.concatenate([keys, keys[:9], np.zeros(1, np.uint64)])
    laid = native._laid(Index(given), first=1_000, telling=keys[5:7] - np.uint64(300), flags=np.array([1, 8], np.uint8))
    held = laid.entries[laid.entries["key"] != 0]
    rows = {int(entry["key"]): int(entry["word"]) for entry in held}
    assert len(held) == 202
    assert rows == {int(key): 1_000 + row for row, key in enumerate(keys)} | dict.fromkeys(
        rows.keys() - set(keys.tolist()), -1
    )
    assert sorted(held["steer"].tolist())[-2:] == [1 << 24 | 1, 8 << 24 | 2]
    last = np.flatnonzero(laid.entries["key"])[-1]
    assert last > 1 << (64 - laid.shift)
    assert laid.entries["word"][last + 1] == -1


def test_two_threads_read_at_once():
    many = [strings([f"The food was good but waiter {number} was rude."] * 3_000) for number in range(8)]
    alone = [COMPILED.found(texts) for texts in many]
    with ThreadPoolExecutor(2) as pool:
        for one, other in zip(alone, pool.map(COMPILED.found, many), strict=True):
            assert differences(one, other) == []


def test_a_library_of_another_source_is_not_used_and_that_is_said(tmp_path, monkeypatch, caplog):
    changed = tmp_path / "kernel.c"
    changed.write_bytes(library.SOURCE.read_bytes() + b"\n")
    monkeypatch.setattr(library, "SOURCE", changed)
    library.library.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert library.library() is None
    library.library.cache_clear()
    assert "was built from another source" in caplog.text


def test_numpy_reads_where_the_settings_say_so(monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_KERNEL", "numpy")
    library.library.cache_clear()
    assert library.library() is None
    assert native.kernel(LEXICON, TABLE) is None
    monkeypatch.delenv("TOUCHSTONE_KERNEL")
    library.library.cache_clear()
    assert library.library() is not None


MEANT = parse("""
name: bistro
stages:
- name: visit
  touchpoints:
  - {name: dishes, description: "How the food tastes and how fresh it is."}
  - {name: waiters, description: "How waiters and other staff treat guests."}
  - {name: prices, description: "What the meal costs."}
  - {name: 'bistro#general', description: "The restaurant as a whole."}
  - {name: miscellaneous, description: "Anything else."}
""")


@pytest.mark.parametrize("widest", [0, 1, 2])
def test_they_agree_on_touchpoints_told_by_meaning(widest):
    texts = strings(
        [
            "Great soup, but the waiter was rude. I paid too much!",
            "",
            "Zebras. Zzqx vrrgl.",
            "We loved it " * 200,
            "Good. " * 90 + "The bill was wrong, the fish cold",
            "Le vin était bon, le serveur aimable.",
        ]
    )
    compiled = load().compile(MEANT)
    assert compiled.kernel is not None
    assert compiled.meaning is not None
    found = compiled.found(texts)
    for one, other in zip(
        meaning.touchpoints(compiled.meaning, found),
        compiled.kernel.told(compiled.meaning, found, widest=widest),
        strict=True,
    ):
        assert np.array_equal(one, other)
    assert (other != 0).any()


def test_the_exponential_of_both_is_that_of_numbers():
    numbers = np.linspace(-90, 0, 10_001, dtype=np.float32)[None]
    found = believed(np.concatenate([numbers, 0 * numbers]).T, np.full(2, 0.5))[:, 0]
    wanted = np.exp(numbers[0].astype(np.float64))
    assert np.allclose(found, wanted / (1 + wanted), rtol=2e-5, atol=1e-34)


@pytest.mark.parametrize("rows", [1, 2, 9, 300])
def test_they_agree_on_the_layers_of_the_second_tier(rows, monkeypatch):
    held, several = network.shipped(), np.random.default_rng(rows)
    for name, least in (("first", -127), ("second", 0), ("third", 0)):
        weights, scale, bias = (held.arrays[f"{name}{part}"] for part in ("", "_scale", "_bias"))
        states = several.integers(least, 128, (rows, weights.shape[1])).astype(np.float32)
        states[several.random(states.shape) < 0.5] = 0
        found = [steps.convolved(states, weights, scale, bias, widest=widest) for widest in WIDTHS]
        with monkeypatch.context() as without:
            without.setattr(steps, "library", lambda: None)
            wanted = held.layer(states, name)
        assert (wanted != 0).any()
        assert all(each is not None and np.array_equal(each, wanted) for each in found)


def test_layers_that_the_kernel_is_not_written_for_are_left_to_numpy():
    states, scale = np.ones((3, 4), np.float32), np.ones(33, np.float32)
    assert steps.convolved(states, np.ones((3, 4, 33), np.int8), scale, scale) is None
    assert steps.convolved(states, np.ones((3, 4, 32), np.int16), scale[:32], scale[:32]) is None
