"""Source bias as a picture: each source's shift against the others, nought dashed."""

from __future__ import annotations

from touchstone.core.page import Estimate
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told


def picture(told: Told) -> Picture:
    """The sources by their shift, those called inflated named."""
    rows = sorted(
        (each for each in told.rows if each.value is not None), key=lambda each: (-(each.value or 0), each.by["source"])
    )
    shown = [
        Estimate(**{**vars(figure), "real": bool(row.detail.get("inflated"))})
        for row, figure in zip(rows, told.estimates(rows, middle=0.0), strict=True)
    ]
    inflated = [told.label(each) for each in rows if each.detail.get("inflated")]
    limits = _say.interval(shown[0])
    first = f"{_say.inline(shown[0].label)} stands {_say.value(shown[0])} of the scale above the others ({limits})"
    sentence = (
        f"{_say.listed(inflated)} inflated: {first}." if inflated else f"No source is inflated; highest, {first}."
    )
    lead = "Dots are shifts against the other sources' scores of the same items, bars their 95 % intervals."
    chart = _forest.forest(shown, title="Shift of each source", lead=lead)
    return Picture(sentence[0].upper() + sentence[1:], (chart, _findings.table(told, rows)))
