"""Everything of one person goes: words, history, what was understood of them, links, rejects, their pseudonym's key.

The list of who was erased is written first, and the record says last how far down the list it has come: what was killed
half-way, or is undone by the restoring of an old back-up, is done again when the home is next opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, delete, or_, select

from touchstone.store import _aside, _files, _live_people, _quoting, _taxonomy, _unsaid, letters, live
from touchstone.store._activity import forget
from touchstone.store._append import release
from touchstone.store._customers import forget as forget_customer
from touchstone.store._customers import resolve
from touchstone.store._derive import catch_up
from touchstone.store._erased import Erased
from touchstone.store._lake import Bench, Draft, Lake, bump
from touchstone.store._live_message import attachment
from touchstone.store._many import parts
from touchstone.store._record import Record, put
from touchstone.store.tables import (
    correction,
    customer,
    interaction,
    interaction_history,
    person,
    pseudonym,
    setting,
)

DONE = "erased"  # the setting that says how many entries of the list this record has come through
LONG = 12  # characters from which a line is told again by its words alone


@dataclass
class Traces:
    """What a person is told by: ids of what they said, the words of it, and what is known of them."""

    who: str
    ids: list[str] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)
    replied: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    name: str = ""
    contacts: list[str] = field(default_factory=list)
    alone: set[str] = field(default_factory=set)  # words in decisions about themes that nobody else says
    touchpoints: set[str] = field(default_factory=set)  # touchpoints that are named by such words

    @property
    def quoted(self) -> list[str]:
        """What they said that is long enough to be told by alone."""
        return [each for each in self.said if len(each) >= LONG]

    @property
    def written(self) -> list[str]:
        """Strings that tell of the person wherever they stand; ids as JSON writes them."""
        names = [self.name] if " " in self.name else []
        told = [each for each in (*self.quoted, *names, *self.contacts) if each]
        return [
            *(json.dumps(each, ensure_ascii=False) for each in (self.who, *self.ids, *self.alone)),
            *map(_within, told),
        ]


@dataclass(frozen=True)
class Gone:
    """What an erasure took: how many interactions, whether touchpoints changed; whether the database's log holds none.

    The log of a shared database is the server's: it may keep what a role may not clear.
    """

    interactions: int
    touchpoints: bool
    cleared: bool = True


def erase(record: Record, lake: Lake, *, who: str, home: Path, now: datetime) -> Gone:
    """Erases a person from record, lake, taxonomy and rejects; returns what went."""
    with record.reading() as connection:
        names = [who, *(each for each in letters.aliases(connection, who) if not knows(connection, each))]
    places = [Erased(home).add(each, at=now) for each in names]
    gone = _erase(record, lake, who=who, home=home)
    alone = places[-1] - places[0] == len(places) - 1  # nobody else was written between
    after = places[0] - 1 if alone else None
    return replace(gone, cleared=_settle(record, lake, home=home, upto=places[-1], after=after))


def again(record: Record, lake: Lake, *, home: Path) -> int:
    """Erases once more whom the list names and this record has not come to; returns how many of them it still knew."""
    erased = Erased(home)
    if not (count := len(erased)):
        return 0
    with record.reading() as connection:
        done = _done(connection)
        if done >= count:
            return 0
        back = sorted(erased.among(_known(connection), after=done))
    lake.mend()  # files that an older record lists may be gone
    for who in back:
        _erase(record, lake, who=who, home=home)
    _settle(record, lake, home=home, upto=count, after=done)
    return len(back)


def knows(connection: Connection, who: str) -> bool:
    """Whether anything in the record is kept under this person's id."""
    tables = (interaction, interaction_history, pseudonym, customer)
    wanted = [select(each.c.person).where(each.c.person == who).limit(1) for each in tables]
    wanted.append(select(person.c.id).where(person.c.id == who))
    return any(connection.execute(each).first() is not None for each in wanted)


def silent(connection: Connection, people: Iterable[str]) -> list[str]:
    """Those of `people` of whom the record holds nothing they said."""
    said = interaction.c.person
    return [each for each in people if connection.execute(select(said).where(said == each).limit(1)).first() is None]


def _known(connection: Connection) -> set[str]:
    """Every id of a person that the record holds."""
    columns = [each.c.person for each in (interaction, interaction_history, pseudonym, customer)]
    return {id for each in (*columns, person.c.id) for id in connection.execute(select(each).distinct()).scalars()}


def _erase(record: Record, lake: Lake, *, who: str, home: Path) -> Gone:
    """What is derived goes first, by what the record still tells of the person; then the record itself."""
    catch_up(lake)
    with record.reading() as connection:
        traces = _traces(connection, who)
        pattern, naming = _quoting.pattern(traces), _quoting.naming(lake, connection, traces)
        before = _taxonomy.own(home)
        traces.alone = _unsaid.theirs(connection, traces, pattern, before)
        traces.touchpoints = _unsaid.named(connection, traces.alone)
        after = _unsaid.untold(connection, before, traces, pattern)
        anew = _unsaid.mentioning(lake, connection, traces.touchpoints)
    _rejects(home / "rejects", traces)
    if after != before:
        _taxonomy.keep(home, after)
    lake.change(lambda connection: _unlinked(lake, connection, traces), discard=True)
    with record.writing() as connection:
        _unquote(connection, traces.said)
        _unsaid.unname(connection, traces.touchpoints)
        _unsaid.unsay(connection, traces.alone)
        _quoting.hide(connection, naming, traces, anew=anew)
        theirs = interaction.c.person == who
        seqs = list(connection.execute(select(interaction.c.seq).where(theirs)).scalars())
        _forget(connection, who, traces.ids)
        release(connection, seqs)
        bump(connection)
    return Gone(len(seqs), after != before)


