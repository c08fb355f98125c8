"""The report of one file: its data as the contract lays it down, and clear refusals."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from touchstone.core.errors import Refused, Skip
from touchstone.home.report import report

SAID = ("The food was great", "Rude waiter, cold soup", "Lovely terrace", "We waited an hour for the bill")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """What `report` gave back, what it wrote, and the stages it told of."""
    folder, stages = tmp_path_factory.mktemp("report"), list[str]()
    lines = [f'{number},2026-0{1 + number % 6}-11,{number % 5 + 1},"{SAID[number % 4]}"' for number in range(40)]
    (folder / "in.csv").write_text("\n".join(["id,date,stars,comment", *lines]), "utf-8")
    read = report(
        [str(folder / "in.csv")], output=str(folder / "out.json"), progress=lambda name, _seconds: stages.append(name)
    )
    return read, json.loads((folder / "out.json").read_text("utf-8")), stages


def test_the_data_has_every_key_and_says_what_was_read(made: tuple[dict[str, Any], dict[str, Any], list[str]]) -> None:
    read, written, stages = made
    keys = {"read", "metrics", "touchpoints", "priorities", "changes", "verbatims", "seed"}
    assert keys <= set(written)
    assert written["read"] == read
    assert (read["rows"], read["interactions"], read["rejected"]) == (40, 40, 0)
    assert {each["column"]: each["taken_for"] for each in read["columns"]}["comment"] == "text"
    assert stages[0] == "listen"
    assert stages[-1] == "show"


def test_every_figure_is_a_number_in_its_interval_or_null(
    made: tuple[dict[str, Any], dict[str, Any], list[str]],
) -> None:
    rows = made[1]["metrics"] + made[1]["changes"] + [each["sentiment"] for each in made[1]["touchpoints"]]
    assert rows
    for row in rows:
        assert row["value"] is None or math.isfinite(row["value"])
        assert row["low"] is None or row["low"] <= row["value"] <= row["high"]


def test_verbatims_are_words_that_were_said(made: tuple[dict[str, Any], dict[str, Any], list[str]]) -> None:
    drawn = made[1]["verbatims"] + [each for part in made[1]["touchpoints"] for each in part["verbatims"]]
    assert drawn
    assert {each["text"] for each in drawn} <= set(SAID)


def test_another_ending_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="docx"):
        report([str(tmp_path / "absent.csv")], output=str(tmp_path / "out.docx"))


def test_a_file_that_holds_nothing_to_show_is_told(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,date,stars,comment\n", "utf-8")
    with pytest.raises(Skip, match="no rows"):
        report([str(tmp_path / "in.csv")], output=str(tmp_path / "out.html"))
    assert not (tmp_path / "out.html").exists()
