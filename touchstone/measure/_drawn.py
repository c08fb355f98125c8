"""Drawing texts by their ids, which are hashes in a home: no text is hashed, and only few of millions are sorted.

They are drawn in the order of their ids, from a place on that the seed chooses; after the last id comes the first.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import PERIODS, Question, period_text
from touchstone.measure._interactions import asked

_SLACK = 500  # more than will be drawn, so that chance never leaves too few
_WORTH = 4  # of many times as many as are drawn, most can be passed over
_NAMED = """WITH chosen AS ({chosen})
SELECT {keys}side, id, said, who, about AS touchpoint FROM chosen WHERE about IS NOT NULL
UNION ALL
SELECT {keys}side, c.id, substr(c.said, m.start + 1, m.stop - m.start), who, m.touchpoint
FROM chosen AS c JOIN mention AS m ON m.interaction = c.id
WHERE c.about IS NULL AND m.stop > m.start AND m.touchpoint IS NOT NULL
ORDER BY side, id, touchpoint, said"""
_PLACES = 16**8  # that the first eight digits of an id tell apart


def lot(seed: int) -> str:
    """SQL of what ids are ordered by before themselves, in drawing."""
    return f"CASE WHEN id >= '{_first(seed):08x}' THEN 0 ELSE 1 END"


def among(seed: int, count: int, wanted: int) -> str | None:
    """SQL that leaves about twice as many of `count` ids as are wanted, the first; None where all are to be sorted."""
    enough = wanted + _SLACK
    if count <= _WORTH * enough:
        return None
    first = _first(seed)
    stop = first + round(2 * enough / count * _PLACES)
    after = f"id >= '{first:08x}'"
    if stop < _PLACES:
        return f"({after} AND id < '{stop:08x}')"
    return f"({after} OR id < '{stop - _PLACES:08x}')"


def drawn(
    ask: Ask, question: Question, sides: Mapping[str, str], sample: int, *, named: bool = False
) -> tuple[pa.Table, bool]:
    """The texts of these sides (SQL that no two share), at most `sample` of each, and whether there are more.

    With `named`, of these texts what they say of each `touchpoint`: all of it where the source names one.
    """
    columns = {"id": "r.id", "about": "r.touchpoint", "said": "r.text", "act": "r.kind", "speaker": "r.level",
               "who": "CASE WHEN r.kind = 'claim' THEN r.id ELSE coalesce(r.person, r.id) END"}  # fmt: skip
    sql, parameters = asked(question, columns)
    cases = " ".join(f"WHEN {speaks} THEN '{name}'" for name, speaks in sides.items())
    told = f"""(SELECT asked.*, CASE {cases} END AS side FROM ({sql}) AS asked WHERE said IS NOT NULL AND said <> '')
        AS told WHERE side IS NOT NULL"""
    counts = ask.lake(f"SELECT side, count(*) AS n FROM {told} GROUP BY side ORDER BY side", parameters)
    limits = {each["side"]: among(ask.seed, each["n"], sample) for each in counts.to_pylist()}
    few = " ".join(f"AND (side <> '{name}' OR {limit})" for name, limit in limits.items() if limit)
    keys = "".join(f'"{each}", ' for each in question.by)
    chosen = f"""SELECT {keys}side, id, said, who, about FROM (
            SELECT told.*, row_number() OVER (PARTITION BY side ORDER BY {lot(ask.seed)}, id) AS place FROM {told} {few}
        ) AS drawn WHERE place <= {sample}"""
    whole = f"SELECT {keys}side, id, said, who FROM ({chosen}) AS chosen ORDER BY side, id"
    table = ask.lake(_NAMED.format(keys=keys, chosen=chosen) if named else whole, parameters)
    for name in set(question.by) & set(PERIODS):
        table = table.set_column(table.column_names.index(name), name, period_text(table[name], name))
    return table, any(each["n"] > sample for each in counts.to_pylist())


def _first(seed: int) -> int:
    return int(np.random.default_rng(seed).integers(_PLACES))
