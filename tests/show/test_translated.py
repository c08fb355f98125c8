"""A page in German: our words are said, data is not touched, and English is the page itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from touchstone.core import translated as _translate
from touchstone.core.page import (
    Belonging,
    Chart,
    Choice,
    Estimate,
    Field,
    Form,
    Grid,
    Kin,
    Link,
    Note,
    Page,
    Ranking,
    Verbatim,
    Words,
)
from touchstone.core.translation import said
from touchstone.core.viewer import INSIDER
from touchstone.show import _render

QUOTED = Verbatim("v1", "answers: no estimate. Sign in!", source="Sign in", unit="Priorities")
FIGURE = Estimate("Priorities", 3.25, 3.1, 3.4, 4529, "scale 1–5", 1, 5, 3, verbatims=(QUOTED,))
MARKS = {"values": [{"text": "answers", "tone": "#fff"}]}
DRAWN = {"layer": [{"data": MARKS, "encoding": {"x": {"title": "answers"}}}]}
PAGE = Page(
    "overview",
    "Overview",
    "Priorities",
    "Sign in. Nobody knows this sentence.",
    (
        Note("Try again.", "empty", "Sign in"),
        Grid("Findings", "", ("customer", "answers"), (("Sign in", "Sign in"), (Link("Findings", "x"), 1234))),
        Form("sign-in", "Sign in", (Field("q", "Name", "Findings", choices=(("Findings", "Findings"),)),), "Sign in"),
        Words("Findings", (QUOTED,), 1, 7),
        Ranking("Priorities", "", (Choice("Findings", "Journey", "Changes", FIGURE),)),
        Chart("Findings", "", DRAWN),
    ),
    accent="Priorities",
)


def test_english_is_the_page_itself() -> None:
    assert _translate.translated(PAGE, "en") is PAGE


def test_our_words_are_said_and_data_is_not_touched() -> None:
    made = _translate.translated(PAGE, "de")
    note, grid, form, words, ranking, chart = made.blocks
    assert (made.title, made.sentence, made.accent) == (
        said("Overview", "de"),
        said("Priorities", "de"),
        said("Priorities", "de"),
    )
    assert made.lead == f"{said('Sign in.', 'de')} Nobody knows this sentence."
    assert note == Note(said("Try again.", "de"), "empty", said("Sign in", "de"))
    assert getattr(grid, "rows", ()) == (("Sign in", said("Sign in", "de")), (Link("Findings", "x"), 1234))
    assert isinstance(form, Form)
    assert form.fields[0].choices == (("Findings", said("Findings", "de")),)
    assert form.fields[0].value == "Findings"
    assert getattr(words, "verbatims", ()) == (QUOTED,)
    assert isinstance(ranking, Ranking)
    assert ranking.choices[0].estimate.verbatims == (QUOTED,)
    assert isinstance(chart, Chart)
    assert chart.specification["layer"][0]["encoding"]["x"]["title"] == said("answers", "de")
    assert chart.specification["config"]["locale"]["number"]["decimal"] == ","


def test_what_is_known_of_a_person_is_told_and_its_values_are_theirs() -> None:
    page = Page(
        "customer",
        "c7",
        "",
        "",
        (Belonging("One person", "", (Kin("c7", "Ann", (("phone", "Open"), ("7 answers", ""))),), ()),),
    )
    (block,) = _translate.translated(page, "de").blocks
    assert isinstance(block, Belonging)
    assert block.persons[0].known == ((said("phone", "de"), "Open"), (said("7 answers", "de"), ""))


def test_an_accent_that_is_no_part_of_the_sentence_any_more_is_dropped() -> None:
    assert _translate.translated(replace(PAGE, accent="ities"), "de").accent == ""


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_is_drawn_in_its_language_and_quotes_customers_as_they_wrote(language: str) -> None:
    drawn = _render.html(replace(PAGE, blocks=PAGE.blocks[:-1]), viewer=INSIDER, language=language)
    assert f'<html lang="{language}"' in drawn
    assert QUOTED.text in drawn
    assert ("4.529" in drawn) == ("Zum Inhalt" in drawn) == (language == "de")
