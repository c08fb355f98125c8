"""Who gets what next: the rows about a campaign in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.decide._file import constant, row
from touchstone.decide._offer_choice import NOTHING
from touchstone.decide._offer_found import Found, Set, found, told_of
from touchstone.decide._offer_trial import campaign
from touchstone.decide._offer_ways import chosen, detail_of, ways

_UNIT = "outcome"


def decided(maker: str, by: Mapping[str, str | None], table: pa.Table, limits: Set) -> Iterator[dict[str, Any]]:
    """A row for each who waits, and one for the campaign (where `person` is null)."""
    given = campaign(table, control=limits.control, rest=limits.rest, seed=limits.seed)
    whole = {**by, "person": None, "offer": None}
    if isinstance(given, tuple):
        why, persons = given
        for person in persons:
            yield row(maker, {**by, "person": person, "offer": None}, None, n=0, measured_in=_UNIT, detail={"why": why})
        yield row(maker, whole, None, n=0, measured_in="Qini", detail={"why": why, "effects": {}, "refused": why})
        return
    held = {name: constant(table, name, getattr(limits, name)) for name in ("budget", "at_most")}
    case = found(given, replace(limits, budget=held["budget"], at_most=held["at_most"]))
    yield from _persons(maker, by, case)
    yield row(
        maker, whole, case.qini.value, n=len(given.trial.arm), measured_in="Qini: outcome per customer",
        detail=told_of(case), limits=(case.qini.low, case.qini.high),
    )  # fmt: skip


def _persons(maker: str, by: Mapping[str, str | None], case: Found) -> Iterator[dict[str, Any]]:
    given, told = case.given, ways([case], case.limits)
    made = chosen(told, np.array([each is None for each in given.alone], bool))
    for at, person in enumerate(given.persons):
        place = int(made.place[at])
        sent = None if place == NOTHING else given.offers[place][0]
        yield row(
            maker, {**by, "person": person, "offer": sent}, told.value(at),
            n=len(given.trial.arm), measured_in=_UNIT, detail=detail_of(told, made, at, given.alone[at]),
        )  # fmt: skip
