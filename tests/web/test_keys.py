"""Keys of programs: told once, scoped, ended at once, and never more than their account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests._doors import Person, token
from touchstone.core.errors import Refused
from touchstone.rules import scope
from touchstone.store import keys
from touchstone.web import signing

NAME, PASSWORD = "robot@example", "six narrow ladders"
LETTERS = [{"source": "robot", "source_id": "1", "kind": "review", "text": "Friendly.", "occurred_at": "2026-11-01"}]


@pytest.fixture
def home(brand: Any) -> Any:
    brand.act("account.open", name=NAME, role="insider", password=PASSWORD, existing=True)
    return brand


@pytest.fixture
def opens(home: Any, address: str) -> Iterator[Any]:
    """A program that comes with a new key of these scopes, and its id."""
    held: list[httpx.Client] = []

    def make(*scopes: str, name: str = NAME) -> tuple[httpx.Client, str]:
        made = home.act("key.make", label=f"key {datetime.now(UTC)}", scopes=scopes, name=name)
        held.append(httpx.Client(base_url=address, headers={"Authorization": f"Bearer {made['key']}"}, timeout=60))
        return held[-1], made["id"]

    yield make
    for client in held:
        client.close()


WANTED = {
    "/api/v1/measure/volume": ("read", "measure"),
    "/api/v1/measure": ("read", "measure"),
    "/api/v1/decide/priorities": ("read", "decide"),
    "/api/v1/pages/overview": ("read", "pages"),
    "/api/v1/openapi.json": tuple(scope.SCOPES),
}


@pytest.mark.parametrize("given", scope.SCOPES)
def test_a_key_reads_what_its_scope_names_and_nothing_else(opens: Any, given: str) -> None:
    program, _ = opens(given)
    got = {path: program.get(path).status_code for path in WANTED}
    assert got == {path: 200 if given in scopes else 403 for path, scopes in WANTED.items()}


@pytest.mark.parametrize("given", scope.SCOPES)
def test_a_key_acts_by_its_scope_and_never_on_accounts_and_keys(opens: Any, given: str) -> None:
    program, _ = opens(given)
    sent = program.post("/api/v1/interactions", json=LETTERS)
    assert sent.status_code == (200 if given in ("receive", "act") else 403)
    theme = program.post("/api/v1/act/theme.rename", json={"theme": "none", "name": "x"})
    assert theme.status_code == (422 if given == "act" else 403)
    for action in ("account.open", "account.password", "key.make", "account.end_session"):
        refused = program.post(f"/api/v1/act/{action}", json={"label": "another", "name": "new@example"})
        assert refused.status_code == 403


def test_a_key_is_its_account_and_no_more(opens: Any) -> None:
    program, _ = opens("read", "act", name="dealer@example")
    rows = program.get("/api/v1/measure/volume?by=unit").json()
    assert {row["unit"] for row in rows} == {"north-quay", "north-hill"}
    assert program.get("/api/v1/decide/priorities").status_code == 403
    assert program.post("/api/v1/act/model.teach", json={}).status_code == 403


def test_what_ends_a_key_ends_it_at_once(opens: Any, home: Any) -> None:
    program, id = opens("read")
    assert program.get("/api/v1/measure").status_code == 200
    assert home.act("key.end", key=id, name="dealer@example")["ended"] == 0
    assert home.act("key.end", key=id, name=NAME)["ended"] == 1
    assert program.get("/api/v1/measure").status_code == 401
    home.act("account.open", name="gone@example", role="insider")
    program, _ = opens("read", name="gone@example")
    home.act("account.close", name="gone@example")
    assert program.get("/api/v1/measure").status_code == 401


def test_a_key_runs_out(home: Any) -> None:
    secret = home.act("key.make", label="short", days=1, name=NAME)["key"]
    later = home.store.as_viewer(home.store.viewer)
    later.settings = replace(home.settings, now=(home.store.now + timedelta(days=2)).isoformat())
    assert keys.find(home.store, secret=secret) is not None
    assert keys.find(later, secret=secret) is None


def test_a_key_is_told_once_and_written_nowhere(home: Any, address: str) -> None:
    with Person(address) as person:
        person.sign_in(NAME, PASSWORD)
        form = {"csrf": token(person.get("/account").text), "label": "Warehouse", "scopes": "read,receive", "days": "9"}
        made = person.post("/act/key.make", data=form)
        secret = next(word.strip('"&#34;,') for word in made.text.split() if "ts_" in word)
        secret = secret[secret.index("ts_") :].partition('"')[0]
        page = person.get("/account").text
        assert "Warehouse" in page
        assert secret not in page
        assert person.post("/act/key.make", data=form).status_code == 422
    assert keys.find(home.store, secret=secret) is not None
    written = b"".join(path.read_bytes() for path in Path(home.path).rglob("*") if path.is_file())
    assert secret.encode() not in written


def test_a_key_opens_no_page_and_carries_nothing_across_sites(opens: Any) -> None:
    program, _ = opens("read", "act")
    assert program.get("/overview").status_code == 303
    foreign = program.post("/api/v1/interactions", json=LETTERS, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


def test_guessers_of_keys_wait(brand: Any) -> None:
    keeper = signing.Doorkeeper(brand)
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    keeper.clock = lambda: now
    for n in range(signing.TRIES_FROM_ONE_ADDRESS):
        with pytest.raises(signing.Problem, match="opens nothing"):
            keeper.key(f"ts_{n}", address="10.0.0.9")
    with pytest.raises(signing.Problem, match="Too many"):
        keeper.key("ts_x", address="10.0.0.9")


@pytest.mark.parametrize("wrong", [{"scopes": ["all"]}, {"scopes": []}, {"days": 0}, {"days": 367}, {"label": "  "}])
def test_a_key_that_makes_no_sense_is_refused_beside_its_field(home: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        home.act("key.make", **{"label": "wrong", "name": NAME} | wrong)
    assert refusal.value.field == next(iter(wrong))
