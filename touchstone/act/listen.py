"""Listen: bring a source's interactions into the home, once each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from touchstone.core import finder
from touchstone.core.errors import Refused

WHO = ("insight",)


def act(
    store: Any,
    *,
    source: str,
    target: str | None = None,
    map: dict[str, str] | None = None,
    set: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What arrived: {"source", "new", "changed", "same", "rows", "rejected", "columns"}; the same twice adds nothing.

    `source` is a part of the room `listen`, or a file (then it is read as a table); `target` is its file, folder or
    address; `map` overrules which column is which field; `set` gives the source's own settings. The machine's files are
    for whoever sits at it: someone signed in from elsewhere is Refused them.
    """
    source, target = _table_when_a_file(source, target)
    settings = _settings(source, target, map, dict(set or {}))
    if store.viewer.account:
        _keep_off_files(source, settings)
    seen: list[dict[str, Any]] = []
    rows: list[int] = []
    rejects = _Rejects(store, name=target or source)
    known = finder.settings("listen", source)
    tools = {"reject": rejects.add, "seen": seen.extend, "counted": rows.append}
    tools |= {"now": store.now, "taxonomy": store.taxonomy}
    settings |= {name: tool for name, tool in tools.items() if name in known and name not in settings}
    arrived = store.append(_batches(store, finder.verb("listen", source)(**settings)))
    rejects.flush()
    outcome = {"source": source, "new": arrived.new, "changed": arrived.changed, "same": arrived.same}
    read = sum(rows) if rows else sum((arrived.new, arrived.changed, arrived.same, rejects.count))
    store.log("listen", **outcome, rejected=rejects.count)
    return outcome | {"rows": read, "rejected": rejects.count, "columns": seen}


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


def _batches(store: Any, arriving: Any) -> Iterator[pa.Table]:
    """The interaction batches; units and persons that come along are put into the record on the way."""
    for item in arriving:
        if isinstance(item, tuple):
            store.put(*item)
        else:
            yield item
