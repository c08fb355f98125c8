"""Law 5: every page renders as HTML and data for each role, with an empty home and a full one, and whatever comes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.show import _homes
from touchstone import show
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.page import Cards, Estimate, Field, Filters, Note, Page, Ranking, Streaks, Words
from touchstone.core.viewer import Viewer

PAGES = finder.names("show")
HOMES: dict[str, Callable[[], Any]] = {
    "empty": _homes.empty,
    "full": _homes.full,
    "only_scores": _homes.only_scores,
    "only_texts": _homes.only_texts,
    "hostile": _homes.hostile,
}
FILTERS = [
    {"unit": "unit3"},
    {"touchpoint": "parking"},
    {"channel": "web"},
    {"since": "2026-01-01", "until": "2026-06-30"},
    {"since": "2031-01-01"},
    {"unit": "no such unit"},
]
VOID = {"meta", "link", "input", "br", "img", "line", "rect"}


def page(name: str, ask: Any, /, **filters: str) -> Page:
    made: Page = finder.verb("show", name)(ask, **filters)
    return made


def estimates(shown: Page) -> list[Estimate]:
    found: list[Estimate] = []
    for block in shown.blocks:
        if isinstance(block, Cards):
            found += block.figures
        if isinstance(block, Streaks):
            found += [each for _, group in block.groups for each in group]
        if isinstance(block, Ranking):
            found += [each.estimate for each in block.choices]
    return found


class Reader(HTMLParser):
    """What a browser would make of it: tags, attributes, and whether all that opens is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def attributes(self, name: str) -> list[str]:
        return [value or "" for _, attributes in self.tags for key, value in attributes.items() if key == name]


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_renders_whatever_the_home_holds(name: str, home: str) -> None:
    shown = page(name, HOMES[home]())
    assert shown.name == name
    assert shown.sentence.endswith((".", "?"))
    read = Reader(show.html(shown, viewer=Viewer("insider")))
    assert not read.open
    assert json.loads(json.dumps(show.data(shown), allow_nan=False))["sentence"] == shown.sentence


TAKEN = [(name, each) for name in PAGES for each in FILTERS if set(each) <= set(finder.settings("show", name))]


@pytest.mark.parametrize(("name", "filters"), TAKEN, ids=str)
def test_every_page_takes_its_filters(name: str, filters: dict[str, str]) -> None:
    Reader(show.html(page(name, _homes.full(), **filters), viewer=Viewer("insider")))


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_home_says_what_to_do_next(name: str) -> None:
    shown = page(name, _homes.empty())
    notes = [block for block in shown.blocks if isinstance(block, Note)]
    assert name == "figure" or any(note.tone == "empty" and note.todo for note in notes)


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_opens_to_what_stands_behind_it(name: str) -> None:
    shown = page(name, _homes.full(), **({"name": "rating"} if name == "figure" else {}))
    read = Reader(show.html(shown, viewer=Viewer("insider")))
    opened = {attributes["id"] for _, attributes in read.tags if "popover" in attributes}
    targets = set(read.attributes("popovertarget"))
    assert targets == opened
    assert len(opened) >= len(set(map(repr, estimates(shown))))
    for estimate in estimates(shown):
        assert estimate.value is None or estimate.formula
        assert estimate.n >= 0


def test_verbatims_behind_figures_are_drawn_with_the_seed_of_the_home() -> None:
    found = [each for each in estimates(page("journey", _homes.full())) if each.n >= 3]
    assert found
    assert all(each.verbatims and each.seed == _homes.full().seed for each in found)
    assert all(words.touchpoint.lower() == each.label.lower() for each in found for words in each.verbatims)


def test_the_same_seed_draws_the_same_and_another_draw_others() -> None:
    first, again, other = (
        next(block for block in page("verbatims", _homes.full(), draw=draw).blocks if isinstance(block, Words))
        for draw in ("0", "0", "1")
    )
    assert first.verbatims == again.verbatims
    assert first.verbatims != other.verbatims
    assert (first.seed, first.total) == (other.seed - 1, other.total)


