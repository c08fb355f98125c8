"""Dates in any common form to instants in UTC; a whole column decides whether day or month comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import INSTANT

ISO = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?(Z|[+-]\d{2}:?\d{2})?$"
ZONED = r"\d(Z|[+-]\d{2}:\d{2}|[+-]\d{4})$"
MONTHS = (
    ("january", "jan", "janvier", "januar", "janner", "jänner", "enero", "ene"),
    ("february", "feb", "fevrier", "février", "fev", "fév", "février", "februar", "febrero"),
    ("march", "mar", "mars", "marz", "märz", "mrz", "marzo"),
    ("april", "apr", "avril", "avr", "abril", "abr"),
    ("may", "mai", "mayo"),
    ("june", "jun", "juin", "juni", "junio"),
    ("july", "jul", "juillet", "juil", "juli", "julio"),
    ("august", "aug", "aout", "août", "agosto", "ago"),
    ("september", "sep", "sept", "septembre", "septiembre", "setiembre"),
    ("october", "oct", "octobre", "oktober", "okt", "octubre"),
    ("november", "nov", "novembre", "noviembre"),
    ("december", "dec", "decembre", "décembre", "déc", "dezember", "dez", "diciembre", "dic"),
)
MONTH = {word: number for number, words in enumerate(MONTHS, 1) for word in words}
ZONES = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "bst": 1,
    "west": 1,
    "cet": 1,
    "cest": 2,
    "eet": 2,
    "eest": 3,
    "ist": 5.5,
}
ZONES |= {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([ap]\.?m\b\.?)?", re.I)
ZONE = re.compile(r"\s*(?:([+-])(\d{2}):?(\d{2})(?!\d)|\(?\b(z|[a-z]{3,4})\b\)?)", re.I)
NUMERIC = re.compile(r"(?<!\d)(\d{1,4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,4})(?!\d)")
ISO_TIME = re.compile(r"(?<=\d)t(?=\d{1,2}:)", re.I)
WORD = re.compile(r"[^\W\d_]+")


def day_first(values: Iterable[str]) -> tuple[bool, bool]:
    """Whether day comes before month in this column, and whether the column itself shows it."""
    pairs = [(int(m[1]), int(m[2])) for value in values if (m := NUMERIC.search(value)) and len(m[1]) <= 2]
    firsts, seconds = {first for first, _ in pairs}, {second for _, second in pairs}
    day, month = sum(first > 12 for first, _ in pairs), sum(second > 12 for _, second in pairs)
    if day != month:
        return day > month, True
    if len(pairs) > 3 and (firsts == {1}) != (seconds == {1}):  # a column of months, each on its first day
        return firsts == {1}, True
    return not any(re.search(r"\d\s*[ap]m\b", value, re.I) for value in values), not pairs


def instants(column: pa.ChunkedArray, *, days_first: bool) -> pa.Array:
    """The column (strings) as instants in UTC; null where a cell cannot be read. A date without a zone is UTC."""
    flat = pc.utf8_trim_whitespace(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)
    if isinstance(flat, pa.ChunkedArray):
        flat = flat.combine_chunks()
    iso = pc.fill_null(pc.match_substring_regex(flat, ISO), False)
    quick = _iso(pc.if_else(iso, flat, None))
    rest = pc.if_else(iso, None, flat) if quick is not None else flat
    if rest.null_count == len(rest) and quick is not None:
        return quick
    coded = rest.dictionary_encode()
    slow = pa.array([_read(text, days_first) for text in coded.dictionary.to_pylist()], INSTANT)
    slow = slow.take(coded.indices) if len(slow) else pa.nulls(len(flat), INSTANT)
    return slow if quick is None else pc.coalesce(quick, slow)


def _iso(texts: pa.Array) -> pa.Array | None:
    """ISO texts read in one pass; None where one of them names a day there is none of."""
    zoned = pc.match_substring_regex(texts, ZONED)
    try:
        plain = pc.if_else(zoned, None, texts).cast(pa.timestamp("us")).cast(INSTANT)
        return pc.coalesce(pc.if_else(zoned, texts, None).cast(INSTANT), plain)
    except pa.ArrowInvalid:
        return None


def _read(text: str | None, days_first: bool) -> datetime | None:
    if not text or len(text) > 80:
        return None
    try:
        return _epoch(text) or _written(ISO_TIME.sub(" ", text), days_first)
    except (ValueError, OverflowError):
        return None


def _epoch(text: str) -> datetime | None:
    """Seconds, milliseconds or microseconds since 1970."""
    match = re.fullmatch(r"(1\d{9}|1\d{12}|1\d{15})(\.\d+)?", text)
    if not match:
        return None
    seconds = float(text) / {13: 1e3, 16: 1e6}.get(len(match[1]), 1)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _written(text: str, days_first: bool) -> datetime | None:
    time = TIME.search(text)
    zone, after = _zone(text[time.end() :]) if time else (UTC, "")
    date = _date(f"{text[: time.start()]} {after}" if time else text, days_first)
    if date is None:
        return None
    hour, minute, second, micro = _clock(time) if time else (0, 0, 0, 0)
    return datetime(*date, hour, minute, second, micro, tzinfo=zone).astimezone(UTC)


def _clock(time: re.Match[str]) -> tuple[int, int, int, int]:
    hour, half = int(time[1]), (time[5] or "").lower()[:1]
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return hour, int(time[2]), int(time[3] or 0), int((time[4] or "0")[:6].ljust(6, "0"))


def _zone(after: str) -> tuple[timezone, str]:
    """The zone named right after a time, and what follows it."""
    match = ZONE.match(after)
    if match is None:
        return UTC, after
    if match[1]:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3])) * (1 if match[1] == "+" else -1)
    elif match[4].lower() in ZONES:
        offset = timedelta(hours=ZONES[match[4].lower()])
    else:
        return UTC, after
    return timezone(offset), after[match.end() :]


def _date(text: str, days_first: bool) -> tuple[int, int, int] | None:
    if match := NUMERIC.search(text):
        return _numbers(match, days_first)
    month = next((MONTH[word] for word in map(str.lower, WORD.findall(text)) if word in MONTH), None)
    numbers = re.findall(r"\d+", text)
    if month is not None:
        return _named(month, numbers)
    if match := re.fullmatch(r"\D*(\d{4})[-/.](\d{1,2})\D*|\D*(\d{1,2})[-/.](\d{4})\D*", text):
        return (int(match[1]), int(match[2]), 1) if match[1] else (int(match[4]), int(match[3]), 1)
    if match := re.fullmatch(r"\s*((?:19|20)\d{2})(\d{2})(\d{2})\s*", text):
        return int(match[1]), int(match[2]), int(match[3])
    return (int(text), 1, 1) if re.fullmatch(r"\s*(19|20)\d{2}\s*", text) else None


def _named(month: int, numbers: list[str]) -> tuple[int, int, int] | None:
    """A date whose month is a word: the number that can only be a year is the year, the other one the day."""
    years = [each for each in numbers if len(each) == 4] or (numbers[-1:] if len(numbers) > 1 else [])
    if not years or len(numbers) > 2:
        return None
    days = [each for each in numbers if each != years[-1]] or numbers[:-1]
    return _year(years[-1]), month, int(days[0]) if days else 1


def _numbers(match: re.Match[str], days_first: bool) -> tuple[int, int, int]:
    first, second, third = match.groups()
    if len(first) >= 3:
        return int(first), int(second), int(third)
    day, month = (int(first), int(second)) if days_first else (int(second), int(first))
    if month > 12 >= day:
        day, month = month, day
    return _year(third), month, day


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) > 2 else number + (2000 if number < 70 else 1900)


def instant(text: str, *, days_first: bool = True) -> datetime | None:
    """One date in any common form as an instant in UTC; None where it cannot be read."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return _read(text.strip(), days_first)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def aware(moment: datetime | None) -> datetime | None:
    """A moment as an instant in UTC; without a zone it is UTC."""
    if moment is None or moment.tzinfo is None:
        return moment and moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def readable(values: list[str]) -> float:
    """The share of these cells that read as dates."""
    order, _ = day_first(values)
    return float(np.mean([_read(value.strip(), order) is not None for value in values])) if values else 0.0
