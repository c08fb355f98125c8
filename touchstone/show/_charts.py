"""Vega-Lite specifications, made with Altair: one message in the title, direct labels, a band for doubt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from touchstone.core.page import Chart, Estimate
from touchstone.show import _league, _say, _stored
from touchstone.show._draw import LIGHT

TONES = {"good": LIGHT["good"], "bad": LIGHT["bad"], "open": LIGHT["dot"], "plain": LIGHT["dot"]}
ROOM = {"narrow": 5, "paper": 7, "wide": 10}  # names that fit beside the dots


def funnel(found: _league.League, *, most: int = 0) -> Chart:
    """Units by number of answers within the band of chance; colour is what can still be told from the mean.

    With `most`, the figures it opens to are those that can be told apart, furthest first, at most so many.
    """
    points = _points(found)
    told = [each for each in found.estimates if each.verdict in ("good", "bad")]
    told.sort(key=lambda each: -abs((each.value or 0.0) - found.mean))
    title = f"{_count(len(told))} of {len(found.estimates)} {found.many} can be told from the rest"
    lead = (
        f"Each dot is a {found.one}’s own {_stored.NAMES.get(found.name, found.name).lower()} by its number of "
        f"{found.estimates[0].counted}; inside the band, chance alone explains its distance from the mean."
    )
    figures = tuple(told[:most]) if most else ()
    return Chart(title, lead, _funnel(found, points), figures)


def _count(told: int) -> str:
    return "None" if told == 0 else str(told)


def _points(found: _league.League) -> list[dict[str, Any]]:
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


def _funnel(found: _league.League, points: list[dict[str, Any]]) -> dict[str, Any]:
    counts = [each["n"] for each in points]
    band = _band(counts, found.mean, _league.spread(found.figures), points)
    x = alt.X("n:Q", scale=alt.Scale(type="log", nice=False), axis=_count_axis(counts, found.estimates[0].counted))
    y = alt.Y("value:Q", scale=_height(found, points, band), axis=_value_axis(found.figures[0].measured_in))
    low = alt.Y("low:Q", title=None)
    mean = {"mean": found.mean, "n": max(counts), "text": "mean"}
    layers = [
        alt.Chart(alt.Data(values=band)).mark_area(color=LIGHT["band"]).encode(x=x, y=low, y2="high:Q"),
        alt.Chart(alt.Data(values=[mean])).mark_rule(color=LIGHT["edge"], strokeDash=[3, 3]).encode(y="mean:Q"),
        alt.Chart(alt.Data(values=[mean]))
        .mark_text(align="left", dx=8, color=LIGHT["mute"])
        .encode(x=x, y="mean:Q", text="text:N"),
        alt.Chart(alt.Data(values=points))
        .mark_circle(size=44, opacity=0.9)
        .encode(x=x, y=y, color=alt.Color("tone:N", scale=None), tooltip=alt.Tooltip("text:N", title=" ")),
        *(_label(x, side, halo=halo) for halo in (True, False) for side in ("name", "left")),
    ]
    made = _plain(alt.layer(*layers)) | {"padding": {"left": 5, "right": 44, "top": 5, "bottom": 5}}
    made["usermeta"] = {form: {"datasets": {"names": _names(points, most)}} for form, most in ROOM.items()}
    made["datasets"] = {"names": _names(points, ROOM["wide"])}
    return made


def _label(x: Any, side: str, *, halo: bool) -> Any:
    """Names beside their dots; each first as a halo in the colour of the paper, so that it reads over dots."""
    place = {"align": "left", "dx": 7} if side == "name" else {"align": "right", "dx": -7}
    drawn = {"color": LIGHT["paper"], "stroke": LIGHT["paper"], "strokeWidth": 3.5} if halo else {"color": LIGHT["ink"]}
    marks = alt.Chart(alt.Data(name="names")).mark_text(limit=150, **place, **drawn)
    return marks.encode(x=x, y="value:Q", text=f"{side}:N")


def _height(found: _league.League, points: list[dict[str, Any]], band: list[dict[str, float]]) -> Any:
    """The part of the scale that is drawn: dots and band, within the ends of the scale."""
    ends = found.figures[0].ends or (-math.inf, math.inf)
    low = min(*(each["value"] for each in points), *(each["low"] for each in band))
    high = max(*(each["value"] for each in points), *(each["high"] for each in band))
    return alt.Scale(domain=[max(low, min(ends)), min(high, max(ends))], nice=False, clamp=True, zero=False, padding=6)


def _names(points: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Labels for the dots that stand out most, none over another: right of a dot, or left where it is far right."""
    values = [each["value"] for each in points]
    middle, height = sum(values) / len(values), (max(values) - min(values)) or 1.0
    far = math.log(max(each["n"] for each in points)) - 0.25 * _logs(points)
    chosen: list[dict[str, Any]] = []
    told = [each for each in points if each["tone"] != TONES["open"]]
    for each in sorted(told, key=lambda point: -abs(point["value"] - middle)):
        if len(chosen) < most and all(_apart(each, other, height, _logs(points)) for other in chosen):
            chosen.append(each)
    return [
        {"n": each["n"], "value": each["value"]}
        | ({"left": each["name"], "name": ""} if math.log(each["n"]) > far else {"left": "", "name": each["name"]})
        for each in chosen
    ]


def _logs(points: list[dict[str, Any]]) -> float:
    counts = [each["n"] for each in points]
    return math.log(max(counts)) - math.log(min(counts)) or 1.0


