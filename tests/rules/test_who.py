"""Who may: the outsider nowhere, the partner where it is named."""

import pytest

from touchstone.core.errors import Refused
from touchstone.core.viewer import INSIDER, ROLES, Viewer
from touchstone.rules import who

PARTNER = Viewer("partner", ("north",))


def test_a_part_admits_the_roles_it_names() -> None:
    assert who.may(INSIDER, who=("insider",))
    assert who.may(PARTNER, who=("insider", "partner"))
    assert not who.may(PARTNER, who=("insider",))


def test_the_outsider_is_admitted_nowhere_even_where_a_part_forgets_itself() -> None:
    assert not who.may(Viewer(), who=ROLES)


@pytest.mark.parametrize(("viewer", "hint"), [(Viewer(), "Sign in"), (PARTNER, "Ask an insider")])
def test_a_refusal_says_what_to_do_instead(viewer: Viewer, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        who.check(viewer, who=("insider",), what="account.open")


@pytest.mark.parametrize(
    ("role", "units", "field"),
    [("owner", (), "role"), ("partner", (), "units"), ("insider", ("north",), "units"), ("", (), "role")],
)
def test_role_and_units_must_agree(role: str, units: tuple[str, ...], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        who.check_role(role, units=units)
    assert refusal.value.field == field
