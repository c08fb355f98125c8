"""Write down what was promised to the customer of a case, and by when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from touchstone.act import _cases
from touchstone.core.errors import Refused
from touchstone.store import cases

WHO = _cases.WORK
_LONGEST = 500


def act(store: Any, *, case: str, what: str, by_when: datetime) -> dict[str, Any]:
    """{"promise": its id}; it stands until somebody says that it was kept or broken. The same one twice is one.

    `by_when` is an instant in UTC unless it names its zone. `Refused`: it says nothing, or lies in the past.
    """
    row = cases.find(store, id=case)
    words = " ".join(what.split())
    if not 0 < len(words) <= _LONGEST:
        raise Refused("what was promised?", field="what", todo=f"Say it in up to {_LONGEST} characters.")
    due = by_when.replace(tzinfo=UTC) if by_when.tzinfo is None else by_when.astimezone(UTC)
    if due <= store.now:
        raise Refused("this is over already.", field="by_when", todo="Give an instant to come.")
    promise = cases.promised(store, row, what=words, due_at=due)
    store.log("case.promise", case=case, promise=promise)
    return {"promise": promise}
