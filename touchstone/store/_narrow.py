"""What partners and customers may see, written once: which column says whose a row is, and what is masked.

`lake` renders it as DuckDB SQL, `record` as SQLAlchemy. A table that is not listed here is refused to them; a customer
asks the lake nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    TableClause,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.util import ClauseAdapter

from touchstone.core.errors import Refused
from touchstone.core.viewer import Viewer
from touchstone.store import tables
from touchstone.store._cubes import CUBES
from touchstone.store._hide import HIDING, marked


@dataclass(frozen=True)
class Narrowing:
    """Rows of `table` whose `column` is an allowed unit, or with `through`, in that column of narrowed interactions.

    `listed`: the column lists units, all of which must be allowed. `masked` columns are null; of `personal` ones the
    personal data is hidden. `only`: a column and the value it has in the rows that are shown at all.
    `within`: (column, table, its column), one of which must lead to a row of that table that they may see themselves.
    """

    table: str
    column: str
    through: str = ""
    listed: bool = False
    masked: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    only: tuple[str, str] | None = None
    within: tuple[tuple[str, str, str], ...] = ()


NARROWINGS = {
    each.table: each
    for each in (
        Narrowing("interaction", "unit", personal=HIDING["interaction"]),
        Narrowing("words", "unit"),  # made of interactions that were narrowed
        Narrowing("interaction_history", "unit", personal=HIDING["interaction_history"]),
        Narrowing("unit", "id"),
        Narrowing("person", "id", through="person", masked=("contacts",)),
        Narrowing("customer", "person", through="person"),
        Narrowing("correction", "interaction", through="id", masked=("person", "name")),
        Narrowing("mention", "interaction", through="id"),
        Narrowing("signal", "interaction", through="id"),
        Narrowing("link", "about", listed=True),
        Narrowing("metric", "about", listed=True),
        Narrowing("plan", "about", listed=True),
        *(Narrowing(each, "unit") for each in ("conversation", "conversation_step", "rule", "alert", "survey", "case")),
        Narrowing("message", "unit", personal=HIDING["message"]),
        Narrowing("attachment", "unit", masked=("name",)),
        Narrowing("subscription", "unit", masked=("key",)),
        Narrowing("schedule", "unit", masked=("fields",)),
        Narrowing("invitation", "unit", masked=("id",)),
        Narrowing("case_step", "unit", personal=HIDING["case_step"]),
        Narrowing("promise", "unit", personal=HIDING["promise"]),
        Narrowing("fix", "unit", masked=("cause", "cost", "currency", "owner", "units")),
        *(Narrowing(cube, "unit") for cube, columns in CUBES.items() if "unit" in columns),
    )
}
_WRITTEN = (("message", "message", "id"), ("message", "interaction", "id"))
MINE = {
    each.table: each
    for each in (
        Narrowing("person", "id"),
        Narrowing("interaction", "person", masked=("attributes",)),
        Narrowing("interaction_history", "person", masked=("attributes",)),
        Narrowing("unit", "id", through="unit", masked=("kind", "parent", "region", "grade", "organisation")),
        Narrowing(
            "case", "person",
            masked=("conversation", "owner", "level", "urgency", "due_at", "due_why", "escalated", "asked", "version"),
        ),
        Narrowing("promise", "person", masked=("account",)),
        Narrowing("message", "person", masked=("account", "mentions", "outbox"), only=("kind", "reply")),
        Narrowing("attachment", "person", masked=("digest", "unit"), within=_WRITTEN),
        Narrowing("invitation", "person", masked=("about", "silent_at", "returned_at")),
        Narrowing("proposal", "", masked=("fix",), only=("state", "open")), Narrowing("vote", "person"),
        Narrowing(
            "survey", "id", masked=("name", "questions", "hosts", "level", "anyone", "answers", "version", "made_at"),
            within=(("id", "invitation", "survey"),),
        ),
    )
}  # fmt: skip
"""What a customer may see: rows that bear their own id, the names of units they have dealt with, what all are asked."""
INSIDE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **{name: (columns, ()) for name, columns in HIDING.items()},
    "person": ((), ("name", "contacts")),
    "outbox": ((), ("to", "text", "html")),
    "invitation": ((), ("id",)),
    "attachment": ((), ("name",)),
}
"""What an insider reads without personal data: columns in which it is hidden, and columns that are null."""
OWN: dict[str, tuple[str, ...]] = {
    "session": (),
    "api_key": ("digest",),
    "second_factor": ("secret", "codes"),
    "passkey": ("public_key",),
    "passkey_challenge": ("challenge",),
    "outside_identity": (),
    "notice": (),
}
"""Tables of which everybody reads the rows of their own account alone, and columns that nobody reads."""
OTHERS = "probability_above"  # the one detail of a figure that names other units
READER = "misreading"  # figures of how well the machine reads: about no unit, and the same for everyone
KEPT = 2_000  # narrowed tables that are kept ready: to make one takes longer than to ask it
OPEN = ("touchpoint",)
"""Tables that are the same for everyone who may look in at all."""


def allowed(connection: Connection, viewer: Viewer) -> frozenset[str]:
    """The units named to a partner, with all their descendants; nothing for an outsider."""
    if viewer.side != "partner":
        return frozenset()
    children = defaultdict(list)
    for row in connection.execute(select(tables.unit.c.id, tables.unit.c.parent)):
        children[row.parent].append(row.id)
    found: set[str] = set()
    waiting = list(viewer.units)
    while waiting:
        if (unit := waiting.pop()) not in found:
            found.add(unit)
            waiting.extend(children[unit])
    return frozenset(found)


def lake(name: str, columns: Iterable[str]) -> str:
    """DuckDB SQL for the rows of table `name` that the parameter `units` opens; refused where no rule is written."""
    if name in OPEN:
        return f"select {quoted(columns)} from {name}"
    rule = _rule(name)
    shown = ", ".join(_shown(rule, each) for each in columns)
    allowed = "cast($units as varchar[])"
    if rule.listed:
        mine = f"len({rule.column}) > 0 and list_has_all({allowed}, {rule.column})"
        if "rests_on" in columns:  # an empty list is the whole brand, which gives away no one
            mine += f" and list_has_all({allowed}, coalesce(rests_on, []))"
        if name == "metric":
            mine = f"({mine}) or name = '{READER}'"
    elif rule.through:
        mine = f"{rule.column} in (select {rule.through} from interaction where unit in (select unnest({allowed})))"
    else:
        mine = f"{rule.column} in (select unnest({allowed}))"
    return f"select {shown} from {name} where {mine}"


def _shown(rule: Narrowing, column: str) -> str:
    if column in rule.masked:
        return f'null as "{column}"'
    if column == "detail":
        return f"""json_merge_patch(detail, '{{"{OTHERS}": null}}') as detail"""
    return f'"{column}"'


def personal(name: str) -> tuple[str, ...]:
    """The columns of table `name` in which a partner reads no personal data."""
    return NARROWINGS[name].personal if name in NARROWINGS else ()


def own(wanted: Any, viewer: Viewer, token: str) -> Any:
    """The SQLAlchemy select `wanted`, reading of the tables in OWN the rows of the viewer's account alone."""
    if viewer.side == "outsider" or (viewer.side == "customer" and not viewer.person):
        raise Refused("an outsider may not ask.", where=viewer.side)
    named = {each for each in visitors.iterate(wanted) if isinstance(each, Table) and each.name in OWN}
    for table in sorted(named, key=lambda each: each.name):
        rule = Narrowing(table.name, "account", masked=OWN[table.name])
        mine = table.c.account == viewer.account
        shown = select(*(_told(rule, each, token) for each in table.columns)).where(mine)
        wanted = ClauseAdapter(shown.subquery(f"{table.name}_{token}")).traverse(wanted)
    _check(wanted, token, frozenset(OWN))
    return wanted


