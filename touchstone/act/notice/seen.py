"""Say that you have seen which notes name you."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.store import notices

WHO = ("insider", "partner")


def act(store: Any, *, ids: Sequence[str] = ()) -> dict[str, Any]:
    """{"seen": how many}: they stand in your inbox no more; without `ids` all of them. Others' stay as they are."""
    count = notices.seen(store, ids=ids)
    if count:
        store.log("notice.seen", count=count)
    return {"seen": count}
