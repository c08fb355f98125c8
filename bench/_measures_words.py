"""What language_gap, promise_gap, advocacy and trust find of what is planted, over 200 seeds and in the example brand.

Null worlds (nothing planted), recovery (the planted figure within its limits), dose (twice the gap).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from bench._measures_inside import brand
from tests.measure import test_advocacy, test_language_gap, test_promise_gap, test_trust
from tests.measure._answers import unfolded
from touchstone.listen._example_planted import BRAND_WORDS, CUSTOMER_WORDS
from touchstone.measure import language_gap, promise_gap
from touchstone.store.scratch import scratch

SEEDS = 200


def lines() -> Iterator[str]:
    """The lines of all four."""
    yield from _words()
    yield from _words_of_the_brand()
    yield from _promises()
    yield from _campaigns()
    yield from _trust()


def said(seed: int, rate: float, other: float, *, texts: int = 400) -> pa.Table:
    """Two texts a person, of five words from one lot, which customers and brand add a word to at these rates."""
    chance = np.random.default_rng(seed)
    rows = []
    for side, share in (("customers", rate), ("brand", other)):
        for number in range(texts):
            words = chance.choice(test_language_gap.WORDS, 5, replace=False).tolist()
            text = ", ".join([*words, "synergy"] if chance.random() < share else words)
            rows.append((text, side, f"{side}{number // 2}"))
    return pa.table(dict(zip(("text", "side", "person"), map(list, zip(*rows, strict=True)), strict=True)))


def _told(table: pa.Table) -> list[dict[str, Any]]:
    return unfolded(language_gap.measure(scratch([], given=table), seldom=1.0))


def _value(seed: int, gap: float) -> dict[str, Any]:
    found = _told(said(seed, 0.05 * np.exp(gap), 0.05))
    return next(each for each in found if each["by"] == {"side": "customers", "word": "synergy"})


def _words() -> Iterator[str]:
    empty = sum(any(each["detail"]["real"] for each in _told(said(seed, 0, 0, texts=100))) for seed in range(SEEDS))
    yield f"language_gap: worlds of {SEEDS} in which both sides speak alike and a word is called real: {empty}"
    found = [_value(seed, 1.4) for seed in range(SEEDS)]
    held = np.mean([each["low"] <= 1.4 <= each["high"] for each in found])
    yield f"language_gap: planted gap of 1.4 within its limits: {held:.3f}"
    one, two = (np.mean([_value(seed, gap)["value"] for seed in range(40)]) for gap in (0.9, 1.8))
    yield f"language_gap: twice the gap is {two / one:.2f} times the figure"


def _words_of_the_brand() -> Iterator[str]:
    """How many planted words are among the first ten, of the brand as it is and where only they differ."""
    for seed in range(5):
        found = unfolded(language_gap.measure(scratch([], given=test_language_gap.halves(seed))))
        yield f"language_gap: a brand that speaks as half its customers do, seed {seed}: {_found(found)}"
    for texts in (3_000, 1_500, 800, 143):
        found = unfolded(language_gap.measure(scratch([], given=_thinned(test_language_gap.halves(3), texts))))
        yield f"language_gap: the same with {texts} texts of the brand, seed 3: {_found(found)}"
    for by in ((), ("level",), ("unit",)):
        rows = unfolded(language_gap.measure(brand(), by=by))
        for group in sorted({each["by"].get("level", "") for each in rows} if by != ("unit",) else ()):
            own = [each for each in rows if each["by"].get("level", "") == group]
            yield f"language_gap: the example brand as it is, {group or 'all'}: {_found(own)}"
        if by == ("unit",):
            units = sorted({each["by"]["unit"] for each in rows})
            told = [[each for each in rows if each["by"]["unit"] == unit] for unit in units]
            ours = np.mean([test_language_gap.among(each, "brand", BRAND_WORDS) for each in told])
            yield f"language_gap: the example brand as it is, {len(units)} units: brand {ours:.1f} of 8 on average"


def _thinned(table: pa.Table, texts: int) -> pa.Table:
    """All texts of the customers, and so many of the brand."""
    brand = np.array(table["side"].to_pylist()) == "brand"
    drawn = np.random.default_rng(1).choice(np.flatnonzero(brand), texts, replace=False)
    return table.take(pa.array(np.sort(np.concatenate([np.flatnonzero(~brand), drawn]))))


def _found(rows: list[dict[str, Any]]) -> str:
    planted = (("customers", CUSTOMER_WORDS), ("brand", BRAND_WORDS))
    return ", ".join(f"{side} {test_language_gap.among(rows, side, words)} of {len(words)}" for side, words in planted)


def _promises() -> Iterator[str]:
    worlds = [scratch([], given=test_promise_gap.world(seed, 0.0)) for seed in range(SEEDS)]
    empty = sum(any(each["detail"]["real"] for each in unfolded(promise_gap.measure(ask))) for ask in worlds)
    yield f"promise_gap: worlds of {SEEDS} in which promises are kept and a gap is called real: {empty}"


def _campaigns() -> Iterator[str]:
    """Lifts of a campaign: none, 1.0 of impressions, and twice that."""
    quiet = [test_advocacy.of_campaign(test_advocacy.world(seed, {})) for seed in range(SEEDS)]
    empty = sum(any(each["detail"].get("real") for each in found.values()) for found in quiet)
    yield f"advocacy: campaigns of {SEEDS} that change nothing and seem to: {empty}"
    found = [
        test_advocacy.of_campaign(test_advocacy.world(seed, {"impression": 1.0}))["reach"] for seed in range(SEEDS)
    ]
    held = np.mean([each["low"] <= 1.0 <= each["high"] for each in found])
    yield f"advocacy: planted lift of 1.0 within its limits: {held:.3f}"
    twice = [test_advocacy.of_campaign(test_advocacy.world(seed, {"impression": 2.0}))["reach"] for seed in range(40)]
    one, two = (np.mean([each["value"] for each in some]) for some in (found[:40], twice))
    yield f"advocacy: twice the lift is {two / one:.2f} times the figure"


def _trust() -> Iterator[str]:
    held = [row["low"] <= 0.6 <= row["high"] for row in test_trust.indices(test_trust.people(1, 0.6, units=1_000))]
    yield f"trust: the true index of {len(held)} units that are all alike within their limits: {np.mean(held):.3f}"
