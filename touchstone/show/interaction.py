"""Interaction: one text, what was understood of it, and what people corrected in it."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Note, Page
from touchstone.show import _cases, _voices

WHO = ("insider", "partner")


def show(ask: Ask, *, id: str | None = None) -> Page:
    """The text of interaction `id` with every touchpoint and signal heard in it; insiders correct it here."""
    voice = _voices.voice(ask, id) if id else None
    if voice is None:
        note = Note("There are no such words here.", "empty", "Open a text from the page Words.")
        return Page("interaction", "One text", "Which words?", "", (note,))
    lead = "As it was read. What is wrong is set right with a click, stays right, and teaches the next model."
    lead = lead if voice.touchpoints else "As it was read, and as head office corrected it."
    case = _cases.opening(ask, voice.verbatim.id)
    blocks = (voice, *([case] if case else []))
    return Page("interaction", "One text", _voices.sentence(voice.mentions), lead, blocks)
