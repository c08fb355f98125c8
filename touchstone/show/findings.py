"""Findings: what moves loyalty, what is genuine, what is promised, what it is worth; each with its picture."""

from __future__ import annotations

from collections.abc import Sequence

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Grid, Link, Note, Page
from touchstone.show import _findings, _say

WHO = ("insider", "partner")
_PLACE = 5, "Experience"


def show(ask: Ask, *, name: str | None = None) -> Page:
    """What every measure says in one sentence each, or with `name` one of them with its picture."""
    names = _findings.measures()
    if name in names:
        return _one(ask, str(name), names)
    found = _findings.said(ask)
    if not found:
        note = Note("Nothing has been measured yet.", "empty", "`touchstone run` measures all that can be.")
        return Page("findings", "Findings", "Nothing has been measured yet.", "", (note,))
    saying, silent = ([each for each in found if each.estimated is told] for told in (True, False))
    grids = [Grid(title, "", ("measure", "in one sentence"), _lines(some)) for title, some in
             (("What the measures say", saying), ("What cannot be said yet", silent)) if some]  # fmt: skip
    verb = "measure has" if len(saying) == 1 else "measures have"
    sentence = f"{_say.named(_say.word(len(saying)))} {verb} something to say."
    return Page("findings", "Findings", sentence, "", (_choice(names, ""), *grids))


def _lines(found: Sequence[_findings.Said]) -> tuple[tuple[Link, str], ...]:
    """Each measure, leading to its page, with its sentence."""
    return tuple((Link(_findings.titled(each.name)[0], f"findings?name={each.name}"), each.sentence) for each in found)


def _one(ask: Ask, name: str, names: list[str]) -> Page:
    found = _findings.told(ask, name)
    title, what = _findings.titled(name)
    drawn = _findings.picture(found)
    blocks: list[Block] = [_choice(names, name), *drawn.blocks]
    if formula := drawn.formula or _findings.formula(found):
        blocks.append(Note(f"How it is reckoned: {formula}."))
    return Page("findings", title, drawn.sentence, drawn.lead or f"{what[:1].upper()}{what[1:]}.", tuple(blocks))


def _choice(names: list[str], chosen: str) -> Filters:
    choices = (("", "All"), *((each, _findings.titled(each)[0]) for each in names))
    return Filters((Field("name", "Finding", chosen, choices),))
