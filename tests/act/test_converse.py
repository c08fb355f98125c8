"""What calls for an answer becomes a conversation; what people made of it stays until the customer writes again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as some

import touchstone
from touchstone.act._converse import converse
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.rules import inbox
from touchstone.store import conversations
from touchstone.store._live_conversation import conversation

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BEN = Viewer("contact_centre", account="ben", name="ben@example.com")


def home(folder: Path) -> Any:
    return touchstone.open(folder, taxonomy="auto_dealer", now=NOW.isoformat())


def say(
    made: Any, id: str, *, days: float = 1, kinds: tuple[str, ...] = (), urgent: float = 0.0, **fields: Any
) -> None:
    """An interaction so many days ago, with what was understood of it."""
    usual = {"source": "letters", "source_id": id, "kind": "message", "level": "end_customer", "text": f"Text {id}."}
    made.store.append([[usual | {"occurred_at": NOW - timedelta(days=days)} | fields]])
    made.store.derive()
    own = made.ask().lake("select id from interaction where source_id = ?", [id])["id"][0].as_py()
    signals = [("kind", kind, 0.9) for kind in kinds] + ([("urgency", "urgent", urgent)] if urgent else [])
    rows = [
        {"id": f"{id}{label}", "interaction": own, "layer": layer, "label": label, "score": score, "maker": f"{id}@1"}
        for layer, label, score in signals
    ]
    made.store.replace("signal", id, rows)


def listed(made: Any) -> dict[str, dict[str, Any]]:
    """The conversations by id, as they are."""
    return {row["id"]: row for row in made.ask().record(sa.select(conversation))}


def test_words_to_us_and_problems_told_elsewhere_become_conversations_and_nothing_else(tmp_path: Path) -> None:
    made = home(tmp_path)
    say(made, "1", thread="mail", unit="north", person="ida")
    say(made, "2", kind="post", kinds=("problem",), thread="forum")
    say(made, "3", kind="post", kinds=("praise",), thread="small talk")
    say(made, "4", level="employee", thread="our own words")
    say(made, "5", days=200, thread="long ago")
    assert converse(made.store) == {"conversations": 2}
    found = listed(made)
    assert set(found) == {"mail", "forum"}
    assert (found["mail"]["unit"], found["mail"]["person"], found["mail"]["state"]) == ("north", "ida", "open")
    assert found["forum"]["kind"] == "problem"
    assert found["mail"]["reason"] == "By rule: north takes it, which it is about."
    assert converse(made.store) == {"conversations": 0}
    assert listed(made) == found


def test_what_people_made_of_it_stays_until_the_customer_writes_again(tmp_path: Path) -> None:
    made = home(tmp_path)
    say(made, "1", days=3, thread="mail")
    converse(made.store)
    ben = made.store.as_viewer(BEN)
    conversations.change(ben, ids=["mail"], what="close", to={"state": "closed", "owner": "ben"})
    say(made, "2", days=2, thread="mail", level="employee")
    say(made, "3", days=1, thread="mail", kinds=("thanks",))
    converse(made.store)
    assert (row := listed(made)["mail"])["state"] == "closed"
    assert (row["count"], row["version"]) == (3, 1)
    say(made, "4", days=0.5, thread="mail", kinds=("thanks", "problem"))
    converse(made.store)
    row = listed(made)["mail"]
    assert (row["state"], row["owner"], row["version"]) == ("open", "ben", 2)


def test_what_was_answered_elsewhere_is_closed_where_nobody_took_it(tmp_path: Path) -> None:
    made = home(tmp_path)
    for thread in ("free", "taken"):
        say(made, f"{thread} asks", days=3, thread=thread)
    converse(made.store)
    conversations.change(made.store.as_viewer(BEN), ids=["taken"], what="take", to={"owner": "ben"})
    for thread in ("free", "taken"):
        say(made, f"{thread} told", days=1, thread=thread, level="employee")
    converse(made.store)
    assert {id: row["state"] for id, row in listed(made).items()} == {"free": "closed", "taken": "open"}


def test_a_change_is_taken_back_unless_somebody_else_went_on(tmp_path: Path) -> None:
    made = home(tmp_path)
    for thread in ("a", "b"):
        say(made, thread, thread=thread)
    converse(made.store)
    ben = made.store.as_viewer(BEN)
    token, count = conversations.change(ben, ids=["a", "b"], what="close", to={"state": "closed"})
    assert count == 2
    conversations.change(made.store, ids=["b"], what="assign", to={"owner": "ann"})
    with pytest.raises(Refused):
        conversations.undo(made.store, change=token)  # somebody else's
    assert conversations.undo(ben, change=token) == (1, 1)
    assert {id: row["state"] for id, row in listed(made).items()} == {"a": "open", "b": "closed"}
    assert conversations.undo(ben, change=token) == (0, 2)


def test_a_partner_changes_its_own_units_conversations_and_learns_of_no_other(tmp_path: Path) -> None:
    made = home(tmp_path)
    made.store.put("unit", [{"id": "north"}, {"id": "south"}])
    for unit in ("north", "south"):
        say(made, unit, thread=unit, unit=unit)
    converse(made.store)
    partner = made.store.as_viewer(Viewer("partner_staff", ("north",), "dora"))
    conversations.change(partner, ids=["north"], what="take", to={"owner": "dora"})
    words = set()
    for id in ("south", "nowhere"):
        with pytest.raises(Refused) as refusal:
            conversations.change(partner, ids=["north", id], what="close", to={"state": "closed"})
        words.add(str(refusal.value))
    assert len(words) == 1
    assert [row["id"] for row in partner.ask(partner.viewer).record(sa.select(conversation))] == ["north"]


def test_a_person_s_conversations_are_theirs_to_have_and_go_with_them(tmp_path: Path) -> None:
    made = home(tmp_path)
    say(made, "1", thread="mail", person="ida")
    converse(made.store)
    conversations.change(made.store.as_viewer(BEN), ids=["mail"], what="take", to={"owner": "ben"})
    kept = made.act("person.export", person="ida")["persons"][0]
    assert len(kept["conversation"]) == len(kept["conversation_step"]) == 1
    made.act("person.erase", person="ida")
    assert listed(made) == {}


SHARES = some.floats(0.5, 1)


@given(some.sampled_from([*inbox.KINDS, *inbox.OTHERS]), SHARES, some.floats(0.1, 1e6), some.floats(0.1, 1e6))
def test_the_urgent_and_the_valuable_come_first_but_nobody_waits_for_ever(
    kind: str, urgent: float, stake: float, usual: float
) -> None:
    plain, pressing = inbox.urgency(kind, 0), inbox.urgency(kind, urgent)
    assert 0 < plain <= pressing <= 1
    at = inbox.pressing_at(NOW, urgency=pressing, stake=stake, usual=usual)
    assert at <= inbox.pressing_at(NOW, urgency=plain, stake=stake, usual=usual)
    assert at <= inbox.pressing_at(NOW, urgency=pressing, stake=stake / 2, usual=usual)
    assert at <= NOW + inbox.STAKE
    later = NOW + inbox.URGENCY + 2 * inbox.STAKE
    assert inbox.pressing_at(NOW, urgency=0, stake=None, usual=usual) <= inbox.pressing_at(
        later, urgency=1, stake=stake, usual=usual
    )


def test_the_list_is_ranked_as_the_rules_say(tmp_path: Path) -> None:
    made = home(tmp_path)
    say(made, "1", thread="a", kinds=("problem", "question"), urgent=0.5, unit="north")
    say(made, "2", thread="b", unit="south")
    worth = [
        {"id": str(value), "name": "lifetime_value", "by": by, "value": value, "n": 9, "maker": "lifetime_value@1"}
        for value, by in ((100.0, {}), (300.0, {"unit": "north"}))
    ]
    made.store.replace("metric", "lifetime_value", worth)
    converse(made.store)
    for id, kind, urgent, stake in (("a", "problem", 0.5, 300.0), ("b", "word", 0.0, 100.0)):
        row = listed(made)[id]
        expected = inbox.urgency(kind, urgent)
        assert (row["urgency"], row["stake"]) == (pytest.approx(expected), stake)
        at = inbox.pressing_at(row["heard_at"], urgency=expected, stake=stake, usual=100.0)
        assert abs((row["pressing_at"] - at).total_seconds()) < 0.001
