"""What else would help this customer: what goes with what they chose, and the two choices that speak most for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, NUMBER, TEXT
from touchstone.decide._bought import bought
from touchstone.decide._chosen import Choices, asked, choices, prices
from touchstone.decide._file import given, plans, problems, row
from touchstone.decide._with_what import with_what
from touchstone.science.items import NONE, Best, items
from touchstone.science.ratings import Ratings, expected

FIELDS = {
    "person": TEXT, "product": TEXT, "value": NUMBER, "occurred_at": INSTANT, "open_complaint": NUMBER,
    "amount": NUMBER, "currency": TEXT,
}  # fmt: skip
_MAKER = "recommend@1"
_SCORE = "score"


def decide(
    ask: Ask,
    *,
    top: int = 10,
    best: float | None = None,
    worst: float | None = None,
    person: Sequence[str] = (),
    ridge: float = 150.0,
) -> pa.Table:
    """For each person the `top` products they have not chosen that go best with what they chose, first to last.

    Of a home those named by `person` are advised, and purchases count; where nobody is named, a row for each product
    says what goes with it. Of a file all are advised, and where some value is empty those rows are questions: the
    rating to expect. Nothing for who has an open complaint. `best`
    and `worst` are the ends of the scale of `value`, else the ends of what was given; a larger `ridge` trusts what few
    chose together less.
    """
    if top < 1 or not ridge > 0:
        raise Refused("top and ridge are above nothing.", field="top" if top < 1 else "ridge", todo="Give more.")
    if ask.given is None:
        return plans(list(_of_home(ask, person, top, ridge) if person else _products(ask, ridge)))
    table = given(ask, "person", "product")
    rows: list[dict[str, Any]] = []
    for named, part in problems(table):
        questions = _questions(part)
        if questions is None:
            found = choices(part)
            ends = found.scale(best, worst)
            rows += _advice(found, named, asked(found, person), prices(part), top=top, ridge=ridge, ends=ends)
        else:
            rows += _ratings(choices(part.filter(pc.invert(questions))), part.filter(questions), named, best, worst)
    return plans(rows)


def _questions(table: pa.Table) -> pa.Array | None:
    """Which rows ask for a rating; None where no row does, or nobody rated anything."""
    if "value" not in table.column_names or table["value"].null_count in (0, len(table)):
        return None
    return pc.and_(pc.is_null(table["value"]), pc.is_valid(table["product"]))


def _of_home(ask: Ask, person: Sequence[str], top: int, ridge: float) -> Iterator[dict[str, Any]]:
    """Rows for persons of a home, each about the units where they bought or spoke."""
    table, units = bought(ask, person)
    found = choices(table)
    wanted = asked(found, table.filter(pc.is_valid(table["open_complaint"]))["person"].to_pylist())
    for made in _advice(found, {}, wanted, prices(table), top=top, ridge=ridge, ends=found.scale(None, None)):
        yield {**made, "about": units.get(dict(made["by"])["person"], []), "rests_on": []}


def _products(ask: Ask, ridge: float) -> Iterator[dict[str, Any]]:
    """Rows for the products of a home: what goes with each."""
    table, _ = bought(ask, ())
    found = choices(table)
    return with_what(_MAKER, found, prices(table), ridge=ridge, ends=found.scale(None, None))


def _advice(
    found: Choices,
    named: Mapping[str, str | None],
    wanted: Any,
    price: dict[str, dict[str, object]],
    *,
    top: int,
    ridge: float,
    ends: tuple[float, float],
) -> Iterator[dict[str, Any]]:
    """The rows of each person wanted, first to last."""
    if not found.products or not len(wanted):
        return
    matrix = found.matrix(best=ends[0], worst=ends[1])
    told = items(matrix, ridge=ridge)
    own = matrix[wanted]
    first = told.best(own, count=top)
    size, chosen = np.diff(own.indptr), np.bincount(found.product, minlength=len(found.products))
    for at, place in enumerate(wanted.tolist()):
        for rank in range(top):
            if (product := int(first.product[at, rank])) == NONE:
                break
            name = found.products[product]
            by = {**named, "person": found.persons[place], "product": name, "rank": str(rank + 1)}
            detail = _because(found, first, at, rank) | {"chosen_by": int(chosen[product])}
            if not detail["because"]:
                detail["reason"] = _popular(int(size[at]), int(chosen[product]), len(found.persons))
            if name in price:
                detail["price"] = price[name]
            yield row(
                _MAKER, by, round(float(first.score[at, rank]), 9), n=int(size[at]), measured_in=_SCORE, detail=detail
            )


def _because(found: Choices, best: Best, at: int, rank: int) -> dict[str, Any]:
    """The two choices that speak most for a product, and what each adds to its score."""
    pairs = zip(best.because[at, rank].tolist(), best.part[at, rank].tolist(), strict=True)
    told = [(found.products[place], round(part, 9)) for place, part in pairs if place != NONE]
    names = [name for name, _ in told]
    reason = f"Customers who chose {' or '.join(names)} chose it more than others did."
    return {"because": names, "adds": [part for _, part in told], "reason": reason}


def _popular(past: int, chosen: int, persons: int) -> str:
    lead = "Nothing they chose speaks for it" if past else "Nothing is known of their choices yet"
    return f"{lead}; {chosen} of {persons} customers chose it."


def _ratings(
    found: Choices, questions: pa.Table, named: Mapping[str, str | None], best: float | None, worst: float | None
) -> Iterator[dict[str, Any]]:
    """One row a question, by person and product: the rating to expect, and the limits of 95 % of such ratings."""
    pairs = sorted({(each["person"], each["product"]) for each in questions.select(["person", "product"]).to_pylist()
                    if each["person"] is not None})  # fmt: skip
    persons = {name: at for at, name in enumerate(sorted({*found.persons, *(person for person, _ in pairs)}))}
    products = {name: at for at, name in enumerate(sorted({*found.products, *(product for _, product in pairs)}))}
    told = Ratings(
        np.array([persons[found.persons[at]] for at in found.person.tolist()], np.int64),
        np.array([products[found.products[at]] for at in found.product.tolist()], np.int64),
        found.value,
    )
    who = np.array([persons[person] for person, _ in pairs], np.int64)
    what = np.array([products[product] for _, product in pairs], np.int64)
    if not found.value.size:
        why = "nobody rated anything whose person and product are known"
        yield row(_MAKER, named, None, n=0, measured_in="expected rating", detail={"why": why})
        return
    ends = found.scale(best, worst)
    made = expected(told, who, what, best=max(ends), worst=min(ends))
    for at, (person, product) in enumerate(pairs):
        detail = {"biases_alone": round(float(np.clip(made.plain[at], min(ends), max(ends))), 6)}
        yield row(
            _MAKER, {**named, "person": person, "product": product, "rank": None}, round(float(made.value[at]), 9),
            n=int((told.rater == who[at]).sum()), measured_in="expected rating", detail=detail,
            limits=(round(float(made.low[at]), 9), round(float(made.high[at]), 9)),
        )  # fmt: skip
