"""Conversation: what was said in order, why it is here, who should take it, and the answer to write."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Event, Field, Form, Grid, Link, Note, Page, Story, Verbatim
from touchstone.core.worklist import LivePage
from touchstone.rules import inbox
from touchstone.rules.next_step import next_step
from touchstone.show import _cases, _inbox, _open, _person, _say, _units
from touchstone.store import inbox as questions
from touchstone.store import tables

WHO = ("insider", "partner")
_MOST = 200  # texts of one conversation, the latest
_WRITING = timedelta(seconds=60)
_SAID = """select * from interaction where seq in (
        select seq from interaction where thread = ? union all select unnest(?))
    and (text is not null or kind in ('message', 'turn')) order by occurred_at desc nulls last, seq desc limit ?"""
"""A thread is sought in the files by its column alone, then the few rows are read whole."""
_MEASURED = """select any_value(measured_in) as measured_in from metric
    where name = 'lifetime_value' and value is not null"""
_STEPS = {
    "take": "taken by", "assign": "assigned by", "close": "closed by", "reopen": "reopened by",
    "snooze": "snoozed by", "undo": "taken back by",
}  # fmt: skip
_RETURNED = {"failed": "our mail came back", "delayed": "our mail is late", "automatic": "an automatic answer"}
_STATES = {"open": "It is open.", "waiting": "It waits for the customer.", "closed": "It is closed."}
_Row = dict[str, Any]


@dataclass(frozen=True)
class _Talk:
    """A conversation's row, who the customer is, what the house wrote and did, and where its forms go back to."""

    row: _Row
    who: str
    written: list[_Row]
    drafts: list[_Row]
    steps: list[_Row]
    names: dict[str, str]
    back: str
    files: list[_Row]


def show(ask: Ask, *, id: str | None = None, canned: str | None = None, whole: str | None = None) -> Page:
    """The conversation `id`; `canned` fills the answer with one kept for again, `whole` shows all of that mail."""
    rows = ask.record(questions.rows([id])) if id else []
    if not rows:
        note = Note("There is no such conversation here.", "empty", "Look for it in the inbox.")
        return Page("conversation", "Conversation", "Which conversation?", "", (note,))
    talk = _talk(ask, rows[0])
    blocks: list[Block | None] = [
        Note(_why(ask, talk.row), "plain", f"{talk.row['reason']} {_now(ask, talk)}"),
        _customer(ask, talk),
        _cases.opening(ask, talk.row["latest"], back=talk.back) if talk.row["latest"] else None,
        _story(ask, talk, whole),
        *_answer(ask, talk, canned),
        *_deeds(ask, talk),
    ]
    sentence = f"{talk.who}: “{_say.short(_inbox.words(ask, rows)[talk.row['id']])}”"
    shown = tuple(each for each in blocks if each is not None)
    return LivePage("conversation", talk.who, sentence, "", shown, topic=f"conversation {talk.row['id']}")


def _talk(ask: Ask, row: _Row) -> _Talk:
    """All that is written and done in a conversation, with the names of who did it."""
    who = _inbox.customers(ask, [row["person"]]).get(row["person"] or "", "") or "Somebody"
    written = ask.record(questions.messages(row["id"]))
    steps = ask.record(questions.steps(row["id"]))
    told = [id for each in written for id in each["mentions"] if not id.startswith("@")]
    names = _inbox.accounts(ask, [row["owner"], *(each["account"] for each in [*written, *steps]), *told], offered=20)
    drafts = [each for each in written if each["kind"] == "draft"]
    kept = [each for each in written if each["kind"] != "draft"]
    back, files = f"/conversation?id={quote(row['id'], safe='')}", ask.record(questions.files(row["id"]))
    return _Talk(row, who, kept, drafts, steps, names, back, files)


def _why(ask: Ask, row: _Row) -> str:
    """Why it is here: what they say, about what, how urgent, what is at stake."""
    parts = [str(_inbox.KINDS.get(row["kind"], row["kind"])) if row["kind"] != inbox.WORD else "They wrote to us"]
    parts += [row["touchpoint"]] if row["touchpoint"] else []
    where = _units.names(ask, [row["unit"]]).get(row["unit"] or "", "")
    parts += [each for each in (where, row["channel"]) if each]
    said = " · ".join(parts)
    pressing = f"Urgency {row['urgency']:.1f} of 1"
    stake = f"; such a customer is worth {_worth(ask, row['stake'])}" if row["stake"] else ""
    return f"{said[0].upper()}{said[1:]}. {pressing}{stake}."


def _worth(ask: Ask, stake: float) -> str:
    """What is at stake, as the lifetime value is measured: 440 EUR in 52 weeks."""
    measured = ask.lake(_MEASURED)["measured_in"][0].as_py() or ""
    return f"{_say.count(round(stake))} {measured.replace(' per customer', '')}".strip()


