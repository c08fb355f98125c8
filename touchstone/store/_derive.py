"""The lake catches up with the record by seq: new interactions come, what is gone goes, corrections are replayed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

import pyarrow as pa
from sqlalchemy import Connection, select

from touchstone.core.tables import INTERACTION, MENTION, SIGNAL
from touchstone.store import _aside
from touchstone.store._append import between, highest
from touchstone.store._cubes import CUBES, count_interactions, count_mentions, narrow, siblings
from touchstone.store._lake import Bench, Draft, Lake, Piece
from touchstone.store.tables import gone

SLICE = 200_000  # interactions brought into the lake at once
MARK = "interaction"
SEQ = pa.field("seq", pa.int64())
KEPT_SCHEMAS = {"interaction": INTERACTION, "mention": MENTION.append(SEQ), "signal": SIGNAL.append(SEQ)}
"""Columns of the files whose rows are about one interaction each: its seq stands beside what is derived from it."""


def catch_up(lake: Lake, *, discard: bool = False) -> bool:
    """Brings the lake to where the record is; False where it was there. `discard`: what goes is unlinked at once."""
    moved = False
    while lake.change(lambda connection: _step(lake, connection), discard=discard):
        moved = True
    return moved


def _step(lake: Lake, connection: Connection) -> Draft | None:
    draft = Draft(lake.state(connection))
    low, high = draft.state.marks.get(MARK, 0), highest(connection)
    departed = [int(seq) for seq in connection.execute(select(gone.c.seq).order_by(gone.c.seq)).scalars()]
    if low == high and not departed:
        return None
    bench = Bench(lake)
    if departed:
        let_go(bench, draft, departed)
    if low < high:
        fresh = between(connection, low, where=_aside.allowed(), limit=SLICE)
        reached = fresh["seq"][-1].as_py() if len(fresh) == SLICE else high
        draft.come.extend(written(bench, fresh, Piece("interaction", "", low, reached, 0, "")))
        draft.marks[MARK] = reached
    return draft


def written(bench: Bench, fresh: pa.Table, like: Piece) -> list[Piece]:
    """The pieces of the interactions that came and of their counts: files that nothing lists yet."""
    bench.take("fresh", fresh)
    piece = bench.write("select * from fresh", like)
    stack = bench.stack(count_interactions("fresh"), replace(like, name="rollup"))
    return [*([] if piece is None else [piece]), *stack]


def let_go(bench: Bench, draft: Draft, seqs: list[int]) -> None:
    """Takes the interactions of `seqs`, and all that was derived from them, out of the lake."""
    bench.take("leaving", pa.table({"seq": pa.array(seqs, pa.int64())}))
    pieces = draft.state
    holders = {name: [each for each in pieces.of(name) if covers(each, seqs)] for name in KEPT_SCHEMAS}
    bench.take("no_mention", KEPT_SCHEMAS["mention"].empty_table())
    bench.take("no_interaction", INTERACTION.empty_table())
    source = bench.rows(holders["interaction"], "select * from no_interaction")
    old = f"select {', '.join(INTERACTION.names)} from {source} semi join leaving using (seq)"
    bench.duck.execute(f"create temp table old_interaction as {old}").fetchall()
    _uncount(bench, draft, seqs)
    for name, schema in KEPT_SCHEMAS.items():
        for piece in holders[name]:
            source = f"{bench.rows([piece], '')} anti join leaving using (seq)"
            kept = f"select {', '.join(schema.names)} from {source} order by seq"
            remaining = bench.write(kept, piece)
            draft.come.extend([] if remaining is None else [remaining])
        draft.drop(holders[name])
    draft.settled = seqs


def covers(piece: Piece, seqs: list[int]) -> bool:
    """Whether any of `seqs`, which are in order, lies in the piece's range."""
    first = bisect_right(seqs, piece.low)
    return first < len(seqs) and seqs[first] <= piece.high


def _uncount(bench: Bench, draft: Draft, seqs: list[int]) -> None:
    """Subtracts what the leaving interactions and their mentions were counted as."""
    for name in siblings("rollup"):
        for piece in draft.state.of(name):
            leaving = f"(select * from old_interaction where seq > {piece.low} and seq <= {piece.high})"
            recount(bench, draft, piece, minus=count_interactions(leaving))
    for name in siblings("mention_rollup"):
        for piece in draft.state.of(name):
            said = [each for each in draft.state.of("mention", piece.maker) if covers(each, seqs)]
            rows = bench.rows(said, "select * from no_mention")
            leaving = (
                f"(select * from {rows} semi join leaving using (seq) where seq > {piece.low} and seq <= {piece.high})"
            )
            recount(bench, draft, piece, minus=count_mentions(leaving, "old_interaction"))


def recount(bench: Bench, draft: Draft, piece: Piece, *, minus: str, plus: str = "") -> None:
    """Writes a piece of a cube anew, less what `minus` counts and with what `plus` counts."""
    columns = ", ".join(CUBES[piece.name])
    changes = f"select {columns}, -n as n from ({minus})"
    changes += f" union all select {columns}, n from ({plus})" if plus else ""
    bench.duck.execute(f"create or replace temp table changes as {changes}").fetchall()
    if not bench.duck.execute("select 1 from changes limit 1").fetchall():
        return
    held = f"select {columns}, n from {bench.rows([piece], '')}"
    remaining = bench.write(narrow(piece.name, f"({held} union all select {columns}, n from changes)"), piece)
    draft.come.extend([] if remaining is None else [remaining])
    draft.drop([piece])
