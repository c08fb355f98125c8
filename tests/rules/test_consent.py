"""What a person allows: an objection stands over every purpose of contact, and what was said before is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.rules import consent

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def said(*words: tuple[str, str]) -> str | None:
    held = None
    for purpose, state in words:
        held = consent.changed(held, purpose=purpose, state=state, at=AT, by="ann") or held
    return held


def test_who_said_nothing_is_answered_but_not_written_to() -> None:
    assert consent.may(None, "answer")
    assert consent.may(None, "identity")
    assert not any(consent.may(None, each) for each in ("contact", "survey", "offer", "call", "publication", "raffle"))


@pytest.mark.parametrize("purpose", consent.CONTACT)
@pytest.mark.parametrize("state", consent.REFUSED)
def test_an_objection_to_contact_stands_over_every_purpose_of_contact(purpose: str, state: str) -> None:
    assert not consent.may(said((purpose, "granted"), ("contact", state)), purpose)
    assert not consent.may(said(("contact", state), (purpose, "granted")), purpose)


def test_one_purpose_of_contact_may_be_refused_while_others_stay() -> None:
    held = said(("contact", "granted"), ("survey", "denied"))
    assert consent.may(held, "offer")
    assert not consent.may(held, "survey")


def test_consents_as_sources_bring_them_are_read() -> None:
    held = '{"contact": "denied", "analysis": "granted"}'
    assert not consent.may(held, "call")
    assert consent.may(held, "analysis")
    assert consent.stated(held) == {"contact": "denied", "analysis": "granted"}


@pytest.mark.parametrize("word", [*consent.NO, "No", "FALSE"])
def test_an_objection_in_a_sources_own_word_is_one(word: str) -> None:
    assert consent.objects(f'{{"contact": "{word}"}}')


@pytest.mark.parametrize("broken", ["{", "[1]", '"yes"', "granted"])
def test_what_cannot_be_read_is_a_refusal(broken: str) -> None:
    assert not consent.may(broken, "answer")
    assert not consent.may(broken, "identity")


def test_what_was_said_before_is_kept_with_when_and_by_whom() -> None:
    held = consent.changed('{"contact": "granted"}', purpose="contact", state="revoked", at=AT, by="Anna at the desk")
    told = consent.history(held)
    assert [each["state"] for each in told] == ["granted", "revoked"]
    assert told[-1]["by"] == "Anna at the desk"
    assert told[-1]["at"] == "2026-11-21T09:00:00+00:00"
    assert consent.changed(held, purpose="contact", state="revoked", at=AT, by="ann") is None


@pytest.mark.parametrize(
    ("purpose", "state", "field"),
    [
        ("Contact!", "granted", "purpose"),
        ("history", "granted", "purpose"),
        ("", "granted", "purpose"),
        ("a" * 41, "denied", "purpose"),
        ("contact", "perhaps", "state"),
    ],
)
def test_other_words_are_refused_beside_their_field(purpose: str, state: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        consent.changed(None, purpose=purpose, state=state, at=AT, by="ann")
    assert refused.value.field == field


words = st.lists(st.tuples(st.sampled_from(sorted(consent.PURPOSES)), st.sampled_from(consent.STATES)), max_size=12)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws slowly
@given(words)
def test_the_last_word_holds_and_none_is_lost(spoken: list[tuple[str, str]]) -> None:
    held = said(*spoken)
    last = dict(spoken)
    assert consent.stated(held) == last
    changes = [word for place, word in enumerate(spoken) if dict(spoken[:place]).get(word[0]) != word[1]]
    assert [(each["purpose"], each["state"]) for each in consent.history(held)] == changes
    if last.get("contact") in consent.REFUSED:
        assert not any(consent.may(held, each) for each in ("contact", *consent.CONTACT))
    assert held is None or json.loads(held)