def _now(ask: Ask, talk: _Talk) -> str:
    row = talk.row
    told = [_STATES.get(row["state"], "")]
    if row["owner"] == ask.viewer.account:
        told.append("You have it.")
    else:
        owner = talk.names.get(row["owner"] or "", "")
        told.append(f"It is in the hands of {owner}." if owner else "Nobody has taken it.")
    if row["until"] is not None and row["until"] > ask.now:
        told.append(f"It is snoozed until {_person.day(row['until'])}.")
    return " ".join(told).strip()


def _story(ask: Ask, talk: _Talk, whole: str | None) -> Story:
    """What was said, written and done, the earliest first."""
    own = tables.interaction
    alone = own.select().with_only_columns(own.c.seq).where(own.c.id == talk.row["id"], own.c.thread.is_(None))
    seqs = [row["seq"] for row in ask.record(alone)]
    rows = ask.lake(_SAID, [talk.row["id"], seqs, _MOST]).to_pylist()
    said = _person.understood(ask, rows, slice(0, _MOST))
    events = [(each.row["occurred_at"] or each.row["received_at"], _spoken(ask, talk, each, whole)) for each in said]
    for each in talk.written:
        by_mail = "reply by mail" if each["state"] == "sent" else "reply, to be copied to its source"
        what = "note, for colleagues only" if each["kind"] == "note" else by_mail
        what = _RETURNED.get(each["state"], what)
        quoted = Verbatim("", each["text"])
        by = talk.names.get(each["account"], "somebody" if each["account"] else "") + _told(
            talk, each, mine=each["account"] == ask.viewer.account
        )
        files = _files(ask, talk, each)
        events.append((each["created_at"], Event(_instant(each["created_at"]), what, by, "", quoted, files)))
    for each in talk.steps:
        if each["what"] in _STEPS:
            by = talk.names.get(each["account"], "somebody")
            events.append((each["made_at"], Event(_instant(each["made_at"]), _STEPS[each["what"]], by)))
    events.sort(key=lambda pair: pair[0])
    lead = _writing(ask, talk) or "The earliest first."
    return Story("What was said", lead, tuple(event for _, event in events))


def _told(talk: _Talk, note: _Row, *, mine: bool) -> str:
    """Who was told of a note, and which names were nobody's who sees the conversation."""
    told = [talk.names.get(each, "somebody") for each in note["mentions"] if not each.startswith("@")]
    missed = [each for each in note["mentions"] if each.startswith("@")]
    parts = [f"tells {_say.listed(told)}"] if told else []
    why = ": no colleague of yours who sees this conversation" if mine else ""
    parts += [f"{_say.listed(missed)} not told{why}"] if missed else []
    return f" · {'; '.join(parts)}" if parts else ""


def _files(ask: Ask, talk: _Talk, written: _Row) -> tuple[Link | str, ...]:
    """The files that go with what was written; they open to who sees personal data, and to who attached them."""
    opens = written["account"] == ask.viewer.account or (ask.viewer.side == "insider" and ask.viewer.personal)
    own = [each for each in talk.files if each["message"] == written["id"]]
    return tuple(Link(_file(each), f"files/{each['id']}") if opens and each["digest"] else _file(each) for each in own)


def _file(row: _Row) -> str:
    size = f"{max(1, row['size'] // 1024):,} kB" if row["size"] < 1024 * 1024 else f"{row['size'] / 1024 / 1024:.1f} MB"
    return f"{row['name'] or 'a file'}, {size}" if row["digest"] else f"{row['name'] or 'a file'}, {size}, not taken"


def _spoken(ask: Ask, talk: _Talk, said: _person.Said, whole: str | None) -> Event:
    """What was said, with its files; of a mail that quotes more than its own words, the way to all of it."""
    theirs = said.row["level"] == talk.row["level"] and said.row["person"] == talk.row["person"]
    speaker = talk.who if theirs else said.row["person"] or said.where
    at = said.row["occurred_at"]
    event = replace(_person.event(said), at=_instant(at) if at else "", where=speaker)
    files = _files(ask, talk, {"id": said.row["id"], "account": None})
    quoting = _original(said.row)
    if not quoting:
        return replace(event, files=files)
    if whole == said.row["id"]:
        return replace(event, files=files, verbatim=Verbatim("", quoting))
    return replace(event, files=(*files, Link("The whole mail", f"{talk.back[1:]}&whole={quote(said.row['id'])}")))


def _original(row: _Row) -> str:
    """All of a mail, where it quotes more than what its sender wrote; empty for anything else."""
    try:
        held = json.loads(row["attributes"] or "{}")
    except ValueError:
        return ""
    return str(held.get("original") or "") if isinstance(held, dict) else ""


def _writing(ask: Ask, talk: _Talk) -> str:
    """Who else is writing just now."""
    since = ask.now - _WRITING
    others = [each for each in talk.drafts if each["account"] != ask.viewer.account and each["created_at"] > since]
    if not others:
        return ""
    names = [talk.names.get(each["account"], "Somebody") for each in others]
    return f"{_say.listed(names)} {'is' if len(names) == 1 else 'are'} writing."


