"""Kept answers: which are offered beside every conversation; to add, change and remove."""

from __future__ import annotations

from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Form, Grid, Link, Note, Page
from touchstone.show import _say
from touchstone.show._may import may
from touchstone.store import inbox as questions

WHO = ("insider",)
_PLACE = 38, "Customers"
_MOST = 200
_LANGUAGES = ("en", "de", "fr", "es")
_BACK = Field("back", "", "/answers", kind="hidden")


def show(ask: Ask, *, id: str | None = None) -> Page:
    """Every answer kept for again; `id` is the one to change."""
    kept = ask.record(questions.answers(_MOST))
    changes = may(ask.viewer, "canned.keep")
    blocks: list[Block] = [_list(kept, changes=changes) if kept else _none()]
    if changes:
        blocks.append(_form(next((each for each in kept if each["id"] == id), {})))
    told = (
        f"{_say.named(_say.word(len(kept)))} {'answer is' if len(kept) == 1 else 'answers are'}"
        if kept
        else "No answer is"
    )
    lead = "Offered beside every conversation, to be changed before it is sent."
    return Page("answers", "Kept answers", f"{told} kept for again.", lead, tuple(blocks))


def _list(kept: list[dict[str, Any]], *, changes: bool) -> Grid:
    lines = tuple(
        (Link(row["name"], f"answers?id={row['id']}") if changes else row["name"], _say.short(row["text"], 120),
         row["language"], *([Link("Remove", f"act/canned.remove?canned={row['id']}&back=/answers")] if changes else []))
        for row in kept
    )  # fmt: skip
    columns = ("name", "words", "language", "")[: 4 if changes else 3]
    advice = "Sent as it stands an answer reads like a form: change a line of it for whoever you write to."
    return Grid("What is kept", advice, columns, lines)


def _none() -> Note:
    return Note("No answer is kept yet.", "empty", "What is often asked need not be written anew each time: keep it.")


def _form(chosen: dict[str, Any]) -> Form:
    held = chosen.get("language", "en")
    languages = tuple((each, each) for each in dict.fromkeys((*_LANGUAGES, held)))
    told = "{name} becomes the customer’s name, {me} yours."
    fields = (
        Field("name", "Name", chosen.get("name", ""), help="The same name again changes that answer."),
        Field("text", "Words", chosen.get("text", ""), kind="textarea", help=told),
        Field("language", "Language", held, languages),
        _BACK,
    )
    return Form("canned.keep", "Change it" if chosen else "Keep an answer", fields, "Keep")
