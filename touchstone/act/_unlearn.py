"""Models taught with what is erased are forgotten; the one in force is taught anew from what is left."""

from __future__ import annotations

import json
from typing import Any

from touchstone.act._lesson import CANDIDATE, FORMER, examples, forget, place, show_models, teach

LINK = "link"  # decisions about links teach no model


def taught_from(store: Any) -> int:
    """How many corrections, readings and examples this home's models may have been taught from."""
    return sum(row["table"] != LINK for row in store.corrections())


def unlearn(store: Any) -> str:
    """The version now in force: a model taught anew where one was, else the one that ships."""
    was_taught = bool(store.chosen("model"))
    for path in sorted((store.path / "models").glob("*")):
        path.unlink()
    for name in ("model", CANDIDATE):
        store.choose(name, "")
    store.choose(FORMER, "[]")
    forget(store)
    version = "shipped"
    if was_taught and examples(store):
        teach(store)
        candidate = json.loads(store.chosen(CANDIDATE))
        version = candidate["version"]
        store.choose(FORMER, json.dumps([candidate]))
        store.choose("model", place(version))
        forget(store)
    show_models(store)
    store.log("model.unlearn", model=version)
    return str(version)
