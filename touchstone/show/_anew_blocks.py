"""Sliders that ask what another plan would bring, and the answer beside the plan in force."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Estimate, Field, Filters, Form, Grid, Link, Note, Page
from touchstone.show import _anew, _budget_blocks, _league, _say, _wishes
from touchstone.show._anew import Anew, Possible, Wish
from touchstone.show._budget import Planned
from touchstone.show._stored import Figure

Flags = NDArray[np.bool_]
_SUPPORT = (("yes", "where a dealer lacks it"), ("no", "none"))
_AT_MOST = 1000  # touchpoints of a plan: as many as pay


def controls(plan: Planned, of: Possible, wish: Wish) -> Filters:
    """What can be asked, as it stands."""
    step, own = _wishes.grain(of), float(of.terms["budget"])
    most = max(wish.budget, min(4 * own, float(of.each("cost").sum())), own)
    every = len(of.touchpoints)
    percent = {"kind": "range", "within": (0.0, 100.0, 5.0), "told": "# %"}
    fields = (
        Field("budget", "Budget", f"{wish.budget:.12g}", kind="range",
              within=(0.0, math.ceil(most / step) * step, step), told=plan.money(0).replace("0", "#")),
        Field("touchpoints", "Touchpoints", str(wish.touchpoints or every), kind="range",
              within=(1.0, float(every), 1.0), told="at most #", last="as many as pay"),
        Field("caution", "Caution", f"{100 * wish.caution:.12g}", **percent),  # type: ignore[arg-type]  # a plain dict
        Field("share", "Dealers’ share where theirs", f"{100 * wish.partner_share:.12g}", **percent),  # type: ignore[arg-type]  # as above
        Field("support", "Support", "yes" if wish.support else "no", choices=_SUPPORT),
    )  # fmt: skip
    return Filters((*fields, *_hidden(_held(of, wish))), live=True)


def _held(of: Possible, wish: Wish) -> dict[str, str]:
    """Touchpoints held in or left out, where some are or were."""
    usual = _wishes.wished({}, of)
    both = (("always", wish.always, usual.always), ("never", wish.never, usual.never))
    return {name: _wishes.named(here) for name, here, before in both if here or before}


def _hidden(values: Mapping[str, str]) -> Iterator[Field]:
    return (Field(name, "", value, kind="hidden") for name, value in values.items())


def page(ask: Ask, plan: Planned, of: Possible, wish: Wish) -> Page:
    """What the plan wished for would bring, and how it differs from the plan in force."""
    assert plan.whole is not None
    found = _anew.solved(of, wish)
    if found is None:
        return _impossible(plan, of, wish)
    figure, force = found.figure(plan.whole), _anew.in_force(ask, of)
    difference = _difference(plan, found, of.drawn(force))
    noun = _league.nouns(ask)[0]
    cards = (_budget_blocks.estimate(figure, "Customer equity gained", seed=ask.seed), difference)
    blocks: list[Block] = [controls(plan, of, wish), Cards(cards), *fixed(of, wish), *_choose(of, wish)]
    blocks += [_changes(found, force, noun), _budget_blocks.takes(plan, figure)]
    if len(plan.frontier) > 1:
        blocks.append(_budget_blocks.frontier(plan, figure, budget=wish.budget, seed=ask.seed))
    blocks += _touchpoints(plan, found, figure, seed=ask.seed, noun=noun)
    return Page("budget", "Budget", _sentence(plan, figure, difference), _budget_blocks.LEAD, tuple(blocks))


def _sentence(plan: Planned, figure: Figure, difference: Estimate) -> str:
    spent = plan.money(figure.detail["cost"] + figure.detail["support"])
    low, high = (_budget_blocks.plainly(each) for each in (figure.low, figure.high))
    told = f"{spent} would gain {plan.money(figure.value or 0.0)} of customer equity ({low} to {high})"
    far = abs(difference.value or 0.0)
    if difference.verdict == "open":
        return f"{told}; that cannot be told from what the plan in force gains."
    return f"{told}, {plan.money(far)} {'more' if difference.verdict == 'good' else 'less'} than the plan in force."


def _difference(plan: Planned, found: Anew, drawn: NDArray[np.float64]) -> Estimate:
    """How much more it gains than the plan in force, both drawn alike."""
    assert plan.whole is not None
    apart = found.drawn - drawn
    value = found.gain - (plan.whole.value or 0.0)
    low, high = (float(each) for each in np.quantile(apart, (0.025, 0.975)))
    low, high = min(low, value), max(high, value)
    reach = 1.1 * max(abs(low), abs(high), 1.0)
    return Estimate(
        "Against the plan in force", value, low, high, plan.whole.n, "customer equity", floor=-reach, ceiling=reach,
        middle=0.0, formula="gain of this plan less gain of the plan in force, draw by draw", counted="surveys",
    )  # fmt: skip


def _impossible(plan: Planned, of: Possible, wish: Wish) -> Page:
    """No plan was found that keeps to what is wished for: why, as far as it can be told."""
    todo = "Slide further, or take back what is held fixed."
    why = "What is locked, shared out or capped leaves nothing that keeps to all of it."
    if wish.always and (least := _anew.least(of, wish)) > wish.budget:
        named = _say.listed([_say.inline(each) for each in wish.always])
        why = f"At every dealer, {named} costs at least {plan.money(least)}."
    blocks = (controls(plan, of, wish), Note(why, "empty", todo), *fixed(of, wish))
    return Page("budget", "Budget", f"No plan of {plan.money(wish.budget)} that keeps to this was found.", "", blocks)


def _choose(of: Possible, wish: Wish) -> Iterator[Block]:
    """The action that makes it the plan."""
    terms = {"budget": wish.budget, "caution": wish.caution, "partner_share": wish.partner_share}
    terms["support"] = float(wish.support)
    if wish.touchpoints is not None or of.terms["touchpoints_at_most"] is not None:
        terms["touchpoints_at_most"] = wish.touchpoints or _AT_MOST
    sent = {name: f"{value:.12g}" for name, value in terms.items()} | _held(of, wish) | {"back": "/budget"}
    beside = (("/budget", "Back to the plan", ""),)
    yield Form("budget.plan", "", tuple(_hidden(sent)), "Make this the plan", beside=beside)


def fixed(of: Possible, wish: Wish) -> Iterator[Block]:
    """Touchpoints held in or out, each to be taken back."""
    rows = [
        (_say.named(each), said, Link("take back", _wishes.address(of, _wishes.freed(wish, each))))
        for held, said in ((wish.always, "at every dealer"), (wish.never, "left out"))
        for each in held
    ]
    if rows:
        yield Grid("Held fixed", "", ("touchpoint", "", ""), tuple(rows), narrow=True)


def _changes(found: Anew, force: Flags, noun: str) -> Grid:
    """By touchpoint, what is done now and would be done, and what that pays and gains more."""
    of, taken = found.possible, found.plan.taken
    rows, out, into = [], [], []
    for at, name in enumerate(of.touchpoints):
        mine = of.touchpoint == at
        now, then = np.flatnonzero(mine & force), np.flatnonzero(mine & taken)
        if np.array_equal(now, then):
            continue
        if not len(then):
            out.append(_say.inline(name))
        if not len(now):
            into.append(_say.inline(name))
        paid, gain = found.paid(then) - found.paid(now), float(of.gain[then].sum() - of.gain[now].sum())
        rows.append((_say.named(name), _done(of, now), _done(of, then), _signed(paid), _signed(gain), paid))
    rows.sort(key=lambda each: (-abs(each[-1]), each[0]))
    said = [f"comes in: {_say.listed(into, most=8)}"] if into else []
    said += [f"goes out: {_say.listed(out, most=8)}"] if out else []
    lead = f"{'; '.join(said)}." if said else "The same touchpoints, elsewhere or at other levels."
    if not rows:
        return Grid("What changes", "Nothing.", ("touchpoint",), (), narrow=True)
    title = f"{_say.count(int((force != taken).sum()))} measures at {_say.plural(noun)} change"
    columns = ("touchpoint", "in force", "here", "paid", "gain")
    return Grid(title, _say.named(lead), columns, tuple(row[:-1] for row in rows))


def _done(of: Possible, some: NDArray[np.int64]) -> str:
    counts = Counter(str(of.initiatives[at].detail["level"]) for at in of.initiative[some].tolist())
    return _budget_blocks.levels(counts)


def _signed(value: float) -> str:
    return f"{value:+,.0f}".replace("-", "−") if abs(value) >= 0.5 else "0"


def _touchpoints(plan: Planned, found: Anew, figure: Figure, *, seed: int, noun: str) -> Iterator[Block]:
    """What each touchpoint would get and gain, and those without money; each can be held fixed."""
    of, rows = found.possible, []
    for at, name in enumerate(of.touchpoints):
        mine = np.flatnonzero(found.plan.taken & (of.touchpoint == at))
        if len(mine):
            rows.append((found.paid(mine), name, _gained(found, mine, figure), mine))
    rows.sort(key=lambda each: (-each[0], each[1]))
    ceiling = max((each[2].high or 0.0 for each in rows), default=1.0)
    cells = tuple(
        (_say.named(name), plan.money(paid), _budget_blocks.estimate(gained, name, seed=seed, ceiling=ceiling),
         _say.count(len(np.unique(of.unit[mine]))), _done(of, mine), _wishes.out(of, found.wish, name))
        for paid, name, gained, mine in rows
    )  # fmt: skip
    columns = ("touchpoint", "paid", "gain", _say.plural(noun), "levels", "what if")
    yield Grid("By touchpoint", "What head office pays there, without support.", columns, cells)
    without = set(of.touchpoints) - {each[1] for each in rows} - set(found.wish.never)
    if without:
        rest = tuple((_say.named(name), _wishes.into(of, found.wish, name)) for name in sorted(without))
        yield Grid("Where no money goes", "", ("touchpoint", "what if"), rest, narrow=True, folded=True)


def _gained(found: Anew, mine: NDArray[np.int64], figure: Figure) -> Figure:
    """What some choices gain, with limits from the draws."""
    of, taken = found.possible, np.zeros(len(found.plan.taken), bool)
    taken[mine] = True
    gain = float(of.gain[mine].sum())
    low, high = (float(each) for each in np.quantile(of.drawn(taken), (0.025, 0.975)))
    return Figure("budget", {}, gain, min(low, gain), max(high, gain), figure.n, figure.measured_in)
