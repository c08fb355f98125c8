"""The example brand: a home built from the simulated car maker, with logins to look at it from both sides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from touchstone.home import Home

PASSWORD = "touchstone-example"
KEPT = 0.1
"""What the example brand's own studies say: so many customers more stay per point of a score of 0 to 10."""


class Login(NamedTuple):
    """An example account."""

    name: str
    password: str
    what: str


def build(path: str, *, settings: dict[str, str], stage: Callable[[str, Callable[[], Any]], Any]) -> list[Login]:
    """Listens to the example brand (once: the same again adds nothing), runs the journey, opens the accounts."""
    home = Home(path, taxonomy="auto_dealer")
    with TemporaryDirectory(prefix="touchstone-demo-") as folder:  # kept in the home, it would outlive who is erased
        truth = Path(settings.get("truth") or Path(folder) / "truth.json")
        stage("listen", lambda: home.listen("example", **settings | {"truth": str(truth)}))
        labels = truth.with_suffix(".labels.jsonl")
        stage("readings", lambda: home.act("read", file=str(labels)) if labels.exists() else None)
        catalogue = truth.with_suffix(".initiatives.csv")
        stage("initiatives", lambda: home.act("initiative.state", file=catalogue) if catalogue.exists() else None)
    home.act("budget.plan", kept_per_point=KEPT, now=False)
    stage("journey", home.run)
    return _logins(home)


def _logins(home: Home) -> list[Login]:
    dealers = home.ask().lake("select id, name from unit where kind = 'dealer' order by id limit 1").to_pylist()
    logins = [Login("board@example", PASSWORD, "sees everything")]
    home.act("account.open", name="board@example", password=PASSWORD, role="insider", existing=True)
    for dealer in dealers:
        login = Login("dealer@example", PASSWORD, f"sees {dealer['name']} and the brand's terms")
        home.act(
            "account.open", name=login.name, password=PASSWORD, role="partner", units=[dealer["id"]], existing=True
        )
        logins.append(login)
    return logins
