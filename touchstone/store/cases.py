"""Cases in the record: opened once a conversation, changed by one at a time, with every step kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from touchstone.core.errors import Refused
from touchstone.core.viewer import SHORT, Viewer
from touchstone.store import _narrow, accounts, live, reach, tables
from touchstone.store._live_cases import case as cases
from touchstone.store._live_cases import case_step as steps
from touchstone.store._live_cases import promise as promises
from touchstone.store._live_conversation import conversation as talks

Row = dict[str, Any]


def conversation(store: Any, *, id: str) -> Row | None:
    """The last interaction of a customer in the conversation `id`, or the interaction of this id; None: neither."""
    own = tables.interaction.c
    with store.record.reading() as connection:
        found = connection.execute(select(tables.interaction).where(own.id == id)).mappings().first()
    if found is not None:
        return dict(found)
    latest = "select id from interaction where thread = ? order by level <> 'employee' desc, seq desc limit 1"
    ids = store.ask().lake(latest, [id])["id"].to_pylist()
    return conversation(store, id=ids[0]) if ids else None


def add(store: Any, row: Mapping[str, Any], *, note: str) -> tuple[Row, bool]:
    """The case of this row's conversation, and whether it is new: a conversation has one."""
    id = sha256(f"case {row['conversation']}".encode()).hexdigest()[:16]
    fresh = {
        **row, "id": id, "stage": "received", "opened_at": store.now, "answered_at": None, "closed_at": None,
        "reopened": 0, "escalated": 0, "asked_at": None, "asked": None, "version": 1,
    }  # fmt: skip
    try:
        with store.record.writing() as connection:
            if (known := _row(connection, id)) is not None:
                return known, False
            connection.execute(insert(cases), fresh)
            _step(store, connection, fresh, "opened", note)
    except IntegrityError:  # opened by another process at the same moment
        return find(store, id=id), False
    return fresh, True


def find(store: Any, *, id: str) -> Row:
    """The case; `Refused` in the same words whether it is not there or not the viewer's."""
    with store.record.reading() as connection:
        row = _row(connection, id)
    if row is None:
        raise Refused("there is no such case.", where="case", field="case", todo="Look at its address.")
    reach.check(store, row["unit"], what="case")
    return row


def change(store: Any, row: Row, *, what: str, note: str = "", version: int | None = None, **columns: Any) -> Row:
    """The case after `columns` were changed, with the step kept.

    `Refused` where somebody changed it since `row` was read (or since `version`, which a page brings along).
    """
    seen = row["version"] if version is None else version
    after = row | columns | {"version": seen + 1}
    with store.record.writing() as connection:
        if not live.change(connection, cases, row | {"version": seen}, **columns):
            raise Refused(_meanwhile(connection, row["id"]), field="version", todo="Look at the case again.")
        _step(store, connection, after, what, note)
    return after


def overdue(store: Any, *, most: int) -> list[Row]:
    """Open cases that are overdue and not yet told to everybody, those due first."""
    wanted = select(cases).where(cases.c.due_at < store.now, cases.c.escalated < 2)
    with store.record.reading() as connection:
        rows = connection.execute(wanted.order_by(cases.c.due_at, cases.c.id).limit(most)).mappings()
        return [dict(row) for row in rows]


def promised(store: Any, row: Row, *, what: str, due_at: datetime) -> str:
    """The id of the promise kept; the same one made twice is one."""
    id = sha256(f"{row['id']} {what} {due_at.isoformat()}".encode()).hexdigest()[:16]
    made = {
        "id": id, "case": row["id"], "person": row["person"], "unit": row["unit"], "account": store.viewer.account,
        "what": what, "made_at": store.now, "due_at": due_at, "kept": None, "kept_at": None,
    }  # fmt: skip
    with store.record.writing() as connection:
        if connection.execute(select(promises.c.seq).where(promises.c.id == id)).first() is None:
            connection.execute(insert(promises), made)
    return id


