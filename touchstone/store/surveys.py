"""Surveys and invitations: made, opened by their link, answered once, and unanswered."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, case, func, insert, or_, select, text, update

from touchstone.core.errors import Refused
from touchstone.core.tables import CONTACTS
from touchstone.core.viewer import INSIDER
from touchstone.rules.pressure import WITHIN
from touchstone.store import tables
from touchstone.store._lake import bump
from touchstone.store._live_surveys import invitation, survey
from touchstone.store._many import parts

SAME = ("name", "kind", "touchpoint", "unit", "questions", "languages", "level", "anyone")
"""What makes two surveys one."""


@dataclass(frozen=True)
class Opened:
    """A survey as its link opens it: with the invitation, where the link was somebody's own."""

    survey: dict[str, Any]
    invitation: dict[str, Any] | None = None
    place: str = ""  # the unit it is about, by name

    @property
    def over(self) -> str:
        """Why it cannot be answered: closed, before (they answered already); empty where it can."""
        if self.invitation is not None and self.invitation["answered_at"] is not None:
            return "before"
        return "closed" if self.survey["state"] == "closed" else ""


def make(store: Any, row: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The open survey that says the same, with the address and hosts given now, else a new one; and whether it is."""
    same = [survey.c[name] == row[name] for name in SAME if name not in ("questions", "languages")]
    with store.record.writing() as connection:
        found = connection.execute(select(survey).where(survey.c.state == "open", *same)).mappings()
        for old in found:
            if old["questions"] == row["questions"] and old["languages"] == row["languages"]:
                fresh = {name: row[name] for name in ("address", "hosts")}
                connection.execute(update(survey).where(survey.c.id == old["id"]).values(fresh))
                return {**old, **fresh}, False
        made = {**row, "id": secrets.token_hex(5), "state": "open", "made_at": store.now, "closed_at": None}
        made |= {"answers": 0, "version": 1}
        connection.execute(insert(survey), made)
    return made, True


def get(store: Any, id: str) -> dict[str, Any]:
    """A survey; `Refused` where there is none."""
    with store.record.reading() as connection:
        row = connection.execute(select(survey).where(survey.c.id == id)).mappings().first()
    if row is None:
        raise Refused("there is no such survey.", field="survey", todo="Look at the page Surveys.")
    return dict(row)


def close(store: Any, id: str) -> bool:
    """Takes no more answers; False where it was closed already."""
    with store.record.writing() as connection:
        wanted = update(survey).where(survey.c.id == id, survey.c.state == "open")
        fresh = {"state": "closed", "closed_at": store.now, "version": survey.c.version + 1}
        return bool(connection.execute(wanted.values(fresh)).rowcount)


def opened(store: Any, token: str) -> Opened | None:
    """What a link opens: a survey for anyone by its id, or by an invitation's; None for what leads nowhere."""
    with store.record.reading() as connection:
        own = connection.execute(select(invitation).where(invitation.c.id == token)).mappings().first()
        id = own["survey"] if own is not None else token
        row = connection.execute(select(survey).where(survey.c.id == id)).mappings().first()
        if row is None or (own is None and not row["anyone"]):
            return None
        place = connection.execute(select(tables.unit.c.name).where(tables.unit.c.id == row["unit"])).scalar()
    return Opened(dict(row), None if own is None else dict(own), str(place or ""))


def keep(store: Any, rows: Sequence[Mapping[str, Any]], *, opened: Opened) -> None:
    """Keeps what was answered, whoever answered; an invitation is used up by it.

    The answers are kept first, under ids that follow from the invitation: killed in between, or sent twice at once,
    they are kept once.
    """
    fresh = store.as_viewer(INSIDER).append([list(rows)]).new
    with store.record.writing() as connection:
        if fresh:
            counted = update(survey).where(survey.c.id == opened.survey["id"])
            connection.execute(counted.values(answers=survey.c.answers + 1))
        if opened.invitation is not None:
            own = update(invitation).where(invitation.c.id == opened.invitation["id"])
            connection.execute(
                own.where(invitation.c.answered_at.is_(None)).values(
                    answered_at=store.now, silent_at=None, returned_at=None
                )
            )


def invite(store: Any, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Invitations of these persons to a survey (about one case, or none), each once: those made before, then new ones.

    Each is a contact, which questions to the lake see at once.
    """
    about = rows[0].get("about", "")
    with store.record.writing() as connection:
        known = []
        for some in parts([each["person"] for each in rows]):
            same = (
                invitation.c.survey == rows[0]["survey"], invitation.c.about == about, invitation.c.person.in_(some)
            )  # fmt: skip
            known += [dict(row) for row in connection.execute(select(invitation).where(*same)).mappings()]
        before = {each["person"] for each in known}
        blank = {"about": about, "answered_at": None, "silent_at": None, "sent_at": store.now, "returned_at": None}
        made = [
            {**each, **blank, "id": secrets.token_urlsafe(16)} for each in rows if each["person"] not in before
        ]  # fmt: skip
        if made:
            connection.execute(insert(invitation), made)
            bump(connection)
    return [*known, *made]


def invited(store: Any, survey_id: str, *, about: str = "") -> set[str]:
    """Who was invited to a survey (about one case, or none)."""
    same = (invitation.c.survey == survey_id) & (invitation.c.about == about)
    with store.record.reading() as connection:
        return set(connection.execute(select(invitation.c.person).where(same)).scalars())


def known(store: Any, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The persons of these ids, by id."""
    found = []
    with store.record.reading() as connection:
        for some in parts(sorted(set(ids))):
            rows = connection.execute(select(tables.person).where(tables.person.c.id.in_(some))).mappings()
            found += [dict(row) for row in rows]
    return sorted(found, key=lambda row: str(row["id"]))


def contacted(store: Any, ids: Iterable[str]) -> dict[str, tuple[datetime, int]]:
    """Person → when they were last asked or written to, and on how many days of those that count, under any name."""
    found: dict[str, tuple[datetime, set[date]]] = {}
    since = (store.now - timedelta(days=WITHIN)).date()
    told = text(CONTACTS).columns(tables.interaction.c.person, Column("contacted_at", tables.Instant)).subquery()
    with store.record.reading() as connection:
        for some in parts(sorted(set(ids))):
            owners = _names(connection, some)
            for names in parts(sorted(owners)):
                wanted = select(told).where(told.c.person.in_(names), told.c.contacted_at <= store.now)
                for name, at in connection.execute(wanted):
                    for person in owners[name]:
                        last, on = found.setdefault(person, (at, set()))
                        found[person] = (max(last, at), on | ({at.date()} if at.date() > since else set()))
    return {person: (last, len(on)) for person, (last, on) in found.items()}


def _names(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """Every name of the customers that these persons are → which of the persons go by it."""
    own, other = tables.customer.alias(), tables.customer.alias()
    wanted = select(own.c.person, other.c.person).join(other, own.c.customer == other.c.customer)
    found = {each: [each] for each in ids}
    for person, name in connection.execute(wanted.where(own.c.person.in_(ids))):
        if name != person:
            found.setdefault(name, []).append(person)
    return found


def which(id: str | None = None) -> Any:
    """The select of all surveys, or of one."""
    return select(survey) if id is None else select(survey).where(survey.c.id == id)


def counted(id: str | None = None) -> Any:
    """The select of how many were invited to each survey (or one), answered (`back`), kept `silent`, or were `lost`."""
    sums = [
        func.sum(case((each.is_not(None), 1), else_=0)).label(name)
        for name, each in (
            ("back", invitation.c.answered_at),
            ("silent", invitation.c.silent_at),
            ("lost", invitation.c.returned_at),
        )
    ]
    wanted = select(invitation.c.survey, func.count().label("invited"), *sums).group_by(invitation.c.survey)
    return wanted if id is None else wanted.where(invitation.c.survey == id)


def silent(store: Any, *, days: float) -> int:
    """Marks invitations that were sent so many days ago and not answered; how many."""
    late = (invitation.c.sent_at <= store.now - timedelta(days=days), invitation.c.answered_at.is_(None))
    with store.record.writing() as connection:
        unheard = (invitation.c.silent_at.is_(None), invitation.c.returned_at.is_(None))
        wanted = update(invitation).where(*late, *unheard).values(silent_at=store.now)
        return int(connection.execute(wanted).rowcount)


def called(store: Any, words: str) -> str | None:
    """The one person who goes by this id or whole name; None for nobody, and for several of that name."""
    if not words.strip():
        return None
    own = tables.person.c
    with store.record.reading() as connection:
        wanted = select(own.id).where(or_(own.id == words.strip(), func.lower(own.name) == words.strip().lower()))
        found = connection.execute(wanted.limit(2)).scalars().all()
    return str(found[0]) if len(found) == 1 else None
