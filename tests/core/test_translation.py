"""Texts of ours are known where they are shown; all else comes back as it was."""

from __future__ import annotations

from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

from tests import _catalogues, _words
from touchstone.core import translation
from touchstone.core.phrase import joined
from touchstone.core.translation import FOLDER, Tongue, languages, said

ENTRIES = {
    "{n} of {total} answers": "{n} von {total} Antworten",
    "answers": "Antworten",
    "between {ends}": "zwischen {ends}",
    "points": "Punkte",
    "Up": "Auf",
    "{way} from {before} to {since}, since {day}.": "{way} von {before} auf {since}, seit {day}.",
    "no estimate": "keine Schätzung",
    "Messages with “{kind}”": "Nachrichten mit „{kind}“",
    "Test drive": "Probefahrt",
    "Look at “The rest” below.": "Sehen Sie unter „Der Rest“ nach.",
    "{name} went {way}; {rest} more changed.": "{name} ging {way}; {rest} weitere veränderten sich.",
    "up": "aufwärts",
    "two": "zwei",
    "{n} more": "{n} weitere",
    "Nobody waits.": "Niemand wartet.",
    "Nobody waits": "Niemand wartet",
    "; minds differ on {touchpoint}": "; geteilt sind sie bei {touchpoint}",
    "Some long word of ours that is cut where room ends": "Ein langes Wort von uns, das gekürzt wird, wo Platz fehlt",
    "{ broken": "kaputt {",
    "{a} and {b} disagree": "{a} und {c} sind uneins",
    "They bring {value}{within}": "Sie bringen {value}{within}",
    "{n} of {total} came back": "zurück kamen {n} von {total}",
    "{first}; nobody can be told from the rest": "{first}; niemand hebt sich ab",
    "Praise goes to {touchpoint}": "Gelobt wird: {touchpoint}",
    "They bring {money}.{more}": "Sie bringen {money}.{more}",
    "{some} of {all} came.": "Da: {some} von {all}.",
}
CATALOGUES = [path for language in languages() for path in sorted((FOLDER / language).glob("*.po"))]


@pytest.fixture(scope="module")
def german() -> Tongue:
    made = Tongue("de")
    for text, told in ENTRIES.items():
        made.learn(text, told)
    made.settle()
    return made


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no estimate", "keine Schätzung"),
        ("No estimate", "Keine Schätzung"),
        ("no estimate.", "keine Schätzung."),
        ("test drive", "Probefahrt"),
        ("4,529 answers", "4.529 Antworten"),
        ("4,529 of 12,000 answers", "4.529 von 12.000 Antworten"),
        ("between +28 and +34", "zwischen +28 und +34"),
        ("Up from 3.2 to +28\u00a0points, since 22 November.", "Auf von 3,2 auf +28\u00a0Punkte, seit 22. November."),
        ("Autohaus Nord went up; two more changed.", "Autohaus Nord ging aufwärts; zwei weitere veränderten sich."),
        ("Nobody waits. Nobody waits.", "Niemand wartet. Niemand wartet."),
        ("Nobody waits. The shop was shut.", "Niemand wartet. The shop was shut."),
        ("+0.4 (between 0.1 and 0.7, 120 answers)", "+0,4 (zwischen 0,1 und 0,7, 120 Antworten)"),
        ("Test drive, 3.10, 1,200 answers", "Probefahrt, 3,10, 1.200 Antworten"),
        ("Look at “The rest” below.", "Sehen Sie unter „Der Rest“ nach."),
        ("1,200 Antworten", "1.200 Antworten"),
        ("Nobody waits; minds differ on 2.5", "Niemand wartet; geteilt sind sie bei 2,5"),
        ("Look at “The rest” …", "Look at “The rest” …"),
        ("Some long word of ours that …", "Ein langes Wort von uns, …"),
        (
            "They bring 1.50 (between 1 and 2); 3 of 9 came back.",
            "Sie bringen 1,50 (zwischen 1 und 2); zurück kamen 3 von 9.",
        ),
        ("Praise goes to test drive and answers and points.", "Gelobt wird: Probefahrt und Antworten und Punkte."),
        ("“answers, no estimate”, up", "„answers, no estimate“, aufwärts"),
        ("test drive, Nord and 3 more", "Probefahrt, Nord und 3 weitere"),
        ("They bring 1.5 (between 1.2 and 2.1). 3 of 9 came.", "Sie bringen 1,5 (zwischen 1,2 und 2,1). Da: 3 von 9."),
    ],
)
def test_a_text_is_known_whole_by_its_pattern_or_in_parts(german: Tongue, text: str, told: str) -> None:
    assert german.told(text)[0] == told


