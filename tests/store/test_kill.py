"""Killed (kill -9) at random points of ingest and journey and run again, a home ends as if nothing had happened."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from touchstone.store import tables
from touchstone.store._behind import COLUMNS
from touchstone.store.home import open_store

KILLS, HOMES, ROWS = 8, 2, 400  # more of each: `python -m bench killed`
LONGEST = 5.0  # seconds a process is left to live on a busy machine; a chain of kills gets to the end all the same
SAID = (
    "The waiting area was clean", "The service adviser was rude", "Parking was impossible", "The bill was clear",
    "I loved the test drive", "They never called back", "The brakes squeak again", "Fair price, friendly staff",
)  # fmt: skip


def reviews(path: Path, rows: int) -> Path:
    """A file of reviews of fifteen dealers over a year."""
    draw = random.Random(3)
    lines = ["review_id,date,dealer,rating,text"]
    for number in range(rows):
        day = f"2025-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        text = f"{draw.choice(SAID)}. {draw.choice(SAID)}, {draw.choice(SAID).lower()}."
        lines.append(f'{number},{day},Dealer {draw.randint(1, 15)},{draw.randint(1, 5)},"{text}"')
    path.write_text("\n".join(lines), "utf-8")
    return path


@dataclass
class Runner:
    """Runs the commands of one home in a process of its own, to the end or until killed."""

    server: subprocess.Popen[str]
    reviews: Path
    kills: int = field(default=0)

    def run(self, home: Path, *, kill_after: float | None = None) -> int:
        """The exit status of init, listen and run on `home`; -9 where the kill came in time."""
        commands = [
            ["init", str(home), "--taxonomy", "auto_dealer"],
            ["listen", str(self.reviews), "--home", str(home)],
            ["run", "--home", str(home)],
        ]
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        print(json.dumps(commands), file=self.server.stdin, flush=True)
        child = int(self.server.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):  # it came to its end first
                os.kill(child, signal.SIGKILL)
        status = int(self.server.stdout.readline())
        self.kills += status == -signal.SIGKILL
        return status


@contextlib.contextmanager
def running(reviews: Path) -> Iterator[Runner]:
    """Somebody who runs homes on these reviews, under a clock that stands still."""
    command = [sys.executable, "-m", "tests.store._killable"]
    clock = {**os.environ, "TOUCHSTONE_NOW": "2026-03-02T09:00:00+00:00"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=clock, stdin=pipe, stdout=pipe, text=True) as server:
        yield Runner(server, reviews)
        assert server.stdin is not None
        server.stdin.close()


def test_homes_killed_again_and_again_end_as_the_undisturbed_one(tmp_path: Path) -> None:
    assert killed(tmp_path, kills=KILLS, rows=ROWS) == KILLS


def killed(folder: Path, *, kills: int, rows: int) -> int:
    """How often processes were killed until the homes they worked on ended as one that nobody disturbed."""
    with running(reviews(folder / "reviews.csv", rows)) as runner:
        began = time.monotonic()
        assert runner.run(folder / "undisturbed") == 0
        duration = time.monotonic() - began
        expected = contents(folder / "undisturbed")
        assert len(expected["interaction"]) == rows

        draw = random.Random(20261121)
        homes = [folder / f"home-{number}" for number in range(HOMES)]
        arrived: dict[Path, dict[str, int]] = {home: {} for home in homes}
        for _ in range(3 * kills):
            if runner.kills == kills:
                break
            home = homes[runner.kills % HOMES]
            runner.run(home, kill_after=draw.random() * min(duration, LONGEST))
            arrived[home] = _seqs(home, before=arrived[home])
        for home in homes:
            assert runner.run(home) == 0
            _seqs(home, before=arrived[home])
            found = contents(home)
            for name, kept in expected.items():
                assert found[name] == kept, f"{name} differs in {home.name}"
        return runner.kills


def _seqs(home: Path, *, before: dict[str, int]) -> dict[str, int]:
    """The seq of each id in the record, once it is sure that none was lost, doubled or given a lower seq."""
    if not (home / "record.sqlite").exists():
        return {}
    with sqlite3.connect(home / "record.sqlite") as connection:
        known = {row[0] for row in connection.execute("select name from sqlite_master")}
        rows = connection.execute("select id, seq from interaction").fetchall() if "interaction" in known else []
    connection.close()
    now = dict(rows)
    assert len(now) == len(rows) == len(set(now.values()))
    assert now.items() >= before.items()
    assert all(seq > max(before.values(), default=0) for key, seq in now.items() if key not in before)
    return now


def contents(home: Path) -> dict[str, list[dict[str, Any]]]:
    """Every table of the record and of the lake, as it may be asked, in order and without `seq`."""
    store = open_store(home)
    ask = store.ask()
    found = {}
    for name, columns in COLUMNS.items():
        told = ", ".join(f'"{column}"' for column in columns if column not in ("seq", "n" if "rollup" in name else ""))
        counted = f"select {told}, sum(n) as n from {name} group by all" if "rollup" in name else None
        found[name] = _ordered(ask.lake(counted or f"select {told} from {name}").to_pylist())
    for table in (tables.interaction, tables.interaction_history, tables.unit, tables.person, tables.correction):
        found[f"record {table.name}"] = _ordered(ask.record(table.select()))
    store.close()
    return found


def _ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = [{name: value for name, value in row.items() if name != "seq"} for row in rows]
    return sorted(plain, key=lambda row: (str(row.get("id")), str(row)))
