"""The persons of a home as records to be matched, as far as they consent, and the links told of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._identity_fields import FIELDS
from touchstone.connect._identity_match import Matched, Numbers, Whole, connection
from touchstone.core.ask import Ask
from touchstone.core.tables import LINK, TEXT

_REFUSED = "('denied', 'revoked', 'refused', 'withdrawn', 'false', 'no')"
_SAID = ("email", "phone", "loyalty_number", "account")  # what interactions may tell of who speaks
_HOUSEHOLD = ("surname", "street", "house_number", "city", "postcode", "email", "phone")
_ALIKE, _PERHAPS = 0.5, 0.1  # probability from which a household is told, and two persons as perhaps one
_LARGEST, _RARER = 200, 5.0  # the most persons of a company, and the bits by which its domain is rarer than chance
_HOSTS = (
    "aol", "free", "freenet", "gmail", "gmx", "googlemail", "hotmail", "icloud", "laposte", "libero", "live", "mac",
    "mail", "me", "msn", "orange", "outlook", "proton", "protonmail", "qq", "t-online", "wanadoo", "web", "yahoo",
    "yandex", "163",
)  # fmt: skip
"""Whose e-mail addresses say nothing of where somebody works."""
_NAMED = {
    "given_name": "case when name like '%,%' then split_part(name, ',', 2)"
    " else regexp_extract(trim(name), '^(.*)\\s\\S+$', 1) end",
    "surname": "case when name like '%,%' then split_part(name, ',', 1)"
    " else regexp_extract(trim(name), '(\\S+)$', 1) end",
}


def persons(ask: Ask) -> pa.Table:
    """Who agrees to be told apart: `id`, `company`, and the fields whose use nobody refused."""
    mentioned = " or ".join(f"attributes like '%\"{name}\"%'" for name in _SAID)
    said = f"select person, attributes from interaction where person is not null and ({mentioned})"
    known = ask.lake("select id, name, contacts, consents from person")
    met = ask.lake(f"{said} group by person, attributes")
    if not len(known) and not len(met):
        return pa.table({name: pa.array([], TEXT) for name in ("id", "company")})
    with connection() as duck:
        duck.register("known", known)
        duck.register("met", met)
        told = ", ".join(f"max({_text(_json('attributes'), name)}) as said_{name}" for name in _SAID)
        duck.execute(
            f"create table told as select coalesce(id, person) as id, name, {_json('contacts')} as contacts,"
            f" {_CONSENTS} as consents, {', '.join(f'said_{name}' for name in _SAID)} from known"
            f" full join (select person, {told} from met group by person) on person = id"
        ).fetchall()
        fields = ", ".join(f"{_field(name)} as {name}" for name in FIELDS)
        company = f"coalesce(lower(trim({_text('contacts', 'company')})), {_DOMAIN})"
        return duck.sql(
            f"select id, {company} as company, {fields}"
            f" from (select *, {_field('email')} as mail from told) where not {_refuses('identity')} order by id"
        ).to_arrow_table()


_UNREAD = """'{"identity": "denied"}'"""  # what cannot be read is taken for a refusal, as rules/consent does
_HOST = "regexp_extract(lower(mail), '@([^@]+)$', 1)"
_DOMAIN = f"case when split_part({_HOST}, '.', 1) not in {_HOSTS} then nullif({_HOST}, '') end"


_CONSENTS = f"""case when coalesce(consents, '') = '' then '{{}}' when json_valid(consents)
    then case json_type(consents) when 'OBJECT' then consents else {_UNREAD} end else {_UNREAD} end"""


def _json(column: str) -> str:
    return f"case when json_valid({column}) then {column} else '{{}}' end"


def _text(column: str, name: str) -> str:
    return f"""nullif(json_extract_string({column}, '$."{name}"'), '')"""


def _field(name: str) -> str:
    """What is known of a field, as far as its use is not refused."""
    told = [_text("contacts", name), *([f"said_{name}"] if name in _SAID else []), _NAMED.get(name, "null")]
    refused = " or ".join((_refuses(name), _refuses(f"identity.{name}"), _denied(f"$.identity.{name}")))
    return f"case when not ({refused}) then nullif(coalesce({', '.join(told)}), '') end"


def _refuses(purpose: str) -> str:
    """Whether a purpose is refused, by a word or in an object with a `state`."""
    return f"""({_denied(f'$."{purpose}"')} or {_denied(f'$."{purpose}".state')})"""


def _denied(path: str) -> str:
    return f"coalesce(lower(json_extract_string(consents, '{path}')) in {_REFUSED}, false)"


def links(ask: Ask, found: Matched, company: pa.ChunkedArray, *, maker: str) -> Iterator[pa.Table]:
    """LINK rows of layers `same_person`, `household` and `company`, `left` before `right`, each with its reason."""
    ties = _Ties(found.ids, _units(ask), maker)
    same = np.flatnonzero((found.probability >= _PERHAPS) & ~found.home)
    yield ties.told("same_person", found.left[same], found.right[same], found.probability[same], _why(found, same))
    home = np.flatnonzero(found.home & (found.keyed | _one_address(found)))
    shared = [np.nan_to_num(each[home]) for name, each in found.weights.items() if name in _HOUSEHOLD]
    bits = np.sum([np.zeros(len(home)), *shared], axis=0) - np.log2(max(len(found.ids), 2))
    alike = 1 / (1 + np.exp2(-bits))
    home, alike = home[alike >= _ALIKE], alike[alike >= _ALIKE]
    yield ties.told("household", found.left[home], found.right[home], alike, _why(found, home, only=_HOUSEHOLD))
    yield ties.told("company", *_colleagues(company))


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
    units: dict[str, list[str]]
    maker: str

    def told(self, layer: str, left: Whole, right: Whole, chance: Numbers, reasons: list[dict[str, float]]) -> pa.Table:
        """The links of a layer between the persons at these places."""
        one, other = self.ids.take(pa.array(left)), self.ids.take(pa.array(right))
        about = [
            sorted({*self.units.get(each, ()), *self.units.get(another, ())})
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


def _units(ask: Ask) -> dict[str, list[str]]:
    """Person → the units they spoke of."""
    sql = "select person, unit from interaction where person is not null and unit is not null group by person, unit"
    found: dict[str, list[str]] = {}
    for row in ask.lake(f"{sql} order by person, unit").to_pylist():
        found.setdefault(row["person"], []).append(row["unit"])
    return found
