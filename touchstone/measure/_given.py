"""The file of a one-shot call, for the measures that read more of it than interactions."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.fields import required
from touchstone.measure._answers import Question

_OURS = ("kind", "side", "incentive")
"""Columns whose words are ours and come back in no row."""


def given(ask: Ask, question: Question, *needed: str) -> pa.Table | None:
    """The file's table, or None where a home is asked; Refused where it lacks a column of `needed`, by name.

    NaN and infinite numbers are missing. A file is taken whole: `where`, `since` and `until` are Refused beside it.
    """
    table = ask.given
    if table is None:
        return None
    for name in ("where", "since", "until"):
        if getattr(question, name) is not None:
            raise Refused("a file given in one shot is taken whole.", field=name, todo="Narrow the file itself.")
    return _worded(_finite(required(table, *needed)))


def _worded(table: pa.Table) -> pa.Table:
    """The table with our own words as we write them: Purchase is purchase."""
    for place, field in enumerate(table.schema):
        if field.name in _OURS and pa.types.is_string(field.type):
            table = table.set_column(place, field, pc.utf8_lower(pc.utf8_trim_whitespace(table.column(place))))
    return table


def _finite(table: pa.Table) -> pa.Table:
    """The table with numbers that are none (NaN, infinite) missing."""
    for place, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            column = table.column(place)
            table = table.set_column(place, field, pc.if_else(pc.is_finite(column), column, None))
    return table
