"""Every enricher points only at what it was given, the same way each time."""

from __future__ import annotations

from types import ModuleType

import pyarrow as pa
import pytest

from touchstone.core import finder
from touchstone.core import taxonomy as taxonomies
from touchstone.core.tables import INTERACTION, MENTION, SIGNAL, conform
from touchstone.language.model import load
from touchstone.understand import effort, emotion, kind, language, promotion, touchpoint, urgency
from touchstone.understand._pass import Understood, read

COMPILED = load().compile(taxonomies.load("restaurant"))
ROWS = [
    {"id": "a", "text": "great food, rude waiter"},
    {"id": "b", "text": None, "touchpoint": "food"},
    {"id": "c", "text": "Quick and polite. The soup was cold.", "touchpoint": "Staff and Service"},
    {"id": "d", "text": "Something else entirely", "touchpoint": "car park"},
    {"id": "e", "text": "I received this product in exchange for my honest review. You should add salads!"},
    {"id": "f", "text": "שירות \U0001f600"},
    {"id": "g", "text": ""},
]


def understood(rows: list[dict[str, object]]) -> Understood:
    return read(conform(rows, INTERACTION), COMPILED)


@pytest.mark.parametrize("part", [effort, emotion, kind, language, promotion, urgency])
def test_signals_have_their_form_and_distinct_ids(part: ModuleType):
    table = part.understand(understood(ROWS))
    assert table.schema.equals(SIGNAL)
    assert len(set(table["id"].to_pylist())) == len(table)
    assert set(table["interaction"].to_pylist()) <= {row["id"] for row in ROWS}


def test_mentions_have_their_form_and_lie_inside_their_texts():
    table = touchpoint.understand(understood(ROWS))
    assert table.schema.equals(MENTION)
    texts = {row["id"]: row["text"] for row in ROWS}
    for row in table.to_pylist():
        assert 0 <= row["start"] < row["stop"] <= len(str(texts[row["interaction"]]))
        assert row["maker"] == f"touchpoint@{COMPILED.model.version}"
    assert len(set(table["id"].to_pylist())) == len(table)


def test_a_touchpoint_the_source_names_spans_the_text_in_the_taxonomys_spelling():
    rows = touchpoint.understand(understood(ROWS)).to_pylist()
    own = [row for row in rows if row["interaction"] == "c" and row["touchpoint"] == "staff and service"]
    assert [(row["start"], row["stop"], row["confidence"]) for row in own] == [(0, 36, 1.0)]
    assert "food" in {row["touchpoint"] for row in rows if row["interaction"] == "c"}
    assert [row["touchpoint"] for row in rows if row["interaction"] == "d"] == ["car park"]
    assert not [row for row in rows if row["interaction"] == "b"]


def test_kinds_promotion_and_language_are_told():
    held = understood(ROWS)
    assert ("e", "suggestion") in {(row["interaction"], row["label"]) for row in kind.understand(held).to_pylist()}
    reasons = [(row["interaction"], row["label"]) for row in promotion.understand(held).to_pylist()]
    assert reasons[:2] == [("e", "promotional"), ("e", "disclosed")]
    assert {interaction for interaction, _ in reasons} == {"e"}
    told = {row["interaction"]: row["label"] for row in language.understand(held).to_pylist()}
    assert told["a"] == "en"
    assert "g" not in told


@pytest.mark.parametrize("part", [touchpoint, effort, emotion, kind, language, promotion, urgency])
def test_the_same_twice_whatever_stands_beside(part: ModuleType):
    together = part.understand(understood(ROWS)).to_pylist()
    alone = [row for each in ROWS for row in part.understand(understood([each])).to_pylist()]
    assert together == alone


@pytest.mark.parametrize("part", [touchpoint, effort, emotion, kind, language, promotion, urgency])
def test_nothing_in_nothing_out(part: ModuleType):
    empty = read(pa.Table.from_pylist([], schema=INTERACTION), COMPILED)
    assert part.understand(empty).num_rows == 0


def test_the_finder_knows_them_by_their_heads():
    for name in finder.names("understand"):
        assert isinstance(finder.part("understand", name).HEADS, tuple)
        assert callable(finder.verb("understand", name))
