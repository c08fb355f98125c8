"""Passkeys beside the password: one challenge, one signature, this host, this account."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import touchstone
from tests._doors import Person, served, token
from tests.web._authenticator import Authenticator
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.store import accounts, factors, passkeys

PASSWORD = "six narrow ladders"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return touchstone.open(tmp_path_factory.mktemp("passkeys") / "home", taxonomy="auto_dealer")


@pytest.fixture(scope="module")
def where(home: Any) -> Iterator[str]:
    with served(home) as address:
        yield address.replace("127.0.0.1", "localhost")


def options(page: str) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]*)"', page)
    assert found, "no device is asked here"
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


def began(person: Person) -> tuple[dict[str, str], dict[str, Any]]:
    """The form that adds a passkey, and what it asks of a device."""
    page = person.post("/passkeys/begin", data={"csrf": token(person.get("/account").text), "password": PASSWORD})
    return {"csrf": token(page.text), "name": "Phone"}, options(page.text)


def owner(home: Any, where: str, name: str) -> tuple[Authenticator, list[str]]:
    """An account with one passkey, and its recovery codes."""
    home.act("account.open", name=name, role="insight", password=PASSWORD)
    device = Authenticator(where)
    with Person(where) as person:
        assert person.sign_in(name, PASSWORD).status_code == 303
        form, asked = began(person)
        told = person.post("/passkeys/add", data=form | {"credential": device.create(asked)})
        assert told.status_code == 200
        return device, re.findall(r"(?:\w{4}-){3}\w{4}", told.text)


def test_a_device_is_asked_for_beside_the_password(home: Any, where: str) -> None:
    device, codes = owner(home, where, "ada@example")
    assert len(set(codes)) == 10
    with Person(where) as person:
        page = person.sign_in("ada@example", PASSWORD)
        assert person.get("/overview.json").status_code == 401
        asked = options(page.text)
        assert asked["rpId"] == "localhost"
        form = {"csrf": token(page.text), "credential": device.get(asked), "next": "//evil.example"}
        assert person.post("/sign-in/passkey", data=form).headers["location"] == "/"
        assert person.get("/overview.json").status_code == 200
        assert "Phone" in person.get("/account").text


def test_a_signature_opens_once_and_every_challenge_is_another(home: Any, where: str) -> None:
    device, _ = owner(home, where, "bea@example")
    with Person(where) as one, Person(where) as other:
        page, second = one.sign_in("bea@example", PASSWORD), other.sign_in("bea@example", PASSWORD)
        asked, later = options(page.text), options(second.text)
        assert asked["challenge"] != later["challenge"]
        sent = device.get(asked)
        assert other.post("/sign-in/passkey", data={"csrf": token(second.text), "credential": sent}).status_code == 401
        assert one.post("/sign-in/passkey", data={"csrf": token(page.text), "credential": sent}).status_code == 303
    with Person(where) as third:
        page = third.sign_in("bea@example", PASSWORD)
        assert third.post("/sign-in/passkey", data={"csrf": token(page.text), "credential": sent}).status_code == 401
        again = {"csrf": token(page.text), "credential": device.get(options(page.text))}
        assert third.post("/sign-in/passkey", data=again).status_code == 401  # a challenge that was tried is gone


WRONG = [
    lambda device: replace(device, origin="https://evil.example"),
    lambda device: replace(device, host="evil.example"),
    lambda device: replace(device, key=Authenticator(device.origin).key),
    lambda device: replace(device, id=b"another key of somebody else's"),
    lambda device: replace(device, count=-1),  # its counter stands where it stood: it may be a copy
]


@pytest.mark.parametrize("wrong", range(len(WRONG)))
def test_what_another_host_key_or_copy_signed_opens_nothing(home: Any, where: str, wrong: int) -> None:
    name = f"cid{wrong}@example"
    device, _ = owner(home, where, name)
    with Person(where) as person:
        page = person.sign_in(name, PASSWORD)
        first = {"csrf": token(page.text), "credential": device.get(options(page.text))}
        assert person.post("/sign-in/passkey", data=first).status_code == 303
    with Person(where) as person:
        page = person.sign_in(name, PASSWORD)
        sent = WRONG[wrong](device).get(options(page.text))
        assert person.post("/sign-in/passkey", data={"csrf": token(page.text), "credential": sent}).status_code == 401


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", '{"id": "x"}', "[" * 9000, '{"id": null, "response": 7}'])
def test_what_is_no_answer_of_a_device_is_refused_and_breaks_nothing(home: Any, where: str, sent: str) -> None:
    name = f"dan{abs(hash(sent)) % 9999}@example"
    owner(home, where, name)
    with Person(where) as person:
        page = person.sign_in(name, PASSWORD)
        assert person.post("/sign-in/passkey", data={"csrf": token(page.text), "credential": sent}).status_code == 401
    with Person(where) as person:
        home.act("account.open", name=f"new {name}", role="insight", password=PASSWORD)
        person.sign_in(f"new {name}", PASSWORD)
        form, _ = began(person)
        assert person.post("/passkeys/add", data=form | {"credential": sent}).status_code == 422
        assert (
            person.post("/passkeys/add", data=form | {"credential": sent}).status_code == 403
        )  # its challenge is gone


def test_who_lost_the_device_comes_in_by_a_recovery_code_once(home: Any, where: str) -> None:
    _, codes = owner(home, where, "eva@example")
    for code, status in ((codes[0], 303), (codes[0], 401), (codes[1], 303)):
        with Person(where) as person:
            page = person.sign_in("eva@example", PASSWORD)
            assert person.post("/sign-in/code", data={"csrf": token(page.text), "code": code}).status_code == status
    removed = home.act("second_factor.remove", name="eva@example")["removed"]
    assert removed == 1
    with Person(where) as person:
        assert person.sign_in("eva@example", PASSWORD).status_code == 303


def test_a_passkey_is_named_and_removed_by_its_owner_with_their_password(home: Any, where: str) -> None:
    device, _ = owner(home, where, "fay@example")
    with Person(where) as person:
        page = person.sign_in("fay@example", PASSWORD)
        asked = {"csrf": token(page.text), "credential": device.get(options(page.text))}
        person.post("/sign-in/passkey", data=asked)
        key = passkeys.held(home.store, account=_id(home, "fay@example"))[0].id
        form = {"csrf": token(person.get("/account").text), "passkey": key, "back": "/account"}
        assert person.post("/act/passkey.rename", data=form | {"label": "Old phone"}).status_code == 303
        assert "Old phone" in person.get("/account").text
        assert person.post("/passkeys/begin", data={"csrf": form["csrf"], "password": "wrong"}).status_code == 422
        assert person.post("/passkeys/begin", data={"password": PASSWORD}).status_code == 403
        again, options_ = began(person)
        assert [each["id"] for each in options_["excludeCredentials"]] == [key]
        assert person.post("/passkeys/add", data=again | {"credential": device.create(options_)}).status_code == 422
        assert person.post("/act/passkey.remove", data=form | {"password": "wrong"}).status_code == 422
        assert person.post("/act/passkey.remove", data=form | {"password": PASSWORD}).status_code == 303
    assert not factors.confirmed(home.store, account=_id(home, "fay@example"))


def test_nobody_reaches_the_passkeys_of_another(home: Any, where: str) -> None:
    owner(home, where, "gus@example")
    home.act("account.open", name="eve@example", role="executive", password=PASSWORD)
    key = passkeys.held(home.store, account=_id(home, "gus@example"))[0].id
    mine = home.store.as_viewer(accounts.find(home.store, name="eve@example").viewer)
    assert finder.verb("act", "passkey.rename")(mine, passkey=key, label="Mine")["renamed"] == 0
    assert finder.verb("act", "passkey.remove")(mine, passkey=key, password=PASSWORD)["removed"] == 0
    with pytest.raises(Refused, match="not open to you"):
        finder.verb("act", "passkey.remove")(mine, passkey=key, name="gus@example")
    assert home.ask(mine.viewer).record(passkeys.standing(account=_id(home, "gus@example"))) == []
    assert home.act("passkey.remove", passkey=key, name="gus@example")["removed"] == 1


def test_a_challenge_is_of_one_account_one_purpose_and_five_minutes(home: Any) -> None:
    store = home.store.as_viewer(home.store.viewer)
    store.settings = replace(home.settings, now=home.store.now.isoformat())

    def taken(**other: str) -> bool:
        id, _ = passkeys.challenge(store, account="a", purpose="add")
        return passkeys.taken(store, **{"id": id, "account": "a", "purpose": "add", **other}) is not None

    assert taken()
    assert not taken(account="b")
    assert not taken(purpose="sign_in")
    id, _ = passkeys.challenge(store, account="a", purpose="add")
    store.settings = replace(home.settings, now=(store.now + timedelta(minutes=5)).isoformat())
    assert passkeys.taken(store, id=id, account="a", purpose="add") is None


def test_a_program_and_a_passkey_stand_side_by_side(home: Any, where: str) -> None:
    import pyotp

    _, codes = owner(home, where, "hal@example")
    secret = home.act("second_factor.begin", name="hal@example")["secret"]
    assert factors.confirmed(home.store, account=_id(home, "hal@example"))  # the passkey's, all the while
    assert factors.verify(home.store, account=_id(home, "hal@example"), code=codes[0])
    assert not factors.verify(home.store, account=_id(home, "hal@example"), code=pyotp.TOTP(secret).now())
    code = pyotp.TOTP(secret).at(home.store.now)
    fresh = home.act("second_factor.confirm", name="hal@example", code=code)["recovery_codes"]
    assert not factors.verify(home.store, account=_id(home, "hal@example"), code=codes[1])
    assert factors.verify(home.store, account=_id(home, "hal@example"), code=fresh[0])


def test_an_address_without_a_name_asks_no_device(home: Any, where: str) -> None:
    owner(home, where, "ira@example")
    number = where.replace("localhost", "127.0.0.1")
    with Person(number) as person:
        assert "data-options" not in person.sign_in("ira@example", PASSWORD).text
    home.act("account.open", name="jan@example", role="insight", password=PASSWORD)
    with Person(number) as person:
        person.sign_in("jan@example", PASSWORD)
        form = {"csrf": token(person.get("/account").text), "password": PASSWORD}
        refused = person.post("/passkeys/begin", data=form)
        assert refused.status_code == 409
        assert "localhost" in refused.text


def _id(home: Any, name: str) -> str:
    account = accounts.find(home.store, name=name)
    assert account is not None
    return account.id
