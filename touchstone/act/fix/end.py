"""End a fix, or say that it never began."""

from __future__ import annotations

from typing import Any

from touchstone.store import fixes

WHO = ("insight", "contact_centre", "executive")


def act(store: Any, *, fix: str, mistaken: bool = False) -> dict[str, Any]:
    """{"fix", "state"}: what it did stays measured; a fix begun by mistake is planned again and measured no more.

    Done twice is harmless.
    """
    row = fixes.find(store, id=fix)
    if mistaken and row["state"] != "planned":
        events = [
            {"source": "fixes", "source_id": f"{fix} {unit}", "kind": "event", "level": "employee", "unit": unit}
            for unit in row["units"]
        ]
        store.append([events])
        fixes.change(store, row, state="planned", since=None, ended_at=None)
        store.log("fix.end", fix=fix, mistaken=True)
    elif not mistaken and row["state"] != "ended":
        fixes.change(store, row, state="ended", ended_at=store.now)
        store.log("fix.end", fix=fix)
    return {"fix": fix, "state": "planned" if mistaken else "ended"}
