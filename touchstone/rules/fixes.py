"""What is changed for everybody: which pattern, cause and fix make sense. Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping
from typing import Any

from touchstone.core.errors import Refused
from touchstone.rules.cases import BECOMES

STATES = ("planned", "running", "ended")
_LONGEST = {"name": 120, "theme": 120, "owner": 120, "cause": 2000, "what": 2000}
_SPOILT = '"\\'  # a name stands in quotes where measures read it


def stated(
    given: Mapping[str, Any], *, touchpoints: Collection[str], units: Collection[str], known: Collection[str]
) -> dict[str, Any]:
    """The fix as it is kept, with its id: the same name is the same fix. `Refused`, naming the field.

    `units` are those it is for: one alone is its `unit`, none is the whole brand; `known` are those there are.
    """
    row = {name: _text(given, name, most) for name, most in _LONGEST.items()}
    if not row["name"] or set(row["name"]) & set(_SPOILT):
        raise Refused("a fix needs a name without quotes.", field="name", todo="Call it what people call it.")
    if given["kind"] not in BECOMES:
        raise Refused(f"{given['kind']!r} is no kind.", field="kind", todo=f"Choose one of: {', '.join(BECOMES)}.")
    if (spot := given.get("touchpoint") or None) is not None and spot not in touchpoints:
        raise Refused(f"{spot!r} is no touchpoint of this home.", field="touchpoint", todo="Spell it as the taxonomy.")
    if stray := [each for each in units if each not in known]:
        raise Refused(f"there is no unit {stray[0]!r}.", field="units", todo="Leave them out for the whole brand.")
    own = sorted(set(units))
    return {
        **row, **_money(given), "id": hashlib.sha256(f"fix {row['name']}".encode()).hexdigest()[:12],
        "kind": given["kind"], "touchpoint": spot, "unit": own[0] if len(own) == 1 else None, "units": own,
    }  # fmt: skip


def _text(given: Mapping[str, Any], name: str, most: int) -> str:
    plain = " ".join(str(given.get(name) or "").split())
    if len(plain) > most:
        raise Refused(f"{name} has more than {most} characters.", field=name)
    return plain


def _money(given: Mapping[str, Any]) -> dict[str, Any]:
    cost, currency = given.get("cost"), (given.get("currency") or "").strip().upper()
    if cost is not None and not (math.isfinite(cost) and cost >= 0):
        raise Refused("a cost is 0 or more.", field="cost")
    if (cost is None) != (not currency):
        raise Refused("a cost needs its currency.", field="currency", todo="Give both, or none.")
    return {"cost": cost, "currency": currency or None}
