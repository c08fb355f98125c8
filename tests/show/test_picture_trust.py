"""Trust as a picture: the index first, then its parts; no index, no claim."""

from __future__ import annotations

from touchstone.core.page import Chart
from touchstone.show._findings import Told, picture
from touchstone.show._stored import Figure


def row(part: str, value: float | None) -> Figure:
    low, high = (None, None) if value is None else (value - 0.1, value + 0.1)
    return Figure("trust", {"part": part}, value, low, high, 40, "index from 0 to 1", {})


def test_the_index_stands_above_its_parts() -> None:
    found = picture(Told("trust", (row("promise", 0.5), row("trust", 0.6), row("recommendation", 0.7)), {}, 1))
    chart = next(each for each in found.blocks if isinstance(each, Chart))
    assert [each.label for each in chart.figures] == ["Trust", "Recommendation", "Promise"]
    assert found.sentence.startswith("Trust stands at 0.6")
    assert "its lowest part is promise" in found.sentence


def test_without_an_index_it_says_so() -> None:
    found = picture(Told("trust", (row("promise", 0.5), row("trust", None)), {}, 1))
    assert "Too little is known" in found.sentence
