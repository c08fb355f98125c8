"""What tests stand on: real data, a record on each database, a fixed clock, a browser, a cluster."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from argon2 import PasswordHasher
from xdist.remote import Producer

from tests import _light, _order, _postgres, _spark
from tests._doors import address, board, brand, dealer, nobody, sessions, stranger
from touchstone.core import finder
from touchstone.store import accounts

__all__ = ["address", "board", "brand", "dealer", "nobody", "sessions", "stranger"]  # fixtures of the doors

ROOT = Path(__file__).parent.parent
KEPT = ("TOUCHSTONE_TEST_DATA",)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _order.Order | None:
    """Under `--dist loadfile` files go to the workers in an order of our own."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return _order.Order(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A worker collects in the order in which the files shall be run; without workers they stay as they are."""
    if hasattr(config, "workerinput"):
        _order.order(items)


def missing(part: str, how: str) -> NoReturn:
    """Skips, saying what is not here and how to get it; where CI=true promises everything, that is a failure."""
    reason = f"needs {part}, which this machine lacks: {how}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see no `TOUCHSTONE_…` setting of whoever runs them."""
    for name in [name for name in os.environ if name.startswith("TOUCHSTONE_") and name not in KEPT]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def light(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PasswordHasher]:
    """Nothing is slow on purpose (see tests/_light.py); gives what hashes passwords otherwise."""
    with pytest.MonkeyPatch.context() as lighter:
        used = accounts._HASHER
        _light.everything(tmp_path_factory.mktemp("record"), lighter.setattr)
        yield used


@pytest.fixture
def few_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Journeys of this test make a few measures and plans of each kind: where what is tested is another step."""
    monkeypatch.setattr(finder, "names", _light.few)


@pytest.fixture
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The instant every clock of ours shows in this test, and in the processes it starts."""
    instant = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    monkeypatch.setenv("TOUCHSTONE_NOW", instant.isoformat())
    return instant


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """`real_data("skytrax-2015")` is that folder of real data; its absence is the one skip allowed everywhere."""
    chosen = os.environ.get("TOUCHSTONE_TEST_DATA", "../shared/data")

    def folder(name: str) -> Path:
        found = (ROOT / chosen / name).resolve()
        if not found.is_dir():
            pytest.skip(f"needs the real data {name!r}: set TOUCHSTONE_TEST_DATA to the folder it lies in")
        return found

    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[_postgres.Server]:
    """A PostgreSQL server of this run's own (one per worker)."""
    programs = _postgres.binaries()
    if programs is None:
        missing("PostgreSQL", "apt-get install postgresql")
    with _postgres.server(programs) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def record_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The `database` setting of a fresh, empty record: "" (SQLite inside the home), then a PostgreSQL address."""
    if request.param == "sqlite":
        yield ""
        return
    running: _postgres.Server = request.getfixturevalue("postgres")
    url = running.database()
    yield url
    running.drop(url)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or missing("Chromium", "apt-get install chromium")


@pytest.fixture(scope="session")
def spark_master() -> Iterator[str]:
    """The address of a real cluster; one for each worker that needs it."""
    if (lack := _spark.missing_part()) is not None:
        missing(*lack)
    with _spark.cluster() as address:
        yield address


@pytest.fixture
def spark_here() -> Iterator[str]:
    """The address of a Spark without a cluster, in two threads of this machine."""
    if (lack := _spark.missing_part()) is not None:
        missing(*lack)
    with _spark.here() as address:
        yield address
