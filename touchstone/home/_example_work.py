"""Work under way in the example brand, so that on the first day no page of work is empty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from touchstone.core import finder
from touchstone.rules.cases import STAGES
from touchstone.store import accounts, loop

_MOST = 9
_LATELY = "select max(occurred_at) - interval 42 day as since from interaction"
_PRESSING = """
    with worst as (select interaction, min(sentiment) as sentiment from mention group by interaction),
    urgent as (select interaction, max(score) as score from signal where layer = 'urgency' group by interaction),
    told as (
        select i.id, i.unit, coalesce(urgent.score, 0) - worst.sentiment as pressing
        from interaction as i join worst on worst.interaction = i.id left join urgent on urgent.interaction = i.id
        where i.person is not null and i.level = 'end_customer' and worst.sentiment < 0 and i.occurred_at >= ?),
    placed as (select *, row_number() over (partition by unit order by pressing desc, id) as place from told)
    select placed.id from placed join unit on unit.id = placed.unit
    where unit.kind = 'dealer' and place <= case when unit.id = ? then 3 else 1 end
    order by unit.id = ? desc, pressing desc, placed.id limit ?
"""
"""The most pressing words of the last weeks: three from one dealer's customers, then one from each other's."""
_REACHED = (
    "received", "acknowledged", "closed", "received", "assessed", "investigated", "answered", "closed", "closed",
)  # fmt: skip
"""The stage that each of these cases has come to."""


def begin(store: Any, *, owner: str, partner: str) -> None:
    """Cases at several stages, a promise, surveys and a watch on the score, all of the account `owner`; once.

    Most is about the first unit of the account `partner`.
    """
    account, dealers = accounts.find(store, name=owner), accounts.find(store, name=partner)
    if account is None or dealers is None or store.ask().record(loop.counts()):
        return
    seen, dealer = store.as_viewer(account.viewer), dealers.units[0]

    def act(name: str, /, **fields: Any) -> dict[str, Any]:
        made: dict[str, Any] = finder.verb("act", name)(seen, **fields)
        return made

    ask = store.ask()
    pressing = ask.lake(_PRESSING, [ask.lake(_LATELY)["since"][0].as_py(), dealer, dealer, _MOST])
    for interaction, reached in zip(pressing["id"].to_pylist(), _REACHED, strict=False):
        case = act("case.open", interaction=interaction, owner=owner)["case"]
        for stage in STAGES[1 : STAGES.index(reached) + 1]:
            act("case.move", case=case, stage=stage)
        if reached == "acknowledged":
            call = store.now + timedelta(days=2)
            act("case.promise", case=case, what="The service manager calls, with a date.", by_when=call)
    asked = ["service adviser's attitude", "parking"]
    act("survey.make", kind="csat", languages=["en", "de"], touchpoint=asked, unit=[dealer], name="After the service")
    act("rule.make", measure="nps", below=0.0, by=["unit"])
