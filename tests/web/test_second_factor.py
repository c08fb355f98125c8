"""A second factor: asked for after the password, each code once, with a way back for whoever loses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

import touchstone
from tests._doors import Person, basic, served, token
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.rules import second_factor
from touchstone.store import accounts, factors
from touchstone.web import signing

NAME, PASSWORD = "ada@example", "six narrow ladders"
NOW = datetime(2026, 11, 21, 9, 0, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return touchstone.open(tmp_path_factory.mktemp("factor") / "home", taxonomy="auto_dealer", now=NOW.isoformat())


@pytest.fixture(scope="module")
def where(home: Any) -> Iterator[str]:
    with served(home) as address:
        yield address


@pytest.fixture
def secret(home: Any) -> str:
    """The confirmed secret of a fresh account; the code of half a minute ago is spent."""
    home.act("account.open", name=NAME, role="insider", password=PASSWORD, existing=True)
    home.act("second_factor.remove", name=NAME)
    begun: str = home.act("second_factor.begin", name=NAME)["secret"]
    home.act("second_factor.confirm", name=NAME, code=code(begun, -30))
    return begun


def code(secret: str, seconds: int = 0) -> str:
    return pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds))


def _step(person: Person, given: str, name: str = NAME) -> httpx.Response:
    asked = person.sign_in(name, PASSWORD, next="/figure")
    assert asked.status_code == 200
    assert "second factor" in asked.text
    return person.post("/sign-in/code", data={"csrf": token(asked.text), "code": given, "next": "/figure"})


def test_the_password_alone_does_not_open_the_door(where: str, secret: str) -> None:
    with Person(where) as person:
        asked = person.sign_in(NAME, PASSWORD)
        assert person.get("/overview.json").status_code == 401
        form = {"csrf": token(asked.text), "code": code(secret), "next": "//evil.example"}
        assert person.post("/sign-in/code", data=form | {"code": "000000"}).status_code == 401
        assert person.post("/sign-in/code", data=form | {"csrf": "x"}).status_code == 403
        assert person.post("/sign-in/code", data=form).headers["location"] == "/"
        assert person.get("/overview.json").status_code == 200


def test_a_code_is_taken_once_and_never_an_older_one(where: str, secret: str) -> None:
    with Person(where) as one, Person(where) as other:
        assert _step(one, code(secret, -30)).status_code == 401  # the one that confirmed it
        assert _step(one, code(secret)).status_code == 303
        assert _step(other, code(secret)).status_code == 401
        assert _step(other, code(secret, 60)).status_code == 401
        assert _step(other, code(secret, 30)).status_code == 303


def test_a_recovery_code_opens_the_door_once(home: Any, where: str) -> None:
    own = "rita@example"  # nobody guessed under this name before
    home.act("account.open", name=own, role="insider", password=PASSWORD)
    begun = home.act("second_factor.begin", name=own)["secret"]
    codes = home.act("second_factor.confirm", name=own, code=code(begun))["recovery_codes"]
    assert len(set(codes)) == second_factor.RECOVERY
    with Person(where) as person:
        assert _step(person, codes[0].upper().replace("-", " "), own).status_code == 303
    with Person(where) as person:
        assert _step(person, codes[0], own).status_code == 401
        assert _step(person, codes[1], own).status_code == 303


def test_programs_need_a_key_where_people_need_a_second_factor(home: Any, where: str, secret: str) -> None:
    assert secret
    refused = httpx.get(f"{where}/api/v1/measure", headers=basic(NAME, PASSWORD))
    assert refused.status_code == 403
    assert "key" in refused.json()["todo"]
    key = home.act("key.make", label="its own", name=NAME)
    assert httpx.get(f"{where}/api/v1/measure", headers={"Authorization": f"Bearer {key['key']}"}).status_code == 200
    home.act("key.end", key=key["id"], name=NAME)


def test_a_password_remembered_for_programs_is_forgotten_with_the_first_code(home: Any, where: str) -> None:
    home.act("account.open", name="bea@example", role="insider", password=PASSWORD)
    header = basic("bea@example", PASSWORD)
    assert httpx.get(f"{where}/api/v1/measure", headers=header).status_code == 200
    begun = home.act("second_factor.begin", name="bea@example")["secret"]
    assert httpx.get(f"{where}/api/v1/measure", headers=header).status_code == 200
    home.act("second_factor.confirm", name="bea@example", code=code(begun))
    assert httpx.get(f"{where}/api/v1/measure", headers=header).status_code == 403


def test_the_page_of_the_account_leads_through_it(home: Any, where: str) -> None:
    home.act("account.open", name="cid@example", role="insider", password=PASSWORD)
    with Person(where) as person:
        person.sign_in("cid@example", PASSWORD)
        form = {"csrf": token(person.get("/account").text), "back": "/account"}
        assert person.get("/second-factor.svg").status_code == 404
        assert person.post("/act/second_factor.begin", data=form | {"password": "wrong"}).status_code == 422
        assert person.post("/act/second_factor.begin", data=form | {"password": PASSWORD}).status_code == 303
        assert "/second-factor.svg" in person.get("/account").text
        picture = person.get("/second-factor.svg")
        assert picture.headers["content-type"] == "image/svg+xml"
        secret = picture.text.partition("Secret to type: ")[2].partition("<")[0]
        done = person.post("/act/second_factor.confirm", data=form | {"code": code(secret), "back": ""})
        assert "Recovery codes" in done.text
        assert "shown once" in done.text
        assert len(re.findall(r"^(?:.*<textarea[^>]*>)?(?:\w{4}-){3}\w{4}", done.text, re.MULTILINE)) == 10
        assert person.get("/second-factor.svg").status_code == 404
        assert "in force" in person.get("/account").text
        assert person.post("/act/second_factor.remove", data=form | {"password": PASSWORD}).status_code == 303
        assert person.get("/overview.json").status_code == 200


def test_the_secret_is_sealed_and_a_new_home_s_secret_opens_nothing(home: Any, secret: str) -> None:
    written = b"".join(path.read_bytes() for path in Path(home.path).rglob("*") if path.is_file())
    assert secret.encode() not in written
    account = accounts.find(home.store, name=NAME)
    assert account is not None
    kept = (home.path / "secret.key").read_text()
    (home.path / "secret.key").write_text("0" * 64)
    assert not factors.verify(home.store, account=account.id, code=code(secret))
    (home.path / "secret.key").write_text(kept)
    assert factors.verify(home.store, account=account.id, code=code(secret))


def test_guessers_of_codes_wait(home: Any, secret: str) -> None:
    keeper = signing.Doorkeeper(home)
    keeper.clock = lambda: NOW
    account = accounts.find(home.store, name=NAME)
    assert account is not None
    for _ in range(5):
        with pytest.raises(signing.Problem, match="not the code"):
            keeper.check_code(account, "123", address="10.0.0.1")
    with pytest.raises(signing.Problem, match="Too many"):
        keeper.check_code(account, code(secret), address="10.0.0.2")


def test_a_colleague_without_personal_data_takes_no_factor_away(home: Any, secret: str) -> None:
    assert secret
    for viewer in ({"role": "insight"}, {"role": "administrator", "personal": False}, {"role": "partner_staff"}):
        mine = home.store.as_viewer(replace(home.store.viewer, account="x", name="x", **viewer))
        with pytest.raises(Refused):
            finder.verb("act", "second_factor.remove")(mine, name=NAME)
    for action in ("second_factor.begin", "second_factor.confirm", "key.make"):
        mine = home.store.as_viewer(replace(home.store.viewer, account="x", name="x"))
        fields = {"second_factor.confirm": {"code": "1"}, "key.make": {"label": "x"}}.get(action, {})
        with pytest.raises(Refused, match="acts as its owner"):
            finder.verb("act", action)(mine, name=NAME, **fields)


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_code_holds_for_a_step_either_way_and_after_the_last(away: int, last: int) -> None:
    here = int(NOW.timestamp()) // 30
    found = second_factor.step(
        SECRET, pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=30 * away)), now=NOW, last=here + last
    )
    assert found == (here + away if abs(away) <= 1 and away > last else None)


SECRET = second_factor.fresh()


def test_the_codes_are_those_of_the_standard() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: the last six digits of its eight
    for seconds, expected in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        assert second_factor.step(secret, expected, now=now, last=0) == seconds // 30
