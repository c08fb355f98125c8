"""A file of feedback becomes interactions, whatever it looks like; what is broken is told row by row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.listen._reading import read, written
from touchstone.core.errors import Refused
from touchstone.core.taxonomy import Taxonomy, Touchpoint

REVIEWS = """id,dealer,date,rating,title,review,author
1,Nord,2025-03-01,5,Lovely,"Friendly staff, quick service",Ann
2,Süd,2025-03-02,2,Slow,"Waited an hour for
the bill",Bob
3,Nord,2025-03-03,4,Fine,All good really,Cid
"""


def test_a_review_file_becomes_one_interaction_a_row(tmp_path: Path) -> None:
    found = read(written(tmp_path, REVIEWS))
    first = found.rows[0]
    assert first["text"] == "Lovely\nFriendly staff, quick service"
    assert (first["value"], first["worst"], first["best"], first["metric"]) == (5, 1, 5, "rating")
    assert (first["unit"], first["person"], first["source"], first["source_id"]) == ("nord", "Ann", "feedback", "1")
    assert first["occurred_at"] == datetime(2025, 3, 1, tzinfo=UTC)
    assert [unit["name"] for unit in found.units] == ["Nord", "Süd"]
    assert len(found.rows) == 3
    assert not found.rejected


def test_broken_rows_are_told_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    lines = [
        "id,date,rating,review",
        "1,2025-01-01,5,good work all round",
        "2,2025-01-02,4",
        "3,no date,3,fair enough I think",
    ]
    lines += [
        "4,2025-01-04,eleven,strange score this one",
        ",,,",
        "6,2025-01-06,1,a,b",
        "7,2025-01-07,2,rather bad in the end",
    ]
    lines += [f"{n},2025-02-{n:02},3,an ordinary visit number {n}" for n in range(10, 28)]
    found = read(written(tmp_path, "\n".join(lines)))
    reasons = {row["row"]: row["reason"] for row in found.rejected}
    assert reasons == {
        2: "3 fields where the header has 4",
        3: "its date cannot be read: no date",
        4: "its score is no score of this scale: eleven",
        5: "nothing in it: no text, no score",
        6: "5 fields where the header has 4",
    }
    assert len(found.rows) == 20
    assert found.rejected[0]["record"] == {"id": "2", "date": "2025-01-02", "rating": "4"}


def test_the_same_file_twice_gives_the_same_ids_and_identical_rows_stay_apart(tmp_path: Path) -> None:
    content = "rating,review\n5,good\n5,good\n4,fine\n"
    first, second = read(written(tmp_path, content)), read(written(tmp_path, content))
    ids = [row["source_id"] for row in first.rows]
    assert ids == [row["source_id"] for row in second.rows]
    assert len(set(ids)) == 3
    assert ids[1] == f"{ids[0]}~2"


def test_ids_stay_when_rows_change_places(tmp_path: Path) -> None:
    lines = [f"{n % 5 + 1},visit number {n} was alright" for n in range(30)]
    one = read(written(tmp_path, "\n".join(["rating,review", *lines])))
    two = read(written(tmp_path, "\n".join(["rating,review", *reversed(lines)])))
    assert {row["source_id"]: row["text"] for row in one.rows} == {row["source_id"]: row["text"] for row in two.rows}


def test_a_copy_with_the_same_id_is_rejected_and_another_row_with_it_kept(tmp_path: Path) -> None:
    rows = [f"{n},5,words of visit {n}" for n in range(200)]
    rows += ["7,5,words of visit 7", "8,1,other words of visit 8"]
    found = read(written(tmp_path, "\n".join(["id,rating,review", *rows])))
    assert [row["reason"] for row in found.rejected] == ["a copy of an earlier row with the same id"]
    assert {"8", "8~2"} <= {row["source_id"] for row in found.rows}


def test_map_overrules_what_was_recognised_with_full_confidence(tmp_path: Path) -> None:
    content = "id,a,b\n1,good visit to the dealer,5\n2,bad visit to them,1\n"
    found = read(written(tmp_path, content), map={"unit": "id", "value": "b"})
    assert found.columns["id"]["taken_for"] == "unit"
    assert found.columns["b"]["confidence"] == 1
    assert found.rows[0]["unit"] == "unit-1"
    with pytest.raises(Refused, match="Did you mean rating"):
        read(written(tmp_path, REVIEWS), map={"value": "ratin"})
    with pytest.raises(Refused, match="Did you mean touchpoint"):
        read(written(tmp_path, REVIEWS), map={"touchpiont": "rating"})


def test_set_tells_the_scale_and_values_for_the_whole_file(tmp_path: Path) -> None:
    told = {"best": "10", "worst": "0", "metric": "nps", "unit": "Dealer Ost", "channel": "web", "level": "dealer"}
    row = read(written(tmp_path, "rating,review\n5,good one\n1,bad one\n"), set=told).rows[0]
    assert (row["metric"], row["worst"], row["best"]) == ("nps", 0, 10)
    assert (row["unit"], row["channel"], row["level"]) == ("dealer-ost", "web", "dealer")
    with pytest.raises(Refused, match="level cannot be"):
        read(written(tmp_path, REVIEWS), set={"level": "boss"})
    with pytest.raises(Refused, match="nothing is called"):
        read(written(tmp_path, REVIEWS), set={"colour": "red"})
    with pytest.raises(Refused, match="must be a number"):
        read(written(tmp_path, REVIEWS), set={"best": "high"})


def test_since_leaves_out_what_happened_before(tmp_path: Path) -> None:
    found = read(written(tmp_path, REVIEWS), since=datetime(2025, 3, 2, tzinfo=UTC))
    assert [row["source_id"] for row in found.rows] == ["2", "3"]


def test_dates_nobody_can_have_meant_are_left_out_and_noted(tmp_path: Path) -> None:
    content = "id,date,review\n1,1970-01-01,a visit\n2,2031-01-01,another visit\n3,2025-01-01,a third\n"
    found = read(written(tmp_path, content), now=datetime(2026, 1, 1, tzinfo=UTC))
    assert [row["occurred_at"] and row["occurred_at"].year for row in found.rows] == [None, None, 2025]
    assert json.loads(found.rows[0]["attributes"]) == {"date": "1970-01-01"}
    assert "2 dates" in found.columns["date"]["note"]


def test_a_wide_survey_becomes_one_interaction_an_answer(tmp_path: Path) -> None:
    content = "id,branch,NPS,Waiting time,Staff friendliness,Clarity of the bill,comment,age\n"
    content += "".join(f"{n},Lyon,{n % 11},{n % 5 + 1},{n % 4 + 2},{n % 6},visit {n} was fine,{n}\n" for n in range(60))
    found = read(written(tmp_path, content))
    assert found.column("NPS") == ("value", ("nps", 0, 10))
    assert found.column("Clarity of the bill") == ("rating", ("rating", 1, 5))
    assert found.columns["Clarity of the bill"]["not_applicable"] == 0
    assert "10 zeros" in found.columns["Clarity of the bill"]["note"]
    answers = [row for row in found.rows if row["thread"] == "7"]
    assert {row["touchpoint"]: row["value"] for row in answers} == {
        "Waiting time": 3, "Staff friendliness": 5, "Clarity of the bill": 1,
    }  # fmt: skip
    assert {row["unit"] for row in answers} == {"lyon"}
    assert answers[0]["source_id"] == "7#Waiting time"
    assert len(found.rows) == 60 + 60 * 3 - 10
    kept = read(written(tmp_path, content), not_applicable="none")
    assert kept.column("Clarity of the bill") == ("rating", ("rating", 0, 5))
    assert len(kept.rows) == 60 * 4


TAXONOMY = Taxonomy("shop", (Touchpoint("Waiting Time", description="how long it took", stage="visit"),))


def test_a_touchpoint_takes_the_name_the_taxonomy_gives_it(tmp_path: Path) -> None:
    content = "id,waiting_time_rating,staff_rating\n" + "".join(f"{n},{n % 5 + 1},{5 - n % 5}\n" for n in range(20))
    named = {row["touchpoint"] for row in read(written(tmp_path, content)).rows}
    assert named == {"Waiting time", "Staff"}
    named = {row["touchpoint"] for row in read(written(tmp_path, content), taxonomy=TAXONOMY).rows}
    assert named == {"Waiting Time", "Staff"}


def test_nothing_is_lost_what_no_field_took_is_in_attributes(tmp_path: Path) -> None:
    content = 'id,rating,review,Shoe size,Odd "name"\n1,5,good,42,"a ""b"" \\ c\nd\x01"\n2,4,fine,,\n3,,,41,z\n'
    found = read(written(tmp_path, content), not_applicable="none")
    kept = [json.loads(row["attributes"]) if row["attributes"] else None for row in found.rows]
    assert kept == [{"Shoe size": "42", 'Odd "name"': 'a "b" \\ c\nd\x01'}, None]
    assert [row["row"] for row in found.rejected] == [3]


def test_rows_of_a_survey_without_an_outcome_keep_their_attributes_once(tmp_path: Path) -> None:
    content = "id,staff_rating,parking_rating,segment\n" + "".join(
        f"{n},{n % 5 + 1},{n % 5 + 1},s{n}\n" for n in range(9)
    )
    found = read(written(tmp_path, content))
    assert len(found.rows) == 18
    assert sum(row["attributes"] is not None for row in found.rows) == 9


def test_a_table_in_our_own_words_is_read_back_as_it_was(tmp_path: Path) -> None:
    row = {
        "source_id": "x1", "kind": "answer", "channel": "mail", "occurred_at": datetime(2025, 5, 1, 8, tzinfo=UTC),
        "person": "p", "level": "dealer", "unit": "nord", "product": "van", "touchpoint": "parking", "thread": "t",
        "reply_to": "r", "text": "full", "language": "en", "metric": "csat", "value": 2.0, "best": 7.0, "worst": 1.0,
        "amount": 12.5, "currency": "EUR", "incentive": "none", "campaign": "spring", "url": "https://x.y/z",
    }  # fmt: skip
    rows = [row, row | {"source_id": "x2", "metric": "nps", "value": 9.0, "best": 10.0, "worst": 0.0}]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "own.parquet")
    found = read(tmp_path / "own.parquet").rows
    assert [{name: value for name, value in each.items() if value is not None} for each in found] == [
        {**each, "source": "own"} for each in rows
    ]
