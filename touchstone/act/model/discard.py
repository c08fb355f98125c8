"""Discard the model that was taught last and not applied; what it was taught from stays."""

from __future__ import annotations

import json
from typing import Any

from touchstone.act._lesson import CANDIDATE, FORMER, forget, model_file

WHO = ("insight",)


def act(store: Any) -> dict[str, str]:
    """{"discarded": version, empty where there was none}; done twice is harmless."""
    candidate = json.loads(store.chosen(CANDIDATE) or "{}")
    version = str(candidate.get("version", ""))
    applied = [each["version"] for each in json.loads(store.chosen(FORMER) or "[]")]
    if version and version not in applied:
        model_file(store, version).unlink(missing_ok=True)
    forget(store)
    store.log("model.discard", model=version)
    return {"discarded": version}
