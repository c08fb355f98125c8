"""Answers given before are kept while nothing changes, for whoever may see the same, and never longer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.store._worlds import home, said
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.store import _answers
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
