"""A person's rights on PostgreSQL: nothing is left in any table or file, and no back-up brings anything back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import touchstone
from tests._postgres import Server
from tests._search import holding
from tests.act.test_person import MAIL, NAME, STRINGS, TWIN, WHO, home_with


@pytest.fixture(scope="module")
def lived(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str, str]]:
    """The home, the address of its record, and the name of a back-up of it made before anybody was erased."""
    url = postgres.database()
    home = home_with(tmp_path_factory.mktemp("shared"), database=url)
    name = str(sa.make_url(url).database)
    home.store.close()
    postgres.execute(f'CREATE DATABASE "{name}_old" TEMPLATE "{name}"')
    yield touchstone.open(home.path, now="2026-11-21T09:00:00+00:00"), url, name
    postgres.execute(f'DROP DATABASE IF EXISTS "{name}_old" WITH (FORCE)')
    postgres.drop(url)


def left(home: Any) -> list[str]:
    """The tables of the record that still hold any of her strings, in any cell."""
    found = []
    of_all = sa.text("select tablename from pg_tables where schemaname = 'public'")
    with home.store.record.reading() as connection:
        for name in connection.execute(of_all).scalars().all():
            rows = connection.execute(sa.text(f'select t::text from "{name}" as t')).scalars()
            found += [name for row in rows if any(each.lower() in row.lower() for each in STRINGS)]
    return found


def test_she_sees_everything_is_erased_and_no_back_up_brings_her_back(
    lived: tuple[Any, str, str], postgres: Server
) -> None:
    home, url, name = lived
    home.act("person.consent", person=WHO, state="revoked")
    (found,) = home.act("person.export", person=WHO)["persons"]
    assert (found["person"][0]["name"], len(found["interaction"])) == (NAME, 6)
    assert MAIL in str(found["person"])
    assert set(left(home)) >= {"interaction", "person"}
    with home.store.record.writing() as connection:
        connection.exec_driver_sql("analyze")  # samples of columns are kept as well
    held = {each.split("/")[0] for each in in_files_of(postgres, name)}
    assert held == {"base", "pg_wal"}
    assert home.act("person.erase", person=WHO)["interactions"] == 6
    home.store.erase(TWIN)
    assert left(home) == []
    assert holding(home.path, STRINGS) == []
    assert home.store.verify() is None
    assert in_files_of(postgres, name) == []
    home.store.close()
    postgres.drop(url)
    postgres.execute(f'CREATE DATABASE "{name}" TEMPLATE "{name}_old"')
    again = touchstone.open(home.path)
    assert left(again) == []
    assert again.store.verify() is None
    assert again.ask().lake("select count(*) as n from interaction")["n"][0].as_py() > 40
    again.store.close()


def in_files_of(postgres: Server, name: str) -> list[str]:
    """The files of the server that hold her strings, its write-ahead log too, after what was written is in them.

    The files of other databases, its back-up among them, are not looked at.
    """
    postgres.execute("CHECKPOINT")
    import psycopg  # an extra of the package: only where there is a server

    with psycopg.connect(host=str(postgres.folder), user="postgres", dbname="postgres") as connection:
        (oid,) = connection.execute("select oid from pg_database where datname = %s", [name]).fetchone()
    found = holding(Path(postgres.folder) / "data", STRINGS)
    return [each for each in found if not each.startswith("base/") or each.startswith(f"base/{oid}/")]


def test_a_log_that_the_server_keeps_is_told_of(lived: tuple[Any, str, str], postgres: Server) -> None:
    """A stand-by that has not caught up, say: the log of before is not let go of."""
    postgres.execute("select pg_create_physical_replication_slot('behind', true)")
    try:
        home = touchstone.open(lived[0].path)
        home.store.put("person", [{"id": "late", "name": "Ada Late"}])
        assert home.act("person.erase", person="late")["log"] == "kept"
        home.store.close()
    finally:
        postgres.execute("select pg_drop_replication_slot('behind')")
