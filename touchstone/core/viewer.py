"""Who asks: every question to the store is asked as somebody."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("insider", "partner", "outsider")


@dataclass(frozen=True)
class Viewer:
    """A role and, for a partner, the units named to it (their descendants come with them).

    `personal`: whether an insider sees personal data; to partners it is hidden, whatever it says.
    """

    role: str = "outsider"
    units: tuple[str, ...] = ()
    account: str = ""
    name: str = ""
    personal: bool = True


INSIDER = Viewer("insider")
