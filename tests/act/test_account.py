"""Accounts are opened and closed; names, roles, units and passwords are checked in that order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import touchstone
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.store import accounts, tables

PASSWORD = "seven brown kettles"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = touchstone.open(tmp_path_factory.mktemp("accounts") / "home", taxonomy="auto_dealer")
    opened.store.put("unit", [{"id": "north", "name": "North"}])
    return opened


def test_an_account_opens_the_door_for_its_password_alone(home: Any) -> None:
    home.act("account.open", name="Anna  Example", role="insider", password=PASSWORD)
    known = accounts.verify(home.store, name=" anna example ", password=PASSWORD)
    assert known is not None
    assert known.viewer.role == "administrator"
    assert known.viewer.name == "anna example"
    assert accounts.verify(home.store, name="anna example", password=PASSWORD.upper()) is None


def test_a_password_is_made_where_none_is_given_and_told_once(home: Any) -> None:
    made = home.act("account.open", name="ben@example", role="partner", units=["north"])
    assert accounts.verify(home.store, name="ben@example", password=made["password"]) is not None
    again = home.act("account.open", name="ben@example", role="partner", units=["north"], existing=True)
    assert again == {name: value for name, value in made.items() if name != "password"}


def test_passwords_and_names_are_written_nowhere_in_the_clear(home: Any) -> None:
    home.act("account.open", name="carla@example", role="insider", password="nine yellow bridges")
    written = b"".join(path.read_bytes() for path in Path(home.path).rglob("*") if path.is_file())
    assert b"nine yellow bridges" not in written
    assert b"$argon2id$" in written
    log = home.ask().record(tables.activity.select())
    assert all("carla" not in each["ids"] for each in log)


MISTAKES = [
    ({"name": "x"}, "name"),
    ({"name": "n" * 201}, "name"),
    ({"role": "owner"}, "role"),
    ({"role": "partner"}, "units"),
    ({"role": "partner", "units": ["nowhere"]}, "units"),
    ({"role": "insider", "units": ["north"]}, "units"),
    ({"password": "short"}, "password"),
]


@pytest.mark.parametrize(("mistake", "field"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_refused_beside_its_field_and_opens_nothing(home: Any, mistake: Any, field: str) -> None:
    fields = {"name": "dora@example", "role": "insider", "password": PASSWORD} | mistake
    with pytest.raises(Refused) as refusal:
        home.act("account.open", **fields)
    assert refusal.value.field == field
    assert accounts.find(home.store, name=fields["name"]) is None


def test_a_taken_name_is_refused_however_it_is_written(home: Any) -> None:
    home.act("account.open", name="emil@example", role="insider")
    with pytest.raises(Refused, match="there is an account"):
        home.act("account.open", name="EMIL@example", role="insider")


def test_closing_takes_effect_at_once_and_twice_is_harmless(home: Any) -> None:
    home.act("account.open", name="fred@example", role="insider", password=PASSWORD)
    home.act("account.close", name="Fred@example")
    home.act("account.close", name="fred@example")
    assert accounts.verify(home.store, name="fred@example", password=PASSWORD) is None
    with pytest.raises(Refused, match="no account"):
        home.act("account.close", name="nobody at all")


def test_nobody_locks_himself_out(home: Any) -> None:
    account = home.act("account.open", name="gina@example", role="insider")["account"]
    own = home.store.as_viewer(Viewer("insider", (), account))
    with pytest.raises(Refused, match="your own"):
        finder.verb("act", "account.close")(own, name="gina@example")


def test_ending_sessions_changes_the_stamp_and_nothing_else(home: Any) -> None:
    home.act("account.open", name="hugo@example", role="insider", password=PASSWORD)
    before = accounts.find(home.store, name="hugo@example")
    assert before is not None
    accounts.end_sessions(home.store, id=before.id)
    after = accounts.get(home.store, id=before.id)
    assert after is not None
    assert after.stamp != before.stamp
    assert (after.name, after.role, after.closed) == (before.name, before.role, before.closed)
    assert accounts.verify(home.store, name="hugo@example", password=PASSWORD) == after
