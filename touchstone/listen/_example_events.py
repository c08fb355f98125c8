"""What the example brand's customers do without words: impressions, visits, purchases, coupons and referrals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.listen._example_block import Block, account_ids, accounts, customers, dealers, fonder, pick, rows
from touchstone.listen._example_planted import AMONG, DEPTHS, PAID
from touchstone.listen._example_ways import regulars, ways
from touchstone.listen._example_world import Floats, Whole

CAMPAIGN = "autumn-thank-you"
STANDING = ("plain-prices", "quiet-electric")
"""Campaigns that run all the time, so that not every campaign is a coupon."""
RESONANCE = {
    "plain-prices": {"prospect": 0.34, "end_customer": 0.34},
    "quiet-electric": {"prospect": 0.46, "end_customer": 0.2},
    CAMPAIGN: {"prospect": 0.16, "end_customer": 0.24},
}
"""Share of each campaign's impressions acted on, by level: one campaign speaks to prospects and leaves owners cold."""
SEEN = ("advertising look", "website and prices", "loyalty offers")
ENTERED = ("dealership exterior", "welcome", "test drive", "parking", "repair quality", "delivery")
PURCHASES = 0.04
"""Purchases, as a share of interactions, beside those that a way led to."""
INCREMENT = 0.12
"""Extra purchases, as a share of those without it, that the coupon campaign truly brings while it runs."""


def listen(block: Block) -> list[pa.Table]:
    """All wordless interactions of the block."""
    streams = (_impressions, _visits, _purchases, _offers, _redemptions, _referrals, _fixes, regulars)
    return [*(stream(block) for stream in streams), *ways(block)]


def times(block: Block, random: np.random.Generator, share: float, surge: float) -> Floats:
    """Days of `share` of the block's interactions, with `surge` times as many again while the campaign runs."""
    even = block.days(random, block.share(share))
    start, stop = block.overlap(block.world.campaign.start, block.world.campaign.stop)
    if start >= stop:
        return even
    extra = round(surge * len(even) * (stop - start) / (block.stop - block.start))
    return np.concatenate([even, start + (stop - start) * random.random(extra)])


def running(block: Block, day: Floats) -> Any:
    """Whether the coupon campaign runs on these days."""
    return (day >= block.world.campaign.start) & (day < block.world.campaign.stop)


def _who(block: Block, random: np.random.Generator, day: Floats, *, among: int = 1) -> tuple[Whole, Whole, pa.Array]:
    """Dealers, customers and accounts; the customer is the one fondest of the brand `among` so many."""
    unit = dealers(block.world, random, len(day))
    person = customers(block.world, random, unit, day)
    for _ in range(among - 1):
        person = fonder(block.world, random, person, day, sure=1.0)
    return unit, person, accounts(block.world, random, person)


def _impressions(block: Block) -> pa.Table:
    random = block.random("impression")
    day = times(block, random, 0.14, 1.5)
    count = len(day)
    _, person, account = _who(block, random, day)
    prospect = random.random(count) < 0.5
    campaign = np.where(running(block, day) & (random.random(count) < 0.7), 2, random.integers(0, 2, count))
    moved = np.array([[RESONANCE[each][level] for level in ("prospect", "end_customer")] for each in RESONANCE])
    acted = random.random(count) < moved[campaign, (~prospect).astype(np.int64)]
    depth = np.where(acted, random.choice([1, 2, 3], count, p=DEPTHS), 0)
    return rows(
        block,
        "i",
        source="web",
        kind="impression",
        channel=pick(("web", "social", "mail", "television"), random.choice(4, count, p=[0.5, 0.3, 0.1, 0.1])),
        day=day,
        person=pc.if_else(pa.array(prospect), pa.nulls(count, pa.string()), account),
        level=pick(("prospect", "end_customer"), (~prospect).astype(np.int64)),
        product=block.world.people.product[person],
        touchpoint=pick(SEEN, random.integers(0, 3, count)),
        campaign=pick((*STANDING, CAMPAIGN), campaign),
        attributes=pick([f'{{"depth": {each}}}' for each in range(4)], depth),
    )


