"""Recovery: what a customer says when asked again, against what the case was opened with."""

from __future__ import annotations

import json
from collections.abc import Iterator

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Note, Story
from touchstone.show import _cases, _person, _units
from touchstone.show._cases import Row
from touchstone.store import tables


def recovery(ask: Ask, row: Row) -> Iterator[Block]:
    """Their answer to being asked again, in their words; or that there is none yet. Nothing where nobody asked."""
    if row["asked_at"] is None:
        return
    asked = _cases.instant(row["asked_at"])
    said = answers(ask, row)
    if not said:
        yield Note(f"Asked again on {asked}: no answer yet.", "plain", "Silence is no sign that it is settled.")
        return
    where = _units.names(ask, (each["unit"] for each in said))
    told = tuple(_person.event(_person.Said(each, where.get(each["unit"], ""))) for each in said)
    yield Story("Recovery", f"What they said when asked again on {asked}.", told)


def answers(ask: Ask, row: Row) -> list[Row]:
    """What the customer said since that names the case or the message that asked, the latest first."""
    own = tables.interaction.c
    later = tables.interaction.select().where(own.person == row["person"], own.received_at >= row["asked_at"])
    return [each for each in ask.record(later.order_by(own.seq.desc()).limit(50)) if _names(each, row)]


def _names(said: Row, row: Row) -> bool:
    ids = {row["id"], row["asked"]} - {None}
    stated = (said["thread"], said["reply_to"], _attribute(said["attributes"]))
    return any(each and (each in ids or str(each).strip("<").partition("@")[0] in ids) for each in stated)


def _attribute(attributes: str | None) -> str:
    try:
        told = json.loads(attributes or "{}")
    except ValueError:
        return ""
    return str(told.get("case", "")) if isinstance(told, dict) else ""
