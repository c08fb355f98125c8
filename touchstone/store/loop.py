"""Questions to the closed loop, for pages to ask: cases, what was done in them, promises, fixes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from touchstone.store._live_cases import case, case_step, fix, promise

Asked = Select[Any]


def cases(
    *,
    now: datetime,
    most: int,
    overdue: bool = False,
    closed: bool = False,
    owner: str | None = None,
    stage: str = "",
    unit: str = "",
) -> Asked:
    """Cases that are open (or closed), those due first (or closed last)."""
    wanted = select(case).where((case.c.stage == "closed") if closed else (case.c.stage != "closed"))
    for column, value in ((case.c.owner, owner), (case.c.stage, stage), (case.c.unit, unit)):
        wanted = wanted if not value else wanted.where(column == value)
    wanted = wanted.where(case.c.due_at < now) if overdue else wanted
    order = case.c.closed_at.desc() if closed else case.c.due_at
    return wanted.order_by(order, case.c.id).limit(most)


def counts(*, overdue_by: datetime | None = None) -> Asked:
    """How many cases there are at each stage, as `stage` and `n`; those overdue alone."""
    wanted = select(case.c.stage, func.count().label("n")).group_by(case.c.stage)
    return wanted if overdue_by is None else wanted.where(case.c.due_at < overdue_by)


def one(id: str) -> Asked:
    """The case of this id."""
    return select(case).where(case.c.id == id)


def of_customer(ids: Collection[str]) -> Asked:
    """Cases of a customer, the latest first."""
    return select(case).where(case.c.person.in_(sorted(ids))).order_by(case.c.opened_at.desc(), case.c.id)


def of_words(interaction: str, conversation: str) -> Asked:
    """The case of these words or of the conversation they stand in."""
    return select(case).where((case.c.interaction == interaction) | (case.c.conversation == conversation))


def answered() -> Asked:
    """Cases that were answered to customers who are known, by somebody who is."""
    known = case.c.owner.is_not(None) & case.c.person.is_not(None) & case.c.answered_at.is_not(None)
    return select(case).where(known).order_by(case.c.answered_at, case.c.id)


def steps(id: str) -> Asked:
    """What was done in a case, in order."""
    return select(case_step).where(case_step.c.case == id).order_by(case_step.c.seq)


def promises(id: str) -> Asked:
    """What was promised in a case, what is due first."""
    return select(promise).where(promise.c.case == id).order_by(promise.c.due_at, promise.c.id)


def fixes() -> Asked:
    """What is changed for everybody, what was stated last first."""
    return select(fix).order_by(fix.c.stated_at.desc(), fix.c.id)


def came_of(id: str) -> Asked:
    """What a case was turned into."""
    return select(fix).where(fix.c.case == id).order_by(fix.c.kind)
