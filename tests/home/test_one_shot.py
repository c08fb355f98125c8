"""One shot on a file: the rows the contract lays down, however the file is written, and clear refusals."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from touchstone.core.errors import Refused, Stop
from touchstone.home.one_shot import one_shot, read

SCORES = {"north": [10, 9, 6, 0], "south": [10, 10, 8, 9]}


def rows() -> list[tuple[str, int]]:
    return [(unit, value) for unit, values in SCORES.items() for value in values]


def csv(folder: Path, header: str = "unit,value", *, backwards: bool = False) -> str:
    path = folder / "answers.csv"
    lines = [f"{unit},{value}" for unit, value in rows()]
    path.write_text("\n".join([header, *(reversed(lines) if backwards else lines)]), "utf-8")
    return str(path)


def nps(file: str, **map: str) -> dict[str, float]:
    """The score of each unit."""
    settings = {"best": "10", "worst": "0", "shrink": "false"}
    found = one_shot("measure", "nps", file=file, map=map, set=settings, by=["unit"])
    assert all(row["low"] <= row["value"] <= row["high"] for row in found)
    assert [list(row)[:5] for row in found] == [["unit", "value", "low", "high", "n"]] * 2
    return {row["unit"]: row["value"] for row in found}


def test_a_score_by_unit_is_the_one_reckoned_by_hand(tmp_path: Path) -> None:
    found = nps(csv(tmp_path))
    assert math.isclose(found["north"], 100 * (2 - 2) / 4, abs_tol=1e-9)
    assert math.isclose(found["south"], 100 * (3 - 0) / 4, abs_tol=1e-9)


def test_neither_form_nor_order_nor_names_of_columns_matter(tmp_path: Path) -> None:
    expected = nps(csv(tmp_path))
    assert nps(csv(tmp_path, backwards=True)) == expected
    assert nps(csv(tmp_path, "dealer,score"), unit="dealer", value="score") == expected
    units, values = zip(*rows(), strict=True)
    path = tmp_path / "answers.parquet"
    parquet.write_table(pa.table({"unit": list(units), "value": list(values)}), path)
    assert nps(str(path)) == expected


def test_an_empty_cell_is_missing_and_a_number_stays_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\n007,"two\nlines"\n,\n', "utf-8")
    assert read(str(path), map={}).to_pylist() == [{"id": "007", "text": "two\nlines"}, {"id": None, "text": None}]


def test_a_mapped_column_takes_the_place_of_one_that_bears_the_name(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("value,score\n1,2\n", "utf-8")
    assert read(str(path), map={"value": "score"}).to_pylist() == [{"value": "2"}]


def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no such file"):
        read(str(tmp_path / "absent.csv"), map={})
    with pytest.raises(Refused, match="no such column: value=points"):
        read(csv(tmp_path), map={"value": "points"})
    (tmp_path / "odd.csv").write_text("unit,value\nnorth,many\n", "utf-8")
    with pytest.raises(Refused, match="column value"):
        one_shot("measure", "nps", file=str(tmp_path / "odd.csv"), map={}, set={}, by=[])
    with pytest.raises(Refused, match="no setting"):
        one_shot("measure", "nps", file=csv(tmp_path), map={}, set={"nonsense": "1"}, by=[])
