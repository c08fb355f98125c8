"""The report as one file: nothing from outside, every number opens, small; and the same on paper."""

from __future__ import annotations

import builtins
import io
import math
import re
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from tests.show import _homes
from tests.show.test_pages import Reader
from touchstone import show
from touchstone.core import finder
from touchstone.core.errors import Stop
from touchstone.core.page import Cards, Chart, Estimate, Filters, Form, Grid, Page, Streaks, Verbatim
from touchstone.show import _marks

CHAPTERS = ("overview", "journey", "units", "changes", "priorities", "verbatims", "reading")
META = {"files": ["reviews.csv"], "rows": 365, "interactions": 360, "rejected": 5, "columns": [], "seed": 20261121}


def pages(ask: Any) -> list[Page]:
    return [finder.verb("show", name)(ask) for name in CHAPTERS]


@pytest.fixture(scope="module")
def report() -> str:
    return show.report(pages(_homes.full()), meta=META)


def test_the_report_loads_nothing_from_outside(report: str) -> None:
    read = Reader(report)
    assert not {"link", "script", "iframe", "img", "base", "object", "form"} & {tag for tag, _ in read.tags}
    assert not read.attributes("src")
    assert all(value.startswith(("#", "https://example.org/")) for value in read.attributes("href"))
    loaded = re.findall(r"url\(([^)]*)\)|@import", report)
    assert loaded
    assert all(each.startswith("data:font/woff2;base64,") for each in loaded)


def test_every_number_in_the_report_opens(report: str) -> None:
    read = Reader(report)
    opened = [attributes["id"] for _, attributes in read.tags if "popover" in attributes]
    assert set(read.attributes("popovertarget")) == set(opened)
    assert len(opened) == len(set(opened)) > 60


def test_left_out_rows_lead_to_why(report: str) -> None:
    assert 'href="#reading"' in report
    assert 'id="reading"' in report


def test_a_report_of_nothing_is_still_a_report() -> None:
    text = show.report(pages(_homes.empty()), meta={})
    assert not Reader(text).open
    assert "Nothing has been heard yet" in text


def test_a_hostile_report_stays_a_report() -> None:
    text = show.report(pages(_homes.hostile()), meta={"files": [_homes.HOSTILE], "title": "</title><script>"})
    read = Reader(text)
    assert "script" not in {tag for tag, _ in read.tags}
    assert not read.open


def test_letters_beyond_latin_bring_their_font() -> None:
    plain, polish = (
        show.report([Page("overview", "Overview", sentence)], meta={}) for sentence in ("Plain.", "Zażółć gęślą jaźń.")
    )
    assert (plain.count("data:font"), polish.count("data:font")) == (2, 4)


def big(units: int = 130, touchpoints: int = 25) -> Page:
    """A page as large as a report gets: each figure with its formula and three verbatims."""

    def estimate(n: int, label: str) -> Estimate:
        words = tuple(Verbatim(f"{label}-{place}", f"{label} {place} " + "word " * 60) for place in range(3))
        middle = math.sin(n)
        return Estimate(label, middle, middle - 0.2, middle + 0.2, 10 + n, "-1 to 1", verbatims=words, formula="f" * 90)

    lines = tuple(estimate(n, f"Unit {n}") for n in range(units))
    points = [estimate(n, f"Point {n}") for n in range(touchpoints)]
    journey = tuple((f"Stage {n}", tuple(points[n::5])) for n in range(5))
    blocks = (Cards(lines[:4]), Streaks("Journey", "", journey), Streaks("Units", "", (("", lines),)))
    return Page("units", "Units", "Many units.", "", blocks)


def test_a_large_report_is_small() -> None:
    assert len(show.report([big()], meta={})) < 3_000_000


def test_the_page_as_data_holds_no_nan() -> None:
    broken = Estimate("x", math.nan, -math.inf, math.inf, 3)
    data = show.data(Page("x", "X", "X.", "", (Cards((broken,)), Chart("t", "", {"values": [math.nan]}))))
    assert data["blocks"][0]["figures"][0]["value"] is None
    assert data["blocks"][1]["specification"]["values"] == [None]


def test_the_report_on_paper_has_its_text_and_pages() -> None:
    read = pypdf.PdfReader(io.BytesIO(show.pdf(pages(_homes.full()), meta=META)))
    text = " ".join(page.extract_text() for page in read.pages)
    plain = re.sub(r"\s+", " ", text)
    assert "360 interactions" in plain
    assert "How the figures are made" in plain
    for name in ("Parking", "Dealer 3"):
        assert name in plain


def test_paper_draws_a_picture_once_and_leaves_out_lines_without_an_estimate() -> None:
    estimate, unknown = Estimate("Parking", 0.5, 0.4, 0.6, 12), Estimate("Bill", None, why="too few")
    same = Streaks("The journey", "", (("", (estimate,)),), "answers")
    table = Grid("Figures", "", ("touchpoint", "score"), (("Parking", estimate), ("Bill", unknown), ("Total", "all")))
    first = Page("a", "First", "One.", "", (same, table))
    second = Page("b", "Second", "Two.", "", (replace(same, title="Again"), same))
    made = pypdf.PdfReader(io.BytesIO(show.pdf([first, second], meta={})))
    plain = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in made.pages))
    assert len(made.pages) == 1
    assert "Again: shown above, under “The journey”." in plain
    assert "The journey: shown above." in plain
    assert "1 without an estimate" in plain
    assert "Bill" not in plain
    assert "Total" in plain


@pytest.mark.parametrize("home", [_homes.empty, _homes.hostile, _homes.only_scores, _homes.only_texts])
def test_whatever_the_home_holds_can_be_printed(home: Any) -> None:
    assert show.pdf(pages(home()), meta={}).startswith(b"%PDF")


def test_without_typst_the_pdf_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "typst":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Stop, match=r"touchstone-cx\[pdf\]"):
        show.pdf([], meta={})


def test_forms_and_filters_stay_out_of_reports() -> None:
    page = Page("x", "X", "X.", "", (Filters(()), Form("note", "Note", (), "Send")))
    assert "<form" not in show.report([page], meta={})
    assert show.pdf([page], meta={}).startswith(b"%PDF")


def test_the_same_figure_opens_once() -> None:
    estimate = Estimate("Score", 0.5, 0.4, 0.6, 12)
    text = show.report([Page("x", "X", "X.", "", (Cards((estimate, estimate, replace(estimate, n=13))),))], meta={})
    assert text.count(f'id="{_marks.opener(estimate)}"') == 1
    assert len(re.findall("popover role", text)) == 2
