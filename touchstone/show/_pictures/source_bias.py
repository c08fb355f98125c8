"""Source bias as a picture: each source's shift against the others, nought dashed."""

from __future__ import annotations

from touchstone.core.page import Estimate
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure


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
    lead = "Dots are shifts against the other sources' scores of the same items, bars their 95 % intervals."
    chart = _forest.forest(shown, title="Shift of each source", lead=lead)
    return Picture(_sentence(rows[0], inflated), (chart, _findings.table(told, rows)))


def _sentence(first: Figure, inflated: list[str]) -> str:
    """How far the highest source stands above the others, and whether that can be chance."""
    value, low, high = (
        _say.number(each, measured_in=first.measured_in) for each in (first.value, first.low, first.high)
    )
    way = "higher" if (first.value or 0.0) >= 0 else "lower"
    size = value.lstrip("−")
    limits = f" (a shift between {low} and {high})" if first.low is not None else ""
    said = f"{_say.named(first.by['source'])} scores the same items {size} of the scale {way} than the others{limits}"
    if inflated:
        return f"{said}; inflated beyond what chance explains: {_say.listed(inflated)}."
    return f"{said}; no source is inflated beyond what chance explains."
