"""A brand small enough to know by heart: a company, a dealer group of two branches, a dealer apart, fifty voices."""

from __future__ import annotations

import atexit
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import touchstone

PASSWORDS = {
    "board@example": "seven brown kettles",
    "dealer@example": "eight green lanterns",
    "nobody@example": "nine grey harbours",
}
UNITS = [
    {"id": "maker", "name": "Maker", "kind": "company"},
    {"id": "north", "name": "North Group", "kind": "distributor", "parent": "maker", "region": "North"},
    {"id": "north-quay", "name": "North Quay", "kind": "dealer", "parent": "north", "region": "North"},
    {"id": "north-hill", "name": "North Hill", "kind": "dealer", "parent": "north", "region": "North"},
    {"id": "south", "name": "South Gate", "kind": "dealer", "parent": "maker", "region": "South"},
]
GOOD = "The service adviser at {unit} was friendly and explained the bill. Thank you, number {n}."
BAD = "Waiting area cold, parking full at {unit}, and the bill was not clear. Call {n} came to nothing."
START = datetime(2026, 6, 1, 9, tzinfo=UTC)


def voices() -> list[dict[str, Any]]:
    """Fifty answers and reviews over five months; the south does worse than the north."""
    made = []
    for n in range(50):
        unit = ("north-quay", "north-hill", "south")[n % 3]
        good = n % 5 != 0 and (unit != "south" or n % 2 == 0)
        made.append(
            {
                "source": "letters",
                "source_id": str(n),
                "kind": "review" if n % 2 else "answer",
                "channel": ("web", "phone")[n % 2],
                "occurred_at": START + timedelta(days=3 * n),
                "unit": unit,
                "level": "end_customer",
                "text": (GOOD if good else BAD).format(unit=unit, n=n),
                "metric": ("nps", "rating")[n % 2],
                "value": float((9 if good else 3) if n % 2 == 0 else (5 if good else 2)),
                "best": (10.0, 5.0)[n % 2],
                "worst": (0.0, 1.0)[n % 2],
            }
        )
    return made


def empty(path: Path, **settings: Any) -> Any:
    """A home in which nothing has been heard, with an account for each role."""
    home = _open(path, **settings)
    home.store.put("unit", UNITS)
    roles: dict[str, dict[str, Any]] = {
        "board@example": {"role": "insider"},
        "dealer@example": {"role": "partner", "units": ["north"]},
        "nobody@example": {"role": "outsider"},
    }
    for name, fields in roles.items():
        home.act("account.open", name=name, password=PASSWORDS[name], **fields)
    return home


def full(path: Path) -> Any:
    """The same home after the fifty voices and the journey: a copy, for the journey takes seconds."""
    shutil.copytree(_lived(), path)
    return _open(path)


@cache
def _lived() -> Path:
    """A home that has lived, closed; it stays for the time of the process."""
    folder = TemporaryDirectory(prefix="touchstone-brand-")
    atexit.register(folder.cleanup)
    home = empty(Path(folder.name) / "home")
    home.store.append([voices()])
    home.run(durable=False)
    home.store.close()
    return home.path


def _open(path: Path, **settings: Any) -> Any:
    return touchstone.open(path, taxonomy="auto_dealer", now="2026-11-21T09:00:00+00:00", **settings)
