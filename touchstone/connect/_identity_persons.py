"""The persons of a home as records to be matched, as far as they consent, and who of them came or changed lately."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.connect._identity_duck import connection
from touchstone.connect._identity_fields import FIELDS
from touchstone.core.ask import Ask
from touchstone.core.tables import TEXT
from touchstone.rules.consent import NO

_SAID = ("email", "phone", "loyalty_number", "account")  # what interactions may tell of who speaks
_HOSTS = (
    "aol", "free", "freenet", "gmail", "gmx", "googlemail", "hotmail", "icloud", "laposte", "libero", "live", "mac",
    "mail", "me", "msn", "orange", "outlook", "proton", "protonmail", "qq", "t-online", "wanadoo", "web", "yahoo",
    "yandex", "163",
)  # fmt: skip
"""Whose e-mail addresses say nothing of where somebody works."""
_CALLED = """case when regexp_matches(name, '\\s$|[^\\S ]|\\x{a0}')
    then trim(translate(name, chr(9) || chr(10) || chr(13) || chr(160), '    ')) else name end"""
_LAST = "split_part(name, ' ', -1)"
_NAMED = {
    "given_name": "case when name like '%,%' then split_part(name, ',', 2)"
    f" else left(name, length(name) - length({_LAST})) end",
    "surname": f"case when name like '%,%' then split_part(name, ',', 1) else {_LAST} end",
}


@dataclass(frozen=True)
class Reached:
    """How far a home was read: the last version of a person and the last `seq` of an interaction."""

    version: int
    seq: int

    def told(self) -> dict[str, int]:
        """The two by name."""
        return asdict(self)


def reached(ask: Ask) -> Reached:
    """How far there is something to read."""
    version, seq = (
        ask.lake(f"select coalesce(max({column}), 0) as most from {table}")["most"][0].as_py()
        for table, column in (("person", "version"), ("interaction", "seq"))
    )
    return Reached(int(version), int(seq))


def arrived(ask: Ask, since: Reached) -> pa.ChunkedArray:
    """Who came, changed or said something since, by id."""
    changed = ask.lake("select id from person where version > ?", [since.version])["id"]
    spoke = ask.lake(
        "select person as id from interaction where seq > ? and person is not null group by person", [since.seq]
    )["id"]
    return pa.chunked_array([*changed.cast(TEXT).chunks, *spoke.cast(TEXT).chunks], TEXT)


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
        heard = ", ".join(f"max(nullif(told.{name}, '')) as {name}" for name in _SAID)
        duck.execute(
            f"create table said as select person, {heard}"
            f" from (select person, {_read('attributes', _SAID)} as told from met) group by person"
        ).fetchall()
        duck.execute(
            f"create table told as select coalesce(id, person) as id, {_CALLED} as name,"
            f" {_read('contacts', (*FIELDS, 'company'))} as contact, {_CONSENTS} as consents,"
            f" {', '.join(f'said.{name} as said_{name}' for name in _SAID)}"
            " from known full join said on person = id"
        ).fetchall()
        known = f"{_told(asked=False)} where consents is null"
        if duck.sql("select count(consents) from told").fetchall() != [(0,)]:
            allowed = f"consents is not null and not {_refused(_purposes('identity'))}"
            known = f"{known} union all {_told(asked=True)} where {allowed}"
        found = duck.sql(known).to_arrow_table()
    ids = found["id"].combine_chunks()
    sorted_already = pc.all(pc.less(ids[:-1], ids[1:])).as_py() is not False
    return found if sorted_already else found.take(pc.sort_indices(ids))


_HOST = "split_part(lower(mail), '@', -1)"
_DOMAIN = f"case when mail like '%@_%' and split_part({_HOST}, '.', 1) not in {_HOSTS} then {_HOST} end"
_SOME = f"regexp_matches(lower(consents), '{'|'.join(NO)}|\\\\')"  # a backslash may hide a word
_UNREAD = """'{"identity": "denied"}'"""  # what cannot be read is taken for a refusal, as rules/consent does
_CONSENTS = f"""case when coalesce(consents, '') = '' then null when json_valid(consents) then
    case when json_type(consents) <> 'OBJECT' then {_UNREAD} when {_SOME} then consents end else {_UNREAD} end"""
"""What people said of their consent, where any of it may be a refusal."""


def _read(column: str, names: tuple[str, ...]) -> str:
    """These fields of a JSON object as a struct: it is parsed once for all of them."""
    shape = ", ".join(f'"{name}": "varchar"' for name in names)
    return f"from_json(case when json_valid({column}) then {column} else '{{}}' end, '{{{shape}}}')"


def _contact(name: str) -> str:
    return f"nullif(contact.{name}, '')"


def _told(*, asked: bool) -> str:
    """Selects what is known of a person; `asked` leaves out whose use is refused (most people refuse nothing)."""
    fields = ", ".join(f"{_field(name, asked=asked)} as {name}" for name in FIELDS)
    company = f"coalesce(lower(trim({_contact('company')})), {_DOMAIN}) as company"
    return f"select id, {company}, {fields} from (select *, {_field('email', asked=asked)} as mail from told)"


def _field(name: str, *, asked: bool) -> str:
    """What is known of a field; `asked`: as far as its use is not refused."""
    told = [_contact(name), *([f"said_{name}"] if name in _SAID else []), _NAMED.get(name, "null")]
    known = f"nullif(coalesce({', '.join(told)}), '')"
    paths = (*_purposes(name), *_purposes(f"identity.{name}"), f"$.identity.{name}")
    return f"case when not {_refused(paths)} then {known} end" if asked else known


def _purposes(purpose: str) -> tuple[str, str]:
    """Where consents say what is allowed for a purpose: by a word, or in an object with a `state`."""
    return f'$."{purpose}"', f'$."{purpose}".state'


def _refused(paths: tuple[str, ...]) -> str:
    """Whether consents refuse at any of these paths."""
    said = " or ".join(f"coalesce(lower(json_extract_string(consents, '{path}')) in {NO}, false)" for path in paths)
    return f"({said})"
