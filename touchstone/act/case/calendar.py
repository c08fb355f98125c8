"""Say when people work: hours, time zone, public holidays and further closed days, for all or for one unit."""

from __future__ import annotations

import json
from typing import Any

from touchstone.act import _cases
from touchstone.core.errors import Refused
from touchstone.rules.calendar import USUAL, calendar
from touchstone.store import accounts

WHO = ("contact_centre",)


def act(
    store: Any,
    *,
    zone: str = "UTC",
    hours: str = "mon-fri 09:00-17:00",
    country: str = "",
    region: str = "",
    closed: str = "",
    unit: str | None = None,
) -> dict[str, Any]:
    """{"calendar": what holds}: of `unit` and those below it, else of the home. Terms count these hours alone.

    `hours` as `mon-fri 09:00-17:30; sat 09:00-13:00`, `country` and `region` as ISO codes, `closed` as ISO days.
    """
    told = dict(zip(USUAL, (zone, hours, country, region, closed), strict=True))
    calendar(told)
    if unit and unit not in accounts.units(store, among=[unit]):
        raise Refused(f"there is no unit {unit!r}.", field="unit", todo="Leave it out for the whole home.")
    store.choose(f"{_cases.CALENDAR} {unit or ''}", json.dumps(told))
    store.log("case.calendar", unit=unit)
    return {"calendar": told}
