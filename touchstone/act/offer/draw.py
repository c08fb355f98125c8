"""Draw who gets which offer, and keep each draw with its probability, so that learning goes on from what comes back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.tables import ARRIVING, conform

WHO = ("insider",)
_NONE = "none"


def act(
    store: Any,
    *,
    campaign: Sequence[str],
    person: Sequence[str] = (),
    unit: Sequence[str] = (),
    learn: Literal["epsilon", "thompson"] = "thompson",
    floor: float = 0.2,
    worth: float | None = None,
    cost: dict[str, float] | float = 0.0,
    coupon: dict[str, float] | None = None,
    days: int = 30,
    rest: float = 30.0,
    often: int = 3,
) -> dict[str, Any]:
    """{"sent": {offer: customers}, "held_out", "alone": customers}; who was drawn for within `days` is left alone.

    Each draw is an interaction: an `offer`, or an `event` where the lot said none, with its probability in
    `attributes.propensity` and the reward of `coupon`. Send what was drawn: what is bought within `days` teaches.
    `Refused`: no campaign is named.
    """
    if not campaign:
        raise Refused("no offer to draw.", field="campaign", todo="Name one or more.")
    store.derive()
    settings = {"learn": learn, "floor": floor, "worth": worth, "cost": cost, "days": days, "rest": rest}
    wanted = {"campaign": list(campaign), "person": list(person), "unit": list(unit), "often": often}
    plan = finder.verb("decide", "offer")(store.ask(), **settings, **wanted).to_pylist()
    persons = [each for each in plan if dict(each["by"]).get("person")]
    rows = [row for each in persons if (row := _drawn(store, each, coupon or {})) is not None]
    if rows:
        store.append([conform(rows, ARRIVING)])
        store.derive()
    sent = Counter(each["campaign"] for each in rows if each["campaign"])
    store.log("offer.draw", offers=sorted(sent), drawn=len(rows))
    return {
        "sent": dict(sorted(sent.items())), "held_out": len(rows) - sent.total(), "alone": len(persons) - len(rows),
    }  # fmt: skip


def _drawn(store: Any, plan: Mapping[str, Any], coupon: Mapping[str, float]) -> dict[str, Any] | None:
    """The interaction that keeps a draw; None for who was not drawn for."""
    by, detail = dict(plan["by"]), json.loads(plan["detail"])
    if "logged_probability" not in detail:
        return None
    offer = by["offer"]
    told = {"offer": offer or _NONE, "propensity": detail["logged_probability"]}
    told |= {"coupon": coupon[offer]} if offer in coupon else {}
    return {
        "source": "touchstone", "source_id": f"draw:{by['person']}:{store.now.isoformat()}", "person": by["person"],
        "kind": "offer" if offer else "event", "campaign": offer, "occurred_at": store.now, "level": "end_customer",
        "unit": plan["about"][0] if len(plan["about"]) == 1 else None, "attributes": json.dumps(told, sort_keys=True),
    }  # fmt: skip
