"""What those above a case read of it when it is overdue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.act.test_case import at, home, lead, opened, row
from touchstone.act.account import language
from touchstone.store import accounts
from touchstone.store._live_outbox import outbox

__all__ = ["home"]


def test_whoever_is_told_late_is_told_once_and_of_what_in_their_language(home: Any, tmp_path: Path) -> None:
    lead(home, "head@example.com", "administrator")
    found = accounts.find(home.store, name="head@example.com")
    assert found is not None
    language.act(home.store.as_viewer(found.viewer), language="de")
    case = opened(home)
    assert at(tmp_path, 72 + 200).act("case.escalate") == {"escalated": 1}  # both levels are due, and both are hers
    assert row(home, case)["escalated"] == 2
    (mail,) = home.ask().record(outbox.select())
    assert mail["subject"] == "Überfällig: Wartebereich · North"
    assert "Thema: Wartebereich · North." in mail["text"]
