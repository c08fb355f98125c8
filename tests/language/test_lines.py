"""`tag` over files: the same answers as over records, whatever the lines look like, and errors that name the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from touchstone.core.errors import Skip, Stop
from touchstone.core.taxonomy import parse
from touchstone.language import lines
from touchstone.language.lines import File
from touchstone.language.model import load
from touchstone.language.tagger import tag, tag_file

MODEL = load()
GYM = parse("name: gym\nstages:\n- name: train\n  touchpoints: [equipment, changing room]")
ROWS = [
    {"id": 0, "text": "The equipment is broken \N{PILE OF POO}, the changing room is clean.", "more": {"a": [1, None]}},
    {"id": 'quote " back \\ line \n é', "text": "Das Gerät ist kaputt"},
    {"id": None, "text": ""},
    {"id": 123456789012345678901234567890, "text": "   "},
    {"id": [1, {"a": 2.5}], "text": "Clean showers, filthy car park", "touchpoints": ["car park", "Equipment"]},
    {"id": 1.0, "text": "nothing", "touchpoints": []},
    {"text": "no id at all"},
    {"id": True, "text": "\ud800 half a pair"},
]


def written(folder: Path, *texts: str, ending: str = "\n") -> File:
    path = folder / "in.jsonl"
    path.write_bytes(ending.join(texts).encode("utf-8", "surrogatepass"))
    return File(path)


def answers(file: File) -> list[dict[str, object]]:
    told = b"".join(tag_file(file, model=MODEL, taxonomy=GYM))
    return [json.loads(line) for line in told.decode("utf-8").splitlines()]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n \n"])
def test_a_file_is_answered_as_its_records_are(tmp_path: Path, ending: str) -> None:
    found = answers(written(tmp_path, *(json.dumps(row) for row in ROWS), ending=ending))
    assert found == list(tag(ROWS, model=MODEL, taxonomy=GYM))
    assert [answer["id"] for answer in found] == [row.get("id") for row in ROWS]
    assert [type(answer["id"]) for answer in found] == [type(row.get("id")) for row in ROWS]


def test_answers_do_not_depend_on_where_a_file_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, *(json.dumps(row) for row in ROWS * 5))
    whole = answers(file)
    monkeypatch.setattr(lines, "_BYTES", 100)
    assert len(list(file)) > 5
    assert answers(file) == whole


def test_asked_touchpoints_are_judged_alone_and_others_beside_them_are_not_touched(tmp_path: Path) -> None:
    found = answers(written(tmp_path, *(json.dumps(row) for row in ROWS)))
    assert [each["touchpoint"] for each in found[4]["mentions"]] == ["car park", "Equipment"]  # type: ignore[attr-defined]  # plain JSON
    assert found[5]["mentions"] == []
    assert {each["touchpoint"] for each in found[0]["mentions"]} == {"equipment", "changing room"}  # type: ignore[attr-defined]  # as above


def test_a_sample_is_spread_over_the_file_and_knows_every_name_asked_for(tmp_path: Path) -> None:
    rows = [{"text": str(number)} for number in range(1000)] + [{"text": "last", "touchpoints": ["zoo"]}]
    sample = written(tmp_path, *map(json.dumps, rows)).sample(10)
    assert sample.texts == [str(number) for number in range(0, 1000, 100)] + ["last"]
    assert sample.names == ["zoo"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[1]", 'no "text"'),
        ('{"id": 1}', 'no "text"'),
        ('{"text": 5}', 'no "text"'),
        ("\ud800", "not JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(Skip, match=f"{message}.*line 3|line 3: {message}"):
        answers(written(tmp_path, '{"text": "fine"}', "", line, '{"text": "fine"}'))


def test_an_empty_file_has_no_answers_and_an_absent_one_is_told(tmp_path: Path) -> None:
    assert answers(written(tmp_path, "")) == []
    with pytest.raises(Stop, match="no such file"):
        File(tmp_path / "absent")
