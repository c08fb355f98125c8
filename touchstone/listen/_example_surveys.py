"""Surveys of the example brand: one outcome (NPS, CSAT or CES) and four touchpoint ratings each, from planted means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.special import ndtr

from touchstone.listen._example_block import Block, accounts, customers, dealers, fonder, ids, pick, rows
from touchstone.listen._example_planted import LEANING
from touchstone.listen._example_world import BETWEEN_FIRMS, CUTS, HALO, Floats, Whole, World

RATED = 4
OUTCOMES = ("nps", "csat", "ces")
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
OUTCOME_SHARE = (0.6, 0.25, 0.15)
NOISE = 0.25
"""Standard deviation of what moves the outcome beside the touchpoints."""


@dataclass(frozen=True)
class Survey:
    """One row per respondent: who, where, when, what he lived at every touchpoint, and how it sums up."""

    unit: Whole
    day: Floats
    person: Whole
    lived: Floats  # respondents x touchpoints, the hidden experience
    outcome: Floats  # standard normal around the unit's standing

    def some(self, who: Whole) -> Survey:
        """Only these respondents."""
        return Survey(self.unit[who], self.day[who], self.person[who], self.lived[who], self.outcome[who])

    def scores(self) -> Whole:
        """Ratings 1 to 5, respondents x touchpoints."""
        return grade(self.lived, CUTS) + 1


def grade(hidden: Floats, cuts: Floats) -> Whole:
    """How many of the cuts lie below each hidden value."""
    return np.searchsorted(cuts, hidden).astype(np.int64)


def ask(world: World, random: np.random.Generator, unit: Whole, day: Floats) -> Survey:
    """Respondents at these units on these days; marginals at each touchpoint are exactly the planted ones."""
    count, width = len(unit), len(world.touchpoints)
    person = customers(world, random, unit, day)
    shared = random.standard_normal((count, 1))
    person = fonder(world, random, person, day, sure=ndtr(LEANING * shared[:, 0]))
    own = HALO * shared + np.sqrt(1 - HALO**2) * random.standard_normal((count, width))
    lived = own + world.quality[unit] + world.moved(unit, day)
    outcome = lived @ world.weights + NOISE * random.standard_normal(count)
    return Survey(unit, day, person, lived, outcome)


def spread(world: World) -> float:
    """Standard deviation of the outcome within a unit."""
    alike = HALO**2 + (1 - HALO**2) * float((world.weights**2).sum())
    return float(np.sqrt(alike + NOISE**2))


def cuts(world: World, name: str) -> Floats:
    """Where the outcome becomes each step of this scale: spread around the brand's own standing."""
    middle = float(world.size @ (world.quality[: world.dealers] @ world.weights))
    steps = {
        "nps": np.array([-2.1, -1.9, -1.7, -1.5, -1.3, -1.05, -0.75, -0.4, 0.05, 0.75]),
        "csat": np.array([-1.7, -1.0, -0.3, 0.7]),
        "ces": np.array([-1.9, -1.4, -0.9, -0.4, 0.2, 0.9]),
        "rating": np.array([-1.5, -0.9, -0.3, 0.5]),
    }
    return np.asarray(middle + spread(world) * steps[name])


def expected(hidden: Floats, cut: Floats, deviation: float = 1.0) -> Floats:
    """Probability of each step of a scale, last axis, for hidden means."""
    above = ndtr((hidden[..., None] - cut) / deviation)
    ends = np.ones((*hidden.shape, 1))
    return np.asarray(-np.diff(np.concatenate([ends, above, 0 * ends], axis=-1), axis=-1))


def asked(block: Block) -> tuple[Survey, Whole]:
    """The block's respondents and the touchpoints each is asked about."""
    random, world = block.random("survey"), block.world
    count = block.share(0.4 / (1 + RATED))
    survey = ask(world, random, dealers(world, random, count), block.days(random, count))
    return survey, _chosen(random, world, count)


def _chosen(random: np.random.Generator, world: World, count: int) -> Whole:
    """Four different touchpoints per survey, the often asked more often (Gumbel top-k)."""
    draw = np.log(world.asked) + random.gumbel(size=(count, len(world.asked)))
    return np.argsort(-draw, axis=1, kind="stable")[:, :RATED].astype(np.int64)


def answers(block: Block, survey: Survey, chosen: Whole, comments: pa.Array) -> pa.Table:
    """All survey answers of the block: outcome (with its comment) and ratings, one row each, threaded by survey."""
    random, world, count = block.random("answer"), block.world, len(survey.unit)
    kind = random.choice(len(OUTCOMES), count, p=OUTCOME_SHARE)
    value = np.zeros(count)
    for code, name in enumerate(OUTCOMES):
        value = np.where(kind == code, grade(survey.outcome, cuts(world, name)) + SCALES[name][0], value)
    rated = np.take_along_axis(survey.scores(), chosen, axis=1)
    who = np.repeat(np.arange(count), 1 + RATED)
    asked = np.concatenate([np.full((count, 1), -1), chosen], axis=1).ravel()
    metric = np.concatenate([kind[:, None], np.full((count, RATED), 3)], axis=1).ravel()
    worst = np.array([SCALES[each][0] for each in (*OUTCOMES, "rating")], float)[metric]
    best = np.array([SCALES[each][1] for each in (*OUTCOMES, "rating")], float)[metric]
    return rows(
        block,
        "s",
        source="survey",
        kind="answer",
        channel="survey",
        day=survey.day[who],
        unit=survey.unit[who],
        person=accounts(world, random, survey.person).take(pa.array(who)),
        level="end_customer",
        product=world.people.product[survey.person][who],
        touchpoint=pick(world.touchpoints, np.maximum(asked, 0), where=asked >= 0),
        thread=ids("survey", block, count).take(pa.array(who)),
        metric=pick((*OUTCOMES, "rating"), metric),
        value=np.concatenate([value[:, None], rated], axis=1).ravel(),
        worst=worst,
        best=best,
        text=comments.take(pa.array(who, mask=asked >= 0)),
        incentive="none",
    )


def between_firms(block: Block) -> pa.Table:
    """Dealers and distributors rate the maker's departments, and departments its vendors."""
    random, world = block.random("partner"), block.world
    count, base = block.share(0.02), world.dealers + world.distributors + 1
    rated = random.integers(base, len(world.unit_ids), count)
    touchpoint = np.array([world.touchpoints.index(each) for each in BETWEEN_FIRMS])[random.integers(0, 6, count)]
    day = block.days(random, count)
    lived = world.quality[rated, touchpoint] + random.standard_normal(count)
    vendor = rated >= len(world.unit_ids) - 4
    speaker = np.where(vendor, random.integers(base, base + 6, count), random.integers(0, base - 1, count))
    level = np.where(vendor, 2, np.where(speaker < world.dealers, 0, 1))
    return rows(
        block,
        "b",
        source="partner-survey",
        kind="answer",
        channel="survey",
        day=day,
        unit=rated,
        person=pick(world.unit_ids, speaker),
        level=pick(("dealer", "distributor", "department"), level),
        touchpoint=pick(world.touchpoints, touchpoint),
        metric="rating",
        value=(grade(lived, CUTS) + 1).astype(float),
        worst=np.ones(count),
        best=np.full(count, 5.0),
        incentive="none",
    )
