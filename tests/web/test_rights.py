"""Who may do what: one table, held against every page and action, and against the doors, for each role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests._doors import PASSWORDS
from touchstone.core import finder
from touchstone.core.viewer import ROLES, Viewer
from touchstone.rules import who

INSIDE = frozenset(role for role, side in ROLES.items() if side == "insider")
PARTNERS = frozenset(role for role, side in ROLES.items() if side == "partner")
LEADS = frozenset({"administrator"})
CARES = frozenset({"administrator", "contact_centre"})
CUSTOMER = frozenset({"customer"})
TABLE = {
    "account": INSIDE | PARTNERS | CUSTOMER,
    "account.change": LEADS,
    "account.close": LEADS,
    "account.end_session": INSIDE | PARTNERS | CUSTOMER,
    "account.invite": CARES,
    "account.language": INSIDE | PARTNERS | CUSTOMER,
    "account.open": LEADS,
    "account.password": INSIDE | PARTNERS | CUSTOMER,
    "account.personal": LEADS,
    "accounts": LEADS,
    "activity": LEADS,
    "key.end": INSIDE | PARTNERS,
    "key.make": INSIDE | PARTNERS,
    "mine": CUSTOMER,
    "passkey.remove": INSIDE | PARTNERS | CUSTOMER,
    "passkey.rename": INSIDE | PARTNERS | CUSTOMER,
    "person.consent": CARES | CUSTOMER,
    "person.erase": CARES | CUSTOMER,
    "person.export": CARES | CUSTOMER,
    "say": CUSTOMER,
    "second_factor.begin": INSIDE | PARTNERS | CUSTOMER,
    "second_factor.confirm": INSIDE | PARTNERS | CUSTOMER,
    "vote.cast": CUSTOMER,
    "second_factor.remove": INSIDE | PARTNERS | CUSTOMER,
}
"""What opens doors or tells who did what: whoever changes who may, changes it here too."""
ANYBODY = {"survey.answer"}
"""What is for people without an account, through a door made for them."""
ROOMS = {"pages": "show", "act": "act"}


@pytest.fixture(scope="module")
def programs(brand: Any, address: str) -> Iterator[dict[str, httpx.Client]]:
    """A program with a key for an account of each role."""
    made = {}
    brand.store.put("person", [{"id": "rights", "name": "Rita Wright"}])
    for role in ROLES:
        units = ["north"] if role in PARTNERS else []
        person = "rights" if role in CUSTOMER else ""
        name = f"{role}@rights.example"
        brand.act("account.open", name=name, role=role, units=units, person=person, existing=True)
        key = brand.act("key.make", label="rights", scopes=["read", "act"], name=f"{role}@rights.example")["key"]
        made[role] = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60)
    yield made
    for client in made.values():
        client.close()


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_rights_is_what_the_parts_say(name: str) -> None:
    room = "act" if name in finder.names("act") else "show"
    assert {role for role in ROLES if who.may(Viewer(role), who=finder.part(room, name).WHO)} == TABLE[name]


def test_a_customer_is_offered_what_is_their_own_and_nothing_else() -> None:
    def open_to(room: str) -> set[str]:
        return {name for name in finder.names(room) if who.may(Viewer("customer"), who=finder.part(room, name).WHO)}

    assert open_to("show") == {name for name, roles in TABLE.items() if "customer" in roles} & set(finder.names("show"))
    assert open_to("act") - ANYBODY == {name for name, roles in TABLE.items() if "customer" in roles} - open_to("show")


@pytest.mark.parametrize("role", ROLES)
def test_the_doors_offer_each_role_what_the_parts_say_and_refuse_the_rest(
    role: str, programs: dict[str, httpx.Client]
) -> None:
    for place, room in ROOMS.items():
        open_to = [name for name in finder.names(room) if who.may(Viewer(role), who=finder.part(room, name).WHO)]
        listed = programs[role].get(f"/api/v1/{place}")
        if role == "outsider":
            assert set(open_to) <= ANYBODY
            assert listed.status_code == 403
        else:
            assert [each["name"] for each in listed.json()] == open_to
        for name in set(finder.names(room)) - set(open_to):
            path = f"/api/v1/{place}/{name}"
            answer = programs[role].get(path) if place == "pages" else programs[role].post(path, json={})
            assert answer.status_code == 403, path


def test_nobody_is_asked_in_before_anything_is_told(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as stranger:
        for place, room in ROOMS.items():
            for name in finder.names(room):
                path = f"/api/v1/{place}/{name}"
                answer = stranger.get(path) if place == "pages" else stranger.post(path, json={})
                assert answer.status_code == 401, path
        assert all(stranger.get(f"/{name}").status_code == 303 for name in finder.names("show"))
        assert not any(name in stranger.get("/sign-in").text for name in PASSWORDS)