def _apart(one: dict[str, Any], other: dict[str, Any], height: float, width: float) -> bool:
    aside = abs(math.log(one["n"]) - math.log(other["n"])) / width
    return abs(one["value"] - other["value"]) / height > 0.07 or aside > 0.5


def _band(counts: list[int], mean: float, spread: float, points: list[dict[str, Any]]) -> list[dict[str, float]]:
    """The 95 % band of chance from the fewest answers to the most, cut a little beyond where dots lie."""
    values = [each["value"] for each in points]
    far = max(max(values) - mean, mean - min(values)) * 1.15 or 1.0
    least, most = math.log(min(counts)), math.log(max(counts))
    places = [math.exp(least + (most - least) * step / 40) for step in range(41)] if most > least else counts[:1]
    reach = [min(far, 1.96 * math.sqrt(spread / place)) for place in places]
    return [{"n": place, "low": mean - each, "high": mean + each} for place, each in zip(places, reach, strict=True)]


def _value_axis(measured_in: str) -> Any:
    """Few labels, shares as per cent, and no gridline that is not read."""
    return alt.Axis(title=None, tickCount=4, format=".0%" if "share" in measured_in else "~g")


def _count_axis(counts: Sequence[int], counted: str) -> Any:
    least, most = min(counts), max(counts)
    between = {10**power for power in range(7) if least * 1.6 < 10**power < most / 1.6}
    return alt.Axis(title=counted, values=sorted({least, most} | between), format=",.0f", titlePadding=4)


def over_time(series: Sequence[Estimate], *, title: str, lead: str, mean: float | None = None) -> Chart:
    """A figure period by period with its band of doubt; the last period is named, and `mean` drawn as the reference."""
    points = [
        {"period": _short(each.label), "value": each.value, "low": each.low, "high": each.high,
         "tone": LIGHT[each.verdict if each.verdict in ("good", "bad") else "mid"],
         "text": _say.aloud(each), "last": _say.value(each)}
        for each in series if each.value is not None
    ]  # fmt: skip
    x = alt.X("period:O", sort=None, axis=_period_axis([str(each["period"]) for each in points]))
    y = alt.Y("value:Q", scale=alt.Scale(zero=False), axis=_value_axis(series[0].measured_in))
    data = alt.Data(values=points)
    layers = [
        alt.Chart(data).mark_area(color=LIGHT["band"]).encode(x=x, y=alt.Y("low:Q", title=None), y2="high:Q"),
        alt.Chart(data).mark_line(color=LIGHT["ink"], strokeWidth=1.4).encode(x=x, y=y),
        alt.Chart(data).mark_circle(size=34, opacity=1).encode(
            x=x, y=y, color=alt.Color("tone:N", scale=None), tooltip=alt.Tooltip("text:N", title=" ")
        ),
        alt.Chart(alt.Data(values=points[-1:]))
        .mark_text(align="left", dx=8, fontWeight=600, color=LIGHT["ink"])
        .encode(x=x, y="value:Q", text="last:N"),
    ]  # fmt: skip
    if mean is not None:
        rule = alt.Chart(alt.Data(values=[{"mean": mean}])).mark_rule(color=LIGHT["edge"], strokeDash=[3, 3])
        layers.insert(1, rule.encode(y="mean:Q"))
    made = _plain(alt.layer(*layers)) | {"padding": {"left": 5, "right": 44, "top": 5, "bottom": 5}}
    return Chart(title, lead, made, tuple(series))


def _short(period: str) -> str:
    """A month as an axis has room for it: Oct 2026."""
    month, _, year = period.partition(" ")
    if month in _say.MONTHS:
        return f"{month[:3]} {year}"
    place = ("first", "second", "third", "fourth").index(month) + 1 if "quarter of" in period else 0
    return f"Q{place} {period[-4:]}" if place else period


def distribution(counts: dict[str, int], *, title: str, lead: str) -> Chart:
    """How answers fell, as bars with their counts; the most frequent one in the accent."""
    total = sum(counts.values())
    rows = [
        {"label": label, "n": n, "text": f"{_say.count(n)} · {_say.number(n / total, measured_in='share')}",
         "tone": LIGHT["gold"] if n == max(counts.values()) else LIGHT["dot"]}
        for label, n in counts.items()
    ]  # fmt: skip
    y = alt.Y("label:N", sort=None, axis=alt.Axis(title=None, labelLimit=140))
    x = alt.X("n:Q", axis=None, scale=alt.Scale(domain=[0, max(counts.values()) * 1.25]))
    bars = alt.Chart(alt.Data(values=rows)).encode(y=y, x=x)
    layers = [
        bars.mark_bar(height=12).encode(color=alt.Color("tone:N", scale=None)),
        bars.mark_text(align="left", dx=7).encode(text="text:N"),
    ]
    return Chart(title, lead, _plain(alt.layer(*layers)) | {"usermeta": {"rows": len(rows)}})


def _period_axis(periods: Sequence[str]) -> Any:
    """A label for the first, the last and a few between, so that none is turned or left out by chance."""
    step = max(1, math.ceil(len(periods) / 6))
    shown = [each for place, each in enumerate(periods) if place % step == 0]
    return alt.Axis(title=None, values=shown, labelAngle=0, labelOverlap=True)


def _plain(chart: Any) -> dict[str, Any]:
    made: dict[str, Any] = chart.to_dict(validate=False)
    made.pop("config", None)
    return made
