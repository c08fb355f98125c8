"""The example brand: a home built from the simulated car maker, with logins to look at it from both sides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from touchstone.home import Home

PASSWORD = "touchstone-example"


class Login(NamedTuple):
    """An example account."""

    name: str
    password: str
    what: str


def build(path: str, *, settings: dict[str, str], stage: Callable[[str, Callable[[], Any]], Any]) -> list[Login]:
    """Listens to the example brand (once: the same again adds nothing), runs the journey, opens the accounts."""
    home = Home(path, taxonomy="auto_dealer")
    chosen = {"truth": str(Path(path) / "truth.json")} | settings
    stage("listen", lambda: home.listen("example", **chosen))
    labels = path_of_labels(home)
    stage("readings", lambda: home.act("read", file=str(labels)) if labels.exists() else None)
    stage("journey", home.run)
    return _logins(home)


def path_of_labels(home: Home) -> Path:
    """Where the example brand writes the texts whose true mentions are known."""
    return home.path / "truth.labels.jsonl"


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
