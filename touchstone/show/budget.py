"""Budget: where to spend, what it should bring and how sure that is, what each dealer pays and gets."""

from __future__ import annotations

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Note, Page
from touchstone.show import _anew, _anew_blocks, _budget, _budget_blocks, _budget_forms, _league, _wishes
from touchstone.show._budget import Planned
from touchstone.show._stored import Figure

WHO = ("insider", "partner")
_PLACE = 12, "Plans"
_TITLE = "Budget"


def show(
    ask: Ask,
    *,
    budget: str | None = None,
    touchpoints: str | None = None,
    caution: str | None = None,
    share: str | None = None,
    support: str | None = None,
    always: str | None = None,
    never: str | None = None,
    unit: str | None = None,
) -> Page:
    """The plan, or what another would bring, solved anew; with `unit` that unit's own view.

    Another plan has another `budget`, fewer `touchpoints`, other percentages of `caution` or partners' `share`, no
    `support`, or touchpoints (between semicolons; one alone: none) `always` at every unit or `never`.
    """
    plan = _budget.read(ask)
    if ask.viewer.side == "partner" or unit:
        return _of_unit(ask, plan, unit)
    if plan.whole is None or plan.whole.value is None:
        return _none(ask, plan)
    of = _anew.possible(ask, plan.whole)
    if of is not None:
        given = {"budget": budget, "touchpoints": touchpoints, "caution": caution, "share": share, "support": support,
                 "always": always, "never": never}  # fmt: skip
        wish = _wishes.wished(given, of)
        if wish != _wishes.wished({}, of):
            return _anew_blocks.page(ask, plan, of, wish)
    return _planned(ask, plan, plan.whole, of)


def _planned(ask: Ask, plan: Planned, whole: Figure, of: _anew.Possible | None) -> Page:
    """The plan in force."""
    noun = _league.nouns(ask)[0]
    blocks: list[Block] = []
    if of is not None:
        usual = _wishes.wished({}, of)
        blocks += [_anew_blocks.controls(plan, of, usual), *_anew_blocks.fixed(of, usual)]
    blocks += _budget_blocks.whole(plan, of, seed=ask.seed, noun=noun)
    blocks += [
        *_budget_blocks.learning(plan),
        *_budget_blocks.places(plan, seed=ask.seed, noun=noun),
        *_budget_blocks.terms(plan),
    ]
    blocks += _budget_forms.forms(plan, ask)
    return Page("budget", _TITLE, _budget_blocks.sentence(plan, whole), _budget_blocks.LEAD, tuple(blocks))


def _none(ask: Ask, plan: Planned) -> Page:
    """There is no plan: why, and what to do."""
    why = str(plan.whole.detail.get("why", "")) if plan.whole is not None else ""
    text = f"No plan could be made: {why}." if why else "Nothing is planned yet."
    todo = "State what can be done, what it costs and what it should lift; then plan."
    note = Note(text, "empty", todo)
    return Page("budget", _TITLE, "Where to spend is not planned yet.", "",
                (note, *_budget_forms.forms(plan, ask)))  # fmt: skip


def _of_unit(ask: Ask, plan: Planned, unit: str | None) -> Page:
    """What one unit pays, gets and does, and why: as head office sees it and as the unit does."""
    own = [each for each in plan.units if unit is None or each.by["unit"] == unit]
    if not own:
        note = Note("Nothing is planned here yet.", "empty", "Head office plans where to spend.")
        return Page("budget", _TITLE, "Nothing is planned here yet.", "", (note,))
    names = plan.names
    blocks: list[Block] = []
    for each in own:
        blocks += _budget_blocks.of_unit(plan, each, names.get(each.by["unit"], each.by["unit"]), seed=ask.seed)
    lead = "Gains are margin on customers who stay, over the years of the plan; expected, with the doubt beside them."
    first = own[0]
    return Page(
        "budget", _TITLE, _told(plan, first, names.get(first.by["unit"], first.by["unit"])), lead, tuple(blocks)
    )


def _told(plan: Planned, each: Figure, name: str) -> str:
    """What a unit pays, what head office adds, what it should gain."""
    told = each.detail
    if not told["does"]:
        return f"Nothing is planned at {name}, which pays nothing."
    adds = f", head office adds {plan.money(told['support'])}" if told["support"] >= 0.5 else ""
    return f"{name} pays {plan.money(told['partner_pays'])}{adds} and should gain {plan.money(told['partner_gain'])}."
