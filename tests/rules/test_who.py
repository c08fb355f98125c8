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


def test_a_side_admits_every_role_on_it_and_a_role_itself_alone() -> None:
    agent, staff = Viewer("contact_centre"), Viewer("partner_staff", ("north",))
    assert who.may(agent, who=("insider",))
    assert who.may(agent, who=("contact_centre",))
    assert not who.may(agent, who=("insight", "partner"))
    assert who.may(staff, who=("partner",))
    assert not who.may(staff, who=("partner_administrator", "insider"))


def test_an_administrator_may_whatever_anyone_on_that_side_may() -> None:
    assert who.may(Viewer("administrator"), who=("marketing",))
    assert who.may(Viewer("partner_administrator", ("north",)), who=("partner_staff",))
    assert not who.may(Viewer("partner_administrator", ("north",)), who=("marketing",))
    assert not who.may(Viewer("administrator"), who=("partner_staff", "customer"))


def test_the_word_for_a_side_alone_is_its_administrator() -> None:
    assert who.named("insider", units=()) == "administrator"
    assert who.named("partner", units=("north",)) == "partner_administrator"
    assert Viewer("insider").side == Viewer("executive").side == "insider"
    assert Viewer("nobody knows").side == "outsider"


def test_the_outsider_is_admitted_nowhere_even_where_a_part_forgets_itself() -> None:
    assert not who.may(Viewer(), who=(*ROLES, "outsider"))


@pytest.mark.parametrize(("viewer", "hint"), [(Viewer(), "Sign in"), (PARTNER, "Ask an administrator")])
def test_a_refusal_says_what_to_do_instead(viewer: Viewer, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        who.check(viewer, who=("insider",), what="account.open")


@pytest.mark.parametrize(
    ("role", "units", "field"),
    [("owner", (), "role"), ("partner", (), "units"), ("insider", ("north",), "units"), ("", (), "role")],
)
def test_role_and_units_must_agree(role: str, units: tuple[str, ...], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        who.named(role, units=units)
    assert refusal.value.field == field
