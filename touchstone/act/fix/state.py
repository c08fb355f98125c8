"""State a fix: the pattern it answers, its cause, what is changed, who owns it and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from touchstone.rules import fixes as rules
from touchstone.store import accounts, fixes

WHO = ("insight", "contact_centre", "executive")


def act(
    store: Any,
    *,
    name: str,
    what: str = "",
    cause: str = "",
    touchpoint: str | None = None,
    theme: str | None = None,
    units: Sequence[str] = (),
    owner: str | None = None,
    cost: float | None = None,
    currency: str | None = None,
    kind: str = "fix",
) -> dict[str, Any]:
    """{"fix": its id, "new"}: planned until it is begun; stated again under its name, it says what it says then.

    The pattern is a `touchpoint`, a `theme` and the `units` it is for (none: the whole brand). `kind` is fix, idea, or
    request to a partner, who reads `name` and `what` of one for its unit alone, never cause or cost.
    """
    given = {key: value for key, value in locals().items() if key not in ("store", "units")}
    found = store.taxonomy.find(touchpoint) if touchpoint else None
    given["touchpoint"] = found.name if found else touchpoint
    known = accounts.units(store, among=units)
    row = rules.stated(given, touchpoints=store.taxonomy.names, units=units, known=known)
    after, new = fixes.state(store, row)
    store.log("fix.state", fix=after["id"])
    return {"fix": after["id"], "new": new}
