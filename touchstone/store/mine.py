"""What a customer asks of what is their own. Their ask narrows it: no question here says whose."""

from __future__ import annotations

import base64
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from touchstone.core.viewer import INSIDER
from touchstone.store import _narrow, attachments, persons, tables
from touchstone.store._live_cases import case, promise
from touchstone.store._live_message import attachment, message
from touchstone.store._live_surveys import invitation, survey

Asked = Select[Any]
Row = dict[str, Any]
_MOST = 50


def known() -> Asked:
    """Who they are."""
    return select(tables.person)


def words(*, most: int, skip: int) -> Asked:
    """What they said and did, the latest first."""
    own = tables.interaction.c
    wanted = select(tables.interaction).order_by(own.occurred_at.desc().nulls_last(), own.seq.desc())
    return wanted.limit(most).offset(skip)


def count(ask: Any, *, source: str = "", days: float = 0.0) -> int:
    """How many things they said and did; by one source, and lately, where that is asked."""
    own = tables.interaction.c
    wanted = select(func.count(own.seq).label("n"))
    wanted = wanted.where(own.source == source) if source else wanted
    wanted = wanted.where(own.received_at > ask.now - timedelta(days=days)) if days else wanted
    return int(ask.record(wanted)[0]["n"])


def texts(ids: Collection[str]) -> Asked:
    """Ids, words and instants of these."""
    own = tables.interaction.c
    return select(own.id, own.text, own.occurred_at, own.received_at).where(own.id.in_(sorted(ids)))


def places() -> Asked:
    """Ids and names of the units they have dealt with."""
    own = tables.unit.c
    return select(own.id, own.name).order_by(own.name, own.id)


def cases() -> Asked:
    """What is done about what they said, the latest first."""
    return select(case).order_by(case.c.opened_at.desc(), case.c.id).limit(_MOST)


def promises() -> Asked:
    """What they were promised, what is due first."""
    return select(promise).order_by(promise.c.due_at, promise.c.id)


def answers(*, since: datetime | None) -> Asked:
    """What was written to them."""
    wanted = select(message).order_by(message.c.created_at.desc(), message.c.seq.desc()).limit(_MOST)
    return wanted if since is None else wanted.where(message.c.created_at >= since)


def files(messages: Collection[str]) -> Asked:
    """Files that came with these answers, or with these words of theirs."""
    own = attachment.c
    return select(own.id, own.message, own.name, own.size, own.media_type).where(own.message.in_(sorted(messages)))


def invitations() -> Asked:
    """Surveys that wait for their answer: each by its link, the latest first."""
    own, asked = invitation.c, survey.c
    wanted = select(own.id, own.unit, own.sent_at, asked.touchpoint, asked.kind).join(survey, asked.id == own.survey)
    return (
        wanted.where(own.answered_at.is_(None), asked.state == "open").order_by(own.sent_at.desc(), own.id).limit(_MOST)
    )


def everything(store: Any) -> Row:
    """All that a customer's own store reads, table by table, and what was understood of their words.

    What is hidden from them (who worked on it, say) is left out.
    """
    ask, found = store.ask(), {}
    for name, rule in _narrow.MINE.items():
        rows = ask.record(select(tables.metadata.tables[name]))
        found[name] = [{key: value for key, value in row.items() if key not in rule.masked} for row in rows]
    for row in found["attachment"]:
        opened = attachments.opened(store, id=row["id"])
        row["content"] = base64.b64encode(opened[1]).decode("ascii") if opened else None
    ids, house = [row["id"] for row in found["interaction"]], store.as_viewer(INSIDER).ask()
    for name in persons.ABOUT:
        sql = f"select * from {name} where list_contains(?, interaction) order by id"
        found[name] = house.lake(sql, [ids]).to_pylist()
    return found