def _answer(ask: Ask, talk: _Talk, chosen: str | None) -> list[Block]:
    """The forms of a reply and of a note."""
    row, back = talk.row, talk.back
    mine = [each for each in talk.drafts if each["account"] == ask.viewer.account]
    kept = ask.record(questions.answers(50)) if ask.viewer.side == "insider" else []
    filled = next((_filled(each["text"], talk.who, ask) for each in kept if each["id"] == chosen), "")
    by_mail = _by_mail(ask, row)
    told = "It goes by mail." if by_mail else (
        "Its source takes no replies from here: your answer is kept, to be copied to where they wrote."
    )  # fmt: skip
    own = (Field("conversation", "", row["id"], kind="hidden"), Field("back", "", back, kind="hidden"))
    fields = (
        *own,
        Field("version", "", str(row["version"]), kind="hidden"),
        Field("text", "Your answer", filled or (mine[-1]["text"] if mine else ""), kind="textarea", help=told),
        Field("files", "Files to go with it", kind="file", help=_going(ask, talk, mine)),
        Field("close", "Close it with this answer", kind="checkbox"),
    )
    beside = tuple((f"{back[1:]}&canned={each['id']}", each["name"], "") for each in kept)
    beside += (("answers", "Kept answers", ""),) if ask.viewer.side == "insider" else ()
    noting = (*own, Field("text", "For colleagues; @name tells somebody", kind="textarea"))
    return [
        Form("message.reply", "Answer", fields, "Send" if by_mail else "Keep the answer", beside=beside),
        *_removing(talk, mine, own[1]),
        Form("message.note", "Note", noting, "Keep the note"),
    ]


def _going(ask: Ask, talk: _Talk, drafts: list[_Row]) -> str:
    """Which files the draft holds already."""
    kept = [str(each) for draft in drafts for each in _files(ask, talk, draft)]
    return f"With {_say.listed(kept)}, which your draft holds." if kept else ""


def _removing(talk: _Talk, drafts: list[_Row], back: Field) -> list[Form]:
    """A button for each file of the draft that takes it out."""
    ids = {each["id"] for each in drafts}
    return [
        Form(
            "message.detach",
            "",
            (Field("attachment", "", each["id"], kind="hidden"), back),
            f"Remove {_say.short(_file(each), 40)}",
        )
        for each in talk.files
        if each["message"] in ids
    ]


def _filled(text: str, who: str, ask: Ask) -> str:
    return text.replace("{name}", who).replace("{me}", ask.viewer.name or "")


def _by_mail(ask: Ask, row: _Row) -> bool:
    """Whether a reply goes by mail, as far as the viewer may know."""
    said, known = tables.interaction, tables.person
    latest = next(iter(ask.record(said.select().with_only_columns(said.c.kind).where(said.c.id == row["latest"]))), {})
    person = next(iter(ask.record(known.select().where(known.c.id == row["person"]))), {})
    contacts = person.get("contacts")
    if ask.viewer.side != "insider" or not ask.viewer.personal:  # the address is hidden: the way alone is told
        contacts = '{"email": "a@b"}'
    return bool(inbox.address(row["channel"], latest.get("kind"), contacts=contacts, told={}))


def _deeds(ask: Ask, talk: _Talk) -> list[Block]:
    """What can be done with it, each a form of its own."""
    row, names, back = talk.row, talk.names, talk.back
    own = (Field("ids[]", "", row["id"], kind="hidden"), Field("back", "", back, kind="hidden"))
    made: list[Block] = []
    if row["owner"] != ask.viewer.account:
        made.append(Form("conversation.take", "", own, "Take", "t"))
    if row["state"] == "closed" or row["until"] is not None:
        made.append(Form("conversation.reopen", "", own, "Reopen", "r"))
    if row["state"] != "closed":
        made.append(Form("conversation.close", "", own, "Close", "e"))
        week = (*own, Field("days", "", "7", kind="hidden"))
        made.append(Form("conversation.snooze", "", week, "In a week", "s"))
    done = _inbox.last_change(ask)
    if done is not None:
        token = (Field("change", "", done[0], kind="hidden"), own[1])
        made.append(Form("conversation.undo", "", token, "Undo", "z"))
    if ask.viewer.side == "insider":
        choices = (("", "Nobody"), *((name, name) for name in sorted(set(names.values()))))
        to = Field("to", "Whose it is", names.get(row["owner"] or "", ""), choices)
        made.append(Form("conversation.assign", "Give it to somebody", (*own, to), "Assign"))
    return made


def _customer(ask: Ask, talk: _Talk) -> Grid | None:
    """The customer's next step, and the way to their whole story."""
    row = talk.row
    found = _person.person(ask, row["person"]) if row["person"] else None
    if found is None:
        return None
    known = _open.known(_open.items(found.said), found.said, consents=found.consents, unsure=0)
    due = next_step(known)
    link = Link(f"All of {talk.who}’s story", f"customer?id={quote(row['person'], safe='')}")
    return Grid("The customer", "", ("next step", "why", ""), ((due.text, due.reason, link),))


def _instant(at: Any) -> str:
    return f"{_person.day(at)}, {at:%H:%M}"
