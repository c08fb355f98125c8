"""Personal data in texts is found in its many forms, look-alikes are left alone, and a mask never moves a letter."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.language._personal import KINDS, drawn
from touchstone.language import personal

HIDDEN = [
    ("email", "ida.example@mail.example"),
    ("email", "ida [at] mail [dot] example"),
    ("phone", "+44 20 7946 0991"),
    ("phone", "(555) 123-4567"),
    ("card", "4111 1111 1111 1111"),
    ("card", "378282246310005"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "gb82west12345698765432"),
    ("plate", "AB12 CDE"),
    ("address", "221B Baker Street"),
    ("address", "Hauptstraße 12, 10115 Berlin"),
    ("address", "8 bis, rue de la Paix"),
]
SHOWN = [
    "4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "order number 0012345678", "1.250.000 euro", "12/05/2024",
    "4 Wheel Drive", "open 06.30-08.30", "version 10.0.15252.0", "VIN WVWZZZ1JZXW000001", "@touchstone", "5 star hotel",
    "a@b", "50,000 miles", "Der Weg 3 Stunden", "2019-2020", "",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "written"), HIDDEN)
def test_it_is_hidden_letter_for_letter_wherever_it_stands(kind: str, written: str) -> None:
    for before, after in (("", ""), ("Please note ", ", thanks."), ("(", ")\nBye")):
        assert personal.mask(f"{before}{written}{after}") == f"{before}{'•' * len(written)}{after}"
        assert [each[0] for each in personal.spans(f"{before}{written}{after}")] == [kind]


@pytest.mark.parametrize("text", SHOWN)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert personal.mask(text) == text


def test_a_bare_number_is_a_telephone_where_someone_says_so() -> None:
    assert personal.mask("call me on 4711 815") == "call me on ••••••••"
    assert personal.mask("I counted 4711 815") == "I counted 4711 815"


def test_the_writers_own_name_is_hidden_and_everyday_words_that_are_names_stay() -> None:
    told = "ann lee called. Ann was kind, ANN too, annual fees not. LEE said: a glee."
    assert (
        personal.mask(told, name="Ann Lee")
        == "••••••• called. ••• was kind, ••• too, annual fees not. ••• said: a glee."
    )
    assert personal.mask("Will you mark it? Will Mark came.", name="Will Mark") == "Will you mark it? ••••••••• came."
    assert personal.mask("J. is short", name="J. B") == "J. is short"


def test_arrays_are_masked_as_single_texts_are_and_nothing_is_copied_where_nothing_is() -> None:
    texts = [None, "", *(text for _, text in HIDDEN), *SHOWN, "Ann here"]
    names = [*[None] * (len(texts) - 1), "Ann Lee"]
    column = pa.chunked_array([texts[:5], texts[5:]], pa.string())
    made = personal.masked(column, pa.array(names, pa.string())).to_pylist()
    assert made == [text and personal.mask(text, name=name) for text, name in zip(texts, names, strict=True)]
    plain = pa.chunked_array([SHOWN])
    assert personal.masked(plain) is plain
    assert len(personal.found(pa.array([], pa.string()))) == 0


def test_of_drawn_texts_nearly_all_is_found_and_hardly_anything_else() -> None:
    drawn_texts = drawn(3_000)
    hit, false, said = Counter[str](), 0, Counter(each.kind for each in drawn_texts)
    for each, mask in zip(
        drawn_texts, personal.masked(pa.array([each.text for each in drawn_texts])).to_pylist(), strict=True
    ):
        inside = mask[each.start : each.stop] if each.kind else ""
        hit[each.kind] += each.kind != "" and set(inside) == {"•"}
        false += "•" in (mask[: each.start] + mask[each.stop :] if each.kind else mask)
    assert all(hit[kind] >= 0.98 * said[kind] for kind in KINDS), hit
    assert false <= 0.005 * len(drawn_texts)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.text(alphabet="ab@.-+( )0123456789ÄßDE•\n/", max_size=60), max_size=6),
    st.sampled_from([None, "Ann Ö.", "a b"]),
)
def test_a_mask_is_as_long_as_its_text_and_masking_again_changes_nothing(texts: list[str], name: str | None) -> None:
    names = pa.array([name] * len(texts), pa.string())
    made = personal.masked(pa.array(texts, pa.string()), names)
    assert [len(each) for each in made.to_pylist()] == [len(each) for each in texts]
    for text, mask in zip(texts, made.to_pylist(), strict=True):
        assert all(now in (was, "•") for was, now in zip(text, mask, strict=True))
        assert mask == personal.mask(text, name=name)


@pytest.mark.parametrize(
    "text", ["1 " * 30_000, "a@" * 20_000, "A-" * 20_000, "0" * 60_000, "Via A " * 10_000 + "1", "a." * 30_000]
)
def test_a_hostile_text_takes_no_time(text: str) -> None:
    assert len(personal.mask(text, name="Ann Lee")) == len(text)
