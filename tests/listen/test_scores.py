"""Scores keep the scale they were asked on, whatever they are written as."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as some

from touchstone.listen._scores import parse, scale


def scale_of(cells: list[object], name: str = "rating") -> tuple[str, float, float] | None:
    found = scale(Counter(map(str, cells)), name=name)
    return found and (found[0].metric, found[0].worst, found[0].best)


@pytest.mark.parametrize(
    ("cells", "name", "wanted"),
    [
        ([1, 2, 3, 4, 5], "rating", ("rating", 1, 5)),
        ([4.5, 3.25, 5], "stars", ("rating", 1, 5)),
        (range(11), "How likely are you to recommend us?", ("nps", 0, 10)),
        ([9, 10, 8], "NPS", ("nps", 0, 10)),
        ([1, 10, 7], "score", ("rating", 1, 10)),
        ([0, 10, 7], "score", ("rating", 0, 10)),
        ([1, 7, 6], "customer effort score", ("ces", 1, 7)),
        ([15, 80, 100], "satisfaction", ("csat", 0, 100)),
        (["80 %", "95%"], "score", ("rating", 0, 100)),
        ([1, 0], "recommended", ("boolean", 0, 1)),
        (["yes", "no"], "recommended", ("boolean", 0, 1)),
        (["Oui", "Non"], "recommande", ("boolean", 0, 1)),
        (["satisfied", "neutral or dissatisfied"], "satisfaction", ("boolean", 0, 1)),
        (["poor", "excellent", "good"], "service", ("rating", 1, 5)),
        (["very dissatisfied", "satisfied"], "satisfaction", ("csat", 1, 5)),
        (["sehr zufrieden", "unzufrieden", "teils-teils"], "zufriedenheit", ("csat", 1, 5)),
        (["4/5", "2/5"], "note", ("rating", 1, 5)),
        (["7 out of 10", "3 out of 10"], "note", ("rating", 1, 10)),
        (["★★★★", "★★"], "note", ("rating", 1, 5)),
        (["4,5", "3,0"], "note", ("rating", 1, 5)),
        (["5 - excellent", "1 - poor"], "note", ("rating", 1, 5)),
        ([1, 2], "Rating - 10", ("rating", 1, 10)),
        ([1, 3], "Food (rating out of five)", ("rating", 1, 5)),
        ([-1, 0, 1], "Value", ("rating", -1, 1)),
        ([12, 500, 31], "distance", None),
        (["red", "blue"], "colour", None),
        ([], "rating", None),
    ],
)  # fmt: skip
def test_the_scale_follows_from_cells_and_name(
    cells: list[object], name: str, wanted: tuple[str, float, float] | None
) -> None:
    assert scale_of(list(cells), name) == wanted


def test_a_few_slips_do_not_widen_a_scale_of_many() -> None:
    assert scale_of([1, 2, 3, 4, 5] * 100 + [50, 10]) == ("rating", 1, 5)
    assert scale_of([1, 2, 3, 4, 5] * 100 + ["five"]) == ("rating", 1, 5)


def test_a_scale_of_four_is_seen_where_answers_are_many() -> None:
    assert scale_of([1, 2, 3, 4] * 100) == ("rating", 1, 4)
    assert scale_of([1, 2, 3, 4]) == ("rating", 1, 5)


def test_cells_are_read_as_values() -> None:
    assert parse(["4/5", "★★★", "3,5", "n/a", "", "80%", "7 - good", "what"]) == {
        "4/5": 4, "★★★": 3, "3,5": 3.5, "n/a": None, "": None, "80%": 80, "7 - good": 7, "what": None,
    }  # fmt: skip
    assert parse(["YES", "no", "-"]) == {"YES": 1, "no": 0, "-": None}
    assert parse(["Très satisfait", "insatisfait"]) == {"Très satisfait": 5, "insatisfait": 2}


@given(cells=some.lists(some.text(max_size=20), max_size=20), name=some.text(max_size=20))
def test_any_cells_have_a_scale_or_none(cells: list[str], name: str) -> None:
    found = scale(Counter(cells), name=name)
    assert found is None or found[0].worst < found[0].best
    assert set(parse(cells)) == set(cells)
