"""Forms: ours alone, from our own pages alone, and their mistakes are shown where they were made."""

from __future__ import annotations

from typing import Any

import pytest

from tests._doors import Person, token


@pytest.mark.parametrize("forged", [None, "", "forged", "WyJ4Il0.aaaa.bbbb"])
def test_a_form_without_our_token_does_nothing(board: Person, forged: str | None) -> None:
    form = {"name": "made@example", "role": "insider"} | ({} if forged is None else {"csrf": forged})
    assert board.post("/act/account.open", data=form).status_code == 403
    assert board.post("/sign-out", data={"csrf": forged or ""}).status_code == 403
    assert board.get("/").status_code == 200


def test_another_session_s_token_does_nothing(board: Person, address: str) -> None:
    with Person(address) as other:
        theirs = token(other.get("/sign-in").text)
    form = {"name": "made@example", "role": "insider", "csrf": theirs}
    assert board.post("/act/account.open", data=form).status_code == 403


def test_a_request_from_another_site_does_nothing(board: Person) -> None:
    form = {"name": "made@example", "role": "insider", "csrf": token(board.get("/act/account.open").text)}
    answer = board.post("/act/account.open", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_form_s_mistake_is_shown_beside_its_field_and_no_password_comes_back(board: Person) -> None:
    page = board.get("/act/account.open")
    form = {"csrf": token(page.text), "name": "x@example", "role": "owner", "password": "a secret never shown"}
    answer = board.post("/act/account.open", data=form)
    assert answer.status_code == 422
    assert "is no role" in answer.text
    assert "a secret never shown" not in answer.text


def test_a_partner_opens_no_accounts(dealer: Person) -> None:
    form = {"name": "mine@example", "role": "insider", "csrf": token(dealer.get("/").text)}
    assert dealer.get("/act/account.open").status_code == 403
    assert dealer.post("/act/account.open", data=form).status_code == 403


FILES = [
    {"source": "/etc/passwd"},
    {"source": "table", "target": "/etc/passwd"},
    {"source": "table", "set": "path=/etc/passwd"},
    {"source": "example", "set": "truth=/tmp/planted.json"},
]


@pytest.mark.parametrize("fields", FILES, ids=str)
def test_files_of_the_machine_are_for_whoever_sits_at_it(board: Person, fields: dict[str, str]) -> None:
    form = {"csrf": token(board.get("/act/listen").text), **fields}
    answer = board.post("/act/listen", data=form)
    assert answer.status_code == 422
    assert "at the machine alone" in answer.text


def test_an_action_s_own_file_is_not_offered_here(board: Person) -> None:
    page = board.get("/act/read").text
    assert 'name="file"' not in page
    form = {"csrf": token(page), "file": "/etc/passwd"}
    assert "at the machine alone" in board.post("/act/read", data=form).text


def test_who_only_reads_is_offered_no_form_and_refused_where_they_send_one(brand: Any, address: str) -> None:
    brand.act("account.open", name="chief@example", password="three tall chimneys", role="executive", existing=True)
    with Person(address) as chief:
        chief.sign_in("chief@example", "three tall chimneys")
        themes = chief.get("/themes").text
        assert 'action="/act/theme' not in themes
        answer = chief.post("/act/theme.undo", data={"csrf": token(themes), "decision": "x"})
        assert answer.status_code == 403
        assert chief.get("/teaching").status_code == 403


def test_what_is_wrong_is_said_once_and_what_to_do_beside_it(board: Person) -> None:
    text = board.post("/sign-out", data={"csrf": "forged"}).text.partition("<main")[2]
    assert (text.count("This form is too old or not ours."), text.count("Open it anew and send it again.")) == (1, 1)
