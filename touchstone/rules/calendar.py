"""Business calendars: when people work, and what instant lies so many working hours ahead. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from touchstone.core.errors import Refused
from touchstone.rules import rhythm

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL = {"zone": "UTC", "hours": "mon-fri 09:00-17:00", "country": "", "region": "", "closed": ""}
"""The calendar of a home that has stated none."""
_FAR = 3660  # days looked ahead: a term that is not over within ten years is refused
_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? +(\d\d:\d\d)-(\d\d:\d\d)")
_MIDNIGHT = "24:00"

Window = tuple[str, str]


@dataclass(frozen=True)
class Calendar:
    """Working hours by day of the week (0 is Monday) as local times, in a zone, but for the days `off` says."""

    zone: ZoneInfo
    windows: Mapping[int, tuple[Window, ...]]
    off: Callable[[date], bool]

    def open(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """From when to when people work on a local day, as UTC instants, in order; nothing where they do not."""
        if self.off(day):
            return
        for start, end in self.windows.get(day.weekday(), ()):
            first, last = self._at(day, start, fold=0), self._at(day, end, fold=1)
            if first < last:  # the hour that is left out in spring is nobody's working hour
                yield first, last

    def after(self, start: datetime, *, hours: float) -> datetime:
        """The first instant by which `hours` of work lie between it and `start`; never inside hours of rest.

        `Refused` where that is more than ten years away.
        """
        left, day = timedelta(hours=hours), start.astimezone(self.zone).date() - timedelta(days=1)
        for ahead in range(_FAR):
            for first, last in self.open(day + timedelta(days=ahead)):
                begin = max(first, start)
                if begin < last and left <= last - begin:
                    return begin + left
                left -= max(last - begin, timedelta())
        raise Refused("this calendar has no such working hour.", field="hours", todo="Give it working hours.")

    def _at(self, day: date, clock: str, *, fold: int) -> datetime:
        if clock == _MIDNIGHT:
            day, clock = day + timedelta(days=1), "00:00"
        return datetime.combine(day, time.fromisoformat(clock), self.zone).replace(fold=fold).astimezone(UTC)


def calendar(stated: Mapping[str, Any]) -> Calendar:
    """The calendar people stated: `zone`, `hours`, holidays of a `country` and its `region`, further days `closed`.

    `hours` are written `mon-fri 09:00-17:30; sat 09:00-13:00`, `closed` as ISO days. `Refused`, naming the field.
    """
    told = {**USUAL, **{name: value for name, value in stated.items() if value}}
    days = frozenset(_days(str(told["closed"])))
    holiday = _holidays(str(told["country"]).upper(), str(told["region"]).upper())
    return Calendar(
        rhythm.clock(str(told["zone"])), _windows(str(told["hours"])), lambda day: day in days or holiday(day)
    )


def _windows(text: str) -> dict[int, tuple[Window, ...]]:
    found: dict[int, list[Window]] = {}
    for part in filter(None, (each.strip().lower() for each in text.split(";"))):
        told = _SPAN.fullmatch(part)
        if told is None or not {told[1], told[2] or told[1]} <= set(DAYS) or not _fits(told[3], told[4]):
            todo = "Write mon-fri 09:00-17:30; sat 09:00-13:00."
            raise Refused(f"{part!r} says no working hours.", field="hours", todo=todo)
        first, last = DAYS.index(told[1]), DAYS.index(told[2] or told[1])
        for ahead in range((last - first) % 7 + 1):
            found.setdefault((first + ahead) % 7, []).append((told[3], told[4]))
    for day, spans in found.items():
        spans.sort()
        if any(before[1] > after[0] for before, after in pairwise(spans)):
            raise Refused(f"hours of {DAYS[day]} overlap.", field="hours", todo="Give each hour once.")
    if not found:
        raise Refused("nobody works at all.", field="hours", todo="Write mon-fri 09:00-17:00.")
    return {day: tuple(spans) for day, spans in found.items()}


def _fits(start: str, end: str) -> bool:
    try:
        time.fromisoformat(start)
        return start < end and (end == _MIDNIGHT or bool(time.fromisoformat(end)))
    except ValueError:
        return False


def _days(text: str) -> Iterator[date]:
    for each in re.split(r"[\s,;]+", text.strip()):
        try:
            if each:
                yield date.fromisoformat(each)
        except ValueError as error:
            raise Refused(f"{each!r} is not a day.", field="closed", todo="Write 2026-12-24.") from error


@cache
def _holidays(country: str, region: str) -> Callable[[date], bool]:
    """Whether a day is a public holiday there; of no country none is. The package carries them: nothing is loaded."""
    if not country:
        return lambda _: False
    import holidays  # few homes need it, and it takes a moment

    try:
        known = holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError as error:
        field = "region" if region and country in holidays.list_supported_countries() else "country"
        todo = "Write ISO codes: DE, and BY for Bavaria."
        raise Refused(f"no holidays are known of {country} {region}".strip() + ".", field=field, todo=todo) from error
    return lambda day: day in known
