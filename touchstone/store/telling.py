"""What people want to be told, kept: rules, alerts, subscriptions, schedules; each row changed by one at a time."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.exc import IntegrityError

from touchstone.core.errors import Refused
from touchstone.core.viewer import INSIDER, Viewer
from touchstone.store import accounts, live, reach, tables
from touchstone.store._live_telling import alert, rule, schedule, subscription

MENTIONS = "mentions"
"""What is subscribed to that is no page: a mail whenever a note names you."""
KINDS = {"rule": rule, "alert": alert, "subscription": subscription, "schedule": schedule}


def question(kind: str) -> Select[Any]:
    """Everything of a kind (rule, alert, …) as a question, the newest first: pages ask it as their viewer."""
    table = KINDS[kind]
    begun = table.c.since if kind == "alert" else table.c.created_at
    return select(table).order_by(begun.desc(), table.c.id)


def standing(store: Any, kind: str, *, by: datetime | None = None, rule: str = "") -> list[dict[str, Any]]:
    """What has not ended, in order of id; of schedules those due `by` an instant, of alerts those of a `rule`."""
    table = KINDS[kind]
    wanted = select(table).where((table.c.over_at if kind == "alert" else table.c.ended_at).is_(None))
    if by is not None:
        wanted = wanted.where(table.c.due_at <= by)
    if rule:
        wanted = wanted.where(table.c.rule == rule)
    with store.record.reading() as connection:
        return [dict(row) for row in connection.execute(wanted.order_by(table.c.id)).mappings()]


def get(store: Any, kind: str, id: str) -> dict[str, Any] | None:
    """One row; None where there is none."""
    table = KINDS[kind]
    with store.record.reading() as connection:
        row = connection.execute(select(table).where(table.c.id == id)).mappings().first()
    return None if row is None else dict(row)


def keep(store: Any, kind: str, row: Mapping[str, Any]) -> bool:
    """Keeps a new row; one that has ended stands again. False, with nothing done, where it stands already."""
    table = KINDS[kind]
    known = get(store, kind, row["id"])
    if known is not None:
        return known.get("ended_at") is not None and change(store, kind, known, **{**row, "ended_at": None})
    try:
        with store.record.writing() as connection:
            connection.execute(insert(table), {**row, "version": 1})
    except IntegrityError:  # the same, at the same moment
        return False
    return True


def change(store: Any, kind: str, row: Mapping[str, Any], /, **columns: Any) -> bool:
    """Whether the row was changed: it is not where somebody else changed it since it was read."""
    with store.record.writing() as connection:
        return live.change(connection, KINDS[kind], row, **columns)


def theirs(store: Any, kind: str, id: str) -> dict[str, Any]:
    """The row, where it is the viewer's to change: an administrator's any, else one's own or one's units'.

    `Refused` in the same words whether it is there or not.
    """
    row = get(store, kind, id)
    viewer = store.viewer
    mine = row is not None and (viewer.account or None) == row.get("account", "")
    if row is not None and viewer.side == "partner":
        reach.check(store, row["unit"], what=kind)
    elif row is None or not (mine or viewer.side == "insider"):
        raise Refused(f"there is no such {kind}.", field=kind, todo="Look at the page Alerts.")
    if kind in ("subscription", "schedule") and not (mine or viewer.role in ("administrator", "insider")):
        raise Refused(f"this {kind} is another's.", field=kind, todo="Ask them, or an administrator.")
    return row


def end(store: Any, kind: str, id: str, *, reason: str) -> dict[str, Any]:
    """{kind: its id}, ended from now on. `Refused`: it has ended, or is not the viewer's."""
    row = theirs(store, kind, id)
    if row["ended_at"] is not None:
        raise Refused("it has ended already.", field=kind, todo="Make it again to have it back.")
    change(store, kind, row, ended_at=store.now, reason=reason)
    store.log(f"{kind}.end", **{kind: id})
    return {kind: id}


def viewer_of(store: Any, account: str | None) -> Viewer | None:
    """As whom something is done for an account, by its rights now; None where it is closed. No account: the machine."""
    if not account:
        return INSIDER
    found = accounts.get(store, id=account)
    return None if found is None or found.closed else found.viewer


def address_of(store: Any, account: str) -> str:
    """Where mail to an account goes; empty where its name is no address."""
    found = accounts.get(store, id=account)
    return found.name if found is not None and "@" in found.name else ""


def unit_of(viewer: Viewer) -> str | None:
    """The unit whose colleagues may see and end what this viewer made; None for everyone inside."""
    return viewer.units[0] if viewer.side == "partner" and viewer.units else None


def by_link(store: Any, link: str) -> dict[str, Any] | None:
    """The subscription that a link in its mail ends; None where the link is not ours."""
    id, _, key = link.partition(".")
    row = get(store, "subscription", id)
    return row if row is not None and hmac.compare_digest(row["key"].encode(), key.encode()) else None


def leave(store: Any, link: str) -> bool:
    """Ends the subscription of a link; False where the link is not ours."""
    row = by_link(store, link)
    if row is None:
        return False
    if row["ended_at"] is None and change(store, "subscription", row, ended_at=store.now, reason="ended by its mail"):
        store.log("subscription.end", subscription=row["id"])
    return True


def told_since(store: Any, rules: Collection[str], since: datetime) -> int:
    """How many alerts of these rules were told since an instant."""
    wanted = select(alert.c.id).where(alert.c.rule.in_(list(rules)), alert.c.told_at >= since)
    with store.record.reading() as connection:
        return len(connection.execute(wanted).all())


def moved(store: Any) -> str:
    """A mark that changes whenever the home's figures may have."""
    names = ("lake_version", "seq")
    with store.record.reading() as connection:
        rows = connection.execute(select(tables.setting).where(tables.setting.c.name.in_(names))).all()
    return " ".join(f"{row.name}={row.value}" for row in sorted(rows, key=lambda each: str(each.name)))


def named(*parts: Any) -> str:
    """The id of what is the same wherever these parts are."""
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]


def units(store: Any, ids: Iterable[str]) -> dict[str, str]:
    """What those of the ids that are units are called."""
    own = tables.unit.c
    wanted = select(own.id, own.name).where(own.id.in_(sorted(set(ids))), own.name.is_not(None))
    with store.record.reading() as connection:
        return {row.id: row.name for row in connection.execute(wanted)}
