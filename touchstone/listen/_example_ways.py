"""What leads where in the example brand: looks to bookings to purchases; and regulars, some of whom fall silent."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from touchstone.listen._example_block import Block, accounts, customers, dealers, pick, rows
from touchstone.listen._example_planted import DEPTHS, FAREWELL, LEADS, REGULARLY, SILENCED, STARTS
from touchstone.listen._example_world import Floats, Whole

WAY = ("website and prices", "booking", "repair quality")
WORKSHOP = ("waiting area", "service adviser's attitude", "repair quality", "repair time", SILENCED)


def ways(block: Block) -> list[pa.Table]:
    """Ways to the workshop: some look at the website first, some of these book, some who book come and pay.

    Nobody on the way would have come without the step before, so that what each step adds is known.
    """
    random, world = block.random("way"), block.world
    start = block.days(random, block.share(STARTS))
    unit = dealers(world, random, len(start))
    person = customers(world, random, unit, start)
    draw, delay = random.random((3, len(start))), random.random((2, len(start)))
    look = draw[0] < LEADS["look"]
    book = ~look | (draw[1] < LEADS["book"])
    pay = book & (draw[2] < LEADS["pay"])
    booked = np.where(look, _soon(block, start, 7 * delay[0]), start)
    paid = _soon(block, booked, 1 + 13 * delay[1])
    spent = np.maximum(np.exp(random.normal(5.6, 0.7, len(start))), 9.0)
    acted = pick(['{"depth": 1}', '{"depth": 2}', '{"depth": 3}'], random.choice(3, len(start), p=DEPTHS))
    account, product = accounts(world, random, person), world.people.product[person]
    steps = ((look, start, "web", "impression", "web"), (book, booked, "web", "impression", "web"),
             (pay, paid, "showroom", "purchase", "showroom"))  # fmt: skip
    tables = []
    for place, (some, day, source, kind, channel) in enumerate(steps):
        more = {"amount": np.round(spent[some], 2), "currency": "EUR"} if kind == "purchase" else {}
        more |= {"attributes": acted.filter(pa.array(some))} if kind == "impression" else {}
        tables.append(
            rows(
                block, f"y{place}-", source=source, kind=kind, channel=channel, day=day[some], unit=unit[some],
                person=account.filter(pa.array(some)), level="end_customer", product=product[some],
                touchpoint=WAY[place], **more,
            )
        )  # fmt: skip
    return tables


def _soon(block: Block, day: Floats, delay: Floats) -> Floats:
    """So many days later, or earlier than that where the block ends before."""
    return np.asarray(day + np.minimum(delay, (block.stop - day) * delay / 14))


def regulars(block: Block) -> pa.Table:
    """Visits of those who come to the workshop again and again; some stop, most of these after one touchpoint."""
    random, people = block.random("regular"), block.world.people
    day = block.days(random, block.share(REGULARLY))
    regular = people.regular
    faithful = regular[np.isinf(people.leaves[regular])]
    chosen = regular[random.integers(0, len(regular), len(day))]
    instead = faithful[random.integers(0, len(faithful), len(day))]
    person = np.where(people.leaves[chosen] < day, instead, chosen)
    leaving = regular[(people.leaves[regular] >= block.start) & (people.leaves[regular] < block.stop)]
    spot = np.concatenate([random.integers(0, len(WORKSHOP), len(day)), _farewell(random, len(leaving))])
    person, day = np.concatenate([person, leaving]), np.concatenate([day, people.leaves[leaving]])
    return rows(
        block,
        "z",
        source="showroom",
        kind="visit",
        channel="showroom",
        day=day,
        unit=people.home[person],
        person=accounts(block.world, random, person),
        level="end_customer",
        product=people.product[person],
        touchpoint=pick(WORKSHOP, spot),
    )


def _farewell(random: np.random.Generator, count: int) -> Whole:
    """What the last visits before falling silent are about."""
    after = random.random(count) < FAREWELL
    return np.where(after, WORKSHOP.index(SILENCED), random.integers(0, len(WORKSHOP), count))
