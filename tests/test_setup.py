"""Start-up: what a newcomer waits for, in CPU time of a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

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
    dear = {"numpy", "scipy", "pyarrow", "duckdb", "sqlalchemy", "altair", "fastapi", "pydantic", "mcp"}
    assert not dear & set(loaded)


HEAVY = {
    "scipy", "duckdb", "sqlalchemy", "pydantic", "alembic", "dbos", "fastapi", "sqlglot", "pandas", "logging.config",
    "importlib.metadata", "touchstone.store", "touchstone.act", "touchstone.show", "touchstone.language.teacher",
}  # fmt: skip


def test_a_model_is_loaded_and_compiled_with_little_else() -> None:
    code = """if True:
        import sys
        from touchstone.core import taxonomy
        from touchstone.language.model import load

        load().compile(taxonomy.load("restaurant"))
        print(*sys.modules)"""
    assert not HEAVY & imported(["-c", code])


def test_tagging_a_file_imports_only_what_reads_it(tmp_path: Path) -> None:
    given, made = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text('{"id": 1, "text": "great food, rude waiter"}\n', "utf-8")
    arguments = ["tag", str(given), "-o", str(made), "--taxonomy", "restaurant"]
    code = f"import sys; from touchstone.cli import main; main({arguments!r}); print(*sys.modules)"
    assert not HEAVY & imported(["-c", code])
    assert made.read_bytes().count(b"\n") == 1


def imported(arguments: list[str]) -> set[str]:
    """The modules that a process of its own says it has imported."""
    ran = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())
