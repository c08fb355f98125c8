"""Subscribe to mail: the weekly insights, or a word whenever a note names you."""

from __future__ import annotations

import secrets
from typing import Any

from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.rules import rhythm, who
from touchstone.store import accounts, telling

WHO = ("insider", "partner")


def act(
    store: Any,
    *,
    what: str = "week",
    weekday: str = "monday",
    hour: int = 7,
    zone: str = "UTC",
    language: str = "en",
    account: str | None = None,
) -> dict[str, Any]:
    """{"subscription": its id}: the page `what` comes by mail, narrowed to what its reader may see; or, as `mentions`,
    a mail whenever a note names them, at once.

    For oneself; an administrator may name another `account`, by its name. `Refused`: the account's name is no mail
    address, or the page is not theirs.
    """
    rhythm.check(weekday=weekday, hour=hour, zone=zone)
    reader = _reader(store, account)
    if what != telling.MENTIONS and not _is_theirs(reader.viewer, what):
        raise Refused(f"there is no page {what!r} for them.", field="what", todo="Write week, or mentions.")
    row = {
        "id": telling.named("subscription", reader.id, what), "account": reader.id,
        "unit": telling.unit_of(reader.viewer), "what": what, "weekday": weekday, "hour": hour, "zone": zone,
        "language": language, "key": secrets.token_urlsafe(24), "created_at": store.now, "sent_at": None,
        "ended_at": None, "reason": "",
    }  # fmt: skip
    if telling.keep(store, "subscription", row):
        store.log("subscription.make", subscription=row["id"], account=reader.id)
    else:
        known = telling.get(store, "subscription", row["id"]) or row
        new = {name: row[name] for name in ("weekday", "hour", "zone", "language") if row[name] != known[name]}
        if new:
            telling.change(store, "subscription", known, **new)
    return {"subscription": row["id"]}


def _is_theirs(viewer: Viewer, page: str) -> bool:
    return page in finder.names("show") and who.may(viewer, who=finder.part("show", page).WHO)


def _reader(store: Any, account: str | None) -> accounts.Account:
    """The account that is to be sent it."""
    own = accounts.get(store, id=store.viewer.account)
    found = accounts.find(store, name=account) if account else own
    if account and found != own and not who.may(store.viewer, who=("administrator",)):
        found = None
    if found is None or found.closed:
        raise Refused("there is no such account.", field="account", todo="Name an account, as an administrator.")
    if "@" not in found.name:
        raise Refused("this account's name is no mail address.", field="account", todo="Open one named by an address.")
    return found
