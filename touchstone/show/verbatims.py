"""Words: what customers say, searchable, drawn at random, each linking to its source."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Note, Page, Words
from touchstone.show import _league, _narrow, _say, _words

WHO = ("insider", "partner")
_PLACE = 21, "Words"
_SAID = (("", "All"), ("positive", "Praise"), ("negative", "Complaint"), ("mixed", "Both"), ("neutral", "Neither"))


def show(
    ask: Ask,
    *,
    since: str | None = None,
    until: str | None = None,
    unit: str | None = None,
    touchpoint: str | None = None,
    channel: str | None = None,
    said: str | None = None,
    search: str | None = None,
    draw: str | None = None,
) -> Page:
    """Twelve texts at random among all that the filters leave; `said` is a polarity, `search` words in the text."""
    chosen = _narrow.narrow(since=since, until=until, unit=unit, touchpoint=touchpoint, channel=channel)
    noun = _league.nouns(ask)[0].capitalize()
    controls = _narrow.filters(ask, chosen, "since", "until", "unit", "touchpoint", "channel", units=noun)
    polarity = said if said in dict(_SAID) else ""
    own = (Field("said", "Said", polarity or "", _SAID), Field("search", "Words", search or "", kind="search"))
    controls = Filters((*controls.fields, *own))
    words = _words.drawn(
        ask, chosen, title="In their words", draw=draw or "", page="verbatims", count=12, search=search or "",
        said=polarity or "",
    )  # fmt: skip
    narrowed = chosen.active or bool(search) or bool(polarity)
    blocks: list[Block] = [controls, words if words.total else _nothing(narrowed)]
    return Page("verbatims", "Words", _sentence(words, narrowed), _lead(words), tuple(blocks))


def _sentence(words: Words, narrowed: bool) -> str:
    if not words.total:
        return "No customer’s words match." if narrowed else "No customer has been heard in words yet."
    texts = _say.some(words.total, "text", "texts")
    if words.total <= len(words.verbatims):
        return f"All {texts} that match." if narrowed else f"All {texts} customers wrote."
    few = _say.word(len(words.verbatims)).capitalize() if len(words.verbatims) <= 10 else str(len(words.verbatims))
    return f"{few} of {texts}, as customers wrote them: drawn by chance, not by us."


def _lead(words: Words) -> str:
    return "Nothing is edited. Another draw shows others; the same seed shows the same." if words.total else ""


def _nothing(narrowed: bool) -> Note:
    if narrowed:
        return Note("Nothing matches these filters.", "empty", "Widen the period, or take a word away.")
    return Note("There are no texts here.", "empty", "Bring reviews or messages with `touchstone listen table FILE`.")
