"""Calls and forum threads of the example brand: turns, replies, thanks, and those who teach others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.listen._example_block import Block, account_ids, accounts, dealers, numbered, rows
from touchstone.listen._example_surveys import ask
from touchstone.listen._example_texts import Plans
from touchstone.listen._example_truth import Tally
from touchstone.listen._example_world import Whole, World
from touchstone.listen._example_writer import LANGUAGES, Plan, Writer, Written

AGENTS = 90
MINUTE = 1 / 1440
THREAD = 5.5
"""About how many rows a call or a thread has."""


@dataclass
class _Said:
    """Rows as they are said, in columns."""

    prefix: str
    block: Block
    day: list[float] = field(default_factory=list)
    unit: list[int] = field(default_factory=list)
    person: list[str] = field(default_factory=list)
    level: list[str] = field(default_factory=list)
    product: list[int] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    thread: list[str] = field(default_factory=list)
    reply_to: list[str | None] = field(default_factory=list)
    attributes: list[str | None] = field(default_factory=list)
    language: list[str] = field(default_factory=list)

    def add(self, day: float, who: tuple[str, str], plan: _Thread, text: Written, **more: Any) -> str:
        """One row more; comes back with its id. `more` may hold reply_to and attributes."""
        self.day.append(min(day, self.block.stop))
        self.person.append(who[0])
        self.level.append(who[1])
        self.unit.append(plan.unit)
        self.product.append(plan.product)
        self.thread.append(plan.name)
        self.language.append(LANGUAGES[plan.plan.language])
        self.written.append(text)
        self.reply_to.append(more.get("reply_to"))
        self.attributes.append(more.get("attributes"))
        return f"{self.prefix}{self.block.number}-{len(self.day) - 1}"

    def table(self, tally: Tally, **constant: str) -> pa.Table:
        """The rows as interactions; what they say goes to the tally."""
        unit = np.array(self.unit, np.int64)
        names = numbered(self.prefix, self.block, len(self.written))
        tally.add(unit, self.written, source_ids=names)
        return rows(
            self.block,
            self.prefix,
            day=np.array(self.day, float),
            unit=unit,
            product=np.array(self.product, np.int64),
            person=pa.array(self.person, pa.string()),
            level=pa.array(self.level, pa.string()),
            thread=pa.array(self.thread, pa.string()),
            reply_to=pa.array(self.reply_to, pa.string()),
            text=pa.array([each.text for each in self.written], pa.string()),
            language=pa.array(self.language, pa.string()),
            attributes=pa.array(self.attributes, pa.string()),
            **constant,
        )


@dataclass(frozen=True)
class _Thread:
    """One call or forum thread: its plan, its opener, its place."""

    name: str
    plan: Plan
    day: float
    unit: int
    product: int
    person: str


def _threads(block: Block, random: np.random.Generator, share: float, name: str) -> list[_Thread]:
    world, count = block.world, block.share(share / THREAD)
    survey = ask(world, random, dealers(world, random, count), block.days(random, count))
    product = world.people.product[survey.person]
    columns = (
        Plans(world, random, survey, longest=0.6),
        survey.day.tolist(),
        survey.unit.tolist(),
        product.tolist(),
        accounts(world, random, survey.person).to_pylist(),
    )
    return [_Thread(f"{name}-{block.number}-{at}", *each) for at, each in enumerate(zip(*columns, strict=True))]


def calls(block: Block, writer: Writer, tally: Tally) -> pa.Table:
    """Calls to the maker's line, turn by turn; the first turn knows how long the caller was on hold."""
    random = block.random("call")
    threads = _threads(block, random, 0.05, "call")
    agents = random.integers(0, AGENTS, len(threads)).tolist()
    crowded = np.exp(0.5 * block.world.backlog.at(np.array([each.day for each in threads])))
    wait = (random.gamma(1.5, 160.0, len(threads)) * crowded).astype(np.int64).tolist()
    turns = random.integers(0, 3, len(threads)).tolist()
    writer.restart(block.number, "call")
    said = _Said("t", block)
    for each, agent, seconds, more in zip(threads, agents, wait, turns, strict=True):
        staff, caller, at = (f"agent-{agent:02d}", "employee"), (each.person, "end_customer"), each.day
        hello = f'{{"wait_seconds": {seconds}}}'
        last = said.add(at, staff, each, writer.line("call.hello", each.plan), attributes=hello)
        last = said.add(at + MINUTE, caller, each, writer.write(each.plan), reply_to=last)
        for turn in range(more + 1):
            later = at + (2 + turn) * MINUTE
            last = said.add(later, staff, each, writer.line("call.agent", each.plan), reply_to=last)
            name = "call.customer" if turn < more else "call.bye"
            last = said.add(later + MINUTE / 2, caller, each, writer.line(name, each.plan), reply_to=last)
    return said.table(tally, source="call-centre", kind="turn", channel="phone", incentive="none")


def forum(block: Block, writer: Writer, tally: Tally) -> pa.Table:
    """Threads: somebody tells or asks, others agree; a teacher explains and is thanked, a fan only cheers."""
    random = block.random("forum")
    threads = _threads(block, random, 0.05, "thread")
    world, count = block.world, len(threads)
    teachers = np.flatnonzero(world.people.teacher)
    chosen = _first(world, teachers[random.integers(0, max(1, len(teachers)), count)]) if len(teachers) else []
    others = accounts(world, random, random.integers(0, len(world.people.home), 4 * count)).to_pylist()
    hours = random.exponential(0.2, (count, 6)).cumsum(axis=1).tolist()
    dice = random.random((count, 4)).tolist()
    writer.restart(block.number, "forum")
    said = _Said("h", block)
    for at, each in enumerate(threads):
        teacher = chosen[at] if len(chosen) and dice[at][0] < 0.35 else None
        _thread(said, writer, each, others[4 * at : 4 * at + 4], (teacher, hours[at], dice[at]))
    return said.table(tally, source="forum", kind="post", channel="forum", incentive="none")


def _first(world: World, person: Whole) -> list[str]:
    people = world.people
    return [str(each) for each in account_ids(people.number[people.account[person]]).to_pylist()]


def _thread(
    said: _Said, writer: Writer, thread: _Thread, others: list[str], drawn: tuple[str | None, list[float], list[float]]
) -> None:
    teacher, hours, dice = drawn
    plan, day = thread.plan, thread.day
    opener = said.add(day, (thread.person, "end_customer"), thread, writer.write(plan))
    for turn in range(int(dice[1] * 4)):
        name = "forum.fan" if dice[2] < 0.2 and turn == 0 else "forum.too"
        likes = f'{{"likes": {int(dice[3] * (400 if name == "forum.fan" else 12))}}}'
        who = (others[turn], "end_customer")
        said.add(day + hours[turn], who, thread, writer.line(name, plan), reply_to=opener, attributes=likes)
    if teacher is not None:
        answer = writer.line("forum.explain", plan)
        post = said.add(day + hours[3], (teacher, "end_customer"), thread, answer, reply_to=opener)
        for turn, thankful in enumerate((thread.person, others[3])[: 1 + (dice[3] < 0.4)]):
            text = writer.line("forum.thanks", plan)
            said.add(day + hours[4 + turn], (thankful, "end_customer"), thread, text, reply_to=post)
