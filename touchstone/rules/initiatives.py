"""What people state that can be done for a touchpoint: which values make sense. Pure: nothing is looked up."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from touchstone.core.errors import Refused

TEXTS = ("name", "touchpoint", "unit", "spills_to", "all_or_nothing", "quarter")
WHOLE = ("level", "locked")
MONEY = ("fixed_cost", "cost_share", "cost_per_customer")
SHARES = ("spill", "customers_share", "partner_share")
LIFT = ("lift", "lift_low", "lift_high")
SCALE = ("worst", "best")
NUMBERS = (*WHOLE, *MONEY, *SHARES, *LIFT, *SCALE)
LEAST = "least:"
"""Before a touchpoint's name: the id of its minimum standard among what plans are made with."""
HELD = "held:"
"""Before a touchpoint's name: the id of whether plans have it at every unit (1) or at none (0), whatever it gains."""
BETWEEN = ";"
"""Stands between touchpoints where several are named in one text; alone it names none."""
RATING = (1.0, 5.0)
"""The worst and best rating of the scale that standards are stated on."""
MOST = 20_000  # initiatives in one file
_LONGEST = 120  # characters of a name


def stated(given: Mapping[str, Any], *, touchpoints: Collection[str], units: Collection[str]) -> dict[str, Any]:
    """The initiative as it is kept, with its id; `Refused`, naming the field, where it makes no sense.

    The same name, touchpoint, level and unit are the same initiative: stated again it takes the former's place.
    """
    row = {name: _text(name, given.get(name)) for name in TEXTS} | {name: _number(name, given) for name in NUMBERS}
    if row["touchpoint"] not in touchpoints:
        raise Refused(f"{row['touchpoint']!r} is no touchpoint of this home.", field="touchpoint",
                      todo="Name it as the taxonomy spells it.")  # fmt: skip
    if row["unit"] is not None and row["unit"] not in units:
        raise Refused(f"there is no unit {row['unit']!r}.", field="unit", todo="Leave it out for every unit.")
    if row["spills_to"] is not None and (row["spills_to"] not in touchpoints or row["spills_to"] == row["touchpoint"]):
        raise Refused(f"{row['spills_to']!r} is no other touchpoint.", field="spills_to", todo="Name another one.")
    row["name"] = row["name"] or row["touchpoint"]
    row["level"] = 1 if row["level"] is None else int(row["level"])
    row["locked"] = None if row["locked"] is None else int(row["locked"])
    _check_amounts(row)
    _check_lift(row)
    told = "\x1f".join(str(row[name] or "") for name in ("name", "touchpoint", "level", "unit"))
    return {"id": hashlib.sha256(told.encode()).hexdigest()[:12]} | row


def lines(text: str, *, field: str) -> Iterator[dict[str, Any]]:
    """The rows of a table in CSV with a header; empty cells are left out. `Refused`: a column or row that is none."""
    rows = csv.reader(text.lstrip("\ufeff").splitlines(), skipinitialspace=True)
    header = [name.strip() for name in next(rows, [])]
    if stray := [name for name in header if name not in TEXTS and name not in NUMBERS]:
        todo = f"Known: {', '.join((*TEXTS, *NUMBERS))}."
        raise Refused(f"there is no column {stray[0]!r}.", field=field, todo=todo)
    if "touchpoint" not in header:
        raise Refused("there is no column touchpoint.", field=field, todo="Give a header in the first line.")
    for number, cells in enumerate(rows, 2):
        if number > MOST + 1:
            raise Refused(f"more than {MOST} initiatives at once.", field=field, todo="Part the file.")
        if len(cells) > len(header):
            raise Refused(f"line {number} has more cells than the header.", field=field, todo="Quote what has commas.")
        if any(cell.strip() for cell in cells):
            yield {"line": number} | {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}


def _text(name: str, value: Any) -> str | None:
    plain = " ".join(str(value).split()) if value is not None else ""
    if len(plain) > _LONGEST:
        raise Refused(f"{name} has more than {_LONGEST} characters.", field=name)
    return plain or None


def _number(name: str, given: Mapping[str, Any]) -> float | None:
    if (value := given.get(name)) is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or (name in WHOLE and number != int(number)):
        raise Refused(f"{value!r} is no {'whole ' if name in WHOLE else ''}number.", field=name)
    return number


def _check_amounts(row: Mapping[str, Any]) -> None:
    for name in (*MONEY, *SHARES):
        if row[name] is not None and row[name] < 0:
            raise Refused(f"{name} is below 0.", field=name)
    for name in (*SHARES, "cost_share"):
        if row[name] is not None and row[name] > 1:
            raise Refused(f"{name} is a share, 0 to 1.", field=name, todo="Write 5 % as 0.05.")
    if not any(row[name] for name in MONEY):
        raise Refused("what does it cost?", field="fixed_cost", todo=f"Give one of {', '.join(MONEY)}.")
    if not 1 <= row["level"] <= 99:
        raise Refused("levels count from 1 to 99.", field="level")
    if row["locked"] not in (None, 0, 1):
        raise Refused("locked is 1 (must be done) or 0 (must not).", field="locked")
    if (row["spill"] is None) != (row["spills_to"] is None):
        raise Refused("spill and spills_to belong together.", field="spill", todo="Give both, or none.")


def _check_lift(row: dict[str, Any]) -> None:
    if row["lift"] is None:
        if row["lift_low"] is not None or row["lift_high"] is not None:
            raise Refused("limits without a lift.", field="lift", todo="Give the lift too, or leave all three out.")
        return
    row |= {name: usual for name, usual in zip(SCALE, (1.0, 5.0), strict=True) if row[name] is None}
    width = abs(row["best"] - row["worst"])
    if not 0 <= row["lift"] <= width:
        raise Refused("the lift does not lie between 0 and the width of its scale.", field="lift",
                      todo="Give it in points of the rating, and the scale as worst and best.")  # fmt: skip
    low, high = (row["lift"] if row[name] is None else row[name] for name in ("lift_low", "lift_high"))
    for name, wrong in (("lift_low", low > row["lift"]), ("lift_high", high < row["lift"])):
        if wrong:
            raise Refused(f"{name} lies on the wrong side of the lift.", field=name)
