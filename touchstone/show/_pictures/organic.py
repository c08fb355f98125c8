"""Organic as a picture: the waterfall from the plain mean to the index, and when praise was bought."""

from __future__ import annotations

from typing import Any

from touchstone.core.page import Block, Chart, Grid
from touchstone.show import _findings, _say
from touchstone.show._charts import SCHEMA, TIP, layer
from touchstone.show._draw import LIGHT
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_NAMES = {"all": "all answers", "disclosed": "without disclosed", "detected": "without detected by their words",
          "campaign": "without campaigns"}  # fmt: skip


def picture(told: Told) -> Picture:
    """The index beside the plain mean; one waterfall for each scale, the campaigns found, and units as a table."""
    known = [each for each in told.rows if each.value is not None]
    whole = sorted((each for each in known if "unit" not in each.by), key=lambda each: -each.n) or known
    units = sorted((each for each in known if "unit" in each.by), key=told.label)
    blocks: list[Block] = [_waterfall(told, each) for each in whole]
    blocks += [_campaigns(each) for each in whole if each.detail.get("windows")]
    blocks += [_findings.table(told, units)] if units else []
    return Picture(_sentence(told, whole[0]), tuple(blocks))


def _sentence(told: Told, figure: Figure) -> str:
    shown = told.estimates([figure])[0]
    aside = sum(figure.detail["removed"].values())
    plain = _say.number(figure.detail["raw"], measured_in=figure.measured_in)
    return (
        f"Without {_say.some(aside, 'answer', 'answers')} that may be bought the score is {_say.value(shown)}"
        f"{_say.bracketed(shown)}, {plain} with them."
    )


def _waterfall(told: Told, figure: Figure) -> Chart:
    """A bar from one step's mean to the next, the last at the index."""
    rows: list[dict[str, Any]] = []
    before = None
    for each in figure.detail["steps"]:
        if each["value"] is None:
            continue
        start = each["value"] if before is None else before
        text = f"{_NAMES[each['step']]}: {each['value']:.3f}, {_say.count(each['n'])} answers"
        rows.append({"step": _NAMES[each["step"]], "from": start, "to": each["value"], "text": text})
        before = each["value"]
    y = {"field": "step", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 220}}
    x = {"field": "from", "type": "quantitative", "scale": {"zero": False}, "axis": {"title": None, "tickCount": 5}}
    end = {**x, "field": "to"}
    layers = [
        layer({"type": "bar", "height": 10, "color": LIGHT["gold"]}, rows, x=x, x2={"field": "to"}, y=y),
        layer({"type": "tick", "thickness": 3, "size": 22, "color": LIGHT["ink"]}, rows, x=end, y=y, tooltip=TIP),
    ]
    made = {"$schema": SCHEMA, "layer": layers, "height": 28 * len(rows) + 30}
    scale = f" on {figure.by['scale']}" if "scale" in figure.by else ""
    title = f"From the plain mean to the organic index{scale}"
    return Chart(title, "Each line sets one more kind of praise aside.", made, tuple(told.estimates([figure])))


def _campaigns(figure: Figure) -> Grid:
    cells = tuple((each["start"], each["end"]) for each in figure.detail["windows"])
    return Grid("Campaigns found in the data", "", ("first day", "last day"), cells, narrow=True)
