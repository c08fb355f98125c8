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


def test_a_file_is_read_as_what_it_is_whatever_its_name(tmp_path: Path) -> None:
    table = pa.table({"unit": ["north"], "value": [3]})
    for name in ("answers.PARQUET", "answers.dat"):
        parquet.write_table(table, tmp_path / name)
        assert read(str(tmp_path / name), map={}).to_pylist() == table.to_pylist()
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(Stop, match="not a Parquet file"):
        read(str(tmp_path / "broken.parquet"), map={})
    with pytest.raises(Stop, match="a folder, no file"):
        read(str(tmp_path), map={})


def test_a_column_may_be_two_fields_and_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("store,points\nnorth,2\n", "utf-8")
    found = read(str(path), map={"unit": "store", "touchpoint": "store", "value": "points"})
    assert found.to_pylist() == [{"unit": "north", "touchpoint": "north", "value": "2"}]
    path.write_text("unit,value,value\nnorth,2,3\n", "utf-8")
    with pytest.raises(Refused, match="two columns bear the name 'value'"):
        read(str(path), map={})


@pytest.mark.parametrize(
    ("measure", "header", "by", "lacking"),
    [
        ("nps", "unit;value", ["unit"], "value"),
        ("csat", "dealer,value", ["unit"], "unit"),
        ("rating", "unit,value", ["week"], "occurred_at"),
        ("yes_share", "unit,answer", [], "value"),
        ("volume", "unit,value", ["channel"], "channel"),
    ],
)
def test_a_file_that_lacks_what_is_asked_is_refused_and_gives_no_empty_list(
    tmp_path: Path, measure: str, header: str, by: list[str], lacking: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"{header}\n{header.replace('value', '1')}\n", "utf-8")
    with pytest.raises(Refused, match=f"no column '{lacking}'"):
        one_shot("measure", measure, file=str(path), map={}, set={}, by=by)


def test_days_cannot_narrow_a_file_without_dates(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no column 'occurred_at'"):
        one_shot("measure", "nps", file=csv(tmp_path), map={}, set={"since": "2026-01-01"}, by=[])


def test_the_share_of_yes_is_told_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("unit,value\n" + "north,1\n" * 3 + "north,0\n", "utf-8")
    (row,) = one_shot("measure", "yes_share", file=str(path), map={}, set={"shrink": "false"}, by=["unit"])
    assert (row["value"], row["n"]) == (0.75, 4)


def test_nan_and_infinite_numbers_are_missing_to_a_measure(tmp_path: Path) -> None:
    told = []
    for nothing in (["", ""], ["nan", "inf"]):
        lines = [f"c{n},2026-0{1 + (n * k) % 9}-{1 + n % 28:02},{20 + n % 7}" for n in range(60) for k in range(3)]
        lines += [f"c1,2026-09-2{n},{each}" for n, each in enumerate(nothing)]
        path = tmp_path / "in.csv"
        path.write_text("\n".join(["person,occurred_at,amount", *lines]), "utf-8")
        told.append(one_shot("measure", "lifetime_value", file=str(path), map={}, set={"weeks": "9"}, by=[]))
    assert told[0] == told[1]
    assert told[0][0]["value"] > 0


@pytest.mark.parametrize("seed", ["abc", "-1", "1.5"])
def test_a_seed_is_a_whole_number(tmp_path: Path, seed: str) -> None:
    with pytest.raises(Refused, match="is no seed"):
        one_shot("measure", "nps", file=csv(tmp_path), map={}, set={"seed": seed}, by=[])


def test_a_scale_whose_ends_are_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="two ends"):
        one_shot("measure", "nps", file=csv(tmp_path), map={}, set={"best": "5", "worst": "5"}, by=[])
