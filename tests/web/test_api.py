"""The REST interface: the same figures as the command line, problems told in JSON, nothing done for another site."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests._doors import Person, basic, token
from touchstone.core import finder
from touchstone.core.viewer import Viewer
from touchstone.rules import who

JSON = {"Content-Type": "application/json"}
LETTER = {
    "source": "api",
    "source_id": "1",
    "kind": "review",
    "text": "A friendly adviser.",
    "occurred_at": "2026-11-01",
}


OWNER, ALL = Viewer("administrator"), ("insider",)


@pytest.fixture
def program(address: str) -> Any:
    with httpx.Client(base_url=address, headers=basic("board@example"), timeout=60) as client:
        yield client


def test_a_measure_gives_the_rows_that_the_home_gives(program: httpx.Client, brand: Any) -> None:
    rows = program.get("/api/v1/measure/nps", params={"by": "unit", "where": "channel = 'web'"}).json()
    same = brand.rows("measure", "nps", by=["unit"], settings={"where": "channel = 'web'"})
    assert rows == same
    assert rows
    assert all({"unit", "value", "low", "high", "n", "maker", "detail"} <= row.keys() for row in rows)


def test_a_partner_measures_its_own_units_alone(address: str) -> None:
    rows = httpx.get(f"{address}/api/v1/measure/volume?by=unit", headers=basic("dealer@example")).json()
    assert {row["unit"] for row in rows} == {"north-quay", "north-hill"}


@pytest.mark.parametrize("name", ["nps", "rating", "sentiment", "league", "trust", "volume", "change", "price"])
def test_a_partner_and_head_office_see_one_truth_of_a_unit(program: httpx.Client, address: str, name: str) -> None:
    every = program.get(f"/api/v1/measure/{name}", params={"by": "unit"}).json()
    headers = basic("dealer@example")
    told = httpx.get(f"{address}/api/v1/measure/{name}?by=unit", headers=headers, timeout=60).json()
    figures = ("unit", "value", "low", "high", "n")
    assert told
    for row in told:  # whose detail names no other unit
        assert [row[each] for each in figures] in [[each[name] for name in figures] for each in every]


def test_the_order_of_columns_makes_no_other_truth(address: str) -> None:
    told = [
        httpx.get(f"{address}/api/v1/measure/sentiment?by={by}", headers=basic("dealer@example"), timeout=60).json()
        for by in ("unit,touchpoint", "touchpoint,unit")
    ]
    assert sorted(row["value"] for row in told[0]) == sorted(row["value"] for row in told[1])
    assert told[0]


def test_what_a_partner_narrows_is_measured_over_its_own_rows(address: str) -> None:
    asked = {"by": "unit", "where": "channel = 'web'"}
    rows = httpx.get(f"{address}/api/v1/measure/volume", params=asked, headers=basic("dealer@example")).json()
    whole = httpx.get(f"{address}/api/v1/measure/volume?by=unit", headers=basic("dealer@example")).json()
    assert sum(row["n"] for row in rows) < sum(row["n"] for row in whole)


@pytest.mark.parametrize("room", ["measure", "decide", "act", "pages"])
def test_a_room_lists_its_parts(program: httpx.Client, room: str) -> None:
    listed = {each["name"] for each in program.get(f"/api/v1/{room}").json()}
    folder = "show" if room == "pages" else room
    told = [name for name in finder.names(folder) if who.may(OWNER, who=getattr(finder.part(folder, name), "WHO", ALL))]
    assert listed == set(told)
    assert len(told) > 3


def test_a_partner_is_offered_only_what_it_may_use(address: str) -> None:
    headers = basic("dealer@example")
    offered = {each["name"] for each in httpx.get(f"{address}/api/v1/act", headers=headers).json()}
    dealer = Viewer("partner_administrator", ("north",))
    assert offered == {name for name in finder.names("act") if who.may(dealer, who=finder.part("act", name).WHO)}
    assert not offered & {"account.open", "model.teach", "person.erase"}
    assert httpx.get(f"{address}/api/v1/decide/priorities", headers=headers).status_code == 403
    assert httpx.get(f"{address}/api/v1/pages/overview", headers=headers).status_code == 200


PROBLEMS = [
    ("/api/v1/measure/nps?by=colour", 422, "by"),
    ("/api/v1/measure/nps?colour=red", 422, "colour"),
    ("/api/v1/measure/nps?shrink=perhaps", 422, "shrink"),
    ("/api/v1/measure/none", 404, None),
    ("/api/v1/nothing", 404, None),
    ("/api/v1/core/tables", 404, None),
    ("/api/v1/measure/_answers", 404, None),
    ("/api/v1/pages/none", 404, None),
]


@pytest.mark.parametrize(("path", "status", "field"), PROBLEMS, ids=[path for path, _, _ in PROBLEMS])
def test_problems_are_told_in_json(program: httpx.Client, path: str, status: int, field: str | None) -> None:
    answer = program.get(path)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["title"]
    assert problem["detail"]
    assert problem.get("field") == field


def test_a_condition_that_is_no_condition_is_refused(program: httpx.Client) -> None:
    answer = program.get("/api/v1/measure/nps", params={"where": "1=1); drop table interaction; --"})
    assert answer.status_code == 422


def test_interactions_arrive_once_and_bad_ones_come_back(program: httpx.Client) -> None:
    bad = [{"source": "api"}, {**LETTER, "source_id": "2", "value": 7}, {**LETTER, "colour": "red"}, "no object"]
    first = program.post("/api/v1/interactions", json=[LETTER, *bad[:3]]).json()
    assert (first["new"], first["same"]) == (1, 0)
    assert [each["row"] for each in first["rejected"]] == [1, 2, 3]
    again = program.post("/api/v1/interactions", json={"interactions": [LETTER]}).json()
    assert (again["new"], again["same"], again["rejected"]) == (0, 1, [])
    assert program.post("/api/v1/interactions", json=bad).status_code == 422


BODIES = [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"[]", b'"text"', b"null"]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_object_does_no_harm(program: httpx.Client, body: bytes) -> None:
    answer = program.post("/api/v1/act/account.open", content=body, headers=JSON)
    assert answer.status_code in (400, 422)


def test_a_form_s_body_is_not_taken_for_json(program: httpx.Client) -> None:
    answer = program.post("/api/v1/act/account.open", data={"name": "made@example"})
    assert answer.status_code == 415


def test_a_session_needs_the_token_that_another_site_cannot_read(board: Person) -> None:
    fields = {"name": "scripted@example", "role": "insider"}
    assert board.post("/api/v1/act/account.open", json=fields).status_code == 403
    headers = {"X-CSRF-Token": token(board.get("/").text)}
    assert board.post("/api/v1/act/account.open", json=fields, headers=headers).status_code == 200
    crossing = {**headers, "Sec-Fetch-Site": "cross-site"}
    assert board.post("/api/v1/act/account.open", json=fields, headers=crossing).status_code == 403


def test_a_browser_s_remembered_credentials_do_nothing_for_another_site(program: httpx.Client) -> None:
    answer = program.post("/api/v1/interactions", json=[LETTER], headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


CREDENTIALS = ["Basic", "Basic !", "Basic OjpA", "Bearer abc", "Basic " + "A" * 5000, "Basic /w=="]


@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_odd_credentials_are_nobody_s(address: str, credentials: str) -> None:
    answer = httpx.get(f"{address}/api/v1/measure", headers={"Authorization": credentials})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_the_description_is_openapi_and_names_every_part(program: httpx.Client) -> None:
    described = program.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for room, place in (("measure", "measure"), ("decide", "decide"), ("show", "pages"), ("act", "act")):
        for name in finder.names(room):
            (operation,) = described["paths"][f"/api/v1/{place}/{name}"].values()
            assert operation["summary"]
            assert operation["operationId"] == f"{room}.{name}"
