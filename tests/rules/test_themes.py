"""Edits of themes: replayed in order over whatever is found, and undone as if they had never been made."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from touchstone.rules.themes import edited, standing

FOUND = np.array(["a", "a", "b", "b", "c", ""], object)


def says(words: tuple[str, ...]) -> np.ndarray:
    """Every other text says `even`."""
    return np.arange(len(FOUND)) % 2 == 0 if "even" in words else np.zeros(len(FOUND), np.bool_)


def row(number: int, **change: Any) -> dict[str, Any]:
    return {"id": str(number), "table": "theme", "change": json.dumps(change)}


def after(*changes: dict[str, Any]) -> list[str]:
    rows = [row(number, **change) for number, change in enumerate(changes)]
    return list(edited(FOUND, standing(rows), says).theme)


def test_a_merged_theme_goes_into_the_other_and_a_split_takes_the_texts_that_say_its_words():
    assert after({"verb": "merge", "theme": "a", "into": "b"}) == ["b", "b", "b", "b", "c", ""]
    assert after({"verb": "split", "theme": "a", "into": "n", "words": ["even"]}) == ["n", "a", "b", "b", "c", ""]
    assert after({"verb": "dismiss", "theme": "b"}) == ["a", "a", "", "", "c", ""]


def test_edits_hold_in_their_order_so_that_themes_merged_both_ways_are_one():
    both = [{"verb": "merge", "theme": "a", "into": "b"}, {"verb": "merge", "theme": "b", "into": "a"}]
    assert after(*both) == ["a", "a", "a", "a", "c", ""]


def test_what_takes_back_may_be_taken_back():
    merge = {"verb": "merge", "theme": "a", "into": "b"}
    assert after(merge, {"takes_back": "0"}) == list(FOUND)
    assert after(merge, {"takes_back": "0"}, {"takes_back": "1"}) == after(merge)


def test_the_last_name_holds_and_corrections_of_other_tables_are_none_of_ours():
    rows = [row(0, verb="rename", theme="a", name="one"), row(1, verb="rename", theme="a", name="two")]
    other = {"id": "2", "table": "link", "change": json.dumps({"verb": "merge", "theme": "a", "into": "b"})}
    found = edited(FOUND, standing([*rows, other]), says)
    assert found.names == {"a": "two"}
    assert list(found.theme) == list(FOUND)


IDS = st.sampled_from(["a", "b", "c", "n"])
CHANGES = st.one_of(
    st.builds(lambda one, two: {"verb": "merge", "theme": one, "into": two}, IDS, IDS),
    st.builds(lambda one, two: {"verb": "split", "theme": one, "into": two, "words": ["even"]}, IDS, IDS),
    st.builds(lambda one: {"verb": "dismiss", "theme": one}, IDS),
    st.builds(lambda one: {"takes_back": str(one)}, st.integers(0, 12)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CHANGES, max_size=12))
def test_whatever_is_decided_each_text_has_one_theme_and_undoing_all_brings_back_what_was_found(
    changes: list[dict[str, Any]],
):
    rows = [row(number, **change) for number, change in enumerate(changes)]
    held = standing(rows)
    theme = edited(FOUND, held, says).theme
    assert set(theme) <= {"a", "b", "c", "n", ""}
    assert theme[5] == ""
    for turn in range(20):
        if not held:
            break
        rows.append({"id": f"u{turn}", "table": "theme", "change": json.dumps({"takes_back": held[-1].id})})
        fewer = standing(rows)
        assert held[-1].id not in {each.id for each in fewer}
        held = fewer
    assert list(edited(FOUND, held, says).theme) == list(FOUND)
