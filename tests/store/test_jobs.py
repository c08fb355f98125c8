"""Journeys go on where they were stopped, are worked by one process at a time, and store no words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.store import _worlds
from tests.store._journey import NAMES, steps
from touchstone.core.errors import Stop
from touchstone.core.settings import Settings
from touchstone.store import jobs as jobs_file
from touchstone.store.home import Store, create_store
from touchstone.store.jobs import Jobs

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def store(tmp_path: Path, record_url: str) -> Iterator[Store]:
    made = create_store(tmp_path / "home", taxonomy="auto_dealer", settings=Settings(database=record_url))
    yield made
    made.close()


@pytest.fixture
def start(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts another process on the same home; what is left of it at the end is killed."""
    if store.settings.database:
        monkeypatch.setenv("TOUCHSTONE_DATABASE", store.settings.database)
    started: list[subprocess.Popen[bytes]] = []

    def begin(how: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.store._journey", how, str(store.path)]
        started.append(subprocess.Popen(command, cwd=ROOT))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def done(store: Store) -> list[str]:
    """The names of the steps done so far, in order."""
    return [name for name, _ in _log(store)]


def _log(store: Store) -> list[list[str]]:
    path = store.path / "steps.log"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def _hold(store: Store, name: str) -> Path:
    path = store.path / f"hold-{name}"
    path.touch()
    return path


def _until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_a_journey_does_its_steps_in_order_and_says_what_each_did(store: Store) -> None:
    heard: list[str] = []
    answer = Jobs(store, steps()).run(NAMES, progress=lambda name, _seconds: heard.append(name))
    assert answer == {name: {"did": name} for name in NAMES}
    assert done(store) == heard == list(NAMES)


def test_killed_in_step_c_goes_on_at_step_c_even_after_an_upgrade(
    store: Store, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = _hold(store, "c")
    process = start("run")
    _until(lambda: "c" in done(store))
    kill(process)
    held.unlink()
    monkeypatch.setattr("touchstone.__version__", "99.0")
    newer = {name: lambda _store, name=name: {"newer": name} for name in NAMES}  # other code, same steps
    answer = Jobs(store, newer).run(NAMES)
    assert answer == {"a": {"did": "a"}, "b": {"did": "b"}} | {name: {"newer": name} for name in "cde"}
    assert done(store) == ["a", "b", "c"]


def test_a_run_beside_a_server_leaves_the_work_to_it(store: Store, start: Start) -> None:
    server = start("serve")
    _until(lambda: _is_taken(store))
    Jobs(store, steps()).run(NAMES)
    assert _log(store) == [[name, str(server.pid)] for name in NAMES]


def _is_taken(store: Store) -> bool:
    with jobs_file.lease(store.path, store.settings.database) as ours:
        return not ours


def test_who_waits_takes_over_when_the_server_dies(store: Store, start: Start) -> None:
    held = _hold(store, "c")
    server = start("serve")
    _until(lambda: _is_taken(store))

    def kill_in_step_c() -> None:
        _until(lambda: "c" in done(store))
        kill(server)
        held.unlink()

    killer = threading.Thread(target=kill_in_step_c)
    killer.start()
    Jobs(store, steps()).run(NAMES)
    killer.join()
    assert done(store) == ["a", "b", "c", "c", "d", "e"]
    assert _log(store)[-1][1] == str(os.getpid())


@pytest.mark.parametrize("record_url", [""], ids=["sqlite"])
class TestOnOneMachine:
    """What does not depend on the database is asked of one."""

    def test_serving_that_ends_finishes_the_step_in_hand_and_no_more(self, store: Store) -> None:
        self.stop_in_step_b(store)
        assert done(store) == ["a", "b"]
        Jobs(store, steps()).run(NAMES)
        assert done(store) == list(NAMES)

    def test_when_the_steps_changed_the_old_journey_is_called_off(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.stop_in_step_b(store)
        monkeypatch.setattr(jobs_file, "STEPS_VERSION", "next")
        Jobs(store, steps()).run(NAMES)
        assert done(store) == ["a", "b", *NAMES]

    def stop_in_step_b(self, store: Store) -> None:
        held = _hold(store, "b")
        jobs = Jobs(store, steps())
        with jobs.serving():
            jobs.run(NAMES, wait=False)
            _until(lambda: "b" in done(store))
            threading.Timer(0.3, held.unlink).start()

    def test_a_journey_enqueued_twice_before_it_began_is_done_once(self, store: Store) -> None:
        jobs = Jobs(store, steps())
        first, second = jobs.run(NAMES, wait=False), jobs.run(NAMES, wait=False)
        assert first == second
        jobs.run(NAMES)
        assert done(store) == list(NAMES)

    def test_what_arrived_since_is_worked_on_by_a_journey_of_its_own(self, store: Store) -> None:
        self.stop_in_step_b(store)
        store.append([[_worlds.said(1)]])
        Jobs(store, steps()).run(NAMES)
        assert done(store) == [*NAMES, *NAMES]

    def test_a_step_s_error_comes_back_as_it_was_and_the_next_run_begins_anew(self, store: Store) -> None:
        def fails(_store: Store) -> dict[str, int]:
            raise Stop("no model.", where="understand", todo="Teach one.")

        with pytest.raises(Stop, match=r"understand: no model\. Teach one\."):
            Jobs(store, {"a": steps()["a"], "b": fails}).run(["a", "b"])
        Jobs(store, steps()).run(["a", "b"])
        assert done(store) == ["a", "a", "b"]

    def test_words_in_a_foreign_error_are_raised_but_never_stored(self, store: Store) -> None:
        def fails(_store: Store) -> dict[str, int]:
            raise ValueError("The waiting room smelled of cabbage")

        with pytest.raises(ValueError, match="cabbage"):
            Jobs(store, {"a": fails}).run(["a"])
        assert b"cabbage" not in (store.path / "jobs.sqlite").read_bytes()

    def test_a_step_nobody_has_is_refused_before_anything_runs(self, store: Store) -> None:
        with pytest.raises(Stop, match="no steps named"):
            Jobs(store, steps()).run(["a", "z"])
        assert done(store) == []

    def test_the_overhead_of_a_journey_is_small(self, store: Store) -> None:
        jobs = Jobs(store, steps())
        jobs.run(NAMES)
        began = time.perf_counter()
        jobs.run(NAMES)
        assert time.perf_counter() - began < 1.5
