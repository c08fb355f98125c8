"""Durable journeys: named, idempotent steps that go on where they were stopped (DBOS, behind this one file).

One process per home holds the lease, launches DBOS and works; every other process only enqueues and waits. A journey
that was killed goes on at the step it was killed in, at the next launch. What is stored of a journey are the names of
its steps and the counts they return, never texts.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, Serializer, WorkflowStatus
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from touchstone.core import errors
from touchstone.core.taxonomy import write
from touchstone.store import tables
from touchstone.store._append import highest
from touchstone.store.lease import lease

if TYPE_CHECKING:
    from touchstone.store.home import Store

STEPS_VERSION = "1"
"""Raised only when the steps change so that a journey begun before cannot be gone on with; never with a release."""

Step = Callable[["Store"], Mapping[str, Any] | None]
Progress = Callable[[str, float], None]

APPLICATION, QUEUE, SCHEMA = "touchstone", "journeys", "jobs"
POLL_SECONDS = 0.1
TICK_SECONDS = 5.0  # between two looks at what the clock is to do
KEPT_JOURNEYS = 50
UNFINISHED = ["ENQUEUED", "PENDING"]

_one_engine = threading.Lock()  # DBOS is one global instance: a process works the journeys of one home at a time


class CountsOnly(Serializer):
    """What DBOS may store: JSON of names and counts; of an error that is not ours, its kind alone."""

    def name(self) -> str:
        return "touchstone"

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=_stored_error)

    def deserialize(self, serialized_data: str) -> Any:
        data = json.loads(serialized_data)
        return _raised_error(data) if isinstance(data, dict) and "_error" in data else data


class _Stopped(BaseException):
    """Ends a journey's thread between two steps, past DBOS, which would record an `Exception` as its end."""


class Jobs:
    """The journeys of one home. `steps` are all that may be named in a journey; each takes the store, and done twice
    leaves what done once leaves."""

    def __init__(self, store: Store, steps: Mapping[str, Step]) -> None:
        self._store, self._steps = store, dict(steps)
        self._progress: Progress | None = None
        self._failures: dict[str, BaseException] = {}
        self._at_work, self._stopping = threading.Lock(), threading.Event()
        database = store.settings.database
        self._url = database or f"sqlite:///{(store.path / 'jobs.sqlite').resolve()}"

    def run(
        self, names: Sequence[str], *, wait: bool = True, mark: str | None = None, progress: Progress | None = None
    ) -> dict[str, Any]:
        """What each step of a journey through `names` returned; with `wait=False`, {"journey": id}, at once.

        What stopped journeys left to do is done first. `mark` stands for all the journey is to work on (None: what
        the home is now): an unfinished journey of the same names and mark is joined, not followed by another.
        `progress` is told each step's name and seconds where this process does the work. A step's error is raised as
        it was.
        """
        if stray := [name for name in names if name not in self._steps]:
            raise errors.Stop(f"no steps named {stray}.", where="jobs", todo=f"Known: {', '.join(self._steps)}.")
        self._progress = progress
        mark = mark or _now(self._store)
        with self._client() as client:
            journey = _joined(client, list(names), mark) or _enqueued(client, list(names), mark)
            if not wait:
                return {"journey": journey}
            while not _is_done(client, journey):
                with self._working(client) as ours:
                    while ours and not (_is_done(client, journey) and not _unfinished(client)):
                        time.sleep(POLL_SECONDS)
                time.sleep(0 if ours else POLL_SECONDS)
            return self._outcome(client, journey)

    @contextmanager
    def serving(self, clock: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Works whatever any process enqueues, for the time of the block, once the lease can be had.

        Whoever holds it also calls `clock` every `TICK_SECONDS`: one process of a home does.
        """
        stopped = threading.Event()
        worker = threading.Thread(target=self._serve, args=(stopped, clock), name="journeys")
        worker.start()
        try:
            yield
        finally:
            stopped.set()
            worker.join()

    def _serve(self, stopped: threading.Event, clock: Callable[[], object]) -> None:
        while not stopped.is_set():
            with suppress(errors.TouchstoneError), self._client() as client:  # a database that is away comes back
                while not stopped.is_set():
                    self._take_turn(client, stopped, clock)
            stopped.wait(1.0)

    def _take_turn(self, client: DBOSClient, stopped: threading.Event, clock: Callable[[], object]) -> None:
        """Works as long as the lease can be had; the clock is looked at first, and a busy record is asked again."""
        with self._working(client) as ours:
            while ours and not stopped.is_set():
                with suppress(errors.TouchstoneError):
                    clock()
                stopped.wait(TICK_SECONDS)
            stopped.wait(1.0)

    def _journey(self, names: list[str], _mark: str) -> dict[str, Any]:
        """The workflow: DBOS passes over the steps it has already recorded."""
        with self._at_work:
            return {name: DBOS.run_step({"name": name}, self._step, name) for name in names if self._may_go_on()}

    def _may_go_on(self) -> bool:
        if self._stopping.is_set():
            raise _Stopped
        return True

    def _step(self, name: str) -> dict[str, Any]:
        began = time.perf_counter()
        with ExitStack() as stack:
            stack.push(self._remember)
            if name not in self._steps:
                raise errors.Stop(f"no step named {name!r}.", where="jobs", todo="Restart what serves this home.")
            result = dict(self._steps[name](self._store) or {})
        if self._progress is not None:
            self._progress(name, time.perf_counter() - began)
        return result

    def _remember(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Keeps a step's error as it was raised: what DBOS stores of it is only what may be stored."""
        if error is not None and (journey := DBOS.workflow_id) is not None:
            self._failures[journey] = error

    def _outcome(self, client: DBOSClient, journey: str) -> dict[str, Any]:
        """What the journey returned, or its error."""
        found = client.list_workflows(workflow_ids=[journey])
        if found and found[0].status == "SUCCESS":
            return dict(found[0].output or {})
        if found and found[0].status == "ERROR":
            raise self._failures.pop(journey, None) or found[0].error or errors.Stop("the journey failed.")
        raise errors.Retry("the journey was called off.", where="jobs", todo="Run it again.")

    @contextmanager
    def _client(self) -> Iterator[DBOSClient]:
        """A client of the queue, which is made where there is none yet."""
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        DBOS.migrate(self._url, schema=SCHEMA)
        client = DBOSClient(
            system_database_url=self._url,
            dbos_system_schema=SCHEMA,
            serializer=CountsOnly(),
            application_name=APPLICATION,
            retry_connection_errors=False,
        )
        try:
            client.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=POLL_SECONDS)
            yield client
        except OperationalError as error:
            raise errors.Retry("the database is away or busy.", where="jobs", todo="Run it again.") from error
        finally:
            client.destroy()

    @contextmanager
    def _working(self, client: DBOSClient) -> Iterator[bool]:
        """Whether this process works the journeys for the time of the block: it does if the lease can be had."""
        with ExitStack() as stack:
            ours = stack.enter_context(lease(self._store.path, self._store.settings.database))
            if not ours or not _one_engine.acquire(blocking=False):
                yield False
                return
            stack.callback(_one_engine.release)
            stack.callback(DBOS.destroy, destroy_registry=True)
            self._launch(client)
            try:
                yield True
            finally:
                self._stopping.set()
                with self._at_work:  # the step in hand is finished, none is begun; the next launch goes on after it
                    _forget_old(client)

    def _launch(self, client: DBOSClient) -> None:
        self._stopping.clear()
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._url,
            "dbos_system_schema": SCHEMA,
            "application_version": STEPS_VERSION,
            "executor_id": "home",
            "serializer": CountsOnly(),
            "sys_db_pool_size": 5,
            "log_level": "CRITICAL",
            "notification_listener_polling_interval_sec": POLL_SECONDS,
        }
        DBOS(config=config)

        def journey(names: list[str], mark: str) -> dict[str, Any]:  # DBOS writes on it, which a method refuses
            return self._journey(names, mark)

        DBOS.workflow(name="journey")(journey)
        DBOS.launch()
        DBOS.set_latest_application_version(STEPS_VERSION)
        client.cancel_workflows([each.workflow_id for each in _unfinished(client) if _is_stranded(each)])


