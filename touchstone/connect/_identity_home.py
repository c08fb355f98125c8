"""The links told of the persons of a home: who is one, who lives together, who works together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._identity_fields import FIELDS
from touchstone.connect._identity_match import Matched, Numbers
from touchstone.connect._identity_values import Whole
from touchstone.core.ask import Ask
from touchstone.core.tables import LINK, TEXT

_HOUSEHOLD = ("surname", "street", "house_number", "city", "postcode", "email", "phone")
_MANY = 100_000  # persons whose units are looked up by asking for all
_ALIKE, _PERHAPS = 0.5, 0.1  # probability from which a household is told, and two persons as perhaps one
_LARGEST, _RARER = 200, 5.0  # the most persons of a company, and the bits by which its domain is rarer than chance


def links(ask: Ask, found: Matched, known: pa.Table, *, maker: str) -> Iterator[pa.Table]:
    """LINK rows of layers `same_person`, `household` and `company`, `left` before `right`, each with its reason.

    `found` is about all who are `known` (`id`, `company`), or about some of them.
    """
    ties = _Ties(found.ids, maker, ask)
    same = np.flatnonzero((found.probability >= _PERHAPS) & ~found.home)
    yield ties.told("same_person", found.left[same], found.right[same], found.probability[same], _why(found, same))
    home = np.flatnonzero(found.home & (found.keyed | _one_address(found)))
    shared = [np.nan_to_num(each[home]) for name, each in found.weights.items() if name in _HOUSEHOLD]
    bits = np.sum([np.zeros(len(home)), *shared], axis=0) - np.log2(max(len(known), 2))
    alike = 1 / (1 + np.exp2(-bits))
    home, alike = home[alike >= _ALIKE], alike[alike >= _ALIKE]
    yield ties.told("household", found.left[home], found.right[home], alike, _why(found, home, only=_HOUSEHOLD))
    all_of_them = replace(ties, ids=known["id"].combine_chunks())
    yield all_of_them.told("company", *_colleagues(known["company"]))


def _one_address(found: Matched) -> npt.NDArray[np.bool_]:
    none = np.zeros(len(found.left))
    street, number = (np.nan_to_num(found.weights.get(name, none)) for name in ("street", "house_number"))
    one: npt.NDArray[np.bool_] = (street > 0) & (number > 0)
    return one


def _why(found: Matched, pair: Whole, *, only: tuple[str, ...] = tuple(FIELDS)) -> list[dict[str, float]]:
    """The bits of each field that says something, pair by pair."""
    told = {name: np.round(each[pair], 2).tolist() for name, each in found.weights.items() if name in only}
    return [
        {name: each[place] for name, each in told.items() if each[place] == each[place]} for place in range(len(pair))
    ]


def _colleagues(company: pa.ChunkedArray) -> tuple[Whole, Whole, Numbers, list[dict[str, float]]]:
    """Each linked to the first who names the same company, or has an address of a domain that few others have."""
    codes = company.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    known = np.flatnonzero(codes >= 0)
    _, first, which, size = np.unique(codes[known], return_index=True, return_inverse=True, return_counts=True)
    bits = np.log2(max(len(codes), 1) / size[which]) - _RARER
    told = (known != known[first][which]) & (size[which] <= _LARGEST) & (bits > 0)
    reasons = [{"company": each} for each in np.round(bits[told], 2).tolist()]
    return known[first][which][told], known[told], 1 / (1 + np.exp2(-bits[told])), reasons


@dataclass(frozen=True)
class _Ties:
    """Links between persons, as LINK rows that are about the units either spoke of."""

    ids: pa.Array
    maker: str
    ask: Ask

    def told(self, layer: str, left: Whole, right: Whole, chance: Numbers, reasons: list[dict[str, float]]) -> pa.Table:
        """The links of a layer between the persons at these places."""
        one, other = self.ids.take(pa.array(left)), self.ids.take(pa.array(right))
        units = _units(self.ask, pc.unique(pa.concat_arrays([one, other])))
        about = [
            sorted({*units.get(each, ()), *units.get(another, ())})
            for each, another in zip(one.to_pylist(), other.to_pylist(), strict=True)
        ]
        columns = [
            pc.binary_join_element_wise(layer, one, other, ":"),
            pa.repeat(layer, len(one)),
            one,
            other,
            pa.array(np.round(chance, 6), pa.float64()),
            pa.array([json.dumps(each) for each in reasons], TEXT),
            pa.array(about, LINK.field("about").type),
            pa.repeat(self.maker, len(one)),
        ]
        return pa.Table.from_arrays(columns, schema=LINK)


def _units(ask: Ask, persons: pa.Array) -> dict[str, list[str]]:
    """Person → the units they spoke of, of these persons."""
    those = "person in (select unnest(?))" if len(persons) < _MANY else "person is not null"
    sql = f"select person, unit from interaction where {those} and unit is not null group by person, unit"
    given = [persons.to_pylist()] if len(persons) < _MANY else []
    found: dict[str, list[str]] = {}
    for row in ask.lake(f"{sql} order by person, unit", given).to_pylist() if len(persons) else []:
        found.setdefault(row["person"], []).append(row["unit"])
    return found
