"""Needs as a picture: a chart for each level, what grows and what needs others marked."""

from __future__ import annotations

from typing import Any

from touchstone.core.page import Chart
from touchstone.show._findings import Told, picture
from touchstone.show._stored import Figure


def row(level: str, need: str, value: float, **detail: Any) -> Figure:
    return Figure("needs", {"level": level, "need": need}, value, value - 0.1, value + 0.1, 40, "share", detail)


def test_each_level_has_its_chart_the_largest_need_on_top() -> None:
    growing = {"real": True, "odds_ratio": 2.0}
    rows = (
        row("dealer", "stock", 0.3),
        row("dealer", "pay", 0.5, growth=growing),
        row("department", "file", 0.4, with_others=True),
    )
    charts = [each for each in picture(Told("needs", rows, {}, 1)).blocks if isinstance(each, Chart)]
    assert [[each.label for each in chart.figures] for chart in charts] == [
        ["“pay” (grows)", "“stock”"],
        ["“file” (with other companies’ things)"],
    ]
    assert "Dealer" in charts[0].title


def test_without_needs_there_is_no_chart() -> None:
    rows = (Figure("needs", {"level": "dealer", "need": ""}, None, None, None, 0, "share", {"why": "nobody asks"}),)
    assert not [each for each in picture(Told("needs", rows, {}, 1)).blocks if isinstance(each, Chart)]
