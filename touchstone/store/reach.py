"""Whose units are whose to work on."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import _narrow


def reaches(store: Any, unit: str | None) -> bool:
    """Whether a unit (None: no single one) is the viewer's to work on: any for an insider, their own for a partner."""
    if store.viewer.side == "insider":
        return True
    with store.record.reading() as connection:
        return unit in _narrow.allowed(connection, store.viewer)


def check(store: Any, unit: str | None, *, what: str) -> None:
    """Nothing where the viewer reaches the unit; else `Refused` in the same words whether `what` is there or not."""
    if not reaches(store, unit):
        raise Refused(f"there is no such {what}.", where=what, todo="Look at its address.")
