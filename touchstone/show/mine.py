"""My page: what I said and what became of it, something new to say, what I allow, and all that is kept of me."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Event, Field, Form, Grid, Link, Note, Page, Story, Verbatim
from touchstone.core.switches import Switch, Switches
from touchstone.rules import consent
from touchstone.show import _cases, _person, _say
from touchstone.store import mine, votes

WHO = ("customer",)
_PLACE = 1, "My page"
_EVENTS = 30
_VOTES = 8  # things to vote on at once
_BACK = Field("back", "", "/mine", kind="hidden")
_STANDS = {
    "received": "We have it.",
    "acknowledged": "We have read it, and you will hear from us.",
    "assessed": "We are deciding what to do.",
    "investigated": "We are finding out what happened.",
    "answered": "We have answered. Write again if it is not settled.",
    "closed": "It is settled. Write again if it is not.",
}
"""The stages of a case, in the words of the one it is about."""
_ALLOWED = (
    (
        "contact",
        "You may write to me",
        "Off, nobody does, whatever else is on. On again, it covers what was never chosen.",
    ),
    ("answer", "Answer what I say", "To the address you wrote from."),
    ("survey", "Ask me how it was", "A short survey now and then."),
    ("offer", "Send me offers", "By mail, and not often."),
    ("call", "Call me", "At the number we know."),
    ("panel", "A seat on the advisory panel", "You are asked for advice before things are decided."),
    ("analysis", "Read and count what I say", "Without it your words are kept, and stand in no figure."),
    ("identity", "See that my names are one person", "So that you need not tell your story twice."),
    ("publication", "Quote me", "Never with your name."),
)
_Row = dict[str, Any]


def show(ask: Ask, *, skip: int = 0) -> Page:
    """What the customer said and what became of it; `skip` passes as many of the latest."""
    known = ask.record(mine.known())
    said = ask.record(mine.words(most=_EVENTS, skip=max(0, skip)))
    total = mine.count(ask)
    cases = ask.record(mine.cases())
    places = {row["id"]: row["name"] or row["id"] for row in ask.record(mine.places())}
    blocks: list[Block | None] = [
        _saying(places),
        _asked(ask, places),
        *_votes(ask),
        _became(ask, cases),
        _story(ask, said, places, total=total, skip=max(0, skip)),
        _consents(known[0] if known else {}, ask.viewer.person),
        *_rights(ask.viewer.person),
    ]
    lead = "Only you see this page, and it shows nobody but you."
    return Page("mine", "My page", _sentence(total, cases), lead, tuple(each for each in blocks if each))


def _sentence(total: int, cases: list[_Row]) -> str:
    if not total:
        return "Nothing of yours is kept here yet."
    open_ones = sum(1 for each in cases if each["stage"] not in ("answered", "closed"))
    kept = f"{_say.some(total, 'thing', 'things')} of yours {'is' if total == 1 else 'are'} kept here"
    if not open_ones:
        return f"{kept}; nothing waits for us."
    return f"{kept}; {_say.word(open_ones)} {'waits' if open_ones == 1 else 'wait'} for us."


def _saying(places: dict[str, str]) -> Form:
    fields = [
        Field("text", "In your own words", kind="textarea"),
        Field("kind", "It is", "message", (("message", "about what I lived"), ("idea", "an idea of mine"))),
    ]
    if places:
        fields.append(Field("unit", "About", "", (("", "all of you"), *places.items())))
    return Form("say", "Tell us", (*fields, _BACK), "Send it")


def _asked(ask: Ask, places: dict[str, str]) -> Grid | None:
    """Surveys they were invited to and have not answered: each opens by their own link."""
    rows = ask.record(mine.invitations())
    if not rows:
        return None
    lines = tuple(
        (Link("Answer", f"s/{row['id']}"), row["touchpoint"] or "your experience",
         places.get(row["unit"] or "", "") or "all of us", _person.day(row["sent_at"]))
        for row in rows
    )  # fmt: skip
    return Grid("We asked you", "Each opens once, takes a minute, and is left alone if you like.",
                ("", "about", "where", "asked on"), lines, narrow=True)  # fmt: skip


def _votes(ask: Ask) -> list[Block]:
    """What others asked for, each with a form of one's own vote; not how others voted, whom one might follow."""
    cast = {row["proposal"]: row["choice"] for row in ask.record(votes.cast_by_me())}
    choices = (("for", "I want it"), ("against", "I do not"), ("none", "no matter to me"))
    return [
        Form(
            "vote.cast",
            "Would you want this?" if not place else "",
            (Field("proposal", "", row["id"], kind="hidden"),
             Field("choice", row["words"], cast.get(row["id"], "none"), choices), _BACK),
            "Vote" if row["id"] not in cast else "Change my vote",
        )
        for place, row in enumerate(ask.record(votes.asked())[:_VOTES])
    ]  # fmt: skip


