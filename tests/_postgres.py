"""A PostgreSQL server of the tests' own: started from the machine's binaries, in a folder it owns, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STARTUP_SECONDS = 60


def binaries() -> Path | None:
    """The folder of `initdb` and `postgres`: the newest of Debian's, else the one on the path; None: there are none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found and shutil.which("postgres") else None


@dataclass
class Server:
    """A running server, reached through a socket file in its own folder."""

    folder: Path
    made: int = field(default=0)

    def url(self, name: str) -> str:
        """The SQLAlchemy address of one of its databases."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def database(self) -> str:
        """The address of a fresh, empty database, told apart by number."""
        self.made += 1
        name = f"touchstone_{os.getpid()}_{self.made}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Removes a database, whoever is still connected to it."""
        name = url.rpartition("/touchstone_")[2].partition("?")[0]
        self.execute(f'DROP DATABASE IF EXISTS "touchstone_{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Runs one statement outside any transaction."""
        import psycopg  # an extra of the package: only where there is a server

        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def server(programs: Path) -> Iterator[Server]:
    """A server for the time of the block: no fsync (it lives for a test run), socket file only, no network."""
    folder = Path(tempfile.mkdtemp(prefix="touchstone-pg-"))
    owner = _unprivileged(folder)
    try:
        make = [f"{programs}/initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"]
        made = subprocess.run(make, cwd=folder, capture_output=True, text=True, check=False, **owner)
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        options = ["max_connections=200", "shared_buffers=32MB", "max_prepared_transactions=20"]
        run = [f"{programs}/postgres", "-D", "data", "-k", str(folder), "-F", "-h", ""]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [*run, *(word for option in options for word in ("-c", option))],
                cwd=folder, stdout=log, stderr=log, **owner,
            )  # fmt: skip
        try:
            running = Server(folder)
            _await(running, process)
            yield running
        finally:
            process.send_signal(signal.SIGINT)  # "fast": ends every session, then itself
            process.wait(STARTUP_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(running: Server, process: subprocess.Popen[Any]) -> None:
    import psycopg  # an extra of the package: only where there is a server

    deadline = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            return running.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((running.folder / "log").read_text()) from error
            time.sleep(0.05)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """How to start a program as somebody other than root, which PostgreSQL refuses; the folder becomes theirs."""
    if os.geteuid() != 0:
        return {}
    known = {each.pw_name: each for each in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(each) for each in path.parts[-3].split(".") if each.isdigit())
