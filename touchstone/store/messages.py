"""What people write in conversations, and what they keep to write it again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from touchstone.core.errors import Refused
from touchstone.core.upload import Upload
from touchstone.rules import consent, inbox
from touchstone.store import accounts, attachments, conversations, notices, outbox, reach, tables
from touchstone.store._live_message import canned, message, step, view

LONGEST = 20_000  # characters of one message
Row = dict[str, Any]


def draft(store: Any, *, conversation: str, text: str) -> bool:
    """Keeps the viewer's one draft in a conversation; without words and files there is none. Whether one is."""
    row = conversations.find(store, id=conversation)
    with store.record.writing() as connection:
        was = _undraft(connection, conversation, store.viewer.account)
        kept = bool(text.strip()) or attachments.held(connection, was.get("id", ""))
        if kept:
            _draft(store, connection, row, text, was)
    return kept


def attach(store: Any, *, conversation: str, uploads: Sequence[Upload]) -> list[str]:
    """Ids of the files that go with the viewer's draft there, these among them; `Refused` where one is not taken."""
    row = conversations.find(store, id=conversation)
    files = attachments.check(store, uploads)
    with store.record.writing() as connection:
        was = _undraft(connection, conversation, store.viewer.account)
        return attachments.attach(store, connection, _draft(store, connection, row, was.get("text", ""), was), files)


def _draft(store: Any, connection: Connection, row: Row, text: str, was: Row) -> Row:
    """The draft anew, under the id it had, so that its files stay with it."""
    made = _message(store, row, "draft", text)
    made |= {"id": was.get("id", made["id"])}
    connection.execute(insert(message), made)
    return made


def note(store: Any, *, conversation: str, text: str) -> tuple[str, dict[str, str], list[str]]:
    """The id of a note, the accounts it tells (name → id), and the @names that are nobody's who sees the conversation.

    The same words as the last ones there are that note, and tell nobody again.
    """
    row = conversations.find(store, id=conversation)
    named, missed = _named(store, row, text)
    told = (message.c.conversation == conversation) & message.c.kind.in_(("note", "reply"))
    with store.record.writing() as connection:
        last = (
            connection.execute(select(message).where(told).order_by(message.c.seq.desc()).limit(1)).mappings().first()
        )
        if last and (last["kind"], last["account"], last["text"]) == ("note", store.viewer.account, text):
            return last["id"], {}, missed
        made = _message(store, row, "note", text) | {"mentions": [*named.values(), *missed]}
        connection.execute(insert(message), made)
        notices.seen_there(store, connection, conversation=conversation)
        notices.tell(connection, made, named.values())
    return made["id"], named, missed


def _named(store: Any, row: Row, text: str) -> tuple[dict[str, str], list[str]]:
    """Of the accounts that a note names, those who see the conversation (name → id); and the @names that are none."""
    own = tables.account
    with store.record.reading() as connection:
        rows = connection.execute(select(own).where(own.c.disabled.is_(False))).mappings().all()
    known = {each["name"]: accounts.read(each) for each in rows if _beside(store.viewer, each)}
    found = (known[name] for name in inbox.mentioned(text, list(known)))
    named = {each.name: each.id for each in found if reach.reaches(store.as_viewer(each.viewer), row["unit"])}
    return named, inbox.unknown(text, list(named))


def reply(store: Any, *, conversation: str, text: str, version: int, close: bool) -> Row:
    """{"message", "person", "state", "undo"}; `Refused` where the conversation moved on since `version`.

    The mail waits to be sent only if the conversation is changed with it: two who answer at once send one.
    """
    row = conversations.find(store, id=conversation)
    latest, person = _asked(store, row)
    address = inbox.address(row["channel"], latest.get("kind"), contacts=person.get("contacts"), told=latest)
    if address and not consent.may(person.get("consents"), "answer"):
        raise Refused("they object to being contacted.", field="text", todo="Answer in the place where they wrote.")
    made = _message(store, row, "reply", text) | {"state": "sent" if address else "copied"}
    to = {"state": "closed" if close else "waiting", "answered_at": store.now, "until": None}
    token = secrets.token_hex(8)
    with store.record.writing() as connection:
        now = conversations.locked(store, connection, conversation)
        _check_unmoved(store, now, version, connection)
        if address:
            made |= {"sent_at": store.now, "outbox": _posted(store, connection, row, latest, to=address, text=text)}
        made |= {"id": _undraft(connection, conversation, store.viewer.account).get("id", made["id"])}
        connection.execute(insert(message), made)  # under the id of the draft, whose files go with it
        notices.seen_there(store, connection, conversation=conversation)
        owner = now["owner"] or store.viewer.account
        conversations.changed(store, connection, [now], what="reply", to={**to, "owner": owner}, token=token)
    return {"message": made["id"], "person": row["person"], "state": made["state"], "undo": token}


