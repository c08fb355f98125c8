"""Figures in words and as streaks: what is said is true, and stays on the page."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.core import localised
from touchstone.core.page import Estimate, Grid, Verbatim
from touchstone.show import _filters, _marks, _say

NUMBERS = st.floats(-1000, 1000, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "measured_in", "signed", "said"),
    [
        (31.4, "points", True, "+31"),
        (-0.2, "points", True, "0"),
        (-5.6, "points", True, "−6"),
        (0.412, "share", False, "41\u00a0%"),
        (-0.1, "change in share", True, "−10\u00a0points"),
        (3.8749, "points on 1-5", False, "3.87"),
        (14.06, "points of the overall score, 0-100", False, "14.1"),
        (-0.004, "-1 to 1", True, "0.00"),
        (14820, "interactions", False, "14,820"),
        (None, "points", True, "–"),
        (math.nan, "points", True, "–"),
    ],
)
def test_numbers_are_said_as_people_say_them(value: float, measured_in: str, signed: bool, said: str) -> None:
    assert _say.number(value, measured_in=measured_in, signed=signed) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), ""),
        (("A",), "A"),
        (("A", "B"), "A and B"),
        (("A", "B", "C"), "A, B and C"),
        (tuple("ABCDE"), "A, B, C and 2 more"),
    ],
)
def test_names_make_a_list(names: str, said: str) -> None:
    assert _say.listed(tuple(names)) == said


def ranked(*limits: tuple[float, float]) -> list[Estimate]:
    return [Estimate(str(n), (low + high) / 2, low, high) for n, (low, high) in enumerate(limits)]


def test_a_column_of_figures_stands_to_the_right_and_one_of_dashes_does_not() -> None:
    rows = (("Open", "–", 3, "–"), ("Closed", "+0.65", None, "–"))
    assert _filters.numeric(Grid("", "", ("", "effect", "n", "note"), rows)) == {1, 2}
    assert _filters.numeric(Grid("", "", ("n",), ())) == set()


@pytest.mark.parametrize(
    ("cell", "day"), [("2025-10-16", True), ("2025-10-16 22:50 UTC", True), ("2025-10-16 or so", False), (3, False)]
)
def test_days_are_known_so_that_no_line_parts_them(cell: object, day: bool) -> None:
    assert _filters.is_day(cell) is day


@pytest.mark.parametrize(
    ("n", "counted", "said"),
    [(1, "texts", "1 text"), (1200, "answers", "1,200 answers"), (1, "days with a purchase", "1 day with a purchase"),
     (0, "mentions", "0 mentions"), (1, "referred", "1 referred")],
)  # fmt: skip
def test_what_a_figure_rests_on_is_counted_in_words(n: int, counted: str, said: str) -> None:
    estimate = Estimate("Mood", 0.1, -0.5, 0.6, n, "−1 to 1", counted=counted)
    assert _say.basis(estimate) == said
    assert _say.aloud(estimate).endswith(said)
    assert _filters.doubt(estimate).endswith(said)


def test_the_order_is_called_sure_only_as_far_as_it_is() -> None:
    assert "is open" in _say.sure(ranked((3, 5), (2, 4)))
    assert _say.sure(ranked((5, 6), (3, 4), (1, 3.5))) == "We are sure of the first, not of the second."
    assert _say.sure(ranked((5, 6), (3, 4), (1, 2), (0, 1.5))) == "We are sure of the first two, not of the third."
    assert _say.sure(ranked((5, 6), (3, 4))) == "We are sure of the order."
    assert _say.sure(ranked((5, 6))) == ""


@pytest.mark.parametrize(
    ("noun", "many"), [("dealer", "dealers"), ("branch", "branches"), ("agency", "agencies"), ("day", "days")]
)
def test_kinds_have_plurals(noun: str, many: str) -> None:
    assert _say.plural(noun) == many


def test_periods_are_named() -> None:
    assert [_say.period(each) for each in ("2026-10", "2026-Q3", "2026-W07", "2026-13")] == [
        "October 2026", "third quarter of 2026", "2026-W07", "2026-13",
    ]  # fmt: skip


@given(st.lists(NUMBERS, min_size=3, max_size=3), NUMBERS, NUMBERS, st.integers(0, 10**9))
def test_a_streak_lies_within_its_line(three: list[float], floor: float, ceiling: float, n: int) -> None:
    low, value, high = sorted(three)
    mark = _marks.streak(Estimate("x", value, low, high, n, floor=floor, ceiling=ceiling))
    if floor == ceiling:
        assert mark is None
        return
    assert mark is not None
    assert 0 <= mark.left <= mark.tick + 0.01
    assert mark.tick <= mark.left + mark.width + 0.01 <= 101.3
    assert 0 < mark.strength <= 0.9


def test_a_scale_with_its_best_below_turns_the_streak_and_the_verdict() -> None:
    effort = Estimate("Effort", 2, 1.8, 2.2, 50, "points on 7-1", floor=7, ceiling=1, middle=4)
    mark = _marks.streak(effort)
    assert mark is not None
    assert mark.tick > 50
    assert effort.verdict == "good"


def test_what_is_not_real_after_correction_is_open() -> None:
    change = Estimate("Change", 2, 1, 3, 50, "change in points", -5, 5, 0, real=False)
    assert change.verdict == "open"
    assert _filters.headline(change) == "no real change"


TEXTS = st.text(max_size=900)


@given(TEXTS, st.integers(-5, 1000), st.integers(-5, 1000), st.integers(20, 400))
def test_an_excerpt_is_cut_but_never_edited(text: str, start: int, stop: int, length: int) -> None:
    cut = _marks.excerpt(Verbatim("x", text, start=start, stop=stop), length)
    whole = cut.before.removeprefix("… ") + cut.span + cut.after.removesuffix(" …")
    assert whole in text or cut.cut
    assert cut.span in text
    assert len(whole) <= length + 2
    assert cut.cut == (len(text) > length)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=1", True),
        (" http://example.org ", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_links_lead_to_the_web_or_nowhere(url: str, kept: bool) -> None:
    assert bool(_marks.address(url)) == kept


def test_languages_heard_call_themselves() -> None:
    assert [localised.called(each) for each in ("it", "de", "xx", "")] == ["Italiano", "Deutsch", "xx", ""]
