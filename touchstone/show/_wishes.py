"""What another plan of the budget is to keep to, as an address says it: read, written and changed by links."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from touchstone.core.page import Link
from touchstone.rules.initiatives import BETWEEN
from touchstone.show._anew import Possible, Wish


def grain(of: Possible) -> float:
    """The step of budgets that are told apart: about a fortieth of the one in force; 1, 2 or 5 and noughts."""
    aim = max(float(of.terms["budget"]) / 40, 1.0)
    power = 10.0 ** math.floor(math.log10(aim))
    return float(max(power * each for each in (1, 2, 5) if power * each <= aim))


def wished(given: Mapping[str, str | None], of: Possible) -> Wish:
    """What an address asks for; what it leaves out, or what is no number, is as in the plan in force."""
    terms, every = of.terms, len(of.touchpoints)
    budget, own = _within(given.get("budget"), terms["budget"], 0, math.inf), float(terms["budget"])
    most = int(_within(given.get("touchpoints"), terms["touchpoints_at_most"] or every, 1, every))
    always, never = (_named(given.get(name), of, side) for name, side in (("always", 1.0), ("never", 0.0)))
    return Wish(
        budget=own if abs(budget - own) <= grain(of) / 2 else budget,
        touchpoints=None if most >= every else most,
        caution=_within(given.get("caution"), 100 * terms["caution"], 0, 100) / 100,
        partner_share=_within(given.get("share"), 100 * terms["partner_share"], 0, 100) / 100,
        support=given["support"] != "no" if given.get("support") else bool(terms.get("support", 1.0)),
        always=always, never=tuple(each for each in never if each not in always),
    )  # fmt: skip


def address(of: Possible, wish: Wish) -> str:
    """The page that shows this wish."""
    usual = wished({}, of)
    asked = {
        "budget": f"{wish.budget:.12g}" if wish.budget != usual.budget else "",
        "touchpoints": str(wish.touchpoints or len(of.touchpoints)) if wish.touchpoints != usual.touchpoints else "",
        "caution": f"{100 * wish.caution:.12g}" if wish.caution != usual.caution else "",
        "share": f"{100 * wish.partner_share:.12g}" if wish.partner_share != usual.partner_share else "",
        "support": ("yes" if wish.support else "no") if wish.support != usual.support else "",
        "always": named(wish.always) if wish.always != usual.always else "",
        "never": named(wish.never) if wish.never != usual.never else "",
    }
    return f"budget?{urlencode({name: each for name, each in asked.items() if each})}".rstrip("?")


def named(touchpoints: tuple[str, ...]) -> str:
    """Touchpoints as one text; none has one too."""
    return BETWEEN.join(touchpoints) or BETWEEN


def freed(wish: Wish, name: str) -> Wish:
    """The same wish, but that this touchpoint is held neither in nor out."""
    always, never = (tuple(each for each in held if each != name) for held in (wish.always, wish.never))
    return replace(wish, always=always, never=never)


def out(of: Possible, wish: Wish, name: str) -> Link:
    """Leads to the plan without a touchpoint."""
    free = freed(wish, name)
    return Link("leave out", address(of, replace(free, never=(*free.never, name))))


def into(of: Possible, wish: Wish, name: str) -> Link:
    """Leads to the plan with a touchpoint at every unit."""
    free = freed(wish, name)
    return Link("at every dealer", address(of, replace(free, always=(*free.always, name))))


def _named(text: str | None, of: Possible, side: float) -> tuple[str, ...]:
    """The touchpoints that a text names; without one those held so in the plan in force."""
    said = [name for name, value in of.held.items() if value == side] if text is None else text.split(BETWEEN)
    return tuple(each for each in said if each in of.touchpoints)


def _within(text: str | None, other: float, low: float, high: float) -> float:
    try:
        value = float(text) if text else float(other)
    except ValueError:
        return float(other)
    return min(max(value, low), high) if math.isfinite(value) else float(other)
