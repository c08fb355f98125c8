"""Customers: the persons who are one, by links that are sure and by what people decided. Made anew, never by hand."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, delete, func, select, update

from touchstone.core.tables import LINK
from touchstone.rules.belonging import SAME, Belonging, belonging, standing
from touchstone.science.grouping import grouped
from touchstone.store import _aside
from touchstone.store._derive import catch_up
from touchstone.store._lake import Bench, Lake, Piece
from touchstone.store._many import parts
from touchstone.store._record import put
from touchstone.store.tables import correction, customer, setting

STAMP = "customers"  # what the customers of the record were made from
LAYER = "same_person"
Customers = dict[str, tuple[str, bool]]
"""Person → the customer they are, and whether the customer is called by them."""


def resolve(lake: Lake) -> bool:
    """Brings the record's customers to where links and decisions are; False where all stayed as they were.

    Where only decisions came, only the persons that links and decisions lead to from those they name are looked at.
    """
    with lake.record.reading() as connection:
        stamp, kept = _stamp(lake, connection), _kept_stamp(connection)
        if stamp == kept:
            return False
        made = decisions(connection)
        pieces = lake.state(connection).of("link")
    decided = belonging(standing(made))
    links = _Links(Bench(lake), pieces)
    scope = None
    if kept is not None and kept["links"] == stamp["links"]:
        scope = links.reached(_named_since(made, kept["decision"]), decided)
    found = customers(links.sure(scope), decided if scope is None else decided.among(scope))
    with lake.record.writing() as connection:
        still = _stamp(lake, connection) == stamp and _kept_stamp(connection) == kept
        if still:
            changed = _write(connection, _known(connection, scope), found)
            followed = _aside.follow(connection, set(decided.apart), decided=scope is not None)
            put(connection, setting, [{"name": STAMP, "value": json.dumps(stamp)}], key="name")
    if not still:
        return resolve(lake)  # what came meanwhile counts too
    if followed:
        catch_up(lake)  # who is one with somebody who refuses goes at once
    return changed or followed


class _Links:
    """The sure links of one person to another."""

    def __init__(self, bench: Bench, pieces: list[Piece]) -> None:
        bench.take("none", LINK.empty_table())
        rows = bench.rows(pieces, "select * from none")
        sure = f"layer = '{LAYER}' and probability >= {SAME}"
        self._bench, self._sql = bench, f"""select "left", "right", probability from {rows} where {sure}"""

    def sure(self, scope: set[str] | None) -> pa.Table:
        """All of them, or those of the persons in `scope`."""
        if scope is None:
            return self._bench.duck.sql(self._sql).to_arrow_table()
        self._bench.take("asked", pa.table({"person": pa.array(sorted(scope), pa.string())}))
        some = "(select person from asked)"
        sql = f"""{self._sql} and ("left" in {some} or "right" in {some})"""
        return self._bench.duck.sql(sql).to_arrow_table()

    def reached(self, people: set[str], decided: Belonging) -> set[str]:
        """Whoever links and decisions lead to from `people`, these included."""
        seen, fresh = set(people), set(people)
        while fresh:
            found = self.sure(fresh)
            near = {*found["left"].to_pylist(), *found["right"].to_pylist()}
            near |= {each for pair in decided.together if fresh & set(pair) for each in pair}
            fresh = near - seen
            seen |= fresh
        return seen


def customers(links: pa.Table, decided: Belonging) -> Customers:
    """The customers that have more than one person, from links (`left`, `right`, `probability`) and decisions."""
    told = [[person for pair in pairs for person in pair] for pairs in (decided.together, decided.apart)]
    both = [links["left"].combine_chunks(), links["right"].combine_chunks(), pa.array(told[0] + told[1], pa.string())]
    names = pc.unique(pa.concat_arrays([each.cast(pa.string()) for each in both]))
    names = names.take(pc.sort_indices(names))
    left, right = (pc.index_in(side, value_set=names).to_numpy(zero_copy_only=False) for side in both[:2])
    together, apart = (_places(each, names) for each in told)
    pairs = np.column_stack([left, right]) if len(links) else ()
    group = grouped(len(names), pairs, links["probability"].to_numpy(), threshold=SAME, together=together, apart=apart)
    return _named(names, group, decided)


def decisions(connection: Connection) -> list[dict[str, Any]]:
    """What people decided of links, in order."""
    wanted = select(correction.c.seq, correction.c.id, correction.c.change)
    wanted = wanted.where(correction.c.table == "link").order_by(correction.c.seq)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def forget(connection: Connection, who: str) -> None:
    """Takes a person out of customers and of what was decided of them, with every reason given for it.

    A decision that then speaks of nobody goes, and what undid it too.
    """
    connection.execute(delete(customer).where(customer.c.person == who))
    connection.execute(delete(setting).where(setting.c.name == STAMP))
    touched: set[str] = set()
    left: set[str] = set()
    for row in decisions(connection):
        change = json.loads(row["change"] or "{}")
        undid, people = change.get("takes_back"), [*(change.get("left") or ()), *(change.get("right") or ())]
        if undid not in touched and who not in (*people, change.get("keeps")):
            continue
        touched.add(row["id"])
        mine = correction.c.seq == row["seq"]
        change = {name: value for name, value in change.items() if name != "reason" and value != who}
        change |= {side: [each for each in change[side] if each != who] for side in ("left", "right") if side in change}
        if undid in left or (change.get("left") and change.get("right")):
            left.add(row["id"])
            said = json.dumps(change, ensure_ascii=False, sort_keys=True)
            connection.execute(update(correction).where(mine).values(change=said))
        else:
            connection.execute(delete(correction).where(mine))


def others(connection: Connection, who: str) -> list[str]:
    """The other persons of the customer that this person is, by id."""
    own = select(customer.c.customer).where(customer.c.person == who).scalar_subquery()
    wanted = select(customer.c.person).where(customer.c.customer == own, customer.c.person != who)
    return sorted(connection.execute(wanted).scalars())


def _stamp(lake: Lake, connection: Connection) -> dict[str, Any]:
    """What customers are made from: the files of links, as a hash, and the last decision."""
    last = connection.execute(select(func.max(correction.c.seq)).where(correction.c.table == "link")).scalar()
    paths = sorted(piece.path for piece in lake.state(connection).of("link"))
    return {"links": hashlib.sha256("|".join((str(SAME), *paths)).encode()).hexdigest(), "decision": last or 0}


def _kept_stamp(connection: Connection) -> dict[str, Any] | None:
    found = connection.execute(select(setting.c.value).where(setting.c.name == STAMP)).scalar()
    return json.loads(found) if found else None


def _named_since(made: list[dict[str, Any]], seq: int) -> set[str]:
    """The persons that decisions after `seq` speak of, or what they undo."""
    changes = {row["id"]: json.loads(row["change"] or "{}") for row in made}
    waiting = [row["id"] for row in made if row["seq"] > seq]
    people: set[str] = set()
    while waiting:
        change = changes.get(waiting.pop(), {})
        people |= {*(change.get("left") or ()), *(change.get("right") or ())}
        waiting += [change["takes_back"]] if "takes_back" in change else []
    return people


def _known(connection: Connection, scope: set[str] | None) -> Customers:
    """The customers that the record holds: all, or those of the persons in `scope`."""
    wanted = select(customer.c.person, customer.c.customer, customer.c.kept)
    if scope is None:
        return {person: (name, kept) for person, name, kept in connection.execute(wanted).all()}
    found: Customers = {}
    people = sorted(scope)
    for some in parts(people):
        rows = connection.execute(wanted.where(customer.c.person.in_(some))).all()
        found |= {person: (name, kept) for person, name, kept in rows}
    return found


def _places(people: list[str], names: pa.Array) -> Any:
    """The pairs of `people`, two by two, as places in `names`."""
    places = pc.index_in(pa.array(people, pa.string()), value_set=names).to_numpy(zero_copy_only=False)
    return places.astype(np.int64).reshape(-1, 2)


def _named(names: pa.Array, group: Any, decided: Belonging) -> Customers:
    """Persons of groups of two and more, each with a name that gives nobody away."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    stops = np.append(starts[1:], len(order))
    several = stops - starts > 1
    people = names.take(pa.array(order)).to_pylist()
    found: Customers = {}
    for start, stop in zip(starts[several].tolist(), stops[several].tolist(), strict=True):
        members = people[start:stop]
        called = decided.name(members)
        name = hashlib.sha256(called.encode()).hexdigest()[:16]
        for each in members:
            found[each] = (name, each == called)
    return found


def _write(connection: Connection, known: Customers, found: Customers) -> bool:
    """Makes the record say what was found, row by row where it says otherwise; whether it did anywhere."""
    gone = [person for person in known if person not in found]
    for some in parts(gone):
        connection.execute(delete(customer).where(customer.c.person.in_(some)))
    fresh = [person for person, row in found.items() if known.get(person) != row]
    rows = [{"person": person, "customer": found[person][0], "kept": found[person][1]} for person in fresh]
    put(connection, customer, rows, key="person")
    return bool(gone or rows)
