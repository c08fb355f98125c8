"""Feedback made of chance, and the questions that the laws put to every measure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from touchstone.core import taxonomy
from touchstone.core.tables import METRIC
from touchstone.store.scratch import scratch

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TAXONOMY = taxonomy.load("auto_dealer")
UNITS = [{"id": unit, "name": unit.title(), "region": region} for unit, region in
         (("ash", "north"), ("birch", "north"), ("cedar", "south"), ("dogwood", "south"), ("elm", None))]  # fmt: skip
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5), "boolean": (0, 1), "number": (0, 100)}
CUTS: tuple[tuple[str, ...], ...] = (
    (),
    ("unit",),
    ("region", "month"),
    ("touchpoint",),
    ("stage", "channel"),
    ("week",),
)
TABLES = ("interaction", "mention", "signal", "link", "metric", "unit", "touchpoint", "rollup", "mention_rollup")


def feedback(seed: int, count: int = 400) -> dict[str, list[dict[str, Any]]]:
    """`interactions` and `mentions` drawn at random: every metric, gaps everywhere, one unit with a single answer."""
    chance = random.Random(seed)
    interactions, mentions = [], []
    for n in range(count):
        metric = chance.choice([*SCALES, None])
        worst, best = SCALES[metric] if metric else (None, None)
        touchpoint = chance.choice([*TAXONOMY.names[:6], None])
        row = {
            "id": f"i{n:05}", "source": "chance", "source_id": str(n), "kind": chance.choice(("review", "answer")),
            "channel": chance.choice(("web", "phone", None)), "level": "end_customer", "touchpoint": touchpoint,
            "unit": "elm" if n == 0 else chance.choice(("ash", "birch", "cedar", "dogwood", None)),
            "occurred_at": None if n % 17 == 3 else NOW - timedelta(days=chance.randrange(1, 400)),
            "metric": metric, "worst": worst, "best": best, "text": "words" if n % 3 else None,
            "value": float(chance.randint(worst, best)) if worst is not None else None,
        }  # fmt: skip
        interactions.append(row)
        for position in range(chance.randrange(3)):
            sentiment = chance.choice((-1.0, -0.4, 0.0, 0.7))
            polarity = "positive" if sentiment > 0 else "negative" if sentiment < 0 else "neutral"
            mentions.append({"id": f"m{n:05}-{position}", "interaction": row["id"], "confidence": chance.random(),
                             "touchpoint": chance.choice(TAXONOMY.names[:6]), "sentiment": sentiment,
                             "polarity": polarity, "start": 0, "stop": 1, "maker": "chance@1"})  # fmt: skip
    return {"interactions": interactions, "mentions": mentions}


def market(seed: int, people: int = 40) -> dict[str, list[dict[str, Any]]]:
    """`interactions` of people who buy one of two products again and again, and of dealers who ask for two things."""
    chance, rows = random.Random(seed), []
    wanted = ("a shared view of parts stock", "stock view of parts", "charge at home", "charge at night")
    for n in range(people):
        brand = chance.choice(("aria", "brio"))
        for day in (400, 300 - n, 150 + n, 20):
            brand = brand if chance.random() < 0.7 else chance.choice(("aria", "brio"))
            paid = {"amount": 50.0 + chance.randrange(40), "currency": "EUR", "unit": "ash", "level": "end_customer"}
            rows.append({"kind": "purchase", "person": f"p{n}", "product": brand, "day": day, **paid})
        rows.append({"kind": "idea", "person": f"d{n}", "level": "dealer", "text": wanted[n % 4], "day": n})
        rows.append({"kind": "review", "person": f"p{n}", "level": "end_customer", "text": "a fine car", "day": n})
    interactions = [
        {
            **row,
            "id": f"i{n:05}",
            "source": "market",
            "source_id": str(n),
            "occurred_at": NOW - timedelta(row.pop("day")),
        }
        for n, row in enumerate(rows)
    ]
    return {"interactions": interactions, "mentions": []}


def ask(feedback: dict[str, list[dict[str, Any]]]) -> Any:
    """A question to this feedback, in memory."""
    return scratch(feedback["interactions"], mentions=feedback["mentions"], units=UNITS, taxonomy=TAXONOMY, now=NOW)


def figures(table: pa.Table) -> dict[str, dict[str, Any]]:
    """The rows of a measure by their ids, each of which says what the row is about."""
    assert table.schema.equals(METRIC)
    found = {row["id"]: row for row in table.to_pylist()}
    assert len(found) == len(table), "two rows have one id"
    return found


@dataclass
class Elsewhere:
    """The same feedback asked on another engine: `answer(sql, parameters)` gives a table."""

    here: Any
    answer: Any

    @property
    def viewer(self) -> Any:
        return self.here.viewer

    @property
    def taxonomy(self) -> Any:
        return self.here.taxonomy

    seed = 20261121
    now = NOW
    today = NOW.date()
    given = None

    def lake(self, sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """The other engine's answer."""
        answered: pa.Table = self.answer(sql, parameters)
        return answered
