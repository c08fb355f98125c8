"""The blocks of the page of the budget: figures, frontier, touchpoints, regions, dealers, what to test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from touchstone.core.page import Block, Cards, Chart, Estimate, Grid, Link, Note
from touchstone.show import _say, _wishes
from touchstone.show._anew import Possible
from touchstone.show._budget import Planned
from touchstone.show._charts import few as few_drawn
from touchstone.show._charts import frontier as drawn
from touchstone.show._stored import Figure

_FORMULA = (
    "lift of the rating x room at the unit x weight of the touchpoint x what a step of loyalty is worth there; limits "
    "from 400 draws of all of them"
)
_ALSO = (
    ("paid by dealers", "partner_pays"),
    ("gained by dealers", "partner_gain"),
    ("mean of the worst tenth", "worst_tenth"),
)
LEAD = "Associations and beliefs, with their doubt: what people stated, what customers answered and bought."
TERMS = {
    "budget": "Budget", "company_margin": "Company's margin on sales", "partner_margin": "Dealers' margin on sales",
    "horizon": "Years looked at", "discount": "Discount a year", "retention": "Customers who stay a year",
    "kept_per_point": "More who stay per point of 10", "partner_share": "Dealers' share of cost where theirs",
    "touchpoints_at_most": "Touchpoints at most", "region_cap": "Most for a region", "quarter_cap": "Most in a quarter",
    "caution": "Caution, 0 to 1", "support": "Support where a dealer lacks it",
}  # fmt: skip
_NEARLY = 0.9  # share of the plan's gain that fewer touchpoints are held to
_FROM = {"chosen": "chosen", "given": "chosen", "usual": "usual"}


def estimate(figure: Figure, label: str, *, seed: int, ceiling: float | None = None) -> Estimate:
    """What a row gains, as a figure that opens."""
    return Estimate(
        label, figure.value, figure.low, figure.high, figure.n, figure.measured_in, floor=0.0,
        ceiling=ceiling or max(figure.high or 0.0, 1.0), middle=None, formula=_FORMULA, counted="surveys", seed=seed,
    )  # fmt: skip


def sentence(plan: Planned, figure: Figure) -> str:
    """What the money should bring, with its doubt."""
    spent = plan.money(figure.detail["cost"] + figure.detail["support"])
    low, high = (plainly(each) for each in (figure.low, figure.high))
    told = f"{spent} should gain {plan.money(figure.value or 0.0)} of customer equity ({low} to {high})"
    return f"{told}; {_chance(figure.detail['probability'])}."


def _chance(share: float) -> str:
    if share > 0.995:
        return "it is all but sure to bring more than it costs"
    if share < 0.005:
        return "it is all but sure to bring less than it costs"
    return f"with {_say.number(share, measured_in='share')} probability it brings more than it costs"


def takes(plan: Planned, figure: Figure) -> Grid:
    """What a plan takes and brings, and how far it is proven."""
    told = figure.detail
    rows = [
        ("paid by head office for initiatives", plan.money(told["cost"])),
        ("support that brings dealers in", plan.money(told["support"])),
        ("the next 1,000 would gain, cautiously", plan.money(1000 * told["price"])),
        ("no plan is better, proven, by more than", _proof(told["gap"])),
        *((name, plan.money(told[key])) for name, key in _ALSO),
    ]
    return Grid("What it takes and brings", "", ("", "amount"), tuple(rows), narrow=True)


def whole(plan: Planned, of: Possible | None, *, seed: int, noun: str) -> Iterator[Block]:
    """The figures that carry the plan, other budgets, and what goes to which touchpoint."""
    assert plan.whole is not None
    yield Cards((estimate(plan.whole, "Customer equity gained", seed=seed),))
    yield takes(plan, plan.whole)
    if len(plan.frontier) > 1:
        yield frontier(plan, plan.whole, budget=float(plan.whole.detail["terms"]["budget"]), seed=seed)
    yield from few(plan, plan.whole, seed=seed)
    yield _touchpoints(plan, of, seed=seed, noun=noun)
    if out := [each for each in plan.touchpoints if not each.detail["units"]]:
        rest = tuple((_say.named(each.by["touchpoint"]), _turning(each), *_fixed(of, each)) for each in out)
        columns = ("touchpoint", "would come in", "what if")[: len(rest[0])]
        yield Grid("Where no money goes", "", columns, rest, narrow=True, folded=True)


def _fixed(of: Possible | None, each: Figure) -> tuple[Link, ...]:
    """Leads to the plan without this touchpoint, or with it everywhere where it gets no money."""
    if of is None:
        return ()
    lead = _wishes.out if each.detail["units"] else _wishes.into
    return (lead(of, _wishes.wished({}, of), each.by["touchpoint"]),)


def _proof(gap: float | None) -> str:
    return "–" if gap is None else f"{100 * gap:.2f} %" if gap >= 5e-5 else "0.01 %"


def frontier(plan: Planned, figure: Figure, *, budget: float, seed: int) -> Chart:
    """What each budget can gain at most, with its band; the plan looked at is named."""
    figures = tuple(estimate(each, plan.money(float(each.by["budget"])), seed=seed) for each in plan.frontier)
    title = f"The next 1,000 would bring {plainly(1000 * figure.detail['price'])}"
    lead = "Gain of the best plan for each budget, with its 95 % band; on the dashed line money brings itself back."
    points = [(float(row.by["budget"]), each) for row, each in zip(plan.frontier, figures, strict=True)]
    return Chart(title, lead, drawn(points, here=(budget, figure.value or 0.0)), figures)


def few(plan: Planned, figure: Figure, *, seed: int) -> Iterator[Chart]:
    """What the same money can gain at fewer touchpoints, with its band; nothing where that is not stored."""
    here, budget = int(figure.detail["touchpoints"]), f"{figure.detail['terms']['budget']:.2f}"
    kept = {int(row.by["touchpoints_at_most"]): row for row in plan.few if row.by["budget"] == budget} | {here: figure}
    if len(kept) < 3 or not figure.value:
        return
    points = [(most, row, _say.some(most, "touchpoint", "touchpoints")) for most, row in sorted(kept.items())]
    named = next(name for _, row, name in points if (row.value or 0.0) >= _NEARLY * figure.value)
    shown = [(float(most), estimate(row, f"at most {name}", seed=seed)) for most, row, name in points]
    title = f"{named} would bring {_say.number(_NEARLY, measured_in='share')} of it or more"
    lead = "Gain of the best plan of the same budget with so many touchpoints at most, with its 95 % band."
    specification = few_drawn(shown, here=(float(here), figure.value))
    yield Chart(title, lead, specification, tuple(each for _, each in shown))


def _touchpoints(plan: Planned, of: Possible | None, *, seed: int, noun: str) -> Grid:
    """What each touchpoint gets and gains, and at which lift that would change."""
    ceiling = max((each.high or 0.0 for each in plan.touchpoints), default=1.0)
    rows = tuple(
        (
            _say.named(each.by["touchpoint"]),
            plan.money(each.detail["cost"] + each.detail["support"]),
            estimate(each, each.by["touchpoint"], seed=seed, ceiling=ceiling),
            _say.count(each.detail["units"]),
            levels(each.detail["levels"]),
            _turning(each),
            *_fixed(of, each),
        )
        for each in plan.touchpoints
        if each.detail["units"]
    )
    lead = (
        "What head office pays there, support included. The last column says by how much its lift would have to differ "
        "from what is believed for it to leave the plan."
    )
    columns = ("touchpoint", "paid", "gain", _say.plural(noun), "levels", "would change", "what if")
    return Grid("By touchpoint", lead, columns[: 6 if of is None else 7], rows)


def levels(found: Mapping[str, int]) -> str:
    """How often each level of effort is taken."""
    return ", ".join(f"{count} × level {level}" for level, count in sorted(found.items())) or "–"


def _turning(figure: Figure) -> str:
    turning = figure.detail.get("turning")
    if turning is None:
        return "–"
    share = f"{turning:.1f}×" if turning >= 1.995 else f"{100 * turning:.0f} %"
    return f"below {share} of its lift" if figure.detail["units"] else f"above {share} of its lift"


def learning(plan: Planned) -> Iterator[Block]:
    """What to test first: where knowing the lift before choosing would change the plan for the better."""
    assert plan.whole is not None
    worth = plan.whole.detail.get("worth_knowing") or {}
    told = [(name, value) for name, value in worth.items() if value >= 0.5][:5]
    if told:
        rows = tuple((_say.named(name), plan.money(value)) for name, value in told)
        lead = (
            "What it would be worth, on average, to know its true lift before choosing: try it at a few dealers first."
        )
        yield Grid("What to test first", lead, ("touchpoint", "worth of knowing"), rows, narrow=True)


def places(plan: Planned, *, seed: int, noun: str) -> Iterator[Block]:
    """What goes to each region and dealer, and who cannot be brought in at a profit."""
    if plan.regions:
        rows = tuple(
            (each.by["region"], plan.money(each.detail["cost"] + each.detail["support"]),
             estimate(each, each.by["region"], seed=seed), _say.count(each.detail["units"]))
            for each in plan.regions
        )  # fmt: skip
        yield Grid("By region", "", ("region", "paid", "gain", _say.plural(noun)), rows)
    dealers = tuple(_dealer(plan, each, seed) for each in plan.units)
    columns = (noun, "head office pays", "of it support", "it pays", "it gains", "gain")
    yield Grid(f"By {noun}", "Each leads to its own view.", columns, dealers, folded=len(dealers) > 12)
    out = [each for each in plan.units if not each.detail.get("profitable", True)]
    if out:
        whys = tuple((_named(plan, each), each.detail.get("why", "")) for each in out)
        yield Grid("Who cannot be brought in at a profit", "", (noun, "why"), whys, folded=len(whys) > 6)


def _dealer(plan: Planned, each: Figure, seed: int) -> tuple[Any, ...]:
    told = each.detail
    paid = told["cost"] + told["support"]
    amounts = (paid, told["support"], told["partner_pays"], told["partner_gain"])
    link = Link(_named(plan, each), f"budget?unit={quote(each.by['unit'], safe='')}")
    return (link, *(plan.money(amount) for amount in amounts), estimate(each, _named(plan, each), seed=seed))


def _named(plan: Planned, each: Figure) -> str:
    return plan.names.get(each.by["unit"], each.by["unit"])


def of_unit(plan: Planned, each: Figure, name: str, *, seed: int) -> Iterator[Block]:
    """One unit's own view: what it pays, what it gets, and why; or why nothing is done there."""
    told = each.detail
    if told.get("why"):
        yield Note(f"{name}: {told['why']}.", "plain")
    if not told["does"]:
        return
    rows = [
        ("you pay", plan.money(told["partner_pays"])),
        ("head office pays beside", plan.money(told["cost"])),
        ("head office adds to your share", plan.money(told["support"])),
        ("you should gain", plan.money(told["partner_gain"])),
        ("left to you", plan.money(told["partner_gain"] + told["support"] - told["partner_pays"])),
    ]
    yield Grid(
        f"{name}: what is paid and gained", "Over the years of the plan.", ("", "amount"), tuple(rows), narrow=True
    )
    done = tuple(
        (_say.named(one["touchpoint"]), _initiative(one), plan.money(one["partner_pays"]), plan.money(one["support"]),
         plan.money(one["partner_gain"]), _stands(one))
        for one in told["does"]
    )  # fmt: skip
    yield Grid("What is done, and why", "The most worthwhile first.",
               ("touchpoint", "initiative", "you pay", "head office adds", "you gain", "stands"), done)  # fmt: skip
    yield Cards((estimate(each, "Customer equity the company gains by it", seed=seed),))


