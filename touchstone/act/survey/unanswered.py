"""Say which invitations were not answered: by the clock, every day; silence is an answer of a kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from touchstone.store import surveys

WHO = ("administrator",)
EVERY = timedelta(days=1)
_DAYS = 14


def act(store: Any) -> dict[str, Any]:
    """{"silent": how many}: invitations of 14 days ago or earlier that nobody answered; a late answer counts."""
    count = surveys.silent(store, days=_DAYS)
    if count:
        store.log("survey.unanswered", silent=count)
    return {"silent": count}
