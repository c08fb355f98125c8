"""Corrections that say what, where and instead of what; and corrections taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.store._worlds import counted, home, said, understand, understood
from touchstone.core.tables import SIGNAL
from touchstone.store._arrive import identify
from touchstone.store.home import Store

MAKER = "reader@1"
ABOUT = identify("survey", "10")  # whose one mention is of parking


@pytest.fixture
def store(tmp_path: Path, record_url: str) -> Store:
    made = home(tmp_path, record_url)
    made.append([[said(number) for number in range(12)]])
    made.derive()
    understand(made, MAKER)
    return made


def correct(store: Store, id: str, **change: Any) -> None:
    import json

    row = {"id": id, "table": "mention", "interaction": ABOUT, "change": json.dumps(change)}
    assert store.correct([row]) == 1
    store.derive()


def mentions(store: Store) -> list[tuple[str, str, int, int]]:
    sql = "select touchpoint, polarity, start, stop from mention where interaction = ? order by touchpoint, start"
    return [tuple(row.values()) for row in store.ask().lake(sql, [ABOUT]).to_pylist()]


def reread(store: Store, maker: str = MAKER) -> None:
    waiting, last = store.waiting(maker)
    store.reread(maker, {"mention": understood(waiting, maker)}, ids=waiting["id"].to_pylist(), last=last)


def test_a_mention_can_become_one_of_another_touchpoint(store: Store) -> None:
    [(_, polarity, start, stop)] = mentions(store)
    correct(store, "a", touchpoint="parking", becomes="bill")
    assert mentions(store) == [("bill", polarity, start, stop)]
    counted(store)
    understand(store, "reader@2")
    assert mentions(store) == [("bill", polarity, start, stop)]
    counted(store)


def test_a_correction_taken_back_leaves_what_the_maker_says_and_what_else_was_corrected(store: Store) -> None:
    before = mentions(store)
    correct(store, "a", touchpoint="parking", polarity="mixed")
    correct(store, "b", touchpoint="bill", polarity="negative", start=0, stop=4)
    correct(store, "c", takes_back="a")
    waiting, _ = store.waiting(MAKER)
    assert waiting["id"].to_pylist() == [ABOUT]
    reread(store)
    assert mentions(store) == [("bill", "negative", 0, 4), *before]
    counted(store)
    assert not len(store.waiting(MAKER)[0])
    understand(store, "reader@2")
    assert mentions(store) == [("bill", "negative", 0, 4), *before]


def test_a_correction_taken_back_before_anyone_saw_it_changes_nothing(store: Store) -> None:
    before = mentions(store)
    rows = [("a", '{"touchpoint": "parking", "polarity": null}'), ("b", '{"takes_back": "a"}')]
    store.correct([{"id": id, "table": "mention", "interaction": ABOUT, "change": text} for id, text in rows])
    store.derive()
    assert mentions(store) == before
    reread(store)
    assert mentions(store) == before
    counted(store)


def test_a_span_that_the_changed_text_no_longer_has_is_left_out(store: Store) -> None:
    correct(store, "a", touchpoint="parking", polarity="mixed", start=2, stop=6)
    assert mentions(store) == [("parking", "mixed", 2, 6)]
    store.append([[said(10, text="w 1a")]])
    store.derive()
    understand(store, MAKER)
    [(_, polarity, _, stop)] = [row for row in mentions(store) if row[0] == "parking"]
    assert polarity == "mixed"
    assert stop <= len("w 1a")


def test_a_signal_nobody_gave_is_added_by_who_reads_whole_texts(store: Store) -> None:
    change = '{"layer": "kind", "label": "praise", "score": 1.0}'
    store.correct([{"id": "a", "table": "signal", "interaction": ABOUT, "change": change}])
    store.extend("signal", MAKER, SIGNAL.empty_table(), 12)
    store.replace("signal", "bursts@1", pa.Table.from_pylist([], schema=SIGNAL))
    found = store.ask().lake("select layer, label, score, maker from signal").to_pylist()
    assert found == [{"layer": "kind", "label": "praise", "score": 1.0, "maker": MAKER}]


def test_corrections_can_be_asked_for_with_who_made_them(store: Store) -> None:
    correct(store, "a", touchpoint="parking", polarity="mixed")
    rows = store.ask().lake('select id, "table", interaction, name from correction').to_pylist()
    assert rows == [{"id": "a", "table": "mention", "interaction": ABOUT, "name": None}]
