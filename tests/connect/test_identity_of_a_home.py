"""On a home persons are linked as far as they allow it, and the next run goes on from what the last one left."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import touchstone
from tests.connect._people import GIVEN, SURNAMES, people
from touchstone.act._journey import connected
from touchstone.connect import _identity_kept, identity
from touchstone.connect._identity_match import Matched, alone
from touchstone.core.tables import LINK, METRIC
from touchstone.store.persons import together
from touchstone.store.scratch import scratch

LEARNED = "select detail from metric where name = 'identity'"


def linked(persons: list[dict[str, Any]], said: Iterable[dict[str, Any]] = ()) -> dict[str, list[dict[str, Any]]]:
    """Links of a home by layer."""
    links, _ = told_of_home(persons, said)
    rows = links.to_pylist()
    return {layer: [row for row in rows if row["layer"] == layer] for layer in ("same_person", "household", "company")}


def told_of_home(
    persons: list[dict[str, Any]],
    said: Iterable[dict[str, Any]] = (),
    *,
    derived: dict[str, pa.Table] | None = None,
    whole: bool = False,
) -> tuple[pa.Table, pa.Table]:
    """Links and figures of a home; what a person is known by is written out as the record keeps it."""
    kept = [
        row | {name: json.dumps(row[name]) for name in ("contacts", "consents") if isinstance(row.get(name), dict)}
        for row in persons
    ]
    made = list(identity.connect(scratch(list(said), persons=kept, derived=derived), whole=whole))
    links, figures = (
        pa.concat_tables([schema.empty_table(), *(each for each in made if each.schema.equals(schema))])
        for schema in (LINK, METRIC)
    )
    return links, figures


def known(id: str, name: str, *, version: int = 1, **contacts: str) -> dict[str, Any]:
    return {"id": id, "name": name, "contacts": contacts, "consents": None, "version": version}


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


REFUSED: dict[str, Any] = {
    "all": {"identity": "denied"},
    "all, since": {"identity": {"state": "revoked", "at": "2026-01-01"}},
    "field": {"email": "denied"},
    "field for this": {"identity.email": "revoked"},
    "field within": {"identity": {"email": "denied"}},
    "in other letters": r'{"identity": "\u0064enied"}',
    "no json": "{not json",
    "a list": "[]",
    "a number": "7",
}
ALLOWED: dict[str, Any] = {"nothing said": "", "another purpose": {"contact": "denied"}, "agreed": {"email": "granted"}}


def test_what_a_person_refused_or_what_cannot_be_read_links_nobody() -> None:
    every = REFUSED | ALLOWED
    persons = []
    for place, (case, consents) in enumerate(every.items()):  # each its own two persons
        mail, given, surname = f"mail{place}@mail.example", GIVEN[place], SURNAMES[place % len(SURNAMES)]
        persons.append(known(f"{case}/one", f"{given} {surname}", email=mail))
        persons.append(known(f"{case}/other", f"{given[0]}. {surname}", email=mail) | {"consents": consents})
    found = linked(persons)["same_person"]
    assert {row["left"].partition("/")[0] for row in found if row["probability"] >= 0.9} == set(ALLOWED)
    by_mail = [row["left"] for row in found if "email" in json.loads(row["reason"])]
    assert {each.partition("/")[0] for each in by_mail} == set(ALLOWED)


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


def of_home(rows: list[dict[str, Any]], *, version: int = 0) -> list[dict[str, Any]]:
    """Records as persons of a home, who came or changed with this version of it."""
    return [
        known(row["id"], f"{row['given_name']} {row['surname']}", version=version)
        | {"contacts": {name: row[name] for name in ("date_of_birth", "city", "email")}}
        for row in rows
    ]


def pairs(links: pa.Table) -> set[tuple[str, str]]:
    """Who are one for sure."""
    return {(row["left"], row["right"]) for row in links.to_pylist() if row["probability"] > 0.9}


LATE = ("3-b", "7-b", "11-a", "11-b")
BEFORE = of_home([row for row in people(12) if row["id"] not in LATE], version=1)
AFTER = [*BEFORE, *of_home([row for row in people(12) if row["id"] in LATE], version=2)]


@pytest.fixture(scope="module")
def kept() -> dict[str, pa.Table]:
    """What a run leaves that knew nobody of those who came late."""
    return dict(zip(("link", "metric"), told_of_home(BEFORE), strict=True))


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many persons each time that all are matched anew; nobody is, then."""
    sizes: list[int] = []

    def match(records: pa.Table, **_: Any) -> Matched:
        sizes.append(len(records))
        return alone(records["id"].combine_chunks())

    monkeypatch.setattr(identity, "match", match)
    monkeypatch.setattr(_identity_kept, "_FEW", 0.25)  # of a world this small four are many
    return sizes


