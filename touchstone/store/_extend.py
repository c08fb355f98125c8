"""What is derived from interactions comes into the lake: batch by batch as makers understand them, or whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, column, select
from sqlalchemy import table as plain

from touchstone.core.errors import Stop
from touchstone.core.tables import DERIVED, INTERACTION, conform
from touchstone.store._append import as_table, between
from touchstone.store._corrections import corrected, standing
from touchstone.store._cubes import FACTS, count_mentions, siblings
from touchstone.store._derive import MARK
from touchstone.store._lake import Bench, Draft, Lake, Piece, State

KNOWN = ("seq", "id", "occurred_at", *FACTS)
FACT_ROWS = plain("interaction", *[column(name) for name in KNOWN])
FACT_SCHEMA = pa.schema([INTERACTION.field(name) for name in KNOWN])
UNDERSTOOD = ("mention", "signal")


def mark(name: str, maker: str) -> str:
    """The name of the watermark of a maker in a derived table."""
    return f"{name}/{maker}"


def pending(lake: Lake, maker: str, names: tuple[str, ...], batch: int) -> Iterator[pa.Table]:
    """Interactions of the lake that `maker` has not understood, up to `batch` at a time, in order of seq."""
    with lake.record.reading() as connection:
        state = lake.state(connection)
    own = [seq for name, seq in state.marks.items() if name in [mark(each, maker) for each in UNDERSTOOD]]
    if names:
        own = [state.marks.get(mark(name, maker), 0) for name in names]
    low, high = min(own, default=0), state.marks.get(MARK, 0)
    while low < high:
        with lake.record.reading() as connection:
            found = between(connection, low, high=high, limit=batch)
        if not len(found):
            return
        low = found["seq"][-1].as_py()
        yield found


def extend(lake: Lake, name: str, *, maker: str, rows: Any, upto: int) -> bool:
    """Adds rows about the interactions from the maker's mark up to `upto`; False where the mark is there already."""
    table = _conforming(name, rows)
    if name not in UNDERSTOOD:
        raise Stop(f"{name!r} is not derived batch by batch.", todo=f"Use replace, or one of: {', '.join(UNDERSTOOD)}.")

    def draft(connection: Connection) -> Draft | None:
        made = Draft(lake.state(connection))
        low = made.state.marks.get(mark(name, maker), 0)
        high = min(upto, made.state.marks.get(MARK, 0))
        if high <= low:
            return None
        like = Piece(name, maker, low, high, 0, "")
        _add(Bench(lake), made, connection, table=table, like=like)
        made.drop(_older(made.state, name, maker))
        made.marks[mark(name, maker)] = high
        return made

    return lake.change(draft)


def replace_all(lake: Lake, name: str, *, maker: str, rows: Any) -> None:
    """Makes `rows` all there is of `maker` in table `name`, and lets go of what its other versions made."""
    table = _conforming(name, rows)

    def draft(connection: Connection) -> Draft:
        made = Draft(lake.state(connection))
        bench, high = Bench(lake), made.state.marks.get(MARK, 0)
        like = Piece(name, maker, 0, high, 0, "")
        made.drop(each for each in made.state.pieces if each.maker == maker and each.name in _tables(name))
        made.drop(_older(made.state, name, maker))
        if name in UNDERSTOOD:
            _add(bench, made, connection, table=table, like=like)
            made.marks[mark(name, maker)] = high
        else:
            bench.take("rows", table)
            written = bench.write("select * from rows order by id", like)
            made.come.extend([] if written is None else [written])
        return made

    lake.change(draft)


def _conforming(name: str, rows: Any) -> pa.Table:
    if name not in DERIVED:
        raise Stop(f"no derived table {name!r}.", todo=f"There are: {', '.join(DERIVED)}.")
    try:
        return conform(rows, DERIVED[name])
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise Stop(f"not rows of {name} ({error}).", where=name, todo="See core/tables.py for its columns.") from error


def _tables(name: str) -> list[str]:
    """The table and the cubes that count it."""
    return [name, *siblings(f"{name}_rollup")]


def _older(state: State, name: str, maker: str) -> list[Piece]:
    """The pieces that other versions of the same maker left."""
    root = maker.partition("@")[0]
    return [
        each
        for each in state.pieces
        if each.name in _tables(name) and each.maker != maker and each.maker.partition("@")[0] == root
    ]


def facts(connection: Connection, low: int, high: int) -> pa.Table:
    """Of each interaction above `low` and up to `high`: seq, id and what it is counted by."""
    wanted = select(FACT_ROWS).where(FACT_ROWS.c.seq > low, FACT_ROWS.c.seq <= high).order_by(FACT_ROWS.c.seq)
    return as_table(connection.execute(wanted).all(), FACT_SCHEMA)


def _add(bench: Bench, draft: Draft, connection: Connection, *, table: pa.Table, like: Piece) -> None:
    """Drafts the piece of one maker's rows, numbered and corrected, and their counts."""
    known = facts(connection, like.low, like.high)
    bench.take("facts", known)
    rows = numbered(bench, table)
    if changes := standing(connection, like.name):
        seqs = dict(zip(known["id"].to_pylist(), known["seq"].to_pylist(), strict=True))
        reads = like.name == "mention" or mark("mention", like.maker) in draft.state.marks
        rows = corrected(like.name, rows, changes=changes, maker=like.maker, seqs=seqs, reads=reads)
    bench.take("numbered", rows)
    written = bench.write("select * from numbered", like)
    draft.come.extend([] if written is None else [written])
    if like.name == "mention":
        draft.come.extend(bench.stack(count_mentions("numbered", "facts"), replace(like, name="mention_rollup")))


def numbered(bench: Bench, rows: pa.Table) -> pa.Table:
    """Rows of a maker with the seq of the interaction each is about; those about none of `facts` are left out."""
    bench.take("arrived", rows)
    columns = ", ".join(f"arrived.{each}" for each in rows.column_names)
    joined = "from arrived join facts on facts.id = arrived.interaction order by facts.seq, arrived.id"
    return bench.duck.sql(f"select {columns}, facts.seq {joined}").to_arrow_table()
