"""Questions to made-up homes, for pages: empty, full, only scores, only texts, and one where every text is hostile."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pyarrow as pa

from touchstone.core import finder
from touchstone.core.taxonomy import Taxonomy, load
from touchstone.store.scratch import scratch

NOW = datetime(2026, 11, 1, tzinfo=UTC)
START = datetime(2025, 10, 1, tzinfo=UTC)
CUTS = ((), ("touchpoint",), ("stage",), ("month",), ("quarter",), ("channel",), ("unit",), ("unit", "touchpoint"))
SAYING = "nobody told me how long it would take and the bill was not what we had agreed but the coffee was good"
WORDS = tuple(SAYING.split(" "))
HOSTILE = "<script>alert(1)</script>\"' onload=x \u202egnp.exe\u202c " + "w" * 400


@cache
def empty() -> Any:
    """Nothing heard yet."""
    return scratch([], taxonomy=load("auto_dealer"), now=NOW)


@cache
def full() -> Any:
    """Scores, texts, dates, twelve units, two channels."""
    return asked(interactions(360), mentions(360), units(12))


@cache
def only_scores() -> Any:
    """A survey without a word, a date or a unit."""
    rows = [{**each, "text": None, "occurred_at": None, "unit": None} for each in interactions(60)]
    return asked(rows, [], [])


@cache
def only_texts() -> Any:
    """Texts without scores, dates or units."""
    rows = [{**each, "value": None, "metric": None, "occurred_at": None, "unit": None} for each in interactions(80)]
    return asked(rows, mentions(80), [])


@cache
def hostile() -> Any:
    """Every text a customer, a file or a taxonomy can bring is markup, or tries to be."""
    rows = interactions(40)
    for place, each in enumerate(rows):
        each |= {"text": HOSTILE, "url": ("javascript:alert(1)", "https://example.org/?q=<b>")[place % 2]}
        each |= {"unit": f"unit{place % 4}", "source": HOSTILE, "channel": HOSTILE}
    places = [{"id": f"unit{n}", "name": f"{n}{HOSTILE}", "kind": "dealer"} for n in range(4)]
    return asked(rows, mentions(40), places)


def asked(rows: list[dict[str, Any]], said: list[dict[str, Any]], places: list[dict[str, Any]]) -> Any:
    """The question to a home after its journey: measured by the stored cuts, then decided."""
    taxonomy = load("auto_dealer")
    derived: dict[str, Any] = {}

    def ask() -> Any:
        return scratch(rows, mentions=said, units=places, taxonomy=taxonomy, derived=derived, now=NOW)

    heard = ask()
    derived["metric"] = pa.concat_tables(
        finder.verb("measure", name)(heard, by=by)
        for name in finder.names("measure")
        for by in getattr(finder.part("measure", name), "CUTS", CUTS)
    )
    derived["plan"] = finder.verb("decide", "priorities")(ask())
    return ask()


def interactions(count: int) -> list[dict[str, Any]]:
    """`count` reviews with a rating or a likelihood to recommend, over thirteen months."""
    chance = random.Random(7)
    made = []
    for n in range(count):
        good = min(5, max(1, round(chance.gauss(3.2 + 0.1 * (n % 12), 1.0))))
        recommends = n % 3 == 0
        made.append(
            {
                "id": f"{n:05d}", "source": "reviews", "source_id": str(n), "kind": "review",
                "channel": ("web", "phone")[n % 2], "unit": f"unit{n % 12}",
                "occurred_at": START + timedelta(days=395 * n / count),
                "text": " ".join(chance.choice(WORDS) for _ in range(chance.randint(4, 160))),
                "metric": "nps" if recommends else "rating", "value": float(2 * good if recommends else good),
                "best": 10.0 if recommends else 5.0, "worst": 0.0 if recommends else 1.0,
                "url": f"https://example.org/{n}",
            }
        )  # fmt: skip
    return made


def mentions(count: int) -> list[dict[str, Any]]:
    """One to three touchpoints in each of `count` interactions; the first touchpoint is praised, the last is not."""
    chance = random.Random(8)
    names = taxonomy().names
    made = []
    for n in range(count):
        for place in chance.sample(range(len(names)), chance.choice((1, 2, 3))):
            positive = chance.random() > place / len(names)
            made.append(
                {
                    "id": f"{n}-{place}", "interaction": f"{n:05d}", "touchpoint": names[place],
                    "sentiment": 1.0 if positive else -1.0, "polarity": "positive" if positive else "negative",
                    "confidence": 0.8, "start": 3, "stop": 12, "maker": "test@1",
                }
            )  # fmt: skip
    return made


def units(count: int) -> list[dict[str, Any]]:
    """Dealers, one with a very long name."""
    long = "van der Bergh-Oosterhuis Automobielbedrijven en Zonen te Krommenie"
    names = [f"Dealer {n}" if n else long for n in range(count)]
    return [{"id": f"unit{n}", "name": name, "kind": "dealer", "region": "NSEW"[n % 4]} for n, name in enumerate(names)]


def taxonomy() -> Taxonomy:
    """The taxonomy all of them use."""
    return load("auto_dealer")
