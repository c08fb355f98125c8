"""A customer whom the desk answered with a file, and for whom it drafts another answer with one."""

from __future__ import annotations

from typing import Any

from touchstone.act import _journey
from touchstone.core.upload import packed
from touchstone.store._live_conversation import conversation


def attached(home: Any, *, who: str, name: str, bill: str) -> None:
    """Makes conversations of what was said, and files of `bill` in the first of theirs, one under `name`."""
    _journey.STEPS["converse"](home.store)
    row = home.ask().record(conversation.select().where(conversation.c.person == who).limit(1))[0]
    files = [packed("bill.txt", bill.encode())]
    home.act("message.reply", conversation=row["id"], text="Here it is.", version=row["version"], files=files)
    home.act("message.attach", conversation=row["id"], files=[packed(f"{name}.csv", f"{bill};0".encode())])
