"""What a door was given is read as its setting, or refused in words that whoever typed it understands."""

from __future__ import annotations

import re

import pytest

from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.translation import is_known, said

PARTS = [(room, name) for room in ("act", "show", "measure", "decide") for name in finder.names(room)]
PROGRAMS = re.compile(r"\b(input|valid|string|instance|parse|unable|dictionary)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("name", "field", "given", "what", "todo"),
    [
        ("alert.mute", "days", "soon", "'soon' is not a whole number.", "Write it in figures: 12."),
        ("alert.mute", "days", "1.5", "'1.5' is not a whole number.", "Write it in figures: 12."),
        ("case.ask_again", "rest", "soon", "'soon' is not a number.", "Write it in figures: 12.5."),
        ("alert.seen", "useful", "rather", "'rather' is neither yes nor no.", "Choose one of: true, false."),
        ("case.promise", "by_when", "soon", "'soon' is not a time.", "Write 2026-12-24T10:00."),
        ("fix.begin", "since", "soon", "'soon' is not a day.", "Write 2026-12-24."),
        ("fix.begin", "since", "2026-12-24T10:00", "'2026-12-24T10:00' is not a day.", "Write 2026-12-24."),
        ("vote.cast", "choice", "maybe", "'maybe' is none of these.", "Choose one of: for, against, none."),
    ],
)
def test_what_does_not_read_is_refused_in_plain_words(name: str, field: str, given: str, what: str, todo: str) -> None:
    with pytest.raises(Refused) as refused:
        finder.arguments("act", name, {field: given})
    assert (refused.value.field, refused.value.what, refused.value.todo) == (field, what, todo)


@pytest.mark.parametrize(("room", "name"), PARTS)
def test_no_setting_is_refused_in_the_words_of_a_program_in_german(room: str, name: str) -> None:
    for field, each in finder.settings(room, name).items():
        if re.match(r"int|float|bool|date|Literal", str(each.annotation)):
            with pytest.raises(Refused) as refused:
                finder.arguments(room, name, {field: "gestern"})
            told = said(f"{refused.value.what} {refused.value.todo}", "de")
            assert not PROGRAMS.search(told), told
            assert re.search(r"ist (kein|weder|nicht dabei)", told), told


@pytest.mark.parametrize("name", finder.names("act"))
def test_what_is_told_once_is_called_in_german_too(name: str) -> None:
    for field in getattr(finder.part("act", name), "ONCE", ()):
        assert is_known(field.replace("_", " ").capitalize(), "de"), field
