"""One person: whether they are known, who is the same customer, and all that is kept of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, select

from touchstone.core.tables import PERSON
from touchstone.rules import consent
from touchstone.store import _aside, _customers, _erase, _files, live, tables
from touchstone.store._activity import known_as

Row = dict[str, Any]
ABOUT = ("mention", "signal")


def knows(store: Any, *, id: str) -> bool:
    """Whether anything is kept under this person's id."""
    with store.record.reading() as connection:
        return _erase.knows(connection, id)


def together(store: Any, *, id: str) -> list[str]:
    """The persons who are one customer, by links that are sure or were confirmed: this one first."""
    store.derive()
    with store.record.reading() as connection:
        return [id, *_customers.others(connection, id)]


def find(store: Any, *, id: str) -> Row | None:
    """The row of a person; None where there is none."""
    with store.record.reading() as connection:
        row = connection.execute(_known(id)).mappings().first()
    return None if row is None else dict(row)


def allow(store: Any, *, id: str, purpose: str, state: str, by: str) -> tuple[str | None, bool]:
    """The consents of a person after their word on a purpose, and whether they are new; `by` is whose word it was."""
    row = find(store, id=id) or {**dict.fromkeys(PERSON.names), "id": id}
    made = consent.changed(row["consents"], purpose=purpose, state=state, at=store.now, by=by)
    if made is None:
        return row["consents"], False
    store.put("person", [{**row, "consents": made}])
    store.log("person.consent", person=id, purpose=purpose, state=state)
    return made, True


def left_out(store: Any) -> pa.Table:
    """The interactions that the lake leaves out, for their persons do not allow analysis; by seq."""
    with store.record.reading() as connection:
        return _aside.held(connection)


def everything(store: Any, *, id: str) -> Row:
    """All that the home holds of a person, table by table; rows of tables as `core/tables.py` has them."""
    store.derive()
    with store.record.reading() as connection:
        found = _recorded(connection, id)
    ids = [row["id"] for row in found["interaction"]]
    ask = store.ask()
    for name in ABOUT:
        found[name] = ask.lake(
            f"select * from {name} where list_contains(?, interaction) order by id", [ids]
        ).to_pylist()
    both = 'select * from link where list_contains($1, "left") or list_contains($1, "right") order by id'
    found["link"] = ask.lake(both.replace("$1", "?"), [[id, *ids], [id, *ids]]).to_pylist()
    figures = 'select * from {} where list_contains(map_values("by"), ?) order by id'
    found |= {name: ask.lake(figures.format(name), [id]).to_pylist() for name in ("metric", "plan")}
    for row in found.get("attachment", ()):
        row["content"] = base64.b64encode(_files.read(store.path, row["digest"]) or b"").decode("ascii")
    return found | {"rejects": _rejected(store.path / "rejects", id)}


def _recorded(connection: Connection, who: str) -> Row:
    """What the record holds: the person, what they said and said before, what was corrected and done."""
    found: Row = {"person": _rows(connection, _known(who))}
    for table in (tables.interaction, tables.interaction_history):
        found[table.name] = _rows(connection, select(table).where(table.c.person == who).order_by(table.c.seq))
    said = select(tables.interaction.c.id).where(tables.interaction.c.person == who)
    made = select(tables.correction).order_by(tables.correction.c.seq)
    found["correction"] = _rows(connection, made.where(tables.correction.c.interaction.in_(said)))
    found["correction"] += [
        row
        for row in _rows(connection, made.where(tables.correction.c.table == "link"))
        if json.dumps(who, ensure_ascii=False) in (row["change"] or "")
    ]
    found["customer"] = _rows(connection, select(tables.customer).where(tables.customer.c.person == who))
    done = select(tables.activity).order_by(tables.activity.c.seq)
    veiled = known_as(connection, who)
    found["activity"] = _rows(connection, done.where(tables.activity.c.ids.contains(veiled))) if veiled else []
    return found | live.of(connection, who)


def _known(who: str) -> Any:
    return select(*(tables.person.c[name] for name in PERSON.names)).where(tables.person.c.id == who)


def _rows(connection: Connection, wanted: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _rejected(folder: Path, who: str) -> list[Row]:
    """The rejected rows that name the person."""
    told = json.dumps(who, ensure_ascii=False)
    lines = (line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return [json.loads(line) for line in lines if told in line]