def settled(store: Any, *, id: str, kept: bool) -> Row:
    """The promise, kept or broken; `Refused` where there is none, it is not the viewer's, or it was settled."""
    with store.record.reading() as connection:
        row = connection.execute(select(promises).where(promises.c.id == id)).mappings().first()
    if row is None:
        raise Refused("there is no such promise.", where="promise", field="promise", todo="Look at its case.")
    reach.check(store, row["unit"], what="promise")
    open_one = (promises.c.id == id) & promises.c.kept.is_(None)
    with store.record.writing() as connection:
        done = connection.execute(update(promises).where(open_one).values(kept=kept, kept_at=store.now)).rowcount
    if not done and bool(row["kept"]) != kept:
        told = "kept" if row["kept"] else "broken"
        raise Refused(f"this promise was said to be {told}.", field="kept", todo="Make another one.")
    return dict(row)


def _row(connection: Connection, id: str) -> Row | None:
    row = connection.execute(select(cases).where(cases.c.id == id)).mappings().first()
    return None if row is None else dict(row)


def _step(store: Any, connection: Connection, row: Mapping[str, Any], what: str, note: str) -> None:
    step = {
        "case": row["id"], "person": row["person"], "unit": row["unit"], "at": store.now,
        "account": store.viewer.account or None, "what": what, "stage": row["stage"], "note": note,
    }  # fmt: skip
    connection.execute(insert(steps), step)


def _meanwhile(connection: Connection, id: str) -> str:
    """What somebody else did last."""
    wanted = select(steps, tables.account.c.name).outerjoin(tables.account, tables.account.c.id == steps.c.account)
    last = connection.execute(wanted.where(steps.c.case == id).order_by(steps.c.seq.desc()).limit(1)).mappings().first()
    if last is None:
        return "there is no such case any more."
    return f"{last['name'] or 'somebody else'} was faster: the case was {last['what']} and is {last['stage']}."


def account(store: Any, *, named: str, unit: str | None) -> Any:
    """The open account of this name or id, if the unit is theirs to work on; else `Refused`."""
    found = accounts.find(store, name=named) or accounts.get(store, id=named)
    if found is None or found.closed or not reach.reaches(store.as_viewer(found.viewer), unit):
        todo = "Name an account that sees this unit."
        raise Refused(f"{named!r} cannot own this case.", field="owner", todo=todo)
    return found


def told(store: Any, *, unit: str | None, level: int, owner: str | None) -> list[str]:
    """Names of the accounts that an overdue case is told to: its owner, then whoever leads the partner, or the house.

    Where no partner's administrator sees the unit, administrators hear of it at once.
    """
    open_ones = select(tables.account).where(tables.account.c.disabled.is_(False))
    with store.record.reading() as connection:
        rows = connection.execute(open_ones.order_by(tables.account.c.name)).mappings().all()
        leads = [
            row["name"]
            for row in rows
            if SHORT.get(row["role"], row["role"]) == "partner_administrator"
            and unit in _narrow.allowed(connection, Viewer(row["role"], tuple(row["units"])))
        ]
    heads = [row["name"] for row in rows if SHORT.get(row["role"], row["role"]) == "administrator"]
    own = [row["name"] for row in rows if row["id"] == owner and level == 1]
    return list(dict.fromkeys([*own, *((leads or heads) if level == 1 else heads)]))


def parents(store: Any, unit: str | None) -> list[str]:
    """A unit and the units above it, the nearest first."""
    found: list[str] = []
    with store.record.reading() as connection:
        while unit and unit not in found:
            found.append(unit)
            unit = connection.execute(select(tables.unit.c.parent).where(tables.unit.c.id == unit)).scalar()
    return found


def language(store: Any, row: Row) -> str:
    """The language in which the customer spoke; empty where it is not known."""
    wanted = select(talks.c.language).where(talks.c.id == row["conversation"])
    with store.record.reading() as connection:
        return str(connection.execute(wanted).scalar() or "")
