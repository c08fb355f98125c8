"""Who is who in the example brand: units, and the accounts of customers, some of whom go by several names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.tables import PERSON, UNIT
from touchstone.listen import _example_names as names
from touchstone.listen._example_world import DEPARTMENTS, VENDORS, World

CHUNK = 20_000


def tables(world: World) -> Iterator[pa.Table]:
    """All accounts, in pieces of about 20,000."""
    count = len(world.people.home)
    for start in range(0, count, CHUNK):
        yield _table(world, range(start, min(start + CHUNK, count)))


def _table(world: World, people: range) -> pa.Table:
    random = np.random.default_rng([world.seed, 3, people.start])
    kept = random.random((len(people), 4, 2))  # what of the contacts each account shares with the first
    silent = random.random(len(people)) < 0.12
    columns: dict[str, list[str | None]] = {name: [] for name in PERSON.names}
    for place, number in enumerate(people):
        consent = _consents(bool(silent[place]))
        for turn in range(int(world.people.accounts[number])):
            account = int(world.people.number[world.people.account[number] + turn])
            columns["id"].append(f"c{account}")
            columns["name"].append(names.person(number, turn))
            columns["level"].append("end_customer")
            columns["contacts"].append(_contacts(number, turn, kept[place, turn].tolist()))
            columns["consents"].append(consent)
    return pa.table(columns, schema=PERSON)


def _contacts(number: int, turn: int, kept: list[float]) -> str:
    """Mail and telephone; a further account keeps one of the two at least as often as not."""
    name = names.person(number, 0).lower().replace(" ", ".")
    mail = f"{name}.{number}@mail.example"
    if turn > 0 and kept[0] > 0.6:
        mail = f"{name[:3]}{number * 7 + turn}@post.example"
    phone = 2_000_000_000 + number * 13
    if turn > 0 and kept[1] > 0.6:
        return f'{{"email": "{mail}"}}'
    return f'{{"email": "{mail}", "phone": "+1{phone}"}}'


def _consents(silent: bool) -> str:
    contact = "denied" if silent else "granted"
    return f'{{"contact": "{contact}", "analysis": "granted"}}'


def units(world: World) -> pa.Table:
    """The maker, its departments and vendors, its distributors and dealers, as `UNIT` rows."""
    made: list[dict[str, Any]] = []
    inside = {f"department-{each}": "department" for each in DEPARTMENTS}
    inside |= {f"vendor-{each}": "vendor" for each in VENDORS}
    first = world.dealers
    for number, (unit, name) in enumerate(zip(world.unit_ids, world.unit_names, strict=True)):
        row: dict[str, Any] = {"id": unit, "name": name, "parent": "example-motors", "organisation": unit}
        if number < first:
            row |= {
                "kind": "dealer",
                "parent": world.unit_ids[first + int(world.distributor[number])],
                "region": world.regions[int(world.region[number])],
                "grade": ("gold", "silver", "bronze")[number % 7 % 3],
                "organisation": "north-star-group" if number in world.decline.units else unit,
            }
        elif number < first + world.distributors:
            row["kind"] = "distributor"
        else:
            row |= {"kind": inside.get(unit, "company"), "organisation": "example-motors"}
            if unit == "example-motors":
                row["parent"] = None
            if inside.get(unit) == "vendor":
                row["organisation"] = unit
        made.append(row)
    return pa.Table.from_pylist(made, schema=UNIT)
