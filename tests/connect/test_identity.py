"""Records of one person find each other, strangers do not, and every link says why."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv

from tests.connect._people import people
from touchstone.connect import identity
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.store.scratch import scratch


def told(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is told of each record of a file."""
    (table,) = identity.connect(scratch([], given=pa.Table.from_pylist(rows)))
    return {dict(row["by"])["id"]: row | {"person": dict(row["by"])["person"]} for row in table.to_pylist()}


def f_score(person: Iterable[str], truth: Iterable[str]) -> float:
    """F of the pairs called one person, against the truth."""
    said, true = list(person), list(truth)
    both, one, other = (
        sum(n * (n - 1) for n in Counter(each).values()) for each in (zip(said, true, strict=True), said, true)
    )
    return 2 * both / (one + other)


HOME = {"surname": "Carver", "street": "Mill Lane", "house_number": "4", "postcode": "4711", "phone": "+491701234567"}
ALONE = [
    {"id": "alone", "given_name": "zacharias", "surname": "quixote", "city": "west"},
    {"id": "she", "given_name": "Anna", "date_of_birth": "1970-01-02", **HOME},
    {"id": "he", "given_name": "Rupert", "date_of_birth": "1968-11-30", **HOME},
    {"id": "she again", "given_name": "Anna", "date_of_birth": "1970-01-02", "phone": "0049 (0)170-1234567"},
]
WORLD = [*people(25), *ALONE]


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    """What is told of each record of a world of 25 persons with two records, a couple, and one alone."""
    return told(WORLD)


def test_records_of_one_person_are_one(found: dict[str, dict[str, Any]]) -> None:
    rows = WORLD[: -len(ALONE)]
    assert f_score((found[row["id"]]["person"] for row in rows), (row["id"][:-2] for row in rows)) > 0.99


def test_the_order_of_rows_does_not_matter_and_every_time_the_same_is_told(found: dict[str, dict[str, Any]]) -> None:
    assert told(random.Random(5).sample(WORLD, len(WORLD))) == found


def test_a_link_says_whom_to_how_likely_and_the_weight_of_each_field(found: dict[str, dict[str, Any]]) -> None:
    detail = json.loads(found["3-a"]["detail"])
    (link,) = detail["links"]
    assert link["other"] == "3-b"
    assert link["probability"] == found["3-a"]["value"] > 0.9
    assert set(link["reason"]) <= {"given_name", "surname", "date_of_birth", "city", "email"}
    assert link["reason"]["date_of_birth"] > 5
    assert (found["alone"]["value"], found["alone"]["n"], found["alone"]["detail"]) == (1.0, 1, '{"links": []}')


def test_the_same_key_settles_it_but_not_for_two_who_live_together(found: dict[str, dict[str, Any]]) -> None:
    assert found["she"]["person"] == found["she again"]["person"] != found["he"]["person"]


def test_two_records_alone_are_told_by_what_is_expected_where_nothing_can_be_learned() -> None:
    one = {"given_name": "Anne", "surname": "Smith", "date_of_birth": "1970-01-02", "email": "a@mail.example"}
    found = told([{"id": "x", **one}, {"id": "y", **one, "given_name": "Ann"}])
    assert found["x"]["person"] == found["y"]["person"] == "x"


def test_addresses_made_of_the_same_name_speak_for_one_person_only_if_their_numbers_agree_but_for_a_slip() -> None:
    name = {"given_name": "Rachel", "surname": "Mbeki"}
    users = {
        "she": "rachel.mbeki.1937",
        "slip": "rachel.mbeki.1938",
        "letter": "rachel.mbki.1937",
        "else": "rachel.mbeki.18681",
    }
    found = told([{"id": id, **name, "email": f"{user}@mail.example"} for id, user in users.items()])
    links = json.loads(found["she"]["detail"])["links"]
    assert {link["other"]: link["reason"]["email"] > 0 for link in links} == {
        "slip": True,
        "letter": True,
        "else": False,
    }


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([{"id": "'; drop table records; --", "given_name": "a'\"){}", "email": "@@@", "phone": "+-"}] * 1),
        pytest.param([{"id": f"\u202e{n}", "surname": "é" * 3000, "date_of_birth": "99/99"} for n in range(30)]),
        pytest.param([{"id": str(n), "surname": " ", "email": ""} for n in range(5)]),
        pytest.param([{"id": str(n), "given_name": "Ann", "surname": "Lee"} for n in range(40)]),
        pytest.param([{"id": "1", "occupation": None}, {"id": "2", "occupation": None}]),
    ],
    ids=["hostile words", "huge values", "blanks", "all the same", "nothing filled"],
)
def test_whatever_is_in_the_file_each_record_gets_a_row(rows: list[dict[str, Any]]) -> None:
    found = told(rows)
    assert set(found) == {row["id"] for row in rows}
    assert all(0 <= each["value"] <= 1 for each in found.values())


def test_a_file_without_ids_or_fields_is_refused_with_what_to_do() -> None:
    wrong = {"id": [{"email": "a@b.c"}], "": [{"id": "1", "x": "2"}]}
    for field, rows in (*wrong.items(), ("id", [{"id": "1", "city": "x"}] * 2)):
        with pytest.raises(Refused) as refused:
            told(rows)
        assert refused.value.field == field


def test_febrl_is_solved_from_its_file_in_the_shape_of_the_contract(
    real_data: Callable[[str], Path],
) -> None:
    file = real_data("record_linkage") / "febrl1.csv"
    names = {"id": "rec_id", "street": "address_1", "house_number": "street_number", "city": "suburb"}
    rows = one_shot("connect", "identity", file=str(file), map=names | {"national_id": "soc_sec_id"}, set={}, by=[])
    assert [row["id"] for row in rows] == sorted(csv.read_csv(file)["rec_id"].to_pylist())
    assert list(rows[0]) == ["id", "person", "value", "low", "high", "n", "unit", "maker", "detail"]
    assert f_score((row["person"] for row in rows), (row["id"].split("-")[1] for row in rows)) >= 0.998
