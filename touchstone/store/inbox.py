"""The questions that the inbox's pages put to the record, as selects: each viewer's own rows answer them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from touchstone.rules import inbox
from touchstone.store import tables
from touchstone.store._live_conversation import conversation
from touchstone.store._live_message import attachment, canned, message, notice, step, view

_OWN = conversation.c
_SAME = ("unit", "channel", "touchpoint", "language", "kind")
Question = Select[Any]


def ids(chosen: Mapping[str, str], *, account: str, now: datetime, limit: int) -> Question:
    """A page of ids, in order: answered from one index, whatever it is narrowed to."""
    by, latest = order(chosen), chosen.get("sort") == "latest"
    ordered = (by.desc(), _OWN.id.desc()) if latest else (by, _OWN.id)
    behind = _behind(by, chosen.get("after", ""), latest)
    wanted = select(_OWN.id, by.label("at")).where(_where(chosen, account, now), *behind)
    return wanted.order_by(*ordered).limit(limit)


def count(chosen: Mapping[str, str], *, account: str, now: datetime, limit: int) -> Question:
    """How many there are, as `n`, counted up to `limit`."""
    some = select(_OWN.id).where(_where(chosen, account, now)).limit(limit).subquery()
    return select(func.count().label("n")).select_from(some)


def order(chosen: Mapping[str, str]) -> Any:
    """The column the list goes by."""
    return _OWN.heard_at if chosen.get("sort") == "latest" else _OWN.pressing_at


def _where(chosen: Mapping[str, str], account: str, now: datetime) -> ColumnElement[bool]:
    state, owner = chosen.get("state", "open"), chosen.get("owner", "")
    kept = "open" if state == "snoozed" else state
    parts: list[ColumnElement[bool]] = [_OWN.state == kept] if kept in inbox.STATES else []
    if state == "snoozed":
        parts.append(_OWN.until > now)
    elif state == "open":
        parts.append(or_(_OWN.until.is_(None), _OWN.until <= now))
    if owner:
        parts.append(_OWN.owner.is_(None) if owner == "none" else _OWN.owner == (account if owner == "me" else owner))
    parts += [_OWN[name] == value for name in _SAME if (value := chosen.get(name))]
    if urgency := chosen.get("urgency"):
        parts.append(_OWN.urgency >= float(urgency))
    return and_(true(), *parts)


def _behind(by: Any, after: str, latest: bool) -> list[ColumnElement[bool]]:
    """Where the page begins: behind the last line of the one before, by what the list goes by and then by id."""
    at, _, id = after.partition(" ")
    if not at.isdecimal() or not at.isascii() or len(at) > 17:
        return []
    instant = tables.EPOCH + timedelta(microseconds=int(at))
    if latest:
        return [by <= instant, or_(by < instant, _OWN.id < id)]
    return [by >= instant, or_(by > instant, _OWN.id > id)]


def rows(some: Iterable[str]) -> Question:
    """The conversations of these ids."""
    return select(conversation).where(_OWN.id.in_(list(some)))


def messages(id: str) -> Question:
    """What was written in a conversation, in order."""
    return select(message).where(message.c.conversation == id).order_by(message.c.seq)


def files(id: str) -> Question:
    """The files that go with what was written in a conversation."""
    own = attachment.c
    return select(attachment).where(own.conversation == id).order_by(own.message, own.id)


def notices(account: str, limit: int) -> Question:
    """Notes that name an account and that it has not seen yet, the latest first."""
    own = notice.c
    wanted = select(notice).where(own.account == account, own.seen_at.is_(None))
    return wanted.order_by(own.created_at.desc(), own.id).limit(limit)


def steps(id: str) -> Question:
    """What people made of a conversation, in order."""
    return select(step).where(step.c.conversation == id).order_by(step.c.seq)


def last_step(account: str) -> Question:
    """What an account did last."""
    return select(step).where(step.c.account == account).order_by(step.c.seq.desc()).limit(1)


def changed(token: str) -> Question:
    """With how many conversations something was done at once, as `n`."""
    return select(func.count().label("n")).select_from(step).where(step.c.change == token)


def views(account: str) -> Question:
    """An account's views, by name."""
    return select(view).where(view.c.account == account).order_by(view.c.name)


def answers(limit: int) -> Question:
    """Answers kept for again, by name."""
    return select(canned).order_by(canned.c.name).limit(limit)


def colleagues(limit: int) -> Question:
    """Ids and names of the first open accounts inside the house."""
    own = tables.account.c
    inside = and_(own.disabled.is_(False), own.role.not_like("partner%"), own.role.not_in(("customer", "outsider")))
    return select(own.id, own.name).where(inside).order_by(own.name).limit(limit)


def news(id: str = "") -> list[Question]:
    """What changes when a conversation (without `id`: any) does; each gives one row, `at`, or none."""
    wanted = [select(table.c.seq.label("at")).order_by(table.c.seq.desc()).limit(1) for table in (step, message)]
    if not id:
        return [*wanted[:1], select(_OWN.heard_at.label("at")).where(_OWN.state == "open")
                .order_by(_OWN.heard_at.desc()).limit(1)]  # fmt: skip
    own = [each.where(table.c.conversation == id) for each, table in zip(wanted, (step, message), strict=True)]
    return [*own, select(_OWN.version.label("at")).where(_OWN.id == id)]
