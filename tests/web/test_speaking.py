"""Which language a page is in, and that choosing one leads nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from tests._doors import Person, token
from tests.web.test_signing import ELSEWHERE
from touchstone.core.translation import said
from touchstone.web import speaking


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.5", "de"),
        ("fr;q=0.9,en;q=0.2,de;q=0.4", "de"),
        ("de;q=0", "en"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        ("de;q=x,,;;=", "en"),
        (";" * 9000, "en"),
    ],
)
def test_the_browser_is_asked_in_the_order_it_prefers(header: str, language: str) -> None:
    assert speaking.accepted(header) == language


def test_the_sign_in_page_speaks_what_the_browser_asks_for(stranger: Person) -> None:
    page = stranger.get("/sign-in", headers={"Accept-Language": "de-DE"})
    assert '<html lang="de"' in page.text
    assert page.headers["content-language"] == "de"
    assert said("Sign in", "de") in page.text


def test_a_stranger_chooses_at_the_foot_and_comes_back(stranger: Person) -> None:
    page = stranger.get("/sign-in?next=/journey")
    form = {"language": "de", "back": "/sign-in?next=/journey", "csrf": token(page.text)}
    assert stranger.post("/language", data=form).headers["location"] == "/sign-in?next=/journey"
    assert '<html lang="de"' in stranger.get("/sign-in").text
    back = stranger.post("/language", data={**form, "language": "en"})
    assert back.status_code == 303
    assert '<html lang="en"' in stranger.get("/sign-in", headers={"Accept-Language": "de"}).text


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_choosing_never_leads_to_another_site(stranger: Person, elsewhere: str) -> None:
    page = stranger.get("/sign-in")
    form = {"language": "de", "back": elsewhere, "csrf": token(page.text)}
    assert stranger.post("/language", data=form).headers["location"] == "/"


@pytest.mark.parametrize("language", ["xx", "", "../../etc", "de\r\nSet-Cookie: a=b"])
def test_a_language_that_is_not_there_is_not_kept(stranger: Person, language: str) -> None:
    page = stranger.get("/sign-in")
    answer = stranger.post("/language", data={"language": language, "back": "/", "csrf": token(page.text)})
    assert "language=" not in answer.headers.get("set-cookie", "")
    assert '<html lang="en"' in stranger.get("/sign-in").text


def test_a_choice_without_our_token_is_refused(stranger: Person) -> None:
    assert stranger.post("/language", data={"language": "de", "back": "/"}).status_code == 403


def test_an_account_keeps_its_language_whatever_the_browser_asks(stranger: Person, brand: Any) -> None:
    brand.act("account.open", name="leser@example", password="three small boats", role="insight", existing=True)
    stranger.sign_in("leser@example", "three small boats")
    page = stranger.get("/account")
    form = {"language": "de", "back": "/account", "csrf": token(page.text)}
    assert stranger.post("/act/account.language", data=form).headers["location"] == "/account"
    read = stranger.get("/account", headers={"Accept-Language": "en"})
    assert '<html lang="de"' in read.text
    assert said("My account", "de") in read.text
    assert stranger.get("/account.json").json()["title"] == "My account"
    refused = stranger.post("/act/account.language", data={**form, "language": "xx"})
    assert refused.status_code == 422
