"""The lake follows the record: whatever happened, in whatever order, it holds what deriving all afresh would give."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store._worlds import contents, counted, history, home, recorded, said, understand, understood
from touchstone.core.errors import Stop
from touchstone.core.tables import METRIC
from touchstone.store import _merge
from touchstone.store._arrive import identify
from touchstone.store._map import MADE, _flattened
from touchstone.store.home import Store

MAKER = "reader@1"


def full(folder: Path, database: str = "", count: int = 30) -> Store:
    """A home with interactions that were understood."""
    store = home(folder, database)
    store.append([[said(number) for number in range(count)]])
    store.derive()
    understand(store, MAKER)
    return store


def correction(number: int, change: str, *, key: str = "", table: str = "mention") -> dict[str, Any]:
    """A correction of interaction `number`."""
    told = {"table": table, "interaction": identify("survey", str(number)), "change": change}
    return {"id": f"{number}{change}{key}", "person": "clerk", **told}


def test_the_lake_holds_what_the_record_holds(tmp_path: Path, record_url: str) -> None:
    store = full(tmp_path, record_url)
    kept = recorded(store)
    assert contents(store, ["interaction"])["interaction"] == [kept[id] for id in sorted(kept)]
    assert len(contents(store, ["mention"])["mention"]) > 0
    counted(store)
    assert store.derive() is False


def test_a_change_takes_back_what_was_understood_of_the_old_words(tmp_path: Path, record_url: str) -> None:
    store = full(tmp_path, record_url)
    store.append([[said(3, text="quite other words", unit="unit-9")]])
    store.derive()
    held = contents(store, ["mention"])["mention"]
    assert identify("survey", "3") not in {row["interaction"] for row in held}
    counted(store)
    waiting = pa.concat_tables(batch for batch, _ in store.pending(MAKER))
    assert waiting["text"].to_pylist() == ["quite other words"]
    understand(store, MAKER)
    counted(store)


def test_extending_twice_adds_nothing_and_older_versions_of_a_maker_leave(tmp_path: Path) -> None:
    store = full(tmp_path)
    rows = understood(store.ask().lake("select * from interaction"), MAKER)
    assert store.extend("mention", MAKER, rows, 30) is False
    before = len(contents(store, ["mention"])["mention"])
    understand(store, "reader@2", batch=7)
    held = contents(store, ["mention"])["mention"]
    assert len(held) == before
    assert {row["maker"] for row in held} == {"reader@2"}
    counted(store)


def test_what_the_brand_itself_says_waits_for_no_maker(tmp_path: Path) -> None:
    store = home(tmp_path)
    rows = [said(1), said(2, kind="claim"), said(3, kind="turn", level="employee"), said(4, level="employee")]
    store.append([rows])
    store.derive()
    waiting = pa.concat_tables(batch for batch, _ in store.pending(MAKER))
    kept = [identify("survey", "1"), identify("survey", "4")]  # an employee's own answer is his own
    assert sorted(waiting["id"].to_pylist()) == sorted(kept)
    held = store.ask().lake("select id, seq, text, touchpoint, kind, level from interaction")
    flat = pa.schema([("id", pa.string()), (MADE, pa.string())])
    for batch in held.to_batches():
        told = _flattened(lambda found: {"mention": found.select(["id"])}, 0, flat, batch)
        assert sorted(told["id"].to_pylist()) == sorted(kept), "on a cluster as here"


def test_a_maker_of_two_tables_sees_a_batch_again_until_both_have_it(tmp_path: Path) -> None:
    store = home(tmp_path)
    store.append([[said(1), said(2)]])
    store.derive()
    batch, _ = next(store.pending(MAKER, "mention", "signal"))
    store.extend("mention", MAKER, understood(batch, MAKER), 2)
    assert len(list(store.pending(MAKER, "mention", "signal"))) == 1
    store.extend("signal", MAKER, [], 2)
    assert list(store.pending(MAKER, "mention", "signal")) == []


def test_rows_with_the_seq_of_their_interactions_are_taken_in_over_files_of_every_origin(tmp_path: Path) -> None:
    store = home(tmp_path)
    for rows in ([said(number) for number in range(30)], [said(3, text="quite other words")]):
        store.append([rows])
        store.derive()  # the second time, a file is written anew without what left it
    (batch, upto), *rest = store.pending(MAKER)
    assert (len(batch), rest) == (30, [])
    made = understood(batch, MAKER)
    seqs = batch["seq"].take(pc.index_in(made["interaction"], value_set=batch["id"])).to_pylist()
    strange = pa.array([upto + 1, *seqs[1:]])  # the first is about an interaction that is not there
    store.extend("mention", MAKER, made.append_column("seq", strange), upto)
    assert len(contents(store, ["mention"])["mention"]) == len(made) - 1
    counted(store)


def test_replacing_leaves_only_the_new_rows_of_that_maker(tmp_path: Path) -> None:
    store = home(tmp_path)
    row = {"name": "nps", "by": [("unit", "a")], "value": 1.0, "n": 3, "detail": "{}", "about": ["a"], "rests_on": []}
    store.replace("metric", "nps@1", pa.Table.from_pylist([{"id": "1", **row}, {"id": "2", **row}], schema=METRIC))
    store.replace("metric", "rating@1", pa.Table.from_pylist([{"id": "3", **row}], schema=METRIC))
    store.replace("metric", "nps@2", pa.Table.from_pylist([{"id": "4", **row}], schema=METRIC))
    assert [row["id"] for row in contents(store, ["metric"])["metric"]] == ["3", "4"]
    store.replace("metric", "nps@2", [])
    assert [row["id"] for row in contents(store, ["metric"])["metric"]] == ["3"]


def test_what_is_no_derived_table_is_told(tmp_path: Path) -> None:
    store = home(tmp_path)
    with pytest.raises(Stop, match="no derived table"):
        store.replace("interaction", MAKER, [])
    with pytest.raises(Stop, match="nonsense"):
        store.replace("metric", MAKER, pa.table({"nonsense": [1]}))
    with pytest.raises(Stop, match="batch by batch"):
        store.extend("metric", MAKER, [], 1)


CHANGES = {
    "made negative": ('{"touchpoint": "parking", "polarity": "negative", "sentiment": -1.0}', {"negative"}),
    "taken away": ('{"touchpoint": "parking", "polarity": null, "sentiment": null}', set()),
    "polarity alone": ('{"touchpoint": "parking", "polarity": "positive"}', {"positive"}),
}


@pytest.mark.parametrize("number", [0, 1, 2, 10], ids=lambda number: f"interaction {number}")
@pytest.mark.parametrize("change", CHANGES)
def test_a_correction_holds_now_and_after_every_rerun(tmp_path: Path, change: str, number: int) -> None:
    store = full(tmp_path)
    text, expected = CHANGES[change]
    assert store.correct([correction(number, text)]) == 1
    assert store.correct([correction(number, text)]) == 0
    store.derive()
    wanted = "select polarity from mention where interaction = ? and touchpoint = 'parking'"
    for maker in (MAKER, "reader@2"):
        understand(store, maker)
        found = store.ask().lake(wanted, [identify("survey", str(number))])["polarity"].to_pylist()
        assert set(found) == expected
        counted(store)
    assert store.derive() is False


def test_corrections_are_replayed_in_order_of_arrival(tmp_path: Path) -> None:
    store = full(tmp_path)
    for key, polarity in enumerate(("negative", "positive", "mixed")):
        store.correct([correction(1, f'{{"touchpoint": "bill", "polarity": "{polarity}"}}', key=str(key))])
    store.derive()
    rows = store.ask().lake(
        "select polarity, start, stop from mention where interaction = ? and touchpoint = 'bill'",
        [identify("survey", "1")],
    )
    assert rows.to_pylist() == [{"polarity": "mixed", "start": 0, "stop": len("word 1")}]


def test_erasing_leaves_nothing_of_a_person_anywhere(tmp_path: Path) -> None:
    store = full(tmp_path, count=40)
    secret = "zanzibar marmalade"
    store.append([[said(7, text=secret, person="ann"), said(41, text="once " + secret, person="ann")]])
    store.append([[said(41, text=secret, person="ann")]])
    store.put("person", [{"id": "ann", "name": secret}])
    store.replace(
        "link", "twins@1", [{"id": "l", "left": identify("survey", "7"), "right": "x"}, {"id": "m", "left": "x"}]
    )
    store.rejected([{"source": "file", "record": {"person": "ann", "text": secret}}, {"source": "file", "record": {}}])
    store.derive()
    understand(store, MAKER)
    assert store.erase("ann").interactions == 2
    assert store.erase("ann").interactions == 0
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    texts = store.ask().lake("select text from interaction")["text"].to_pylist()
    assert len(texts) == 39
    assert secret not in texts
    assert store.ask().lake("select id from link")["id"].to_pylist() == ["m"]
    assert history(store) == []
    counted(store)
    store.append([[said(50)]])
    store.derive()
    counted(store)
    assert len(contents(store, ["interaction"])["interaction"]) == 40


def test_stray_files_are_no_part_of_the_lake_and_are_swept(tmp_path: Path) -> None:
    store = full(tmp_path)
    listed = next((tmp_path / "lake" / "interaction").glob("*.parquet"))
    stray = listed.with_name("0-99-stray.parquet")
    shutil.copy(listed, stray)
    half = listed.with_name("0-99-half.parquet.part")
    half.write_bytes(b"PAR1")
    before = contents(store)
    assert len(before["interaction"]) == 30
    store.append([[said(99)]])
    store.derive()
    assert stray.exists(), "another process may be about to list it"
    for path in (stray, half):
        os.utime(path, (0, 0))
    store.append([[said(100)]])
    store.derive()
    assert not stray.exists()
    assert not half.exists()
    assert len(contents(store)["interaction"]) == 32


def test_a_question_goes_on_when_the_files_it_read_are_gone(tmp_path: Path) -> None:
    store = full(tmp_path)
    ask = store.ask()
    assert ask.lake("select count(*) as n from interaction")["n"].to_pylist() == [30]
    store.append([[said(number, text="anew") for number in range(30)]])
    store.derive()
    store._lake.sweep(older=0)
    assert ask.lake("select distinct text from interaction")["text"].to_pylist() == ["anew"]


def test_a_lake_that_was_deleted_is_filled_again(tmp_path: Path) -> None:
    store = full(tmp_path)
    before = contents(store)
    shutil.rmtree(tmp_path / "lake")
    assert store.derive() is True
    understand(store, MAKER)
    assert contents(store) == before
    counted(store)


def test_many_small_pieces_become_few(tmp_path: Path) -> None:
    store = home(tmp_path)
    for number in range(12):
        store.append([[said(number)]])
        store.derive()
    with store.record.reading() as connection:
        state = store._lake.state(connection)
    assert {name: len(state.of(name)) for name in _merge.FEW if len(state.of(name)) > _merge.FEW[name]} == {}
    assert len(contents(store, ["interaction"])["interaction"]) == 12
    counted(store)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 7), st.integers(0, 2)),
        st.tuples(st.just("correct"), st.integers(0, 7), st.sampled_from(sorted(CHANGES))),
        st.tuples(st.just("erase"), st.integers(0, 4), st.none()),
        st.tuples(st.just("derive"), st.none(), st.none()),
        st.tuples(st.just("understand"), st.integers(1, 5), st.none()),
    ),
    max_size=14,
)


@settings(max_examples=6, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_the_lake_is_what_rebuilding_it_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, Any, Any]]
) -> None:
    lived = home(tmp_path_factory.mktemp("lived"))
    for step, number, what in steps:
        _live(lived, step, number=number, what=what)
    lived.derive()
    understand(lived, MAKER)
    counted(lived)
    kept = recorded(lived)
    assert contents(lived, ["interaction"])["interaction"] == [kept[id] for id in sorted(kept)]
    before = contents(lived)
    rows = lived.ask().lake("select * from interaction order by id")
    lived.replace("mention", MAKER, understood(rows, MAKER))
    assert contents(lived) == before
    counted(lived)
    lived.close()


def _live(store: Store, step: str, *, number: Any, what: Any) -> None:
    if step == "append":
        store.append([[said(number, text=f"words {what}" * (what + 1))]])
    elif step == "correct":
        store.correct([correction(number, CHANGES[what][0])])
    elif step == "erase":
        store.erase(f"person-{number}")
    elif step == "derive":
        store.derive()
    else:
        understand(store, MAKER, batch=number)
