"""Tell those above of cases that are overdue: by the clock, every five minutes, once a level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from touchstone.act import _cases, _letter
from touchstone.core.errors import Refused
from touchstone.core.translation import said
from touchstone.rules import cases as rules
from touchstone.store import accounts, cases, outbox, telling

WHO = ("administrator",)
EVERY = timedelta(minutes=5)
_MOST = 2000  # at one go: the rest five minutes later
_TEXT = "Case {id} is overdue since {due} UTC: {why}.\nIt is {stage}, about {about}.\n"


def act(store: Any) -> dict[str, Any]:
    """{"escalated": how many cases were told to a level that did not know}: by mail, and as a mark on the case.

    First its owner and the partner's administrators (without any: the house's), then the house's administrators.
    A killed turn is done again without telling anybody twice.
    """
    count = sum(_told(store, row) for row in cases.overdue(store, most=_MOST))
    if count:
        store.log("case.escalate", cases=count)
    return {"escalated": count}


def _told(store: Any, row: dict[str, Any]) -> bool:
    calendar = _cases.hours(store, row["unit"])
    terms = _cases.terms(store)
    _, pause = rules.term(terms, urgency=row["urgency"], level=row["level"], stage="received")
    reached = rules.escalations(row["due_at"], calendar, pause=pause, now=store.now)
    fresh = range(row["escalated"] + 1, reached + 1)
    told: dict[str, int] = {}  # each of them once, though nobody looked for so long that two levels are due
    for level in fresh:
        for name in cases.told(store, unit=row["unit"], level=level, owner=row["owner"]):
            told.setdefault(name, level)
    for name, level in told.items():
        _mail(store, row, name, level)
    if not fresh:
        return False
    try:
        whom = rules.LEVELS[reached - 1]
        cases.change(store, row, what="escalated", note=f"told to: {whom}", escalated=reached)
    except Refused:  # somebody works on it at this moment: it is looked at again in five minutes
        return False
    return True


def _mail(store: Any, row: Mapping[str, Any], name: str, level: int) -> None:
    if "@" not in name:
        return
    told = {"id": row["id"], "due": f"{row['due_at']:%Y-%m-%d %H:%M}", "why": row["due_why"], "stage": row["stage"]}
    about = " · ".join([row["touchpoint"] or row["kind"], *telling.units(store, [row["unit"] or ""]).values()])
    link = _letter.link(store, f"case?id={row['id']}")
    reader = accounts.find(store, name=name)
    spoken = reader.language if reader is not None else ""
    text = said(_TEXT.format(**told, about=about), spoken)
    text += f"\n{said('Open it', spoken)}: {link}\n" if link else ""
    outbox.put(
        store, kind="mail", to=name, subject=said(f"Overdue: {about}", spoken), text=text,
        person=row["person"], unit=row["unit"],
        key=f"case {row['id']} {row['reopened']} {row['stage']} {level} {name}",
    )  # fmt: skip
