"""Keeps what is truly in the example brand, and writes it to a file that only tests and benches read."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from touchstone.listen._example_events import CAMPAIGN, INCREMENT, RESONANCE
from touchstone.listen._example_planted import (
    BRAND_WORDS,
    CUSTOMER_WORDS,
    DEAR,
    DEARLY,
    DESPITE,
    FAREWELL,
    LEADS,
    LEANING,
    NEEDS,
    PAID,
    PROMISED,
    SILENCED,
    UNCLEAR,
)  # fmt: skip
from touchstone.listen._example_surveys import cuts, expected, spread
from touchstone.listen._example_world import CUTS, MODELS, Floats, Whole, World
from touchstone.listen._example_writer import Written

POLARITIES = ("negative", "neutral", "positive", "mixed")
LABELS = 3_000
"""About how many texts are labelled and held apart."""


class Tally:
    """Counts true mentions as texts are written, and keeps a sample of labelled texts apart. Memory does not grow."""

    def __init__(self, world: World, labels: TextIO | None, share: float) -> None:
        self.world, self._labels, self._share = world, labels, share
        self.counts = np.zeros((2, len(world.unit_ids), len(world.touchpoints), 4), np.int64)
        self.texts = np.zeros(2, np.int64)
        self.woven: Counter[str] = Counter()

    def add(self, unit: Whole, written: Sequence[Written], *, source_ids: Sequence[str], bought: bool = False) -> None:
        """Count texts; `unit` is what each is about."""
        counts = self.counts[int(bought)]
        self.texts[int(bought)] += len(written)
        for place, text, source_id in zip(unit.tolist(), written, source_ids, strict=True):
            self.woven.update(text.woven)
            for touchpoint, polarity in sides(text).items():
                counts[place, touchpoint, polarity] += 1
            if self._labels is not None and _draw(self.world.seed, source_id) < self._share:
                self._label(self._labels, source_id, text, self.world.unit_ids[place], bought)

    def _label(self, labels: TextIO, source_id: str, text: Written, unit: str, bought: bool) -> None:
        names = self.world.touchpoints
        mentions = [
            {"touchpoint": names[each.touchpoint], "polarity": POLARITIES[each.polarity + 1], "start": each.start,
             "stop": each.stop}
            for each in text.said
        ]  # fmt: skip
        row = {"source_id": source_id, "unit": unit, "text": text.text, "mentions": mentions}
        labels.write(json.dumps(row | {"kinds": list(text.kinds), "promotional": bought}, ensure_ascii=False) + "\n")


def sides(text: Written) -> dict[int, int]:
    """Per touchpoint of a text: 0 negative, 1 neutral, 2 positive, 3 both."""
    seen: dict[int, set[int]] = {}
    for each in text.said:
        seen.setdefault(each.touchpoint, set()).add(each.polarity)
    return {
        touchpoint: 3 if {1, -1} <= moods else 2 if 1 in moods else 0 if -1 in moods else 1
        for touchpoint, moods in seen.items()
    }


def _draw(seed: int, source_id: str) -> float:
    return int.from_bytes(hashlib.blake2b(f"{seed}/{source_id}".encode(), digest_size=4).digest()) / 2**32


def mean_scores(world: World) -> Floats:
    """Expected rating 1 to 5, units x touchpoints: the exact mean over the two years of what answers are drawn from."""
    return np.asarray(probabilities(world) @ np.arange(1.0, 6.0))


def probabilities(world: World) -> Floats:
    """Probability of each rating, units x touchpoints x 5, over the whole time."""
    share = expected(world.quality, CUTS)
    for unit in range(world.dealers):
        hidden, weight = _through_time(world, unit)
        share[unit] = np.average(expected(hidden, CUTS), axis=0, weights=weight)
    return share


def _through_time(world: World, unit: int) -> tuple[Floats, Floats]:
    """What is lived at each touchpoint of a dealer, wherever it moves to, and the share of time it stays there."""
    day = np.arange(0.125, world.days, 0.25)
    moved, counts = np.unique(np.round(world.moved(np.full(len(day), unit), day), 3), axis=0, return_counts=True)
    return world.quality[unit] + moved, counts / counts.sum()


def mean_outcomes(world: World) -> dict[str, list[float]]:
    """Expected NPS (-100 to 100), and mean CSAT and CES, of each dealer over the whole time."""
    steps: dict[str, list[float]] = {"nps": [], "csat": [], "ces": []}
    for unit in range(world.dealers):
        hidden, weight = _through_time(world, unit)
        for name, found in steps.items():
            each = expected(hidden @ world.weights, cuts(world, name), spread(world))
            share = np.average(each, axis=0, weights=weight)
            value = 100 * (share[9:].sum() - share[:7].sum()) if name == "nps" else share @ np.arange(1, len(share) + 1)
            found.append(round(float(value), 6))
    return steps


def planted(world: World) -> dict[str, Any]:
    """All that is planted, with names instead of numbers."""
    scores, share, size = mean_scores(world), probabilities(world), world.size
    mood = share[:, :, 3:].sum(axis=2) - share[:, :, :2].sum(axis=2)
    names, dealers = world.touchpoints, world.unit_ids[: world.dealers]
    return {
        "seed": world.seed,
        "start": world.start.isoformat(),
        "stop": world.instant(world.days).isoformat(),
        "touchpoint_quality": dict(zip(names, (size @ scores[: world.dealers]).round(6).tolist(), strict=True)),
        "touchpoint_sentiment": dict(zip(names, (size @ mood[: world.dealers]).round(6).tolist(), strict=True)),
        "expected_rating": {
            unit: dict(zip(names, row.round(6).tolist(), strict=True))
            for unit, row in zip(world.unit_ids, scores, strict=True)
        },
        "expected_outcome": {
            name: dict(zip(dealers, found, strict=True)) for name, found in mean_outcomes(world).items()
        },
        "loyalty_weights": dict(zip(names, world.weights.round(6).tolist(), strict=True)),
        **_events(world),
        **_lives(world),
        "needs": [asdict(each) for each in NEEDS],
        "promise_gap": {
            name: round(5.0 - float(size @ scores[: world.dealers, names.index(name)]), 6) for name in PROMISED
        },
        "promises": PROMISED,
        "language_gap": {"customers": CUSTOMER_WORDS, "brand": BRAND_WORDS},
        "aliases": aliases(world),
        "teachers": teachers(world),
    }


def _events(world: World) -> dict[str, Any]:
    """What happens at a time: to all, to some dealers, to one model."""
    names = world.touchpoints
    return {
        "campaign": {
            "id": CAMPAIGN,
            "increment": INCREMENT,
            **_window(world, world.campaign.start, world.campaign.stop),
        },
        "decline": {
            "units": [world.unit_ids[each] for each in world.decline.units.tolist()],
            "drop": world.decline.drop,
            **_window(world, world.decline.day, world.decline.day + world.decline.days),
        },
        "fix": {
            "units": [world.unit_ids[each] for each in world.fix.units.tolist()],
            "touchpoint": names[world.fix.touchpoint],
            "lift": world.fix.lift,
            **_window(world, world.fix.day, world.days),
        },
        "backlog": {
            "touchpoint": names[world.backlog.touchpoint],
            "lag_weeks": world.backlog.lag,
            "weight": world.backlog.weight,
            "weeks": world.backlog.weeks[world.backlog.lag :].round(6).tolist(),
        },
        "resonance": RESONANCE,
        "defect": {"product": MODELS[2], **_window(world, world.defect.start, world.defect.stop)},
    }


def _lives(world: World) -> dict[str, Any]:
    """What customers find dear, which ways they take, who stops coming after what, and how the fond differ."""
    began, book = LEADS["look"] * LEADS["book"], 1 - LEADS["look"]
    lost = {"website and prices": began / (began + book), "booking": 1.0}  # share of the ways, were it not there
    warm = 2 / np.pi * np.arctan(LEANING)
    return {
        "price": {
            "dear": {"product": MODELS[DEAR], "share": DEARLY, "despite": DESPITE},
            "unclear": {"units": [world.unit_ids[each] for each in world.unclear.tolist()], "share": UNCLEAR},
        },
        "paths": {
            "leads": LEADS,
            "purchases": round(PAID, 6),
            "removal_effect": {name: round(each, 6) for name, each in lost.items()},
            "share": {name: round(each / sum(lost.values()), 6) for name, each in lost.items()},
            "last_touch": {"website and prices": 0.0, "booking": 1.0},
        },
        "silence": {
            "touchpoint": SILENCED,
            "share": FAREWELL,
            "regulars": _first_accounts(world, world.people.regular),
            "left": left(world),
        },
        "loyalty": {"leaning": LEANING, "ratio": round(float((2 + warm) / (2 - warm)), 6)},
    }


def left(world: World) -> dict[str, str]:
    """The day on which each account falls silent that does so within the time."""
    people = world.people
    found: dict[str, str] = {}
    for each in np.flatnonzero(people.leaves < world.days).tolist():
        day = world.instant(people.leaves[each]).date().isoformat()
        found |= {f"c{people.number[people.account[each] + turn]}": day for turn in range(people.accounts[each])}
    return found


def _first_accounts(world: World, person: Any) -> list[str]:
    people = world.people
    return [f"c{each}" for each in people.number[people.account[person]].tolist()]


def _window(world: World, start: float, stop: float) -> dict[str, str]:
    return {"start": world.instant(start).isoformat(), "stop": world.instant(stop).isoformat()}


def aliases(world: World) -> list[list[str]]:
    """Accounts that are one person's, for everyone who has several."""
    people = world.people
    return [
        [f"c{people.number[people.account[each] + turn]}" for turn in range(people.accounts[each])]
        for each in np.flatnonzero(people.accounts > 1).tolist()
    ]


