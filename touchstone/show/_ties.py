"""Links between persons as pages show them: how sure, why field by field, and what people decided of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Belonging, Corrected, Kin, Tie
from touchstone.rules.belonging import SAME, TOGETHER, Decision, spoken, standing, undone
from touchstone.show import _say
from touchstone.show._may import may
from touchstone.store import tables

LAYERS = {"same_person": "the same person", "household": "one household", "company": "one company"}
"""Layers of links between persons, and what they say."""
FEW, LOOKED_AT = 12, 500
MOST = 0.99  # what is likelier is told as more than this
LEAST = 0.1  # a link less likely than this is not worth a person's time
_FIELDS = 'layer, "left", "right", probability, reason'
_OWN = f"""select {_FIELDS} from (
        select {_FIELDS} from link where "left" in (%s)
        union all select {_FIELDS} from link where "right" in (%s) and "left" not in (%s)) as own
    where layer in ('same_person', 'household', 'company')
    order by layer desc, probability desc, "left", "right" limit {FEW * 5}"""  # either half is sought in the files
_UNSURE = f"""select {_FIELDS} from link where layer = 'same_person' and probability >= {LEAST} and probability < {SAME}
    order by probability desc, "left", "right" limit {LOOKED_AT}"""
_DECIDED = """select id, change, name, strftime(made_at, '%Y-%m-%d %H:%M') as day from correction
    where "table" = 'link'"""

Row = dict[str, Any]


def belonging(ask: Ask, kin: Sequence[Kin], back: str) -> Belonging:
    """Who a customer is, what links their persons and leads to others, and what people decided of it."""
    ids = [each.id for each in kin]
    named = [json.dumps(each, ensure_ascii=False) for each in ids]  # as a change writes it
    some = " or ".join(["contains(change, 'takes_back')", *("contains(change, ?)" for _ in named)])
    rows = ask.lake(f"{_DECIDED} and ({some}) order by seq", named).to_pylist()
    stood = standing(rows)
    places = ", ".join("?" for _ in ids)
    own = ask.lake(_OWN % (places, places, places), ids * 3).to_pylist()
    ties = _ties(ask, own, stood, kin)
    one = len(kin) == 1
    lead = (
        "Nobody else is known to be them."
        if one
        else "Whoever does not belong here leaves with a click, and can come back."
    )
    title = "One person" if one else f"{_say.word(len(kin)).capitalize()} persons, one customer"
    history = _history(rows, ids)
    return Belonging(title, lead, tuple(kin), ties, history, back, _decides(ask))


def unsure(ask: Ask, back: str) -> Belonging | None:
    """The links that the machine is not sure of and nobody decided, likeliest first; None where there is none."""
    stood = standing(ask.lake(f"{_DECIDED} order by seq").to_pylist())
    rows = [row for row in ask.lake(_UNSURE).to_pylist() if spoken(stood, row["left"], row["right"]) is None]
    if not rows:
        return None
    lead = f"{_say.some(len(rows), 'link waits', 'links wait')} for a decision, the likeliest first."
    return Belonging("Are these one customer?", lead, (), _ties(ask, rows[:FEW], stood, ()), (), back, _decides(ask))


def waiting(belonging: Belonging) -> int:
    """How many of its links the machine is not sure of and nobody decided."""
    unsure = [each for each in belonging.ties if each.layer == "same_person" and not each.stands]
    return sum(1 for each in unsure if LEAST <= (each.probability or 0.0) < SAME)


def _decides(ask: Ask) -> bool:
    return may(ask.viewer, "link.confirm")


def _ties(ask: Ask, rows: Sequence[Row], stood: Sequence[Decision], kin: Sequence[Kin]) -> tuple[Tie, ...]:
    known = {each.id: each for each in kin}
    others = sorted({row[side] for row in rows for side in ("left", "right")} - set(known))
    wanted = tables.person.select().where(tables.person.c.id.in_(others))
    known |= {row["id"]: Kin(row["id"], row["name"] or "") for row in (ask.record(wanted) if others else ())}
    return tuple(_tie(row, stood, known) for row in rows)


def _tie(row: Row, stood: Sequence[Decision], known: dict[str, Kin]) -> Tie:
    left, right = (known.get(row[side], Kin(row[side])) for side in ("left", "right"))
    last = spoken(stood, left.id, right.id) if row["layer"] == "same_person" else None
    stands = "" if last is None else "together" if last.verb in TOGETHER else "apart"
    return Tie(left, right, row["layer"], row["probability"], reasons(row["reason"]), stands)


def reasons(told: str | None) -> tuple[tuple[str, str], ...]:
    """The reason field by field, what speaks for the link before what speaks against it."""
    try:
        found = json.loads(told or "{}")
    except ValueError:
        return (("reason", str(told)),)
    if not isinstance(found, dict):
        return (("reason", str(found)),)
    numbers = {name: value for name, value in found.items() if _is_number(value)}
    ordered = sorted(numbers, key=lambda name: (-numbers[name], name))
    return tuple((name, _weight(numbers[name])) for name in ordered) + tuple(
        (name, _words(value)) for name, value in found.items() if name not in numbers
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _weight(value: float) -> str:
    """Evidence in bits: one more doubles the odds."""
    return f"{value:+.1f} bits".replace("-", "−")


def likely(probability: float) -> str:
    """How likely a link is; never as sure as it cannot be."""
    if probability > MOST:
        return f"over {_say.number(MOST, measured_in='share')}"
    return _say.number(max(probability, 0.0), measured_in="share")


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _history(rows: Sequence[Row], ids: Iterable[str]) -> tuple[Corrected, ...]:
    """The decisions about these persons and what undid them, the latest first."""
    own, meant, gone = set(ids), set[str](), undone(rows)
    found = []
    for row in rows:
        change = json.loads(row["change"] or "{}")
        people = {*(change.get("left") or ()), *(change.get("right") or ())}
        if own & people or change.get("takes_back") in meant:
            meant.add(row["id"])
            who = " · ".join(part for part in (row["name"] or "", row["day"] or "") if part)
            stands = "" if row["id"] in gone else row["id"]
            found.append(Corrected(_what(change), who, takes_back=stands, why=change.get("reason") or ""))
    return tuple(found[::-1])


def _what(change: Row) -> str:
    left, right = (_say.listed(change.get(side) or ()) for side in ("left", "right"))
    said = {
        "confirm": f"{left} and {right} are one customer",
        "reject": f"{left} and {right} are not one customer",
        "merge": f"{right} went into {left}, called {change.get('keeps')}",
        "split": f"{left} left {right}",
    }
    return said.get(change.get("verb", ""), "What was decided before was undone")
