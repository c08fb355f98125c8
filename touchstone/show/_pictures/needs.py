"""Needs as a picture: what each level asks for, the largest on top."""

from __future__ import annotations

from touchstone.core.page import Block, Estimate
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure


def picture(told: Told) -> Picture:
    """A chart for each level of customer; then all needs as a table."""
    rows = [each for each in told.by("level", "need") if each.value is not None]
    rows.sort(key=lambda each: (-(each.value or 0.0), each.by["need"]))
    blocks: list[Block] = []
    for level in sorted({each.by["level"] for each in rows}):
        own = [each for each in rows if each.by["level"] == level]
        title = f"What keeps them up at night: {_say.named(level.replace('_', ' '))}"
        lead = "Share of the people of this level who ask for anything; bars are 95 % intervals, words are their own."
        blocks.append(_forest.forest([_named(told, each) for each in own], title=title, lead=lead))
    blocks += [_findings.table(told, rows)] if rows else []
    return Picture(_sentence(told, rows), tuple(blocks))


def _named(told: Told, figure: Figure) -> Estimate:
    """The need in their words, with what else is known of it."""
    growth = figure.detail.get("growth") or {}
    more = " (grows)" if growth.get("real") and growth["odds_ratio"] > 1 else ""
    more += " (with other companies’ things)" if figure.detail.get("with_others") else ""
    return Estimate(**{**vars(told.estimates([figure])[0]), "label": f"“{figure.by['need']}”{more}"})


def _sentence(told: Told, rows: list[Figure]) -> str:
    if not rows:
        return "Nobody asks for anything that many have in common."
    first = max(rows, key=lambda each: (each.n, each.value or 0.0))
    shown = told.estimates([first])[0]
    level = first.by["level"].replace("_", " ")
    words = first.by["need"]
    return f"Of every {level} who asks for anything, {_say.value(shown)} ask about “{words}”{_say.bracketed(shown)}."
