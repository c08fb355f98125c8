"""Accounts are opened and closed; names, roles, units and passwords are checked in that order."""

from __future__ import annotations

import copy
import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher, Type

import touchstone
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.store import _live_people as tables_of_people
from touchstone.store import accounts, keys, sessions, tables

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


def test_a_guess_at_a_password_costs_what_the_second_recommendation_of_rfc_9106_asks(light: PasswordHasher) -> None:
    assert (light.type, light.time_cost, light.memory_cost, light.parallelism) == (Type.ID, 3, 65_536, 4)


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


def test_a_new_password_takes_the_old_one_and_ends_every_other_session(home: Any) -> None:
    mine = _in(home, "hugo@example")
    elsewhere = sessions.start(home.store, account=mine.viewer.account, agent="Firefox on Linux")
    with pytest.raises(Refused) as refusal:
        _change(mine, old_password="nine blue doors and more", password="four slow rivers")
    assert refusal.value.field == "old_password"
    assert _change(mine, old_password=PASSWORD, password="four slow rivers")["ended"] == 1
    assert sessions.seen(home.store, id=mine.viewer.session) is not None
    assert sessions.seen(home.store, id=elsewhere) is None
    assert accounts.verify(home.store, name="hugo@example", password=PASSWORD) is None
    assert accounts.verify(home.store, name="hugo@example", password="four slow rivers") is not None


def test_whoever_guesses_at_the_old_password_must_wait(home: Any) -> None:
    mine = _in(home, "ines@example")
    mine.settings = replace(home.settings, now=home.store.now.isoformat())  # however slow this machine is
    for _ in range(5):
        with pytest.raises(Refused, match="not your password"):
            _change(mine, old_password="wrong and wrong", password="four slow rivers")
    with pytest.raises(Refused, match="too many"):
        _change(mine, old_password=PASSWORD, password="four slow rivers")


@pytest.mark.parametrize("action", ["account.password", "account.end_session"])
def test_only_an_administrator_reaches_into_the_account_of_another(home: Any, action: str) -> None:
    theirs = _in(home, f"{action}@example")
    fields = {"name": f"{action}@example"} | ({"password": "four slow rivers"} if action == "account.password" else {})
    mine = _in(home, f"other-{action}@example")
    for role in ("insight", "contact_centre", "marketing", "executive", "partner_administrator", "partner_staff"):
        with pytest.raises(Refused, match="not open to you"):
            finder.verb("act", action)(home.store.as_viewer(replace(mine.viewer, role=role)), **fields)
    with pytest.raises(Refused, match="personal data"):
        finder.verb("act", action)(home.store.as_viewer(replace(mine.viewer, personal=False)), **fields)
    assert sessions.seen(home.store, id=theirs.viewer.session) is not None
    assert finder.verb("act", action)(mine, **fields)["ended"] == 1
    assert sessions.seen(home.store, id=theirs.viewer.session) is None


def test_a_session_of_another_is_neither_ended_nor_read(home: Any) -> None:
    theirs, mine = _in(home, "jana@example"), _in(home, "karl@example")
    assert finder.verb("act", "account.end_session")(mine, session=theirs.viewer.session)["ended"] == 0
    assert sessions.seen(home.store, id=theirs.viewer.session) is not None
    for role in ("administrator", "partner_staff"):
        viewer = replace(mine.viewer, role=role, units=("north",) if role == "partner_staff" else ())
        assert {row["account"] for row in home.ask(viewer).record(tables_of_people.session.select())} == {
            mine.viewer.account
        }
        with pytest.raises(Refused):
            home.ask(viewer).record(tables_of_people.session.alias().select())


def test_a_session_is_seen_once_a_minute_and_dies_of_idleness(home: Any) -> None:
    mine = _in(home, "lena@example")
    id, row = mine.viewer.session, tables_of_people.session
    began = home.ask(mine.viewer).record(row.select())[0]["seen_at"]
    later = copy.copy(home.store)
    for wait, seen in ((timedelta(seconds=30), began), (timedelta(hours=11), began + timedelta(hours=11))):
        later.settings = replace(home.settings, now=(began + wait).isoformat())
        assert sessions.seen(later, id=id) is not None
        for thread in threading.enumerate():
            if thread.daemon and thread.name.endswith("(write)"):
                thread.join()
        assert home.ask(mine.viewer).record(row.select())[0]["seen_at"] == seen
    later.settings = replace(home.settings, now=(began + timedelta(hours=24)).isoformat())
    assert sessions.seen(later, id=id) is None


