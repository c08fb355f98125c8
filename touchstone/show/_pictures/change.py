"""Change as a picture: a control chart of each series that raised an alarm, the plainest first, and all as a table."""

from __future__ import annotations

from touchstone.core.page import Block, Chart, Grid
from touchstone.show import _say
from touchstone.show._charts import SCHEMA, TIP, layer
from touchstone.show._draw import LIGHT
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_DRAWN, _LISTED = 4, 40


def picture(told: Told) -> Picture:
    """How many series raised an alarm; for the plainest, look by look, when they changed and when it was seen."""
    raised = sorted((each for each in told.rows if each.value is not None), key=lambda each: _plain(told, each))
    drawn = [each for each in raised if each.detail.get("series")][:_DRAWN]
    charts: list[Block] = [_chart(told, each) for each in drawn]
    return Picture(_sentence(told, raised), (*charts, _table(told, raised)))


def _sentence(told: Told, raised: list[Figure]) -> str:
    """How many changed of those watched long enough, the plainest of them, and how many chance alone might raise."""
    first = raised[0]
    watched = sum(each.value is not None or each.detail["looks"] > each.detail["baseline"] for each in told.rows)
    shown = told.estimates([first], middle=0.0)[0]
    size = _say.number(shown.value, measured_in=first.measured_in, signed=True)
    many = f"{_say.count(len(raised))} series raised an alarm of {_say.count(watched)} watched long enough"
    plainest = f"plainest is {_named(told, first)}, by {size} since {first.detail['changed_at']}"
    return f"{many}, where chance alone may raise {_by_chance(first, watched)}; {plainest}."


def _by_chance(figure: Figure, watched: int) -> str:
    """How many false alarms there may be."""
    alpha = float(figure.detail["alpha"])
    if figure.detail.get("family") == "all":
        return f"one with a probability of {alpha:g} at most"
    return f"up to {_say.count(max(alpha * watched, 1))}"


def _plain(told: Told, figure: Figure) -> tuple[float, str]:
    return -float(figure.detail.get("evidence") or 0.0), _named(told, figure)


def _named(told: Told, figure: Figure) -> str:
    return f"{_say.inline(str(figure.detail['figure']))}, {_say.inline(told.label(figure))}"


def _chart(told: Told, figure: Figure) -> Chart:
    """The mean of each look, the means before and since as lines, and a line where the alarm was raised."""
    detail = figure.detail
    points = [{"look": look, "value": value, "text": f"{look}: {value}"} for look, value in detail["series"]]
    changed = detail["changed_at"]
    steps = [
        {"from": points[0]["look"], "to": changed, "mean": detail["mean_before"]},
        {"from": changed, "to": points[-1]["look"], "mean": detail["mean_since"]},
    ]
    x = {"field": "look", "type": "temporal", "axis": {"title": None, "format": "%b %Y", "tickCount": 6}}
    y = {"field": "value", "type": "quantitative", "scale": {"zero": False}, "axis": {"title": None, "tickCount": 4}}
    mean = {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": {**y, "field": "mean"}}
    rule = {"type": "rule", "color": LIGHT["bad"], "strokeDash": [3, 3]}
    layers = [
        layer({"type": "line", "color": LIGHT["dot"], "strokeWidth": 1}, points, x=x, y=y),
        layer({"type": "circle", "color": LIGHT["dot"], "size": 22}, points, x=x, y=y, tooltip=TIP),
        layer({"type": "rule", "color": LIGHT["ink"], "strokeWidth": 2}, steps, **mean),
        layer(rule, [{"look": detail["alarm_at"]}], x=x),
    ]
    title = f"{_say.named(_named(told, figure))}: changed since {changed}, seen on {detail['alarm_at']}"
    lead = f"Each dot is a {detail['every']}; lines are the means before and since, the dashed line is the alarm."
    return Chart(title, lead, {"$schema": SCHEMA, "layer": layers}, tuple(told.estimates([figure], middle=0.0)))


def _table(told: Told, raised: list[Figure]) -> Grid:
    shown = zip(raised[:_LISTED], told.estimates(raised[:_LISTED], middle=0.0), strict=True)
    cells = tuple(
        (_say.named(_named(told, row)), figure, row.detail["changed_at"], row.detail["alarm_at"])
        for row, figure in shown
    )
    return Grid("What changed", "", ("", "change of the mean", "changed since", "seen on"), cells)
