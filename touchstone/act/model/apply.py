"""Apply a taught model, or go back to a former one: the next run reads everything with it."""

from __future__ import annotations

import json
from typing import Any

from touchstone.act._lesson import CANDIDATE, FORMER, forget, known_of, model_file, place, show_models
from touchstone.core.errors import Refused

WHO = ("insight",)

_SHIPPED = "shipped"


def act(store: Any, *, version: str | None = None) -> dict[str, str]:
    """{"model": version now in force}; the candidate's where none is given, or `shipped`, or that of a former model.

    Models that were applied stay in the home, so that one can go back. `Refused` where there is no such model, and
    where the setting `model` names one, which would stand against it.
    """
    if store.settings.model:
        raise Refused("the setting `model` names another.", field="version", todo="Take it out of the settings.")
    candidate = json.loads(store.chosen(CANDIDATE) or "{}")
    former = json.loads(store.chosen(FORMER) or "[]")
    wanted = version or candidate.get("version")
    known = [_SHIPPED, *(each["version"] for each in former), *([candidate["version"]] if candidate else [])]
    if wanted not in known or (wanted != _SHIPPED and not model_file(store, wanted).exists()):
        raise Refused("there is no such model.", field="version", todo=f"There are: {', '.join(known)}.")
    if wanted == candidate.get("version") and wanted not in [each["version"] for each in former]:
        store.choose(FORMER, json.dumps([*former, candidate]))
    store.choose("model", place(wanted))
    if wanted == candidate.get("version"):
        known = known_of(store)
        forget(store)
        show_models(store, known)
    else:
        show_models(store)
    store.log("model.apply", model=wanted)
    return {"model": str(wanted)}
