"""Decisions about who belongs together: the last word on a pair counts, what is undone leaves no trace."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.rules.belonging import Decision, belonging, spoken, standing

PEOPLE = "abcdef"
SIDE = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)
SAID = st.tuples(st.sampled_from(["confirm", "merge", "reject", "split"]), SIDE, SIDE, st.sampled_from(["", *PEOPLE]))
STEPS = st.lists(st.one_of(SAID, st.integers(0, 30)), max_size=20)


def rows(steps: list[Any]) -> list[dict[str, Any]]:
    """Corrections from steps: a decision, or the place of an earlier one to undo."""
    made: list[dict[str, Any]] = []
    for number, step in enumerate(steps):
        if isinstance(step, int):
            change: dict[str, Any] = {"takes_back": f"d{step % number}"} if number else {"takes_back": "none"}
        else:
            verb, left, right, keeps = step
            change = {"verb": verb, "left": left, "right": [each for each in right if each not in left], "keeps": keeps}
        made.append({"id": f"d{number}", "change": json.dumps(change)})
    return made


@given(STEPS)
def test_undoing_the_last_decision_returns_exactly_what_stood_before(steps: list[Any]) -> None:
    before = rows(steps)
    after = [*before, {"id": "x", "change": json.dumps({"verb": "merge", "left": ["a"], "right": ["b"]})}]
    undone = [*after, {"id": "y", "change": json.dumps({"takes_back": "x"})}]
    assert standing(undone) == standing(before)
    redone = [*undone, {"id": "z", "change": json.dumps({"takes_back": "y"})}]
    assert standing(redone) == standing(after)


@given(STEPS, st.integers(0, 30))
def test_undoing_any_decision_is_as_if_it_had_never_been_made(steps: list[Any], place: int) -> None:
    made = rows(steps)
    stood = standing(made)
    if not stood:
        return
    gone = stood[place % len(stood)]
    after = standing([*made, {"id": "y", "change": json.dumps({"takes_back": gone.id})}])
    assert after == [each for each in stood if each != gone]


@settings(max_examples=60)
@given(STEPS)
def test_of_each_pair_the_last_decision_counts(steps: list[Any]) -> None:
    stood = standing(rows(steps))
    found = belonging(stood)
    assert not set(found.together) & set(found.apart)
    for pair in found.together:
        last = spoken(stood, *pair)
        assert last is not None
        assert dict(last.pairs())[pair]
    for pair in found.apart:
        last = spoken(stood, pair[1], pair[0])
        assert last is not None
        assert last.verb in ("reject", "split")


def test_who_is_split_off_stays_one_on_either_side() -> None:
    found = belonging([Decision("1", "split", ("a", "c"), ("b", "d"))])
    assert found.together == (("a", "c"), ("b", "d"))
    assert set(found.apart) == {("a", "b"), ("a", "d"), ("b", "c"), ("c", "d")}


def test_a_customer_is_called_by_whom_the_last_merge_keeps_else_by_the_first_id() -> None:
    merges = [Decision("1", "merge", ("c",), ("a",), "c"), Decision("2", "merge", ("b",), ("c",), "b")]
    assert belonging(merges).name(["a", "b", "c"]) == "b"
    assert belonging(merges).name(["a", "c"]) == "c"
    assert belonging(merges).name(["e", "d"]) == "d"


def test_what_is_no_decision_says_nothing() -> None:
    assert standing([{"id": "1", "change": None}, {"id": "2", "change": '{"verb": "guess", "left": ["a"]}'}]) == []
    assert spoken([], "a", "b") is None
