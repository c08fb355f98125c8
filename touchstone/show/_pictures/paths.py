"""Paths as a picture: what each touchpoint is credited by the journeys, beside what it gets for coming last."""

from __future__ import annotations

from collections.abc import Sequence

from touchstone.core.page import Block, Chart, Grid
from touchstone.show import _findings, _say
from touchstone.show._charts import SCHEMA, TIP, TONE, TONES
from touchstone.show._draw import LIGHT
from touchstone.show._findings import Picture, Told
from touchstone.show._forest import MOST
from touchstone.show._stored import Figure


def picture(told: Told) -> Picture:
    """For touchpoints and for channels: credit with its interval, an upright stroke at last touch, and a table."""
    cuts: dict[tuple[str, ...], list[Figure]] = {}
    for each in (row for row in told.rows if row.value is not None):
        cuts.setdefault(tuple(sorted(each.by)), []).append(each)
    ordered = [
        sorted(rows, key=lambda each: (-(each.value or 0.0), told.label(each)))
        for _, rows in sorted(cuts.items(), key=lambda cut: (cut[0] != ("touchpoint",), cut[0]))
    ]
    blocks: list[Block] = [_chart(told, rows) for rows in ordered[:2]]
    blocks += [_table(told, rows) for rows in ordered[:2]]
    first = ordered[0] if ordered else []
    return Picture(_sentence(told, first), (*blocks, *_findings.warned(first)))


def _chart(told: Told, rows: Sequence[Figure]) -> Chart:
    shown = told.estimates(rows[:MOST])
    lines = [
        {
            "name": each.label,
            "value": row.value,
            "low": row.value if row.low is None else row.low,
            "high": row.value if row.high is None else row.high,
            "last": row.detail.get("last_touch"),
            "tone": TONES["plain"],
            "text": _say.aloud(each),
        }
        for row, each in zip(rows, shown, strict=False)
    ]
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 190}}
    axis = {"title": rows[0].measured_in, "tickCount": 5, "format": "~r"}
    x = {"field": "value", "type": "quantitative", "axis": axis}
    last = [each for each in lines if each["last"] is not None]
    stroke = {"type": "tick", "thickness": 3, "size": 14, "color": LIGHT["ink"]}
    layers = [
        {"mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.35, "strokeCap": "round"}, "data": {"values": lines},
         "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": TONE}},
        {"mark": {"type": "circle", "size": 56, "opacity": 1}, "data": {"values": lines},
         "encoding": {"x": x, "y": y, "color": TONE, "tooltip": TIP}},
        {"mark": stroke, "data": {"values": last}, "encoding": {"x": {**x, "field": "last"}, "y": y}},
    ]  # fmt: skip
    made = {"$schema": SCHEMA, "layer": layers, "height": 24 * len(lines) + 50}
    lead = "The dot is what is credited over whole journeys, with its 95 % interval; the upright stroke is last touch."
    return Chart(f"Credit by {_cut(rows)}, against last touch", lead, made, tuple(shown))


def _cut(rows: Sequence[Figure]) -> str:
    return " and ".join(sorted(rows[0].by)).replace("_", " ")


def _table(told: Told, rows: Sequence[Figure]) -> Grid:
    cells = tuple(
        (shown.label, shown, _say.number(each.detail.get("last_touch"), measured_in=each.measured_in),
         "yes" if each.detail.get("real") else "no", each.n)
        for each, shown in zip(rows, told.estimates(rows), strict=True)
    )  # fmt: skip
    columns = ("", "whole journeys", "last touch", "told from nought", "journeys with it")
    return Grid(f"By {_cut(rows)}, in {rows[0].measured_in}", "", columns, cells)


def _sentence(told: Told, rows: Sequence[Figure]) -> str:
    if not rows:
        return "No journey to a purchase is known well enough to credit what was met on the way."
    first, shown = rows[0], told.estimates(rows[:1])[0]
    total, last = first.detail.get("total"), first.detail.get("last_touch")
    of = "" if total is None else f" of {_say.number(total, measured_in='answers')}"
    limits = _say.bracketed(shown)
    beside = "" if last is None else f"; last touch alone would say {_say.number(last, measured_in=first.measured_in)}"
    real = "" if first.detail.get("real") else ", which could still be chance"
    return (
        f"Over whole journeys {_say.inline(shown.label)} is credited most, {_say.value(shown)}{of} "
        f"{first.measured_in}{limits}{real}{beside}."
    )
