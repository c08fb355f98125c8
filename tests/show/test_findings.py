"""Findings: a sentence and a picture for whatever a measure has stored, and no figure where there is none."""

from __future__ import annotations

import re

import pytest

from touchstone.core.page import Chart, Grid, Note
from touchstone.show._findings import Told, formula, picture, warned
from touchstone.show._stored import Figure


def row(name: str, value: float | None, *, detail: dict[str, object] | None = None, **by: str) -> Figure:
    """One stored row with an interval of .1 to both sides."""
    low, high = (None, None) if value is None else (value - 0.1, value + 0.1)
    return Figure(name, by, value, low, high, 40, "share", dict(detail or {}))


def told(*rows: Figure) -> Told:
    return Told("sentiment", rows, {"north": "North Gate"}, 1)


def test_the_cut_with_most_figures_is_drawn_largest_first() -> None:
    rows = [row("sentiment", value, unit=unit) for unit, value in (("south", 0.2), ("north", 0.7))]
    found = picture(told(row("sentiment", 0.4), *rows))
    chart = next(each for each in found.blocks if isinstance(each, Chart))
    assert [each.label for each in chart.figures] == ["North Gate", "South"]
    assert "north Gate" not in found.sentence
    assert "highest is North Gate at 70" in found.sentence
    assert "between 60" in found.sentence


def test_a_chart_has_room_for_some_and_the_table_for_more() -> None:
    rows = [row("sentiment", place / 100, unit=f"unit {place:02}") for place in range(80)]
    found = picture(told(*rows))
    chart = next(each for each in found.blocks if isinstance(each, Chart))
    grid = next(each for each in found.blocks if isinstance(each, Grid))
    assert len(chart.figures) == 24
    assert len(grid.rows) == 60
    assert "The first 60 of 80 figures by unit" in grid.title


@pytest.mark.parametrize("detail", [{"why": "fewer than 50 answers"}, {}])
def test_without_an_estimate_it_says_why_and_draws_nothing(detail: dict[str, object]) -> None:
    found = picture(told(row("sentiment", None, detail=detail)))
    assert [type(each) for each in found.blocks] == [Note]
    assert ("fewer than 50 answers" in found.sentence) == bool(detail)


def test_the_formula_stands_below_where_a_row_says_it() -> None:
    assert formula(told(row("sentiment", 0.1), row("sentiment", 0.2, detail={"formula": "a / b"}))) == "a / b"
    assert formula(told()) == ""


def test_a_single_figure_is_said_as_it_is() -> None:
    assert re.fullmatch(
        r"Net sentiment.*: the figure is 40.% \(between 30.% and 50.%\)\.", single(row("sentiment", 0.4))
    )
    assert "the figure of North Gate is 40" in single(row("sentiment", 0.4, unit="north"))


def single(figure: Figure) -> str:
    return picture(told(figure)).sentence


def test_a_lead_within_chance_is_not_called_one() -> None:
    close, apart = ([row("sentiment", value, unit=unit) for unit, value in (("south", low), ("north", 0.7))]
                    for low in (0.6, 0.2))  # fmt: skip
    assert picture(told(*close)).sentence.endswith("; others may be as high.")
    assert not picture(told(*apart)).sentence.endswith("; others may be as high.")


def test_a_doubtful_assumption_stands_below_the_figures() -> None:
    rows = [row("sentiment", 0.4, detail={"warning": "few answers"}, unit=unit) for unit in ("south", "north")]
    assert [each.text for each in warned(rows)] == ["Few answers."]
    assert warned([row("sentiment", 0.4)]) == ()
