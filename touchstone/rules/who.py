"""Who may do what: the roles of an account, and whether a part's `WHO` admits a viewer. Pure: nothing is looked up."""

from __future__ import annotations

from collections.abc import Sequence

from touchstone.core.errors import Refused
from touchstone.core.viewer import ROLES, Viewer


def may(viewer: Viewer, *, who: Sequence[str]) -> bool:
    """Whether a part open to the roles `who` admits `viewer`. The outsider is admitted nowhere, whatever `who` says."""
    return viewer.role != "outsider" and viewer.role in who


def check(viewer: Viewer, *, who: Sequence[str], what: str) -> None:
    """Nothing where `viewer` may; `Refused` where not, with what it is about and what to do instead."""
    if not may(viewer, who=who):
        todo = "Sign in first." if viewer.role == "outsider" else "Ask an insider for it."
        raise Refused(f"{what} is not open to you.", where=what, todo=todo)


def check_personal(viewer: Viewer, *, what: str) -> None:
    """Nothing where `viewer` sees personal data; `Refused` where not, so that nobody gives out what they do not see."""
    if not viewer.personal:
        raise Refused(f"{what} takes an account that sees personal data.", where=what, todo="Ask someone who does.")


def check_role(role: str, *, units: Sequence[str]) -> None:
    """Nothing where the role and its units agree: an insider sees everything and names none, a partner at least one.

    `Refused`, beside the field `role` or `units`, where they do not.
    """
    if role not in ROLES:
        raise Refused(f"{role!r} is no role.", field="role", todo=f"Choose one of: {', '.join(ROLES)}.")
    if role == "partner" and not units:
        raise Refused("a partner needs a unit.", field="units", todo="Name the units this partner may see.")
    if role != "partner" and units:
        raise Refused(f"the role {role} takes no units.", field="units", todo="Leave them out, or make it a partner.")
