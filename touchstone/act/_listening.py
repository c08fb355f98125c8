"""Listening to a source, as every action does it: what it needs of the home is handed to it, what it brings is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.store import attachments, letters


def heard(
    store: Any,
    *,
    source: str,
    target: str | None = None,
    columns: dict[str, str] | None = None,
    chosen: dict[str, str] | None = None,
    tools: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What arrived, as `listen` tells it; `tools` are further settings that are no texts."""
    source, target = _table_when_a_file(source, target)
    settings = _settings(source, target, columns, dict(chosen or {}))
    if store.viewer.account:
        _keep_off_files(source, settings)
    seen: list[dict[str, Any]] = []
    rows: list[int] = []
    rejects = _Rejects(store, name=target or source)
    known = finder.settings("listen", source)
    given = {"reject": rejects.add, "seen": seen.extend, "counted": rows.append, "now": store.now}
    given |= {"taxonomy": store.taxonomy, "address": store.settings.imap}
    settings = {name: tool for name, tool in given.items() if name in known} | settings
    settings |= {name: tool for name, tool in _own(store, settings, source, tools).items() if name in known}
    arrived = store.append(_batches(store, finder.verb("listen", source)(**settings), rejects))
    rejects.flush()
    outcome = {"source": source, "new": arrived.new, "changed": arrived.changed, "same": arrived.same}
    read = sum(rows) if rows else sum((arrived.new, arrived.changed, arrived.same, rejects.count))
    return outcome | {"rows": read, "rejected": rejects.count, "columns": seen}


def _own(store: Any, settings: dict[str, Any], source: str, tools: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the home alone decides, whatever was asked for: which hosts may be reached, say."""
    knows = letters.knows(store, settings.get("source", source))
    return {"own": store.settings.mail_from, "allowed": store.settings.outgoing_hosts, "knows": knows} | dict(
        tools or {}
    )


def _keep_off_files(source: str, settings: dict[str, Any]) -> None:
    known = finder.settings("listen", source)
    if any("Path" in str(known[name].annotation) for name in settings):
        todo = "Run `touchstone listen` there, or send the interactions."
        raise Refused("files of the machine are read at the machine alone.", field="target", todo=todo)


class _Rejects:
    """Gathers rejected rows and hands them to the store a thousand at a time."""

    def __init__(self, store: Any, *, name: str) -> None:
        self.store, self.name, self.count = store, Path(name).stem, 0
        self.rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        self.count += 1
        self.rows.append({"source": self.name} | row)
        if len(self.rows) >= 1000:
            self.flush()

    def flush(self) -> None:
        if self.rows:
            self.store.rejected(self.rows)
        self.rows = []


def _table_when_a_file(source: str, target: str | None) -> tuple[str, str | None]:
    if source in finder.names("listen"):
        return source, target
    if target is None and Path(source).exists():
        return "table", source
    known = ", ".join(finder.names("listen"))
    raise Refused(f"{source!r} is neither a source nor a file.", field="source", todo=f"Sources: {known}.")


def _settings(
    source: str, target: str | None, columns: dict[str, str] | None, chosen: dict[str, str]
) -> dict[str, Any]:
    """The source's settings: `target` goes to its `path` (or `url`), `map` to its `map`, the rest by name."""
    known = finder.settings("listen", source)
    if target is not None:
        place = next((name for name in ("path", "url") if name in known), None)
        if place is None:
            raise Refused(f"{source} reads no file or address.", field="target", todo="Leave the target out.")
        chosen[place] = target
    direct = {name: value for name, value in chosen.items() if name in known}
    overrule = {name: value for name, value in chosen.items() if name not in known}
    if overrule and "set" not in known:
        finder.arguments("listen", source, overrule)  # refuses, naming the settings there are
    settings = finder.arguments("listen", source, direct)
    if overrule:
        settings["set"] = overrule
    if columns:
        if "map" not in known:
            raise Refused(f"{source} has no columns to map.", field="map", todo="Leave the map out.")
        settings["map"] = columns
    return settings


def _batches(store: Any, arriving: Any, rejects: _Rejects) -> Iterator[pa.Table]:
    """The interaction batches; what comes along beside them is kept on the way."""
    for item in arriving:
        if not isinstance(item, tuple):
            yield item
            continue
        name, rows = item
        if name == "enclosed":
            for each in attachments.arrived(store, rows.to_pylist()):
                rejects.add({"row": each["message_id"], "reason": each["reason"], "record": {"file": each["name"]}})
        elif name == "returned":
            for each in letters.returned(store, rows.to_pylist()):
                reason = f"a program wrote it ({each['what']}), and about no mail of ours"
                rejects.add({"row": each["id"], "reason": reason, "record": {"text": each["text"]}})
        else:
            store.put(name, rows)