def record(wanted: Any, units: frozenset[str], token: str) -> Any:
    """The SQLAlchemy select `wanted` of a partner of `units`, reading narrowed rows in place of every table it names.

    `token` is a word of questions of this form alone: none can name a subquery of its own like ours.
    """
    some = tuple(sorted(units))
    return _instead(wanted, token, lambda table: _narrowed(table, _rule(table.name), "unit", some, token))


def mine(wanted: Any, person: str, token: str) -> Any:
    """The same of a customer: rows of `person` alone."""
    return _instead(wanted, token, lambda table: _narrowed(table, _rule(table.name, MINE), "person", (person,), token))


def _instead(wanted: Any, token: str, narrowed: Callable[[Table], Subquery]) -> Any:
    if not isinstance(wanted, Select):
        raise Refused("you may only select.", where=type(wanted).__name__)
    named = {each for each in visitors.iterate(wanted) if isinstance(each, Table) and each.name not in OWN}
    if any(_written(each) for each in visitors.iterate(wanted)):
        raise Refused("your question holds no SQL text.", where="record")
    for table in sorted(named, key=lambda each: each.name):
        wanted = ClauseAdapter(narrowed(table)).traverse(wanted)
    _check(wanted, token)
    return wanted


def without_personal_data(wanted: Any, token: str) -> Any:
    """The SQLAlchemy select `wanted` of an insider who sees no personal data: every row, less what names people."""
    named = {each for each in visitors.iterate(wanted) if isinstance(each, Table) and each.name in INSIDE}
    for table in sorted(named, key=lambda each: each.name):
        hidden, masked = INSIDE[table.name]
        rule = Narrowing(table.name, "", masked=masked, personal=hidden)
        shown = select(*(_told(rule, each, token) for each in table.columns)).subquery(f"{table.name}_{token}")
        wanted = ClauseAdapter(shown).traverse(wanted)
    _check(wanted, token, frozenset(INSIDE))
    return wanted


