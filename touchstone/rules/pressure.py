"""Contact pressure: whether a customer was asked or written to too lately or too often to be so again. Pure."""

from __future__ import annotations

WITHIN = 90
"""Days over which contacts are counted."""


def pressed(days: float | None, times: int, *, rest: float, most: int) -> str | None:
    """Why a customer is left alone, or None: `days` since the last contact, `times` of them within `WITHIN` days."""
    if days is not None and days < rest:
        return f"Asked or written to {days:.0f} days ago, less than {rest:g}."
    if times >= most:
        return f"Asked or written to {times} times in {WITHIN} days, where {most} are the most."
    return None
