"""Rows of a campaign as a trial: arms, outcomes and features; and who waits for a decision, and who is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.errors import Refused
from touchstone.core.tables import NUMBER, TEXT
from touchstone.decide._features import features
from touchstone.decide._file import YES
from touchstone.science.uplift import Trial

Floats = NDArray[np.float64]

OWN = ("person", "offer", "send_time", "outcome", "split", "consent", "open_complaint", "days_since_contact",
       "logged_probability", "budget", "at_most")  # fmt: skip
"""Columns that are no features."""
LEAST = 20  # customers who got an offer; of fewer nothing is learned
_NONE = ("none", "control", "no", "0", "no offer", "nothing", "holdout", "hold-out")


@dataclass(frozen=True, eq=False)
class Campaign:
    """A trial with the names of its arms, and those who wait: `alone` says why somebody is left alone, or None."""

    trial: Trial
    offers: list[tuple[str, str | None]]  # offer and time of sending of arms 1, 2, …
    features: list[str]
    left_out: dict[str, str]
    few: dict[str, int]  # offers that too few customers got
    persons: list[str]
    asked: Floats  # features of those who wait
    alone: list[str | None]

    def name(self, place: int) -> str:
        """What the offer of an arm is called, with its time of sending where there are several."""
        return _called(self.offers[place])


def campaign(table: pa.Table, *, control: str | None, rest: float, seed: int) -> Campaign | tuple[str, list[str]]:
    """The campaign of these rows; or why there is none, with the persons who wait."""
    table = _whole(table)
    waits = _waits(table)
    known, asked = table.filter(pc.invert(waits)), table.filter(waits)
    asked = asked.filter(pc.is_valid(asked["person"])).sort_by("person")
    asked = asked.take(pa.array(_first(asked["person"].to_pylist()), pa.int64()))
    persons = asked["person"].to_pylist()
    known = known.filter(pc.is_valid(known["outcome"]))
    none = _control(known, control)
    known = known.filter(pc.is_valid(known["offer"])) if none is not None else known
    known = known.sort_by([(name, "ascending") for name in _order(known)])
    arms = _arms(known, none)
    count = {arm: arms.count(arm) for arm in sorted(set(arms), key=lambda each: each or ("", ""))}
    offers = [arm for arm, size in count.items() if arm is not None and size >= LEAST]
    few = {_called(arm): size for arm, size in count.items() if arm is not None and size < LEAST}
    if count.get(None, 0) < LEAST or not offers:
        return f"the control and one offer need {LEAST} customers each whose outcome is known", persons
    place = {None: 0} | {arm: 1 + at for at, arm in enumerate(offers)}
    used = np.array([place.get(arm, -1) for arm in arms], np.int64)
    known, used = known.filter(pa.array(used >= 0)), used[used >= 0]
    own = [name for name in known.column_names if name not in OWN]
    told = features(known.select(own), asked.select(own))
    trial = Trial(told.known, used, known["outcome"].to_numpy().astype(float), _numbered(known["person"]),
                  1 + len(offers), seed, _logged(known))  # fmt: skip
    return Campaign(trial, offers, told.names, told.left_out, few, persons, told.asked, alone(asked, rest))


def _whole(table: pa.Table) -> pa.Table:
    """The rows with every column that is read: what the file lacks is empty, and so is what is no number."""
    for name in ("split", "send_time"):
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(len(table), TEXT))
    offer, outcome = table["offer"], table["outcome"]
    for name, column, known in (
        ("offer", offer, pc.not_equal(offer, "nan")),  # as a file writes it whose offers were numbers
        ("outcome", outcome, pc.is_finite(outcome)),
    ):
        blank = pc.if_else(known, column, pa.scalar(None, column.type))
        table = table.set_column(table.column_names.index(name), name, blank)
    return table


def _waits(table: pa.Table) -> pa.Array:
    """Rows of split `test`; without a split, those with neither an offer nor an outcome."""
    split = pc.utf8_lower(table["split"])
    blank = pc.and_(pc.is_null(table["offer"]), pc.is_null(table["outcome"]))
    return pc.if_else(pc.is_valid(split), pc.fill_null(pc.equal(split, "test"), False), blank)


def _first(names: list[str]) -> list[int]:
    """The first row of each person, in order."""
    return [at for at, name in enumerate(names) if not at or names[at - 1] != name]


def _order(table: pa.Table) -> list[str]:
    """Columns by which rows are put in an order of their own: person and campaign, then every other that can be."""
    rest = [each.name for each in table.schema if each.name not in OWN and not pa.types.is_nested(each.type)
            and not pa.types.is_dictionary(each.type) and not pa.types.is_null(each.type)]  # fmt: skip
    return ["person", "offer", "send_time", "outcome", *sorted(rest)]


def _control(known: pa.Table, control: str | None) -> str | None:
    """The offer that is none: as set, else the one whose name says so; None where rows without an offer are."""
    names = sorted(pc.unique(pc.drop_null(known["offer"])).to_pylist())
    if control is not None:
        if control not in names and len(known):
            raise Refused(f"no offer is called {control!r}.", field="control", todo=f"There are: {', '.join(names)}.")
        return control
    if known["offer"].null_count:
        return None
    told = [name for name in names if name.strip().lower() in _NONE]
    if len(told) != 1 and len(known):
        todo = f"Say which with --set control=…; there are: {', '.join(names[:20])}."
        raise Refused("which offer is none?", field="control", todo=todo)
    return told[0] if told else None


def _arms(known: pa.Table, none: str | None) -> list[tuple[str, str | None] | None]:
    """Offer and time of sending of each row; None for the control, whenever it was."""
    pairs = zip(known["offer"].to_pylist(), known["send_time"].to_pylist(), strict=True)
    return [None if offer == none else (offer, time) for offer, time in pairs]


def _called(arm: tuple[str, str | None]) -> str:
    return arm[0] if arm[1] is None else f"{arm[0]} at {arm[1]}"


def _numbered(person: pa.ChunkedArray) -> NDArray[np.int64]:
    """Persons by number; each row without one is a person of its own."""
    given = [name if name is not None else at for at, name in enumerate(person.to_pylist())]
    number: dict[object, int] = {}
    return np.array([number.setdefault(each, len(number)) for each in given], np.int64)


def _logged(known: pa.Table) -> Floats | None:
    """The probability of each row's own arm, where it was logged for all; Refused where it is none."""
    if "logged_probability" not in known.column_names or known["logged_probability"].null_count:
        return None
    found = known["logged_probability"].to_numpy().astype(float)
    if not ((found > 0) & (found <= 1)).all():
        raise Refused("a logged probability is above 0 and at most 1.", field="logged_probability", where="the file")
    return np.asarray(found, float)


