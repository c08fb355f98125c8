"""Reads a question's SQL: is it one question, which tables does it name, and which smaller cube can answer it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from touchstone.core.errors import Refused
from touchstone.store._cubes import CUBES, siblings


@dataclass(frozen=True)
class Question:
    """A parsed question: its tables, and for each of the two wide cubes it reads, whether a narrower one would do."""

    sql: str
    tables: frozenset[str]
    columns: frozenset[str] | None  # None: a star, so every column


@lru_cache(maxsize=1024)
def read(sql: str) -> Question:
    """The question in `sql`; anything but one query is refused."""
    try:
        statements = [each for each in sqlglot.parse(sql, dialect="duckdb") if each is not None]
    except SqlglotError as error:
        raise Refused(f"not a question ({str(error).splitlines()[0]}).", where=sql[:200]) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Refused("only a single select is a question.", where=sql[:200])
    tree = statements[0]
    starred = any(not isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star))
    columns = frozenset(column.name for column in tree.find_all(exp.Column))
    tables = frozenset(table.name for table in tree.find_all(exp.Table))
    if any(cte.alias in CUBES for cte in tree.find_all(exp.CTE)):
        columns, starred = frozenset(), True  # a name of ours used for something else: read as written
    return Question(sql, tables, None if starred else columns)


@lru_cache(maxsize=4096)
def rewrite(sql: str, smaller: tuple[tuple[str, str], ...]) -> str:
    """`sql` with each wide cube read from the smaller one named beside it."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for table in list(tree.find_all(exp.Table)):
        if (cube := dict(smaller).get(table.name)) is not None:
            renamed = exp.to_table(cube)
            renamed.set("alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name)))
            table.replace(renamed)
    return str(tree.sql(dialect="duckdb"))


def smaller(question: Question, rows: dict[str, int]) -> str:
    """The question's SQL over the cubes with fewest rows that have every column it names; `rows` counts each cube."""
    if question.columns is None:
        return question.sql
    chosen = []
    for wide in ("rollup", "mention_rollup"):
        if wide in question.tables:
            needed = question.columns & set(CUBES[wide])
            fit = [cube for cube in siblings(wide) if cube in rows and needed <= set(CUBES[cube])]
            best = min(fit, key=lambda cube: (rows[cube], cube), default=wide)
            if best != wide:
                chosen.append((wide, best))
    return rewrite(question.sql, tuple(chosen)) if chosen else question.sql