def _posted(store: Any, connection: Connection, row: Row, latest: Row, *, to: str, text: str) -> str | None:
    """The id under which the answer waits in the outbox."""
    subject, headers = inbox.heading(latest)
    return outbox.put(
        store, kind="mail", to=to, subject=subject, text=text, headers=headers, key=f"reply {secrets.token_hex(8)}",
        person=row["person"], purpose="answer", unit=row["unit"], within=connection,
    )  # fmt: skip


def _check_unmoved(store: Any, row: Row, version: int, connection: Connection) -> None:
    """Nothing where all that happened since `version` was the viewer's own doing."""
    if row["version"] == version:
        return
    since = (step.c.conversation == row["id"]) & (step.c.version > version)
    steps = connection.execute(select(step).where(since).order_by(step.c.seq.desc())).mappings().all()
    others = [each for each in steps if each["account"] != store.viewer.account]
    todo = "Your draft is kept: read what is new, then send it."
    if not others and len(steps) == row["version"] - version:
        return
    if not others:
        raise Refused("the customer wrote again since you opened it.", field="version", todo=todo)
    wanted = select(tables.account.c.name).where(tables.account.c.id == others[0]["account"])
    who = connection.execute(wanted).scalar() if store.viewer.side == "insider" else None
    did = "answered" if any(each["what"] == "reply" for each in others) else "worked on it"
    at = f"{others[0]['made_at']:%H:%M} UTC"
    raise Refused(f"{who or 'somebody else'} {did} at {at}.", field="version", todo=todo)


def _asked(store: Any, row: Row) -> tuple[Row, Row]:
    """The customer's latest word as the record has it, its attributes unfolded, and the person as known."""
    said, known = tables.interaction, tables.person
    with store.record.reading() as connection:
        latest = connection.execute(select(said).where(said.c.id == row["latest"])).mappings().first()
        person = connection.execute(select(known).where(known.c.id == row["person"])).mappings().first()
    found = dict(latest or {})
    try:
        attributes = json.loads(found.get("attributes") or "{}")
    except ValueError:
        attributes = {}
    return found | {"attributes": attributes if isinstance(attributes, dict) else {}}, dict(person or {})


def _message(store: Any, row: Row, kind: str, text: str) -> Row:
    if len(text) > LONGEST:
        raise Refused(f"more than {LONGEST:,} characters.", field="text", todo="Make it shorter.")
    return {
        "id": secrets.token_hex(8), "conversation": row["id"], "unit": row["unit"], "person": row["person"],
        "kind": kind, "account": store.viewer.account, "text": text, "created_at": store.now, "sent_at": None,
        "state": "", "outbox": None, "mentions": [],
    }  # fmt: skip


def _beside(viewer: Any, account: Mapping[str, Any]) -> bool:
    """Whether a viewer may name an account: an insider every one, a partner those of units named to both."""
    return viewer.side == "insider" or bool(set(viewer.units) & set(account["units"]))


def _undraft(connection: Connection, conversation: str, account: str) -> Row:
    """Takes out the draft of an account, and gives it back; empty where there is none."""
    own = (message.c.conversation == conversation) & (message.c.kind == "draft") & (message.c.account == account)
    was = connection.execute(select(message).where(own)).mappings().first()
    connection.execute(delete(message).where(own))
    return dict(was or {})


def keep(store: Any, *, name: str, text: str, language: str) -> str:
    """The id of the answer kept under this name."""
    with store.record.writing() as connection:
        there = connection.execute(select(canned).where(canned.c.name == name)).mappings().first()
        if there is None:
            row = {"id": secrets.token_hex(8), "name": name, "language": language, "text": text, "version": 0}
            connection.execute(insert(canned), row)
            return str(row["id"])
        changed = {"text": text, "language": language, "version": there["version"] + 1}
        connection.execute(update(canned).where(canned.c.id == there["id"]).values(changed))
    return str(there["id"])


def remove(store: Any, *, id: str) -> bool:
    """Forgets an answer; whether there was one."""
    with store.record.writing() as connection:
        return bool(connection.execute(delete(canned).where(canned.c.id == id)).rowcount)


def keep_view(store: Any, *, name: str, filters: Mapping[str, str]) -> str:
    """The id of the viewer's view of this name."""
    own = (view.c.account == store.viewer.account) & (view.c.name == name)
    with store.record.writing() as connection:
        there = connection.execute(select(view.c.id).where(own)).scalar()
        if there is not None:
            connection.execute(update(view).where(own).values(filters=dict(filters)))
            return str(there)
        row = {"id": secrets.token_hex(8), "account": store.viewer.account, "name": name, "filters": dict(filters)}
        connection.execute(insert(view), row)
    return str(row["id"])


def remove_view(store: Any, *, id: str) -> bool:
    """Forgets a view of the viewer's own; whether there was one."""
    own = (view.c.id == id) & (view.c.account == store.viewer.account)
    with store.record.writing() as connection:
        return bool(connection.execute(delete(view).where(own)).rowcount)
