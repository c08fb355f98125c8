"""Routing as a contact centre meets it: who knows such questions, who is full, and how many agents are needed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from touchstone.core.errors import Refused
from touchstone.core.fields import typed
from touchstone.decide.route import FIELDS, decide
from touchstone.home.one_shot import one_shot
from touchstone.home.rows import plain
from touchstone.store.scratch import scratch

Row = dict[str, Any]
WORDS = {
    "bea": ["invoice", "refund", "payment", "charged", "twice", "bank", "statement", "amount"],
    "gus": ["engine", "noise", "brakes", "gearbox", "oil", "leak", "warning", "light"],
    "ida": ["login", "password", "account", "website", "screen", "error", "browser", "reset"],
}
START = datetime(2026, 1, 1, tzinfo=UTC)


def told(rows: list[Row], **settings: Any) -> list[Row]:
    """What is decided on a file of these rows."""
    names = dict.fromkeys(name for each in rows for name in each)
    table = pa.Table.from_pylist([{name: each.get(name) for name in names} for each in rows])
    return plain(decide(scratch([], given=typed(table, FIELDS)), **settings))


def day(at: float) -> str:
    return (START + timedelta(days=at)).isoformat()


def desk(count: int = 120, *, seed: int = 1) -> list[Row]:
    """One answer a day, mostly by who knows the words; bea answers most."""
    chance, rows = random.Random(seed), []
    for at in range(count):
        expert = chance.choices(list(WORDS), [3, 2, 1])[0]
        said = " ".join(chance.sample(WORDS[expert], 4)) + " please help with my problem"
        answerer = expert if chance.random() < 0.9 else chance.choice(list(WORDS))
        rows.append({"conversation": f"c{at}", "occurred_at": day(at), "text": said, "answer": f"about {said}",
                     "expert": answerer, "solved": answerer == expert})  # fmt: skip
    return rows


def waits(name: str, expert: str, at: float, **more: Any) -> Row:
    text = " ".join(WORDS[expert][:4])
    return {"conversation": name, "occurred_at": day(at), "text": text, "expert": None, **more}


def first(rows: list[Row]) -> dict[str, str]:
    """By conversation who is named first."""
    return {each["conversation"]: each["expert"] for each in rows if each["rank"] == 1}


def test_who_answered_such_questions_comes_first_and_the_reason_says_so() -> None:
    rows = told([*desk(), *(waits(f"w-{name}", name, 130 + at) for at, name in enumerate(WORDS))])
    assert first(rows) == {f"w-{name}": name for name in WORDS}
    one = [each for each in rows if each["conversation"] == "w-gus"]
    assert [each["rank"] for each in one] == [1, 2, 3]
    assert sum(each["value"] for each in one) == pytest.approx(1)
    assert one[0]["detail"]["reason"].startswith("Answered ")
    assert any(word in one[0]["detail"]["reason"] for word in WORDS["gus"])
    assert one[0]["detail"]["learned"]


def test_nothing_that_comes_later_changes_what_was_said() -> None:
    rows, asked = desk(), [waits("w1", "ida", 47.5), waits("w2", "gus", 80.5)]
    before = [each for each in told([*rows, *asked]) if each["conversation"] == "w1"]
    assert before == told([*(each for each in rows if each["occurred_at"] < day(47.5)), asked[0]])
    later = [{**each, "expert": "new", "text": WORDS["ida"][0]} for each in rows if each["occurred_at"] > day(47.5)]
    kept = [each for each in rows if each["occurred_at"] < day(47.5)]
    assert before == told([*kept, *later, asked[0]])


def test_the_order_of_rows_never_matters() -> None:
    rows = [*desk(60), waits("w1", "ida", 70), waits("w2", "bea", 71)]
    shuffled = list(rows)
    random.Random(3).shuffle(shuffled)
    assert told(shuffled) == told(rows)


def test_few_answers_are_ranked_by_rule_and_none_at_all_are_told() -> None:
    rows = told([*desk(6), waits("soon", "gus", -1), waits("w", "bea", 9)])
    assert rows[0]["conversation"] == "soon"
    assert rows[0]["expert"] is rows[0]["value"] is rows[0]["rank"] is None
    assert "nobody has answered" in rows[0]["detail"]["why"]
    assert all("by rule" in each["detail"]["reason"] for each in rows[1:])


def test_a_customer_is_given_to_whom_they_know() -> None:
    known = [{**each, "person": "ann" if each["expert"] == "gus" else f"p{at}"} for at, each in enumerate(desk())]
    asked = {"conversation": "w", "occurred_at": day(130), "text": "hello again", "expert": None, "person": "ann"}
    rows = told([*known, asked])
    assert rows[0]["expert"] == "gus"
    assert "with the same person" in rows[0]["detail"]["reason"]


def test_who_is_not_ready_to_buy_meets_no_salesman_and_who_is_full_is_left_out() -> None:
    rows = [
        {**each, "sales": int(each["expert"] == "bea"), "load": 9 if each["expert"] == "gus" else 2} for each in desk()
    ]
    asked = [waits("w", "bea", 130, ready=0), waits("v", "bea", 131, ready=1)]
    assert first(told([*rows, *asked])) == {"w": first(told([*rows, asked[0]]))["w"], "v": "bea"}
    assert "bea" not in {each["expert"] for each in told([*rows, asked[0]])}
    assert {each["expert"] for each in told([*rows, asked[0]], full=9)} == {"ida"}
    (none,) = told([*rows, asked[0]], full=1)
    assert none["detail"]["why"] == "all who answered before are ruled out"


def test_fairness_passes_the_next_one_on() -> None:
    asked = [waits(f"w{at}", "bea", 130 + at) for at in range(8)]
    assert set(first(told([*desk(), *asked])).values()) == {"bea"}
    assert len(set(first(told([*desk(), *asked], fair=3.0)).values())) == 3


def test_it_works_through_the_door_on_a_csv_without_optional_columns(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    lines = ["thread,when,text,answer,expert,solved", "1,2026-01-01,login fails,reset it,ida,true"]
    file.write_text("\n".join([*lines, "2,2026-01-02,brakes squeak,oil,gus,0", "3,2026-01-03,login again,,,"]))
    names = {"conversation": "thread", "occurred_at": "when"}
    rows = one_shot("decide", "route", file=str(file), map=names, set={"top": "1"}, by=[])
    assert [(each["conversation"], each["rank"], each["expert"]) for each in rows] == [("3", 1, "ida")]
    assert rows[0]["n"] == 2


def test_everyone_finds_the_expert_with_whom_all_are_served_best() -> None:
    scores = {("a", "x"): 9.0, ("a", "y"): 8.0, ("b", "x"): 8.0, ("b", "y"): 1.0, ("c", "y"): 2.0}
    rows = [
        {"conversation": c, "expert": e, "score": s, "capacity": 1 if e == "x" else 2} for (c, e), s in scores.items()
    ]
    found = told(rows, mode="assign")
    assert [(each["conversation"], each["expert"], each["value"]) for each in found] == [
        ("a", "y", 8.0), ("b", "x", 8.0), ("c", "y", 2.0),
    ]  # fmt: skip
    assert found[0]["detail"]["total"] == 18
    (none,) = told([{**each, "capacity": 1} for each in rows], mode="assign")
    assert none["conversation"] is none["value"] is None
    assert "at most 2 of 3" in none["detail"]["why"]
    with pytest.raises(Refused, match="capacity of 1 and 2"):
        told([*rows, {**rows[0], "capacity": 2}], mode="assign")


def test_queues_are_staffed_by_erlang() -> None:
    queues = [("a", 8.0, 10.0), ("b", 100.0, 110.0), ("c", 5.0, 5.0), ("d", None, 3.0), ("e", 2.0, 2.5)]
    rows = told([{"queue": name, "load": load, "agents": agents} for name, load, agents in queues], mode="staffing")
    assert rows[0]["value"] == pytest.approx(0.40918, abs=5e-6)
    assert rows[0]["detail"]["mean_wait_per_handling"] == pytest.approx(0.20459, abs=5e-6)
    assert rows[1]["value"] == pytest.approx(0.23701, abs=5e-6)
    assert (rows[2]["value"], rows[2]["detail"]["mean_wait_per_handling"]) == (1.0, None)
    assert "grows without end" in rows[2]["detail"]["why"]
    assert [each["value"] for each in rows[3:]] == [None, None]
    assert [each["detail"]["why"] for each in rows[3:]] == ["load or agents are missing", "agents are whole"]


def test_a_setting_that_cannot_be_is_refused() -> None:
    for settings in ({"top": 0}, {"fair": -1.0}, {"waiting": 1.0}):
        with pytest.raises(Refused):
            told(desk(3), **settings)
    with pytest.raises(Refused, match="expert"):
        told([{"conversation": "a"}])


def test_a_home_names_experts_for_who_has_no_answer_yet() -> None:
    rows: list[Row] = []
    for at, each in enumerate(desk(40)):
        when = START + timedelta(days=at)
        thread = {"thread": each["conversation"], "kind": "turn", "unit": "north"}
        rows.append({**thread, "id": f"q{at}", "text": each["text"], "level": "end_customer", "person": f"p{at}",
                     "occurred_at": when})  # fmt: skip
        rows.append({**thread, "id": f"a{at}", "text": each["answer"], "level": "employee", "person": each["expert"],
                     "occurred_at": when + timedelta(hours=1)})  # fmt: skip
    open_one = {"thread": "w", "id": "w", "kind": "message", "unit": "south", "text": "gearbox noise and oil leak",
                "level": "prospect", "person": "new", "occurred_at": START + timedelta(days=41)}  # fmt: skip
    now = START + timedelta(days=42)
    table = decide(scratch([*rows, open_one], now=now))
    assert plain(table)[0]["expert"] == "gus"
    assert {tuple(each) for each in table["about"].to_pylist()} == {("south",)}
    assert decide(scratch(rows, now=now)).num_rows == 0
    again = plain(decide(scratch(rows, now=now), conversation=["c39"], top=1))
    assert [each["conversation"] for each in again] == ["c39"]
    assert again[0]["n"] == 39


def talks(size: int = 60) -> list[Row]:
    """A desk's conversations as a home holds them; each customer thanks at the end."""
    rows: list[Row] = []
    for at, each in enumerate(desk(size)):
        when = START + timedelta(days=at)
        usual = {"thread": each["conversation"], "kind": "turn", "unit": "north"}
        said = (("q", "end_customer", f"p{at}", each["text"]), ("a", "employee", each["expert"], each["answer"]),
                ("z", "end_customer", f"p{at}", "thank you"))  # fmt: skip
        rows += [{**usual, "id": f"{name}{at}", "source_id": f"{name}{at}", "level": level, "person": person,
                  "text": text, "occurred_at": when + timedelta(hours=hour)}
                 for hour, (name, level, person, text) in enumerate(said)]  # fmt: skip
    return rows


