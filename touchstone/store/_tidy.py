"""Many small pieces become few: neighbours of like size are put together, each row but now and then."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from touchstone.store._cubes import CUBES, empty, siblings
from touchstone.store._lake import Bench, Draft, Lake, Piece, State

FEW = {"interaction": 8, "mention": 8, "signal": 8, "rollup": 4, "mention_rollup": 4}
"""As many neighbours of like size are put together."""
LARGE = 1_000_000  # rows from which a piece of interactions, mentions or signals stays as it is


def tidy(lake: Lake) -> None:
    """Puts pieces together until none is small beside its neighbours."""
    while lake.change(lambda connection: _step(lake, connection)):
        pass


def _step(lake: Lake, connection: Connection) -> Draft | None:
    draft = Draft(lake.state(connection))
    for name, few in FEW.items():
        for maker in sorted({piece.maker for piece in draft.state.of(name)}):
            run = _run(draft.state.of(name, maker), None if name in CUBES else LARGE)
            if len(run) >= few:
                (_stack if name in CUBES else _rows)(Bench(lake), draft, run)
                return draft
    return None


def _run(pieces: list[Piece], large: int | None) -> list[Piece]:
    """The latest pieces, back to the first that is larger than all after it together."""
    total, run = 0, list[Piece]()
    for piece in reversed(pieces):
        if run and (piece.rows > total or (large is not None and total + piece.rows > large)):
            break
        run.append(piece)
        total += piece.rows
    return run[::-1]


def _whole(run: list[Piece]) -> Piece:
    return replace(run[0], low=run[0].low, high=run[-1].high)


def _rows(bench: Bench, draft: Draft, run: list[Piece]) -> None:
    written = bench.write(f"select * from {bench.rows(run, '')} order by seq", _whole(run))
    draft.come.extend([] if written is None else [written])
    draft.drop(run)


def _stack(bench: Bench, draft: Draft, run: list[Piece]) -> None:
    name = run[0].name
    draft.come.extend(bench.stack(f"select * from {bench.rows(run, empty(name))}", _whole(run)))
    draft.drop(_levels(draft.state, run))


def _levels(state: State, run: list[Piece]) -> list[Piece]:
    ranges = {(piece.low, piece.high) for piece in run}
    pieces = [piece for name in siblings(run[0].name) for piece in state.of(name, run[0].maker)]
    return [piece for piece in pieces if (piece.low, piece.high) in ranges]
