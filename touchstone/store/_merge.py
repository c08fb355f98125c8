"""Many small pieces become few: neighbours of like size are put together, each row but now and then."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from touchstone.store._cubes import CUBES, narrow
from touchstone.store._lake import Bench, Draft, Lake, Piece

FEW = {"interaction": 8, "mention": 8, "signal": 8, **dict.fromkeys(CUBES, 8)}
"""As many neighbours of like size are put together."""
LARGE = (
    1_000_000  # rows from which a piece stays as it is, but for the smaller cubes, where putting together saves rows
)
WIDE = ("interaction", "mention", "signal", "rollup", "mention_rollup")


def merge(lake: Lake) -> None:
    """Puts pieces together until none is small beside its neighbours."""
    while lake.change(lambda connection: _step(lake, connection)):
        pass


def _step(lake: Lake, connection: Connection) -> Draft | None:
    draft = Draft(lake.state(connection))
    bench: Bench | None = None
    for name, few in FEW.items():
        for maker in sorted({piece.maker for piece in draft.state.of(name)}):
            run = _run(draft.state.of(name, maker), LARGE if name in WIDE else None)
            if len(run) >= few:
                bench = bench or Bench(lake)
                _together(bench, draft, run)
    return draft if draft.go else None


def _run(pieces: list[Piece], large: int | None) -> list[Piece]:
    """The latest pieces, back to the first that is larger than all after it together."""
    total, run = 0, list[Piece]()
    for piece in reversed(pieces):
        if run and (piece.rows > total or (large is not None and total + piece.rows > large)):
            break
        run.append(piece)
        total += piece.rows
    return run[::-1]


def _together(bench: Bench, draft: Draft, run: list[Piece]) -> None:
    whole = replace(run[0], high=run[-1].high)
    rows = bench.rows(run, "")
    sql = narrow(whole.name, rows) if whole.name in CUBES else f"select * from {rows} order by seq"
    written = bench.write(sql, whole)
    draft.come.extend([] if written is None else [written])
    draft.drop(run)
