"""Whom to ask for a review, a referral or advice, and whom to leave alone: never for a reward, not only the pleased."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import NUMBER, TEXT
from touchstone.decide._ask_default import drawn, leading, summed
from touchstone.decide._asked import of_file, of_home
from touchstone.decide._file import given, plans, problems, row
from touchstone.rules.asking import Asked, Known, asked

FIELDS = {
    **dict.fromkeys(("person", "consent", "objects", "level", "open_complaint", "reviewed", "rewarded"), TEXT),
    **dict.fromkeys(("recommends", "told_others", "suggests", "taught", "criticises"), TEXT),
    **dict.fromkeys(("value", "days_since_asked", "times_asked"), NUMBER),
}
_MAKER = "ask@1"
_UNITS = {
    "review": "probability of the lot",
    "referral": "share of what speaks for it",
    "advice": "share of what speaks for it",
    None: "nothing is asked",
}


def decide(
    ask: Ask,
    *,
    person: Sequence[str] = (),
    unit: Sequence[str] = (),
    review: float = 0.3,
    rest: float = 90.0,
    often: int = 3,
    best: float = 10.0,
    worst: float = 0.0,
    top: int = 100,
) -> pa.Table:
    """By person, what to `ask` for (null: leave alone) and why: one thing at a time, within consent and rest.

    Of a home those named by `person`, or who dealt with a `unit`, else `top` for each thing; of a file all. A public
    review is asked of a share `review` of all who may be asked, by lot whatever they think; referral and advice go by
    merit. Who was asked or written to within `rest` days, or `often` in 90, is left alone. `best` and `worst`: ends of
    a file's `value`.
    """
    if not 0 <= review <= 1 or rest < 0 or often < 1 or top < 0 or best == worst:
        raise Refused(
            "review is from 0 to 1, rest 0 or more, often 1, top 0 or more, best is not worst.", field="review"
        )
    tired = (rest, often)
    if ask.given is None:
        return plans(_of_home(ask, person, unit, review=review, tired=tired, top=top))
    wanted = set(person)
    return plans([
        _row(by, name, known, seed=ask.seed, review=review, tired=tired)
        for by, table in problems(given(ask, "person"))
        for name, known in of_file(table, best=best, worst=worst).items() if not wanted or name in wanted
    ])  # fmt: skip


def _of_home(
    ask: Ask, person: Sequence[str], unit: Sequence[str], *, review: float, tired: tuple[float, int], top: int
) -> list[dict[str, object]]:
    """Rows of the customers named; where nobody is, of those for whom most speaks, and one that sums up."""
    known = of_home(ask, person if person or unit else drawn(ask), unit)
    found = {name: _asked(name, each, ask.seed, review, tired) for name, (each, _) in known.items()}
    everyone = bool(person or unit)
    rows = [
        _line({}, name, found[name], review=review) | {"about": known[name][1], "rests_on": []}
        for name in (found if everyone else leading(found, top))
    ]
    return rows if everyone or not found else [*rows, summed(_MAKER, found)]


def _row(
    by: dict[str, str | None], name: str, known: Known, *, seed: int, review: float, tired: tuple[float, int]
) -> dict[str, object]:
    return _line(by, name, _asked(name, known, seed, review, tired), review=review)


def _asked(name: str, known: Known, seed: int, review: float, tired: tuple[float, int]) -> Asked:
    return asked(known, lot=_lot(name, seed), review=review, rest=tired[0], often=tired[1])


def _line(by: dict[str, str | None], name: str, found: Asked, *, review: float) -> dict[str, object]:
    value = review if found.purpose == "review" else found.merit
    detail = {"reason": found.reason}
    return row(_MAKER, {**by, "person": name, "ask": found.purpose}, value, n=1, measured_in=_UNITS[found.purpose],
               detail=detail)  # fmt: skip


def _lot(name: str, seed: int) -> float:
    """A draw from 0 to 1 that nothing but the person's id and the seed has a say in."""
    return int.from_bytes(blake2b(f"{seed}:{name}".encode(), digest_size=6).digest()) / 2**48
