"""Lifetime value as a picture: what a customer is worth, and by unit against all."""

from __future__ import annotations

from collections.abc import Sequence

from touchstone.core.page import Block
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure


def picture(told: Told) -> Picture:
    """All customers first, then every unit (or other cut) against them, the most worth first."""
    whole = [each for each in told.by() if each.value is not None][:1]
    parts = [each for each in told.rows if each.by and each.value is not None]
    parts.sort(key=lambda each: (-(each.value or 0.0), told.label(each)))
    middle = whole[0].value if whole else None
    blocks: list[Block] = []
    if parts:
        lead = "Dots are means per customer, bars their 95 % intervals; the dashed line is the mean of all."
        title = "What a customer is worth, the highest first"
        blocks.append(_forest.forest(told.estimates(parts, middle=middle), title=title, lead=lead))
    rows = [*whole, *parts]
    blocks += [_findings.table(told, rows)] if rows else []
    return Picture(_sentence(told, whole, parts), (*blocks, *_findings.warned(rows)))


def _sentence(told: Told, whole: Sequence[Figure], parts: Sequence[Figure]) -> str:
    if not whole:
        known = _say.some(len(parts), "part", "parts")
        return f"What a customer is worth is known of {known} of the customers, not of all together."
    shown = told.estimates(whole, middle=None)[0]
    unit, _, within = shown.measured_in.partition(" per customer")
    limits = _say.bracketed(shown)
    first = f"A customer is expected to bring {_say.value(shown)} {unit}{within}{limits}{_again(whole[0])}"
    apart = [each for each in told.estimates(parts, middle=shown.value) if each.verdict in ("good", "bad")]
    if not parts:
        return f"{first}."
    if not apart:
        return f"{first}; no {_part(told, parts)} can be told from the rest."
    return f"{first}; {len(apart)} of {_say.count(len(parts))} can be told from the rest."


def _again(figure: Figure) -> str:
    """On how many customers who came back it rests."""
    again = figure.detail.get("bought_again")
    return (
        "" if again is None else f"; {_say.count(again)} of {_say.count(figure.n)} customers have bought again so far"
    )


def _part(told: Told, parts: Sequence[Figure]) -> str:
    keys = {key for each in parts for key in each.by}
    return told.nouns[0] if keys == {"unit"} else " and ".join(sorted(keys))
