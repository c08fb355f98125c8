"""Conversations: kept as the journey hears them, read one by one or a page at a time, changed by people together."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, and_, case, insert, select, update

from touchstone.core.errors import Refused
from touchstone.store import _narrow, notices, tables
from touchstone.store._live_conversation import conversation
from touchstone.store._live_message import step
from touchstone.store._many import parts
from touchstone.store._record import put

AT_ONCE = 20_000  # rows of one transaction: who waits to write waits a second
MOST = 1_000  # conversations changed at once
HEARD = "conversations"  # the choice that says up to which seq was heard
Row = dict[str, Any]


def heard_upto(store: Any) -> int:
    """The seq of the last interaction that conversations were made of."""
    return int(store.chosen(HEARD) or 0)


def keep(store: Any, rows: pa.Table, *, upto: int) -> None:
    """Writes conversations as they are heard now; what people made of them stays, but a new word reopens.

    One that nobody took and that was answered elsewhere is closed; whose it is, is told of the new word. Done twice, it
    does what once does.
    """
    for start in range(0, len(rows), AT_ONCE):
        some = rows.slice(start, AT_ONCE).to_pylist()
        with store.record.writing() as connection:
            notices.answered(connection, some, at=store.now)
            connection.execute(_kept(connection), [_new(row) for row in some])
    with store.record.writing() as connection:
        put(connection, tables.setting, [{"name": HEARD, "value": str(upto)}], key="name")


def _new(row: Row) -> Row:
    answered = row["answered_at"] is not None and row["answered_at"] >= row["heard_at"]
    return row | {"state": "closed" if answered else "open", "until": None, "owner": None, "version": 0}


def _kept(connection: Connection) -> Any:
    """The statement that inserts a conversation, or brings the one there to what was heard since."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    made = dialect.insert(conversation)
    was, now = conversation.c, made.excluded
    theirs = ("state", "until", "owner", "version", "id", "answered_at")
    answered = case(
        (was.answered_at.is_(None), now.answered_at), (now.answered_at > was.answered_at, now.answered_at),
        else_=was.answered_at,
    )  # fmt: skip
    mine = and_(was.state == "open", was.owner.is_(None))
    wakes = and_(now.heard_at > was.heard_at, now.state == "open")
    return made.on_conflict_do_update(
        index_elements=["id"],
        set_={each.name: now[each.name] for each in was if each.name not in theirs}
        | {
            "answered_at": answered,
            "state": case((wakes, "open"), (and_(mine, now.state == "closed"), "closed"), else_=was.state),
            "until": case((wakes, None), else_=was.until),
            "version": was.version + case((wakes, 1), else_=0),
        },
    )


def find(store: Any, *, id: str) -> Row:
    """The conversation of this id; `Refused` where there is none, or none that the viewer reaches."""
    with store.record.reading() as connection:
        return _reached(store, connection, [id])[0]


def several(store: Any, *, ids: Sequence[str]) -> list[Row]:
    """The conversations of these ids; `Refused` as `find`."""
    with store.record.reading() as connection:
        return _reached(store, connection, ids)


def locked(store: Any, connection: Connection, id: str) -> Row:
    """The conversation of this id within the caller's writing transaction: nobody changes it until that ends."""
    return _reached(store, connection, [id])[0]


def change(
    store: Any, *, ids: Sequence[str], what: str, to: Mapping[str, Any], when: Sequence[str] = ()
) -> tuple[str, int]:
    """Makes conversations say `to`, those in one of the states `when` (empty: in any): a token to undo it, and how
    many were changed; those that say so already stay as they are.
    """
    token = secrets.token_hex(8)
    with store.record.writing() as connection:
        rows = [row for row in _reached(store, connection, ids) if not when or row["state"] in when]
        rows = [row for row in rows if any(row[name] != value for name, value in to.items())]
        changed(store, connection, rows, what=what, to=to, token=token)
    return token, len(rows)


def changed(
    store: Any, connection: Connection, rows: Sequence[Row], *, what: str, to: Mapping[str, Any], token: str
) -> None:
    """Within the caller's transaction: the rows changed, and each change kept with what was before."""
    own = conversation.c
    for some in parts([row["id"] for row in rows]):
        connection.execute(update(conversation).where(own.id.in_(some)).values(**to, version=own.version + 1))
    if rows:
        connection.execute(insert(step), [_step(store, row, what, token) for row in rows])


def _step(store: Any, row: Row, what: str, token: str) -> Row:
    until = row["until"] and tables.microseconds(row["until"])
    return {
        "change": token, "conversation": row["id"], "unit": row["unit"], "person": row["person"],
        "account": store.viewer.account, "made_at": store.now, "what": what, "version": row["version"] + 1,
        "before": {"state": row["state"], "until": until, "owner": row["owner"]},
    }  # fmt: skip


def undo(store: Any, *, change: str) -> tuple[int, int]:
    """Takes back one's own change: how many conversations are as before, and how many had moved on and stay.

    `Refused` where there is no such change of one's own.
    """
    mine = (step.c.change == change) & (step.c.account == store.viewer.account)
    with store.record.writing() as connection:
        made = {row["conversation"]: dict(row) for row in connection.execute(select(step).where(mine)).mappings()}
        if not made:
            raise Refused("there is no such change of yours.", field="change", todo="It may be too old.")
        rows = _reached(store, connection, list(made))
        back = [row for row in rows if row["version"] == made[row["id"]]["version"]]
        token = secrets.token_hex(8)
        for row in back:
            before = made[row["id"]]["before"]
            at = before["until"]
            until = None if at is None else tables.EPOCH + timedelta(microseconds=at)
            changed(store, connection, [row], what="undo", to={**before, "until": until}, token=token)
    return len(back), len(rows) - len(back)


def _reached(store: Any, connection: Connection, ids: Sequence[str]) -> list[Row]:
    """The rows of `ids`, each once; `Refused` where one is none, or of a unit that the viewer does not reach."""
    wanted = list(dict.fromkeys(ids))
    if not 0 < len(wanted) <= MOST:
        raise Refused(f"1 to {MOST} conversations at once.", field="ids", todo="Choose some of them.")
    found: dict[str, Row] = {}
    for some in parts(wanted):
        rows = connection.execute(select(conversation).where(conversation.c.id.in_(some))).mappings()
        found |= {row["id"]: dict(row) for row in rows}
    if store.viewer.side != "insider":
        units = _narrow.allowed(connection, store.viewer)
        found = {id: row for id, row in found.items() if row["unit"] in units}
    if len(found) < len(wanted):
        raise Refused("there is no such conversation.", field="ids", todo="Open the list anew.")
    return [found[each] for each in wanted]
