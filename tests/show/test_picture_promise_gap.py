"""Promise gaps as dumbbells: the widest on top, each promiser by itself."""

from __future__ import annotations

import pytest

from touchstone.core.page import Chart
from touchstone.show._findings import Told, picture
from touchstone.show._stored import Figure


def row(touchpoint: str, value: float, promiser: str = "brand") -> Figure:
    by = {"promiser": promiser, "touchpoint": touchpoint}
    detail = {"promised": 5.0, "lived": 5.0 - value, "figure_scale": {"worst": 1.0, "best": 5.0}, "real": value > 0.2}
    return Figure("promise_gap", by, value, value - 0.1, value + 0.1, 40, "points on 1-5", detail)


def test_each_promiser_has_dumbbells_the_widest_on_top() -> None:
    found = picture(Told("promise_gap", (row("a", 0.1), row("b", 2.0), row("c", 1.0, "vendor")), {}, 1))
    charts = [each for each in found.blocks if isinstance(each, Chart)]
    lines = [each["data"]["values"] for each in (chart.specification["layer"][0] for chart in charts)]
    assert [[each["name"] for each in values] for values in lines] == [["B", "A"], ["C"]]
    first = lines[0][0]
    assert (first["promised"], first["lived"]) == (5.0, 3.0)
    assert (first["low"], first["high"]) == (pytest.approx(2.9), pytest.approx(3.1))
    assert found.sentence.startswith("B: what is lived falls short of the promise by 2.0")
