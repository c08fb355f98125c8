"""The fields by which persons are told apart: how each is cleaned, compared and blocked on.

A field's levels say how two of its values may agree, closest first, each with what to expect before anything is
learned: how often records of one person agree so (m), and how often two strangers do (u).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Level:
    """One way in which two values may agree: its name, SQL over `{a}` and `{b}`, and what to expect of m and u."""

    name: str
    sql: str
    m: float
    u: float


@dataclass(frozen=True)
class Field:
    """A field: SQL that cleans the value `{x}`, its levels from the closest on; what is left over is `other`."""

    clean: str
    levels: tuple[Level, ...]


_PLAIN = "nullif(trim(regexp_replace(lower(strip_accents({x})), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')), '')"
_CODE = "nullif(regexp_replace(lower(strip_accents({x})), '[^\\p{{L}}\\p{{N}}]+', '', 'g'), '')"
_MAIL = "case when {x} like '%_@_%' then lower(trim({x})) end"
_DIGITS = "nullif(regexp_replace({x}, '[^0-9+]+', '', 'g'), '')"
_TURNED = "'^(\\d{{1,2}})[./-](\\d{{1,2}})[./-](\\d{{4}}).*', '\\3-0\\2-0\\1'"
_DATE = (
    f"nullif(left(regexp_replace(regexp_replace(regexp_replace(trim({{x}}), {_TURNED}),"
    " '-0(\\d\\d)', '-\\1', 'g'), '[^0-9]+', '', 'g'), 8), '')"
)
_SAME = "{a} = {b}"
_YEAR, _MONTH, _DAY = (f"substr({{a}}, {f}, {n}) = substr({{b}}, {f}, {n})" for f, n in ((1, 4), (5, 2), (7, 2)))
_USER = "split_part({a}, '@', 1)", "split_part({b}, '@', 1)"


def _like(least: float) -> str:
    return f"jaro_winkler_similarity({{a}}, {{b}}) >= {least}"


def _alike(how: str) -> str:
    """Addresses that are `how` alike, their numbers but for a slip: names make strangers' addresses alike too."""
    one, other = (f"regexp_replace({user}, '[^0-9]+', '', 'g')" for user in _USER)
    return f"case when {how} then levenshtein({one}, {other}) <= 1 else false end"


def _edits(most: int) -> str:
    """Up to so many letters amiss; two neighbours swapped are one slip (asked only of the few: it costs ten times)."""
    if most > 1:
        return f"levenshtein({{a}}, {{b}}) <= {most}"
    return "case when levenshtein({a}, {b}) <= 2 then damerau_levenshtein({a}, {b}) <= 1 else false end"


def _words(same: float, common: float) -> tuple[Level, ...]:
    """Names of streets, places and trades."""
    return (
        Level("same", _SAME, same, common),
        Level("near", _like(0.9), 0.1, 0.01),
        Level("like", _like(0.8), 0.03, 0.03),
    )


def _number(slip: float) -> tuple[Level, ...]:
    """Numbers that are one person's own."""
    return Level("same", _SAME, 0.85, 1e-5), Level("slip", _edits(1), slip, 1e-5), Level("slips", _edits(2), 0.03, 1e-4)


def _name(other: str) -> tuple[Level, ...]:
    swapped = f"coalesce({{a}} = {other}_r, false) or coalesce({other}_l = {{b}}, false)"
    initial = "length(least({a}, {b})) = 1 and left({a}, 1) = left({b}, 1)"
    return (
        Level("same", _SAME, 0.75, 0.005),
        Level("swapped", swapped, 0.02, 1e-4),
        Level("near", _like(0.92), 0.1, 0.005),
        Level("like", f"{_like(0.85)} or ({initial})", 0.04, 0.01),
        Level("far", _like(0.72), 0.04, 0.04),
    )


