"""Every picture of a measure: a sentence whatever is known, charts that hold, figures that open."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import altair
import numpy as np
import pytest

from tests import _living
from touchstone import show
from touchstone.core import finder
from touchstone.core.page import Chart, Estimate, Grid, Page, Streaks
from touchstone.core.viewer import Viewer
from touchstone.home.one_shot import one_shot
from touchstone.show import _draw, _findings, _pictures, _stored
from touchstone.show._findings import Picture, Told, picture
from touchstone.show._stored import Figure

NAMES = sorted(path.stem for path in Path(_pictures.__path__[0]).glob("[a-z]*.py"))
HOSTILE = '</script><b onclick="x">"\'\\ {{1}} ü'


@cache
def rows(name: str) -> tuple[Figure, ...]:
    """What `run` stores of a measure on the example brand in miniature."""
    measure = finder.verb("measure", name)
    cuts = getattr(finder.part("measure", name), "CUTS", ((),))
    return tuple(row for cut in cuts for row in _stored.unfolded(measure(_living.ask(), by=cut)))


def told(name: str, *found: Figure, units: dict[str, str] | None = None) -> Told:
    return Told(name, found, units or {}, 1)


def holds(drawn: Picture) -> None:
    """A sentence, and charts that Vega-Lite takes."""
    assert re.fullmatch(r"\S.*[.!?]", drawn.sentence)
    assert "None" not in re.sub(r"^None of", "", drawn.sentence)
    assert "nan" not in drawn.sentence.split()
    assert "()" not in drawn.sentence
    for chart in (each for each in drawn.blocks if isinstance(each, Chart)):
        altair.LayerChart.from_dict(_draw.chosen(chart.specification, "wide"))
        assert "<svg" in _draw.svg(chart, form="narrow")


def opens(drawn: Picture) -> list[Estimate]:
    """All figures of a picture that open to their doubt."""
    found = [each for block in drawn.blocks if isinstance(block, Chart) for each in block.figures]
    found += [cell for block in drawn.blocks if isinstance(block, Grid) for row in block.rows for cell in row
              if isinstance(cell, Estimate)]  # fmt: skip
    return found + [each for block in drawn.blocks if isinstance(block, Streaks) for _, some in block.groups
                    for each in some]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_says_a_sentence_and_its_charts_hold(name: str) -> None:
    found = told(name, *rows(name))
    drawn = picture(found)
    holds(drawn)
    assert not found.estimated or opens(drawn)


@pytest.mark.parametrize("name", NAMES)
def test_without_any_estimate_it_still_says_so(name: str) -> None:
    none = [replace(each, value=None, low=None, high=None) for each in rows(name)]
    holds(picture(told(name, *none)))
    assert not opens(picture(told(name, *none)))
    holds(picture(told(name)))


@pytest.mark.parametrize("name", NAMES)
def test_one_row_is_enough(name: str) -> None:
    known = [each for each in rows(name) if each.value is not None]
    for each in {tuple(sorted(row.by)): row for row in known}.values():
        holds(picture(told(name, each)))
        holds(picture(told(name, replace(each, low=None, high=None))))


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_stay_data(name: str) -> None:
    turned = [replace(each, by={key: HOSTILE + value if key == "unit" else value for key, value in each.by.items()})
              for each in rows(name)]  # fmt: skip
    drawn = picture(told(name, *turned, units={each.by.get("unit", ""): each.by.get("unit", "") for each in turned}))
    holds(drawn)
    text = show.html(Page("findings", name, drawn.sentence, "", drawn.blocks), viewer=Viewer("insider"))
    assert "<b onclick" not in text
    assert text.count("</script>") == text.count("<script")


def test_measures_that_are_drawn_are_measures() -> None:
    assert set(NAMES) <= set(_findings.measures())


def measured(name: str, path: Path, lines: list[str], *keys: str, **settings: str) -> tuple[Figure, ...]:
    """The rows of a measure in one shot on a file of these lines."""
    path.write_text("\n".join(lines), "utf-8")
    found = one_shot("measure", name, file=str(path), map={}, set=settings, by=list(keys))
    return tuple(
        Figure(name, {key: row[key] for key in keys}, row["value"], row["low"], row["high"], row["n"],
               row["detail"]["measured_in"], row["detail"])
        for row in found
    )  # fmt: skip


def test_an_effect_is_told_period_by_period_with_what_must_be_near_nought(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    lines = ["unit,occurred_at,value"] + [
        f"u{unit},2025-{month:02}-{day:02},{3 + (unit < 3 and month > 6) + chance.normal(0, 0.3):.3f}"
        for unit in range(12) for month in range(1, 13) for day in (3, 17)
    ]  # fmt: skip
    drawn = picture(
        told("effect", *measured("effect", tmp_path / "in.csv", lines, units="u0,u1,u2", start="2025-07-01"))
    )
    holds(drawn)
    assert re.match(r"The 3 units that got the fix moved \S+ more than the 9 that did not \(between", drawn.sentence)
    chart, grid, *_ = drawn.blocks
    assert isinstance(chart, Chart)
    assert len(chart.figures) == 12
    assert isinstance(grid, Grid)
    assert any("Placebo" in row[0] for row in grid.rows)


def test_equity_names_the_brand_and_who_switches(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    lines = ["person,sequence,brand"] + [
        f"p{person},{step},{'home' if chance.random() < 0.7 else 'else'}" for person in range(60) for step in range(6)
    ]
    found = measured("equity", tmp_path / "in.csv", lines, "brand")
    drawn = picture(told("equity", *found))
    holds(drawn)
    assert drawn.sentence.startswith("Home is worth")
    assert drawn.sentence.endswith("of what all brands are worth: more than any other brand.")
    switching = next(each for each in drawn.blocks if isinstance(each, Grid))
    assert switching.columns == ("bought last", "home", "else")
    holds(picture(told("equity", found[0])))


def test_a_table_has_a_column_for_all_that_tells_its_rows_apart_and_folds_when_it_is_long() -> None:
    by = [{"unit": f"u{number}", "verdict": "dear"} for number in range(15)]
    rows = [Figure("price", each, 0.2, 0.1, 0.3, 40, "share of texts", {}) for each in by]
    grid = _findings.table(told("price", *rows, units={"u0": "North"}), rows)
    assert grid.columns == ("unit", "share of texts", "between", "n")
    assert grid.rows[0][0] == "North"
    assert grid.rows[0][2:] == ("10\u00a0% and 30\u00a0%", 40)
    assert grid.folded
    assert not _findings.table(told("price", *rows[:3]), rows[:3]).folded


def test_figures_of_one_table_carry_a_sign_together_or_not_at_all() -> None:
    rows = [Figure("gap", {"word": str(value)}, value, value - 1, value + 1, 9, "log-odds", {}) for value in (0.5, 8.0)]
    shown = _findings.table(told("gap", *rows), rows).rows
    assert {row[1].floor < 0 for row in shown} == {True}


def link(name: str, *, real: bool, value: float = 3.0, **detail: object) -> Figure:
    by = {"of": "experience", "link": name}
    return Figure("loyalty", by, value, value - 2, value + 2, 500, "EUR a customer", {"real": real, **detail})


def test_where_the_money_could_be_chance_the_links_that_could_not_are_named() -> None:
    parts = {name: {"value": 1.0, "low": 0.5, "high": 1.5} for name in ("retention", "spend")}
    money = link("money", real=False, parts=parts)
    drawn = picture(told("loyalty", money, link("retention", real=True), link("spend", real=False)))
    assert drawn.sentence.endswith("could be chance. Of its links “stays” is beyond chance.")
    chart = next(each for each in drawn.blocks if isinstance(each, Chart))
    assert [each.real for each in chart.figures] == [True, False, False]
    drawn = picture(told("loyalty", money, link("retention", real=False)))
    assert drawn.sentence.endswith("So could each of its links.")


def test_what_a_customer_is_worth_says_on_how_many_who_came_back_it_rests() -> None:
    worth = Figure(
        "lifetime_value", {}, 178.0, 107.0, 296.0, 2531, "EUR per customer in 52 weeks", {"bought_again": 134}
    )
    assert "; 134 of 2,531 customers have bought again so far" in picture(told("lifetime_value", worth)).sentence
