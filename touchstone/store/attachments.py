"""Files that go with answers: kept with the draft, sent with the mail, read by who may read the conversation."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from touchstone.core.errors import Refused
from touchstone.core.upload import MOST, Upload, packed
from touchstone.rules import files as rules
from touchstone.store import _files, reach
from touchstone.store._arrive import identify
from touchstone.store._erased import Erased
from touchstone.store._live_message import attachment, message

Row = dict[str, Any]
_OWN = attachment.c


def check(store: Any, uploads: Sequence[Upload]) -> list[tuple[str, str, bytes]]:
    """(name, media type, content) of each; `Refused` where one is no kind of file the settings allow, or too large."""
    wanted = {each.strip().casefold() for each in store.settings.attachment_types.split(",") if each.strip()}
    types = wanted & set(rules.KINDS)
    found = [(each.name, each.plain) for each in uploads]
    _check_size(store, len(found), sum(len(content) for _, content in found))
    return [(*rules.checked(name, content, types=types), content) for name, content in found]


def _check_size(store: Any, count: int, size: int) -> None:
    most = store.settings.attachment_megabytes
    if count > MOST or size > most * 1024 * 1024:
        raise Refused("these are too many files, or too large.", field="files",
                      todo=f"Send {MOST} files and {most} MB at most with one answer.")  # fmt: skip


def attach(
    store: Any, connection: Connection, row: Mapping[str, Any], files: Sequence[tuple[str, str, bytes]]
) -> list[str]:
    """Ids of files kept with the message `row`, within the caller's transaction; the same file is kept with it once."""
    there = {(each["name"], each["digest"]): each for each in _of(connection, row["id"])}
    known = len(there)
    for name, media_type, content in files:
        digest = _files.digest(content)
        made = {"id": secrets.token_hex(8), "name": name, "media_type": media_type, "size": len(content)}
        about = {"message": row["id"], **{each: row[each] for each in ("conversation", "unit", "person")}}
        there.setdefault((name, digest), made | about | {"digest": digest})
    kept = list(there.values())
    _check_size(store, len(kept), sum(each["size"] for each in kept))
    for _, _, content in files:
        _files.keep(store.path, content)
    if kept[known:]:
        connection.execute(insert(attachment), kept[known:])
    return [each["id"] for each in kept]


