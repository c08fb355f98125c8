"""Which touchpoints to open where only so many may be: found by prices, and bounded by them.

Once it is said which are open, the rest is a problem without that limit. Its prices say what every touchpoint, open or
not, would be worth; the best so many of these bound every plan (Lagrangian relaxation), and are opened next. Where the
bound stays far off, what the relaxed problem opens in part says which to open, and which to exchange for which.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from touchstone.science.portfolio import (
    NONE,
    Choices,
    Flags,
    Floats,
    Ints,
    Limits,
    Model,
)
from touchstone.science.pricing import (
    EDGE,
    Judged,
    edge,
    first_prices,
    judge,
    narrowed,
    nearest,
    priced,
)
from touchstone.science.programme import relaxed

_TRIALS = 5  # so many sets of touchpoints are tried
_EXCHANGES = 24  # so many sets are tried that differ from the best one in one touchpoint
_ROUNDS = 10
_NEAR = 1e-5
_FAR = 2e-4  # a set whose bound is further off is searched for


@dataclass(frozen=True)
class Opened:
    """The problem of the touchpoints that are open, what prices say of it and of all, and the bound on every plan."""

    part: Model
    inside: Flags  # which choices the part has
    judged: Judged  # of the part
    x: Floats
    margin: Floats  # of all choices
    bound: float


def opened(model: Model) -> Opened | None:
    """The best found of the problems with so many touchpoints open; None where none of those tried has a plan."""
    price, best, least = first_prices(model), None, None
    tried: set[tuple[int, ...]] = set()
    while len(tried) < _TRIALS:
        names, judged = _worthiest(model, price)
        least = judged if least is None or judged.bound < least.bound else least
        if tuple(names.tolist()) in tried:
            break
        tried.add(tuple(names.tolist()))
        inside = _inside(model.choices, names)
        part = _part(model, inside)
        if part is None or (found := priced(part)) is None:
            break
        price = _carried(model, part, found[0].price)
        if best is None or found[0].bound > best.judged.bound:
            best = Opened(part, inside, *found, least.margin, np.inf)
    if best is None or least is None:
        return None
    least, share = _closer(model, least, best.judged.bound)
    if share is not None and least.bound > best.judged.bound * (1 + _FAR):
        best = _exchanged(model, best, share)
    return replace(best, margin=least.margin[model.bundle], bound=least.bound)


def _closer(model: Model, judged: Judged, known: float) -> tuple[Judged, Floats | None]:
    """Prices of a lower bound, touchpoints in part open, until it comes near what is `known` to be reached.

    With it, how far the last relaxed plan opens each touchpoint (None: there was none).
    """
    part = None
    for _ in range(_ROUNDS):
        if judged.bound <= known * (1 + _NEAR):
            break
        narrow = narrowed(model, judged, edge(model, judged, np.ones(model.size), EDGE), model.most)
        answer = relaxed(narrow.programme, inside=True)
        if answer is None:
            break
        judged = nearest(model, judged, answer.price[: len(model.most)])
        part = narrow.widened(model, answer.x)[model.open]
    return judged, part


def _exchanged(model: Model, best: Opened, part: Floats) -> Opened:
    """The set that the relaxed plan opens furthest, then the better of those that differ from it in one touchpoint."""
    must = np.isin(model.counted, model.choices.touchpoint[model.choices.locked == 1])
    order = np.argsort(-(part + must), kind="stable")
    most, tried = int(model.limits.touchpoints or 0), 1
    best = _better(model, best, model.counted[order[:most]])
    again = True
    while again and tried < _EXCHANGES:
        held = np.isin(model.counted, np.unique(model.choices.touchpoint[best.inside]))
        rank = np.argsort(order, kind="stable")
        pairs = [(int(rank[into] - rank[out]), into, out) for into in np.flatnonzero(~held & (part > 0))
                 for out in np.flatnonzero(held & ~must & (part < 1))]  # fmt: skip
        again = False
        for _, into, out in sorted(pairs)[: _EXCHANGES - tried]:
            names = np.append(model.counted[held & (np.arange(len(held)) != out)], model.counted[into])
            tried, found = tried + 1, _better(model, best, names)
            if found is not best:
                best, again = found, True
                break
    return best


def _better(model: Model, best: Opened, names: Ints) -> Opened:
    """The problem of these touchpoints, where it can gain more than the best so far."""
    inside = _inside(model.choices, names)
    part = _part(model, inside)
    if part is None or (found := priced(part)) is None or found[0].bound <= best.judged.bound:
        return best
    return Opened(part, inside, *found, best.margin, best.bound)


def _worthiest(model: Model, price: Floats) -> tuple[Ints, Judged]:
    """The touchpoints worth the most at these prices, and what these say where opening costs what the next is worth."""
    free = price.copy()
    free[model.count_row] = 0.0
    worth = judge(model, free).margin[model.open]
    must = np.isin(model.counted, model.choices.touchpoint[model.choices.locked == 1])
    most = int(model.limits.touchpoints or 0)
    order = np.lexsort((-worth, ~must))[:most]
    free[model.count_row] = max(float(np.sort(worth)[::-1][most]) if most < len(worth) else 0.0, 0.0)
    return np.sort(model.counted[order]), judge(model, free)


def _inside(choices: Choices, names: Ints) -> Flags:
    """The choices at these touchpoints, but for those that go together with one elsewhere."""
    inside = np.isin(choices.touchpoint, names)
    torn = np.unique(choices.together[~inside & (choices.together != NONE)])
    return np.asarray(inside & ~np.isin(choices.together, torn), bool)


def _part(model: Model, inside: Flags) -> Model | None:
    """The problem of these choices alone, however many touchpoints; None where what must be taken is not among them."""
    choices, limits = model.choices, model.limits
    if (choices.locked[~inside] == 1).any() or not inside.any():
        return None
    standard = limits.standard
    if standard is not None and not np.isin(standard[~inside], [NONE, *standard[inside]]).all():
        return None
    standard = None if standard is None else standard[inside]
    caps = tuple(replace(cap, group=cap.group[inside]) for cap in limits.caps)
    some = Choices(**{name: getattr(choices, name)[inside] for name in Choices.__dataclass_fields__})
    return Model(some, Limits(limits.budget, caps, None, standard))


def _carried(model: Model, part: Model, price: Floats) -> Floats:
    """The part's prices as those of the whole; what the part does not have costs nothing."""
    made = np.zeros(len(model.most))
    budget = int(np.isfinite(model.limits.budget))
    made[:budget] = price[:budget]
    made[model.cap_row], made[model.standard_row] = (
        price[part.cap_row],
        price[part.standard_row],
    )
    made[model.unit_row[np.searchsorted(model.short, part.short)]] = price[part.unit_row]
    known = {tuple(name): row for name, row in zip(model.linked_name(), model.linked_row.tolist(), strict=True)}
    rows = [known[tuple(name)] for name in part.linked_name()]
    made[np.array(rows, np.int64)] = price[part.linked_row]
    return made
