"""Start-up: what a newcomer waits for, in CPU time of a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

TRIES = 3


def cpu_seconds(command: Sequence[str]) -> float:
    """User and system time of a child process, the least of a few tries: noise only ever adds."""
    times = []
    for _ in range(TRIES):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        times.append(usage.ru_utime + usage.ru_stime)
    return min(times)


@pytest.mark.parametrize(
    ("arguments", "limit"),
    [(["-m", "touchstone", "--help"], 0.3), (["-c", "import touchstone"], 0.2)],
    ids=["touchstone --help", "import touchstone"],
)
def test_the_door_opens_at_once(arguments: list[str], limit: float) -> None:
    spent = cpu_seconds([sys.executable, *arguments])
    assert spent < limit, (
        f"{spent:.2f} s of CPU; something heavy is imported too early (python -X importtime tells what)"
    )


def test_heavy_parts_load_when_they_are_used() -> None:
    code = "import sys, touchstone, touchstone.cli, touchstone.core.finder; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "scipy", "pyarrow", "duckdb", "sqlalchemy", "altair", "fastapi", "pydantic"} & set(loaded)
