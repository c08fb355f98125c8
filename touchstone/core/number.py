"""A number as rows and details hold it, and as people read it."""

from __future__ import annotations

import math
import re
from typing import Any

SPACE = "\u00a0"


def tidy(number: Any, *, digits: int = 6) -> float | None:
    """A number fit for JSON: rounded, None where it is none or not finite."""
    return round(float(number), digits) if number is not None and math.isfinite(number) else None


def said(value: float | None, *, measured_in: str = "", signed: bool = False) -> str:
    """One figure as text: shares as per cent, points whole, scores with two decimals; None is an en dash."""
    if value is None or not math.isfinite(value):
        return "–"
    if "share" in measured_in:
        decimals = 1 if 0 < abs(value) < 0.0995 else 0  # of few in a hundred the tenth tells
        text = f"{100 * value:{'+' if signed else ''}.{decimals}f}"
        return minus(text, signed=signed) + (f"{SPACE}points" if signed else f"{SPACE}%")
    decimals = _decimals(value, measured_in)
    return minus(f"{value:{'+' if signed else ''},.{decimals}f}", signed=signed)


def _decimals(value: float, measured_in: str) -> int:
    if measured_in in ("points", "interactions", "mentions", "answers", "days"):
        return 0
    scale = re.search(r"(-?[\d.]+)\D+(-?[\d.]+)$", measured_in)
    if scale and abs(float(scale[2]) - float(scale[1])) > 20:
        return 1 if abs(value) >= 1 else 2
    return 2 if abs(value) < 1000 else 0


def minus(text: str, *, signed: bool) -> str:
    """A real minus sign, and never a negative zero."""
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")
    elif not signed:
        text = text.lstrip("+")
    return text.replace("-", "−")
