"""Whom to ask, as companies, customers and regulators would want it: by lot, by merit, never for a reward."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.core.errors import Refused
from touchstone.core.fields import typed
from touchstone.decide.ask import FIELDS, decide
from touchstone.home.rows import plain
from touchstone.rules.asking import Known, asked
from touchstone.store.scratch import scratch

Row = dict[str, Any]
NOW = datetime(2026, 11, 21, tzinfo=UTC)
YES = st.booleans()


def told(rows: list[Row], **settings: Any) -> list[Row]:
    """What is decided on a file of these rows."""
    names = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    return plain(decide(scratch([], given=typed(table, FIELDS)), **settings))


@given(
    lot=st.floats(0, 1), score=st.none() | st.floats(0, 1), recommends=YES, told_others=YES, rewarded=YES,
    suggests=YES, taught=YES, criticises=YES,
)  # fmt: skip
def test_nothing_that_was_said_of_the_brand_has_a_say_in_who_is_asked_for_a_review(lot: float, **opinion: Any) -> None:
    allowed = frozenset({"survey", "offer"})
    silent = asked(Known(allowed=allowed), lot=lot, review=0.4, rest=30)
    spoken = asked(Known(allowed=allowed, **opinion), lot=lot, review=0.4, rest=30)
    assert (silent.purpose == "review") == (spoken.purpose == "review") == (lot < 0.4)


@given(
    known=st.builds(
        Known, allowed=st.frozensets(st.sampled_from(["survey", "offer"])), objects=YES, outside=YES, experienced=YES,
        open_complaint=YES, days=st.none() | st.floats(0, 400), recommends=YES, suggests=YES,
    ),
    lot=st.floats(0, 1),
)  # fmt: skip
def test_who_objects_complains_or_was_asked_of_late_is_left_alone(known: Known, lot: float) -> None:
    found = asked(known, lot=lot, review=0.5, rest=60)
    assert found.reason
    late = known.days is not None and known.days < 60
    if known.objects or known.outside or known.open_complaint or late or not known.allowed or not known.experienced:
        assert found.purpose is None
    if found.purpose is not None:
        assert {"review": "survey", "referral": "offer", "advice": "survey"}[found.purpose] in known.allowed


def test_a_file_is_answered_person_by_person_with_the_reason() -> None:
    base = {"consent": "yes", "value": 10.0, "days_since_asked": 200.0}
    rows = [
        {**base, "person": "fan", "recommends": "yes", "told_others": "yes"},
        {**base, "person": "paid fan", "recommends": "yes", "rewarded": "yes"},
        {**base, "person": "number only"},
        {**base, "person": "torn", "recommends": "yes", "value": 3.0},
        {**base, "person": "thinker", "suggests": "yes"},
        {**base, "person": "quiet", "consent": None},
        {**base, "person": "angry", "open_complaint": "1"},
        {**base, "person": "seller", "level": "dealer", "recommends": "yes"},
        {**base, "person": "tired", "days_since_asked": 10.0, "recommends": "yes"},
    ]
    found = {each["person"]: each for each in told(rows, review=0.0)}
    assert len(found) == 9
    assert found["fan"]["ask"] == "referral"
    assert found["fan"]["value"] == 1.0
    assert found["thinker"]["ask"] == "advice"
    assert {name for name, each in found.items() if each["ask"] is None} == {
        "paid fan", "number only", "torn", "quiet", "angry", "seller", "tired",
    }  # fmt: skip
    assert "complaint is open" in found["angry"]["detail"]["reason"]
    assert "10 days ago" in found["tired"]["detail"]["reason"]
    assert told(rows[::-1], review=0.0) == told(rows, review=0.0)


def test_about_the_share_asked_for_is_drawn_and_no_other() -> None:
    rows = [{"person": f"p{at}", "consent": "yes", "value": float(at % 11)} for at in range(3000)]
    drawn = [each for each in told(rows, review=0.2) if each["ask"] == "review"]
    assert len(drawn) == pytest.approx(600, abs=80)
    scores = {row["person"]: row["value"] for row in rows}
    assert sum(scores[each["person"]] for each in drawn) / len(drawn) == pytest.approx(5, abs=0.5)
    assert told(rows, person=["p7"], review=1.0)[0]["person"] == "p7"


def home(said: list[Row] | None = None, **more: Any) -> Any:
    """Three customers of two dealers: a promoter with words, one whose praise was paid for, one whose word is no."""
    old = NOW - timedelta(days=300)
    words = [("ann", "north", "none"), ("bob", "north", "disclosed"), ("eve", "south", "none")]
    rows = [*(said or [])]
    rows += [
        {"id": f"r{who}", "source_id": f"r{who}", "kind": "post", "person": who, "unit": unit, "incentive": incentive,
         "occurred_at": old, "text": "I tell all my friends to go there.", "level": "end_customer"}
        for who, unit, incentive in words
    ]  # fmt: skip
    rows += [
        {"id": f"s{who}", "source_id": f"s{who}", "kind": "answer", "person": who, "unit": unit, "occurred_at": old,
         "metric": "nps", "value": 10.0, "best": 10.0, "worst": 0.0, "level": "end_customer"}
        for who, unit, _ in words
    ]  # fmt: skip
    signals = [
        {"id": f"k{who}", "interaction": f"r{who}", "layer": "kind", "label": "recommendation", "score": 0.9,
         "probability": 0.9, "maker": "kind@1"} for who, _, _ in words
    ]  # fmt: skip
    consents = {"ann": "granted", "bob": "granted", "eve": "denied"}
    people = [{"id": who, "consents": json.dumps({"contact": state})} for who, state in consents.items()]
    return scratch(rows, derived={"signal": signals, **more}, persons=people, now=NOW)


def test_where_nobody_is_named_those_for_whom_most_speaks_and_a_sum_are_told() -> None:
    *listed, whole = plain(decide(home(), review=0.0))
    assert [(each["person"], each["ask"]) for each in listed] == [("ann", "referral")]
    assert whole["person"] is None
    detail = whole["detail"]
    assert detail["asked"] == {"referral": 1}
    assert detail["looked_at"] == whole["n"] == 1 + sum(detail["alone"].values())
    assert all(each["ask"] is None for each in plain(decide(home(), review=1.0, top=0)))


def test_a_home_is_asked_of_persons_or_a_unit() -> None:
    ask = home()
    found = plain(decide(ask, unit=["north"], review=0.0))
    assert [(each["person"], each["ask"]) for each in found] == [("ann", "referral"), ("bob", None)]
    assert found[0]["value"] == pytest.approx(2 / 3)
    table = decide(ask, person=["eve", "nobody"], review=1.0)
    assert table["about"].to_pylist() == [["south"], []]
    reasons = [each["detail"]["reason"] for each in plain(table)]
    assert reasons == ["They do not want to be contacted.", "They have not allowed being contacted for this."]


def test_an_objection_under_another_name_of_the_same_customer_holds() -> None:
    same = [{"person": who, "customer": "c", "kept": who == "ann"} for who in ("ann", "eve")]
    found = plain(decide(home(customer=same), person=["ann"], review=1.0))
    assert [(each["person"], each["ask"]) for each in found] == [("ann", None)]


def test_contacts_of_late_and_many_under_another_name_of_the_same_customer_count() -> None:
    same = [{"person": who, "customer": "c", "kept": who == "ann"} for who in ("ann", "other")]

    def left_alone(*days: float) -> str:
        sent = [{"id": f"o{day}", "source_id": f"o{day}", "kind": "offer", "person": "other", "level": "end_customer",
                 "occurred_at": NOW - timedelta(days=day)} for day in days]  # fmt: skip
        found = plain(decide(home(customer=same, said=sent), person=["ann"], review=1.0, rest=5.0))
        return "" if found[0]["ask"] else str(found[0]["detail"]["reason"])

    assert left_alone(80.0) == ""
    assert "3 days ago" in left_alone(80.0, 3.0)
    assert "3 times in 90 days" in left_alone(80.0, 30.0, 7.0)
    assert "3 times in 90 days" in told([{"person": "a", "consent": "yes", "times_asked": 3}])[0]["detail"]["reason"]


@pytest.mark.parametrize("settings", [{"review": 1.5}, {"rest": -1.0}, {"best": 0.0}])
def test_what_cannot_be_meant_is_refused(settings: dict[str, float]) -> None:
    with pytest.raises(Refused):
        told([{"person": "a"}], **settings)
