"""Open a case: somebody owns what a customer said, with a time by which it is answered."""

from __future__ import annotations

from typing import Any

from touchstone.act import _cases
from touchstone.core.errors import Refused
from touchstone.rules import cases as rules
from touchstone.store import cases, reach

WHO = _cases.WORK
_WORST = "select touchpoint from mention where interaction = ? order by sentiment, touchpoint limit 1"
_URGENT = "select max(score) as score from signal where interaction = ? and layer = 'urgency'"


def act(
    store: Any,
    *,
    interaction: str | None = None,
    conversation: str | None = None,
    kind: str = "problem",
    urgency: float | None = None,
    touchpoint: str | None = None,
    owner: str | None = None,
    note: str = "",
) -> dict[str, Any]:
    """{"case": its id, "new"}: of a conversation, or of an interaction and the conversation it stands in; once each.

    `kind` is problem or opportunity. Without `urgency` (0 to 1) what was understood of the words tells it, without
    `touchpoint` what they complain of most, without `owner` it is yours. `Refused`: nothing of this id is yours to see.
    """
    words = cases.conversation(store, id=str(interaction or conversation or ""))
    if words is None:
        raise Refused("there are no such words.", field="interaction", todo="Open a text, and a case from there.")
    reach.check(store, words["unit"], what="interaction")
    if kind not in rules.KINDS:
        raise Refused(f"{kind!r} is no kind.", field="kind", todo=f"Choose one of: {', '.join(rules.KINDS)}.")
    own = cases.account(store, named=owner, unit=words["unit"]).id if owner else store.viewer.account or None
    ask = store.ask()
    if urgency is None:
        urgency = ask.lake(_URGENT, [words["id"]])["score"][0].as_py() or 0.25
    found = ask.lake(_WORST, [words["id"]])["touchpoint"].to_pylist()
    row = {
        "conversation": conversation or words["thread"] or words["id"], "interaction": words["id"],
        "person": words["person"], "unit": words["unit"], "kind": kind, "level": words["level"], "owner": own,
        "touchpoint": touchpoint or words["touchpoint"] or next(iter(found), None), "urgency": rules.urgency(urgency),
    }  # fmt: skip
    row |= _cases.due(store, row, stage="received", since=store.now)
    case, new = cases.add(store, row, note=note)
    if new:
        store.log("case.open", case=case["id"], interaction=words["id"], **_who(words))
    return {"case": case["id"], "new": new}


def _who(words: dict[str, Any]) -> dict[str, str]:
    return {"person": words["person"]} if words["person"] else {}
