"""One mail address of whatever a source wrote of a customer's contact points, or none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.rules.contacts import mail

TEXTS = st.text() | st.text('@.<>,:"ab ')
ANYTHING = st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, lambda each: st.lists(each, max_size=3))


@pytest.mark.parametrize(
    "held", [{"email": "a@b.example"}, {"mail": "a@b.example"}, {"email": ["a@b.example", "c@d.example"]}]
)
def test_an_address_is_found_under_either_name_and_first_in_a_list(held: dict[str, Any]) -> None:
    assert mail(json.dumps(held)) == "a@b.example"


@pytest.mark.parametrize("contacts", [None, "", "{", "[]", "3", '{"email": "me@"}', '{"email": []}', '{"phone": "1"}'])
def test_what_holds_no_address_or_cannot_be_read_gives_none(contacts: str | None) -> None:
    assert mail(contacts) == ""


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(("email", "mail", "phone")), ANYTHING))
def test_an_address_given_is_one_of_theirs_whatever_a_source_wrote(held: dict[str, Any]) -> None:
    found = mail(json.dumps(held))
    assert not found or ("@" in found and json.dumps(found)[1:-1] in json.dumps(held))
