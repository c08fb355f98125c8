"""Figures side by side with their intervals, as one chart: what a list of numbers hides and an eye sees at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.core.page import Chart, Estimate
from touchstone.show import _say
from touchstone.show._charts import SCHEMA, TIP, TONE, TONES, layer
from touchstone.show._draw import LIGHT

MOST = 24  # lines that a chart has room for
_NAMED = 190  # pixels for a name


def forest(estimates: Sequence[Estimate], *, title: str, lead: str = "") -> Chart:
    """One line for each estimate in the order given: its interval as a bar, its value as a dot, the middle dashed."""
    shown = [each for each in estimates if each.value is not None][:MOST]
    lines = [
        {
            "name": each.label,
            "value": each.value,
            "low": each.value if each.low is None else each.low,
            "high": each.value if each.high is None else each.high,
            "tone": TONES[each.verdict],
            "text": _say.aloud(each),
        }
        for each in shown
    ]
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": _NAMED}}
    axis = {"title": None, "tickCount": 5, "format": ".0%" if shown and "share" in shown[0].measured_in else "~r"}
    x = {"field": "value", "type": "quantitative", "scale": {"zero": False, "nice": True}, "axis": axis}
    bar = {"type": "rule", "strokeWidth": 5, "opacity": 0.35, "strokeCap": "round"}
    dot = {"type": "circle", "size": 56, "opacity": 1}
    layers = [
        *_middle(shown),
        layer(bar, lines, x={**x, "field": "low"}, x2={"field": "high"}, y=y, color=TONE),
        layer(dot, lines, x=x, y=y, color=TONE, tooltip=TIP),
    ]
    made = {"$schema": SCHEMA, "layer": layers, "padding": {"left": 12, "right": 24, "top": 5, "bottom": 5}}
    return Chart(title, lead, made | {"height": 24 * len(lines) + 30}, tuple(shown))


def _middle(shown: Sequence[Estimate]) -> list[dict[str, Any]]:
    """A dashed line at what good and bad are told apart at, where there is such a thing."""
    middles = {each.middle for each in shown if each.middle is not None}
    if len(middles) != 1:
        return []
    rule = {"type": "rule", "color": LIGHT["edge"], "strokeDash": [3, 3]}
    return [layer(rule, [{"middle": middles.pop()}], x={"field": "middle", "type": "quantitative"})]
