"""What prices of the budget and the other links say of each choice, and the prices that bound a plan the closest.

At given prices every place (unit and touchpoint) decides for itself: the level that is worth the most after paying for
what it uses, or none. What all places are then worth is a bound on every plan (Lagrangian relaxation: Geoffrion 1974).
At good prices nearly all places are clear; only those near the edge have to be decided together, which keeps programmes
of many thousand choices small (sifting: Bixby et al. 1992).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, vstack

from touchstone.science.portfolio import (
    NONE,
    Cap,
    Choices,
    Flags,
    Floats,
    Ints,
    Limits,
    Model,
    Rows,
)
from touchstone.science.programme import Programme, relaxed

FEW = 5000
"""So many choices are decided all together."""
_AT_ONCE = 10_000  # so many are priced all together
_SAMPLE = 6000  # so many choices give the first prices
EDGE = 2000
"""So many places nearest to the edge are weighed together."""
_CLOSE = 1e-5  # prices are good when the bound is so near to what the relaxed plan gains, as a share
_ROUNDS = 12
_HALVINGS = 20


@dataclass(frozen=True)
class Judged:
    """What prices say: the bound; by column the margin; by place the best bundle (or NONE) and what the next loses."""

    price: Floats
    bound: float
    margin: Floats
    best: Ints
    loss: Floats


def judge(model: Model, price: Floats) -> Judged:
    """What these prices of the links (none below 0) say; of linked places nothing is clear."""
    margin = np.asarray(model.profit - model.links.T @ price, float)
    places = len(model.opening)
    best, loss, worth = np.full(places, NONE), np.zeros(places), np.zeros(places)
    apart = np.flatnonzero(model.place != NONE)
    if len(apart):
        ranked = apart[np.lexsort((-margin[apart], model.place[apart]))]
        place = model.place[ranked]
        first = np.flatnonzero(np.r_[True, place[1:] != place[:-1]])
        top, at = margin[ranked[first]], place[first]
        second = np.r_[margin[ranked[1:]], -np.inf][first]
        same = np.r_[place[1:], NONE][first] == at
        next_best = np.where(same, np.fmax(second, 0.0), 0.0)
        best[at] = np.where(top > 0, ranked[first], NONE)
        worth[at], loss[at] = (
            np.fmax(top, 0.0),
            np.where(top > 0, top - next_best, -top),
        )
    beside = np.ones(model.size, bool)
    beside[apart] = False
    if len(model.open):
        margin[model.open] += np.bincount(model.opening, worth, minlength=model.size)[model.open]
        worth[:] = 0.0
    ends = np.fmax(margin * model.lower, margin * model.upper)[beside]
    return Judged(price, float(price @ model.most + ends.sum() + worth.sum()), margin, best, loss)


@dataclass(frozen=True)
class Narrow:
    """The programme over the columns that are not clear; what is taken in clear places goes with its touchpoint."""

    programme: Programme
    columns: Ints
    inside: Ints  # bundles taken in clear places
    gain: float  # of those, where no touchpoint has to be opened for them

    def widened(self, model: Model, x: Floats) -> Floats:
        """The x of all columns."""
        full = np.zeros(model.size)
        full[self.columns] = x
        full[self.inside] = full[model.opening[model.place[self.inside]]] if len(model.open) else 1.0
        return full


def narrowed(model: Model, judged: Judged, weighed: Flags, most: Floats) -> Narrow:
    """The programme in which places that are not `weighed` are decided as judged."""
    clear = ~weighed & ~model.linked
    inside = judged.best[clear & (judged.best != NONE)]
    kept = np.ones(model.size, bool)
    kept[: model.bundles] = (model.place == NONE) | ~clear[model.place]
    columns = np.flatnonzero(kept)
    links, profit, gain = model.links[:, columns], model.profit[columns], 0.0
    if len(model.open):
        opening = np.searchsorted(columns, model.opening[model.place[inside]])
        tie = csc_array(
            (np.ones(len(inside)), (np.arange(len(inside)), opening)),
            shape=(len(inside), len(columns)),
        )
        links, profit = (
            links + model.links[:, inside] @ tie,
            profit + model.profit[inside] @ tie,
        )
    else:
        most, gain = (
            most - np.asarray(model.links[:, inside].sum(axis=1)),
            float(model.profit[inside].sum()),
        )
    rows, apart = Rows(), np.flatnonzero(kept[: model.bundles] & (model.place != NONE))
    model.add_places(rows, model.place[apart], apart)
    matrix = csc_array(vstack([links, rows.matrix(model.size)[:, columns]], format="csc"))
    limits = (
        np.concatenate([most, rows.most]),
        model.lower[columns],
        model.upper[columns],
    )
    return Narrow(Programme(profit, matrix, *limits, model.whole[columns]), columns, inside, gain)


def priced(model: Model) -> tuple[Judged, Floats] | None:
    """What the best prices say, and the best x that may be taken in part; None where nothing meets the limits."""
    all_at_once = model.bundles <= _AT_ONCE
    best = judge(model, np.zeros(len(model.most)) if all_at_once else first_prices(model))
    count, open_share = len(model.opening) if all_at_once else EDGE, np.ones(model.size)
    for _ in range(_ROUNDS):
        weighed = edge(model, best, open_share, count)
        narrow = narrowed(model, best, weighed, model.most)
        answer = relaxed(narrow.programme)
        if answer is None and weighed.all():
            return None
        if answer is None:
            count *= 2  # too much is taken in clear places
            continue
        before, worth = best, float(narrow.programme.profit @ answer.x) + narrow.gain
        best, open_share = (
            nearest(model, best, answer.price[: len(model.most)]),
            narrow.widened(model, answer.x),
        )
        if weighed.all() or best.bound - worth <= _CLOSE * abs(worth):
            break
        if best.bound - worth > 0.5 * (before.bound - worth):
            count *= 2
    return best, open_share


def nearest(model: Model, best: Judged, price: Floats) -> Judged:
    """The least bound on the way from the best prices so far to these."""
    steps = (judge(model, best.price + step * (price - best.price)) for step in (1.0, 0.5, 0.25, 0.1))
    return min((best, *steps), key=lambda each: each.bound)


def edge(model: Model, judged: Judged, x: Floats, count: int) -> Flags:
    """So many places nearest to the edge: where the next best loses least, of touchpoints that `x` opens."""
    loss = np.where(model.linked, np.inf, judged.loss)
    if len(model.open):
        loss[x[model.opening] <= 0] = np.inf
    most = np.partition(loss, count)[count] if len(loss) > count else np.inf
    return np.asarray(loss <= most, bool) if np.isfinite(most) else np.ones(len(loss), bool)


def first_prices(model: Model) -> Floats:
    """Prices to begin with: those of a sample of units with its part of the budget and the caps."""
    choices, limits = model.choices, model.limits
    units = int(choices.unit.max()) + 1
    drawn = np.random.default_rng(0).permutation(units)[: max(1, units * _SAMPLE // len(choices))]
    inside = np.isin(choices.unit, drawn)
    share = choices.cost[inside].sum() / max(choices.cost.sum(), 1e-300)
    caps = tuple(Cap(cap.group[inside], cap.most * _parts(cap, choices.cost, inside)) for cap in limits.caps)
    some = Choices(**{name: getattr(choices, name)[inside] for name in Choices.__dataclass_fields__})
    alone = replace(some, together=np.full(len(some), NONE), locked=np.full(len(some), NONE))
    sample = Model(alone, Limits(limits.budget * share, caps, limits.touchpoints))
    everywhere = np.ones(len(sample.opening), bool)
    answer = relaxed(narrowed(sample, judge(sample, np.zeros(len(sample.most))), everywhere, sample.most).programme)
    price = np.zeros(len(model.most))
    if answer is None:
        return price
    return _carried(model, sample, answer.price, answer.x)


def _parts(cap: Cap, cost: Floats, inside: Flags) -> Floats:
    """The part of each group's cost that the sample has."""
    known = cap.group != NONE
    whole = np.bincount(cap.group[known], cost[known], minlength=len(cap.most))
    part = np.bincount(cap.group[known & inside], cost[known & inside], minlength=len(cap.most))
    return np.divide(part, whole, out=np.ones(len(whole)), where=whole > 0)


