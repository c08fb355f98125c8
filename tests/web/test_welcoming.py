"""Customers are invited to their own page: by a link that opens once, in a mail to an address that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

import touchstone
from tests._doors import Person, served, token
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.viewer import INSIDER, ROLES
from touchstone.store import live

MAX = "max@customers.example"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = touchstone.open(tmp_path_factory.mktemp("welcome") / "home", taxonomy="auto_dealer")
    opened.store.put("person", [{"id": "c-max", "name": "Max Moritz"}, {"id": "c-ida", "name": "Ida Ibsen"}])
    opened.act("account.open", name=MAX, role="customer", person="c-max")
    return opened


@pytest.fixture(scope="module")
def where(home: Any) -> Iterator[str]:
    with served(home) as address:
        yield address


def test_a_link_invites_once_and_only_until_it_ends(home: Any, where: str) -> None:
    home.store.put("person", [{"id": "c-eva", "name": "Eva Example"}])
    with pytest.raises(Refused) as refusal:
        home.act("account.invite", person="c-eva")
    assert refusal.value.field == "name"
    first = home.act("account.invite", person="c-eva", name="eva@customers.example")["link"]
    link = home.act("account.invite", person="c-eva", name="eva@customers.example")["link"]
    with pytest.raises(Refused, match="there is an account"):
        home.act("account.invite", person="c-eva", name=MAX)
    with Person(where) as eva, Person(where) as late:
        assert eva.get(first).status_code == 404  # a further one ends it
        page = eva.get(link)
        assert "eva@customers.example" in page.text
        assert eva.post(link, data={"csrf": token(page.text), "password": "short"}).status_code == 422
        assert eva.post(link, data={"password": "ten quiet harbours"}).status_code == 403
        late_form = {"csrf": token(late.get(link).text), "password": "nine noisy harbours"}
        form = {"csrf": token(page.text), "password": "ten quiet harbours"}
        assert eva.post(link, data=form).status_code == 303
        assert "Nothing of yours" in eva.get("/").text
        assert late.post(link, data=late_form).status_code == 404
        assert late.sign_in("eva@customers.example", "ten quiet harbours").status_code == 303
    written = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    assert link.rpartition("/")[2].encode() not in written


def test_an_invitation_by_mail_goes_to_the_address_that_is_known(home: Any) -> None:
    home.store.put("person", [{"id": "c-uwe", "contacts": '{"email": "Uwe@customers.example"}'}])
    reached = home.store.as_viewer(INSIDER)
    reached.settings = type(home.settings)(address="https://cx.example.com/")
    invite = finder.verb("act", "account.invite")
    told = invite(reached, person="c-uwe")
    assert (told["name"], told["sent"]) == ("uwe@customers.example", True)
    assert "link" not in told
    outbox = next(each for each in live.everything() if each.name == "outbox")
    mails = home.ask().record(select(outbox).where(outbox.c.person == "c-uwe"))
    assert [each["to"] for each in mails] == ["Uwe@customers.example"]
    assert re.search(r"https://cx\.example\.com/welcome/[\w-]{40,}", mails[0]["text"])
    assert "link" in invite(reached, person="c-uwe", name="uwe at work")  # not to an address nobody knows of theirs


def test_only_administrators_and_who_speaks_with_customers_invite(home: Any) -> None:
    for role, side in ROLES.items():
        viewer = type(INSIDER)(role, ("north",) if side == "partner" else (), personal=False)
        if role in ("administrator", "contact_centre"):
            with pytest.raises(Refused, match="personal data"):
                finder.verb("act", "account.invite")(home.store.as_viewer(viewer), person="c-ida")
