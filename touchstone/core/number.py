"""A number as rows and details hold it."""

from __future__ import annotations

import math
from typing import Any


def tidy(number: Any, *, digits: int = 6) -> float | None:
    """A number fit for JSON: rounded, None where it is none or not finite."""
    return round(float(number), digits) if number is not None and math.isfinite(number) else None