def _written(each: Any) -> bool:
    """SQL given as text, in any of the forms SQLAlchemy has for it."""
    operator = getattr(each, "operator", None)
    return (
        isinstance(each, TextClause | custom_op)
        or isinstance(operator, custom_op)
        or (isinstance(each, ColumnClause) and each.is_literal and each.name != "*")
        or any(getattr(each, name, ()) for name in ("_prefixes", "_suffixes", "_hints", "_statement_hints"))
    )


@lru_cache(maxsize=KEPT)
def _narrowed(table: Table, rule: Narrowing, whose: str, some: tuple[str, ...], token: str) -> Subquery:
    """The rows of a table that are of `some`: units or persons, as the column `whose` of interactions has them."""
    if tables.metadata.tables.get(table.name) is not table:
        raise Refused(f"no table {table.name!r} for you.", where="record")
    shown = [_told(rule, each, token) for each in table.columns]
    free = not rule.column or (rule.column == "id" and rule.within)
    value = table.c[rule.column or "id"]
    mine: ColumnElement[bool] = true() if free else value.in_(some)
    if rule.through:
        own = tables.interaction.alias(f"interaction_{token}")  # asked row by row: there is an index of each `through`
        mine = select(own.c.seq).where(own.c[rule.through] == value, own.c[whose].in_(some)).correlate(table).exists()
    if rule.only is not None:
        mine &= table.c[rule.only[0]] == rule.only[1]
    for_them = [
        table.c[own].in_(select(_narrowed(tables.metadata.tables[it], _rule(it, MINE), whose, some, token).c[column]))
        for own, it, column in rule.within
    ]
    mine &= or_(*for_them) if for_them else true()
    return select(*shown).where(mine).subquery(f"{table.name}_{token}")


def _told(rule: Narrowing, column: Any, token: str) -> Any:
    """A column as it is read: as it is, null, or as a mark of the words without personal data."""
    if column.name in rule.masked:
        return null().label(column.name)
    if column.name in rule.personal:
        return marked(column, token)
    return column


def _check(wanted: Any, token: str, names: Collection[str] = ()) -> None:
    """Nothing but narrowed rows is read: a table (one of `names`, where there are any) outside them is refused."""
    waiting: list[Any] = [wanted]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Subquery) and each.name.endswith(token):
            continue
        if isinstance(each, TableClause) and (not names or each.name in names):
            raise Refused(
                f"table {each.name!r} cannot be narrowed here.", where="record", todo="Name it without alias."
            )
        waiting.extend(each.get_children())


def _rule(name: str, rules: Mapping[str, Narrowing] = NARROWINGS) -> Narrowing:
    if (rule := rules.get(name)) is None:
        raise Refused(f"no table {name!r} for you.", where=name)
    return rule


def quoted(columns: Iterable[str]) -> str:
    """Column names as SQL takes them whatever they are called: `by` is a word of SQL."""
    return ", ".join(f'"{each}"' for each in columns)