def test_words_are_drawn_from_all_there_are() -> None:
    seen = {
        words.id
        for draw in range(50)
        for block in page("verbatims", _homes.full(), draw=str(draw), channel="web").blocks
        if isinstance(block, Words)
        for words in block.verbatims
    }
    assert len(seen) > 150  # of 180; a draw of twelve, fifty times


def test_words_can_be_searched() -> None:
    shown = page("verbatims", _homes.full(), search="COFFEE bill")
    words = next(block for block in shown.blocks if isinstance(block, Words))
    assert words.verbatims
    assert all("coffee" in each.text and "bill" in each.text for each in words.verbatims)
    assert not [block for block in page("verbatims", _homes.full(), search="100%_!").blocks if isinstance(block, Words)]


def test_a_day_that_is_none_is_refused_beside_its_field() -> None:
    with pytest.raises(Refused) as refusal:
        page("overview", _homes.full(), since="yesterday")
    assert refusal.value.field == "since"


@pytest.mark.parametrize("name", PAGES)
def test_hostile_words_stay_words(name: str) -> None:
    shown = page(name, _homes.hostile(), **({"name": "rating"} if name == "figure" else {}))
    text = show.html(shown, viewer=Viewer("insider"))
    read = Reader(text)
    assert "<script>alert" not in text
    assert not [value for value in read.attributes("href") if value.lower().startswith("javascript")]
    assert not [key for _, attributes in read.tags for key in attributes if key.startswith("on")]
    scripts = [attributes for tag, attributes in read.tags if tag == "script"]
    run = [each for each in scripts if each.get("type") != "application/json"]
    assert all((each.get("src") or "").startswith("/static/") for each in run)


@pytest.mark.parametrize("name", PAGES)
def test_a_served_page_needs_no_style_or_script_of_its_own(name: str) -> None:
    read = Reader(show.html(page(name, _homes.full()), viewer=Viewer("insider"), base="/"))
    assert not read.attributes("style")
    assert "style" not in {tag for tag, _ in read.tags}
    assert all(value.startswith(("/", "#", "?", "https://example.org/")) for value in read.attributes("href"))


def test_navigation_follows_the_role_and_keeps_the_filters() -> None:
    insider, partner = (
        {name for pages in show.navigation(Viewer(role)).values() for name, _ in pages}
        for role in ("insider", "partner")
    )
    assert insider - partner >= {"reading", "recommend", "teaching", "themes", "word_of_mouth"}
    assert partner < insider
    assert not show.navigation(Viewer("outsider"))
    text = show.html(page("journey", _homes.full(), channel="web"), viewer=Viewer("insider"), base="/")
    assert re.search(r'href="/units\?channel=web"', text)


def test_a_filter_is_carried_only_where_it_is_known() -> None:
    chosen = Filters((Field("unit", "Unit", "north"), Field("state", "State", "open")))
    text = show.html(Page("inbox", "Inbox", "Open.", "", (chosen,)), viewer=Viewer("insider"), base="/")
    assert 'href="/cases?unit=north"' in text
    assert 'href="/inbox?unit=north&amp;state=open"' in text
    assert 'href="/word_of_mouth"' in text


def test_navigation_shows_the_groups_and_within_the_open_one_its_pages() -> None:
    groups = show.navigation(Viewer("insider"))
    assert [name for name, _ in groups["Experience"]][:3] == ["overview", "journey", "units"]
    text = show.html(page("units", _homes.full()), viewer=Viewer("insider"), base="/")
    assert re.search(r'href="/overview" aria-current="true">Experience<', text)
    assert re.search(r'href="/units" aria-current="page">Units<', text)
    assert 'href="/teaching"' not in text


def test_doubt_stands_in_the_sentences() -> None:
    assert "told" in page("units", _homes.full()).sentence
    assert re.search("chance|real", page("changes", _homes.full()).sentence)
    assert "Too few" in page("journey", _homes.asked(_homes.interactions(3), _homes.mentions(3), [])).sentence