def message(name: str = "w", **more: Any) -> Row:
    usual = {"thread": name, "id": name, "source_id": name, "kind": "message", "unit": "south", "level": "prospect",
             "person": "new", "text": "gearbox noise and oil leak",
             "occurred_at": START + timedelta(days=61)}  # fmt: skip
    return usual | more


def kind(interaction: str, label: str, layer: str = "kind") -> Row:
    return {"id": f"{interaction}{label}", "interaction": interaction, "layer": layer, "label": label, "score": 0.9}


def of_home(rows: list[Row], signals: Sequence[Row] = (), **settings: Any) -> list[Row]:
    ask = scratch(rows, derived={"signal": list(signals)}, now=START + timedelta(days=62))
    return plain(decide(ask, **settings))


def test_a_home_tells_what_each_has_open_and_who_has_too_much_is_passed_over() -> None:
    best = of_home([*talks(), message()])[0]["expert"]
    late = START + timedelta(days=60)
    open_ones = [
        {**each, "id": f"{each['id']}-{at}", "source_id": f"{each['id']}-{at}", "thread": f"open{at}"}
        for at in range(3) for each in (
            message("q", level="end_customer", occurred_at=late),
            message("a", level="employee", person=best, text="I look at it", occurred_at=late + timedelta(hours=1)),
            message("z", level="end_customer", text="and now", occurred_at=late + timedelta(hours=2)),
        )
    ]  # fmt: skip
    rows = [*talks(), *open_ones, message()]
    free = {each["expert"]: each for each in of_home(rows)}
    assert free[best]["detail"]["load"] == 3
    assert "3 open" in free[best]["detail"]["reason"]
    tight = of_home(rows, full=3.0)
    assert best not in {each["expert"] for each in tight}
    assert tight[0]["detail"]["left_out"] == {"has too much open": 1}
    thanked = of_home(rows, [kind(f"z-{at}", "thanks") for at in range(3)])
    assert {each["expert"]: each for each in thanked}[best]["detail"]["load"] == 0


