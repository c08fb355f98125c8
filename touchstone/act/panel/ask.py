"""Ask the advisory panel: a sample of its members drawn by lot, nobody too often, each with a link of their own."""

from __future__ import annotations

from collections import Counter
from typing import Any

from touchstone.act import _inviting
from touchstone.core.errors import Refused
from touchstone.core.tables import ONE
from touchstone.rules import consent, contacts, panel, who
from touchstone.store import surveys

WHO = ("insight", "contact_centre", "marketing")
_MEMBERS = f"""with one as {ONE}
    select coalesce(o.called, p.id) as customer, min(p.id) as person from person p left join one o on o.person = p.id
    where json_valid(p.consents) and json_extract_string(p.consents, '$.{consent.PANEL}') = 'granted'
    group by customer order by customer"""


def act(
    store: Any, *, survey: str, sample: int = 50, rest: float = 30.0, often: int = 3, seed: int | None = None
) -> dict[str, Any]:
    """{"members", "invited", "alone": {why: how many}}: mails wait in the outbox, each withheld if they object by then.

    Of all members who may be asked, each is as likely as any other to be among the `sample`; the same `seed` draws the
    same. Left alone are those asked or written to within `rest` days or `often` times in 90, and, once drawn, nobody is
    drawn again for the same survey: asked twice, the action invites nobody more. `Refused`: an empty panel.
    """
    who.check_personal(store.viewer, what="asking the panel")
    found = surveys.get(store, survey)
    if found["state"] != "open":
        raise Refused("this survey is closed.", field="survey", todo="Make a new one.")
    members = [str(each) for each in store.ask(near=True).lake(_MEMBERS)["person"].to_pylist()]
    if not members:
        todo = "Invite customers to a page of their own: they take a seat there."
        raise Refused("nobody has a seat on the panel yet.", field="survey", todo=todo)
    known = {row["id"]: row for row in surveys.known(store, members)}
    before = surveys.invited(store, survey)
    tired = dict.fromkeys(_inviting.tired(store, members, rest=rest, often=often), "asked or written to lately")
    alone = {each: _alone(known[each]) or ("" if each in before else tired.get(each, "")) for each in members}
    seed = store.settings.seed if seed is None else seed
    free = {each for each in members if not alone[each]}
    drawn = panel.drawn(members, free, before, sample=sample, seed=f"{seed}:{survey}")
    row = {"survey": survey, "unit": found["unit"], "language": found["languages"][0]}
    for own in surveys.invite(store, [row | {"person": each} for each in drawn]) if drawn else ():
        _inviting.mail(store, found, own, known.get(own["person"]), purpose=consent.PANEL)
    why = Counter(alone[each] or "not drawn by lot" for each in members if each not in drawn)
    invited = len([each for each in drawn if each not in before])
    store.log("panel.ask", survey=survey, invited=invited)
    return {"members": len(members), "invited": invited, "alone": dict(sorted(why.items()))}


def _alone(row: dict[str, Any]) -> str:
    """Why a member is not asked, as far as it follows from themselves; empty where nothing speaks against it."""
    if not consent.may(row["consents"], consent.PANEL):
        return "they do not want to be contacted"
    return "" if contacts.mail(row["contacts"]) else "no mail address is known"
