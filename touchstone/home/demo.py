"""The example brand: a home built from the simulated car maker, with a login for each role."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from touchstone.home import Home, _example_work
from touchstone.store import mine

BOARD, DEALER = "board@example", "dealer@example"
PASSWORD = "touchstone-example"
UNTIL = "example.until"
"""The file of the home that says on which day its story ends, so that it goes on as it began."""
KEPT = 0.1
"""What the example brand's own studies say: so many customers more stay per point of a score of 0 to 10."""

_INSIDE = (
    ("board", "administrator", "sees everything, and opens accounts"),
    ("executive", "executive", "reads, and decides about budgets"),
    ("insight", "insight", "measures, teaches, and states what can be done"),
    ("centre", "contact_centre", "answers customers, and closes the loop"),
    ("marketing", "marketing", "asks, offers, and corrects what was heard"),
)
_CUSTOMERS = """select person from interaction where person is not null and text <> '' and level = 'end_customer'
    group by person order by count(*) desc, person limit 1"""


class Login(NamedTuple):
    """An example account."""

    name: str
    password: str
    what: str


def build(path: str, *, settings: dict[str, str], stage: Callable[[str, Callable[[], Any]], Any]) -> list[Login]:
    """Listens to the example brand up to yesterday, runs the journey, opens the accounts and begins their work.

    Again, nothing is added: the story ends on the day it ended then.
    """
    home = Home(path, taxonomy="auto_dealer")
    settings = settings | {"until": _until(home, settings.get("until"))}
    with TemporaryDirectory(prefix="touchstone-demo-") as folder:  # kept in the home, it would outlive who is erased
        truth = Path(settings.get("truth") or Path(folder) / "truth.json")
        stage("listen", lambda: home.listen("example", **settings | {"truth": str(truth)}))
        labels = truth.with_suffix(".labels.jsonl")
        stage("readings", lambda: home.act("read", file=str(labels)) if labels.exists() else None)
        catalogue = truth.with_suffix(".initiatives.csv")
        stage("initiatives", lambda: home.act("initiative.state", file=catalogue) if catalogue.exists() else None)
    home.act("budget.plan", kept_per_point=KEPT, now=False)
    stage("journey", home.run)
    logins = _logins(home)
    stage("work", lambda: _example_work.begin(home.store, owner=BOARD, partner=DEALER))
    logins += _customer(home)
    home.store.choose("logins", json.dumps(logins))  # the page to sign in offers them, in this home alone
    return logins


def _until(home: Home, chosen: str | None) -> str:
    """The day on which the story of this home ends: the one chosen when it was made, or the day before that."""
    file = home.path / UNTIL
    if not file.exists():
        file.write_text(chosen or f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}", "utf-8")
    return file.read_text("utf-8").strip()


def _logins(home: Home) -> list[Login]:
    """An account for each role that works here."""
    logins = [_login(home, f"{name}@example", role, what) for name, role, what in _INSIDE]
    dealers = home.ask().lake("select id, name from unit where kind = 'dealer' order by id limit 1").to_pylist()
    for dealer in dealers:
        units, told = [dealer["id"]], f"sees {dealer['name']} and the brand's terms"
        logins.append(_login(home, DEALER, "partner_administrator", told, units=units))
        logins.append(_login(home, "staff@example", "partner_staff", f"works at {dealer['name']}", units=units))
    return logins


def _customer(home: Home) -> list[Login]:
    """An account of a customer who was promised something, else of one who said most."""
    ask = home.ask()
    people = [row["person"] for row in [*ask.record(mine.promises()), *ask.lake(_CUSTOMERS).to_pylist()]]
    told = "sees what they said and what became of it, and nobody else"
    return [_login(home, "customer@example", "customer", told, person=each) for each in people[:1]]


def _login(home: Home, name: str, role: str, what: str, **fields: Any) -> Login:
    home.act("account.open", name=name, password=PASSWORD, role=role, existing=True, **fields)
    return Login(name, PASSWORD, what)
