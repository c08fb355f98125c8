"""Listen: bring a source's interactions into the home, once each."""

from __future__ import annotations

from typing import Any

from touchstone.act import _listening

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
    made = _listening.heard(store, source=source, target=target, columns=map, chosen=set)
    store.log("listen", **{name: made[name] for name in ("source", "new", "changed", "same", "rejected")})
    return made
