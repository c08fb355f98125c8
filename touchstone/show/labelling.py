"""Labelling: texts worth a person's reading, one at a time: what the machine is unsure of, or drawn at random."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Field, Form, Note, Page
from touchstone.rules.examples import LONGEST, SHORTEST
from touchstone.show import _say, _voices

WHO = ("insight", "contact_centre")
_LEFT = """length(i.text) between ? and ?
    and i.id not in (select c.interaction from correction c where c.interaction is not null)"""
_UNSURE = f"""select i.id from signal s join words i on i.id = s.interaction
    where s.layer = 'asking' and {_LEFT} order by s.score desc, i.id limit 1 offset ?"""
_RANDOM = f"select i.id from words i where {_LEFT} order by md5(i.id || ?), i.id limit 1 offset ?"
_READ = """select count(distinct case when "table" = 'example' then interaction end) as picked,
    count(distinct case when "table" = 'reading' then interaction end) as drawn from correction"""


def show(ask: Ask, *, id: str | None = None, drawn: str | None = None, skip: str | None = None) -> Page:
    """One text to read whole: the one the machine is least sure of, or with `drawn` = random any; `skip` passes some.

    What is wrong is corrected line by line (`id` keeps the text meanwhile); then the reading is kept, and the next
    comes.
    """
    random = drawn == "random"
    passed = int(skip) if skip and skip.isascii() and skip.isdigit() and len(skip) < 6 else 0
    values = [SHORTEST, LONGEST]
    left = ask.lake(f"select count(*) as n from words i where {_LEFT}", values)["n"][0].as_py()
    sql, given = (_RANDOM, [*values, str(ask.seed), passed]) if random else (_UNSURE, [*values, passed])
    found = [id] if id else ask.lake(sql, given)["id"].to_pylist()
    voice = _voices.voice(ask, found[0]) if found else None
    if voice is None:
        note = Note("There is nothing left to ask.", "empty", "Teach from what was answered, or bring texts and run.")
        return Page("labelling", "Labelling", "Nothing is left to ask.", "", (note,))
    mode = "&drawn=random" if random else ""
    voice = replace(voice, back=f"/labelling?id={voice.verbatim.id}{mode}&skip={passed}")
    answered = ask.lake(_READ).to_pylist()[0]
    return Page(
        "labelling",
        "Labelling",
        _sentence(random),
        _lead(random, answered, left),
        (voice, _answer(voice.verbatim.id, mode, passed)),
    )


def _answer(id: str, mode: str, passed: int) -> Form:
    fields = (
        Field("interaction", "", id, kind="hidden"),
        Field("agreed", "", "true", kind="hidden"),
        Field("picked", "", "" if mode else "true", kind="hidden"),
        Field("back", "", f"/labelling?skip={passed}{mode}", kind="hidden"),
    )
    beside = (("/labelling?" + f"skip={passed + 1}{mode}", "Skip", "s"), ("/teaching", "Enough: teach", "t"))
    return Form("read", "", fields, "All right as it stands: next", key="Enter", beside=beside)


def _sentence(random: bool) -> str:
    return "What does this customer speak of?" if random else "The machine is unsure: what does this customer speak of?"


def _lead(random: bool, answered: dict[str, Any], left: int) -> str:
    read = _say.count(answered["drawn" if random else "picked"])
    chance = "Drawn at random: such readings correct the figures, and every second one measures the taught model."
    why = chance if random else "Set right what is wrong, then go on; each answer teaches."
    return " ".join([why, f"{read} read so far, {_say.count(left)} left."])
