"""Vega-Lite specifications: one message in the title, direct labels, a band for doubt, no gridline that is not read.

They are written as they are sent, for Altair takes longer to build one than vl-convert to draw it; a test holds each
against Altair's schema.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from touchstone.core.page import Chart, Estimate
from touchstone.show import _league, _say
from touchstone.show._draw import LIGHT

Rows = list[dict[str, Any]]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
TONES = {"good": LIGHT["good"], "bad": LIGHT["bad"], "open": LIGHT["dot"], "plain": LIGHT["dot"]}
ROOM = {"narrow": 5, "paper": 7, "wide": 10}  # names that fit beside the dots
TONE = {"field": "tone", "type": "nominal", "scale": None}
TIP = {"field": "text", "type": "nominal", "title": " "}
DASHED = {"type": "rule", "color": LIGHT["edge"], "strokeDash": [3, 3]}


def funnel(found: _league.League, *, most: int = 0) -> Chart:
    """Units by number of answers within the band of chance; colour is what can still be told from the mean.

    With `most`, the figures it opens to are those that can be told apart, furthest first, at most so many.
    """
    told = [each for each in found.estimates if each.verdict in ("good", "bad")]
    told.sort(key=lambda each: -abs((each.value or 0.0) - found.mean))
    title = f"{len(told) or 'None'} of {len(found.estimates)} {found.many} can be told from the rest"
    lead = (
        f"Each dot is a {found.one}’s own figure by its number of {found.estimates[0].counted}; "
        "inside the band, chance alone explains its distance from the mean."
    )
    return Chart(title, lead, _funnel(found, _points(found)), tuple(told[:most]) if most else ())


def _points(found: _league.League) -> Rows:
    """Each unit's own figure (not drawn towards the mean), with its colour and what it says when pointed at."""
    return [
        {
            "name": shown.label,
            "n": row.n,
            "value": row.detail["raw"] if row.detail.get("raw") is not None else row.value,
            "tone": TONES[shown.verdict],
            "text": _say.aloud(shown),
        }
        for shown, row in zip(found.estimates, found.figures, strict=True)
        if row.n > 0
    ]


def _funnel(found: _league.League, points: Rows) -> dict[str, Any]:
    counts = [each["n"] for each in points]
    band = _band(counts, found.mean, _league.spread(found.figures), points)
    x = _quantity("n", scale=_counts_scale(counts), axis=_count_axis(counts, found.estimates[0].counted))
    axis = _value_axis(found.figures[0].measured_in)
    y = _quantity("value", scale=_height(found, points, band), axis=axis)
    mean = [{"mean": found.mean, "n": max(counts), "text": "mean"}]
    layers = [
        _area(band, x, axis),
        layer(DASHED, mean, y=_quantity("mean")),
        layer({"type": "text", "align": "left", "dx": 8}, mean, x=x, y=_quantity("mean"), text=_name("text")),
        layer({"type": "circle", "size": 44, "opacity": 0.9}, points, x=x, y=y, color=TONE, tooltip=TIP),
        *(_label(x, side, halo=halo) for halo in (True, False) for side in ("name", "left")),
    ]
    made = _layered(layers) | {"datasets": {"names": _names(points, ROOM["wide"])}}
    made["usermeta"] = {form: {"datasets": {"names": _names(points, most)}} for form, most in ROOM.items()}
    return made


def _counts_scale(counts: Sequence[int]) -> dict[str, Any]:
    """Numbers of answers by their logarithm: from the fewest to the most, with room about a single one."""
    least, most = min(counts), max(counts)
    return {"type": "log", "nice": False, "domain": [least, most] if most > least else [least / 2, most * 2]}


def _label(x: dict[str, Any], side: str, *, halo: bool) -> dict[str, Any]:
    """Names beside their dots; each first as a halo in the colour of the paper, so that it reads over dots."""
    place = {"align": "left", "dx": 7} if side == "name" else {"align": "right", "dx": -7}
    paper, ink = LIGHT["paper"], LIGHT["ink"]
    drawn = {"color": paper, "stroke": paper, "strokeWidth": 3.5} if halo else {"color": ink}
    encoding = {"x": x, "y": _quantity("value"), "text": _name(side)}
    return {"mark": {"type": "text", "limit": 150, **place, **drawn}, "data": {"name": "names"}, "encoding": encoding}


def _height(found: _league.League, points: Rows, band: Rows) -> dict[str, Any]:
    """The part of the scale that is drawn: dots and band, within the ends of the scale."""
    ends = found.figures[0].ends or (-math.inf, math.inf)
    low = min(*(each["value"] for each in points), *(each["low"] for each in band))
    high = max(*(each["value"] for each in points), *(each["high"] for each in band))
    domain = [max(low, min(ends)), min(high, max(ends))]
    return {"domain": domain, "nice": False, "clamp": True, "zero": False, "padding": 6}


