"""Open a closed case again: the customer is not content after all."""

from __future__ import annotations

from typing import Any

from touchstone.act import _cases
from touchstone.core.errors import Refused
from touchstone.rules.cases import REOPENED
from touchstone.store import cases

WHO = _cases.WORK


def act(store: Any, *, case: str, note: str = "", version: int | None = None) -> dict[str, Any]:
    """{"case", "stage", "due_at"}: it goes on as assessed, with the whole term for its answer anew.

    `Refused`: it is open, or somebody changed it since you saw `version` of it.
    """
    row = cases.find(store, id=case)
    if row["stage"] != "closed":
        raise Refused(f"it is open: {row['stage']}.", field="case", todo="Move it on instead.")
    columns = {
        "stage": REOPENED, "reopened": row["reopened"] + 1, "closed_at": None, "answered_at": None, "asked_at": None,
        "asked": None, **_cases.due(store, row, stage=REOPENED, since=store.now),
    }  # fmt: skip
    after = cases.change(store, row, what="reopened", note=note, version=version, **columns)
    store.log("case.reopen", case=case)
    return {"case": case, "stage": REOPENED, "due_at": after["due_at"]}