def arrived(store: Any, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Keeps files that came with interactions (rows of `ENCLOSED`), each once; {"name", "reason"} of those not taken.

    One that is not taken stands there by its name and size alone. What comes with the words of somebody erased is none.
    """
    refused: list[Row] = []
    held: dict[str, list[Row]] = {}
    for row in _unerased(store, rows):
        held.setdefault(identify(row["source"], row["source_id"]), []).append(dict(row))
    for interaction, some in held.items():
        made, taken = [], list[Upload]()
        for place, row in enumerate(some):
            known = row["content"] or b""
            digest = _files.digest(known)
            kept = {"id": _files.digest(f"{interaction} {place} {digest}".encode())[:16], "message": interaction}
            about = {"conversation": row["thread"] or interaction, "unit": row["unit"], "person": row["person"]}
            try:
                ((name, media_type, _),) = check(store, [upload := packed(row["name"], known)])
                check(store, [*taken, upload])
                taken.append(upload)
            except Refused as why:
                refused.append({"name": row["name"], "reason": str(why), "message_id": row["source_id"]})
                name, media_type, digest = rules.plain(row["name"]), "", ""
            made.append(kept | about | {"name": name, "media_type": media_type, "size": len(known), "digest": digest})
        _keep(store, made, [each.plain for each in taken])
    return refused


def _unerased(store: Any, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows less those of somebody erased that do not say they happened after."""
    gone = Erased(store.path).among(row["person"] for row in rows)
    return [
        row for row in rows
        if (at := gone.get(row["person"])) is None or (row["occurred_at"] is not None and row["occurred_at"] > at)
    ]  # fmt: skip


def _keep(store: Any, rows: Sequence[Row], contents: Sequence[bytes]) -> None:
    with store.record.writing() as connection:
        for content in contents:
            _files.keep(store.path, content)
        ids = [row["id"] for row in rows]
        there = set(connection.execute(select(_OWN.id).where(_OWN.id.in_(ids))).scalars())
        if fresh := [row for row in rows if row["id"] not in there]:
            connection.execute(insert(attachment), fresh)


def detach(store: Any, *, id: str) -> str:
    """Takes a file from the viewer's own draft; the conversation. `Refused` where there is none, or it has gone out."""
    account = store.viewer.account
    mine = (_OWN.id == id) & (message.c.id == _OWN.message) & (message.c.kind == "draft")
    wanted = select(attachment).where(mine, message.c.account == account)
    with store.record.writing() as connection:
        row = connection.execute(wanted).mappings().first()
        if row is None:
            raise Refused("there is no such file with a draft of yours.", field="attachment", todo="Look at the page.")
        connection.execute(delete(attachment).where(_OWN.id == id))
        blank = (message.c.id == row["message"]) & (message.c.text == "")
        if not held(connection, row["message"]):
            connection.execute(delete(message).where(blank))
    with store.record.writing() as connection:  # kept until it is certain that nothing names it
        if connection.execute(select(_OWN.id).where(_OWN.digest == row["digest"]).limit(1)).first() is None:
            _files.let_go(store.path, row["digest"])
    return str(row["conversation"])


def held(connection: Connection, draft: str) -> bool:
    """Whether any file hangs on a message."""
    count = select(func.count()).select_from(attachment).where(_OWN.message == draft)
    return bool(connection.execute(count).scalar())


def opened(store: Any, *, id: str) -> tuple[Row, bytes] | None:
    """A file and what is in it, for the viewer; None where there is none, or none for them.

    It opens to whoever reaches the conversation and sees personal data, which nobody can hide within a file; to who
    attached it in any case. A draft's files are its writer's alone.
    """
    by = (message.c.account.label("account"), message.c.kind.label("kind"))
    wanted = select(attachment, *by).outerjoin(message, message.c.id == _OWN.message).where(_OWN.id == id)
    with store.record.reading() as connection:
        found = connection.execute(wanted).mappings().first()
    viewer = store.viewer
    if viewer.side == "customer":
        return _own(store, id)
    if found is None or not reach.reaches(store, found["unit"]):
        return None
    own = bool(viewer.account) and found["account"] == viewer.account
    if not own and (found["kind"] == "draft" or viewer.side != "insider" or not viewer.personal):
        return None
    content = _files.read(store.path, found["digest"])
    return None if content is None else (dict(found), content)


def _own(store: Any, id: str) -> tuple[Row, bytes] | None:
    """A file of an answer to them, or of their own words, for a customer: their ask says which are theirs."""
    ask = store.ask(store.viewer)
    if not ask.record(select(_OWN.id).where(_OWN.id == id)):
        return None
    with store.record.reading() as connection:
        row = dict(connection.execute(select(attachment).where(_OWN.id == id)).mappings().one())
    content = _files.read(store.path, row["digest"])
    return None if content is None else (row, content)


def of_mail(store: Any, *, id: str) -> list[tuple[str, str, bytes]]:
    """(name, media type, content) of the files that go with a mail of the outbox; `Refused` where one is gone."""
    sent = select(message.c.id).where(message.c.outbox == id)
    with store.record.reading() as connection:
        rows = connection.execute(select(attachment).where(_OWN.message.in_(sent)).order_by(_OWN.id)).mappings().all()
    found = [(row["name"], row["media_type"], _files.read(store.path, row["digest"])) for row in rows]
    if any(content is None for _, _, content in found):
        raise Refused("a file that goes with it is gone.", field="files", todo="Attach it again and answer again.")
    return [(name, media_type, content or b"") for name, media_type, content in found]


def _of(connection: Connection, id: str) -> list[Row]:
    return [dict(row) for row in connection.execute(select(attachment).where(_OWN.message == id)).mappings()]
