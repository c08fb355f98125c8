"""Activity: what was done here, by whom, and whether anybody tampered with what says so."""

from __future__ import annotations

import json
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Grid, Link, Note, Page
from touchstone.show import _say
from touchstone.store.tables import account as accounts
from touchstone.store.tables import activity

WHO = ("administrator",)
_PLACE = 91, "Rights"
_MOST = 50
_LOOKED_AT = 5000  # links that are always checked; a longer chain is checked where that is asked for
_SAID = ("by", "account")  # names under which ids of accounts come


def show(ask: Ask, *, action: str = "", name: str = "", before: int | None = None, whole: bool = False) -> Page:
    """What was done, the last first: of kind `action`, by the account `name`, before link `before`.

    The chain is looked at from its beginning, where it is long with `whole` alone.
    """
    rows = ask.record(accounts.select().with_only_columns(accounts.c.id, accounts.c.name))
    names = {row["id"]: row["name"] for row in rows}
    wanted = activity.select().order_by(activity.c.seq.desc())
    if action:
        wanted = wanted.where(activity.c.action == action)
    if name:
        wanted = wanted.where(activity.c.ids.contains(f'"by":"{_id(names, name)}"', autoescape=True))
    if before is not None:
        wanted = wanted.where(activity.c.seq < before)
    found = ask.record(wanted.limit(_MOST + 1))
    last = ask.record(activity.select().order_by(activity.c.seq.desc()).limit(1))
    count = last[0]["seq"] if last else 0
    blocks = [_filters(ask, names, action, name), *_lines(found, names, action, name)]
    if not count:
        return Page("activity", "Activity", "Nothing has been done here yet.", blocks=(_empty(),))
    sentence, note = _held(ask, count, whole=whole)
    return Page("activity", "Activity", sentence, "Ids alone stand here, never words.", (*note, *blocks))


def _held(ask: Ask, count: int, *, whole: bool) -> tuple[str, tuple[Block, ...]]:
    """Whether the chain holds, as a sentence, and what to do where it does not."""
    if count > _LOOKED_AT and not whole:
        check = Grid("", "", ("", ""), (("The chain is long.", Link("Check all of it", "/activity?whole=yes")),))
        return f"{_say.some(count, 'thing was', 'things were')} done here.", (check,)
    broken = ask.broken()
    if broken is None:
        return f"{_say.some(count, 'thing was', 'things were')} done here, and the chain that says so holds.", ()
    todo = "Compare with a back-up: from there on, what stands here may not be what was done."
    return f"The chain is broken at link {broken}.", (Note("Somebody changed what had been written.", "warning", todo),)


def _empty() -> Note:
    return Note("Each thing done stands here from now on.", "empty", "Open an account, bring feedback, or run.")


def _filters(ask: Ask, names: dict[str, str], action: str, name: str) -> Filters:
    kinds = ask.record(activity.select().with_only_columns(activity.c.action).distinct().order_by(activity.c.action))
    actions = tuple((row["action"], row["action"]) for row in kinds)
    people = tuple((each, each) for each in sorted(names.values()))
    return Filters(
        (
            Field("action", "What", action, (("", "everything"), *actions)),
            Field("name", "By", name, (("", "everybody"), *people)),
        )
    )


def _lines(found: list[dict[str, Any]], names: dict[str, str], action: str, name: str) -> list[Block]:
    if not found:
        return [Note("Nothing of the kind was done.", "empty", "Widen what the page is narrowed to.")]
    lines = tuple(_line(row, names) for row in found[:_MOST])
    grid = Grid("What was done", "The last first; times are UTC.", ("entry", "when", "action", "by", "ids"), lines)
    if len(found) <= _MOST:
        return [grid]
    query = "".join(f"&{key}={value}" for key, value in (("action", action), ("name", name)) if value)
    earlier = Link("Earlier", f"/activity?before={found[_MOST - 1]['seq']}{query}")
    return [grid, Grid("", "", ("",), ((earlier,),))]


def _line(row: dict[str, Any], names: dict[str, str]) -> tuple[str, ...]:
    ids = json.loads(row["ids"])
    who = ids.pop("by", None)
    about = [f"{key}: {_told(key, value, names)}" for key, value in ids.items()]
    by = names.get(who, str(who)) if who else "the machine"
    return (str(row["seq"]), f"{row['at']:%Y-%m-%d %H:%M:%S}", row["action"], by, "; ".join(about))


def _told(key: str, value: Any, names: dict[str, str]) -> str:
    if key in _SAID:
        return names.get(str(value), str(value))
    return _say.listed([str(each) for each in value]) if isinstance(value, list) else str(value)


def _id(names: dict[str, str], name: str) -> str:
    return next((id for id, each in names.items() if each == name), "nobody")
