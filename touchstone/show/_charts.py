"""Vega-Lite specifications, made with Altair: one message in the title, direct labels, a band for doubt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from touchstone.core.page import Chart, Estimate
from touchstone.show import _say
from touchstone.show._draw import LIGHT

TONES = {"good": LIGHT["good"], "bad": LIGHT["bad"], "open": LIGHT["dot"], "plain": LIGHT["dot"]}


def funnel(figures: Sequence[Estimate], *, title: str, lead: str, mean: float, spread: float) -> Chart:
    """Units by number of answers within the band of chance around `mean`; `spread` is the variance of one answer."""
    known = [each for each in figures if each.value is not None and each.n > 0]
    points = [
        {"name": each.label, "n": each.n, "value": each.value, "tone": _tone(each, mean), "text": _tip(each)}
        for each in known
    ]
    band = _band([each.n for each in known], mean, spread, ends=(figures[0].floor, figures[0].ceiling))
    scale = alt.Scale(type="log", nice=False)
    x = alt.X("n:Q", scale=scale, axis=alt.Axis(title=figures[0].counted, values=_ticks(known), format=",.0f"))
    funnel_band = alt.Chart(alt.Data(values=band)).mark_area(color=LIGHT["band"], interpolate="monotone")
    dots = alt.Chart(alt.Data(values=points)).mark_circle(size=46, opacity=0.9)
    layers = [
        funnel_band.encode(x=x, y=alt.Y("low:Q", axis=None), y2="high:Q"),
        alt.Chart(alt.Data(values=[{"mean": mean}])).mark_rule(color=LIGHT["edge"]).encode(y=alt.Y("mean:Q", title=None)),
        dots.encode(x=x, y=alt.Y("value:Q", scale=alt.Scale(zero=False)), color=alt.Color("tone:N", scale=None), tooltip="text:N"),
        *_labels(points, x),
    ]
    return Chart(title, lead, _plain(alt.layer(*layers)), tuple(figures))


def _labels(points: list[dict[str, Any]], x: Any) -> list[Any]:
    """Names beside the dots furthest out, which is where one looks."""
    told = [each for each in points if each["tone"] != TONES["open"]]
    named = sorted(told, key=lambda each: -abs(each["value"]))[:8]
    text = alt.Chart(alt.Data(values=named)).mark_text(align="left", dx=7, fontSize=12, limit=130)
    return [text.encode(x=x, y="value:Q", text="name:N")]


def _tone(estimate: Estimate, mean: float) -> str:
    if estimate.low is not None and estimate.low > mean:
        return TONES["good"]
    return TONES["bad"] if estimate.high is not None and estimate.high < mean else TONES["open"]


def _tip(estimate: Estimate) -> str:
    return _say.aloud(estimate)


def _band(counts: list[int], mean: float, spread: float, *, ends: tuple[float, float]) -> list[dict[str, float]]:
    """The 95 % band of chance from the fewest answers to the most, cut at the ends of the scale."""
    least, most = math.log(min(counts)), math.log(max(counts) + 1)
    places = [math.exp(least + (most - least) * step / 40) for step in range(41)]
    reach = [1.96 * math.sqrt(spread / place) for place in places]
    return [
        {"n": place, "low": max(ends[0], mean - far), "high": min(ends[1], mean + far)}
        for place, far in zip(places, reach, strict=True)
    ]


def _ticks(figures: Sequence[Estimate]) -> list[int]:
    counts = [each.n for each in figures]
    return sorted({min(counts), max(counts)} | {10**power for power in range(1, 7) if min(counts) * 2 < 10**power < max(counts) / 2})


def _plain(chart: Any) -> dict[str, Any]:
    made: dict[str, Any] = chart.to_dict()
    made.pop("config", None)
    return made