def teachers(world: World) -> list[str]:
    """Accounts of those whose explanations others thank for and act on."""
    return _first_accounts(world, np.flatnonzero(world.people.teacher))


def realised(tally: Tally) -> dict[str, Any]:
    """What the texts yielded truly say: mean sentiment (-1 to 1; mixed and neutral 0) and mentions per touchpoint."""
    world = tally.world
    found: dict[str, Any] = {"texts": int(tally.texts.sum()), "bought_texts": int(tally.texts[1])}
    found["woven"] = dict(sorted(tally.woven.items()))
    for name, counts in (("all", tally.counts.sum(axis=0)), ("organic", tally.counts[0])):
        found[name] = {
            touchpoint: _mean(counts[:, code].sum(axis=0)) for code, touchpoint in enumerate(world.touchpoints)
        }
    whole = tally.counts.sum(axis=0)
    found["by_unit"] = {
        unit: {
            touchpoint: _mean(whole[place, code])
            for code, touchpoint in enumerate(world.touchpoints)
            if whole[place, code].sum()
        }
        for place, unit in enumerate(world.unit_ids)
        if whole[place].sum()
    }
    return found


def _mean(counts: Whole) -> dict[str, float]:
    n = int(counts.sum())
    return {"n": n, "sentiment": round(float((counts[2] - counts[0]) / n), 6) if n else 0.0}


def write(path: Path, tally: Tally) -> None:
    """The truth file, as JSON."""
    truth = planted(tally.world) | {"texts": realised(tally)}
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")


def catalogue(path: Path, initiatives: Sequence[dict[str, Any]]) -> None:
    """The initiatives as a table beside the truth file."""
    with path.with_suffix(".initiatives.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(initiatives[0]))
        writer.writeheader()
        writer.writerows(initiatives)
