"""Passwords: long is good, guessable is not."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.rules import password


@pytest.mark.parametrize(
    "good", ["seven brown kettles", "correct-horse-battery", "ÄpfelUndBirnen!", "parola segreta 77"]
)
def test_a_few_unrelated_words_will_do(good: str) -> None:
    password.check(good, email="anna@dealer.example")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "short",
        "aaaaaaaaaaaaaaa",
        "123456789012",
        "abcdefghijklmn",
        "touchstone123",
        "anna@dealer.example",
        "touchstoneanna",
    ],
)
def test_guessable_passwords_are_refused_beside_their_field(bad: str) -> None:
    with pytest.raises(Refused) as refusal:
        password.check(bad, email="anna@dealer.example")
    assert refusal.value.field == "password"


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_judged_without_harm(text: str, email: str) -> None:
    with suppress(Refused):
        password.check(text, email=email)
        assert password.SHORTEST <= len(text) <= password.LONGEST
