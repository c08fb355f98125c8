"""How long `touchstone report` takes and what memory it needs: 1,000, 10,000 and 100,000 reviews, whole processes.

Beside it, in the same run, the least anybody would do with such a file: reading it and grouping ratings by dealer.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from touchstone.listen.example import listen

SIZES = (1_000, 10_000, 100_000)
PLAIN = """
import sys, pyarrow.csv as csv
table = csv.read_csv(sys.argv[1], parse_options=csv.ParseOptions(newlines_in_values=True))
table.group_by("dealer").aggregate([("rating", "mean"), ("rating", "count")])
"""


def bench() -> Iterator[str]:
    """Seconds and peak memory by number of reviews, and as a multiple of reading and grouping the same file."""
    with tempfile.TemporaryDirectory() as folder:
        texts = _texts(20_000)
        for size in SIZES:
            file = _file(Path(folder) / f"{size}.csv", size, texts)
            plain, _ = _timed([sys.executable, "-c", PLAIN, str(file)])
            out = str(Path(folder) / "report.html")
            took, memory = _timed([sys.executable, "-m", "touchstone", "report", str(file), "-o", out])
            times = took / plain
            yield f"{size:>7,} reviews: {took:.1f} s, {memory:.0f} MB at most; {times:.0f} x reading and grouping"


def _texts(count: int) -> list[str]:
    """Texts of the example brand, for length and words as they come."""
    found: list[str] = []
    for batch in listen(interactions=count * 4):
        if not isinstance(batch, tuple) and "text" in batch.schema.names:
            found += [text for text in batch["text"].to_pylist() if text]
        if len(found) >= count:
            break
    return found[:count]


def _file(path: Path, size: int, texts: list[str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "dealer", "date", "rating", "review"])
        for place in range(size):
            day = f"2025-{place % 12 + 1:02}-{place % 28 + 1:02}"
            rating = 1 + place * 7 % 5
            writer.writerow([place, f"Dealer {place % 120}", day, rating, f"{texts[place % len(texts)]} {place}"])
    return path


def _timed(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of a whole process."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stderr=errors, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(errors.read().decode(errors="replace")[-500:])
    return took, usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
