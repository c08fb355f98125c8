"""Phases of a home's plan: in which quarter each initiative begins, what may be paid in one, what waiting costs."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchstone.decide._budget_terms import Terms

Floats = NDArray[np.float64]
_READ = re.compile(r"(?:(?P<year>\d{4})\W*q(?P<number>[1-4])|q(?P<other>[1-4])\W*(?P<after>\d{4}))", re.IGNORECASE)


def quarters(now: datetime, terms: Terms) -> tuple[str, ...]:
    """The names of the quarters planned over, the first being the one after now; none where nothing is phased."""
    count = int(terms.quarters or 0)
    first = now.year * 4 + (now.month - 1) // 3 + 1
    return tuple(_name(each) for each in range(first, first + count))


def open_to(row: dict[str, Any], names: tuple[str, ...]) -> range:
    """The quarters (by place) in which an initiative may begin: the one stated, where it can be read, else all.

    What is stated for a quarter that is over begins in the first; none for one after the last.
    """
    if not names:
        return range(1)
    stated = _place(row["quarter"] or "")
    if stated is None:
        return range(len(names))
    at = max(stated - (_place(names[0]) or 0), 0)
    return range(at, min(at + 1, len(names)))


def left(count: int, terms: Terms) -> Floats:
    """By quarter of beginning the share of its value that an initiative still brings.

    What begins later has so much less of the years looked at, and comes later: discounted.
    """
    years = np.arange(max(count, 1)) / 4
    return np.asarray(np.fmax(1 - years / terms.horizon, 0.0) * (1 + terms.discount) ** -years, float)


def _place(text: str) -> int | None:
    found = _READ.search(text)
    if found is None:
        return None
    year, number = (found["year"], found["number"]) if found["year"] else (found["after"], found["other"])
    return int(year) * 4 + int(number) - 1


def _name(place: int) -> str:
    return f"{place // 4}Q{place % 4 + 1}"
