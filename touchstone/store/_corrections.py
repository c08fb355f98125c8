"""What people changed in what was understood: replayed, in order of arrival, over every maker's rows.

A mention is told by its touchpoint, a signal by its layer and label. A change gives the fields the row should have; one
whose other fields are all null takes the row away; a mention that no row speaks of yet is added. `becomes` names the
touchpoint a mention should have had. A change that only says `takes_back` undoes the correction of that id.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, func, select

from touchstone.core.tables import CORRECTED, DERIVED
from touchstone.store._arrive import APART
from touchstone.store._record import Record
from touchstone.store.tables import account, correction, interaction

KEYS = {"mention": ("touchpoint",), "signal": ("layer", "label")}
FIXED = ("id", "interaction", "maker", "seq")
FULL: dict[str, dict[str, Any]] = {
    "mention": {"confidence": 1.0, "start": 0},
    "signal": {"score": 1.0, "probability": 1.0},
}
UNDOES = "takes_back"
LENGTH = " length"  # of the text, beside the fields of a change: a mention without words of its own spans it all
Row = dict[str, Any]


def standing(connection: Connection, name: str, *, above: int = 0) -> dict[str, list[Row]]:
    """The changes to a table by interaction, in order of arrival, of corrections with seq above `above`."""
    columns = (correction.c.id, correction.c.interaction, correction.c.change)
    wanted = (
        select(*columns, func.length(interaction.c.text).label("length"))
        .join_from(correction, interaction, interaction.c.id == correction.c.interaction)
        .where(correction.c.table == name, correction.c.seq > above)
        .order_by(correction.c.seq)
    )
    rows = [(row, json.loads(row.change or "{}")) for row in connection.execute(wanted)]
    undone = {change.get("takes_back") for _, change in rows}
    found: dict[str, list[Row]] = defaultdict(list)
    for row, change in rows:
        if row.id not in undone and all(change.get(key) is not None for key in KEYS[name]):
            found[row.interaction].append({**change, LENGTH: row.length or 0})
    return dict(found)


def undone(connection: Connection, *, above: int) -> tuple[list[str], int]:
    """The interactions of which a correction was taken back after seq `above`, and the last seq looked at."""
    about = (correction.c.seq > above, correction.c.interaction.is_not(None))
    wanted = select(correction.c.interaction).where(*about, correction.c.change.like(f"%{UNDOES}%"))
    last = connection.execute(select(func.max(correction.c.seq))).scalar() or 0
    return sorted(set(connection.execute(wanted).scalars())), last


def named(record: Record) -> pa.Table:
    """All corrections in order of arrival, with the names of those who made them."""
    wanted = (
        select(correction, account.c.name)
        .join_from(correction, account, account.c.id == correction.c.person, isouter=True)
        .order_by(correction.c.seq)
    )
    with record.reading() as connection:
        rows = [dict(row) for row in connection.execute(wanted).mappings()]
    return pa.Table.from_pylist(rows, schema=CORRECTED)


def readings(connection: Connection) -> dict[str, list[Row]]:
    """The mentions people found in whole texts they read, by interaction; of two readings of a text, the later."""
    wanted = (
        select(correction.c.interaction, correction.c.change)
        .where(correction.c.table == "reading")
        .order_by(correction.c.seq)
    )
    return {row.interaction: json.loads(row.change)["mentions"] for row in connection.execute(wanted)}


def corrected(
    name: str, rows: pa.Table, *, changes: dict[str, list[Row]], maker: str, seqs: dict[str, int], reads: bool = False
) -> pa.Table:
    """`rows` (with `seq`) of one maker after `changes`; `seqs` numbers the interactions the rows are about.

    A signal that nobody gave yet is added where the maker speaks of its layer, or `reads` whole texts.
    """
    touched = [id for id in changes if id in seqs]
    if not touched:
        return rows
    table: dict[str, list[Row]] = {id: [] for id in touched}
    meant = pc.is_in(rows["interaction"], value_set=pa.array(touched, pa.string()))
    for row in rows.filter(meant).to_pylist():
        table[row["interaction"]].append(row)
    made = []
    for id in touched:
        for change in changes[id]:
            about = {"interaction": id, "maker": maker, "seq": seqs[id]}
            table[id] = _after(name, table[id], change=change, about=about, reads=reads)
        made.extend(table[id])
    return pa.concat_tables([rows.filter(pc.invert(meant)), pa.Table.from_pylist(made, schema=rows.schema)])


def _after(name: str, rows: list[Row], *, change: Row, about: Row, reads: bool) -> list[Row]:
    keys = KEYS[name]
    fields = {key: value for key, value in change.items() if key in DERIVED[name].names and key not in (*keys, *FIXED)}
    meant = [row for row in rows if all(row[key] == change[key] for key in keys)]
    others = [row for row in rows if row not in meant]
    if fields and all(value is None for value in fields.values()):
        return others
    fields = _rounded({key: value for key, value in fields.items() if value is not None})
    if "stop" in fields:
        fields = _within(fields, change[LENGTH])
        meant = meant[:1]  # one span, one mention
    if not meant and (name == "mention" or reads or any(row["layer"] == change["layer"] for row in rows)):
        told = APART.join([about["maker"], about["interaction"], "correction", *(change[key] for key in keys)])
        own = {"id": hashlib.sha256(told.encode()).hexdigest()[:32], **about, **{key: change[key] for key in keys}}
        meant = [{**dict.fromkeys(DERIVED[name].names), **FULL[name], **own}]
        whole = {"polarity": "neutral", "sentiment": 0.0, "stop": change[LENGTH]}
        fields = fields if name == "signal" else {**whole, **fields}
    if (becomes := change.get("becomes")) is not None:
        others = [row for row in others if row["touchpoint"] != becomes]
        fields["touchpoint"] = becomes
    return [*others, *({**row, **fields} for row in meant)]


def _within(fields: Row, length: int) -> Row:
    """The fields without a span that the text, changed since, no longer has."""
    if fields["stop"] <= length:
        return fields
    return {key: value for key, value in fields.items() if key not in ("start", "stop")}


def _rounded(fields: Row) -> Row:
    """Polarity and sentiment say the same: where one is given alone, the other follows."""
    if "polarity" in fields and "sentiment" not in fields:
        return {**fields, "sentiment": {"positive": 1.0, "negative": -1.0}.get(fields["polarity"], 0.0)}
    if "sentiment" in fields and "polarity" not in fields:
        value = fields["sentiment"]
        return {**fields, "polarity": "positive" if value > 0 else "negative" if value < 0 else "neutral"}
    return fields
