"""The language gap as a picture: customers to the right, the brand to the left, chance nowhere."""

from __future__ import annotations

from touchstone.core.page import Chart
from touchstone.show._findings import Told, picture
from touchstone.show._stored import Figure


def row(word: str, side: str, value: float, *, real: bool = True) -> Figure:
    by = {"side": side, "word": word}
    return Figure("language_gap", by, value, value - 1, value + 1, 40, "log-odds", {"real": real, "z": value})


def test_what_customers_say_stands_right_and_what_the_brand_says_left() -> None:
    rows = (row("clonk", "customers", 3.0), row("synergy", "brand", 4.0), row("perhaps", "brand", 1.0, real=False))
    found = picture(Told("language_gap", rows, {}, 1))
    chart = next(each for each in found.blocks if isinstance(each, Chart))
    assert [(each.label, each.value, each.low) for each in chart.figures] == [
        ("clonk", 3.0, 2.0),
        ("synergy", -4.0, -5.0),
    ]
    assert found.sentence.startswith("Customers say “clonk”, the brand does not; the brand says “synergy”")


def test_words_that_chance_explains_are_not_drawn() -> None:
    found = picture(Told("language_gap", (row("perhaps", "brand", 1.0, real=False),), {}, 1))
    assert not found.blocks
    assert "No word is told from chance" in found.sentence
