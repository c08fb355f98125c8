"""Cases are opened once, moved by one at a time, told upwards when overdue, kept from others, erased with people."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import touchstone
from tests._mail import mailbox
from touchstone.act import _clock
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.store import accounts
from touchstone.store._live_cases import case as cases
from touchstone.store._live_cases import case_step as steps
from touchstone.store._live_cases import promise as promises
from touchstone.store._live_outbox import outbox

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday
NORTH = Viewer("partner_administrator", ("north",), "north-lead", "north@example.com")
SOUTH = Viewer("partner_administrator", ("south",), "south-lead", "south@example.com")


def at(folder: Path, hours: float = 0, **settings: Any) -> Any:
    now = (NOW + timedelta(hours=hours)).isoformat()
    return touchstone.open(folder, taxonomy="auto_dealer", now=now, mail_from="cx@example.com", **settings)


@pytest.fixture
def home(tmp_path: Path) -> Any:
    made = at(tmp_path)
    made.store.put("unit", [{"id": each, "name": each.title()} for each in ("north", "south")])
    said = {"source": "letters", "kind": "review", "level": "end_customer", "occurred_at": NOW - timedelta(days=1)}
    made.store.append(
        [
            [
                said | {"source_id": "1", "person": "ida", "unit": "north", "text": "I waited two hours.",
                        "touchpoint": "waiting area", "thread": "call 7"},
                said | {"source_id": "2", "person": "kim", "unit": "south", "text": "Cold coffee."},
            ]
        ]
    )  # fmt: skip
    made.store.put("person", [{"id": "ida", "name": "Ida Miller", "contacts": '{"email": "ida@example.com"}',
                               "consents": '{"survey": "granted"}'}])  # fmt: skip
    made.store.derive()
    return made


def words(home: Any, source_id: str = "1") -> str:
    sql = "select id from interaction where source_id = ?"
    return str(home.ask().lake(sql, [source_id])["id"][0].as_py())


def opened(home: Any, **fields: Any) -> str:
    return str(home.act("case.open", interaction=words(home), **fields)["case"])


def row(home: Any, case: str) -> dict[str, Any]:
    return dict(home.ask().record(cases.select().where(cases.c.id == case))[0])


def at_stage(home: Any, case: str, stage: str) -> None:
    for each in ("acknowledged", "assessed", "answered", "closed"):
        home.act("case.move", case=case, stage=each)
        if each == stage:
            return


def lead(home: Any, name: str, role: str, *units: str) -> str:
    return accounts.add(home.store, name=name, role=role, units=units, password="seven brown kettles").id


def test_a_conversation_has_one_case_whichever_of_its_words_open_it(home: Any) -> None:
    case = opened(home)
    assert home.act("case.open", conversation="call 7") == {"case": case, "new": False}
    told = row(home, case)
    assert (told["unit"], told["person"], told["touchpoint"], told["stage"]) == (
        "north",
        "ida",
        "waiting area",
        "received",
    )
    assert told["urgency"] == "normal"
    assert told["due_at"] == datetime(2026, 11, 23, 10, tzinfo=UTC)  # eight working hours: a weekend between
    with pytest.raises(Refused, match="no such words"):
        home.act("case.open", interaction="nobody's")


def test_a_case_goes_its_stages_with_every_step_kept_and_its_due_time_moved(home: Any) -> None:
    case = opened(home, urgency=0.9)
    with pytest.raises(Refused, match="cannot become closed") as refusal:
        home.act("case.move", case=case, stage="closed")
    assert refusal.value.field == "stage"
    first = row(home, case)["due_at"]
    home.act("case.move", case=case, stage="acknowledged", note="Called her.")
    assert row(home, case)["due_at"] > first
    for stage in ("assessed", "answered", "closed"):
        home.act("case.move", case=case, stage=stage)
    assert row(home, case)["due_at"] is None
    assert home.act("case.reopen", case=case)["stage"] == "assessed"
    assert row(home, case)["reopened"] == 1
    told = home.ask().record(steps.select().order_by(steps.c.seq))
    assert [each["stage"] for each in told] == [
        "received",
        "acknowledged",
        "assessed",
        "answered",
        "closed",
        "assessed",
    ]
    assert told[1]["note"] == "Called her."
    assert home.store.verify() is None


def test_of_two_who_move_a_case_at_once_one_is_told_what_the_other_did(home: Any) -> None:
    case = opened(home)
    seen = row(home, case)["version"]
    home.act("case.move", case=case, stage="acknowledged", version=seen)
    with pytest.raises(Refused, match="was faster: the case was moved and is acknowledged"):
        home.act("case.move", case=case, stage="assessed", version=seen)
    outcomes: list[str] = []

    def assess() -> None:
        try:
            outcomes.append(home.act("case.move", case=case, stage="assessed", version=seen + 1)["stage"])
        except Refused as refusal:
            outcomes.append(refusal.field)

    together = [threading.Thread(target=assess) for _ in range(4)]
    for each in together:
        each.start()
    for each in together:
        each.join()
    assert sorted(outcomes)[:1] == ["assessed"]
    assert outcomes.count("assessed") == 1
    assert len(home.ask().record(steps.select().where(steps.c.stage == "assessed"))) == 1


def test_an_overdue_case_is_told_once_a_level_by_the_clock_and_after_a_restart(home: Any, tmp_path: Path) -> None:
    lead(home, "north@example.com", "partner_administrator", "north")
    lead(home, "south@example.com", "partner_administrator", "south")
    lead(home, "head@example.com", "administrator")
    case = opened(home)
    assert _clock.tick(at(tmp_path, 71).store)["case.escalate"] == "done"  # due on Monday at ten
    assert row(home, case)["escalated"] == 0
    with mailbox() as (address, mails):
        for _ in range(2):  # each time as another process would find it
            for minutes in (1, 3, 6, 12):
                _clock.tick(at(tmp_path, 72 + minutes / 60, smtp=address, address="https://cx.example.com").store)
        assert [mail["To"] for mail in mails] == ["north@example.com"]
        assert "I waited" not in mails[0].get_content()
        assert f"Open it: https://cx.example.com/case?id={case}" in mails[0].get_content()
        _clock.tick(at(tmp_path, 72 + 25, smtp=address).store)  # a working day later
        _clock.tick(at(tmp_path, 72 + 26, smtp=address).store)
        assert [mail["To"] for mail in mails] == ["north@example.com", "head@example.com"]
    assert row(home, case)["escalated"] == 2
    home.act("case.move", case=case, stage="acknowledged")
    assert row(home, case)["escalated"] == 0  # what is due next is another matter


def test_a_turn_killed_between_the_mail_and_the_mark_tells_nobody_twice(
    home: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(home, "head@example.com", "administrator")
    opened(home)
    late = at(tmp_path, 73)
    with monkeypatch.context() as patched:
        patched.setattr("touchstone.store.cases.change", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            late.act("case.escalate")
    assert at(tmp_path, 73.1).act("case.escalate") == {"escalated": 1}
    assert at(tmp_path, 73.2).act("case.escalate") == {"escalated": 0}
    assert len(home.ask().record(outbox.select())) == 1


def test_a_partner_works_on_its_own_cases_and_finds_no_trace_of_others(home: Any) -> None:
    theirs = opened(home)
    home.act("case.move", case=theirs, stage="acknowledged", note="Ida Miller was called at ida@example.com.")
    home.act("case.promise", case=theirs, what="Ida Miller is called.", by_when=NOW + timedelta(days=1))
    south, north = home.store.as_viewer(SOUTH), home.store.as_viewer(NORTH)
    for verb, fields in (
        ("move", {"stage": "assessed"}),
        ("assign", {"owner": "x"}),
        ("reopen", {}),
        ("ask_again", {}),
    ):
        with pytest.raises(Refused, match="there is no such case"):
            finder.verb("act", f"case.{verb}")(south, case=theirs, **fields)
    with pytest.raises(Refused, match="there is no such interaction"):
        finder.verb("act", "case.open")(south, interaction=words(home))
    for table in (cases, steps, promises):
        assert home.ask(SOUTH).record(table.select()) == []
    assert finder.verb("act", "case.move")(north, case=theirs, stage="assessed")["stage"] == "assessed"
    seen = home.ask(NORTH).record(steps.select().order_by(steps.c.seq))
    assert "was called" in seen[1]["note"]
    assert "Miller" not in seen[1]["note"]
    assert "ida@" not in seen[1]["note"]
    (told,) = home.ask(NORTH).record(promises.select())
    assert "is called." in told["what"]
    assert "Miller" not in told["what"]
    masked = Viewer("insight", account="x", personal=False)
    assert "Miller" not in home.ask(masked).record(promises.select())[0]["what"]


def test_a_case_goes_only_to_somebody_who_sees_its_unit(home: Any) -> None:
    case = opened(home)
    lead(home, "south@example.com", "partner_staff", "south")
    own = lead(home, "north@example.com", "partner_staff", "north")
    for name in ("south@example.com", "nobody@example.com"):
        with pytest.raises(Refused, match="cannot own") as refusal:
            home.act("case.assign", case=case, owner=name)
        assert refusal.value.field == "owner"
    home.act("case.assign", case=case, owner="north@example.com")
    assert row(home, case)["owner"] == own


def test_a_promise_is_kept_or_broken_once(home: Any) -> None:
    case = opened(home)
    fields = {"case": case, "what": " A  new mat. ", "by_when": datetime(2026, 11, 27, 9)}
    promise = home.act("case.promise", **fields)["promise"]
    assert home.act("case.promise", **fields)["promise"] == promise
    with pytest.raises(Refused, match="over already"):
        home.act("case.promise", case=case, what="A call.", by_when=NOW - timedelta(days=1))
    home.act("case.keep", promise=promise, kept=False)
    home.act("case.keep", promise=promise, kept=False)
    with pytest.raises(Refused, match="said to be broken"):
        home.act("case.keep", promise=promise)
    (told,) = home.ask().record(promises.select())
    assert (told["what"], told["kept"]) == ("A new mat.", False)


def test_a_customer_is_asked_again_once_after_the_answer_and_never_against_their_will(home: Any) -> None:
    case = opened(home)
    with pytest.raises(Refused, match="not answered yet"):
        home.act("case.ask_again", case=case)
    at_stage(home, case, "answered")
    home.act("person.consent", person="ida", purpose="survey", state="revoked")
    with pytest.raises(Refused, match="do not allow"):
        home.act("case.ask_again", case=case)
    home.act("person.consent", person="ida", purpose="survey", state="granted")
    home.act("case.ask_again", case=case)
    with pytest.raises(Refused, match="asked already"):
        home.act("case.ask_again", case=case)
    (mail,) = home.ask().record(outbox.select())
    assert (mail["to"], mail["purpose"], mail["person"]) == ("ida@example.com", "survey", "ida")
    assert mail["subject"] == "Is it settled?"
    home.act("person.consent", person="ida", purpose="contact", state="revoked")
    with mailbox() as (address, mails):
        assert at(home.path, 1, smtp=address).act("outbox.send")["withheld"] == 1
    assert mails == []


def test_who_was_written_to_of_late_is_not_asked(home: Any) -> None:
    case = opened(home)
    at_stage(home, case, "closed")
    home.act("case.ask_again", case=case)
    home.act("case.reopen", case=case)
    for stage in ("answered", "closed"):
        home.act("case.move", case=case, stage=stage)
    with pytest.raises(Refused, match="less than 14"):
        home.act("case.ask_again", case=case)


def test_erasing_a_person_takes_their_cases_notes_and_promises(home: Any) -> None:
    case = opened(home, note="Speaks of her sister.")
    home.act("case.promise", case=case, what="A call.", by_when=NOW + timedelta(days=1))
    told = home.act("person.export", person="ida")["persons"][0]
    assert told["case"][0]["id"] == case
    assert told["promise"][0]["what"] == "A call."
    home.act("person.erase", person="ida")
    for table in (cases, steps, promises):
        assert home.ask().record(table.select()) == []
    assert home.store.verify() is None
    assert b"her sister" not in (home.path / "record.sqlite").read_bytes()


def test_terms_and_calendars_are_the_homes_own_and_a_units_holds_below_it(home: Any) -> None:
    home.store.put("unit", [{"id": "desk", "parent": "north"}])
    home.act("case.terms", urgency="normal", acknowledge=1, answer=2, close=3)
    home.act("case.calendar", hours="sat 10:00-12:00", unit="north")
    told = home.act("case.open", interaction=words(home))["case"]
    other = home.act("case.open", interaction=words(home, "2"))["case"]
    assert row(home, told)["due_at"] == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert row(home, other)["due_at"] == NOW + timedelta(hours=1)
    with pytest.raises(Refused, match="no unit"):
        home.act("case.calendar", unit="nowhere")
