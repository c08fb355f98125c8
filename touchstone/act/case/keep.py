"""Say that a promise to a customer was kept, or that it was broken."""

from __future__ import annotations

from typing import Any

from touchstone.act import _cases
from touchstone.store import cases

WHO = _cases.WORK


def act(store: Any, *, promise: str, kept: bool = True) -> dict[str, Any]:
    """{"promise", "kept"}; said twice is harmless. `Refused`: there is none, or the other was said of it."""
    row = cases.settled(store, id=promise, kept=kept)
    if row["kept"] is None:
        store.log("case.keep", case=row["case"], promise=promise, kept=kept)
    return {"promise": promise, "kept": kept}
