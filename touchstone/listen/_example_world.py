"""The simulated car maker: its units, its people, and the truth planted in them. Everything follows from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from touchstone.core.errors import Stop
from touchstone.core.taxonomy import Taxonomy, load
from touchstone.listen import _example_names as names
from touchstone.listen._example_planted import REGULAR

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

BRAND = "example-motors"
DEPARTMENTS = ("marketing", "parts", "warranty", "information-technology", "training", "customer-line")
VENDORS = ("brightcoat-paint", "kessel-electronics", "fernhall-logistics", "tallow-seats")
BETWEEN_FIRMS = (
    "website and prices",
    "price and contract",
    "delivery",
    "app and manual",
    "call centre",
    "complaint handling",
)
"""Touchpoints that dealers, distributors and departments rate each other on."""
MODELS = ("Aria", "Borealis", "Cinder EV", "Dunlin", "Esker")
CUTS = np.array([-1.75, -1.15, -0.45, 0.55])
"""Where the hidden experience (normal, mean = quality) becomes 1, 2, 3, 4 or 5."""
HALO = 0.5
"""How much one person's ratings of different touchpoints share."""


@dataclass(frozen=True)
class Decline:
    """A dealer group that gets worse from `day` on, by `drop` over `days`, at every touchpoint that partners own."""

    units: Whole
    day: float
    days: float
    drop: float


@dataclass(frozen=True)
class Fix:
    """One touchpoint made better at a few dealers from `day` on, by `lift` of hidden experience."""

    units: Whole
    touchpoint: int
    day: float
    lift: float


@dataclass(frozen=True)
class Backlog:
    """How crowded the maker's line is week by week, standard normal; experience there falls `lag` weeks later."""

    weeks: Floats  # the first `lag` of them lie before the start
    touchpoint: int
    lag: int
    weight: float  # hidden experience lost per standard deviation

    def at(self, day: Floats, *, lag: int = 0) -> Floats:
        """How crowded the line is on these days, or was `lag` weeks before."""
        week = np.floor(day / 7).astype(np.int64) + self.lag - lag
        return np.asarray(self.weeks[np.clip(week, 0, len(self.weeks) - 1)])


@dataclass(frozen=True)
class Window:
    """A stretch of days."""

    start: float
    stop: float


@dataclass(frozen=True)
class People:
    """Customers, ordered by home dealer (those who stay first), and the accounts each speaks under."""

    home: Whole  # dealer of each customer
    first: Whole  # first customer of each dealer
    count: Whole
    stay: Whole  # how many of a dealer's customers never leave
    leaves: Floats  # day each one falls silent; infinity: never
    language: Whole  # 0 English, 1 French, 2 Spanish
    product: Whole
    accounts: Whole  # how many each has
    account: Whole  # the first of them
    number: Whole  # the number in an account's id, a permutation
    teacher: npt.NDArray[np.bool_]
    fond: Floats  # the higher, the fonder of the brand; those who leave are less so
    regular: Whole  # those who come to the workshop again and again, each under one account


@dataclass(frozen=True)
class World:
    """All that is planted; nothing of it reaches the product but through the interactions."""

    seed: int
    taxonomy: Taxonomy
    start: datetime
    days: int
    unit_ids: tuple[str, ...]  # dealers first, then distributors, the maker, departments, vendors
    unit_names: tuple[str, ...]
    dealers: int
    region: Whole  # of each dealer
    regions: tuple[str, ...]
    distributor: Whole  # of each dealer
    distributors: int
    size: Floats  # share of the interactions each dealer gets
    quality: Floats  # units x touchpoints, at the start
    weights: Floats  # what drives loyalty, by touchpoint; adds up to 1
    asked: Floats  # how often each touchpoint is asked about and spoken of
    decline: Decline
    fix: Fix
    backlog: Backlog
    campaign: Window
    defect: Window
    unclear: Whole  # dealers whose bills nobody can follow
    people: People

    @property
    def touchpoints(self) -> tuple[str, ...]:
        return self.taxonomy.names

    def instant(self, day: float) -> datetime:
        """The instant `day` days after the start."""
        return self.start + timedelta(days=float(day))

    def moved(self, unit: Whole, day: Floats) -> Floats:
        """How far these dealers' quality at each touchpoint has moved on these days: (n, touchpoints)."""
        fallen = np.clip((day - self.decline.day) / self.decline.days, 0.0, 1.0) * self.decline.drop
        moved = -np.where(np.isin(unit, self.decline.units), fallen, 0.0)[:, None] * self.partner_owned
        fixed = np.isin(unit, self.fix.units) & (day >= self.fix.day)
        moved[:, self.fix.touchpoint] += fixed * self.fix.lift
        moved[:, self.backlog.touchpoint] -= self.backlog.weight * self.backlog.at(day, lag=self.backlog.lag)
        return np.asarray(moved)

    @property
    def partner_owned(self) -> Floats:
        return np.array([float(each.owner == "partner") for each in self.taxonomy])