def alone(asked: pa.Table, rest: float) -> list[str | None]:
    """Why each is left alone: consent to be given where the column is there, a complaint, a contact of late."""
    found: list[str | None] = [None] * len(asked)

    def mark(reason: str, holds: pa.ChunkedArray) -> None:
        for at, each in enumerate(pc.fill_null(holds, False).to_pylist()):
            if each and found[at] is None:
                found[at] = reason

    names = asked.column_names
    if "consent" in names:
        given = pc.is_in(pc.utf8_lower(asked["consent"].cast(TEXT)), pa.array(YES, TEXT))
        mark("no consent to offers", pc.invert(given))
    if "open_complaint" in names:
        mark("a complaint is open", pc.greater(asked["open_complaint"].cast(NUMBER), 0.0))
    if "days_since_contact" in names and rest > 0:
        mark(f"contacted within {rest:g} days", pc.less(asked["days_since_contact"].cast(NUMBER), rest))
    return found


def costs(offers: list[str], told: Mapping[str, float] | float) -> Floats:
    """What each offer costs; Refused for a name that is no offer."""
    if isinstance(told, int | float):
        return np.full(len(offers), float(told))
    names = {name.partition(" at ")[0] for name in offers} | set(offers)
    if stray := sorted(set(told) - names):
        raise Refused(f"no offer is called {stray[0]!r}.", field="cost", todo=f"There are: {', '.join(offers)}.")
    return np.array([float(told.get(name, told.get(name.partition(" at ")[0], 0.0))) for name in offers])
