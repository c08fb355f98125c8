"""What the record knows of mail that comes: which is kept, which conversation it goes on, who writes."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.utils import parseaddr
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from touchstone.core.post import PREFIX, Known, Sent, called
from touchstone.rules.contacts import mail
from touchstone.store import conversations, tables
from touchstone.store._arrive import identify
from touchstone.store._live_cases import case
from touchstone.store._live_conversation import conversation
from touchstone.store._live_message import message
from touchstone.store._live_outbox import outbox
from touchstone.store._live_surveys import invitation
from touchstone.store._many import parts

_OURS = re.compile(r"<([0-9a-f]{24})@[^<>\s]+>")  # the Message-ID of what left the outbox
_INVITED = "invitation:"
_BY = """with held as (select id, level, case when json_valid(contacts) then contacts end as told from person),
    known as (select id, level, lower(coalesce(json_extract_string(told, '$.email[0]'),
        json_extract_string(told, '$.email'), json_extract_string(told, '$.mail'))) as mail from held)
    select id, level, mail from known where list_contains(cast(? as varchar[]), mail) order by id"""
_WORDS = {
    "failed": "Our mail could not be delivered: {says}",
    "delayed": "Our mail is late: {says}",
    "automatic": "A program answered: {says}",
}
Row = dict[str, Any]


def knows(store: Any, source: str) -> Any:
    """What a source of this name asks of mail: Message-IDs and addresses → `Known`."""
    return lambda ids, addresses: _known(store, source, ids, addresses)


def _known(store: Any, source: str, ids: Sequence[str], addresses: Sequence[str]) -> Known:
    kept: dict[str, str] = {}
    sent: dict[str, Sent] = {}
    with store.record.reading() as connection:
        for some in parts(ids):
            for id, row, told in _heard(connection, source, some):
                kept[id] = str(told.get("digest") or "-")
                sent[id] = Sent(row["thread"] or row["id"], row["person"], str(told.get("from") or ""), row["unit"])
            sent |= {id: made for id, made in _left(connection, some) if id not in kept}
    return Known(kept, sent, _persons(store, addresses) if addresses else {})


def _heard(connection: Connection, source: str, ids: Sequence[str]) -> list[tuple[str, Row, Row]]:
    """Mails that are kept as interactions, with their attributes."""
    named = {identify(source, id): id for id in ids}
    own = tables.interaction.c
    wanted = select(own.id, own.thread, own.person, own.unit, own.attributes).where(own.id.in_(list(named)))
    return [
        (named[row["id"]], dict(row), json.loads(row["attributes"] or "{}"))
        for row in connection.execute(wanted).mappings()
    ]


def _left(connection: Connection, ids: Sequence[str]) -> list[tuple[str, Sent]]:
    """Mails of ours, each with the conversation it stands in: that of an answer, or of the case it asks again of."""
    named = {found[1]: id for id in ids if (found := _OURS.fullmatch(id))}
    talk, own = message.c.conversation.label("talk"), outbox.c
    columns = (own.id, own.to, own.person, own.unit, own.key, talk)
    wanted = select(*columns).outerjoin(message, message.c.outbox == own.id).where(own.id.in_(list(named)))
    return [
        (named[row.id],
         Sent(row.talk or _asked_again(connection, row.key), row.person, parseaddr(row.to)[1].casefold(), row.unit))
        for row in connection.execute(wanted).all()
    ]  # fmt: skip


def _asked_again(connection: Connection, key: str) -> str | None:
    """The conversation of the case that an invitation asks again of; None for any other mail."""
    if not key.startswith(_INVITED):
        return None
    about = connection.execute(select(invitation.c.about).where(invitation.c.id == key[len(_INVITED) :])).scalar()
    named = str(about or "").rpartition(".")[0]
    return connection.execute(select(case.c.conversation).where(case.c.id == named)).scalar() if named else None


def _persons(store: Any, addresses: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Address → the one person who has it; of several the one that mail made, for its threads are theirs."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in store.ask(near=True).lake(_BY, [list(addresses)]).to_pylist():
        found[row["mail"]].append((row["id"], row["level"] or ""))
    chosen = {at: [each for each in some if each[0].startswith(PREFIX)] or some for at, some in found.items()}
    return {at: some[0] for at, some in chosen.items() if len(some) == 1}


def aliases(connection: Connection, who: str) -> list[str]:
    """What a person would be called by their addresses alone, should their old mail be read again."""
    own, said = tables.person.c, tables.interaction.c
    contacts = connection.execute(select(own.contacts).where(own.id == who)).scalar()
    mails = select(said.attributes).where(said.person == who, said.channel == "mail", said.attributes.is_not(None))
    told = [json.loads(each) for each in connection.execute(mails).scalars()]
    found = {mail(contacts), *(str(each.get("from") or "") for each in told if isinstance(each, dict))}
    return sorted({called(parseaddr(each)[1].casefold()) for each in found if "@" in each} - {who})


def returned(store: Any, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Notes what programs wrote of mails of ours, each once; those that are about none of ours come back.

    What did not arrive is told on the outbox, its invitation is no unanswered one, and its conversation is open again.
    """
    stray = []
    for row in rows:
        with store.record.writing() as connection:
            left = dict(_left(connection, row["about"]))
            ids = [found[1] for each in row["about"] if each in left and (found := _OURS.fullmatch(each))]
            if not ids:
                stray.append(dict(row))
                continue
            sent = connection.execute(select(outbox).where(outbox.c.id == ids[0])).mappings().one()
            if row["what"] == "failed":
                _failed(store, connection, dict(sent), row)
            if row["what"] in _WORDS:
                _noted(store, connection, dict(sent), row)
    return stray


def _failed(store: Any, connection: Connection, sent: Row, row: Mapping[str, Any]) -> None:
    said = {"state": "failed", "error": f"it came back: {row['text']}"[:1000]}
    connection.execute(update(outbox).where(outbox.c.id == sent["id"]).values(said))
    if sent["key"].startswith(_INVITED):
        own = invitation.c
        asked = (own.id == sent["key"][len(_INVITED) :]) & own.answered_at.is_(None)
        connection.execute(update(invitation).where(asked).values(returned_at=store.now, silent_at=None))


def _noted(store: Any, connection: Connection, sent: Row, row: Mapping[str, Any]) -> None:
    """A note in the conversation of an answer of ours, once."""
    wrote = connection.execute(select(message).where(message.c.outbox == sent["id"])).mappings().first()
    id = sha256(row["id"].encode()).hexdigest()[:16]
    if wrote is None or connection.execute(select(message.c.id).where(message.c.id == id)).first() is not None:
        return
    text = _WORDS[row["what"]].format(says=row["text"] or "it says no more")
    made = {name: wrote[name] for name in ("conversation", "unit", "person")}
    made |= {"id": id, "kind": "note", "account": "", "text": text, "created_at": _when(store, row), "sent_at": None}
    connection.execute(insert(message), made | {"state": row["what"], "outbox": None, "mentions": []})
    if row["what"] != "failed":
        return
    where = (conversation.c.id == wrote["conversation"]) & (conversation.c.state != "open")
    for talk in connection.execute(select(conversation).where(where)).mappings().all():
        to = {"state": "open", "until": None}
        conversations.changed(store, connection, [dict(talk)], what="returned", to=to, token=id)


def _when(store: Any, row: Mapping[str, Any]) -> Any:
    """When it was written, as far as that can be."""
    at = row["occurred_at"]
    return at if at is not None and store.now - timedelta(days=366) < at <= store.now else store.now
