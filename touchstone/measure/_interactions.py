"""The interactions that a question leaves, row by row as SQL: for measures of behaviour, which no rollup holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.where import parse
from touchstone.measure._answers import PLAIN, Question, check, day, expression, joins, narrowing

_DATED = """SELECT interaction.*, CAST(occurred_at AS DATE) AS day,
    CAST(date_trunc('month', CAST(occurred_at AS DATE)) AS DATE) AS month FROM interaction"""


def asked(question: Question, columns: Mapping[str, str], *, lacking: bool = False) -> tuple[str, list[Any]]:
    """SQL of the interactions that `question` leaves, with its parameters: by columns, then `columns`.

    `columns` are name -> SQL over the interaction `r` (which has `day` and `month` too); no name is one of a by column,
    for engines would not know which is meant. Rows that lack a by column are left out, unless `lacking`. Refused as the
    rollups refuse.
    """
    condition = check(question, "rollup")
    named = sorted(condition.columns) if condition else []
    inner = [f'{expression(each, as_text=False)} AS "by {each}"' for each in question.by]
    inner += [f'{expression(each, as_text=True)} AS "if {each}"' for each in named]
    inner += [f'{sql} AS "{name}"' for name, sql in columns.items()]
    where, parameters = narrowing(question, {})
    lines = [f"SELECT {', '.join(inner)} FROM ({_DATED}) AS r{joins({*question.by, *named})}{where}"]
    kept = [] if lacking else [f'"by {each}" IS NOT NULL' for each in question.by]
    if condition:
        kept.append("(" + _renamed(condition.sql, named) + ")")
        parameters.extend(condition.parameters)
    outer = [f'"by {each}" AS "{each}"' for each in question.by] + [f'"{name}"' for name in columns]
    lines.insert(0, f"SELECT {', '.join(outer)} FROM (")
    lines.append(") AS narrowed" + (f" WHERE {' AND '.join(kept)}" if kept else ""))
    return "\n".join(lines), parameters


def within(question: Question) -> tuple[list[str], list[Any]]:
    """A question's condition and period over rows whose instant is called `moment`, with the parameters."""
    condition = parse(question.where, dict.fromkeys(PLAIN, "text")) if question.where else None
    since, until = day(question.since, field="since"), day(question.until, field="until")
    narrowed = [f"({condition.sql})"] if condition else []
    parameters: list[Any] = list(condition.parameters) if condition else []
    if since:
        narrowed.append("moment >= ?")
        parameters.append(since)
    if until:
        narrowed.append("moment < ?")
        parameters.append(until + timedelta(days=1))
    return narrowed, parameters


def leading_currency(ask: Ask) -> str:
    """The currency most purchases are in; empty where none says one."""
    found = ask.lake("""SELECT currency, count(*) AS n FROM interaction
WHERE kind = 'purchase' AND amount IS NOT NULL AND currency IS NOT NULL
GROUP BY currency ORDER BY n DESC, currency LIMIT 1""").to_pylist()
    return found[0]["currency"] if found else ""


def _renamed(sql: str, names: list[str]) -> str:
    """A condition whose columns are read from the names they have beside the measure's own."""
    for name in names:
        sql = sql.replace(f'"{name}"', f'"if {name}"')
    return sql
