"""Mail that people wrote to us: a mailbox over IMAP, or a mail, an mbox, a Maildir, a folder of mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from touchstone.core import post
from touchstone.core.errors import Skip
from touchstone.core.tables import ENCLOSED, PERSON, RETURNED
from touchstone.listen import _dates, _mail_boxes, _mail_letter, _mail_rows, _mail_server

_BATCH, _BYTES = 200, 32 << 20


def listen(
    *,
    path: str | Path | None = None,
    address: str = "",
    days: float = 14.0,
    after: str = "",
    unit: str | None = None,
    source: str = "mail",
    own: str = "",
    allowed: str = "",
    knows: post.Knows | None = None,
    reject: Callable[[dict[str, Any]], None] | None = None,
    counted: Callable[[int], None] | None = None,
    reached: Callable[[str], None] | None = None,
    since: datetime | None = None,
    now: datetime | None = None,
) -> Iterator[list[dict[str, Any]] | tuple[str, pa.Table]]:
    """The mails as interactions of `kind` message, in lists; before them `("person", …)` and `("enclosed", …)`, their
    writers and files; `("returned", …)` is what programs wrote of mail of ours.

    `path`, else the mailbox at `address` (imaps://user:password@host/FOLDER): what came in the last `days`, and `after`
    the mark that `reached` was told the last time. `unit` is who the mailbox belongs to, `own` our address. Nothing is
    marked, moved or deleted there.
    """
    now, since = now or datetime.now(UTC), _dates.aware(since)
    asked, rejecting = knows or post.nothing, reject or _nowhere
    rows = _mail_rows.Rows(source=source, unit=unit, own=own, reject=rejecting)
    if path:
        mails = _mail_boxes.read(Path(path))
    else:
        first = now - timedelta(days=days) if since is None else since
        hosts = [each.strip() for each in allowed.split(",") if each.strip()]
        box = _mail_server.Mailbox(address, hosts, lambda ids: asked(ids, ()).kept, reached or _nowhere)
        mails = box.read(since=first, after=after)
    for letters in _letters(mails, now, rejecting, counted or _nowhere):
        wanted = [each for each in letters if since is None or each.at is None or each.at >= since]
        yield from _told(rows.of(wanted, asked))


def _told(said: _mail_rows.Said) -> Iterator[list[dict[str, Any]] | tuple[str, pa.Table]]:
    """What a few letters come to, as a source gives it out."""
    beside = (("person", said.persons, PERSON), ("enclosed", said.enclosed, ENCLOSED))
    yield from ((name, pa.Table.from_pylist(rows, schema=schema)) for name, rows, schema in beside if rows)
    if said.interactions:
        yield said.interactions
    if said.returned:
        yield "returned", pa.Table.from_pylist(said.returned, schema=RETURNED)


def _letters(
    mails: Iterator[tuple[str, bytes]], now: datetime, reject: Callable[[dict[str, Any]], None],
    counted: Callable[[int], None],
) -> Iterator[list[_mail_letter.Letter]]:  # fmt: skip
    """The mails that can be read, in lists that are not too large."""
    held: list[_mail_letter.Letter] = []
    size = 0
    for place, raw in mails:
        counted(1)
        try:
            held.append(_mail_letter.read(raw, now=now))
        except Skip as why:
            reject({"row": place, "reason": str(why), "record": {"begins": raw[:500].decode("utf-8", "replace")}})
            continue
        size += len(raw)
        if len(held) >= _BATCH or size > _BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _nowhere(_told: Any) -> None:
    """Where rejected mails and counts go when nobody asks for them."""
