"""A file is read in whatever form it comes; what harms or is broken is told in words."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pyarrow import parquet

from tests.listen._reading import read, written
from touchstone.core.errors import Skip, Stop
from touchstone.core.tables import ARRIVING

REVIEWS = """id,dealer,date,rating,title,review,author
1,Nord,2025-03-01,5,Lovely,"Friendly staff, quick service",Ann
2,Süd,2025-03-02,2,Slow,"Waited an hour for
the bill",Bob
3,Nord,2025-03-03,4,Fine,All good really,Cid
"""


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_do_not_matter(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = ["id;date;note;avis", "a;2025-03-01;5;Très bon accueil, équipe agréable", "b;2025-03-02;1;Déçu à l’arrivée"]
    text = "\n".join(lines).replace(";", delimiter) if delimiter != "," else "\n".join(_quoted(line) for line in lines)
    found = read(written(tmp_path, text, encoding=encoding))
    assert [row["text"] for row in found.rows] == ["Très bon accueil, équipe agréable", "Déçu à l’arrivée"]
    assert [row["value"] for row in found.rows] == [5, 1]


def _quoted(line: str) -> str:
    return ",".join(f'"{cell}"' for cell in line.split(";"))


def test_every_packing_gives_the_same(tmp_path: Path) -> None:
    plain = read(written(tmp_path, REVIEWS)).rows
    content = REVIEWS.encode()
    packed = {
        "feedback.csv.gz": gzip.compress(content[:50]) + gzip.compress(content[50:]),
        "feedback.csv.bz2": bz2.compress(content),
        "feedback.csv.xz": lzma.compress(content),
        "feedback.csv.zst": pa.compress(content, codec="zstd", asbytes=True),
    }
    for name, data in packed.items():
        assert read(written(tmp_path, data, name=name)).rows == plain
    with zipfile.ZipFile(tmp_path / "feedback.zip", "w") as archive:
        archive.writestr("inner.csv", content)
    assert read(tmp_path / "feedback.zip").rows == plain


def test_json_lines_arrays_wrapped_arrays_parquet_and_workbooks_give_the_same_answers(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "dealer": "Nord", "date": "2025-03-01", "rating": 5, "review": "Friendly staff and quick service"},
        {"id": "2", "dealer": "Süd", "date": "2025-03-02", "rating": 2, "review": 'They said "later"\nand never came'},
    ]
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(tmp_path / "f.xlsx")
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "f.parquet")
    written(tmp_path, "\n".join(map(json.dumps, rows)), name="f.jsonl")
    written(tmp_path, json.dumps(rows, indent=1), name="f.json")
    written(tmp_path, json.dumps({"total": 2, "reviews": rows}), name="g.json")
    results = [
        read(tmp_path / name, source="s").rows for name in ("f.xlsx", "f.parquet", "f.jsonl", "f.json", "g.json")
    ]
    assert all(result == results[0] for result in results)
    assert [row["text"] for row in results[0]] == [row["review"] for row in rows]


def test_an_open_quote_costs_one_row(tmp_path: Path) -> None:
    rows = [f'{n},2025-01-{n:02},{n % 5 + 1},"words, number {n} of many"' for n in range(1, 29)]
    rows[4] = '5,2025-01-05,1,"never closed'
    found = read(written(tmp_path, "\n".join(["id,date,rating,review", *rows])))
    assert [row["row"] for row in found.rejected] == [5]
    assert "not closed" in found.rejected[0]["reason"]
    assert len(found.rows) == 27


def test_quotes_inside_cells_mixed_line_ends_and_nul_characters_are_read(tmp_path: Path) -> None:
    content = 'id,rating,review\r\n1,5,"He said "wow" twice"\n2,4,"She said ""no"" once"\r3,1,nul\0 inside it\n'
    found = read(written(tmp_path, content))
    assert [row["text"] for row in found.rows] == ['He said "wow" twice', 'She said "no" once', "nul inside it"]


def test_a_file_cut_short_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    rows = "".join(f"{n},2025-01-05,{n % 5 + 1},{hash(n) % 99991} words of review {n * 7919}\n" for n in range(20_000))
    packed = gzip.compress(("id,date,rating,review\n" + rows).encode())
    found = read(written(tmp_path, packed[: len(packed) // 2], name="cut.csv.gz"))
    assert 5_000 < len(found.rows) < 15_000
    assert any("cut short" in row["reason"] for row in found.rejected)
    found = read(
        written(tmp_path, json.dumps([{"rating": 5, "review": f"good {n}"} for n in range(9)])[:-20], name="cut.json")
    )
    assert len(found.rows) == 8
    assert len(found.rejected) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  \n \n", "blanks"),
        (b"id,date,rating\n", "no rows"),
        (b"%PDF-1.7 and so on", "a PDF"),
        (b"<html><body>hello</body></html>", "HTML"),
        (b"a,b\nx,y\nz,w\n", "no column of texts or scores"),
        (b"PK\x03\x04 not really", "archive"),
        (b"PAR1 not really", "Parquet"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises((Skip, Stop), match=says):
        read(written(tmp_path, content))


def test_a_missing_file_and_a_folder_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no such file"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(Stop, match="a folder"):
        read(tmp_path)


def test_what_unfolds_without_end_is_stopped(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(8 << 20)) * 40
    with pytest.raises(Skip, match="unfolds"):
        read(written(tmp_path, bomb, name="bomb.csv.gz"))


def test_a_huge_cell_is_rejected_alone(tmp_path: Path) -> None:
    found = read(written(tmp_path, f"id,rating,review\n1,5,{'x' * 10_000_000}\n2,4,a normal size of review\n"))
    assert [row["source_id"] for row in found.rows] == ["2"]
    assert "million" in found.rejected[0]["reason"]
    assert len(found.rejected[0]["record"]["review"]) == 10_000


def test_formulas_are_text_and_never_run(tmp_path: Path) -> None:
    found = read(written(tmp_path, 'id,rating,review\n1,5,"=HYPERLINK(""http://x"",""y"")"\n2,4,+1 would go again\n'))
    assert found.rows[0]["text"] == '=HYPERLINK("http://x","y")'
    book = openpyxl.Workbook()
    for row in (["rating", "review"], [5, "=1+1"], [4, "a good visit overall"]):
        book.active.append(row)
    book.save(tmp_path / "f.xlsx")
    assert [row["text"] for row in read(tmp_path / "f.xlsx").rows] == ["=1+1", "a good visit overall"]


def test_headers_that_repeat_are_blank_or_absent(tmp_path: Path) -> None:
    found = read(
        written(
            tmp_path, "rating,review,review,\n5,good visit indeed,second one here,x\n1,bad visit today,what a day,y\n"
        )
    )
    assert set(found.columns) == {"rating", "review", "review (2)", "column_4"}
    found = read(
        written(tmp_path, "2025-01-01,5,a rather good visit this was\n2025-01-02,1,a bad one we regret deeply\n")
    )
    assert [row["text"] for row in found.rows] == ["a rather good visit this was", "a bad one we regret deeply"]
    assert found.rows[0]["occurred_at"] == datetime(2025, 1, 1, tzinfo=UTC)


CELL = some.text(some.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some.lists(some.tuples(some.integers(1, 5), CELL, CELL), min_size=1, max_size=12))
def test_any_cells_written_as_csv_are_read_and_none_is_lost(tmp_path: Path, rows: list[tuple[int, str, str]]) -> None:
    import csv

    with (tmp_path / "any.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("rating", "review", "other"), *rows])
    found = read(tmp_path / "any.csv", map={"value": "rating", "text": "review", "attributes": "other"})
    assert [row["value"] for row in found.rows] == [row[0] for row in rows]
    assert [row["text"] for row in found.rows] == [row[1] if row[1].strip() else None for row in rows]
    others = [json.loads(row["attributes"] or "{}").get("other") or "" for row in found.rows]
    assert others == [row[2] for row in rows]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=some.one_of(some.binary(max_size=300), some.text('ab1,;"\n\r\t{}[]:5', max_size=200).map(str.encode)))
def test_no_bytes_at_all_make_it_fall_over(tmp_path: Path, content: bytes) -> None:
    try:
        found = read(written(tmp_path, b"rating,review\n5,good one\n" + content))
    except (Skip, Stop):
        return
    assert found.table.schema.equals(ARRIVING)
    ids = [row["source_id"] for row in found.rows]
    assert len(set(ids)) == len(ids)