def _names(points: Rows, most: int) -> Rows:
    """Labels for the dots that stand out most, none over another: right of a dot, or left where it is far right."""
    values = [each["value"] for each in points]
    middle, height = sum(values) / len(values), (max(values) - min(values)) or 1.0
    far = math.log(max(each["n"] for each in points)) - 0.25 * _logs(points)
    chosen: Rows = []
    told = [each for each in points if each["tone"] != TONES["open"]]
    for each in sorted(told, key=lambda point: -abs(point["value"] - middle)):
        if len(chosen) < most and all(_apart(each, other, height, _logs(points)) for other in chosen):
            chosen.append(each)
    return [
        {"n": each["n"], "value": each["value"]}
        | ({"left": each["name"], "name": ""} if math.log(each["n"]) > far else {"left": "", "name": each["name"]})
        for each in chosen
    ]


def _logs(points: Rows) -> float:
    counts = [each["n"] for each in points]
    return math.log(max(counts)) - math.log(min(counts)) or 1.0


def _apart(one: dict[str, Any], other: dict[str, Any], height: float, width: float) -> bool:
    aside = abs(math.log(one["n"]) - math.log(other["n"])) / width
    return bool(abs(one["value"] - other["value"]) / height > 0.07 or aside > 0.5)


def _band(counts: list[int], mean: float, spread: float, points: Rows) -> Rows:
    """The 95 % band of chance from the fewest answers to the most, cut a little beyond where dots lie."""
    values = [each["value"] for each in points]
    far = max(max(values) - mean, mean - min(values)) * 1.15 or 1.0
    least, most = math.log(min(counts)), math.log(max(counts))
    places = [math.exp(least + (most - least) * step / 40) for step in range(41)] if most > least else counts[:1]
    reach = [min(far, 1.96 * math.sqrt(spread / place)) for place in places]
    return [{"n": place, "low": mean - each, "high": mean + each} for place, each in zip(places, reach, strict=True)]


def over_time(series: Sequence[Estimate], *, title: str, lead: str, mean: float) -> Chart:
    """A figure period by period with its band of doubt; the last is named, the dashed line is the `mean` of all."""
    points = [
        {
            "period": _short(each.label),
            "value": each.value,
            "low": each.low,
            "high": each.high,
            "tone": LIGHT[each.verdict if each.verdict in ("good", "bad") else "mid"],
            "text": _say.aloud(each),
            "last": _say.value(each),
        }
        for each in series
        if each.value is not None
    ]
    x = {"field": "period", "type": "ordinal", "sort": None, "axis": _period_axis(points)}
    axis = _value_axis(series[0].measured_in)
    y = _quantity("value", scale={"zero": False}, axis=axis)
    last = {"type": "text", "align": "left", "dx": 8, "fontWeight": 600, "color": LIGHT["ink"]}
    layers = [
        _area(points, x, axis),
        layer(DASHED, [{"mean": mean}], y=_quantity("mean")),
        layer({"type": "line", "color": LIGHT["ink"], "strokeWidth": 1.4}, points, x=x, y=y),
        layer({"type": "circle", "size": 34, "opacity": 1}, points, x=x, y=y, color=TONE, tooltip=TIP),
        layer(last, points[-1:], x=x, y=y, text=_name("last")),
    ]
    return Chart(title, lead, _layered(layers), tuple(series))


def frontier(points: Sequence[tuple[float, Estimate]], *, here: tuple[float, float]) -> dict[str, Any]:
    """Gain by budget with its band; `here` (budget, gain) is named; on the dashed line money brings itself back."""
    most = min(max(budget for budget, _ in points), max(each.high or 0.0 for _, each in points))
    even: Rows = [{"at": 0.0, "even": 0.0}, {"at": most, "even": most}]
    dashed = layer({**DASHED, "type": "line"}, even, x=_along("budget"), y=_quantity("even"))
    return _curve(points, dashed, x=_along("budget"), here=here)


def few(points: Sequence[tuple[float, Estimate]], *, here: tuple[float, float]) -> dict[str, Any]:
    """Gain by the most touchpoints there may be, with its band; `here` (touchpoints, gain) is named."""
    return _curve(points, x=_along("touchpoints at most"), here=here)


def _along(title: str) -> dict[str, Any]:
    axis = {"title": title, "format": "~s", "tickCount": 5, "titlePadding": 4}
    return _quantity("at", scale={"nice": False, "zero": True}, axis=axis)


def _curve(
    points: Sequence[tuple[float, Estimate]], *beside: dict[str, Any], x: dict[str, Any], here: tuple[float, float]
) -> dict[str, Any]:
    """A line through estimates with its band, and one point on it named."""
    rows: Rows = [
        {"at": at, "value": each.value, "low": each.low, "high": each.high, "text": _say.aloud(each)}
        for at, each in points
    ]
    axis = {"title": None, "tickCount": 4, "format": "~s"}
    y, mine = _quantity("value", axis=axis), [{"at": here[0], "value": here[1]}]
    dot = {"type": "circle", "opacity": 1}
    left = here[0] < 0.4 * max(at for at, _ in points)  # there it would stand among the axis's numbers: under the curve
    place = {"align": "left", "dx": 9, "dy": 15} if left else {"align": "right", "dx": -9, "dy": -9}
    said = {"type": "text", **place, "fontWeight": 600, "color": LIGHT["ink"]}
    layers = [
        _area(rows, x, axis),
        *beside,
        layer({"type": "line", "color": LIGHT["ink"], "strokeWidth": 1.4}, rows, x=x, y=y),
        layer({**dot, "size": 30, "color": LIGHT["dot"]}, rows, x=x, y=y, tooltip=TIP),
        layer({**dot, "size": 70, "color": LIGHT["gold"]}, mine, x=x, y=y),
        layer(said, mine, x=x, y=y, text=_quantity("value", format=",.0f")),
    ]
    return _layered(layers)


