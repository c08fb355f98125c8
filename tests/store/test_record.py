"""The record's schema, its two databases, and the chain of what was done."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests import _light
from tests.store._worlds import TAXONOMY, home, said
from touchstone.core.errors import Retry, Stop
from touchstone.core.settings import Settings
from touchstone.core.viewer import Viewer
from touchstone.store import _activity, _record, live, tables
from touchstone.store._record import Record
from touchstone.store.home import Store, create_store, open_store


def test_the_migrations_make_the_tables_that_are_declared(tmp_path: Path, record_url: str) -> None:
    live.everything()
    store = home(tmp_path, record_url)
    with store.record.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_a_home_is_opened_again_as_it_was(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    store.append([[said(1)]])
    store.close()
    again = open_store(tmp_path)
    assert again.settings.database == record_url
    assert again.taxonomy == TAXONOMY
    assert len(again.ask().record(sa.select(tables.interaction.c.id))) == 1
    assert create_store(tmp_path, taxonomy="auto-dealer").taxonomy == TAXONOMY
    again.close()


def test_no_home_a_wrong_database_and_one_that_is_away_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no home here"):
        open_store(tmp_path)
    with pytest.raises(Stop, match="not a database address"):
        home(tmp_path / "a", "nonsense")
    with pytest.raises(Retry, match="cannot be reached") as told:
        home(tmp_path / "b", "postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(told.value)


def test_a_record_from_the_future_is_left_alone(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    with store.record.writing() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(Stop, match="newer"):
        open_store(tmp_path)


def test_what_fails_leaves_nothing_behind(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    with pytest.raises(ZeroDivisionError):
        _fail(store)
    with store.record.reading() as connection:
        assert connection.execute(sa.select(tables.setting).where(tables.setting.c.name == "a")).all() == []


def _fail(store: Store) -> None:
    with store.record.writing() as connection:
        connection.execute(sa.insert(tables.setting), {"name": "a", "value": "b"})
        raise ZeroDivisionError


def test_sqlite_keeps_what_is_precious_and_forgets_what_is_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_record, "PRAGMAS", _light.PRECIOUS)
    store = home(tmp_path)
    with store.record.reading() as connection:
        told = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


def test_the_chain_of_what_was_done_holds_until_it_is_touched(tmp_path: Path, record_url: str) -> None:
    store = home(tmp_path, record_url)
    assert store.verify() is None
    for number in range(5):
        assert store.log("answered", interaction=str(number), person="ann", people=["bob", "ann"]) == number + 1
    assert store.verify() is None
    with store.record.reading() as connection:
        told = connection.execute(sa.select(tables.activity.c.ids)).scalars().all()
    assert len(set(told)) == 5
    assert not any("ann" in ids or "bob" in ids for ids in told)
    with store.record.writing() as connection:
        connection.execute(sa.update(tables.activity).where(tables.activity.c.seq == 3).values(action="slept"))
    assert store.verify() == 3


def test_a_link_taken_out_of_the_chain_is_missed(tmp_path: Path) -> None:
    store = home(tmp_path)
    for number in range(3):
        store.log("answered", interaction=str(number))
    with store.record.writing() as connection:
        connection.execute(sa.delete(tables.activity).where(tables.activity.c.seq == 2))
    assert store.verify() == 3


TAMPERINGS = {
    "changed": ["update activity set action = 'slept' where seq = 3", 3],
    "dated otherwise": ["update activity set at = at + 1 where seq = 2", 2],
    "taken out": ["delete from activity where seq = 3", 4],
    "cut off": ["delete from activity where seq > 3", 4],
    "emptied": ["delete from activity", 1],
    "reordered": ["update activity set seq = 9 where seq = 2", "update activity set seq = 2 where seq = 3",
                  "update activity set seq = 3 where seq = 9", 2],
    "unsealed": ["delete from setting where name = 'activity'", 6],
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERINGS)
def test_the_log_of_what_was_done_cannot_be_edited_unnoticed(tmp_path: Path, how: str) -> None:
    store = home(tmp_path)
    for number in range(5):
        store.log("answered", interaction=str(number))
    *statements, expected = TAMPERINGS[how]
    with store.record.writing() as connection:
        for each in statements:
            connection.exec_driver_sql(each)
    assert store.verify() == expected
    assert store.ask().broken() == expected


def test_a_chain_written_anew_without_the_secret_says_so_for_good(tmp_path: Path) -> None:
    store = home(tmp_path)
    store.log("answered", interaction="1")
    forged = {"seq": 1, "at": store.now, "action": "slept", "ids": "{}", "previous": _activity.START}
    with store.record.writing() as connection:
        connection.execute(sa.update(tables.activity).values(forged | {"hash": _activity.link(forged)}))
    assert store.verify() == 2
    store.log("answered", interaction="2")
    with store.record.reading() as connection:
        assert "unsealed" in connection.execute(sa.select(tables.activity.c.ids)).scalars().all()[-1]


def test_the_log_says_who_did_it_and_by_which_key(tmp_path: Path) -> None:
    store = home(tmp_path)
    store.as_viewer(Viewer("administrator", account="a1", key="k1")).log("answered", interaction="1", unit=None)
    with store.record.reading() as connection:
        assert connection.execute(sa.select(tables.activity.c.ids)).scalar() == (
            '{"by":"a1","interaction":"1","with_key":"k1"}'
        )


def test_the_chain_holds_after_an_erased_person_can_no_longer_be_told(tmp_path: Path) -> None:
    store = home(tmp_path)
    store.log("answered", person="ann")
    with store.record.reading() as connection:
        before = connection.execute(sa.select(tables.activity.c.ids)).scalars().all()
    store.erase("ann")
    store.log("answered", person="ann")
    with store.record.reading() as connection:
        after = connection.execute(sa.select(tables.activity.c.ids).order_by(tables.activity.c.seq)).scalars().all()
    assert after[0] == before[0]
    assert after[1] != before[0]
    assert store.verify() is None


def test_an_sqlite_address_may_lie_anywhere(tmp_path: Path) -> None:
    record = Record(f"sqlite:///{tmp_path / 'a b%20c.sqlite'}")
    record.migrate()
    record.migrate()
    record.close()
    assert Settings().database == ""


def test_a_new_home_is_readable_by_its_owner_alone_and_one_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    for name, mode in (("new", 0o700), ("shared", 0o755)):
        create_store(tmp_path / name, taxonomy="auto_dealer").close()
        assert (tmp_path / name).stat().st_mode & 0o777 == mode
