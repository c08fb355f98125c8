"""One text with what was understood of it: lines, spans, history, and who may see and change it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import _brand
from touchstone import show
from touchstone.core import finder
from touchstone.core.page import Heard, Note, Page, Verbatim, Voice, Words
from touchstone.core.translation import said
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.show import _voices

PARTNER = Viewer("partner", ("north",), "a1", "dealer@example")
HEARD = Heard("parking", polarity="negative", spans=((4, 11),))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _brand.full(tmp_path_factory.mktemp("voices") / "home")


def page(home: Any, id: str, viewer: Viewer = INSIDER) -> Page:
    made: Page = finder.verb("show", "interaction")(home.ask(viewer), id=id)
    return made


def voice(shown: Page) -> Voice:
    block = shown.blocks[0]
    assert isinstance(block, Voice)
    return block


def one(home: Any, unit: str) -> str:
    sql = "select min(id) as id from interaction where unit = ? and text like 'Waiting%'"
    return str(home.ask().lake(sql, [unit])["id"][0].as_py())


def test_every_touchpoint_heard_is_a_line_and_says_so_in_the_sentence(home: Any) -> None:
    shown = page(home, one(home, "north-quay"))
    names = {each.name for each in voice(shown).mentions}
    assert {"waiting area", "parking"} <= names
    assert shown.sentence == "This customer praises parking; complains of waiting area and clarity of the bill."
    assert said(shown.sentence, "de") == "Diese Stimme lobt: Parken; beklagt: Wartebereich und Klarheit der Rechnung."
    assert voice(shown).touchpoints == home.store.taxonomy.names


def test_a_correction_shows_with_who_made_it_and_when_and_can_be_taken_back(home: Any) -> None:
    id = one(home, "north-hill")
    account = home.ask().record(_accounts())[0]
    insider = home.store.as_viewer(Viewer("insider", (), account["id"], account["name"]))
    change = {"touchpoint": "parking", "polarity": "mixed"}
    kept = finder.verb("act", "correct")(insider, interaction=id, change=change)
    shown = voice(page(home, id))
    [line] = [each for each in shown.mentions if each.name == "parking"]
    assert line.polarity == "mixed"
    assert line.by == "board@example, 2026-11-21 09:00"
    assert [(each.what, each.takes_back) for each in shown.history] == [("Parking: both", kept["correction"])]
    finder.verb("act", "correct")(insider, interaction=id, takes_back=kept["correction"])
    shown = voice(page(home, id))
    assert {each.by for each in shown.mentions} == {""}
    assert "taken back by board@example" in shown.history[0].who
    assert shown.history[0].takes_back == ""


def _accounts() -> Any:
    from touchstone.store import tables

    return tables.account.select().where(tables.account.c.name == "board@example")


def test_a_partner_sees_his_own_without_names_or_buttons_and_no_one_else_s(home: Any) -> None:
    id = one(home, "north-quay")
    home.act("correct", interaction=id, change={"touchpoint": "parking", "polarity": "mixed"})
    shown = page(home, id, PARTNER)
    assert voice(shown).touchpoints == ()
    assert voice(shown).history[0].who.startswith("head office")
    assert "<button" not in show.html(shown, viewer=PARTNER).partition('class="voice"')[2].partition("</section>")[0]
    [note] = page(home, one(home, "south"), PARTNER).blocks
    assert isinstance(note, Note)


def test_words_bear_what_was_understood_of_them(home: Any) -> None:
    shown = finder.verb("show", "verbatims")(home.ask())
    words = next(block for block in shown.blocks if isinstance(block, Words))
    assert any(each.heard for each in words.verbatims)
    text = show.html(shown, viewer=INSIDER, base="/")
    assert text.count('data-open=".voice"') == len(words.verbatims)


def test_a_button_says_all_that_stands_and_a_line_with_several_spans_keeps_them() -> None:
    stated = json.loads(_voices.states(HEARD, "positive"))
    assert stated == {"touchpoint": "parking", "polarity": "positive", "start": 4, "stop": 11}
    several = Heard("parking", polarity="mixed", spans=((0, 2), (4, 11)))
    assert json.loads(_voices.states(several, "positive")) == {"touchpoint": "parking", "polarity": "positive"}
    assert json.loads(_voices.denies(HEARD)) == {"touchpoint": "parking", "polarity": None}


def test_spans_are_marked_in_the_text_and_the_text_stays_whole() -> None:
    other = Heard("bill", polarity="positive", spans=((8, 15), (0, 19)))
    text = "The parking was fun"
    pieces = _voices.marked(Voice(Verbatim("x", text), (HEARD, other), ()))
    assert "".join(words for words, _, _ in pieces) == text
    assert [(words, polarity) for words, polarity, _ in pieces] == [
        ("The ", ""),
        ("park", "negative"),
        ("ing", "negative"),
        (" was", "positive"),
        (" fun", ""),
    ]
    assert pieces[2][2] == "Parking: complaint, Bill: praise"


@pytest.mark.parametrize("change", [{"touchpoint": "parking", "becomes": "waiting area"}, {"touchpoint": "parking"}])
def test_every_kind_of_change_can_be_told(change: dict[str, Any]) -> None:
    assert _voices._what({"kind": "mention", "change": change}).startswith("Parking: ")


def test_signals_are_told_as_yes_or_no(home: Any) -> None:
    id = one(home, "south")
    change = {"layer": "kind", "label": "problem", "score": 1.0}
    home.act("correct", interaction=id, table="signal", change=change)
    told = {each.name: each.holds for each in voice(page(home, id)).signals}
    assert told["problem"]
    home.act("correct", interaction=id, table="signal", change=change | {"score": None})
    assert not {each.name: each.holds for each in voice(page(home, id)).signals}["problem"]
    assert [each.what for each in voice(page(home, id)).history][-2:] == ["Problem: yes", "Problem: no"]


def test_signals_have_names_for_people_in_every_language() -> None:
    copy, problem = Heard("copy", "promotion"), Heard("problem", "kind")
    assert (_voices.called(copy), _voices.called(problem)) == ("A text seen before", "Problem")
    assert {_voices.called(Heard(name, layer)) for layer, name in _voices.CALLED} == set(_voices.CALLED.values())
    assert not [text for text in _voices.CALLED.values() if said(text, "de") == text]
