"""Invite persons to a survey: by lot, nobody too often, each with a link of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from touchstone.act import _inviting
from touchstone.core.errors import Refused
from touchstone.rules import consent, contacts, who
from touchstone.store import surveys

WHO = ("insight", "contact_centre", "marketing")
_MOST = 20_000
_LATELY = """select distinct person from interaction where person is not null and occurred_at >= ?
    and (? is null or unit = ?) and coalesce(level, '') <> 'employee' order by person limit ?"""


def act(
    store: Any,
    *,
    survey: str,
    person: Sequence[str] = (),
    days: int | None = None,
    share: float = 1.0,
    rest: float = 30.0,
    often: int = 3,
    seed: int | None = None,
) -> dict[str, Any]:
    """{"invited", "alone": {why: how many}}: mails wait in the outbox, each withheld if they object until it goes.

    Whom: each `person`, or all who came, bought or wrote within `days` (at the survey's unit). A lot that follows from
    `seed` takes a `share` of them; who was asked or written to within `rest` days or `often` times in 90 is left alone.
    """
    who.check_personal(store.viewer, what="inviting")
    found = surveys.get(store, survey)
    _check(found, person, days, share)
    ids = (list(dict.fromkeys(person)) or _lately(store, found, days or 0))[:_MOST]
    seed = store.settings.seed if seed is None else seed
    drawn = {each for each in ids if _lot(seed, survey, each) < share}
    known = {row["id"]: row for row in surveys.known(store, ids)}
    before = surveys.invited(store, survey)
    tired = dict.fromkeys(_inviting.tired(store, ids, rest=rest, often=often), "asked or written to lately")
    why = {
        each: "invited before"
        if each in before
        else _alone(known.get(each), drawn=each in drawn) or tired.get(each, "")
        for each in ids
    }
    chosen = [each for each in ids if why[each] in ("", "invited before")]  # one whose mail was lost gets it now
    row = {"survey": survey, "unit": found["unit"], "language": found["languages"][0]}
    for own in surveys.invite(store, [row | {"person": each} for each in chosen]) if chosen else ():
        _inviting.mail(store, found, own, known.get(own["person"]))
    alone = Counter(each for each in why.values() if each)
    store.log("survey.invite", survey=survey, invited=len(ids) - alone.total())
    return {"invited": len(ids) - alone.total(), "alone": dict(sorted(alone.items()))}


def _lot(seed: int, survey: str, person: str) -> float:
    """A person's draw from 0 to 1: the same for the same seed and survey."""
    return int.from_bytes(sha256(f"{seed}:{survey}:{person}".encode()).digest()[:6]) / 2**48


def _check(found: dict[str, Any], person: Sequence[str], days: int | None, share: float) -> None:
    if found["state"] != "open":
        raise Refused("this survey is closed.", field="survey", todo="Make a new one.")
    if not person and not days:
        raise Refused("whom?", field="person", todo="Name persons, or say within how many days they came.")
    if len(person) > _MOST:
        raise Refused(f"more than {_MOST:,} persons at once.", field="person", todo="Invite them in parts.")
    if not 0 < share <= 1:
        raise Refused("a share lies above 0 and is 1 at most.", field="share", todo="Write 0.2 for every fifth.")


def _lately(store: Any, found: dict[str, Any], days: int) -> list[str]:
    since = store.now - timedelta(days=days)
    unit = found["unit"]
    return [str(each) for each in store.ask().lake(_LATELY, [since, unit, unit, _MOST])["person"].to_pylist()]


def _alone(row: dict[str, Any] | None, *, drawn: bool) -> str:
    """Why somebody is not asked, as far as it follows from themselves; empty where nothing speaks against it."""
    if row is None:
        return "nobody is known by this id"
    if not consent.may(row["consents"], "survey"):
        return "they have not allowed surveys"
    if not contacts.mail(row["contacts"]):
        return "no mail address is known"
    return "" if drawn else "not drawn by lot"