def build(*, seed: int, dealers: int, regions: int, distributors: int, customers: int, years: int, until: str) -> World:
    """The world of these settings. `Stop` where they cannot hold together."""
    if min(dealers, regions, distributors, years) < 1 or customers < dealers:
        needed = "a dealer, a region, a distributor, a year, and a customer per dealer"
        raise Stop(f"the example brand needs {needed}.", where="listen example", todo="Raise the setting too small.")
    random = np.random.default_rng([seed, 1])
    taxonomy = load("auto_dealer")
    stop = datetime.fromisoformat(until).replace(tzinfo=UTC) + timedelta(days=1)
    days = 365 * years
    region = np.arange(dealers) % regions
    quality = _quality(random, taxonomy, dealers + distributors + 1 + len(DEPARTMENTS) + len(VENDORS))
    size = _sizes(random, dealers)
    weights = _weights(random, taxonomy)
    declining = random.choice(np.flatnonzero(region == 0), max(1, min(8, dealers // regions // 2)), replace=False)
    others = np.setdiff1d(np.arange(dealers), declining)
    ids, titles = _unit_names(dealers, distributors)
    return World(
        seed=seed,
        taxonomy=taxonomy,
        start=stop - timedelta(days=days),
        days=days,
        unit_ids=ids,
        unit_names=titles,
        dealers=dealers,
        region=region,
        regions=tuple(names.region(each) for each in range(regions)),
        distributor=region * distributors // regions,
        distributors=distributors,
        size=size,
        quality=quality,
        weights=weights,
        asked=_asked(random, taxonomy),
        decline=Decline(np.sort(declining), days * 0.55, 90.0, 0.8),
        fix=_fix(np.random.default_rng([seed, 5]), taxonomy, others, days),
        backlog=_backlog(np.random.default_rng([seed, 6]), taxonomy, days),
        campaign=Window(days * 0.7, days * 0.7 + 42),
        defect=Window(days * 0.6, float(days)),
        unclear=np.setdiff1d(np.argsort(-size)[: max(2, dealers // 12)], declining),
        people=_people(random, size * customers, quality[:dealers] @ weights, region, days),
    )


def _quality(random: np.random.Generator, taxonomy: Taxonomy, units: int) -> Floats:
    """Touchpoint level, plus the unit's own, plus what is peculiar to both."""
    count = len(taxonomy.names)
    level = random.permutation(np.linspace(-0.9, 0.9, count)) + random.normal(0, 0.03, count)
    partner = np.array([1.0 if each.owner == "partner" else 0.4 for each in taxonomy])
    unit = random.normal(0, 0.3, (units, 1))
    own = random.normal(0, 0.25, (units, count))
    return np.asarray(level + (unit + own) * partner)


def _fix(random: np.random.Generator, taxonomy: Taxonomy, others: Whole, days: int) -> Fix:
    """A new waiting area at twelve dealers, or at a fifth of a small brand's."""
    chosen = random.choice(others, min(12, len(others) // 5), replace=False)
    return Fix(np.sort(chosen), taxonomy.names.index("waiting area"), days * 0.45, 0.7)


def _backlog(random: np.random.Generator, taxonomy: Taxonomy, days: int) -> Backlog:
    """Crowded weeks come in a row (autocorrelation .7); who called is asked about it two weeks later."""
    lag, kept = 2, 0.7
    weeks = random.standard_normal(days // 7 + 1 + lag)
    for at in range(1, len(weeks)):
        weeks[at] = kept * weeks[at - 1] + np.sqrt(1 - kept**2) * weeks[at]
    return Backlog(weeks, taxonomy.names.index("call centre"), lag, 0.4)


def _sizes(random: np.random.Generator, dealers: int) -> Floats:
    """A few large dealers, many small ones; the shares add up to 1."""
    size = np.exp(random.normal(0, 0.9, dealers))
    return np.asarray(size / size.sum())


def _weights(random: np.random.Generator, taxonomy: Taxonomy) -> Floats:
    """Loyalty hangs on a few touchpoints and hardly on the others."""
    strong = {
        "the car itself": 6.0,
        "service adviser's attitude": 4.0,
        "repair quality": 4.0,
        "clarity of the bill": 2.5,
        "price and contract": 2.0,
        "complaint handling": 2.0,
    }
    weight = np.array([strong.get(name, 0.4) for name in taxonomy.names]) * np.exp(
        random.normal(0, 0.15, len(taxonomy.names))
    )
    return np.asarray(weight / weight.sum())


def _asked(random: np.random.Generator, taxonomy: Taxonomy) -> Floats:
    often = {"the car itself": 3.0, "service adviser's attitude": 2.0, "repair quality": 2.0, "price and contract": 1.6}
    often |= {"waiting area": 1.5, "welcome": 1.3, "call centre": 1.2, "word of mouth": 0.5, "courtesy car": 0.6}
    share = np.array([often.get(name, 1.0) for name in taxonomy.names]) * random.uniform(0.9, 1.1, len(taxonomy.names))
    return np.asarray(share / share.sum())


def _unit_names(dealers: int, distributors: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    titles = [names.dealer(each) for each in range(dealers)]
    titles += [names.distributor(each) for each in range(distributors)]
    ids = [names.slug(each) for each in titles]
    inside = [BRAND, *(f"department-{each}" for each in DEPARTMENTS), *(f"vendor-{each}" for each in VENDORS)]
    titles += ["Example Motors", *(each.replace("-", " ").title() for each in inside[1:])]
    return tuple(ids + inside), tuple(titles)


def _people(random: np.random.Generator, expected: Floats, loyalty: Floats, region: Whole, days: int) -> People:
    """Customers of each dealer in proportion to its size; the worse a dealer, the more of them fall silent."""
    dealers, customers = len(expected), round(float(expected.sum()))
    count = 1 + random.multinomial(customers - dealers, expected / expected.sum())
    standing = (loyalty - loyalty.mean()) / (loyalty.std() + 1e-9)
    stay = np.maximum(1, np.ceil(count * np.clip(0.6 + 0.12 * standing, 0.25, 0.9))).astype(np.int64)
    home = np.repeat(np.arange(dealers), count)
    first = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
    place = np.arange(customers) - first[home]
    leaves = np.where(place < stay[home], np.inf, random.uniform(120, 1500, customers))
    several = np.where(random.random(customers) < 0.04, random.integers(2, 5, customers), 1)
    account = np.concatenate([[0], np.cumsum(several)[:-1]]).astype(np.int64)
    return People(
        home=home,
        first=first,
        count=count,
        stay=stay,
        leaves=leaves,
        language=_languages(random, region[home]),
        product=random.choice(len(MODELS), customers, p=[0.3, 0.25, 0.15, 0.2, 0.1]),
        accounts=several,
        account=account,
        number=random.permutation(int(several.sum())),
        teacher=random.random(customers) < 0.006,
        fond=random.random(customers) - 1.0 * np.isfinite(leaves),
        regular=_regular(random, np.where(several == 1, leaves, np.nan), days),
    )


def _regular(random: np.random.Generator, leaves: Floats, days: int) -> Whole:
    """Regulars: two in five of them fall silent within the time, and may be missed before it ends."""
    sides = (np.flatnonzero((leaves > 0.2 * days) & (leaves < 0.85 * days)), np.flatnonzero(np.isinf(leaves)))
    count = [max(1, round(REGULAR * share * len(leaves))) for share in (0.4, 0.6)]
    chosen = [random.choice(side, min(size, len(side)), replace=False) for side, size in zip(sides, count, strict=True)]
    return np.sort(np.concatenate(chosen))


def _languages(random: np.random.Generator, region: Whole) -> Whole:
    """English, but every fifth region speaks mostly French and every sixth mostly Spanish."""
    draw = random.random(len(region))
    mostly = np.select([region % 6 == 4, region % 6 == 5], [1, 2], 0)
    other = np.where(draw < 0.015, 1, np.where(draw < 0.03, 2, 0))
    return np.where((mostly > 0) & (draw < 0.65), mostly, other)