def test_closing_an_account_ends_its_sessions(home: Any) -> None:
    mine = _in(home, "mara@example")
    home.act("account.close", name="mara@example")
    assert sessions.seen(home.store, id=mine.viewer.session) is None


def _in(home: Any, name: str) -> Any:
    """The store as an administrator who has just signed in."""
    home.act("account.open", name=name, role="insider", password=PASSWORD)
    account = accounts.find(home.store, name=name)
    assert account is not None
    session = sessions.start(home.store, account=account.id, agent="Chrome on Windows")
    return home.store.as_viewer(replace(account.viewer, session=session))


def _change(store: Any, **fields: Any) -> dict[str, Any]:
    changed: dict[str, Any] = finder.verb("act", "account.password")(store, **fields)
    return changed


def test_another_role_holds_at_once_for_sessions_and_keys(home: Any) -> None:
    mine = _in(home, "nina@example")
    key = home.act("key.make", label="robot", scopes=["read", "act"], name="nina@example")["key"]
    told = home.act("account.change", name="nina@example", role="partner_staff", units=["north"])
    assert told["ended"] == 1
    assert sessions.seen(home.store, id=mine.viewer.session) is None
    opened = keys.find(home.store, secret=key)
    assert opened is not None
    assert (opened.account.role, opened.account.units, opened.account.personal) == ("partner_staff", ("north",), False)
    assert home.act("account.change", name="nina@example", units=["north"])["ended"] == 0
    assert home.act("account.change", name="nina@example", role="insight")["personal"] is False
    log = home.ask().record(tables.activity.select().where(tables.activity.c.action == "account.change"))
    assert [json.loads(row["ids"])["role"] for row in log] == ["partner_staff", "insight"]


WRONG = [
    ({"role": "owner"}, "role"),
    ({"role": "customer"}, "role"),
    ({"role": "partner"}, "units"),
    ({"role": "partner", "units": ["nowhere"]}, "units"),
    ({"units": ["north"]}, "units"),
    ({"name": "nobody at all"}, "name"),
]


@pytest.mark.parametrize(("mistake", "field"), WRONG, ids=range(len(WRONG)))
def test_a_change_that_makes_no_sense_is_refused_and_changes_nothing(home: Any, mistake: Any, field: str) -> None:
    home.act("account.open", name="olaf@example", role="insight", existing=True)
    with pytest.raises(Refused) as refusal:
        home.act("account.change", **{"name": "olaf@example", **mistake})
    assert refusal.value.field == field
    known = accounts.find(home.store, name="olaf@example")
    assert known is not None
    assert (known.role, known.units) == ("insight", ())


def test_the_last_administrator_stays_one_whoever_asks_and_however_many_at_once(tmp_path: Path) -> None:
    home = touchstone.open(tmp_path / "home", taxonomy="auto_dealer")
    for name in ("anna@example", "ben@example"):
        home.act("account.open", name=name, role="administrator", password=PASSWORD)
    refused = []

    def step_down(name: str) -> None:
        try:
            finder.verb("act", "account.change")(_as(home, name), name=name, role="insight")
        except Refused as refusal:
            refused.append(refusal.field)

    both = [threading.Thread(target=step_down, args=(name,)) for name in ("anna@example", "ben@example")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert refused == ["role"]
    assert {row["role"]: row["n"] for row in home.ask().record(accounts.counts())}["administrator"] == 1
    last = home.ask().record(accounts.listed(role="administrator"))[0]["name"]
    with pytest.raises(Refused, match="last administrator"):
        home.act("account.close", name=last)
    home.store.close()


def _as(home: Any, name: str) -> Any:
    account = accounts.find(home.store, name=name)
    assert account is not None
    return home.store.as_viewer(account.viewer)
