"""What people said of texts becomes examples, each once, with what is kept apart left out."""

from __future__ import annotations

import json
from typing import Any

from touchstone.rules import examples as rules

PARKING = {"touchpoint": "parking", "polarity": "negative"}
BILL = {"touchpoint": "bill", "polarity": "positive"}


def said(id: str, table: str, interaction: str | None, **change: Any) -> dict[str, Any]:
    return {"id": id, "table": table, "interaction": interaction, "change": json.dumps(change)}


def given(rows: list[dict[str, Any]], **found: Any) -> dict[str, dict[str, Any]]:
    return rules.examples(rules.standing(rows), mentions=found.get("mentions", ()), signals=found.get("signals", ()))


def test_about_half_of_random_readings_are_kept_apart_and_always_the_same() -> None:
    apart = [id for id in map(str, range(2000)) if rules.kept_apart(id)]
    assert 900 < len(apart) < 1100
    assert [id for id in map(str, range(2000)) if rules.kept_apart(id)] == apart


def test_random_readings_teach_unless_kept_apart_and_picked_ones_always_do() -> None:
    apart = next(id for id in map(str, range(9)) if rules.kept_apart(id))
    teaches = next(id for id in map(str, range(9)) if not rules.kept_apart(id))
    rows = [said("a", "reading", apart, mentions=[]), said("b", "reading", teaches, mentions=[PARKING])]
    assert given(rows) == {teaches: {"mentions": [PARKING]}}
    picked = [said("c", "example", apart, mentions=[BILL])]
    assert given([*rows, *picked]) == {teaches: {"mentions": [PARKING]}, apart: {"mentions": [BILL]}}


def test_of_two_readings_the_later_counts_and_typed_ones_bring_their_text() -> None:
    rows = [
        said("a", "example", "x", mentions=[]),
        said("b", "example", "x", mentions=[BILL]),
        said("c", "example", None, text="No space.", mentions=[PARKING]),
    ]
    assert given(rows) == {"x": {"mentions": [BILL]}, "c": {"text": "No space.", "mentions": [PARKING]}}


def test_a_corrected_text_says_what_stands_in_it_now() -> None:
    rows = [
        said("a", "mention", "x", **PARKING),
        said("b", "signal", "x", layer="kind", label="praise", score=1.0),
        said("c", "signal", "y", layer="promotion", label="promotional", score=None),
    ]
    mentions = [{"interaction": "x", **PARKING}, {"interaction": "z", **BILL}]
    signals = [
        {"interaction": "x", "layer": "kind", "label": "praise", "score": 1.0},
        {"interaction": "x", "layer": "kind", "label": "thanks", "score": 0.3},
        {"interaction": "x", "layer": "promotion", "label": "promotional", "score": 0.9},
    ]
    found = given(rows, mentions=mentions, signals=signals)
    assert found == {
        "x": {"mentions": [PARKING], "kinds": ["praise"]},
        "y": {"mentions": [], "promotional": False},
    }
    assert rules.corrected(rules.standing(rows)) == ["x", "y"]


def test_what_was_taken_back_teaches_nothing() -> None:
    rows = [said("a", "mention", "x", **PARKING), said("b", "mention", "x", takes_back="a")]
    assert given(rows) == {}


def test_a_touchpoint_counts_once_in_an_example() -> None:
    assert rules.counted([{"mentions": [PARKING, PARKING, BILL]}, {"kinds": []}]) == {"parking": 1, "bill": 1}
