"""When something is due that comes back: by the hour, day or week, at an hour of somebody's own clock. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from touchstone.core.errors import Refused

EVERY = ("hour", "day", "week")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def last(now: datetime, *, every: str = "week", weekday: str = "monday", hour: int = 0, zone: str = "UTC") -> datetime:
    """The latest instant at or before `now` at which it was due.

    An hour that the clocks leave out is due when they have passed it, one that they repeat is due the first time.
    """
    if every == "hour":
        return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    here = now.astimezone(clock(zone))
    back = (here.weekday() - WEEKDAYS.index(weekday)) % 7 if every == "week" else 0
    step = 7 if every == "week" else 1
    due = _at(here - timedelta(days=back), hour)
    return due if due <= now else _at(here - timedelta(days=back + step), hour)


def following(due: datetime, *, every: str = "week", hour: int = 0, zone: str = "UTC") -> datetime:
    """When it is due again after an instant at which it was due."""
    if every == "hour":
        return due + timedelta(hours=1)
    return _at(due.astimezone(clock(zone)) + timedelta(days=7 if every == "week" else 1), hour)


def awake(now: datetime, *, quiet: tuple[int, int] | None, zone: str) -> datetime:
    """The first instant from `now` on that lies outside the quiet hours [from, until), which may span midnight."""
    if quiet is None or quiet[0] == quiet[1]:
        return now
    here = now.astimezone(clock(zone))
    start, end = quiet
    within = start <= here.hour < end if start < end else here.hour >= start or here.hour < end
    if not within:
        return now
    later = here if here.hour < end else here + timedelta(days=1)
    return _at(later, end)


def quiet_hours(text: str) -> tuple[int, int] | None:
    """`20-7` as hours; None where nothing is quiet. `Refused` beside `quiet` where it does not read."""
    if not text.strip():
        return None
    start, dash, end = text.partition("-")
    try:
        found = int(start), int(end)
    except ValueError:
        found = (-1, -1)
    if not dash or not all(0 <= each <= 24 for each in found):
        raise Refused(f"{text!r} are no hours.", field="quiet", todo="Write 20-7, or nothing.")
    return found[0] % 24, found[1] % 24


def clock(zone: str) -> ZoneInfo:
    """The time zone of a name such as Europe/Berlin; `Refused` beside `zone` where there is none."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(f"there is no time zone {zone!r}.", field="zone", todo="Write Europe/Berlin, say.") from error


def check(*, every: str = "week", weekday: str = "monday", hour: int = 0, zone: str = "UTC") -> None:
    """Nothing where this can be kept; else `Refused` beside its field."""
    for field, value, known in (("every", every, EVERY), ("weekday", weekday, WEEKDAYS)):
        if value not in known:
            raise Refused(f"{value!r} is none.", field=field, todo=f"Known: {', '.join(known)}.")
    if not 0 <= hour <= 23:
        raise Refused("an hour is 0 to 23.", field="hour", todo="Give the hour of the day.")
    clock(zone)


def _at(day: datetime, hour: int) -> datetime:
    """That hour of a day on its own clock, in UTC."""
    return day.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
