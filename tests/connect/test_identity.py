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

from touchstone.connect import identity
from touchstone.connect._identity_match import Known, connection
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.store.scratch import scratch

GIVEN = ("anna", "ben", "clara", "david", "emma", "finn", "greta", "hugo", "ida", "jonas", "leo", "mia", "olga", "paul")
SURNAMES = ("abbott", "baker", "carver", "draper", "ember", "fisher", "gardner", "hunter", "irving", "jagger", "lister")


def people(count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """As many persons, each with a second record that has one slip."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        born = f"19{chance.randrange(40, 99)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        whole = {
            "given_name": chance.choice(GIVEN), "surname": chance.choice(SURNAMES), "date_of_birth": born,
            "city": chance.choice(("north", "south", "east")), "email": f"mail{number}@mail.example",
        }  # fmt: skip
        field = chance.choice(("given_name", "surname", "email"))
        slip = whole | {field: whole[field][:-1] + "x"}
        rows += [{"id": f"{number}-a", **whole}, {"id": f"{number}-b", **slip}]
    return rows


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


def test_records_of_one_person_are_one_whatever_the_order_of_rows_and_every_time() -> None:
    rows = people(25)
    found = told(rows)
    assert f_score((found[row["id"]]["person"] for row in rows), (row["id"][:-2] for row in rows)) > 0.99
    shuffled = random.Random(5).sample(rows, len(rows))
    assert told(shuffled) == found


def test_a_link_says_whom_to_how_likely_and_the_weight_of_each_field() -> None:
    found = told([*people(30), {"id": "alone", "given_name": "zacharias", "surname": "quixote", "city": "west"}])
    detail = json.loads(found["3-a"]["detail"])
    (link,) = detail["links"]
    assert link["other"] == "3-b"
    assert link["probability"] == found["3-a"]["value"] > 0.9
    assert set(link["reason"]) <= {"given_name", "surname", "date_of_birth", "city", "email"}
    assert link["reason"]["date_of_birth"] > 5
    assert (found["alone"]["value"], found["alone"]["n"], found["alone"]["detail"]) == (1.0, 1, '{"links": []}')


def test_two_records_alone_are_told_by_what_is_expected_where_nothing_can_be_learned() -> None:
    one = {"given_name": "Anne", "surname": "Smith", "date_of_birth": "1970-01-02", "email": "a@mail.example"}
    found = told([{"id": "x", **one}, {"id": "y", **one, "given_name": "Ann"}])
    assert found["x"]["person"] == found["y"]["person"] == "x"


def test_the_same_key_settles_it_but_not_for_two_who_live_together() -> None:
    home = {
        "surname": "Carver",
        "street": "Mill Lane",
        "house_number": "4",
        "postcode": "4711",
        "phone": "+491701234567",
    }
    rows = [
        {"id": "she", "given_name": "Anna", "date_of_birth": "1970-01-02", **home},
        {"id": "he", "given_name": "Rupert", "date_of_birth": "1968-11-30", **home},
        {"id": "she again", "given_name": "Anna", "date_of_birth": "1970-01-02", "phone": "0049 (0)170-1234567"},
    ]
    found = told([*rows, *people(20)])
    assert found["she"]["person"] == found["she again"]["person"] != found["he"]["person"]


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


def linked(persons: list[dict[str, Any]], said: Iterable[dict[str, Any]] = ()) -> dict[str, list[dict[str, Any]]]:
    """Links of a home by layer; what a person is known by is written out as the record keeps it."""
    kept = [
        row | {name: json.dumps(row[name]) for name in ("contacts", "consents") if isinstance(row.get(name), dict)}
        for row in persons
    ]
    rows = [row for table in identity.connect(scratch(list(said), persons=kept)) for row in table.to_pylist()]
    return {layer: [row for row in rows if row["layer"] == layer] for layer in ("same_person", "household", "company")}


def known(id: str, name: str, consents: dict[str, Any] | None = None, **contacts: str) -> dict[str, Any]:
    return {"id": id, "name": name, "contacts": contacts, "consents": consents}


@pytest.mark.parametrize("unreadable", ["{not json", "[]", "7"])
def test_consents_that_cannot_be_read_are_a_refusal(unreadable: str) -> None:
    one = known("a", "Ann Carver", email="ann@mail.example")
    other = {**known("b", "Ann Carver", email="ann@mail.example"), "consents": unreadable}
    assert linked([one, other])["same_person"] == []
    assert len(linked([one, {**other, "consents": ""}])["same_person"]) == 1


def test_on_a_home_persons_with_one_key_are_linked_with_the_units_they_spoke_of_and_the_reason() -> None:
    persons = [
        known("web-1", "Ann Carver", email="ann@mail.example"),
        known("shop-7", "Carver, Ann", email="Ann@mail.example"),
        known("shop-8", "Rupert Finch", phone="+49170999999"),
        {"id": "broken", "name": None, "contacts": "{not json", "consents": "[]"},
    ]
    said = [
        {"person": "web-1", "unit": "south"}, {"person": "shop-7", "unit": "north"},
        {"person": "call-3", "unit": "north", "attributes": '{"phone": "+49 170 999999"}'},
    ]  # fmt: skip
    found = linked(persons, said)["same_person"]
    assert [(row["left"], row["right"]) for row in found] == [("call-3", "shop-8"), ("shop-7", "web-1")]
    assert [row["about"] for row in found] == [["north"], ["north", "south"]]
    assert all(row["probability"] > 0.9 and json.loads(row["reason"]) for row in found)
    assert set(json.loads(found[1]["reason"])) == {"given_name", "surname", "email"}


@pytest.mark.parametrize(
    "consents",
    [
        {"identity": "denied"},
        {"identity": {"state": "revoked", "at": "2026-01-01"}},
        {"email": "denied"},
        {"identity.email": "revoked"},
        {"identity": {"email": "denied"}},
    ],
    ids=json.dumps,
)
def test_what_a_person_refused_links_nobody(consents: dict[str, Any]) -> None:
    one = known("a", "Ann Carver", email="ann@mail.example")
    assert len(linked([one, known("b", "A. Carver", email="ann@mail.example")])["same_person"]) == 1
    found = linked([one, known("b", "A. Carver", consents, email="ann@mail.example")])
    assert all("email" not in json.loads(row["reason"]) for row in found["same_person"])
    assert all(row["probability"] < 0.9 for row in found["same_person"])


def test_who_lives_together_is_a_household_and_who_works_together_a_company_not_one_person() -> None:
    home = {"street": "Mill Lane", "house_number": "4", "postcode": "4711"}
    found = linked(
        [
            known("she", "Anna Carver", date_of_birth="1970-01-02", email="a@carver-mills.example", **home),
            known("he", "Rupert Carver", date_of_birth="1968-11-30", email="r@gmail.com", **home),
            known("they", "Olga Finch", date_of_birth="1988-03-03", email="o@carver-mills.example"),
            *(known(f"other-{n}", f"{GIVEN[n % 14]} {SURNAMES[n % 11]}", email=f"x{n}@gmail.com") for n in range(120)),
        ]
    )
    assert [(row["left"], row["right"]) for row in found["household"]] == [("he", "she")]
    assert [(row["left"], row["right"]) for row in found["company"]] == [("she", "they")]
    assert not [row for row in found["same_person"] if {"he", "she"} == {row["left"], row["right"]}]


def test_newcomers_meet_who_is_known_and_each_other_without_learning_anew() -> None:
    rows = people(25)
    late = [row for row in rows if row["id"] in ("3-b", "7-b", "24-a", "24-b")]
    with connection() as duck:
        known = Known(duck, pa.Table.from_pylist([row for row in rows if row not in late]), seed=1)
        found = known.meet(pa.Table.from_pylist(late))
    ids = found.ids.to_pylist()
    likely = found.probability > 0.9
    pairs = {(ids[one], ids[other]) for one, other in zip(found.left[likely], found.right[likely], strict=True)}
    assert pairs == {("3-a", "3-b"), ("7-a", "7-b"), ("24-a", "24-b")}


def test_a_home_without_persons_has_no_links() -> None:
    assert linked([]) == {"same_person": [], "household": [], "company": []}


def test_febrl_is_solved_from_its_file_in_the_shape_of_the_contract(
    real_data: Callable[[str], Path],
) -> None:
    file = real_data("record_linkage") / "febrl1.csv"
    names = {"id": "rec_id", "street": "address_1", "house_number": "street_number", "city": "suburb"}
    rows = one_shot("connect", "identity", file=str(file), map=names | {"national_id": "soc_sec_id"}, set={}, by=[])
    assert [row["id"] for row in rows] == sorted(csv.read_csv(file)["rec_id"].to_pylist())
    assert list(rows[0]) == ["id", "person", "value", "low", "high", "n", "unit", "maker", "detail"]
    assert f_score((row["person"] for row in rows), (row["id"].split("-")[1] for row in rows)) >= 0.998