def _carried(model: Model, sample: Model, price: Floats, x: Floats) -> Floats:
    """The sample's prices as those of the whole; a unit's own price is the least at which it lacks nothing."""
    made = np.zeros(len(model.most))
    budget = int(np.isfinite(model.limits.budget))
    made[:budget] = price[:budget]
    made[model.cap_row] = price[sample.cap_row]
    made[model.count_row] = price[sample.count_row] * len(model.choices) / len(sample.choices)
    if not len(model.short):
        return made
    weight = np.ones(int(model.choices.touchpoint.max()) + 1)
    if len(model.counted):
        weight[:] = 0.0
        weight[sample.counted] = x[sample.open]
    low, high = np.zeros(len(model.short)), np.full(len(model.short), made[0])
    for _ in range(_HALVINGS):
        made[model.unit_row] = (low + high) / 2
        best = judge(model, made).best
        taken = np.isin(model.bundle, best[best != NONE])
        weighed = model.choices.shortfall[taken] * weight[model.choices.touchpoint[taken]]
        lacks = np.bincount(model.choices.unit[taken], weighed, minlength=int(model.short.max()) + 1)[model.short] > 0
        low, high = (
            np.where(lacks, made[model.unit_row], low),
            np.where(lacks, high, made[model.unit_row]),
        )
    made[model.unit_row] = high
    return made
