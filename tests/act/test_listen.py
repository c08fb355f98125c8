"""Listening to a file: what is new, what is the same, what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import touchstone
from touchstone.core.errors import Refused

GOOD = [f"{n},2026-11-0{n},5,The adviser was friendly and quick." for n in range(1, 8)]
BROKEN = "\n".join(["id,date,rating,review", *GOOD, "8,once upon a time,2,The waiting area was cold."])


def test_the_same_file_twice_adds_nothing_and_tells_each_rejected_row_once(tmp_path: Path) -> None:
    file = tmp_path / "letters.csv"
    file.write_text(BROKEN, "utf-8")
    home = touchstone.open(str(tmp_path / "home"), taxonomy="auto_dealer")
    first = home.listen(str(file))
    again = home.listen(str(file))
    assert (first["new"], first["rows"], first["rejected"]) == (7, 8, 1)
    assert (again["new"], again["same"]) == (0, 7)
    rejects = (tmp_path / "home" / "rejects" / "letters.jsonl").read_text("utf-8").splitlines()
    assert len(rejects) == 1
    assert "once upon a time" in rejects[0]


def test_columns_are_told_with_how_sure_we_are(tmp_path: Path) -> None:
    file = tmp_path / "letters.csv"
    file.write_text(BROKEN, "utf-8")
    told = touchstone.open(str(tmp_path / "home")).listen(str(file))["columns"]
    assert {each["column"]: each["taken_for"] for each in told}["review"] == "text"
    assert all(0 <= each["confidence"] <= 1 for each in told)


def test_a_source_nobody_has_is_refused_and_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"Sources: .*table"):
        touchstone.open(str(tmp_path / "home")).listen("nowhere.csv")