def test_the_next_run_tells_what_a_whole_run_would(kept: dict[str, pa.Table], anew: list[int]) -> None:
    found, learned = told_of_home(AFTER, derived=kept)
    assert pairs(found) - pairs(kept["link"]) == {("3-a", "3-b"), ("7-a", "7-b"), ("11-a", "11-b")}
    assert pairs(kept["link"]) == {(f"{n}-a", f"{n}-b") for n in range(11) if n not in (3, 7)}
    again, _ = told_of_home(AFTER, derived={"link": found, "metric": learned})
    assert again.sort_by("id").equals(found.sort_by("id"))
    assert anew == []


def test_who_went_or_changed_keeps_no_link_told_before(kept: dict[str, pa.Table], anew: list[int]) -> None:
    forgotten = {"version": 2, "contacts": {}, "name": None}
    now = [row | (forgotten if row["id"] == "5-b" else {}) for row in BEFORE if row["id"] != "6-a"]
    found, _ = told_of_home(now, derived=kept)
    assert pairs(kept["link"]) - pairs(found) == {("5-a", "5-b"), ("6-a", "6-b")}
    assert anew == []


def test_all_are_matched_anew_when_asked_or_where_what_was_learned_does_not_serve(
    kept: dict[str, pa.Table], anew: list[int]
) -> None:
    told_of_home(BEFORE, derived=kept, whole=True)
    told_of_home([*AFTER, *of_home(people(21)[24:], version=2)], derived=kept)  # many came
    told_of_home([BEFORE[0] | {"version": 2, "contacts": {"phone": "+491701234567"}}, *BEFORE[1:]], derived=kept)
    told_of_home(BEFORE, derived={"link": kept["link"]})
    assert anew == [len(BEFORE), len(AFTER) + 18, len(BEFORE), len(BEFORE)]


def test_a_home_s_next_run_goes_on_from_what_the_last_one_left_and_decisions_stand(tmp_path: Path) -> None:
    persons = [{**row, "contacts": json.dumps(row["contacts"])} for row in of_home(people(12))]
    for row in persons:
        del row["version"]  # the record's own
    home = touchstone.open(tmp_path / "home", taxonomy="auto_dealer")
    home.store.put("person", persons[:-1])
    connected(home.store, "identity")
    home.act("link.reject", person="3-a", other="3-b")
    home.store.put("person", persons)  # all again: one of them is new
    connected(home.store, "identity")
    home.store.derive()
    assert len(home.ask().lake("select * from person where version = (select max(version) from person)")) == 1
    assert json.loads(home.ask().lake(LEARNED)["detail"][0].as_py())["basis"] == 23
    assert [together(home.store, id=each) for each in ("11-b", "3-a", "5-a")] == [
        ["11-b", "11-a"], ["3-a"], ["5-a", "5-b"],
    ]  # fmt: skip
    home.store.close()


def test_a_home_without_persons_has_no_links() -> None:
    assert linked([]) == {"same_person": [], "household": [], "company": []}
