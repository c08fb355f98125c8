"""Turn a case into an idea, a fix or a request to the partner, so that others are spared what this customer met."""

from __future__ import annotations

from typing import Any

from touchstone.core.errors import Refused
from touchstone.rules import cases as rules
from touchstone.rules import fixes as sense
from touchstone.store import cases, fixes

WHO = ("contact_centre", "insight")


def act(store: Any, *, case: str, into: str = "idea", name: str = "", what: str = "") -> dict[str, Any]:
    """{"fix": the id of what it became, "kind", "new"}: about the same touchpoint and unit; once a kind.

    `Refused`: no such kind, or a request where there is no unit to make it to.
    """
    row = cases.find(store, id=case)
    if into not in rules.BECOMES:
        raise Refused(f"{into!r} is no kind.", field="into", todo=f"Choose one of: {', '.join(rules.BECOMES)}.")
    if into == "request" and not row["unit"]:
        raise Refused("this case is about no unit.", field="into", todo="Make it an idea or a fix.")
    about = (row["touchpoint"] or row["kind"]).capitalize()
    given = {"kind": into, "name": name or f"{about}: {into} {case[:6]}", "what": what, "touchpoint": row["touchpoint"]}
    units = [row["unit"]] if row["unit"] else []
    made = sense.stated(given, touchpoints=[row["touchpoint"]], units=units, known=units)
    after, new = fixes.state(store, made | {"case": case})
    if new:
        cases.change(store, row, what="turned", note=f"into: {into}")
        store.log("case.turn", case=case, fix=after["id"])
    return {"fix": after["id"], "kind": into, "new": new}
