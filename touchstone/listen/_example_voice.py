"""What the example brand writes beside its promises: web pages, service notes, newsletters, and answers to reviews.

It retells what customers tell it in the words they share, speaks of itself in its own, and never says what they coined.
Nothing in it is lived, so none of it is in the truth file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.tables import INSTANT
from touchstone.listen._example_block import DAY, Block, dealers, pick, rows
from touchstone.listen._example_planted import NEEDS
from touchstone.listen._example_surveys import Survey, ask
from touchstone.listen._example_talk import AGENTS
from touchstone.listen._example_texts import Plans, called
from touchstone.listen._example_writer import LANGUAGES, WORDS, Plan, Writer, Written

PUBLISHED, SAYS = 0.01, 8
"""Publications of either kind, as a share of interactions; how many customers have their say in each."""
ANSWERED, WAITED = 0.4, 2.0
"""The share of reviews that is answered, and the days until then, on average."""
COINED = "gap.customer"
"""What the brand never retells."""
RETOLD = {
    "": 0.68, "need": 0.06, "bought": 0.05, "gush": 0.02, "disclosure": 0.02, "forum.too": 0.06,
    "forum.explain": 0.02, "forum.thanks": 0.03, "forum.fan": 0.01, "call.customer": 0.025, "call.bye": 0.025,
}  # fmt: skip
"""How often each is retold, about as often as customers say it: an experience, or a line of a list."""


def publications(block: Block, writer: Writer) -> pa.Table:
    """Web pages and service notes about a touchpoint each, newsletters and advertisements about many."""
    return pa.concat_tables(
        [
            _published(block, writer, "m", {"website": "web", "service-notes": "mail"}),
            _published(block, writer, "l", {"newsletter": "mail", "advertising": "print"}),
        ]
    )


def _published(block: Block, writer: Writer, prefix: str, places: Mapping[str, str]) -> pa.Table:
    """Publications in these places (place -> channel), each with what customers of one language told up to its day."""
    random, world, narrow = block.random(f"published-{prefix}"), block.world, prefix == "m"
    count = block.share(PUBLISHED)
    place, about = random.integers(0, len(places), count), random.choice(len(world.asked), count, p=world.asked)
    survey = ask(world, random, dealers(world, random, count * SAYS), block.days(random, count * SAYS))
    survey = survey.some(np.lexsort((survey.day, world.people.language[survey.person])))
    plans = Plans(world, random, survey, order=np.repeat(about, SAYS)[:, None] if narrow else None)
    writer.restart(block.number, f"published-{prefix}")
    said = [_retold(writer, plan, what) for plan, what in zip(plans, _lines(random, survey, narrow), strict=True)]
    texts = []
    for at, touchpoint in enumerate(about.tolist()):
        own = said[at * SAYS : (at + 1) * SAYS]
        texts.append(f"{_proud(writer, own[0][0], world.touchpoints[touchpoint])} {' '.join(text for _, text in own)}")
    return rows(
        block,
        prefix,
        source=pick(places, place),
        kind="message",
        channel=pick(places.values(), place),
        day=survey.day.reshape(count, SAYS).max(axis=1),
        level="employee",
        touchpoint=pick(world.touchpoints, about, where=np.full(count, narrow)),
        text=pa.array(texts, pa.string()),
        incentive="none",
    )


def _lines(random: np.random.Generator, survey: Survey, narrow: bool) -> list[str]:
    """What of each customer is retold: the list of a line, or nothing for what was lived."""
    names, share = list(RETOLD), np.array(list(RETOLD.values()))
    count = len(survey.unit)
    drawn = random.choice(len(names), count, p=share / share.sum()).tolist()
    need = random.integers(0, len(NEEDS), count).tolist()
    if narrow:
        return [""] * count
    return [
        f"need.{NEEDS[at].id}" if names[each] == "need" else names[each] for each, at in zip(drawn, need, strict=True)
    ]


def _proud(writer: Writer, plan: Plan, touchpoint: str) -> str:
    """What the brand says of a touchpoint in words that are its own."""
    return writer.line("voice.pride", plan, touchpoint).text


def _retold(writer: Writer, plan: Plan, line: str) -> tuple[Plan, str]:
    """One customer's say. Needs are told in English alone."""
    plan.extras = tuple(each for each in plan.extras if each != COINED)
    lived = not line or (line.startswith("need.") and plan.language > 0)
    told = writer.write(plan) if lived else writer.line(line, plan)
    lead = writer.line("voice.retold", plan).text.rstrip(".")
    return plan, f"{lead}: {told.text}"


def answers(block: Block, writer: Writer, reviews: pa.Table, told: Sequence[Written]) -> pa.Table:
    """Answers of advisers to some of the block's reviews, about what each speaks of."""
    random, world = block.random("reply"), block.world
    places = np.flatnonzero(random.random(len(reviews)) < ANSWERED)
    chosen, count = reviews.take(pa.array(places)), len(places)
    unit = [world.unit_ids.index(each) for each in chosen["unit"].to_pylist()]
    writer.restart(block.number, "reply")
    texts = []
    for at, product, place in zip(places.tolist(), chosen["product"].to_pylist(), unit, strict=True):
        plan = Plan(told[at].language, (), 1, (), product, *called(world, place))
        texts.append(_answer(writer, plan, told[at], world.touchpoints))
    asked = pc.subtract(chosen["occurred_at"], pa.scalar(world.start, INSTANT)).cast(pa.int64()).to_numpy() / DAY
    return rows(
        block,
        "a",
        source=chosen["source"],
        kind="message",
        channel="web",
        day=np.minimum(asked + random.exponential(WAITED, count), block.stop),
        person=pick([f"agent-{each:02d}" for each in range(AGENTS)], random.integers(0, AGENTS, count)),
        level="employee",
        unit=chosen["unit"],
        product=chosen["product"],
        reply_to=chosen["source_id"],
        text=pa.array(texts, pa.string()),
        language=pick(LANGUAGES, np.array([told[at].language for at in places.tolist()], np.int64)),
        incentive="none",
    )


def _answer(writer: Writer, plan: Plan, review: Written, names: tuple[str, ...]) -> str:
    """A greeting, what the review says of up to two touchpoints, and what is done about each."""
    said = list(dict.fromkeys((each.touchpoint, each.polarity) for each in review.said))[:2]
    texts: list[str] = []
    for touchpoint, polarity in said:
        word, about = WORDS[polarity], names[touchpoint]
        texts += [] if texts else [writer.line("voice.hello", plan, about).text]
        texts += [writer.line(f"{kind}.{word}", plan, about).text for kind in ("judge", "voice.deed")]
    return " ".join(texts)
