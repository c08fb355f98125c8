"""What a page is narrowed to: period, unit, touchpoint, channel; as conditions, as inputs, as words, as a query."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlencode

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.page import Field, Filters

MOST = 400  # choices in a list; beyond that the list would be slower than typing
LABELS = {"since": "From", "until": "To", "unit": "Unit", "touchpoint": "Touchpoint", "channel": "Channel"}


@dataclass(frozen=True)
class Narrow:
    """The filters in force; empty texts narrow nothing."""

    since: str = ""
    until: str = ""
    unit: str = ""
    touchpoint: str = ""
    channel: str = ""

    @property
    def active(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    @property
    def where(self) -> str | None:
        """The condition as measures read it; None where nothing but the period is narrowed."""
        parts = [
            f"{name} = '{value.replace(chr(39), chr(39) * 2)}'"
            for name in ("unit", "touchpoint", "channel")
            if (value := getattr(self, name))
        ]
        return " and ".join(parts) or None

    def settings(self) -> dict[str, Any]:
        """As keyword arguments of a measure."""
        return {"where": self.where, "since": self.since or None, "until": self.until or None}

    def sql(self, alias: str, *, touchpoint: str) -> tuple[str, list[Any]]:
        """As conditions on interactions named `alias`; `touchpoint` is the expression that holds one."""
        wanted = [(f"{alias}.{name} = ?", getattr(self, name)) for name in ("unit", "channel") if getattr(self, name)]
        wanted += [(f"{touchpoint} = ?", self.touchpoint)] if self.touchpoint else []
        wanted += [(f"cast({alias}.occurred_at as date) >= cast(? as date)", self.since)] if self.since else []
        wanted += [(f"cast({alias}.occurred_at as date) <= cast(? as date)", self.until)] if self.until else []
        return "".join(f" and {text}" for text, _ in wanted), [value for _, value in wanted]

    def address(self, page: str, **more: Any) -> str:
        """The address of `page` with these filters, and `more`; empty values are left out."""
        chosen = {each.name: getattr(self, each.name) for each in fields(self)} | more
        query = urlencode({name: value for name, value in chosen.items() if value not in ("", None)})
        return page + (f"?{query}" if query else "")


def narrow(**given: str | None) -> Narrow:
    """The filters as given, blanks aside; a day that is none is Refused, naming the field."""
    found = {name: (value or "").strip() for name, value in given.items()}
    for name in ("since", "until"):
        if text := found.get(name):
            try:
                found[name] = date.fromisoformat(text[:10]).isoformat()
            except ValueError as error:
                raise Refused(f"{text!r} is not a day.", field=name, todo="Write 2026-01-31.") from error
    return Narrow(**found)


def filters(ask: Ask, chosen: Narrow, *names: str, units: str = "Unit") -> Filters:
    """The inputs of a page, each with what there is to choose from; a list with nothing to choose is left out."""
    made = []
    for name in names:
        if name in ("since", "until"):
            if _dated(ask):
                made.append(Field(name, LABELS[name], getattr(chosen, name), kind="date"))
            continue
        choices = _choices(ask, name)
        label = units if name == "unit" else LABELS[name]
        if len(choices) > 1 or getattr(chosen, name):
            made.append(Field(name, label, getattr(chosen, name), (("", "All"), *choices[:MOST])))
    return Filters(tuple(made))


def _dated(ask: Ask) -> bool:
    return bool(ask.lake("select 1 as one from rollup where day is not null limit 1"))


def _choices(ask: Ask, name: str) -> list[tuple[str, str]]:
    if name == "touchpoint":
        sql = """select t.name as id, t.name as label from touchpoint t where exists
            (select 1 from mention_rollup m where m.touchpoint = t.name) or exists
            (select 1 from rollup r where r.touchpoint = t.name) order by t.position, t.name"""
    elif name == "unit":
        sql = """select r.unit as id, coalesce(min(u.name), r.unit) as label from rollup r
            left join unit u on u.id = r.unit where r.unit is not null group by r.unit order by label, id"""
    else:
        sql = "select channel as id, channel as label from rollup where channel is not null group by channel order by 1"
    return [(row["id"], row["label"]) for row in ask.lake(sql).to_pylist()]