def _now(store: Store) -> str:
    """Tells apart what a home is at two moments, as far as a journey's figures depend on it."""
    with store.record.reading() as connection:
        corrected = connection.execute(select(func.max(tables.correction.c.seq))).scalar()
        units = connection.execute(select(tables.unit).order_by(tables.unit.c.id)).all()
        told = [highest(connection), corrected, [list(each) for each in units]]
    told += [store.now.date().isoformat(), store.model, write(store.taxonomy)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _enqueued(client: DBOSClient, names: list[str], mark: str) -> str:
    journey = str(uuid4())
    options: EnqueueOptions = {"workflow_name": "journey", "queue_name": QUEUE, "workflow_id": journey}
    client.enqueue(options, names, mark)
    return journey


def _joined(client: DBOSClient, names: list[str], mark: str) -> str | None:
    """An unfinished journey that will do what is wanted: same names, and the same mark or not yet begun."""
    for each in _unfinished(client):
        if _is_stranded(each):
            continue
        given = list(each.input["args"]) if each.input else []
        begun = each.status == "PENDING" or bool(client.list_workflow_steps(each.workflow_id, load_output=False))
        if given[:1] == [names] and (given[1:] == [mark] or not begun):
            return each.workflow_id
    return None


def _unfinished(client: DBOSClient) -> list[WorkflowStatus]:
    return client.list_workflows(status=UNFINISHED, name="journey")


def _is_stranded(journey: WorkflowStatus) -> bool:
    """Whether it was begun when the steps were others."""
    return journey.app_version not in (None, STEPS_VERSION)


def _is_done(client: DBOSClient, journey: str) -> bool:
    found = client.list_workflows(workflow_ids=[journey], load_input=False, load_output=False)
    return not found or found[0].status not in UNFINISHED


def _forget_old(client: DBOSClient) -> None:
    """Keeps the last journeys only, so that a home's jobs stay small."""
    old = client.list_workflows(name="journey", sort_desc=True, offset=KEPT_JOURNEYS, load_input=False)
    client.delete_workflows([each.workflow_id for each in old if each.status not in UNFINISHED])


def _stored_error(error: object) -> dict[str, str]:
    if isinstance(error, errors.TouchstoneError):
        return {"_error": type(error).__name__, "what": error.what, "where": error.where, "todo": error.todo}
    if isinstance(error, BaseException):
        return {"_error": type(error).__name__}
    raise TypeError(f"a step may return names and counts, not {type(error).__name__}")


def _raised_error(data: Mapping[str, str]) -> errors.TouchstoneError:
    kind = getattr(errors, data["_error"], None)
    if kind is None:
        return errors.Stop(f"a step ended with {data['_error']}.", where="jobs", todo="See what ran it, serve or run.")
    error: errors.TouchstoneError = kind(data["what"], where=data["where"], todo=data["todo"])
    return error
