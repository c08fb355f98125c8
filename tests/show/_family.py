"""A brand with a customer under two names, her mother, and a name that is markup."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests import _brand

HOSTILE = "<script>alert(1)</script>"


def said(number: int, person: str, unit: str, text: str, **more: Any) -> dict[str, Any]:
    at = _brand.START + timedelta(days=10 * number)
    return {"source": "talk", "source_id": f"{person}{number}", "person": person, "unit": unit, "text": text,
            "kind": "review", "channel": "web", "occurred_at": at} | more  # fmt: skip


SAID = [
    said(1, "ann", "north-quay", "The waiting area was cold and dirty.", metric="rating", value=2, best=5, worst=1),
    said(2, "ann", "south", "Please open on Sundays. The waiting area is lovely and warm now, thank you!"),
    said(3, "ann", "south", "", kind="purchase", amount=900, currency="EUR"),
    said(4, "anna", "north-hill", "The bill was wrong and nobody explained it."),
    said(5, "mother", "south", "Nothing to say."),
    said(6, HOSTILE, "north-quay", f"{HOSTILE} the bill was fine"),
]
PEOPLE = [
    {"id": "ann", "name": "Ann Abbott", "contacts": json.dumps({"email": "ann@mail.example"})},
    {"id": "anna", "name": "Anna Abbott", "consents": json.dumps({"contact": "denied"})},
    {"id": "mother", "name": "Ruth Abbott"},
]


def link(left: str, right: str, probability: float) -> dict[str, Any]:
    told = {"left": left, "right": right, "probability": probability, "reason": json.dumps({"email": 7.1, "age": -2})}
    return {"id": left + right, "layer": "same_person", "about": ["north-quay", "south"], "maker": "t@1", **told}


def family(path: Path) -> Any:
    """Their home after its journey, with a sure link and one that is not."""
    home = _brand.empty(path)
    home.store.append([SAID])
    home.store.put("person", PEOPLE)
    home.run(durable=False)
    home.store.replace("link", "identity", [])  # what is planted stands alone
    home.store.replace("link", "t@1", [link("ann", "anna", 0.97), link("anna", "mother", 0.4)])
    home.store.derive()
    return home
