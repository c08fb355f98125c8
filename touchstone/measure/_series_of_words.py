"""Series over time of what is said in words: the share of texts that say a kind, and that are of a theme."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import ours
from touchstone.measure._answers import Question, day
from touchstone.measure._series import Series, finished, shares

_COLUMNS = ("unit", "channel", "product", "level", "campaign", "incentive")
_TOLD = """
select {columns}, label, count(*) as n from (
    select i.id, {named}, cast(date_trunc('{every}', i.occurred_at) as date) as start, s.label
    from interaction as i join signal as s on s.interaction = i.id
    where s.layer = 'kind' and s.score >= 0.5 and i.occurred_at is not null and i.text is not null
    group by all
) as told group by all order by {columns}, label
"""
_SAID = """
select {columns}, count(*) as n from (
    select {named}, cast(date_trunc('{every}', i.occurred_at) as date) as start
    from interaction as i where i.occurred_at is not null and {heard}
) as said group by all order by {columns}
"""
_OF_THEMES = """
select {columns}, theme, count(*) as n from (
    select {named}, cast(date_trunc('{every}', i.occurred_at) as date) as start, l."right" as theme
    from interaction as i join link as l on l."left" = i.id
    where l.layer = 'theme' and i.occurred_at is not null and {heard}
) as told group by all order by {columns}, theme
"""
_HEARD = (  # the texts that themes are looked for in
    "i.text is not null and i.text <> '' and coalesce(i.level, '') <> 'employee' and coalesce(i.kind, '') <> 'claim'"
)
_NAMES = """select "by"['theme'] as theme, detail from metric
    where name = 'theme' and "by"['theme'] is not null and "by"['month'] is null order by id"""


def of_kinds(ask: Ask, question: Question, every: str) -> list[Series]:
    """The share of interactions with words that say each kind (problem, request, …), look by look.

    By columns of the interaction itself; Refused for others and beside `where`.
    """
    told, said = _counted(ask, question, every, (_TOLD, _SAID), heard=f"i.text is not null and not {ours('i.')}")
    by = (*question.by, "label")
    return finished(shares(told, said, by, "start", figure="", of="interactions with words"), every, ask.today)


def of_themes(ask: Ask, question: Question, every: str) -> list[Series]:
    """Each theme's share of what customers say in words, look by look, by the texts that the last run linked to it.

    `theme` joins the by columns, which are the interaction's own; Refused for others and beside `where`.
    """
    told, said = _counted(ask, question, every, (_OF_THEMES, _SAID), heard=_HEARD)
    found = shares(told, said, (*question.by, "theme"), "start", figure="themes", of="customers' texts")
    called = {row["theme"]: json.loads(row["detail"]).get("name", "") for row in ask.lake(_NAMES).to_pylist()}
    return finished([replace(each, called=called.get(each.keys[-1], "")) for each in found], every, ask.today)


def _counted(ask: Ask, question: Question, every: str, texts: tuple[str, str], *, heard: str) -> list[pa.Table]:
    """What both texts count, by look and the by columns."""
    if question.where or not set(question.by) <= set(_COLUMNS):
        raise Refused(
            f"kinds and themes are counted by {', '.join(_COLUMNS)}.", field="where" if question.where else "by",
            todo="Leave the others out.",
        )  # fmt: skip
    named = ", ".join(f"i.{name}" for name in question.by) or "1 as one"
    columns = ", ".join([*question.by, "start"])
    asked = (each.format(columns=columns, named=named, every=every, heard=heard) for each in texts)
    return [_within(ask.lake(each), question) for each in asked]


def _within(table: pa.Table, question: Question) -> pa.Table:
    """Rows of whole groups, between the days asked for (a period counts where it begins between them)."""
    since, until = day(question.since, field="since"), day(question.until, field="until")
    for name in question.by:
        table = table.filter(pc.is_valid(table[name]))
    if since:
        table = table.filter(pc.greater_equal(table["start"], pa.scalar(since)))
    return table.filter(pc.less_equal(table["start"], pa.scalar(until))) if until else table
