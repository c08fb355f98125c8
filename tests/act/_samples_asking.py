"""Fields for actions that ask customers, so that the laws can do each twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def _proposed(home: Any) -> dict[str, Any]:
    """A fix, and how customers are asked about it."""
    return {"fix": home.act("fix.state", name="Tea", kind="idea", what="Tea.")["fix"], "words": "Tea while you wait"}


def _voted(home: Any) -> dict[str, Any]:
    """Something to vote on, and a customer's account."""
    home.store.put("person", [{"id": "vera", "name": "Vera"}])
    home.act("account.open", name="vera@example", role="customer", person="vera", existing=True)
    asked = home.act("proposal.make", **_proposed(home))["proposal"]
    return {"proposal": asked, "choice": "for", "name": "vera@example"}


def _panel(home: Any) -> dict[str, Any]:
    """A survey, and a member of the panel."""
    home.store.put(
        "person", [{"id": "pia", "contacts": '{"email": "pia@example"}', "consents": '{"panel": "granted"}'}]
    )
    return {"survey": home.act("survey.make", kind="csat", touchpoint=["parking"])["surveys"][0]["id"]}


ASKING: dict[str, Callable[[Any, Path], dict[str, Any]]] = {
    "proposal.make": lambda home, _folder: _proposed(home),
    "proposal.close": lambda home, _folder: {"proposal": home.act("proposal.make", **_proposed(home))["proposal"]},
    "vote.cast": lambda home, _folder: _voted(home),
    "panel.ask": lambda home, _folder: _panel(home),
}
