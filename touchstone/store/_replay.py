"""New corrections reach what is in the lake already: the rows they touch are written anew, and counted anew.

What a correction that is taken back had changed only the maker can tell: it reads these interactions again.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, column, func, select
from sqlalchemy import table as plain

from touchstone.core.tables import INTERACTION
from touchstone.store._append import RAW, as_table
from touchstone.store._corrections import KEYS, Row, corrected, standing, undone
from touchstone.store._cubes import count_mentions, narrow, siblings
from touchstone.store._derive import KEPT_SCHEMAS, covers, recount
from touchstone.store._extend import KNOWN, mark, numbered
from touchstone.store._lake import Bench, Draft, Lake, Piece
from touchstone.store._many import parts
from touchstone.store.tables import correction

MARK, UNDONE = "correction", "undone"
FACT_ROWS = plain("interaction", *[column(name) for name in KNOWN])
FACT_SCHEMA = pa.schema([INTERACTION.field(name) for name in KNOWN])


def replay(lake: Lake) -> bool:
    """Applies the corrections that came since the last time; False where none came."""
    return lake.change(lambda connection: _draft(lake, connection))


def _draft(lake: Lake, connection: Connection) -> Draft | None:
    draft = Draft(lake.state(connection))
    last = connection.execute(select(func.max(correction.c.seq))).scalar() or 0
    if last <= (before := draft.state.marks.get(MARK, 0)):
        return None
    draft.marks[MARK] = last
    bench = Bench(lake)
    for name in KEYS:
        changes = standing(connection, name, above=before)
        known = _known(connection, list(changes))
        for maker, reached in _makers(draft, name):
            facts = known.filter(pc.less_equal(known["seq"], reached))
            _redo(bench, draft, Piece(name, maker, 0, reached, 0, ""), facts=facts, changes=changes)
    return draft


def waiting(lake: Lake, maker: str) -> tuple[pa.Table, int]:
    """The interactions that `maker` has to read again, for a correction was taken back, and the seq up to which."""
    with lake.record.reading() as connection:
        ids, last = undone(connection, above=lake.state(connection).marks.get(f"{UNDONE}/{maker}", 0))
        found = [INTERACTION.empty_table()]
        for some in parts(ids):
            wanted = select(RAW).where(RAW.c.id.in_(some))
            found.append(as_table(connection.execute(wanted).all()))
    return pa.concat_tables(found), last


def reread(lake: Lake, maker: str, made: dict[str, pa.Table], *, ids: list[str], last: int) -> bool:
    """Puts what `maker` read again in interactions `ids` in place of its rows, corrected by all that stands."""

    def draft(connection: Connection) -> Draft:
        drawn = Draft(lake.state(connection))
        drawn.marks[f"{UNDONE}/{maker}"] = last
        bench = Bench(lake)
        for name, rows in made.items():
            changes = {id: each for id, each in standing(connection, name).items() if id in ids}
            known, reached = _known(connection, ids), dict(_makers(drawn, name)).get(maker, 0)
            facts = known.filter(pc.less_equal(known["seq"], reached))
            _redo(bench, drawn, Piece(name, maker, 0, reached, 0, ""), facts=facts, changes=changes, raw=rows)
        return drawn

    return lake.change(draft)


def _known(connection: Connection, ids: list[str]) -> pa.Table:
    found = [FACT_SCHEMA.empty_table()]
    for some in parts(ids):
        wanted = select(FACT_ROWS).where(FACT_ROWS.c.id.in_(some))
        found.append(as_table(connection.execute(wanted).all(), FACT_SCHEMA))
    return pa.concat_tables(found)


def _makers(draft: Draft, name: str) -> list[tuple[str, int]]:
    """The makers of a derived table, and the seq each has come to."""
    start = mark(name, "")
    return sorted((key.removeprefix(start), seq) for key, seq in draft.state.marks.items() if key.startswith(start))


def _redo(
    bench: Bench,
    draft: Draft,
    like: Piece,
    *,
    facts: pa.Table,
    changes: dict[str, list[Row]],
    raw: pa.Table | None = None,
) -> None:
    """Drafts one maker's rows about the interactions in `facts` anew: those it has, or `raw` ones, after `changes`."""
    if not len(facts):
        return
    bench.take("facts", facts)
    seqs = dict(bench.duck.sql("select id, seq from facts order by seq").fetchall())
    schema = KEPT_SCHEMAS[like.name]
    bench.take("none", schema.empty_table())
    pieces = [each for each in draft.state.of(like.name, like.maker) if covers(each, sorted(seqs.values()))]
    rows = bench.rows(pieces, "select * from none")
    columns = ", ".join(schema.names)
    old = bench.duck.sql(
        f"select {columns} from {rows} where seq in (select seq from facts) order by seq, id"
    ).to_arrow_table()
    old = old.cast(schema)
    bench.take("old", old)
    reads = mark("mention", like.maker) in draft.state.marks
    said = old if raw is None else numbered(raw, facts).cast(schema)
    bench.take("new", corrected(like.name, said, changes=changes, maker=like.maker, seqs=seqs, reads=reads))
    for piece in [*pieces, *_alone(like, pieces, seqs)]:
        kept = f"select {columns} from {bench.rows([piece] if piece.path else [], 'select * from none')}"
        kept = f"{kept} where seq not in (select seq from facts)"
        made = f"select {columns} from new where {_within(piece)}"
        written = bench.write(f"{kept} union all {made} order by seq, id", piece)
        draft.come.extend([] if written is None else [written])
    draft.drop(pieces)
    if like.name == "mention":
        _count(bench, draft, like, seqs)


def _count(bench: Bench, draft: Draft, like: Piece, seqs: dict[str, int]) -> None:
    for name in siblings("mention_rollup"):
        pieces = [each for each in draft.state.of(name, like.maker) if covers(each, sorted(seqs.values()))]
        for piece in pieces:
            old, new = (f"(select * from {side} where {_within(piece)})" for side in ("old", "new"))
            recount(bench, draft, piece, minus=count_mentions(old, "facts"), plus=count_mentions(new, "facts"))
        for piece in _alone(replace(like, name=name), pieces, seqs):
            counts = count_mentions(f"(select * from new where {_within(piece)})", "facts")
            written = bench.write(narrow(name, f"({counts})"), piece)
            draft.come.extend([] if written is None else [written])


def _within(piece: Piece) -> str:
    return f"seq > {piece.low} and seq <= {piece.high}"


def _alone(like: Piece, pieces: list[Piece], seqs: dict[str, int]) -> list[Piece]:
    """A piece of its own for each seq that none of `pieces` covers: nothing had been said of that interaction."""
    alone = [seq for seq in sorted(seqs.values()) if not any(covers(piece, [seq]) for piece in pieces)]
    return [replace(like, low=seq - 1, high=seq) for seq in alone]
