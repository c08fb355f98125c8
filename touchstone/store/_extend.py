"""What is derived from interactions comes into the lake: batch by batch as makers understand them, or whole."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from touchstone.core.errors import Stop
from touchstone.core.tables import DERIVED, INTERACTION, conform, ours
from touchstone.store._corrections import corrected, standing
from touchstone.store._cubes import FACTS, siblings
from touchstone.store._derive import KEPT_SCHEMAS, MARK, SEQ
from touchstone.store._duck import answer, connect
from touchstone.store._lake import Bench, Draft, Lake, Piece, read_files
from touchstone.store._tally import tally

UNREAD = ("seq", "id", "text", "touchpoint")
"""What of an interaction is understood."""
AT_ONCE = 1_000_000  # interactions looked through at once
KNOWN = ("seq", "id", "occurred_at", *FACTS)
UNDERSTOOD = ("mention", "signal")


def mark(name: str, maker: str) -> str:
    """The name of the watermark of a maker in a derived table."""
    return f"{name}/{maker}"


def pending(lake: Lake, maker: str, names: tuple[str, ...], batch: int) -> Iterator[tuple[pa.Table, int]]:
    """Interactions of the lake with words that `maker` has not understood, in order of seq, up to `batch` at a time.

    Each time with the seq up to which the maker has then come: what has no words, and what the brand itself says, is
    passed over.
    """
    duck, reached, end = connect(), 0, 0
    for pieces, low in _gathered(unread(lake, maker, names)):
        end = pieces[-1].high
        if files := read_files([lake.path(each) for each in pieces if each.path]):
            wanted = f"select {', '.join(UNREAD)} from ({files}) where seq > {low} and text <> '' and not {ours()}"
            found = answer(duck, wanted).sort_by("seq")
            for start in range(0, len(found), batch):
                some = found.slice(start, batch)
                reached = some["seq"][-1].as_py() if start + batch < len(found) else end
                yield some, reached
    if reached < end:
        yield INTERACTION.empty_table().select(UNREAD), end


def _gathered(pieces: Iterator[tuple[Piece, int]]) -> Iterator[tuple[list[Piece], int]]:
    """Neighbouring pieces together, as long as they have no more than AT_ONCE rows."""
    held, low = list[Piece](), 0
    for piece, low in pieces:
        if held and sum(each.rows for each in held) + piece.rows > AT_ONCE:
            yield held, low
            held = []
        held.append(piece)
    if held:
        yield held, low


def unread(lake: Lake, maker: str, names: tuple[str, ...]) -> Iterator[tuple[Piece, int]]:
    """The pieces of interactions that `maker` has not come to the end of, each with the seq it has come to.

    The last one has no file: it stands for the seq up to which the lake has come.
    """
    with lake.record.reading() as connection:
        state = lake.state(connection)
    own = [seq for name, seq in state.marks.items() if name in [mark(each, maker) for each in UNDERSTOOD]]
    if names:
        own = [state.marks.get(mark(name, maker), 0) for name in names]
    low, high = min(own, default=0), state.marks.get(MARK, 0)
    if low < high:
        end = Piece("interaction", "", low, high, 0, "")
        yield from ((piece, low) for piece in (*state.of("interaction"), end) if piece.high > low)


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
        _let_go(made, name, maker)
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
        _let_go(made, name, maker)
        if name in UNDERSTOOD:
            _add(bench, made, connection, table=table, like=like)
            made.marks[mark(name, maker)] = high
        else:
            written = bench.keep(table.sort_by("id"), like)
            made.come.extend([] if written is None else [written])
        return made

    lake.change(draft)


def _conforming(name: str, rows: Any) -> pa.Table:
    if name not in DERIVED:
        raise Stop(f"no derived table {name!r}.", todo=f"There are: {', '.join(DERIVED)}.")
    try:
        numbered = isinstance(rows, pa.Table) and "seq" in rows.column_names
        return conform(rows, KEPT_SCHEMAS[name] if numbered else DERIVED[name])
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise Stop(f"not rows of {name} ({error}).", where=name, todo="See core/tables.py for its columns.") from error


def _tables(name: str) -> list[str]:
    """The table and the cubes that count it."""
    return [name, *siblings(f"{name}_rollup")]


def _let_go(draft: Draft, name: str, maker: str) -> None:
    """Lets go of what other versions of the same maker left; gone back to, they read everything anew."""

    def older(other: str) -> bool:
        return other != maker and other.partition("@")[0] == maker.partition("@")[0]

    draft.drop(each for each in draft.state.pieces if each.name in _tables(name) and older(each.maker))
    start = mark(name, "")
    makers = [key.removeprefix(start) for key in draft.state.marks if key.startswith(start)]
    draft.marks |= {mark(name, each): 0 for each in makers if older(each)}


def _add(bench: Bench, draft: Draft, connection: Connection, *, table: pa.Table, like: Piece) -> None:
    """Drafts the piece of one maker's rows, those about interactions of the lake, corrected, and their counts."""
    changes = standing(connection, like.name)
    facts = _facts(bench, draft, table, like=like, others=list(changes))
    table = numbered(table, facts)
    if changes:
        meant = facts.filter(pc.is_in(facts["id"], pa.array(list(changes), pa.string())))
        seqs = dict(zip(meant["id"].to_pylist(), meant["seq"].to_pylist(), strict=True))
        reads = like.name == "mention" or mark("mention", like.maker) in draft.state.marks
        table = corrected(like.name, table, changes=changes, maker=like.maker, seqs=seqs, reads=reads)
    with ThreadPoolExecutor(1, "lake") as thread:
        rows = thread.submit(bench.keep, table, like)
        cubes = tally(table, facts) if like.name == "mention" else {}
        written = [bench.keep(cells, replace(like, name=cube)) for cube, cells in cubes.items()]
    draft.come.extend(each for each in (rows.result(), *written) if each is not None)