def gains(curve: dict[str, list[float]]) -> dict[str, Any]:
    """What is gained by the share it is sent to, best first, with its band; dashed: the same share by chance."""
    names = ("share", "value", "low", "high")
    rows: Rows = [dict(zip(names, each, strict=True)) for each in zip(*(curve[name] for name in names), strict=True)]
    chance: Rows = [{"share": 0.0, "even": 0.0}, {"share": 1.0, "even": curve["plain"][-1]}]
    axis = {"title": "share it is sent to", "format": ".0%", "tickCount": 5, "titlePadding": 4}
    x = _quantity("share", scale={"nice": False, "domain": [0, 1]}, axis=axis)
    y = {"title": None, "tickCount": 4, "format": "~r"}
    layers = [
        _area(rows, x, y),
        layer({**DASHED, "type": "line"}, chance, x=x, y=_quantity("even")),
        layer({"type": "line", "color": LIGHT["ink"], "strokeWidth": 1.4}, rows, x=x, y=_quantity("value", axis=y)),
    ]
    return _layered(layers)


def distribution(counts: dict[str, int], *, title: str, lead: str) -> Chart:
    """How answers fell, as bars with their counts; the most frequent one in the accent."""
    total, most = sum(counts.values()), max(counts.values())
    rows = [
        {
            "label": label,
            "n": n,
            "text": f"{_say.count(n)} · {_say.number(n / total, measured_in='share')}",
            "tone": LIGHT["gold"] if n == most else LIGHT["dot"],
        }
        for label, n in sorted(counts.items(), key=_in_order)
    ]
    y = {"field": "label", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 140}}
    x = _quantity("n", scale={"domain": [0, most * 1.25]}, axis=None)
    layers = [
        layer({"type": "bar", "height": 12}, rows, x=x, y=y, color=TONE),
        layer({"type": "text", "align": "left", "dx": 7}, rows, x=x, y=y, text=_name("text")),
    ]
    return Chart(title, lead, _layered(layers) | {"height": 30 * len(rows) + 20})


def _in_order(answer: tuple[str, int]) -> tuple[bool, float, int]:
    """Numbers by their size; other answers by how many gave them, most first."""
    try:
        return False, float(answer[0]), 0
    except ValueError:
        return True, 0.0, -answer[1]


def _short(period: str) -> str:
    """A month or quarter as an axis has room for it: Oct 2026, Q4 2026."""
    month, _, year = period.partition(" ")
    if month in _say.MONTHS:
        return f"{month[:3]} {year}"
    place = _say.ORDINALS.index(month) + 1 if "quarter of" in period and month in _say.ORDINALS else 0
    return f"Q{place} {period[-4:]}" if place else period


def _period_axis(points: Rows) -> dict[str, Any]:
    """A label for the first and a few more, so that none is turned or over another."""
    step = max(1, math.ceil(len(points) / 6))
    shown = [each["period"] for each in points[::step]]
    return {"title": None, "values": shown, "labelAngle": 0, "labelOverlap": True}


def _value_axis(measured_in: str) -> dict[str, Any]:
    return {"title": None, "tickCount": 4, "format": ".0%" if "share" in measured_in else "~r"}


def _count_axis(counts: Sequence[int], counted: str) -> dict[str, Any]:
    least, most = min(counts), max(counts)
    between = {10**power for power in range(7) if least * 1.6 < 10**power < most / 1.6}
    return {"title": counted, "values": sorted({least, most} | between), "format": ",.0f", "titlePadding": 4}


def _area(rows: Rows, x: dict[str, Any], axis: dict[str, Any]) -> dict[str, Any]:
    low = _quantity("low", scale={"zero": False}, axis=axis)
    return layer({"type": "area", "color": LIGHT["band"]}, rows, x=x, y=low, y2={"field": "high"})


def _quantity(field: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", **more}


def _name(field: str) -> dict[str, str]:
    return {"field": field, "type": "nominal"}


def layer(mark: dict[str, Any], rows: Rows, **encoding: Any) -> dict[str, Any]:
    """One layer of a chart: a mark drawn for each of `rows`."""
    return {"mark": mark, "data": {"values": rows}, "encoding": encoding}


def _layered(layers: Rows) -> dict[str, Any]:
    """Layers on one pair of axes, with room at the right for what is said of the last point."""
    return {"$schema": SCHEMA, "layer": layers, "padding": {"left": 5, "right": 44, "top": 5, "bottom": 5}}
