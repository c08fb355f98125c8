"""Pictures of change, organic scores and sources: drawn from what `run` stores, each with a sentence."""

from __future__ import annotations

import altair
import pytest

from tests import _living
from touchstone.core import finder
from touchstone.core.page import Chart, Grid
from touchstone.show import _stored
from touchstone.show._findings import Told, picture


def told(name: str) -> Told:
    """What is stored of a measure on the living example."""
    part, measure = finder.part("measure", name), finder.verb("measure", name)
    rows = [row for by in part.CUTS for row in _stored.unfolded(measure(_living.ask(), by=by))]
    return Told(name, tuple(rows), {}, 1)


@pytest.mark.parametrize("name", ["change", "organic", "source_bias"])
def test_the_picture_says_a_sentence_and_its_charts_are_drawable(name: str) -> None:
    found = picture(told(name))
    charts = [each for each in found.blocks if isinstance(each, Chart)]
    assert charts
    assert found.sentence.endswith(".")
    for each in charts:
        altair.Chart.from_dict(each.specification)
        assert each.figures
    assert any(isinstance(each, Grid) for each in found.blocks)
