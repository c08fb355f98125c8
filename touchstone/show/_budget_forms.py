"""The forms of the page of the budget: plan anew, state what can be done, withdraw it."""

from __future__ import annotations

from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Form
from touchstone.show import _budget
from touchstone.show._budget import Planned
from touchstone.show._budget_blocks import TERMS
from touchstone.show._may import may

_BACK = Field("back", "", "/budget", kind="hidden")
_COLUMNS = "touchpoint, level, fixed_cost, cost_share, lift, …"
_TABLE = f"CSV with a header: “{_COLUMNS}”"
_ASKED = ("budget", "touchpoints_at_most", "company_margin", "partner_margin", "partner_share", "caution")


def forms(plan: Planned, ask: Ask) -> tuple[Block, ...]:
    """Plan anew with other terms; state an initiative; withdraw one."""
    if not may(ask.viewer, "budget.plan"):
        return ()
    held = plan.whole.detail.get("terms", {}) if plan.whole is not None else {}
    again = tuple(Field(name, TERMS[name], _short(held.get(name)), kind="number") for name in _ASKED)
    table = (Field("lines", "Initiatives as a table", kind="lines", help=_TABLE), _BACK)
    made: list[Block] = [
        Form("budget.plan", "Plan anew", (*again, _BACK), "Plan", beside=(("/act/budget.plan", "All settings", ""),)),
        Form("initiative.state", "State what can be done", table, "State all",
             beside=(("/act/initiative.state", "State one", ""),)),
    ]  # fmt: skip
    if stated := _budget.stated(ask):
        which = Field("initiative", "Initiative", "", tuple(stated))
        made.append(Form("initiative.withdraw", "Withdraw", (which, _BACK), "Withdraw"))
    return tuple(made)


def _short(value: Any) -> str:
    return "" if value in (None, "") else f"{float(value):g}"
