"""Rows a second from a CSV of reviews into record and lake, against SQLite's own bulk insert of the same rows.

The yardstick is `executemany` of ready-made tuples, all columns of `interaction` with `id` the primary key, in
one transaction of an SQLite file with default settings. Ours starts at the CSV and ends with record, lake and counts
written.
"""

from __future__ import annotations

import csv
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from touchstone.core.settings import Settings
from touchstone.core.tables import INTERACTION
from touchstone.core.taxonomy import Taxonomy
from touchstone.listen.table import listen
from touchstone.store.home import Store, create_store
from touchstone.store.tables import interaction

ROWS = 1_000_000
TARGET = 0.4
SYLLABLES = ("ba", "cor", "den", "fi", "gu", "hal", "im", "jo", "ka", "lor", "mi", "nu", "os", "pre", "qui", "ras")


def bench(rows: int = ROWS) -> Iterator[str]:
    """Lines that say how fast each was, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.csv"
        write_reviews(path, rows)
        yield f"{rows:,} reviews, {path.stat().st_size / 1e6:,.0f} MB of CSV"
        store = create_store(Path(folder) / "home", taxonomy=Taxonomy("none", ()), settings=Settings())
        began, spent = time.perf_counter(), time.process_time()
        counts = store.append(_interactions(store, path))
        store.derive()
        ours, our_cpu = time.perf_counter() - began, time.process_time() - spent
        held = store.ask().lake("select count(*) as n from interaction")["n"][0].as_py()
        if not counts.new == held == rows:
            raise AssertionError(f"{counts.new:,} of {rows:,} rows in the record, {held:,} in the lake")
        theirs, their_cpu = _bulk_insert(store, Path(folder) / "plain.sqlite")
        store.close()
        yield f"into record and lake: {rows / ours:,.0f} rows a second ({ours:.1f} s, {our_cpu:.1f} s of CPU)"
        yield f"SQLite executemany:   {rows / theirs:,.0f} rows a second ({theirs:.1f} s, {their_cpu:.1f} s of CPU)"
        yield f"ratio {theirs / ours:.2f} (target {TARGET}); by CPU {their_cpu / our_cpu:.2f}"


def write_reviews(path: Path, rows: int, *, seed: int = 7) -> None:
    """A CSV of `rows` reviews of 120 dealers over two years; texts of 1 to 3,000 letters, 380 in the mean."""
    chance = random.Random(seed)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(5_000)]
    pages = " ".join(chance.choices(words, k=400_000))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["review_id", "date", "dealer", "rating", "review"])
        for number in range(rows):
            length = min(3_000, int(chance.lognormvariate(5.6, 0.8)) + 1)
            start = chance.randrange(len(pages) - length)
            day = date(2024, 1, 1) + timedelta(days=chance.randrange(730))
            writer.writerow(
                [number, day, f"Dealer {chance.randrange(120)}", chance.randint(1, 5), pages[start : start + length]]
            )


def _interactions(store: Store, path: Path) -> Iterator[object]:
    for item in listen(path=path):
        if isinstance(item, tuple):
            store.put(*item)
        else:
            yield item


def _bulk_insert(store: Store, path: Path) -> tuple[float, float]:
    """Seconds, by the clock and of CPU, that SQLite takes for the rows of the record."""
    with store.record.reading() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(str(select(interaction)))]
    columns = ", ".join(f'"{name}"' + (" primary key" if name == "id" else "") for name in INTERACTION.names)
    plain = sqlite3.connect(path)
    plain.execute(f"create table interaction ({columns})")
    began, spent = time.perf_counter(), time.process_time()
    plain.executemany(f"insert into interaction values ({', '.join('?' * len(INTERACTION.names))})", rows)
    plain.commit()
    took = time.perf_counter() - began, time.process_time() - spent
    plain.close()
    return took
