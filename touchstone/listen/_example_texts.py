"""Reviews, survey comments and bought praise of the example brand, worded from what each writer lived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.listen._example_block import Block, accounts, customers, dealers, ids, numbered, pick, rows
from touchstone.listen._example_events import CAMPAIGN
from touchstone.listen._example_planted import DEAR, DEARLY, UNCLEAR
from touchstone.listen._example_surveys import Survey, ask, cuts, grade
from touchstone.listen._example_truth import Tally
from touchstone.listen._example_world import MODELS, Floats, Whole, World
from touchstone.listen._example_writer import LANGUAGES, Plan, Writer, Written

MOST = 7
"""Touchpoints spoken of in one text, at most."""
SITES = ("carvoice", "dealerstars", "ownersay")
EXTRAS = ("ask.suggestion", "ask.request", "ask.question", "ask.thanks", "ask.recommendation", "ask.warning",
          "ask.churn_threat", "ask.promise_asked")  # fmt: skip
WOVEN = ("gap.customer", "defect", "price.dear", "price.unclear")
"""Lists whose sentences are woven in where they are planted."""
GAP, DEFECT, DEFECTIVE = 0.04, 0.35, 2
"""Share of texts with a word of customers' own; of texts on the faulty model that tell of it at last; its number."""
COMMENTED = 0.2
"""Share of surveys with a comment."""
BOUGHT = 0.015
"""Bought reviews, as a share of all interactions, all while the campaign runs."""


def reviews(block: Block, writer: Writer, tally: Tally) -> tuple[pa.Table, list[Written]]:
    """Reviews with an overall rating, and what each says; touchpoints and moods follow what the writer lived."""
    random, world = block.random("review"), block.world
    count = block.share(0.11)
    survey = ask(world, random, dealers(world, random, count), block.days(random, count))
    writer.restart(block.number, "review")
    plans = Plans(world, random, survey)
    site = random.choice(len(SITES), count, p=[0.5, 0.2, 0.3])
    lifted = survey.outcome + np.where(site == 1, 0.35, 0.0)
    written = [writer.write(plan) for plan in plans]
    tally.add(survey.unit, written, source_ids=numbered("w", block, count))
    known: Floats = (np.arange(count) % 3 > 0).astype(float)  # sites often do not say the language
    table = rows(
        block,
        "w",
        source=pick(SITES, site),
        kind="review",
        channel="web",
        day=survey.day,
        unit=survey.unit,
        person=accounts(world, random, survey.person),
        level="end_customer",
        product=world.people.product[survey.person],
        metric="rating",
        value=(grade(lifted, cuts(world, "rating")) + 1).astype(float),
        worst=np.ones(count),
        best=np.full(count, 5.0),
        incentive=pick(("none", "unknown"), (random.random(count) < 0.2).astype(np.int64)),
        url=pc.binary_join_element_wise("https://", pick(SITES, site), ".example/r/", ids("", block, count), ""),
        text=pa.array([each.text for each in written], pa.string()),
        language=pick(LANGUAGES, world.people.language[survey.person], where=known > 0),
    )
    return table, written


def comments(block: Block, writer: Writer, tally: Tally, asked: tuple[Survey, Whole]) -> pa.Array:
    """A comment beside the outcome of some surveys, on the first of the touchpoints rated; null for the others."""
    random, world = block.random("comment"), block.world
    survey, chosen = asked
    who = np.flatnonzero(random.random(len(survey.unit)) < COMMENTED)
    writer.restart(block.number, "comment")
    written = [writer.write(plan) for plan in Plans(world, random, survey.some(who), order=chosen[who], longest=0.5)]
    names = [f"s{block.number}-{at * (1 + chosen.shape[1])}" for at in who.tolist()]
    tally.add(survey.unit[who], written, source_ids=names)
    texts: list[str | None] = [None] * len(survey.unit)
    for at, each in zip(who.tolist(), written, strict=True):
        texts[at] = each.text
    return pa.array(texts, pa.string())


def bought(block: Block, writer: Writer, tally: Tally) -> pa.Table:
    """Shallow praise that the coupon campaign brings in: short, warm, hardly a detail; not always disclosed."""
    random, world = block.random("bought"), block.world
    start, stop = block.overlap(world.campaign.start, world.campaign.stop)
    whole = block.count * world.days / (block.stop - block.start)
    count = round(BOUGHT * whole * max(0.0, stop - start) / (world.campaign.stop - world.campaign.start))
    day = start + (stop - start) * random.random(count)
    unit = dealers(world, random, count)
    person = customers(world, random, unit, day)
    writer.restart(block.number, "bought")
    written = [
        writer.praise(Plan(language, (), 1, (), MODELS[product], *called(world, place)))
        for language, product, place in zip(
            world.people.language[person].tolist(), world.people.product[person].tolist(), unit.tolist(), strict=True
        )
    ]
    tally.add(unit, written, source_ids=numbered("q", block, count), bought=True)
    site = random.choice(len(SITES), count, p=[0.3, 0.5, 0.2])
    return rows(
        block,
        "q",
        source=pick(SITES, site),
        kind="review",
        channel="web",
        day=day,
        unit=unit,
        person=accounts(world, random, person),
        level="end_customer",
        product=world.people.product[person],
        text=pa.array([each.text for each in written], pa.string()),
        metric="rating",
        value=np.where(random.random(count) < 0.88, 5.0, 4.0),
        worst=np.ones(count),
        best=np.full(count, 5.0),
        incentive=pick(("disclosed", "unknown"), (random.random(count) < 0.4).astype(np.int64)),
        campaign=pick((CAMPAIGN,), np.zeros(count, np.int64), where=random.random(count) < 0.5),
        url=pc.binary_join_element_wise("https://", pick(SITES, site), ".example/q/", ids("", block, count), ""),
    )


