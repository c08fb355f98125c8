"""The next step towards a customer: what is owed first, and never against their will."""

from __future__ import annotations

import itertools

import pytest

from touchstone.rules.next_step import Known, next_step

DAY = "3 May 2026"
ORDER = [
    ({"asked_promise": DAY}, "Do what they asked"),
    ({"leaving": DAY}, "Call them"),
    ({"problem": DAY, "about": "parking"}, "Mend their problem with parking"),
    ({"wish": DAY}, "Answer what"),
    ({"unsure": 2}, "Look at who else"),
    ({"praise": DAY}, "Thank them"),
]


def test_what_is_owed_comes_before_what_is_pleasant() -> None:
    for (fields, text), (less, _) in itertools.combinations(ORDER, 2):
        step = next_step(Known(**{**less, **fields}))  # type: ignore[arg-type]  # fields by name
        assert step.text.startswith(text)
        assert step.reason
    assert next_step(Known()).text == "Nothing is due."


@pytest.mark.parametrize("consent", ["denied", "revoked", "objected"])
def test_who_does_not_want_to_be_contacted_is_not(consent: str) -> None:
    for fields, _ in ORDER[:4]:
        step = next_step(Known(consents=(consent,), **fields))  # type: ignore[arg-type]  # fields by name
        assert step.text.endswith("Only in the place where they wrote.")
    assert next_step(Known(consents=(consent,), praise=DAY)).text == "Do not contact them."
    assert next_step(Known(consents=("granted",), praise=DAY)).text == "Thank them."
    assert next_step(Known(consents=(consent,), unsure=1)).text.startswith("Look")
