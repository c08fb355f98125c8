"""Who asks: every question to the store is asked as somebody."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = {
    "administrator": "insider",
    "insight": "insider",
    "contact_centre": "insider",
    "marketing": "insider",
    "executive": "insider",
    "partner_administrator": "partner",
    "partner_staff": "partner",
    "customer": "customer",
    "outsider": "outsider",
}
"""Role of an account → the side it stands on, which says what it may see at all."""
SHORT = {"insider": "administrator", "partner": "partner_administrator"}
"""The word for a side alone: the role on it that may do most."""


@dataclass(frozen=True)
class Viewer:
    """A role and, for a partner, the units named to it (their descendants come with them).

    `personal`: whether an insider sees personal data; to partners it is hidden, whatever it says. `person`: the id
    under which a customer is known. `session`: the one they asked in; programs have none, but
    perhaps a `key`, which opens what its `scopes` name. `language`: the one of their pages, where they chose one.
    """

    role: str = "outsider"
    units: tuple[str, ...] = ()
    account: str = ""
    name: str = ""
    personal: bool = True
    person: str = ""
    session: str = ""
    key: str = ""
    scopes: tuple[str, ...] = ()
    language: str = ""

    @property
    def side(self) -> str:
        """insider, partner, customer or outsider: what may be seen; the role says what may be done."""
        return ROLES.get(SHORT.get(self.role, self.role), "outsider")


INSIDER = Viewer("administrator")
