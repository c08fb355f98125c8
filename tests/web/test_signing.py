"""Signing in and out, and what attackers try at that door."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests._doors import PASSWORDS, Person, basic, token
from touchstone.web import signing


def test_signing_in_leads_to_where_one_wanted_to_go(stranger: Person) -> None:
    wanted = stranger.get("/journey?unit=north").headers["location"]
    assert "journey%3Funit%3Dnorth" in wanted
    assert stranger.sign_in("board@example", next="/journey?unit=north").headers["location"] == "/journey?unit=north"


ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/x\r\nSet-Cookie: a=b",
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(stranger: Person, elsewhere: str) -> None:
    assert stranger.sign_in("board@example", next=elsewhere).headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "password"), [("board@example", "wrong"), ("who@example", "wrong"), ("", ""), ("\0", "\0")]
)
def test_a_wrong_password_and_an_unknown_name_are_told_alike(stranger: Person, name: str, password: str) -> None:
    page = stranger.get("/sign-in")
    answer = stranger.post("/sign-in", data={"name": name, "password": password, "csrf": token(page.text)})
    assert answer.status_code == 401
    assert "No account has this name and password" in answer.text
    assert password not in re.sub(r"<[^>]*>", "", answer.text) or not password.strip("\0")


def test_a_session_planted_before_signing_in_is_worth_nothing(stranger: Person, address: str) -> None:
    stranger.get("/sign-in")
    planted = stranger.cookies["touchstone"]
    stranger.sign_in("board@example")
    assert stranger.cookies["touchstone"] != planted
    assert httpx.get(f"{address}/overview.json", cookies={"touchstone": planted}).status_code == 401


def test_signing_out_ends_the_session_even_for_a_kept_cookie(stranger: Person, address: str, brand: Any) -> None:
    brand.act("account.open", name="guest@example", password="three small boats", role="insider", existing=True)
    stranger.sign_in("guest@example", "three small boats")
    kept = stranger.cookies["touchstone"]
    assert httpx.get(f"{address}/figure.json", cookies={"touchstone": kept}).status_code == 200
    out = stranger.post("/sign-out", data={"csrf": token(stranger.get("/figure").text)})
    assert out.headers["location"] == "/sign-in"
    assert httpx.get(f"{address}/overview.json", cookies={"touchstone": kept}).status_code == 401


def test_a_closed_account_is_out_at_once(board: Person, address: str, brand: Any) -> None:
    brand.act("account.open", name="leaver@example", password="twelve white fences", role="insider", existing=True)
    with Person(address) as leaver:
        leaver.sign_in("leaver@example", "twelve white fences")
        assert leaver.get("/").status_code == 200
        form = {"csrf": token(board.get("/act/account.close").text), "name": "leaver@example"}
        assert board.post("/act/account.close", data=form).status_code == 200
        assert leaver.get("/overview.json").status_code == 401
        assert leaver.sign_in("leaver@example", "twelve white fences").status_code == 401
        headers = basic("leaver@example", "twelve white fences")
        assert leaver.get("/api/v1/measure", headers=headers).status_code == 401


def test_signing_out_leaves_the_other_sessions_and_the_page_of_the_account_ends_them(address: str, brand: Any) -> None:
    brand.act("account.open", name="twice@example", password="three small boats", role="insider", existing=True)
    with Person(address) as here, Person(address) as there, Person(address) as gone:
        for each in (here, there, gone):
            each.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
            each.sign_in("twice@example", "three small boats")
        gone.post("/sign-out", data={"csrf": token(gone.get("/account").text)})
        page = here.get("/account").text
        assert "here and in 1 other place" in page
        assert page.count("Firefox on Windows</bdi>") == 2
        answer = here.post("/act/account.end_session", data={"csrf": token(page), "back": "/account"})
        assert answer.headers["location"] == "/account"
        assert there.get("/overview.json").status_code == gone.get("/overview.json").status_code == 401
        assert here.get("/overview.json").status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(stranger: Person) -> None:
    cookie = stranger.get("/sign-in").headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_cookie_that_was_tampered_with_is_nobody_s(board: Person, address: str) -> None:
    good = board.cookies["touchstone"]
    content, _, rest = good.partition(".")
    other = "A" if content[5] != "A" else "B"
    for bad in (f"{content[:5]}{other}{content[6:]}.{rest}", content, f"{good}x", "", "..", "{}"):
        assert httpx.get(f"{address}/overview.json", cookies={"touchstone": bad}).status_code == 401


def test_the_secret_is_its_owner_s_alone(brand: Any) -> None:
    path: Path = brand.path / "secret.key"
    assert path.stat().st_mode & 0o077 == 0
    assert signing.Doorkeeper(brand).secret == path.read_text().strip()


def test_guessers_wait_and_those_who_know_the_password_wait_with_them(brand: Any) -> None:
    keeper = signing.Doorkeeper(brand)
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    keeper.clock = lambda: now
    for _ in range(5):
        with pytest.raises(signing.Problem, match="No account"):
            keeper.admit("board@example", "wrong", address="10.0.0.1")
    with pytest.raises(signing.Problem, match="Too many") as refusal:
        keeper.admit("Board@example", PASSWORDS["board@example"], address="10.0.0.2")
    assert refusal.value.status == 429
    assert refusal.value.after >= 1
    now += timedelta(seconds=refusal.value.after)
    assert keeper.admit("board@example", PASSWORDS["board@example"], address="10.0.0.2").name == "board@example"
