"""Feedback records go in and come out again with nothing lost on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from tests.listen._reading import written
from touchstone.core.errors import Skip
from touchstone.core.tables import ARRIVING, conform
from touchstone.listen import _formbricks
from touchstone.listen.formbricks import listen

ANSWERED = {"tenant_id": "t1", "submission_id": "s1", "collected_at": "2026-02-01T10:00:00Z", "source_type": "survey"}
RECORDS: list[dict[str, Any]] = [
    {**ANSWERED, "field_id": "q1", "field_type": "nps", "value_number": 9, "field_label": "How likely to recommend?"},
    {**ANSWERED, "field_id": "q2", "field_type": "text", "value_text": "Great help at the desk", "language": "en"},
    {
        **ANSWERED,
        "field_id": "q3",
        "field_type": "rating",
        "value_number": 4.5,
        "field_label": "Parking",
        "user_id": "u",
    },
    {
        **ANSWERED,
        "field_id": "q4",
        "field_type": "boolean",
        "value_boolean": False,
        "metadata": {"page": {"url": "/a"}},
    },
    {**ANSWERED, "field_id": "q5", "field_type": "categorical", "value_text": "North", "value_id": "opt-3"},
    {
        **ANSWERED,
        "field_id": "q6",
        "field_type": "date",
        "value_date": "2026-01-30",
        "emotions": ["joy"],
        "unheard_of": 1,
    },
    {
        **ANSWERED,
        "field_id": "q7",
        "field_type": "ces",
        "value_number": 6,
        "sentiment": "positive",
        "sentiment_score": 0.7,
    },
]


def test_records_become_answers_with_their_scales() -> None:
    made = {record["field_id"]: _formbricks.interaction(record) for record in RECORDS}
    assert [made["q1"][name] for name in ("metric", "value", "worst", "best")] == ["nps", 9, 0, 10]
    assert "touchpoint" not in made["q1"]
    assert made["q2"]["text"] == "Great help at the desk"
    assert (made["q3"]["touchpoint"], made["q3"]["person"], made["q3"]["thread"]) == ("Parking", "u", "s1")
    assert (made["q4"]["metric"], made["q4"]["value"]) == ("boolean", 0)
    assert "text" not in made["q5"]
    assert json.loads(made["q6"]["attributes"])["emotions"] == ["joy"]
    assert (made["q7"]["worst"], made["q7"]["best"]) == (1, 7)
    assert {each["source_id"] for each in made.values()} == {f"t1/s1/q{n}" for n in range(1, 8)}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record["field_type"]))
def test_a_record_comes_back_as_it_was(record: dict[str, Any]) -> None:
    assert _formbricks.record(_formbricks.interaction(record)) == record


WORD = some.text(some.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=12)
ANY = some.none() | some.booleans() | some.integers(-9, 9) | some.floats(-5, 5) | WORD | some.lists(WORD, max_size=2)
TYPES = some.sampled_from(["text", "categorical", "nps", "csat", "ces", "rating", "number", "boolean", "date", "odd"])
LOOSE = some.dictionaries(some.sampled_from(_formbricks.FIELDS) | WORD, ANY, max_size=8)


@settings(max_examples=200, deadline=None)
@example(loose={"value": False}, kind="nps", number=1, moment=datetime(2000, 1, 1, tzinfo=UTC))
@given(loose=LOOSE, kind=TYPES, number=some.integers(1, 5), moment=some.datetimes(timezones=some.just(UTC)))
def test_any_record_comes_back_as_it_was(loose: dict[str, Any], kind: str, number: int, moment: datetime) -> None:
    sure = {"submission_id": "s/1", "field_id": "f 1", "field_type": kind, "collected_at": moment.isoformat()}
    record = {**loose, **sure, "value_number": number}
    given_back = _formbricks.record(_formbricks.interaction(record))
    assert given_back == {name: value for name, value in record.items() if value is not None}


INTERACTIONS = some.fixed_dictionaries(
    {"source": WORD, "source_id": WORD, "kind": some.sampled_from(["review", "answer", "message"])},
    optional={
        "text": WORD, "person": WORD, "unit": WORD, "touchpoint": WORD, "thread": WORD, "channel": WORD, "url": WORD,
        "occurred_at": some.datetimes(timezones=some.just(UTC)), "incentive": some.just("disclosed"),
        "amount": some.floats(0, 99), "attributes": some.dictionaries(WORD, ANY, max_size=3).map(json.dumps),
    },
)  # fmt: skip
SCORES = some.sampled_from([("rating", 1.0, 5.0), ("nps", 0.0, 10.0), ("csat", 1.0, 7.0), ("boolean", 0.0, 1.0)])


@settings(max_examples=200, deadline=None)
@given(made=INTERACTIONS, score=some.none() | SCORES)
def test_any_interaction_comes_back_from_its_record(
    made: dict[str, Any], score: tuple[str, float, float] | None
) -> None:
    if score:
        made = {**made, "metric": score[0], "value": score[2], "worst": score[1], "best": score[2]}
    record = _formbricks.record(made)
    assert json.loads(json.dumps(record, ensure_ascii=True)) == record
    assert _formbricks.interaction(record, source=made["source"]) == made


@pytest.mark.parametrize("form", ["lines", "array", "wrapped"])
def test_a_file_of_records_is_read_in_every_form(tmp_path: Path, form: str) -> None:
    forms = {
        "lines": "\n".join(map(json.dumps, RECORDS)),
        "array": json.dumps(RECORDS),
        "wrapped": json.dumps({"data": RECORDS}),
    }
    path = written(tmp_path, forms[form], name="hub.json")
    rows = [row for rows in listen(path=path) for row in rows]
    assert conform(rows, ARRIVING).num_rows == len(RECORDS)
    assert [_formbricks.record(row) for row in rows] == RECORDS


def test_a_file_of_records_as_csv_keeps_numbers_and_truth_values(tmp_path: Path) -> None:
    lines = ["tenant_id,submission_id,field_id,field_type,value_number,value_boolean,metadata,collected_at"]
    lines += ['t,s1,q1,csat,4,,"{""a"": 1}",2026-02-01T10:00:00Z', "t,s1,q2,boolean,,true,,2026-02-01T10:00:00Z"]
    rows = [row for rows in listen(path=written(tmp_path, "\n".join(lines))) for row in rows]
    assert [(row["metric"], row["value"]) for row in rows] == [("csat", 4), ("boolean", 1)]


def test_a_scale_beyond_the_usual_is_seen_in_all_values_of_the_field(tmp_path: Path) -> None:
    records = [
        {**ANSWERED, "submission_id": f"s{n}", "field_id": "q", "field_type": "rating", "value_number": n}
        for n in range(1, 11)
    ]
    rows = [row for rows in listen(path=written(tmp_path, json.dumps(records), name="r.json")) for row in rows]
    assert {(row["worst"], row["best"]) for row in rows} == {(1, 10)}


def test_what_cannot_be_used_is_rejected_with_its_reason(tmp_path: Path) -> None:
    bad = [
        {**ANSWERED, "field_type": "text", "value_text": "no field"},
        {**ANSWERED, "field_id": "q1", "field_type": "nps", "value_number": 11},
        {**ANSWERED, "field_id": "q2", "field_type": "text", "value_text": "x", "collected_at": "when"},
        RECORDS[0],
        RECORDS[0],
    ]
    rejected: list[dict[str, Any]] = []
    path = written(tmp_path, "\n".join([*map(json.dumps, bad), "{broken"]), name="r.jsonl")
    rows = [row for rows in listen(path=path, reject=rejected.append) for row in rows]
    assert len(rows) == 1
    assert [row["row"] for row in rejected] == [1, 2, 3, 5, 6]
    assert "outside 0 to 10" in rejected[1]["reason"]


def test_since_and_a_file_without_records(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(RECORDS), name="r.json")
    assert not list(listen(path=path, since=datetime(2026, 3, 1, tzinfo=UTC)))
    with pytest.raises(Skip, match="no feedback records"):
        list(listen(path=written(tmp_path, "a,b\n1,2\n")))
    with pytest.raises(Skip):
        _formbricks.interaction({"value_text": "x"})