@pytest.mark.parametrize(
    "text",
    [
        "Hello there",
        "Smith and Sons",
        "2.0 TDI",
        "127.0.0.1",
        "2026-11-22 14:05",
        "30 February 2026",
        "3 more cups of tea, please, said nobody of us",
        "anna@example.org",
        "",
        " ",
        "{n} of {x}",
        "%s {}",
    ],
)
def test_what_is_not_ours_comes_back_as_it_was(german: Tongue, text: str) -> None:
    assert german.told(text)[0] == text


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("4,529", "4.529"),
        ("3.10\u00a0%", "3,10\u00a0%"),
        ("−0.25", "−0,25"),
        ("+1,234.5", "+1.234,5"),
        ("22 Nov 2026", "22. Nov. 2026"),
        ("22 November 2026, 14:05", "22. November 2026, 14:05"),
        ("4.5: 4.00", "4,5: 4,00"),
        ("No", "Nein"),
        ("no answer", "keine Antwort"),
        ("complaint → gone", "Beschwerde → entfällt"),
        ("November 2026", "November 2026"),
        ("Oct 2026", "Okt. 2026"),
        ("3 May", "3. Mai"),
        ("3 (1–5)", "3 (1–5)"),
        ("12", "12"),
    ],
)
def test_numbers_and_dates_follow_the_language(english: str, german: str) -> None:
    assert said(english, "de") == german


SENTENCE = st.text(alphabet=st.characters(exclude_categories=["Cs", "Co"]), max_size=60)


@given(SENTENCE)
def test_english_is_the_text_itself_and_so_is_a_language_nobody_translated(text: str) -> None:
    assert said(text) == said(text, "en") == said(text, "xx") == text


@given(SENTENCE.filter(lambda text: not set("“”") & set(text)))
def test_quotations_never_change(text: str) -> None:
    tongue = Tongue("de")
    for english, told in ENTRIES.items():
        tongue.learn(english, told)
    tongue.settle()
    assert text in tongue.told(f"Messages with “{text}”")[0]
    assert f"“{text}”" in tongue.told(f"Somebody wrote “{text}” to us.")[0]


@given(st.text(alphabet="qxzj vw", min_size=1, max_size=40))
def test_a_text_without_a_word_of_ours_comes_back_as_it_was(text: str) -> None:
    tongue = Tongue("de")
    tongue.learn("no estimate", "keine Schätzung")
    tongue.settle()
    assert tongue.told(text)[0] == text


def test_a_long_text_and_a_deep_one_take_no_time(german: Tongue) -> None:
    nested = "(" * 400 + "up" + ")" * 400
    assert german.told(nested)[0]
    assert said("up and " * 5000, "de") == "up and " * 5000


def _places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _entries(path: object) -> list[tuple[str, str]]:
    made: Catalog = _catalogues.read(path)  # type: ignore[arg-type]  # a path, as the parameters name it
    return [(str(each.id), str(each.string)) for each in made if each.id]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_translation_has_the_places_of_its_text(path: object) -> None:
    wrong = [text for text, told in _entries(path) if told and _has_places(text) and _places(text) != _places(told)]
    assert wrong == []


def _has_places(text: str) -> bool:
    try:
        return bool(_places(text))
    except ValueError:
        return False


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_entry_still_stands_in_the_source(path: object) -> None:
    room = getattr(path, "stem", "")
    dead = [text for text, _ in _entries(path) if text not in _words.entries()[room]]
    assert dead == [], "run `make words`"


def test_every_text_of_the_source_has_its_entry() -> None:
    for language in set(languages()) - {"en"}:
        for room, texts in _words.entries().items():
            known = {text for text, _ in _entries(FOLDER / language / f"{room}.po")}
            assert sorted(set(texts) - known) == [], "run `make words`"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_entry_waits_for_its_translation(path: object) -> None:
    assert [text for text, told in _entries(path) if not told] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_translation_keeps_places_together_that_stand_against_each_other(path: object) -> None:
    assert [text for text, told in _entries(path) if told and _has_places(text) and joined(text, told) is None] == []


def test_what_is_said_is_remembered_and_what_is_missing_is_told() -> None:
    assert said("Sign in", "de") != "Sign in"
    assert translation.is_known("Sign in", "de")
    assert not translation.is_known("Sign in to the moon by noon", "de")


@given(st.integers(0, 10**9), st.sampled_from(("EUR", "USD", "CHF")))
def test_money_stands_before_its_currency_where_the_language_writes_it_so(amount: int, currency: str) -> None:
    told = said(f"{currency} {amount:,}", "de")
    assert told == f"{amount:,}".replace(",", ".") + f"\u00a0{currency}"
