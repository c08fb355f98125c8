"""Bring what was answered to where figures and pages read it: by the clock, every minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

WHO = ("administrator",)
EVERY = timedelta(minutes=1)


def act(store: Any) -> dict[str, Any]:
    """{"new": whether anything had arrived}: scores, words and who told them are seen a minute after they are sent."""
    return {"new": bool(store.derive())}