def _facts(bench: Bench, draft: Draft, table: pa.Table, *, like: Piece, others: list[str]) -> pa.Table:
    """What is counted by of the interactions that the rows of `table`, or changes to `others`, are about, by seq."""
    said = [each for each in draft.state.of("interaction") if each.low < like.high and each.high > like.low]
    columns = KNOWN if like.name == "mention" else KNOWN[:2]
    if "seq" in table.column_names and not others:
        paths = [bench.lake.path(each) for each in said]
        found = _listed(paths, table["seq"].to_numpy(), [name for name in columns if name != "id"])
        return found.filter((pc.field("seq") > like.low) & (pc.field("seq") <= like.high))
    key, own = ("seq", "seq") if "seq" in table.column_names else ("id", "interaction")
    bench.take("no_interaction", INTERACTION.empty_table())
    bench.take("arrived", table.select([own]))
    bench.take("others", pa.table({"id": pa.array(others, pa.string())}))
    source = bench.rows(said, "select * from no_interaction")
    meant = f"({key} in (select {own} from arrived) or id in (select id from others))"
    within = f"seq > {like.low} and seq <= {like.high} and {meant}"
    return bench.duck.sql(f"select {', '.join(columns)} from {source} where {within} order by seq").to_arrow_table()


def _listed(paths: list[str], seqs: npt.NDArray[np.int64], columns: list[str]) -> pa.Table:
    """These columns of the interactions numbered `seqs`, in order: several times faster than by SQL."""
    from pyarrow import parquet  # only where something is understood

    found = [pa.schema([INTERACTION.field(name) for name in columns]).empty_table()]
    for path in paths:
        rows = parquet.read_table(path, columns=columns, read_dictionary=[name for name in columns if name in FACTS])
        found.append(rows.filter(pa.array(np.isin(rows["seq"].to_numpy(), seqs))))
    return pa.concat_tables(found[1:] or found, promote_options="default").sort_by("seq")  # some say never null


def numbered(table: pa.Table, facts: pa.Table) -> pa.Table:
    """Rows of a maker about interactions in `facts`, with the seq of each."""
    if "seq" not in table.column_names:
        places = pc.index_in(table["interaction"], value_set=facts["id"])
        table = table.append_column(SEQ, facts["seq"].take(places))
    known = pc.is_in(table["seq"], value_set=facts["seq"])
    return table if pc.all(known).as_py() else table.filter(known)
