"""Accounts: who may sign in, as what, and what each sees; opened, changed and closed here."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Field, Filters, Form, Grid, Link, Note, Page
from touchstone.core.viewer import ROLES
from touchstone.show import _say
from touchstone.store import accounts

WHO = ("administrator",)
_PLACE = 90, "Rights"
_MOST = 100
_WORKING = tuple((role, role.replace("_", " ")) for role, side in ROLES.items() if side in ("insider", "partner"))
_UNITS = Field("units", "Units", help="Of a partner: ids with commas; what hangs below them comes with them.")
_Row = dict[str, Any]


def show(ask: Ask, *, name: str = "", role: str = "", search: str = "", closed: bool = False) -> Page:
    """The accounts that are open, or closed: of one `role`, whose names hold `search`; the one of `name` closely."""
    if name:
        return _one(ask, accounts.plain(name))
    found = ask.record(accounts.listed(role=role, search=accounts.plain(search), closed=closed, most=_MOST + 1))
    counts = {row["role"]: row["n"] for row in ask.record(accounts.counts())}
    total = sum(counts.values())
    parts = [f"{_say.count(counts[each])} {each.replace('_', ' ')}" for each in ROLES if each in counts]
    blocks = [_filters(role, search, closed), _lines(found, closed), _opening()]
    sentence = f"{_say.some(total, 'account', 'accounts')} may sign in."
    return Page("accounts", "Accounts", sentence, f"{_say.listed(parts)}.".capitalize(), tuple(blocks))


def _filters(role: str, search: str, closed: bool) -> Filters:
    roles = (("", "every role"), *((each, each.replace("_", " ")) for each in ROLES))
    return Filters(
        (
            Field("search", "Name", search),
            Field("role", "Role", role, roles),
            Field("closed", "Which", "yes" if closed else "", (("", "open"), ("yes", "closed"))),
        )
    )


def _lines(found: list[_Row], closed: bool) -> Block:
    if not found:
        return Note("There is no such account.", "empty", "Widen what the page is narrowed to, or open one below.")
    lines = tuple(
        (
            row["name"] if closed else Link(row["name"], _address(row["name"])),
            row["role"].replace("_", " "),
            _sees(row),
            f"{row['created_at']:%Y-%m-%d}",
        )
        for row in found[:_MOST]
    )
    lead = f"The first {_MOST} by name; look for others by name." if len(found) > _MOST else ""
    return Grid("Closed accounts" if closed else "Open accounts", lead, ("name", "role", "sees", "opened"), lines)


def _sees(row: _Row) -> str:
    side = ROLES[row["role"]]
    if side == "partner":
        return f"unit {_say.listed(list(row['units']))}"
    if side == "insider":
        return "everything" if row["personal"] else "everything but personal data"
    return "what is their own" if side == "customer" else "nothing"


def _opening() -> Form:
    fields = (
        Field("name", "Name", help="What they sign in with: their mail address, say."),
        Field("role", "Role", "insight", _WORKING),
        _UNITS,
        Field("back", "", "/accounts", kind="hidden"),
    )
    return Form("account.open", "Open an account", fields, "Open it")


def _one(ask: Ask, name: str) -> Page:
    """One account: what it sees, and the forms that change it."""
    found = ask.record(accounts.listed(name=name))
    if not found:
        note = Note("There is no such open account.", "empty", "Look for it on the page Accounts.")
        return Page("accounts", "Accounts", "Whose account?", blocks=(note,))
    row = found[0]
    sentence = f"{name} is {row['role'].replace('_', ' ')}, and sees {_sees(row)}."
    lead = (
        f"Opened on {row['created_at']:%Y-%m-%d}. What is changed holds at once, and the activity log says who did it."
    )
    own = Field("name", "", name, kind="hidden")
    back = Field("back", "", _address(name), kind="hidden")
    return Page("accounts", "Accounts", sentence, lead, tuple(_forms(row, own, back)))


def _forms(row: _Row, own: Field, back: Field) -> list[Block]:
    forms: list[Block] = []
    if ROLES[row["role"]] != "customer":
        fields = (own, Field("role", "Role", row["role"], _WORKING), _filled(row), back)
        forms.append(Form("account.change", "Role and units", fields, "Change it"))
    if ROLES[row["role"]] == "insider":
        say, state = ("Hide", "false") if row["personal"] else ("Show", "true")
        hidden = Field("personal", "", state, kind="hidden")
        forms.append(Form("account.personal", "", (own, hidden, back), f"{say} personal data"))
    forms.append(Form("account.end_session", "", (own, back), "End its sessions"))
    forms.append(Form("second_factor.remove", "", (own, back), "Remove its second factor"))
    forms.append(Form("account.close", "", (own, Field("back", "", "/accounts", kind="hidden")), "Close it"))
    fresh = Field("password", "New password", kind="password", help="Tell it to them, and let them change it.")
    return [*forms, Form("account.password", "They forgot their password", (own, fresh, back), "Set it")]


def _filled(row: _Row) -> Field:
    return Field(_UNITS.name, _UNITS.label, ", ".join(row["units"]), help=_UNITS.help)


def _address(name: str) -> str:
    return f"/accounts?name={quote(name, safe='')}"