def _settle(record: Record, lake: Lake, *, home: Path, upto: int, after: int | None) -> bool:
    """The lake lets go, nothing is left in corners, no file is left that nothing names; then the record says that the
    entries from behind `after` to `upto` are done.

    An earlier entry that another process is still at, or was killed at, is left for the next opening. Returns whether
    the database's log holds nothing of it either.
    """
    catch_up(lake, discard=True)
    lake.clear()
    resolve(lake)
    cleared = record.compact()
    with record.writing() as connection:
        _files.sweep(home, named=set(connection.execute(select(attachment.c.digest)).scalars()))
        if _done(connection) == after:
            put(connection, setting, [{"name": DONE, "value": str(upto)}], key="name")
    return cleared


def _done(connection: Connection) -> int:
    return int(connection.execute(select(setting.c.value).where(setting.c.name == DONE)).scalar() or 0)


def _traces(connection: Connection, who: str) -> Traces:
    found = Traces(who)
    names = ("id", "source_id", "thread", "text")
    for table in (interaction, interaction_history):
        for row in connection.execute(select(*(table.c[each] for each in names)).where(table.c.person == who)):
            found.ids.append(row.id)
            found.replied += [row.id, row.source_id]
            found.threads += [row.thread] if row.thread else []
            text = row.text or ""
            found.said |= {plain for each in (text, *text.splitlines()) if (plain := " ".join(each.split()))}
    if (known := connection.execute(select(person).where(person.c.id == who)).first()) is not None:
        found.name = known.name or ""
        found.contacts = _quoting.texts(_read(known.contacts))
    return found


def _read(contacts: str | None) -> Any:
    """What a person is reached by, whatever a source wrote there."""
    try:
        return json.loads(contacts or "null")
    except ValueError:
        return contacts


def _unquote(connection: Connection, said: set[str]) -> None:
    """Takes out the examples typed in that quote a text of the person, or a line of one, spaces aside."""
    typed = select(correction.c.seq, correction.c.change).where(correction.c.interaction.is_(None))
    quoting = [
        row.seq
        for row in connection.execute(typed)
        if (text := json.loads(row.change or "{}").get("text")) and " ".join(text.split()) in said
    ]
    for some in parts(quoting):
        connection.execute(delete(correction).where(correction.c.seq.in_(some)))


def _forget(connection: Connection, who: str, ids: Sequence[str]) -> None:
    history = interaction_history
    for start in range(0, max(1, len(ids)), 500):
        some = list(ids[start : start + 500])
        connection.execute(delete(history).where(or_(history.c.person == who, history.c.id.in_(some))))
        connection.execute(delete(correction).where(correction.c.interaction.in_(some)))
    connection.execute(delete(person).where(person.c.id == who))
    _aside.forget(connection, who)
    _live_people.forget(connection, who)
    live.forget(connection, who)
    forget_customer(connection, who)
    forget(connection, who)


def _unlinked(lake: Lake, connection: Connection, traces: Traces) -> Draft | None:
    """Drafts links, figures and plans without those of the erased, or that quote them."""
    draft = Draft(lake.state(connection))
    bench = Bench(lake)
    named = [*traces.ids, traces.who, *traces.touchpoints]
    bench.take("erased", pa.table({"id": pa.array(named, pa.string())}))
    bench.take("trace", pa.table({"words": pa.array(traces.written, pa.string())}))
    quoted = "exists (select 1 from trace where contains({}, words))"
    figure = (
        f"""{quoted.format("detail")} or len(list_intersect(map_values("by"), (select list(id) from erased))) > 0"""
    )
    link = f'"left" in (select id from erased) or "right" in (select id from erased) or {quoted.format("reason")}'
    for name, gone in (("link", link), ("metric", figure), ("plan", figure)):
        for piece in draft.state.of(name):
            rows = bench.rows([piece], "")
            if bench.duck.sql(f"select 1 from {rows} where {gone} limit 1").fetchall():
                written = bench.write(f"select * from {rows} where coalesce(not ({gone}), true) order by id", piece)
                draft.come.extend([] if written is None else [written])
                draft.drop([piece])
    return draft if draft.go else None


def _within(text: str) -> str:
    """The text as it stands within a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _rejects(folder: Path, traces: Traces) -> None:
    """Takes every rejected row that names or quotes the person out of the rejects."""
    told = traces.written
    for path in sorted(folder.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not any(each in line for each in told)]
        if len(kept) < len(lines):
            passing = path.with_suffix(".part")
            passing.write_text("".join(kept), "utf-8")
            passing.replace(path)
