"""Who may do what: the roles of an account, and whether a part's `WHO` admits a viewer. Pure: nothing is looked up."""

from __future__ import annotations

from collections.abc import Sequence

from touchstone.core.errors import Refused
from touchstone.core.viewer import ROLES, SHORT, Viewer

ANYONE = "anyone"
"""Written in a part's `WHO`: it is for people without an account too, through the one door made for them."""


def may(viewer: Viewer, *, who: Sequence[str]) -> bool:
    """Whether a part open to `who` admits `viewer`: sides (`insider`: every role inside) or single roles.

    An administrator may whatever anyone inside may, a partner's administrator whatever its staff may. The outsider is
    admitted where `who` says `anyone`, and nowhere else, whatever it says.
    """
    if ANYONE in who:
        return True
    if viewer.side == "outsider":
        return False
    role = SHORT.get(viewer.role, viewer.role)
    leads = role == SHORT.get(viewer.side) and any(ROLES.get(each) == viewer.side for each in who)
    return leads or role in who or viewer.side in who


def check(viewer: Viewer, *, who: Sequence[str], what: str) -> None:
    """Nothing where `viewer` may; `Refused` where not, with what it is about and what to do instead."""
    if not may(viewer, who=who):
        todo = "Sign in first." if viewer.side == "outsider" else "Ask an administrator for it."
        raise Refused(f"{what} is not open to you.", where=what, todo=todo)


def check_personal(viewer: Viewer, *, what: str) -> None:
    """Nothing where `viewer` sees personal data; `Refused` where not, so that nobody gives out what they do not see."""
    if not viewer.personal:
        raise Refused(f"{what} takes an account that sees personal data.", where=what, todo="Ask someone who does.")


def named(role: str, *, units: Sequence[str]) -> str:
    """The role as it is kept; `insider` and `partner` alone mean the administrator of that side.

    `Refused`, beside the field `role` or `units`, where the role is none or its units do not agree with it: a partner
    names at least one, nobody else any.
    """
    role = SHORT.get(role, role)
    if role not in ROLES:
        raise Refused(f"{role!r} is no role.", field="role", todo=f"Choose one of: {', '.join(ROLES)}.")
    if ROLES[role] == "partner" and not units:
        raise Refused("a partner needs a unit.", field="units", todo="Name the units this partner may see.")
    if ROLES[role] != "partner" and units:
        raise Refused(f"the role {role} takes no units.", field="units", todo="Leave them out, or make it a partner.")
    return role
