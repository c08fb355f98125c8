"""Say within how many working hours cases of an urgency are acknowledged, answered and closed."""

from __future__ import annotations

import json
from typing import Any

from touchstone.act import _cases
from touchstone.core.tables import LEVELS
from touchstone.rules import cases as rules

WHO = ("contact_centre",)


def act(
    store: Any, *, urgency: str, acknowledge: float, answer: float, close: float, level: str | None = None
) -> dict[str, Any]:
    """{"terms": the whole table}: with `level` for those alone who speak as such. Open cases keep what they were told.

    `close` counts from the answer, the others from receipt. `Refused`: an urgency, level or number that is none.
    """
    given = {"urgency": urgency, "level": level, "acknowledge": acknowledge, "answer": answer, "close": close}
    name, row = rules.stated(given, levels=LEVELS)
    own = json.loads(store.chosen(_cases.TERMS) or "{}")
    if own.get(name) != row:
        store.choose(_cases.TERMS, json.dumps(own | {name: row}))
        store.log("case.terms", urgency=urgency, level=level)
    return {"terms": _cases.terms(store)}
