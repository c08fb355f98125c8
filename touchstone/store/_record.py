"""The record: SQLite inside the home, or a shared PostgreSQL, behind the same tables and the same two transactions."""

from __future__ import annotations

import hashlib
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, or_, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from touchstone.core.errors import Retry, Stop
from touchstone.store import _postgresql

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE = 60  # seconds a writer waits for another to finish
PRAGMAS = (
    "journal_mode = wal",
    "synchronous = full",  # the record is precious: a commit survives a power cut
    "secure_delete = on",  # what is erased is overwritten
    "foreign_keys = on",
    "cache_size = -65536",
    "wal_autocheckpoint = 4000",
    "temp_store = memory",
)


class Record:
    """Two ways in: `reading` and `writing`, each one transaction; writers queue, so `seq` order is commit order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.engine = _engine(address)
        self._end = weakref.finalize(self, self.engine.dispose)  # a forgotten store leaves no connection open
        self.shared = self.engine.dialect.name == "postgresql"
        self._still = self.engine.execution_options(isolation_level="REPEATABLE READ") if self.shared else self.engine
        self._lock = int.from_bytes(hashlib.sha256(b"touchstone").digest()[:7], "big")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state."""
        with _told(self.address), self._still.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that alone may write until it commits at the end; what fails leaves nothing behind."""
        with (
            _told(self.address),
            self.engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            if self.shared:
                connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": self._lock})
            yield connection

    def migrate(self) -> None:
        """Takes the schema to the newest step; quick where it is there already."""
        newest = max(path.stem for path in MIGRATIONS.glob("versions/step_*.py")).removeprefix("step_")
        with self.reading() as connection:
            if _stamp(connection) == newest:
                return
        from alembic import command  # only when there is a step to take
        from alembic.config import Config

        with self.writing() as connection:
            if (_stamp(connection) or "") > newest:
                raise Stop("the record was written by a newer Touchstone.", where=self.name, todo="Upgrade this one.")
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def compact(self) -> bool:
        """Rewrites the database's files, so that nothing erased is left in a corner of them; False: its log still may.

        `Retry` where somebody is reading what was.
        """
        with _told(self.address):
            if self.shared:
                with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("analyze")  # samples of columns are kept too, in a table vacuumed next
                    _postgresql.clear_samples(connection)
                    connection.exec_driver_sql("vacuum full")
                    return _postgresql.clear_log(connection)
            plain = self.engine.raw_connection()  # outside any transaction: SQLite takes no vacuum in one
            try:
                plain.cursor().execute("vacuum").fetchall()
                if plain.cursor().execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
                    raise sqlite3.OperationalError("someone is reading what was")
            except sqlite3.OperationalError as error:
                raise Retry(f"the record is in use ({error}).", where=self.name, todo="Erase again shortly.") from error
            finally:
                plain.close()
        return True

    @property
    def name(self) -> str:
        """The record's address without its password."""
        return make_url(self.address).render_as_string(hide_password=True)

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()


def put(connection: Connection, table: Any, rows: Sequence[dict[str, Any]], *, key: str, mark: str = "") -> None:
    """Inserts `rows`, or where the key is there already, makes that row say the same.

    One that says so already, but for the column `mark`, stays as it is.
    """
    if not rows:
        return
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table)
    others = {name: insert.excluded[name] for name in rows[0] if name != key}
    told = (table.c[name].is_distinct_from(value) for name, value in others.items() if name != mark)
    where = or_(*told) if mark else None
    connection.execute(
        insert.on_conflict_do_update(index_elements=[key], set_=others, where=where)
        if others
        else insert.on_conflict_do_nothing(),
        list(rows),
    )


def _stamp(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    stamp: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
    return stamp


def _engine(address: str) -> Engine:
    try:
        url = make_url(address)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url, **({"connect_args": {"timeout": PATIENCE}} if url.drivername == "sqlite" else {}))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise Stop(
            f"not a database address ({error}).",
            where="setting database",
            todo="Write postgresql://user@host/name (needs the extra [postgres]), or leave it empty.",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}").fetchall()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("begin immediate" if immediate else "begin")


@contextmanager
def _told(address: str) -> Iterator[None]:
    """Turns a busy or absent database into `Retry` and a wrong one into `Stop`."""
    try:
        yield
    except OperationalError as error:
        where = make_url(address).render_as_string(hide_password=True)
        raise Retry(f"the record cannot be reached ({error.orig}).", where=where, todo="Try again shortly.") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Retry(f"the record hung up ({error.orig}).", todo="Try again shortly.") from error
        raise
