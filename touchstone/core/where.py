"""The small language of `--where`: `column op value`, joined by and, or, not and brackets. It is no SQL.

What is written is parsed, held against a list of allowed kinds of node and of known columns, and written anew; every
value becomes a `?` parameter. Nothing of the asker's text reaches a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from touchstone.core.errors import Refused

LONGEST = 4000  # characters; a deeper or longer condition is a mistake or an attack
COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Like: "LIKE",
}
Value = str | float | int | date


@dataclass(frozen=True)
class Condition:
    """A condition as DuckDB SQL over quoted column names with `?` parameters, and the columns it reads."""

    sql: str
    parameters: tuple[Value, ...]
    columns: frozenset[str]


def parse(text: str, columns: Mapping[str, str] | Iterable[str]) -> Condition:
    """`text` as a condition over `columns`: names, or name -> kind of value (text, number, day).

    Known: =, !=, <, <=, >, >=, in (…), is null, is not null, like, and, or, not, brackets; words in single quotes.
    Anything else is Refused, naming the word. Columns are matched without regard to capitals.
    """
    kinds = dict(columns) if isinstance(columns, Mapping) else dict.fromkeys(columns, "")
    if len(text) > LONGEST:
        raise _refusal(f"the condition is longer than {LONGEST} characters.")
    tree = _tree(text)
    reading = _Reading({name.casefold(): (name, kind) for name, kind in kinds.items()})
    try:
        sql = reading.write(tree)
    except RecursionError as error:
        raise _refusal("the condition is nested too deeply.") from error
    return Condition(sql, tuple(reading.parameters), frozenset(reading.used))


def _tree(text: str) -> exp.Expression:
    if not text.strip():
        raise _refusal("the condition is empty.")
    if any(ord(each) < 32 and each not in "\t\n\r" for each in text):
        raise _refusal("the condition holds a control character.")
    try:
        tokens = sqlglot.tokenize(text, read="duckdb")
        trees = sqlglot.parse(text, read="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise _refusal(f"cannot read the condition ({_first_line(error)}).") from error
    if comments := [comment for token in tokens for comment in token.comments]:
        raise _refusal(f"a comment is not allowed: {comments[0].strip()!r}.")
    if len(trees) != 1 or trees[0] is None or ";" in (token.text for token in tokens):
        raise _refusal("only one condition is allowed: ';' is not.")
    tree = trees[0]
    if not isinstance(tree, exp.Expression):
        raise _refusal(f"{tree} is not a condition.")
    return tree


class _Reading:
    """Writes a checked tree anew, gathering its parameters in order."""

    def __init__(self, columns: dict[str, tuple[str, str]]) -> None:
        self.columns = columns
        self.parameters: list[Value] = []
        self.used: set[str] = set()

    def write(self, node: exp.Expression) -> str:
        kind = type(node)
        if kind is exp.Paren:
            return f"({self.write(node.this)})"
        if kind is exp.Not:
            return f"NOT ({self.write(node.this)})"
        if kind in (exp.And, exp.Or):
            word = "AND" if kind is exp.And else "OR"
            return f"({self.write(node.this)} {word} {self.write(node.args['expression'])})"
        if kind in COMPARISONS:
            return self._comparison(node)
        if kind is exp.Is:
            return self._null(node)
        if kind is exp.In:
            return self._among(node)
        raise _strange(node)

    def _comparison(self, node: exp.Expression) -> str:
        _only(node, "this", "expression", "negate")
        column, column_kind = self._column(node.this)
        condition = f"{column} {COMPARISONS[type(node)]} {self._value(node.args['expression'], column_kind)}"
        return f"NOT ({condition})" if node.args.get("negate") else condition

    def _null(self, node: exp.Expression) -> str:
        _only(node, "this", "expression")
        if type(node.args["expression"]) is not exp.Null:
            raise _strange(node.args["expression"])
        return f"{self._column(node.this)[0]} IS NULL"

    def _among(self, node: exp.Expression) -> str:
        _only(node, "this", "expressions")
        column, column_kind = self._column(node.this)
        marks = [self._value(each, column_kind) for each in node.expressions]
        if not marks:
            raise _refusal("'in' needs a list of values in brackets.")
        return f"{column} IN ({', '.join(marks)})"

    def _column(self, node: exp.Expression) -> tuple[str, str]:
        if type(node) is not exp.Column or len(node.parts) != 1 or type(node.this) is not exp.Identifier:
            raise _strange(node)
        known = self.columns.get(node.name.casefold())
        if known is None:
            names = ", ".join(sorted(name for name, _ in self.columns.values()))
            raise _refusal(f"there is no column {node.name!r}.", todo=f"Known: {names}.")
        self.used.add(known[0])
        return f'"{known[0]}"', known[1]

    def _value(self, node: exp.Expression, kind: str) -> str:
        minus = type(node) is exp.Neg
        literal = node.this if minus else node
        if type(literal) is exp.Column:
            raise _refusal(f"{literal.name!r} is not a value.", todo="Put words in single quotes: unit = 'north-3'.")
        if type(literal) is not exp.Literal or (minus and literal.is_string):
            raise _strange(node)
        self.parameters.append(_typed(("-" if minus else "") + str(literal.this), kind, words=literal.is_string))
        return "?"


def _typed(text: str, kind: str, *, words: bool) -> Value:
    """The value as its column wants it; without a kind, as it was written."""
    try:
        if kind == "day":
            return date.fromisoformat(text)
        if kind == "number" or (not kind and not words):
            if not isfinite(number := float(text)):
                raise ValueError(text)
            return number
    except ValueError as error:
        wanted = "a date like 2026-01-31" if kind == "day" else "a number"
        raise _refusal(f"{text!r} is not {wanted}.") from error
    return text


def _only(node: exp.Expression, *names: str) -> None:
    """Refuses any further part of a node, such as a subquery inside `in`."""
    for name, inner in node.args.items():
        if inner and name not in names:
            raise _strange(inner if isinstance(inner, exp.Expression) else node)


def _strange(node: Any) -> Refused:
    words = node.sql(dialect="duckdb") if isinstance(node, exp.Expression) else str(node)
    return _refusal(f"{words[:80]!r} is not allowed here.")


def _refusal(what: str, *, todo: str = "") -> Refused:
    known = "Write `column op value` with =, !=, <, <=, >, >=, in, is null, like, joined by and, or, not."
    return Refused(what, field="where", where="where", todo=todo or known)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].strip(" .")[:120] if str(error) else type(error).__name__
