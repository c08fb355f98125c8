"""Signing in through a provider of identity, against a real one on loopback, and what liars try."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import touchstone
from tests._doors import Person, served, token
from tests._provider import CLIENT, SECRET, Provider, provider

ADA = {"sub": "u-1", "email": "Ada@Example", "email_verified": True}


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def home(there: Provider, tmp_path_factory: pytest.TempPathFactory) -> Any:
    settings = {"oidc_issuer": there.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    near = {"outgoing_hosts": urlsplit(there.issuer).netloc}
    return touchstone.open(tmp_path_factory.mktemp("outside") / "home", taxonomy="auto_dealer", **settings, **near)


@pytest.fixture(scope="module")
def where(home: Any) -> Iterator[str]:
    with served(home) as address:
        yield address


@pytest.fixture
def person(home: Any, there: Provider, where: str) -> Iterator[Person]:
    """Ada, who has an account; the provider tells the truth."""
    home.act("account.open", name="ada@example", role="insight", existing=True)
    there.claims, there.lies, there.sign = dict(ADA), {}, "RS256"
    with Person(where) as one:
        yield one


def _came(person: Person, next: str = "/figure") -> httpx.Response:
    """What happens to somebody who goes to the provider and comes back."""
    out = person.get("/sign-in/outside", params={"next": next})
    assert out.status_code == 303
    back = httpx.get(out.headers["location"]).headers["location"]
    return person.get(back)


def test_who_the_provider_knows_is_let_in_as_the_account_of_their_address(person: Person, there: Provider) -> None:
    assert "/sign-in/outside" in person.get("/sign-in").text
    assert _came(person).headers["location"] == "/figure"
    assert "ada@example" in person.get("/account").text
    there.claims["email"] = "renamed@example"  # from the second time on the subject tells
    assert _came(person, "//evil.example").headers["location"] == "/"
    assert "ada@example" in person.get("/account").text


def test_the_door_is_asked_with_proof_key_state_and_nonce(person: Person) -> None:
    asked = [parse_qs(urlsplit(person.get("/sign-in/outside").headers["location"]).query) for _ in range(2)]
    assert asked[0]["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


STRANGERS = [
    {"sub": "u-2", "email": "nobody@example", "email_verified": True},
    {"sub": "u-3", "email": "bob@example", "email_verified": False},
    {"sub": "u-4", "email": "bob@example", "email_verified": "true"},
    {"sub": "u-5"},
    {"sub": "u-6", "email": "ada@example", "email_verified": True},  # the address went to a newcomer
]


@pytest.mark.parametrize("claims", STRANGERS, ids=[each["sub"] for each in STRANGERS])
def test_who_has_no_account_is_refused_with_a_sentence(person: Person, home: Any, there: Provider, claims: Any) -> None:
    home.act("account.open", name="bob@example", role="insight", existing=True)
    assert _came(person).status_code == 303  # ada is tied to her subject
    with Person(str(person.base_url)) as other:
        there.claims = claims
        refused = _came(other)
        assert refused.status_code == 403
        assert "Nobody here has an account that you are" in refused.text
        assert other.get("/overview.json").status_code == 401


def test_a_closed_account_is_out_here_too(person: Person, home: Any, there: Provider) -> None:
    home.act("account.open", name="cleo@example", role="insight")
    there.claims = {"sub": "u-7", "email": "cleo@example", "email_verified": True}
    assert _came(person).status_code == 303
    home.act("account.close", name="cleo@example")
    assert _came(person).status_code == 403


LIES = [
    ("another", {}),
    ("none", {}),
    ("HS256", {}),
    ("RS256", {"iss": "https://evil.example"}),
    ("RS256", {"aud": "another"}),
    ("RS256", {"aud": [CLIENT, "another"], "azp": "another"}),
    ("RS256", {"nonce": "old"}),
    ("RS256", {"nonce": None}),
    ("RS256", {"exp": int(time.time()) - 3600}),
    ("RS256", {"exp": None}),
    ("RS256", {"sub": None}),
    ("RS256", {"at_hash": "wrong"}),
]


@pytest.mark.parametrize(("sign", "lies"), LIES, ids=range(len(LIES)))
def test_a_token_that_proves_nothing_opens_nothing(person: Person, there: Provider, sign: str, lies: Any) -> None:
    there.sign, there.lies = sign, lies
    refused = _came(person)
    assert refused.status_code == 403
    assert "proves nothing" in refused.text
    assert person.get("/overview.json").status_code == 401


def test_an_answer_is_good_once_and_for_the_browser_that_asked(person: Person, where: str) -> None:
    back = httpx.get(person.get("/sign-in/outside").headers["location"]).headers["location"]
    with Person(where) as other:
        assert other.get(back).status_code == 403
        other.get("/sign-in/outside")
        assert other.get(back).status_code == 403
    assert person.get("/sign-in/back?state=x&code=y").status_code == 403
    assert person.get(back).status_code == 403  # a wrong answer spends the question
    back = httpx.get(person.get("/sign-in/outside").headers["location"]).headers["location"]
    assert person.get(back).status_code == 303
    assert person.get(back).status_code == 403


def test_a_code_stolen_on_its_way_is_worth_nothing_to_another(person: Person, where: str) -> None:
    stolen = httpx.get(person.get("/sign-in/outside").headers["location"]).headers["location"]
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    with Person(where) as thief:
        state = parse_qs(urlsplit(thief.get("/sign-in/outside").headers["location"]).query)["state"][0]
        assert thief.get("/sign-in/back", params={"state": state, "code": code}).status_code in (403, 422)
        assert thief.get("/overview.json").status_code == 401


def test_the_client_s_secret_is_shown_nowhere(person: Person, home: Any, there: Provider) -> None:
    _came(person)
    assert SECRET not in repr(home.settings)
    assert SECRET not in person.get("/account").text
    assert all(b"secret" not in each for each in there.bodies)


def test_without_a_provider_there_is_no_such_door(address: str) -> None:
    with Person(address) as someone:
        assert someone.get("/sign-in/outside").status_code == 404
        assert someone.get("/sign-in/back").status_code == 404
        assert "/sign-in/outside" not in someone.get("/sign-in").text
        assert token(someone.get("/sign-in").text)
