"""Made-up persons, each with two records."""

from __future__ import annotations

import random
from typing import Any

GIVEN = ("anna", "ben", "clara", "david", "emma", "finn", "greta", "hugo", "ida", "jonas", "leo", "mia", "olga", "paul")
SURNAMES = ("abbott", "baker", "carver", "draper", "ember", "fisher", "gardner", "hunter", "irving", "jagger", "lister")


def people(count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """As many persons, each with a second record that has one slip."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        born = f"19{chance.randrange(40, 99)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        whole = {
            "given_name": chance.choice(GIVEN), "surname": chance.choice(SURNAMES), "date_of_birth": born,
            "city": chance.choice(("north", "south", "east")), "email": f"mail{number}@mail.example",
        }  # fmt: skip
        field = chance.choice(("given_name", "surname", "email"))
        slip = whole | {field: whole[field][:-1] + "x"}
        rows += [{"id": f"{number}-a", **whole}, {"id": f"{number}-b", **slip}]
    return rows
