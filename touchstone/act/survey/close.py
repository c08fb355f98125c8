"""Close a survey: it takes no more answers; those it has stay."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.store import reach, surveys

WHO = ("insight", "contact_centre", "marketing", "partner_administrator")


def act(store: Any, *, survey: str) -> dict[str, Any]:
    """{"survey": its id}; its code and links say from now on that it is closed. `Refused`: it is not there, or was."""
    found = surveys.get(store, survey)
    reach.check(store, found["unit"], what="survey")
    if not surveys.close(store, survey):
        raise Refused("it is closed already.", field="survey", todo="Make a new one.")
    store.log("survey.close", survey=survey)
    return {"survey": survey}
