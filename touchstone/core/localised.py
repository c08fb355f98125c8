"""Numbers and dates as a language writes them, made from how English writes them: 4,529 is 4.529 in German."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = "|".join([*MONTHS, *(month[:3] for month in MONTHS)])
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = re.compile(rf"\b({'|'.join([*DAYS, *(day[:3] for day in DAYS)])})(,? )(?=\d)")
_DATE = re.compile(rf"\b(?:(\d{{1,2}}) )?({_MONTH})(?: (\d{{4}}))?\b")
_NUMBER = re.compile(r"(?<![\w.,:/])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+−-]\d+)?(?![\w/]|[.,:]\d)")
_CODES = "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|SEK|SGD|TRY|USD|ZAR"
_MONEY = re.compile(
    rf"^({_CODES})$|\b({_CODES})(?= [+−]?[\d#])|(?<=\d )({_CODES})\b|(?<=\d)e(?=[+−-]\d)|(?<=\d )UTC\b|\bn(?= = \d)"
)
"""Letters that may stand about a number and are no word."""
QUOTES = {"de": r"„\1“"}
_QUOTED = re.compile("“([^“”]*)”")
_LETTER = re.compile(r"[^\W\d_]")
NUMBER = r"[+−~]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
"""A number as pages write it, as a regular expression."""
_AMOUNT = re.compile(rf"\b({_CODES}) ({NUMBER})(?![\w%])")
"""An amount with its currency before it."""


def figures(text: str, language: str) -> str | None:
    """A text that holds numbers and dates and no other word, as the language writes it; None where it holds others."""
    if _LETTER.search(_MONEY.sub("", _DATE.sub("", _DAY.sub("", text)))):
        return None
    pieces, last = [], 0
    if _locale(language).currency_formats["standard"].pattern.partition(";")[0].endswith("¤"):
        text = _AMOUNT.sub("\\2\u00a0\\1", text)
    text = _DAY.sub(lambda found: f"{_weekday(found[1], language)}{found[2]}", text)
    for found in _DATE.finditer(text):
        pieces += [_numbers(text[last : found.start()], language), _dated(found, language)]
        last = found.end()
    return "".join([*pieces, _numbers(text[last:], language)])


def _numbers(text: str, language: str) -> str:
    point, separator = symbols(language)
    exchanged = str.maketrans({",": separator, ".": point})
    return _NUMBER.sub(lambda found: found[0].translate(exchanged), text)


def _weekday(name: str, language: str) -> str:
    place = next(place for place, day in enumerate(DAYS) if name in (day, day[:3]))
    return str(_locale(language).days["format"]["wide" if name in DAYS else "abbreviated"][place])


def _dated(found: re.Match[str], language: str) -> str:
    """A day, month or both with or without a year, by the month's whole or short name as it was."""
    from babel.dates import format_date, format_skeleton  # only where another language is spoken

    day, month, year = found.groups()
    number = next(place for place, name in enumerate(MONTHS, 1) if month in (name, name[:3]))
    whole = month in MONTHS and month != "May"
    locale = _locale(language)
    skeleton = ("y" if year else "") + ("MMMM" if whole else "MMM") + ("d" if day else "")
    if not day and not year:
        return str(locale.months["stand-alone"]["wide" if month in MONTHS else "abbreviated"][number])
    try:
        instant = date(int(year or 2000), number, int(day or 1))
    except ValueError:  # no such day: somebody else's words
        return found[0]
    if whole and day and year:
        return str(format_date(instant, "long", locale=locale))
    return str(format_skeleton(skeleton, instant, locale=locale, fuzzy=True))


@cache
def symbols(language: str) -> tuple[str, str]:
    """What stands before decimals and between thousands."""
    symbols = _locale(language).number_symbols["latn"]
    return str(symbols["decimal"]), str(symbols["group"])


def joined(first: str, last: str, language: str, *, kind: str = "standard") -> str:
    """The end of a list: A and B; with the kind `or`, A or B."""
    return str(_locale(language).list_patterns[kind]["end"]).format(first, last)


def quoted(text: str, language: str) -> str:
    """The quotation marks of English as the language writes them; what stands in them as it is."""
    return _QUOTED.sub(QUOTES[language], text) if language in QUOTES else text


def called(language: str) -> str:
    """What a language calls itself: Deutsch; its code where nobody knows the language."""
    from babel import UnknownLocaleError

    try:
        return str(_locale(language).get_display_name(language)).capitalize()
    except (UnknownLocaleError, ValueError):
        return language


@cache
def _locale(language: str) -> Any:
    from babel import Locale  # a tenth of a second that English never takes

    return Locale.parse(language)
