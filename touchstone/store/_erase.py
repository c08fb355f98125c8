"""Everything of one person goes: words, history, what was understood of them, links, rejects, their pseudonym's key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Connection, delete, or_, select

from touchstone.store._activity import forget
from touchstone.store._append import release
from touchstone.store._customers import forget as forget_customer
from touchstone.store._customers import resolve
from touchstone.store._derive import catch_up
from touchstone.store._lake import Bench, Draft, Lake, bump
from touchstone.store._record import Record
from touchstone.store.tables import correction, interaction, interaction_history, person


def erase(record: Record, lake: Lake, *, who: str, home: Path) -> int:
    """Erases a person from record, lake and rejects; returns how many interactions went."""
    with record.writing() as connection:
        rows = connection.execute(select(interaction.c.seq, interaction.c.id).where(interaction.c.person == who)).all()
        ids = [row.id for row in rows]
        _unquote(connection, who)
        _forget(connection, who, ids)
        release(connection, [row.seq for row in rows])
        bump(connection)
    catch_up(lake, discard=True)
    lake.change(lambda connection: _unlinked(lake, connection, [*ids, who]), discard=True)
    resolve(lake)
    _rejects(home / "rejects", who)
    record.compact()
    return len(rows)


def _unquote(connection: Connection, who: str) -> None:
    """Takes out the examples typed in that quote a text of the person, or a line of one, spaces aside."""
    said: set[str] = set()
    for table in (interaction, interaction_history):
        for text in connection.execute(select(table.c.text).where(table.c.person == who)).scalars():
            said |= {" ".join(each.split()) for each in (text or "", *(text or "").splitlines())}
    typed = select(correction.c.seq, correction.c.change).where(correction.c.interaction.is_(None))
    quoting = [
        row.seq
        for row in connection.execute(typed)
        if (text := json.loads(row.change or "{}").get("text")) and " ".join(text.split()) in said
    ]
    for start in range(0, len(quoting), 500):
        connection.execute(delete(correction).where(correction.c.seq.in_(quoting[start : start + 500])))


def _forget(connection: Connection, who: str, ids: Sequence[str]) -> None:
    history = interaction_history
    for start in range(0, max(1, len(ids)), 500):
        some = list(ids[start : start + 500])
        connection.execute(delete(history).where(or_(history.c.person == who, history.c.id.in_(some))))
        connection.execute(delete(correction).where(correction.c.interaction.in_(some)))
    connection.execute(delete(person).where(person.c.id == who))
    forget_customer(connection, who)
    forget(connection, who)


def _unlinked(lake: Lake, connection: Connection, ids: list[str]) -> Draft | None:
    """Drafts the links without those of the erased."""
    draft = Draft(lake.state(connection))
    bench = Bench(lake)
    bench.take("erased", pa.table({"id": pa.array(ids, pa.string())}))
    for piece in draft.state.of("link"):
        erased = '"left" in (select id from erased) or "right" in (select id from erased)'
        rows = bench.rows([piece], "")
        if bench.duck.sql(f"select 1 from {rows} where {erased} limit 1").fetchall():
            kept = f"select * from {rows} where coalesce(not ({erased}), true) order by id"
            written = bench.write(kept, piece)
            draft.come.extend([] if written is None else [written])
            draft.drop([piece])
    return draft if draft.go else None


def _rejects(folder: Path, who: str) -> None:
    """Takes every rejected row that names the person out of the rejects."""
    told = json.dumps(who, ensure_ascii=False)
    for path in sorted(folder.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if told not in line]
        if len(kept) < len(lines):
            passing = path.with_suffix(".part")
            passing.write_text("".join(kept), "utf-8")
            passing.replace(path)