def test_nobody_who_sells_is_sent_to_a_customer_who_is_not_ready_to_buy() -> None:
    rows = [*talks(), message()]
    best = of_home(rows)[0]["expert"]
    for label, ready in (("request", True), ("problem", False)):
        named = {each["expert"] for each in of_home(rows, [kind("w", label)], sales=[best])}
        assert (best in named) == ready
    assert best in {each["expert"] for each in of_home(rows, sales=[best])}  # nobody understood yet what they want


def test_where_language_binds_only_those_who_answered_in_it_are_named() -> None:
    heard = [kind(f"q{at}", "fr" if at % 3 else "es", "language") for at in range(60)]
    heard.append(kind("w", "es", "language"))
    rows = [*talks(), message()]
    spanish = {each["person"] for each in rows if each["id"][0] == "a" and int(each["id"][1:]) % 3 == 0}
    named = {each["expert"] for each in of_home(rows, heard, language="must", top=50)}
    assert named <= spanish
    assert "same language" in of_home(rows, heard)[0]["detail"]["reason"]


def test_where_nobody_answered_anything_yet_the_unit_takes_it_by_rule() -> None:
    found = of_home([message(), message("v", unit=None)])
    assert [each["expert"] for each in found] == [None, None]
    assert {each["detail"]["reason"] for each in found} == {
        "By rule: south takes it, which it is about.", "By rule: head office takes it.",
    }  # fmt: skip
