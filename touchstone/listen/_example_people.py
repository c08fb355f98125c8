"""The accounts of the example brand's customers, as `PERSON` rows: some people go by several names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from touchstone.core.tables import PERSON
from touchstone.listen import _example_names as names
from touchstone.listen._example_world import World

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