def _became(ask: Ask, cases: list[_Row]) -> Grid | None:
    """Each case in plain words, with what was promised."""
    if not cases:
        return None
    promised: dict[str, list[str]] = {}
    for row in ask.record(mine.promises()):
        by = "kept" if row["kept"] else f"due {_person.day(row['due_at'])}"
        promised.setdefault(row["case"], []).append(f"“{row['what']}” ({by})")
    said = {row["id"]: row for row in ask.record(mine.texts([row["interaction"] for row in cases]))}
    lines = tuple(
        (
            _short(said.get(row["interaction"], {}).get("text") or "") or _cases.about(row),
            _person.day(_at(said.get(row["interaction"])) or row["opened_at"]),
            _STANDS[row["stage"]],
            "; ".join(promised.get(row["id"], [])) or "–",
        )
        for row in cases
    )
    return Grid("What became of it", "", ("you said", "on", "where it stands", "our promise"), lines)


def _at(row: _Row | None) -> datetime | None:
    return (row["occurred_at"] or row["received_at"]) if row else None


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else f"{plain[:80].rsplit(' ', 1)[0]} …"


def _story(ask: Ask, said: list[_Row], places: dict[str, str], *, total: int, skip: int) -> Story | Note:
    """What they said and what they were answered, the latest first."""
    if not said:
        todo = "Tell us what was good and what was not; what becomes of it stands here."
        return Note("You have not told us anything yet.", "empty", todo)
    at = [row["occurred_at"] or row["received_at"] for row in said]
    oldest, newest = min(at), max(at)
    answers = ask.record(mine.answers(since=oldest if total > skip + len(said) else None))
    files = _files(ask, [row["id"] for row in (*said, *answers)])
    events = [(when, _event(row, places, files)) for when, row in zip(at, said, strict=True)]
    events += [(each["sent_at"] or each["created_at"], _answer(each, files)) for each in answers
               if not skip or (each["sent_at"] or each["created_at"]) <= newest]  # fmt: skip
    events.sort(key=lambda each: each[0], reverse=True)
    rest = total - skip - len(said)
    return Story(
        "What you said, and what we answered",
        f"The latest first, {_say.count(rest)} earlier." if rest > 0 else "The latest first.",
        tuple(each for _, each in events),
        earlier=f"/mine?skip={skip + _EVENTS}" if rest > 0 else "",
        later=f"/mine?skip={max(0, skip - _EVENTS)}" if skip else "",
    )


def _files(ask: Ask, ids: list[str]) -> dict[str, tuple[Link | str, ...]]:
    """The files of answers and of their own words; one that was not taken is named alone."""
    found: dict[str, tuple[Link | str, ...]] = {}
    for row in ask.record(mine.files(ids)):
        told = Link(row["name"], f"files/{row['id']}") if row["media_type"] else f"{row['name']}, not taken"
        found[row["message"]] = (*found.get(row["message"], ()), told)
    return found


def _event(row: _Row, places: dict[str, str], files: dict[str, tuple[Link | str, ...]]) -> Event:
    told = _person.event(_person.Said(row, places.get(row["unit"], "")))
    words = Verbatim(id="", text=row["text"], url=row["url"] or "") if row["text"] else None
    about = f"{told.what} about {row['touchpoint']}" if row["touchpoint"] else told.what
    return Event(told.at, about, told.where, told.figure, words, files.get(row["id"], ()))


def _answer(row: _Row, files: dict[str, tuple[Link | str, ...]]) -> Event:
    at, words = _person.day(row["sent_at"] or row["created_at"]), Verbatim("", row["text"])
    return Event(at, "our answer", verbatim=words, files=files.get(row["id"], ()))


def _consents(row: _Row, person: str) -> Switches:
    """A switch for each purpose: what holds, and what the press of it makes of it."""
    held = row.get("consents")
    rows = []
    alone = consent.objects(held)
    for purpose, label, means in _ALLOWED:
        on = not alone if purpose == "contact" else consent.may(held, purpose)
        state = "revoked" if on else "granted"
        fields = (("person", person), ("purpose", purpose), ("state", state), ("back", "/mine"))
        rows.append(Switch(label, means, on, () if alone and purpose in consent.CONTACT else fields))
    todo = "Press to turn it over: it holds at once, and what you said before is kept with its date."
    return Switches("What you allow us", todo=todo, action="person.consent", rows=tuple(rows))


def _rights(person: str) -> list[Block]:
    own = Field("person", "", person, kind="hidden")
    download = Field("download", "", "all-that-is-kept-of-me", kind="hidden")
    password = Field("password", "Your password", kind="password", help="So that nobody does it for you.")
    gone = Field("back", "", "/sign-in", kind="hidden")
    return [
        Form("person.export", "All that is kept of you", (own, download), "Download it"),
        Note(
            "You may have all of it erased.", "warning",
            "What you said, what was made of it and this account go for good, and do not come back.",
        ),
        Form("person.erase", "Erase me", (own, password, gone), "Erase all of it, for good"),
    ]  # fmt: skip
