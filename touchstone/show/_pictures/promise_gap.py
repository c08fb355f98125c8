"""Promise gaps as dumbbells: what was said at one end, what is lived at the other, the widest gap on top."""

from __future__ import annotations

from typing import Any

from touchstone.core.page import Block, Chart
from touchstone.show import _findings, _forest, _say
from touchstone.show._charts import SCHEMA, TIP, TONE, TONES, layer
from touchstone.show._draw import LIGHT
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_TITLES = {
    "brand": "What we promise customers, and what they live",
    "department": "What departments promise each other and partners, and what those live",
    "vendor": "What vendors promise us, and what we live",
}


def picture(told: Told) -> Picture:
    """A dumbbell for each promised touchpoint, each promiser and scale by itself; then all gaps as a table."""
    rows = [each for each in told.by("promiser", "touchpoint") if each.value is not None]
    rows.sort(key=lambda each: (-(each.value or 0.0), each.by["touchpoint"]))
    blocks: list[Block] = []
    for promiser, title in _TITLES.items():
        own = [each for each in rows if each.by["promiser"] == promiser]
        for scale in sorted({each.measured_in for each in own}):
            shown = [each for each in own if each.measured_in == scale][: _forest.MOST]
            blocks.append(_dumbbells(told, shown, f"{title}, in {scale}" if scale != own[0].measured_in else title))
    blocks += [_findings.table(told, rows)] if rows else []
    return Picture(_sentence(told, rows), tuple(blocks))


def _dumbbells(told: Told, rows: list[Figure], title: str) -> Chart:
    lines = [_line(told, each) for each in rows]
    ends = rows[0].detail["figure_scale"]
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 190}}
    scale = {"domain": sorted((ends["worst"], ends["best"])), "nice": False}
    x = {
        "field": "lived",
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": rows[0].measured_in, "tickCount": 5},
    }
    layers = [
        layer({"type": "rule", "strokeWidth": 2, "color": LIGHT["edge"]}, lines, x=x, x2={"field": "promised"}, y=y),
        layer({"type": "rule", "strokeWidth": 6, "opacity": 0.4}, lines, x={**x, "field": "low"},
               x2={"field": "high"}, y=y, color=TONE),
        layer({"type": "circle", "size": 64, "opacity": 1}, lines, x=x, y=y, color=TONE, tooltip=TIP),
        layer({"type": "tick", "thickness": 3, "color": LIGHT["ink"]}, lines, x={**x, "field": "promised"}, y=y),
    ]  # fmt: skip
    made = {"$schema": SCHEMA, "layer": layers, "height": 26 * len(lines) + 40}
    lead = "The upright stroke is what was promised, the dot what is lived with its 95 % interval."
    return Chart(title, lead, made, tuple(told.estimates(rows)))


def _line(told: Told, figure: Figure) -> dict[str, Any]:
    """Where promise and experience stand; the gap's interval is that of what is lived."""
    promised = float(figure.detail["promised"])
    turned = 1.0 if figure.detail["figure_scale"]["best"] >= figure.detail["figure_scale"]["worst"] else -1.0
    value, low, high = (promised - turned * float(each or 0.0) for each in (figure.value, figure.high, figure.low))
    return {
        "name": _say.named(figure.by["touchpoint"]),
        "promised": promised,
        "lived": value,
        "low": low,
        "high": high,
        "tone": TONES["bad" if figure.detail.get("real") and (figure.value or 0.0) > 0 else "open"],
        "text": _say.aloud(told.estimates([figure])[0]),
    }


def _sentence(told: Told, rows: list[Figure]) -> str:
    own = [each for each in rows if each.by["promiser"] == "brand"] or rows
    if not own:
        return "Nothing is promised of any touchpoint yet."
    widest = told.estimates(own[:1])[0]
    where = _say.named(own[0].by["touchpoint"])
    doubt = _say.bracketed(widest)
    return f"{where}: what is lived falls short of the promise by {_say.value(widest)}{doubt}, the widest gap."
