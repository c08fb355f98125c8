"""The lease of a home: at most one process at a time works its journeys, and a dead one holds nothing."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADVISORY_KEY = 0x746F7563  # any constant: advisory locks are each database's own


@contextmanager
def lease(home: Path, database: str) -> Iterator[bool]:
    """Whether the lease is ours for the time of the block; never waits.

    A lock on `jobs.lock` in the home, or an advisory lock in its PostgreSQL `database`: the system and the server
    give either back when its holder dies, so nothing goes stale.
    """
    if database:
        with _advisory(database) as ours:
            yield ours
    else:
        with _locked(home / "jobs.lock") as ours:
            yield ours


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _advisory(database: str) -> Iterator[bool]:
    import sqlalchemy as sa  # only where the record is shared

    engine = sa.create_engine(database, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # A holder whose machine vanished is found dead within two minutes, not two hours.
        connection.execute(sa.text("SELECT set_config('tcp_keepalives_idle', '60', false)"))
        connection.execute(sa.text("SELECT set_config('tcp_keepalives_interval', '15', false)"))
        yield bool(connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_KEY}))
