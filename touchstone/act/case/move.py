"""Move a case to its next stage: acknowledged, assessed, investigated, answered, closed."""

from __future__ import annotations

from typing import Any

from touchstone.act import _cases
from touchstone.store import cases

WHO = _cases.WORK


def act(store: Any, *, case: str, stage: str, note: str = "", version: int | None = None) -> dict[str, Any]:
    """{"case", "stage", "due_at"}: the stage reached, and by when the next one is due.

    `Refused`: this stage may not follow, or somebody changed the case since you saw `version` of it.
    """
    row = cases.find(store, id=case)
    columns = _cases.moved(store, row, to=stage)
    after = cases.change(store, row, what="moved", note=note, version=version, **columns)
    store.log("case.move", case=case, stage=stage)
    return {"case": case, "stage": stage, "due_at": after["due_at"]}
