"""A page that tells of the record is drawn once for what it says, and what changes is seen by whoever opens it next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import _brand
from tests._doors import Person, served, signed_in, token
from touchstone.act._converse import converse
from touchstone.web import drawing

SAID = "The bill was wrong again, and nobody calls back. I want my money."


def _said(home: Any, id: str, text: str) -> None:
    said = {"source": "mail", "source_id": id, "kind": "message", "channel": "mail", "text": text, "thread": "t-ida",
            "person": "c-ida", "unit": "south", "level": "end_customer", "occurred_at": home.store.now}  # fmt: skip
    home.store.append([[said]])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The small brand, where Ida wrote."""
    made = _brand.full(tmp_path_factory.mktemp("drawn") / "home")
    made.store.put("person", [{"id": "c-ida", "name": "Ida Berg"}])
    _said(made, "m1", SAID)
    made.store.derive()
    converse(made.store)
    return made


@pytest.fixture(scope="module")
def there(home: Any) -> Iterator[str]:
    with served(home) as address:
        yield address


@pytest.fixture
def ben(there: str) -> Iterator[Person]:
    """Somebody inside who is signed in."""
    with signed_in(there, "board@example") as person:
        yield person


def act(person: Person, name: str, /, **fields: Any) -> Any:
    answer = person.post(
        f"/api/v1/act/{name}", json=fields, headers={"X-CSRF-Token": token(person.get("/account").text)}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("page", ["inbox", "conversation?id=t-ida", "alerts", "customer?id=c-ida", "accounts"])
def test_a_page_of_the_record_is_drawn_once_while_it_says_the_same(
    ben: Person, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drew, draw = [], drawing._drawn
    monkeypatch.setattr(drawing, "_drawn", lambda *given: drew.append(page) or draw(*given))  # type: ignore[func-returns-value]  # notes it
    first, again = (ben.get(f"/{page}").text for _ in range(2))
    assert drew == [page]
    assert first.replace(token(first), "") == again.replace(token(again), "")
    with Person(str(ben.base_url)) as dealer:
        dealer.sign_in("dealer@example")
        drew.clear()
        dealer.get(f"/{page}")
    assert drew == [page]  # nobody is shown what was drawn for another


DONE: dict[str, tuple[str, dict[str, Any], str]] = {
    "conversation.take": ("inbox", {"ids": ["t-ida"]}, "You took 1"),
    "message.note": ("conversation?id=t-ida", {"conversation": "t-ida", "text": "She is right."}, "She is right."),
    "message.draft": ("conversation?id=t-ida", {"conversation": "t-ida", "text": "Dear Ida,"}, "Dear Ida,"),
    "conversation.close": ("conversation?id=t-ida", {"ids": ["t-ida"]}, "It is closed."),
    "rule.make": ("alerts", {"measure": "nps", "below": -40, "to": "board@example"}, "below −40"),
    "canned.keep": ("answers", {"name": "Sorry", "text": "We are sorry, {name}."}, "We are sorry"),
    "account.open": ("accounts", {"name": "new@example", "password": "ten tall towers", "role": "insight"}, "new@"),
}


@pytest.mark.parametrize("action", DONE)
def test_what_somebody_does_is_seen_at_the_next_view(ben: Person, action: str) -> None:
    page, fields, seen = DONE[action]
    assert [seen in ben.get(f"/{page}").text for _ in range(2)] == [False, False]
    act(ben, action, **fields)
    assert seen in ben.get(f"/{page}").text


def test_what_a_customer_says_next_and_is_called_from_now_on_is_seen_at_the_next_view(home: Any, ben: Person) -> None:
    page = "/customer?id=c-ida"
    _said(home, "m2", "And now the door is broken.")
    assert "And now the door is broken" in ben.get(page).text
    home.store.put("person", [{"id": "c-ida", "name": "Ida Holm"}])
    assert ["Ida Holm" in ben.get(page).text, "Ida Berg" in ben.get(page).text] == [True, False]
