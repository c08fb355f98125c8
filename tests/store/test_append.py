"""Interactions are kept once each, whatever comes and however often."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.store._worlds import contents, counted, history, home, recorded, said
from touchstone.core.errors import Refused, Stop
from touchstone.core.tables import ARRIVING
from touchstone.core.viewer import Viewer
from touchstone.store import tables
from touchstone.store._append import Appended
from touchstone.store._arrive import identify


def test_what_comes_twice_is_kept_once(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    rows = [said(number) for number in range(20)]
    assert store.append([rows]) == Appended(new=20)
    assert store.append([rows]) == Appended(same=20)
    assert len(recorded(store)) == 20


def test_what_changed_keeps_its_history_and_moves_to_the_end(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    store.append([[said(1, text="first"), said(2)]])
    assert store.append([[said(1, text="second")]]) == Appended(changed=1)
    assert history(store) == [(identify("survey", "1"), "first")]
    with store.record.reading() as connection:
        rows = connection.execute(select(tables.interaction.c.seq, tables.interaction.c.text)).all()
    assert max(rows) == (3, "second") or max(rows)[1] == "second"


def test_a_key_that_comes_often_in_one_batch_is_taken_in_order(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    batch = [said(1, text=text) for text in ("a", "a", "b", "a")]
    assert store.append([batch]) == Appended(new=1, changed=2, same=1)
    assert [text for _, text in history(store)] == ["a", "b"]
    assert [row["text"] for row in recorded(store).values()] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u202eabc \u05e9\u05dc\u05d5\u05dd",
        "smile \U0001f600",
        "a\tb\\N\n\\.\n\r\"'",
        "x" * 2_000_000,
        None,
        "\\N",
    ],
    ids=["empty", "space", "right to left", "beyond the plane", "escapes", "huge", "null", "like a null"],
)
def test_any_text_comes_back_as_it_was(tmp_path: Path, record_url: str, text: str | None) -> None:
    store = home(tmp_path, record_url)
    store.append([[said(1, text=text)]])
    assert store.append([[said(1, text=text)]]) == Appended(same=1)
    store.derive()
    assert store.ask().lake("select text from interaction")["text"].to_pylist() == [text]


def test_a_nul_is_replaced_so_that_offsets_stay(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    store.append([[said(1, text="a\0b")]])
    assert store.append([[said(1, text="a\0b")]]) == Appended(same=1)
    assert [row["text"] for row in recorded(store).values()] == ["a\N{REPLACEMENT CHARACTER}b"]


def test_a_number_that_is_none_is_kept_as_null(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    store.append([[said(1, value=float("nan"), best=float("inf"))]])
    assert store.append([[said(1, value=float("nan"), best=float("inf"))]]) == Appended(same=1)
    assert [(row["value"], row["best"]) for row in recorded(store).values()] == [(None, float("inf"))]


def test_nothing_comes_to_nothing(tmp_path: Path) -> None:
    store = home(tmp_path)
    assert store.append([]) == Appended()
    assert store.append([[], ARRIVING.empty_table(), ARRIVING.empty_table().to_batches()[:0]][:2]) == Appended()
    assert store.derive() is False
    assert store.ask().lake("select count(*) as n from rollup")["n"].to_pylist() == [0]


@pytest.mark.parametrize(
    ("batch", "error", "told"),
    [
        (pa.table({"nonsense": ["x"]}), Stop, "nonsense"),
        (pa.table({"source": ["s"], "source_id": ["1"], "value": ["ten"]}), Stop, "ten"),
        (pa.table({"source": ["s"], "text": ["no key"]}), Refused, "source_id"),
        (pa.table({"source_id": ["1"]}), Refused, "source"),
        ("not a table", Stop, "interactions"),
    ],
)
def test_a_batch_that_is_none_is_told_and_leaves_nothing(tmp_path: Path, batch: Any, error: Any, told: str) -> None:
    store = home(tmp_path)
    with pytest.raises(error, match=told):
        store.append([batch])
    assert recorded(store) == {}


def test_the_source_fills_in_where_it_is_missing(tmp_path: Path) -> None:
    store = home(tmp_path)
    store.append([pa.table({"source_id": ["1", "2"], "source": ["own", None]})], source="given")
    assert {row["source"] for row in recorded(store).values()} == {"own", "given"}


def test_only_an_insiders_store_writes(tmp_path: Path) -> None:
    partner = home(tmp_path).as_viewer(Viewer("partner", ("unit-1",)))
    with pytest.raises(Refused, match="insider"):
        partner.append([[said(1)]])


def test_a_big_append_is_in_the_lake_at_once_and_a_later_derive_changes_nothing(tmp_path: Path) -> None:
    store = home(tmp_path)
    store.append([[said(number) for number in range(6_000)]])
    before = contents(store, ["interaction"])
    assert len(before["interaction"]) == 6_000
    assert store.derive() is False
    counted(store)
    store.append([[said(number, text="new") for number in range(5_990, 12_000)]])
    store.derive()
    assert len(contents(store, ["interaction"])["interaction"]) == 12_000
    counted(store)


VERSIONS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=24)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=VERSIONS, cuts=st.lists(st.integers(1, 8), min_size=1, max_size=4), derive=st.booleans())
def test_any_chunking_gives_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, versions: list[tuple[int, int]], cuts: list[int], derive: bool
) -> None:
    rows = [said(number, text=f"version {version}", value=float(version)) for number, version in versions]
    whole, parts = home(tmp_path_factory.mktemp("whole")), home(tmp_path_factory.mktemp("parts"))
    told = whole.append([rows])
    counts, rest, turn = Appended(), rows, 0
    while rest:
        size = cuts[turn % len(cuts)]
        counts += parts.append([rest[:size]])
        rest, turn = rest[size:], turn + 1
        if derive:
            parts.derive()
    for store in (whole, parts):
        store.derive()
        counted(store)
    assert told == counts
    assert recorded(whole) == recorded(parts)
    assert history(whole) == history(parts)
    assert contents(whole) == contents(parts)
    assert contents(whole, ["interaction"])["interaction"] == [recorded(whole)[id] for id in sorted(recorded(whole))]
    whole.close()
    parts.close()


def _write(folder: str, first: int) -> None:
    store = home(Path(folder))
    for start in range(first, first + 1_500, 500):
        store.append([[said(number) for number in range(start, start + 500)]])
        store.derive()


def test_two_processes_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    home(tmp_path).close()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(str(tmp_path), first)) for first in (0, 500)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    store = home(tmp_path)
    store.derive()
    assert len(recorded(store)) == 2_000
    assert len(contents(store, ["interaction"])["interaction"]) == 2_000
    counted(store)