FIELDS = {
    "given_name": Field(_PLAIN, _name("surname")),
    "surname": Field(_PLAIN, tuple(each for each in _name("given_name") if each.name != "swapped")),
    "date_of_birth": Field(
        _DATE,
        (
            Level("same", _SAME, 0.8, 1e-4),
            Level("slip", _edits(1), 0.08, 1e-3),
            Level("same year and month or day", f"{_YEAR} and ({_MONTH} or {_DAY})", 0.04, 1e-3),
            Level("slips", _edits(2), 0.03, 0.01),
            Level("same year", _YEAR, 0.02, 0.01),
        ),
    ),
    "street": Field(_PLAIN, _words(0.75, 0.002)),
    "house_number": Field(_CODE, (Level("same", _SAME, 0.8, 0.02), Level("slip", _edits(1), 0.1, 0.1))),
    "city": Field(_PLAIN, _words(0.75, 0.02)),
    "postcode": Field(
        _CODE,
        (
            Level("same", _SAME, 0.75, 0.002),
            Level("slip", _edits(1), 0.1, 0.005),
            Level("slips", _edits(2), 0.03, 0.05),
            Level("same area", "left({a}, 3) = left({b}, 3)", 0.02, 0.02),
        ),
    ),
    "national_id": Field(_CODE, _number(0.08)),
    "birth_place": Field(_PLAIN, _words(0.7, 0.02)),
    "occupation": Field(_PLAIN, _words(0.5, 0.03)),
    "email": Field(
        _MAIL,
        (
            Level("same", _SAME, 0.7, 1e-5),
            Level("same user", f"{_USER[0]} = {_USER[1]}", 0.05, 1e-4),
            Level("near", _alike(_like(0.95)), 0.05, 1e-4),
            Level("like", _alike(f"jaro_winkler_similarity({_USER[0]}, {_USER[1]}) >= 0.88"), 0.05, 0.005),
        ),
    ),
    "phone": Field(_DIGITS, _number(0.03)),
    "loyalty_number": Field(_CODE, _number(0.03)),
    "account": Field("nullif(trim({x}), '')", (Level("same", _SAME, 0.9, 1e-6),)),
}
"""In the order in which reasons are told; `account` is a subject of single sign-on."""
KEYS = ("national_id", "email", "phone", "loyalty_number", "account")
"""What is one person's own: each alone brings two records together for comparison, and nearly settles it."""
OTHER = "other"

BLOCKS = (
    *((key,) for key in KEYS),
    ("given_name", "surname"),
    ("surname", "date_of_birth"),
    ("given_name", "date_of_birth"),
    ("date_of_birth", "postcode"),
    ("date_of_birth", "street"),
    ("date_of_birth", "city"),
    ("date_of_birth", "birth_place"),
    ("street", "house_number"),
    ("surname", "street"),
    ("given_name", "street"),
    ("surname", "postcode"),
    ("given_name", "postcode"),
    ("date_of_birth", "postcode:3"),
    ("surname", "birth_place"),
    ("given_name", "birth_place"),
    ("surname", "occupation"),
    ("surname", "city"),
    ("given_name", "city"),
    ("given_name", "postcode:3"),
    ("surname", "postcode:3"),
    ("given_name:2", "surname:2", "date_of_birth:4"),
    ("surname:4", "date_of_birth:4"),
    ("given_name", "date_of_birth:4", "occupation"),
    ("given_name", "birth_place", "occupation"),
    ("date_of_birth",),
    ("street", "city"),
    ("postcode",),
    ("surname",),
    ("street",),
    ("given_name", "date_of_birth:4"),
)
"""What two records must share to be compared at all (`:3` its first three characters), most telling first."""
LESSONS = (
    ("national_id",),
    ("email",),
    ("phone",),
    ("surname", "date_of_birth"),
    ("given_name", "date_of_birth"),
    ("surname", "street"),
    ("date_of_birth", "postcode"),
    ("given_name", "postcode"),
    ("given_name", "surname"),
    ("date_of_birth",),
    ("street", "house_number"),
    ("surname", "city"),
    ("given_name", "city"),
    ("surname",),
)
"""Blocks from which m is learned (by EM on all fields but the block's own): those first that hold few strangers."""


def comparison(field: str, others: frozenset[str], expected: dict[str, Any]) -> dict[str, Any]:
    """Splink's comparison of a field, its m and u as `expected` ({level: (m, u)}); `others` are the fields given."""
    here = {"a": f"{field}_l", "b": f"{field}_r"}
    levels = [{"sql_condition": "{a} is null or {b} is null".format(**here), "is_null_level": True}]
    for each in told(field, others):
        sql = "ELSE" if each.name == OTHER else each.sql.format(**here)
        m, u = expected.get(each.name, (each.m, each.u))
        level = {"sql_condition": sql, "label_for_charts": each.name, "m_probability": m, "u_probability": u}
        if each.name == "same":
            level |= {"tf_adjustment_column": field, "tf_adjustment_weight": 1.0}
        levels.append(level)
    return {"output_column_name": field, "comparison_levels": levels}


def told(field: str, others: frozenset[str]) -> list[Level]:
    """The levels of a field that can be told where only `others` are given, and what is left over."""
    swapped = {"given_name", "surname"} <= others
    levels = [each for each in FIELDS[field].levels if each.name != "swapped" or swapped]
    rest = 1 - sum(each.m for each in levels), 1 - sum(each.u for each in levels)
    return [*levels, Level(OTHER, "true", *rest)]