def _initiative(one: dict[str, Any]) -> str:
    name = "" if one["name"] == one["touchpoint"] else f"{one['name']}, "
    return f"{name}level {one['level']}"


def _stands(one: dict[str, Any]) -> str:
    here, usual = (_say.number(one[name], measured_in="share") for name in ("standing", "usual"))
    return f"{here} of the scale; elsewhere {usual}"


def terms(plan: Planned) -> Iterator[Block]:
    """What the plan was made with, and what of it people stated, what was measured, what is a prior."""
    assert plan.whole is not None
    told = plan.whole.detail
    rows = tuple(
        (label, _term(plan, name, told["terms"][name]), _FROM.get(told["terms_from"][name], ""))
        for name, label in TERMS.items()
        if told["terms"].get(name) is not None
    )
    lifts = told["lifts"]
    parts = [f"{count} {name}" for name, count in lifts.items() if count]
    kept = _say.number(told["kept_per_point"], measured_in="share")
    lead = (
        f"Lifts: {', '.join(parts)}. Weights {told['weights']} from {_say.count(told['surveys'])} surveys. {kept} more "
        f"customers stay per point of a score of 0 to 10 ({told['retention_from']})."
    )
    yield Grid("What it was made with", lead, ("", "", "from"), rows, narrow=True, folded=True)


def _term(plan: Planned, name: str, value: float) -> str:
    if name in ("budget", "region_cap", "quarter_cap"):
        return plan.money(value)
    if name == "support":
        return "yes" if value else "none"
    if name in ("horizon", "touchpoints_at_most"):
        return f"{value:g}"
    return f"{value:g}" if name == "caution" else _say.number(value, measured_in="share")


def plainly(value: float | None) -> str:
    """An amount without its currency."""
    return f"{value or 0.0:,.0f}".replace("-", "−")
