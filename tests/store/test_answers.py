"""Answers given before are kept while nothing changes, for whoever may see the same, and never longer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import select

from tests.store._worlds import home, said
from touchstone.core.settings import Settings
from touchstone.core.taxonomy import Taxonomy
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.store import _answers, tables
from touchstone.store._answers import Answers

COUNT = "select count(*) as n from interaction"
ONE, OTHER = Viewer("partner", ("unit-1",)), Viewer("partner", ("unit-2",))


@pytest.fixture
def world(tmp_path: Path) -> Any:
    made = home(tmp_path)
    made.append([[said(number) for number in range(30)]])
    made.put("unit", [{"id": f"unit-{n}"} for n in range(3)])
    made.derive()
    yield made
    made.close()


def counted(store: Any, viewer: Viewer) -> int:
    found: int = store.ask(viewer, remember=True).lake(COUNT)["n"][0].as_py()
    return found


def test_a_question_is_put_once() -> None:
    kept, put = Answers(), []

    def find() -> pa.Table:
        put.append(1)
        return pa.table({"n": [len(put)]})

    assert [kept.of("q", [1, "a"], find)["n"][0].as_py() for _ in range(3)] == [1, 1, 1]
    assert kept.of("q", [2, "a"], find)["n"][0].as_py() == 2  # other parameters: another question
    assert kept.of("q", ["x" * 5_000], find)["n"][0].as_py() == 3
    assert kept.of("q", ["x" * 5_000], find)["n"][0].as_py() == 4  # too long to keep


def test_what_was_asked_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_answers, "_ALL", 800)
    kept, put = Answers(), []

    def asked(name: str, rows: int = 40) -> None:
        kept.of(name, [], lambda: put.append(name) or pa.table({"n": range(rows)}))  # type: ignore[func-returns-value]  # notes it and goes on

    for name in ("a", "b", "a", "c", "b", "a"):  # 320 bytes each: two have room
        asked(name)
    assert put == ["a", "b", "c", "b", "a"]
    monkeypatch.setattr(_answers, "_LARGE", 100)
    asked("large"), asked("large")
    assert put[-2:] == ["large", "large"]


def test_those_who_ask_the_same_at_once_wait_for_one_answer() -> None:
    kept, put, begun, go = Answers(), [], threading.Event(), threading.Event()

    def find() -> tuple[int, ...]:
        put.append(1)
        begun.set()
        go.wait(timeout=5)
        return (7,)

    with ThreadPoolExecutor(4) as people:
        asked = [people.submit(kept.made, "same", find)]
        begun.wait(timeout=5)
        asked += [people.submit(kept.made, "same", find) for _ in range(3)]
        go.set()
        assert {each.result(timeout=5) for each in asked} == {(7,)}
    assert len(put) == 1


def test_who_waits_for_one_that_fails_finds_their_own() -> None:
    kept, begun, go = Answers(), threading.Event(), threading.Event()

    def fails() -> str:
        begun.set()
        go.wait(timeout=5)
        raise ZeroDivisionError

    with ThreadPoolExecutor(2) as people:
        first = people.submit(kept.made, "same", fails)
        begun.wait(timeout=5)
        second = people.submit(kept.made, "same", lambda: "found")
        go.set()
        assert second.result(timeout=5) == "found"
        with pytest.raises(ZeroDivisionError):
            first.result(timeout=5)
    assert kept.made("same", lambda: "again") in ("found", "again")


def test_what_did_not_last_is_not_remembered_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_answers, "_PASSING", 3)
    kept = Answers()
    for number in [*range(9), *range(9)]:
        assert kept.made(number, lambda: "found", lasts=lambda: False) == "found"
    assert len(kept._passing) == 3
    assert not kept._kept
    assert not kept._coming


def test_what_is_made_of_the_lake_alone_is_kept_and_what_asks_more_is_not(world: Any) -> None:
    asks: dict[str, Callable[[Any], Any]] = {
        "lake": lambda ask: ask.lake(COUNT)["n"][0].as_py(),
        "taxonomy": lambda ask: ask.taxonomy.names,
        "record": lambda ask: len(ask.record(select(tables.unit.c.id))),
        "now": lambda ask: ask.now,
        "chain": lambda ask: ask.broken(),
    }
    made: list[str] = []

    def make(name: str) -> Any:
        ask = world.ask(INSIDER, remember=True)
        return ask.kept(name, lambda: (made.append(name), asks[name](ask)))  # type: ignore[func-returns-value]  # notes it

    for name in [*asks, *asks]:
        make(name)
    assert sorted(made) == sorted([*asks, "record", "now", "chain"])
    world.adopt(Taxonomy("other", ()))
    assert make("taxonomy")[1] == ()


def test_what_asks_for_the_day_alone_is_kept_until_midnight(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for told in ("2026-03-02T09:00", "2026-03-02T23:59:59", "2026-03-03T00:00", "2026-03-03T11:00"):
        instant = datetime.fromisoformat(f"{told}+00:00")
        monkeypatch.setattr(Settings, "clock", lambda _, instant=instant: instant)
        ask = world.ask(INSIDER, remember=True)
        assert ask.kept("day", lambda ask=ask: made.append(1) or ask.today) == instant.date()  # type: ignore[func-returns-value]  # notes it
    assert len(made) == 2


def test_a_taxonomy_written_by_hand_is_in_what_is_made_next(world: Any) -> None:
    ask = world.ask(INSIDER, remember=True)
    before = ask.kept("names", lambda: ask.taxonomy.names)
    file = world.path / "taxonomy.yaml"
    file.write_text(file.read_text("utf-8").replace("parking", "the car park"), "utf-8")
    ask = world.ask(INSIDER, remember=True)
    after = ask.kept("names", lambda: ask.taxonomy.names)
    assert before != after
    assert "the car park" in after


def test_what_is_heard_next_is_in_the_next_answer(world: Any) -> None:
    assert counted(world, INSIDER) == 30
    world.append([[said(99, unit="unit-1")]])
    world.derive()
    assert counted(world, INSIDER) == 31


def test_nobody_is_answered_with_what_another_may_see(world: Any) -> None:
    whole = counted(world, INSIDER)
    own, theirs = counted(world, ONE), counted(world, OTHER)
    world.put("unit", [{"id": "unit-2", "parent": "unit-1"}])
    together = counted(world, ONE)
    assert (whole, own, theirs, together) == (30, 10, 10, 20)
    masked = world.ask(Viewer("insider", personal=False), remember=True).lake("select person from interaction")
    plain = world.ask(INSIDER, remember=True).lake("select person from interaction")
    assert masked.num_rows == plain.num_rows == 30


def test_what_is_erased_is_in_no_answer(world: Any) -> None:
    words = "select text from interaction where person = 'person-1'"
    assert world.ask(INSIDER, remember=True).lake(words).num_rows > 0
    world.erase("person-1")
    assert world.ask(INSIDER, remember=True).lake(words).num_rows == 0


def test_a_text_is_made_again_where_what_it_is_made_of_says_anything_else() -> None:
    kept, made = Answers(), []

    def text(thing: Any) -> str:
        return kept.alike("key", thing, lambda: made.append(thing) or f"of {thing!r}")  # type: ignore[func-returns-value]  # notes it

    for thing in (("a", 1), ("a", 1), ("a", 1.0), ("a", True), ("a", 1), "\ud800"):
        assert text(thing) == f"of {thing!r}"
    assert list(map(repr, made)) == list(map(repr, (("a", 1), ("a", 1.0), ("a", True), ("a", 1), "\ud800")))
    assert kept.alike("another", ("a", 1), lambda: "theirs") == "theirs"


def test_a_text_too_large_to_keep_is_made_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_answers, "_LARGE", 10)
    kept = Answers()
    assert [kept.alike("key", 1, lambda each=each: each * 20) for each in "ab"] == ["a" * 20, "b" * 20]


def test_a_text_of_what_was_erased_is_forgotten(world: Any) -> None:
    def drawn(word: str) -> str:
        ask = world.ask(INSIDER, remember=True)
        ask.record(select(tables.unit.c.id))  # it tells of the record
        return str(ask.alike("page", "the same", lambda: word))

    assert [drawn("person-1 said this"), drawn("later")] == ["person-1 said this"] * 2
    world.erase("person-1")
    assert drawn("nobody") == "nobody"
