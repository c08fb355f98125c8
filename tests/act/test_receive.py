"""Interactions that a program sends arrive once; each that cannot be used says why and stops none of the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import touchstone
from touchstone.core.errors import Refused
from touchstone.core.tables import ARRIVING

LETTER = {
    "source": "letters",
    "source_id": "1",
    "kind": "review",
    "text": "Friendly.",
    "attributes": {"b": 1, "a": "é"},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return touchstone.open(tmp_path_factory.mktemp("receive") / "home", taxonomy="auto_dealer")


def test_what_arrives_is_kept_as_it_was_said(home: Any) -> None:
    sent = LETTER | {"source_id": "kept", "occurred_at": "2026-11-01T10:00:00+02:00", "value": 4, "best": 5, "worst": 1}
    assert home.act("receive", interactions=[sent])["new"] == 1
    home.store.derive()
    (kept,) = home.ask().lake("select * from interaction where source_id = 'kept'").to_pylist()
    assert kept["occurred_at"].isoformat() == "2026-11-01T08:00:00+00:00"
    assert json.loads(kept["attributes"]) == {"a": "é", "b": 1}
    assert (kept["value"], kept["worst"], kept["best"]) == (4, 1, 5)


def test_a_changed_one_replaces_what_it_said_before(home: Any) -> None:
    home.act("receive", interactions=[LETTER | {"source_id": "changing"}])
    outcome = home.act("receive", interactions=[LETTER | {"source_id": "changing", "text": "Not friendly at all."}])
    assert (outcome["new"], outcome["changed"]) == (0, 1)


UNUSABLE = [
    ({"source": None}, "source is missing"),
    ({"source_id": ""}, "source_id is missing"),
    ({"colour": "red"}, "unknown column 'colour'"),
    ({"seq": 1}, "unknown column 'seq'"),
    ({"kind": "shout"}, "kind 'shout' is none of"),
    ({"value": 3}, "value has no scale"),
    ({"value": 9, "best": 5, "worst": 1}, "value 9 lies outside 1 to 5"),
    ({"occurred_at": "yesterday"}, "yesterday"),
    ({"text": 5}, "text cannot be 5"),
    ({"value": float("nan"), "best": 5, "worst": 1}, "outside"),
]


@pytest.mark.parametrize(("wrong", "why"), UNUSABLE, ids=[why for _, why in UNUSABLE])
def test_one_that_cannot_be_used_says_why_and_the_rest_arrives(home: Any, wrong: dict[str, Any], why: str) -> None:
    fine = LETTER | {"source_id": why}
    outcome = home.act("receive", interactions=[LETTER | wrong, fine])
    assert outcome["new"] == 1
    (rejected,) = outcome["rejected"]
    assert rejected["row"] == 0
    assert why in rejected["reason"]
    lines = (Path(home.path) / "rejects" / "receive.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["reason"] == rejected["reason"]


def test_too_many_at_once_are_refused(home: Any) -> None:
    with pytest.raises(Refused) as refusal:
        home.act("receive", interactions=[LETTER] * 10_001)
    assert refusal.value.field == "interactions"


values = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(ARRIVING.names), values, max_size=5), max_size=4))
def test_whatever_is_sent_is_taken_or_told_of(home: Any, sent: list[dict[str, Any]]) -> None:
    outcome = home.act("receive", interactions=sent)
    taken = outcome["new"] + outcome["changed"] + outcome["same"]
    assert taken + len(outcome["rejected"]) == len(sent)
