"""Fields for the actions of the inbox, so that the laws can do each twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from touchstone.act._converse import converse
from touchstone.core.upload import packed
from touchstone.store import conversations


def _conversation(home: Any) -> str:
    """A conversation by mail."""
    said = {"source": "mail", "source_id": "<1@x>", "kind": "message", "channel": "mail", "level": "end_customer"}
    home.store.append([[said | {"thread": "asked", "text": "Where is my car?", "occurred_at": home.store.now}]])
    home.store.derive()
    converse(home.store)
    return "asked"


def _talked(home: Any, **fields: Any) -> dict[str, Any]:
    return {"ids": [_conversation(home)], **fields}


def _closed(home: Any) -> dict[str, Any]:
    home.act("conversation.reopen", **_talked(home))
    return {"change": home.act("conversation.close", **_talked(home))["undo"]}


def _written(home: Any, **fields: Any) -> dict[str, Any]:
    return {"conversation": _conversation(home), "text": "Here it is.", **fields}


def _attached(home: Any, **fields: Any) -> dict[str, Any]:
    return {"conversation": _conversation(home), "files": [packed("bill.pdf", b"%PDF-1.7 41.20")], **fields}


def _version(home: Any) -> int:
    return int(conversations.find(home.store, id=_conversation(home))["version"])


def _answer(_home: Any, _folder: Path) -> dict[str, Any]:
    return {"name": "Thanks", "text": "Thank you, {name}."}


INBOX: dict[str, Callable[[Any, Path], dict[str, Any]]] = {
    "canned.keep": _answer,
    "canned.remove": lambda home, folder: {"canned": home.act("canned.keep", **_answer(home, folder))["canned"]},
    "conversation.assign": lambda home, _folder: _talked(home),
    "conversation.close": lambda home, _folder: _talked(home),
    "conversation.reopen": lambda home, _folder: _talked(home),
    "conversation.snooze": lambda home, _folder: _talked(home, days=2),
    "conversation.take": lambda home, _folder: _talked(home),
    "conversation.undo": lambda home, _folder: _closed(home),
    "message.attach": lambda home, _folder: _attached(home),
    "message.detach": lambda home, _folder: {
        "attachment": home.act("message.attach", **_attached(home))["attachments"][0]
    },
    "message.draft": lambda home, _folder: _written(home),
    "message.note": lambda home, _folder: _written(home),
    "message.reply": lambda home, _folder: _written(home, version=_version(home)),
    "notice.seen": lambda _home, _folder: {},
    "view.keep": lambda _home, _folder: {"name": "Mine", "filters": "owner=me"},
    "view.remove": lambda home, _folder: {"view": home.act("view.keep", name="Passing")["view"]},
}
