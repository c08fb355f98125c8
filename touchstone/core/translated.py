"""A page in another language: our own words are said in it; names, addresses and what customers wrote stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

from touchstone.core.ceremony import Ceremony
from touchstone.core.code import Code
from touchstone.core.once import Once
from touchstone.core.page import (
    Belonging,
    Chart,
    Choice,
    Corrected,
    Estimate,
    Event,
    Field,
    Form,
    Grid,
    Kin,
    Link,
    Note,
    Page,
    Ranking,
    Story,
    Streaks,
    Tie,
    Verbatim,
    Words,
)
from touchstone.core.steps import Steps
from touchstone.core.switches import Switch, Switches
from touchstone.core.translation import ENGLISH, said
from touchstone.core.worklist import Deed, Worklist

SPOKEN: dict[type, tuple[str, ...]] = {
    Page: ("title", "sentence", "lead"),
    Estimate: ("label", "formula", "why", "note", "counted", "drawn_from"),
    Streaks: ("title", "lead", "count_label", "groups"),
    Ranking: ("title", "lead"),
    Choice: ("title", "where", "reason"),
    Chart: ("title", "lead", "specification"),
    Words: ("title",),
    Link: ("label",),
    Grid: ("title", "lead", "columns", "rows"),
    Worklist: ("title", "lead", "columns", "rows"),
    Deed: ("label",),
    Note: ("text", "todo"),
    Once: ("text", "todo"),
    Code: ("todo",),
    Ceremony: ("text", "todo", "button"),
    Steps: ("text", "todo", "steps"),
    Switch: ("label", "means"),
    Switches: ("text", "todo"),
    Field: ("label", "choices", "help", "error", "told", "last"),
    Form: ("title", "button", "beside"),
    Event: ("at", "where", "figure"),
    Story: ("title", "lead"),
    Belonging: ("title", "lead"),
    Tie: ("reasons",),
    Kin: ("known",),
    Corrected: ("what", "who"),
}
"""The slots of a page that hold our own words, or may. Every other one is data and is never touched: what customers
wrote (`Verbatim`), names, values, addresses, lines to copy, what is measured in.
"""
DATA = {
    "customer", "id", "person", "conversation", "theme", "product", "campaign", "initiative", "fix", "asked as",
    "survey", "column", "language", "in their words", "last word", "customers say", "the brand says",
    "you said", "promise", "note", "name", "view", "key", "passkey", "action", "ids",
}  # fmt: skip
"""Columns of tables that hold what others wrote; the rest may hold names too, which are known to no catalogue."""
DRAWN = ("title", "text", "name", "left", "label", "period", "last")
"""Fields of a drawing that are read: titles of axes and legends, and what is written at a mark."""

TUPLES = {"choices": (1,), "beside": (1,), "steps": (0, 1), "reasons": (1,), "known": (0,)}
"""Slots of tuples, and which of each are ours."""

Say = Callable[[str], str]


def translated(page: Page, language: str) -> Page:
    """The page as it is read in `language`; in English the page itself."""
    if language == ENGLISH:
        return page

    def say(text: str) -> str:
        return said(text, language)

    made: Page = _thing(page, say, language)
    accent = say(page.accent)
    return replace(made, accent=accent if accent in made.sentence else "")


def _thing(thing: Any, say: Say, language: str) -> Any:
    """A part of a page with its own words said; what is no part of a page as it is."""
    if isinstance(thing, tuple):
        return tuple(_thing(each, say, language) for each in thing)
    if not is_dataclass(thing) or isinstance(thing, Verbatim | type):
        return thing
    spoken, nested = _slots(type(thing))
    changed = {name: _slot(thing, name, say, language) for name in spoken if getattr(thing, name)}
    changed |= {name: _thing(value, say, language) for name in nested if (value := getattr(thing, name))}
    return replace(thing, **changed)


@cache
def _slots(kind: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The slots of a kind that are said, and those that may hold parts of a page."""
    spoken = next((SPOKEN[each] for each in kind.__mro__ if each in SPOKEN), ())
    return spoken, tuple(each.name for each in fields(kind) if each.name not in (*spoken, "verbatims"))


def _slot(thing: Any, name: str, say: Say, language: str) -> Any:
    value = getattr(thing, name)
    if isinstance(value, str):
        return say(value)
    if name == "rows":
        return _rows(thing, say, language)
    if name == "specification":
        return _drawing(value, say) | {"config": _numbers(language)}
    if name == "groups":
        return tuple((say(title), _thing(estimates, say, language)) for title, estimates in value)
    if name == "columns":
        return tuple(map(say, value))
    ours = TUPLES[name]
    return tuple(tuple(say(part) if at in ours else part for at, part in enumerate(each)) for each in value)


def _rows(grid: Grid, say: Say, language: str) -> tuple[tuple[Any, ...], ...]:
    data = {place for place, column in enumerate(grid.columns) if column in DATA}

    def cell(place: int, content: Any) -> Any:
        if isinstance(content, str):
            return content if place in data else say(content)
        return content if place in data and isinstance(content, Link) else _thing(content, say, language)

    return tuple(tuple(cell(place, content) for place, content in enumerate(row)) for row in grid.rows)


def _drawing(part: Any, say: Say) -> Any:
    """A specification with its titles, labels and texts said, and their data alike."""
    if isinstance(part, list):
        return [_drawing(each, say) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: say(value)
        if key in DRAWN and isinstance(value, str)
        else [say(each) if isinstance(each, str) else each for each in value]
        if key == "values" and isinstance(value, list) and not any(isinstance(each, dict) for each in value)
        else _drawing(value, say)
        for key, value in part.items()
    }


@cache
def _numbers(language: str) -> dict[str, Any]:
    """How axes write their numbers."""
    from touchstone.core import localised

    decimal, thousands = localised.symbols(language)
    return {"locale": {"number": {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}}}
