"""The language gap as a picture: customers to the right, the brand to the left, chance nowhere."""

from __future__ import annotations

from touchstone.core.page import Chart, Grid
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
        ("“clonk”", 3.0, 2.0),
        ("“synergy”", -4.0, -5.0),
    ]
    assert found.sentence.startswith("Customers say “clonk”, the brand does not; the brand says “synergy”")


def test_words_that_chance_explains_are_not_drawn() -> None:
    found = picture(Told("language_gap", (row("perhaps", "brand", 1.0, real=False),), {}, 1))
    assert not found.blocks
    assert "No word is told from chance" in found.sentence


def of(touchpoint: str, word: str, side: str, *, real: bool, everyday: bool = False) -> Figure:
    detail = {
        "real": real,
        "everyday": everyday,
        "z": 3.0 if everyday else 2.0,
        "texts": {"customers": 1200, "brand": 22},
    }
    return Figure("language_gap", {"touchpoint": touchpoint, "side": side, "word": word}, 3, 2, 4, 40, "", detail)


def test_of_each_touchpoint_both_speak_of_it_is_told_what_one_says_and_the_other() -> None:
    rows = (
        of("call centre", "helpline", "customers", real=False), of("call centre", "hotline", "customers", real=True),
        of("call centre", "day", "brand", real=True, everyday=True),
        of("call centre", "delight", "brand", real=True), of("parking", "bays", "customers", real=True),
    )  # fmt: skip
    (grid,) = [each for each in picture(Told("language_gap", rows, {}, 1)).blocks if isinstance(each, Grid)]
    assert grid.rows == (("Call centre", "hotline, (helpline)", "delight, day", "1,200, 22"),)
