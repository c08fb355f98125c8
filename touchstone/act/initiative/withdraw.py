"""Withdraw an initiative: the next plan does not choose it any more."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused

WHO = ("insight", "executive")


def act(store: Any, *, initiative: str) -> dict[str, Any]:
    """{"initiative": its id}: it is kept as withdrawn; stated again, it stands again.

    `Refused`: there is no such initiative, or it is withdrawn already.
    """
    found = store.ask().lake("select * from initiative where id = ?", [initiative]).to_pylist()
    if not found:
        raise Refused("there is no such initiative.", field="initiative", todo="Look at the page Budget.")
    if found[0]["withdrawn_at"] is not None:
        raise Refused("it is withdrawn already.", field="initiative", todo="State it again to have it back.")
    store.put("initiative", [found[0] | {"withdrawn_at": store.now}])
    store.log("initiative.withdraw", initiative=initiative)
    return {"initiative": initiative}
