"""The example brand: a home built from the simulated car maker, with logins to look at it from both sides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from touchstone.home import Home, _example_work

BOARD, DEALER = "board@example", "dealer@example"
PASSWORD = "touchstone-example"
UNTIL = "example.until"
"""The file of the home that says on which day its story ends, so that it goes on as it began."""
KEPT = 0.1
"""What the example brand's own studies say: so many customers more stay per point of a score of 0 to 10."""


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
    return logins


def _until(home: Home, chosen: str | None) -> str:
    """The day on which the story of this home ends: the one chosen when it was made, or the day before that."""
    file = home.path / UNTIL
    if not file.exists():
        file.write_text(chosen or f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}", "utf-8")
    return file.read_text("utf-8").strip()


def _logins(home: Home) -> list[Login]:
    dealers = home.ask().lake("select id, name from unit where kind = 'dealer' order by id limit 1").to_pylist()
    logins = [Login(BOARD, PASSWORD, "sees everything")]
    home.act("account.open", name=BOARD, password=PASSWORD, role="insider", existing=True)
    for dealer in dealers:
        login = Login(DEALER, PASSWORD, f"sees {dealer['name']} and the brand's terms")
        home.act(
            "account.open", name=login.name, password=PASSWORD, role="partner", units=[dealer["id"]], existing=True
        )
        logins.append(login)
    return logins