def _visits(block: Block) -> pa.Table:
    random = block.random("visit")
    day = block.days(random, block.share(0.08))
    unit, person, account = _who(block, random, day, among=AMONG)
    minutes = np.maximum(1, random.gamma(2.0, 18.0, len(day))).astype(np.int64)
    return rows(
        block,
        "v",
        source="showroom",
        kind="visit",
        channel="showroom",
        day=day,
        unit=unit,
        person=account,
        level="end_customer",
        product=block.world.people.product[person],
        touchpoint=pick(ENTERED, random.integers(0, len(ENTERED), len(day))),
        attributes=pick([f'{{"minutes": {each}}}' for each in range(400)], np.minimum(minutes, 399)),
    )


def _purchases(block: Block) -> pa.Table:
    random = block.random("purchase")
    day = times(block, random, PURCHASES, INCREMENT * (1 + PAID / PURCHASES))
    count = len(day)
    unit, person, account = _who(block, random, day, among=AMONG)
    new = random.random(count) < 0.06
    spent = np.where(new, random.normal(34_000, 7_000, count), np.exp(random.normal(5.6, 0.7, count)))
    redeemed = running(block, day) & (random.random(count) < 0.4)
    return rows(
        block,
        "p",
        source="showroom",
        kind="purchase",
        channel="showroom",
        day=day,
        unit=unit,
        person=account,
        level="end_customer",
        product=block.world.people.product[person],
        touchpoint=pick(("repair quality", "delivery"), new.astype(np.int64)),
        amount=np.round(np.maximum(spent, 9.0), 2),
        currency="EUR",
        campaign=pick((CAMPAIGN,), np.zeros(count, np.int64), where=redeemed),
    )


def _offers(block: Block) -> pa.Table:
    random = block.random("offer")
    day = times(block, random, 0.03, 4.0)
    count = len(day)
    unit, _, account = _who(block, random, day)
    campaign = np.where(running(block, day), 1, 0)
    return rows(
        block,
        "o",
        source="crm",
        kind="offer",
        channel=pick(("mail", "app"), random.integers(0, 2, count)),
        day=day,
        unit=unit,
        person=account,
        level="end_customer",
        touchpoint="loyalty offers",
        campaign=pick(("service-reminder", CAMPAIGN), campaign),
        attributes=pick(('{"coupon": 0}', '{"coupon": 30}'), campaign),
    )


def _redemptions(block: Block) -> pa.Table:
    random = block.random("redemption")
    day = times(block, random, 0.01, 6.0)
    unit, _, account = _who(block, random, day, among=AMONG)
    return rows(
        block,
        "r",
        source="crm",
        kind="redemption",
        channel="showroom",
        day=day,
        unit=unit,
        person=account,
        level="end_customer",
        touchpoint="loyalty offers",
        amount=np.where(running(block, day), 30.0, 10.0),
        currency="EUR",
        campaign=pick(("service-reminder", CAMPAIGN), running(block, day).astype(np.int64)),
    )


def _referrals(block: Block) -> pa.Table:
    """Referrals stay flat while the campaign runs: coupons buy volume, not advocates."""
    random = block.random("referral")
    day = block.days(random, block.share(0.01))
    unit, person, account = _who(block, random, day, among=AMONG)
    friend = customers(block.world, random, unit, day)
    told = account_ids(block.world.people.number[block.world.people.account[friend]])
    return rows(
        block,
        "f",
        source="crm",
        kind="referral",
        channel="app",
        day=day,
        unit=unit,
        person=account,
        level="end_customer",
        product=block.world.people.product[person],
        touchpoint="word of mouth",
        attributes=pc.binary_join_element_wise('{"referred": "', told, '"}', ""),
    )


def _fixes(block: Block) -> pa.Table:
    """The brand's own word of its fix: one row for each dealer that got it, on the day it began."""
    fix = block.world.fix
    unit = fix.units if block.start <= fix.day < block.stop else fix.units[:0]
    return rows(
        block,
        "x",
        source="crm",
        kind="event",
        channel="crm",
        day=np.full(len(unit), fix.day),
        unit=unit,
        level="employee",
        touchpoint=block.world.touchpoints[fix.touchpoint],
        attributes='{"fix": "new waiting area"}',
    )
