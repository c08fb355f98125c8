"""Initiatives are stated, taken back and stated again; partners neither see nor state them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from touchstone.core import finder, taxonomy
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.store.home import create_store

TABLE = "touchpoint,level,unit,fixed_cost,lift\nparking,1,,100,.2\nPARKING,2,,300,.3\nwelcome,1,north,50,\n"


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = create_store(tmp_path / "home", taxonomy=taxonomy.load("auto_dealer"))
    made.put("unit", [{"id": "north", "name": "North"}])
    yield made
    made.close()


def do(store: Any, action: str, /, **fields: Any) -> Any:
    return finder.verb("act", action)(store, **fields)


def standing(store: Any) -> list[tuple[str, int, str | None]]:
    sql = "select touchpoint, level, unit from initiative where withdrawn_at is null order by touchpoint, level"
    return [tuple(row.values()) for row in store.ask().lake(sql).to_pylist()]


def test_a_table_is_kept_as_the_taxonomy_spells_it_and_once(store: Any, tmp_path: Path):
    file = tmp_path / "catalogue.csv"
    file.write_text(TABLE, "utf-8")
    assert do(store, "initiative.state", file=file)["new"] == 3
    assert do(store, "initiative.state", lines=TABLE)["new"] == 0
    assert standing(store) == [("parking", 1, None), ("parking", 2, None), ("welcome", 1, "north")]


def test_one_bad_line_keeps_nothing_and_is_named(store: Any):
    with pytest.raises(Refused, match="line 4"):
        do(store, "initiative.state", lines=TABLE.replace("north", "atlantis"))
    assert standing(store) == []


def test_a_withdrawn_initiative_stays_known_and_comes_back_when_stated_again(store: Any):
    first = do(store, "initiative.state", lines=TABLE)["initiatives"][0]
    do(store, "initiative.withdraw", initiative=first)
    assert ("parking", 1, None) not in standing(store)
    with pytest.raises(Refused):
        do(store, "initiative.withdraw", initiative=first)
    assert do(store, "initiative.state", lines=TABLE)["new"] == 1
    assert len(standing(store)) == 3


def test_a_partner_sees_no_initiative(store: Any):
    do(store, "initiative.state", lines=TABLE)
    with pytest.raises(Refused):
        store.ask(Viewer("partner", ("north",))).lake("select * from initiative")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"touchpoint\n"])
def test_a_file_without_initiatives_is_refused(store: Any, tmp_path: Path, content: bytes):
    file = tmp_path / "odd.csv"
    file.write_bytes(content)
    with pytest.raises(Refused):
        do(store, "initiative.state", file=file)
    assert standing(store) == []