class Plans:
    """What each writer of a block will say, one plan at a time."""

    def __init__(
        self,
        world: World,
        random: np.random.Generator,
        survey: Survey,
        *,
        order: Whole | None = None,
        longest: float = 1.0,
    ) -> None:
        """`order` gives the touchpoints spoken of first; without it the often asked come up more often."""
        self.world, self.survey = world, survey
        count = len(survey.unit)
        self._length, self._topics = lengths(random, count, longest)
        drawn = np.log(world.asked) + random.gumbel(size=(count, len(world.asked)))
        self._order = np.argsort(-drawn, axis=1, kind="stable")[:, :MOST] if order is None else order
        score = np.take_along_axis(survey.scores(), self._order, axis=1)
        middle = np.where(random.random(score.shape) < 0.5, 0, 2)
        self._polarity = np.where(score > 3, 1, np.where(score < 3, -1, middle))
        self._extra = np.where(random.random(count) < 0.3, random.integers(0, len(EXTRAS), count), -1)
        self._mood = score[:, 0]
        self._gap = random.random(count) < GAP
        grown = (survey.day - world.defect.start) / (world.defect.stop - world.defect.start)
        hit = world.people.product[survey.person] == DEFECTIVE
        self._defect = hit & (random.random(count) < DEFECT * grown)
        dear, unclear = random.spawn(1)[0].random((2, count))
        self._dear = (world.people.product[survey.person] == DEAR) & (dear < DEARLY)
        self._unclear = np.isin(survey.unit, world.unclear) & (unclear < UNCLEAR)

    def __iter__(self) -> Iterator[Plan]:
        people, survey, world = self.world.people, self.survey, self.world
        columns: Sequence[Any] = (
            people.language[survey.person], self._order, self._polarity, self._length, self._topics, self._extra,
            people.product[survey.person], survey.unit, self._mood,
        )  # fmt: skip
        woven = zip(*(each.tolist() for each in (self._gap, self._defect, self._dear, self._unclear)), strict=True)
        told = zip(*(column.tolist() for column in columns), strict=True)
        for (language, order, polarity, length, topics, extra, product, unit, mood), planted in zip(
            told, woven, strict=True
        ):
            yield Plan(
                language,
                list(zip(order[:topics], polarity[:topics], strict=True)),
                length,
                _extras(extra if length > 1 else -1, mood, planted),
                MODELS[product],
                *called(world, unit),
            )


def called(world: World, unit: int) -> tuple[str, str]:
    """A dealer's name and, by the last word of it, its place."""
    return world.unit_names[unit], world.unit_names[unit].rsplit(" ", 1)[-1]


def _extras(extra: int, mood: int, planted: tuple[bool, ...]) -> tuple[str, ...]:
    """Lists of sentences to weave in."""
    asked = (_fitting(EXTRAS[extra], mood),) if extra >= 0 else ()
    return (*asked, *(name for name, said in zip(WOVEN, planted, strict=True) if said))


def _fitting(extra: str, mood: int) -> str:
    """Nobody happy threatens to leave, nobody angry recommends."""
    if mood <= 2 and extra in ("ask.recommendation", "ask.thanks"):
        return "ask.warning"
    if mood >= 4 and extra in ("ask.warning", "ask.churn_threat"):
        return "ask.recommendation"
    return extra


def lengths(random: np.random.Generator, count: int, longest: float) -> tuple[Whole, Whole]:
    """Sentences and touchpoints per text: most short, some tell everything."""
    size = random.choice(5, count, p=[0.2, 0.33, 0.29, 0.14, 0.04])
    low, high = np.array([1, 2, 4, 7, 12]), np.array([1, 3, 6, 11, 22])
    length = np.floor(low[size] + random.random(count) * (high[size] - low[size] + 1)).astype(np.int64)
    few, many = np.array([1, 1, 2, 3, 4]), np.array([1, 2, 3, 5, MOST])
    topics = np.floor(few[size] + random.random(count) * (many[size] - few[size] + 1)).astype(np.int64)
    return np.maximum(1, (length * longest).astype(np.int64)), topics
