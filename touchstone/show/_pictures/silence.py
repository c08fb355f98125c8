"""Silence as a picture: who is gone without a word, and where they were last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from touchstone.core.page import Block, Estimate
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_DRAWN = (("touchpoint", "Where they were last"), ("unit", "With whom they were last"))


def picture(told: Told) -> Picture:
    """The share of all; then by touchpoint and by unit, the most first, coloured where it differs from elsewhere."""
    whole = [each for each in told.by() if each.value is not None][:1]
    middle = whole[0].value if whole else None
    blocks: list[Block] = []
    parts: list[Figure] = []
    for column, title in _DRAWN:
        rows = [each for each in told.by(column) if each.value is not None]
        rows.sort(key=lambda each: (-(each.value or 0.0), told.label(each)))
        if rows:
            lead = "Share probably gone without complaint, with 95 % intervals; the dashed line is the share of all."
            shown = [_judged(told, each, middle) for each in rows]
            blocks.append(_forest.forest(shown, title=title, lead=lead))
            parts += rows
    rows = [*whole, *parts] or [each for each in told.rows if each.value is not None]
    blocks += [_findings.table(told, rows)] if rows else []
    return Picture(_sentence(told, whole, parts), (*blocks, *_findings.warned(rows)))


def _judged(told: Told, figure: Figure, middle: float | None) -> Estimate:
    """The figure, told from elsewhere only where that stands after correction for many comparisons."""
    return replace(told.estimates([figure], middle=middle)[0], real=bool(figure.detail.get("real")))


def _sentence(told: Told, whole: Sequence[Figure], parts: Sequence[Figure]) -> str:
    real = [told.label(each) for each in parts if each.detail.get("real")]
    where = (
        f"told from elsewhere: {_say.listed([_say.inline(each) for each in real])}"
        if real
        else "no place can be told from elsewhere"
    )
    if not whole:
        return f"How many left without a word is known of parts only; {where}."
    shown = told.estimates(whole)[0]
    limits = _say.bracketed(shown)
    first = f"{_say.value(shown)} of {_say.count(whole[0].n)} customers who came again are probably gone without a word"
    return f"{first}{limits}; {where}." if parts else f"{first}{limits}."
