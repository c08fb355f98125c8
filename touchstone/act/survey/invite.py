"""Invite persons to a survey: by lot, nobody too often, each with a link of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from touchstone.core.errors import Refused
from touchstone.rules import consent, contacts, who
from touchstone.rules import surveys as rules
from touchstone.rules.pressure import pressed
from touchstone.store import outbox, surveys

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
    before, tired = surveys.invited(store, survey), _tired(store, ids, rest, often)
    why = {
        each: "invited before"
        if each in before
        else _alone(known.get(each), drawn=each in drawn) or tired.get(each, "")
        for each in ids
    }
    chosen = [each for each in ids if why[each] in ("", "invited before")]  # one whose mail was lost gets it now
    row = {"survey": survey, "unit": found["unit"], "language": found["languages"][0]}
    for own in surveys.invite(store, [row | {"person": each} for each in chosen]) if chosen else ():
        _mail(store, found, own, known.get(own["person"]))
    alone = Counter(each for each in why.values() if each)
    store.log("survey.invite", survey=survey, invited=len(ids) - alone.total())
    return {"invited": len(ids) - alone.total(), "alone": dict(sorted(alone.items()))}


def _tired(store: Any, ids: Sequence[str], rest: float, often: int) -> dict[str, str]:
    """Who was asked or written to too lately or too often."""
    found = {}
    for each, (last, times) in surveys.contacted(store, ids).items():
        if pressed((store.now - last).total_seconds() / 86400, times, rest=rest, most=often):
            found[each] = "asked or written to lately"
    return found


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


def _mail(store: Any, found: dict[str, Any], invited: dict[str, Any], row: dict[str, Any] | None) -> None:
    """Puts the mail of an invitation, once: one whose making was cut short gets it the next time."""
    if row is None or invited["answered_at"] is not None or not (address := contacts.mail(row["contacts"])):
        return
    link, language = f"{found['address']}/s/{invited['id']}", invited["language"]
    outbox.put(
        store, kind="mail", to=address, subject=rules.say("subject", language), key=f"invitation:{invited['id']}",
        text=rules.say("mail", language).format(link=link), person=row["id"], purpose="survey", unit=found["unit"],
    )  # fmt: skip
