"""Equity as a picture: what each brand's customers are worth to it, and who switches to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from touchstone.core.page import Block, Estimate, Grid
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_BRANDS = 8  # columns that a table of switching has room for


def picture(told: Told) -> Picture:
    """Brands side by side, the most worth first; then from whom to whom customers go."""
    rows = [each for each in told.by("brand") if each.value is not None]
    rows.sort(key=lambda each: (-(each.value or 0.0), each.by["brand"]))
    if not rows:
        return Picture("What customers are worth to each brand is not known.", ())
    shown = told.estimates(rows)
    lead = f"In {rows[0].measured_in}; bars are 95 % intervals."
    blocks: list[Block] = [_forest.forest(shown, title="What the market is worth to each brand", lead=lead)]
    if any(each.detail.get("switching") for each in rows):
        blocks.append(_switching(rows, shown))
    return Picture(_sentence(rows, shown), (*blocks, _findings.table(told, rows), *_findings.warned(rows)))


def _switching(rows: list[Figure], shown: list[Estimate]) -> Grid:
    """From the brand of each line, the share whose next purchase is of the brand of each column."""
    names = [each.by["brand"] for each in rows][:_BRANDS]
    cells = tuple(
        (each.label, *(_share(each, row.detail.get("switching", {}).get(name)) for name in names))
        for row, each in zip(rows, shown, strict=True)
    )
    lead = "Each line: of those who bought it last, the share whose next purchase is of the brand above."
    return Grid("Who stays and who goes where", lead, ("bought last", *names), cells)


def _share(shown: Estimate, found: dict[str, Any] | None) -> Estimate | str:
    if not found or found.get("value") is None:
        return "–"
    return replace(
        shown, value=found["value"], low=found.get("low"), high=found.get("high"), measured_in="share of purchases",
        floor=0.0, ceiling=1.0, formula="",
    )  # fmt: skip


def _sentence(rows: list[Figure], shown: list[Estimate]) -> str:
    first = shown[0]
    size = f"{_say.value(first)} {rows[0].measured_in}{_say.bracketed(first)}"
    if len(rows) == 1:
        return f"{first.label} is worth {size}."
    apart = first.low is not None and shown[1].high is not None and first.low > shown[1].high
    order = "more than any other brand" if apart else "the most, though another may be worth as much"
    share = rows[0].detail.get("share_of_equity")
    of = "" if share is None else f", {_say.number(share, measured_in='share')} of what all brands are worth"
    return f"{first.label} is worth {size}{of}: {order}."
