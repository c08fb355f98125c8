"""Give a case to somebody, or take it yourself."""

from __future__ import annotations

from typing import Any

from touchstone.act import _cases
from touchstone.core.errors import Refused
from touchstone.store import cases

WHO = _cases.WORK


def act(
    store: Any, *, case: str, owner: str | None = None, note: str = "", version: int | None = None
) -> dict[str, Any]:
    """{"case", "owner"}: the name of an account that sees the unit; without `owner` it is yours.

    Done twice is harmless. `Refused`: no such account, or somebody changed the case since you saw `version` of it.
    """
    row = cases.find(store, id=case)
    named = owner or store.viewer.account
    if not named:
        raise Refused("whose is it to be?", field="owner", todo="Name an account.")
    own = cases.account(store, named=named, unit=row["unit"])
    if row["owner"] != own.id:
        cases.change(store, row, what="assigned", note=note, version=version, owner=own.id)
        store.log("case.assign", case=case, account=own.id)
    return {"case": case, "owner": own.name}
