"""Words of others that name an erased person, an answer to them, say: what names them there is hidden."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import Connection, select, update

from touchstone.store import _aside
from touchstone.store._append import NAMES, RAW, add_changed, release
from touchstone.store._lake import Bench, Lake
from touchstone.store._many import parts
from touchstone.store.tables import interaction_history

if TYPE_CHECKING:
    from touchstone.store._erase import Traces

MASK = "•"
FIELDS = ("text", "attributes")
TELLING = 6  # characters below which a contact may be anybody's
SHORT = 3  # letters of a part of a name below which it is not looked for by itself


def texts(value: Any) -> list[str]:
    """Every text within what is known of how to reach someone, however it is put."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [str(value)] if isinstance(value, str | int | float) and len(str(value)) >= TELLING else []


def naming(lake: Lake, connection: Connection, traces: Traces) -> list[int]:
    """The seqs of interactions of others that may name the person: of their threads, or with an address of theirs."""
    bench = Bench(lake)
    bench.take("thread", pa.table({"name": pa.array(traces.threads, pa.string())}))
    bench.take("replied", pa.table({"name": pa.array(traces.replied, pa.string())}))
    bench.take("reach", pa.table({"words": pa.array([each.lower() for each in traces.contacts], pa.string())}))
    bench.take("held", _aside.held(connection))
    columns = "seq, person, thread, reply_to, text, attributes"
    lake_rows = bench.rows(lake.state(connection).of("interaction"), "select * from held limit 0")
    found = bench.duck.execute(
        f"""with said as (select {columns} from {lake_rows} union all select {columns} from held)
            select seq from said where person is distinct from ? and (
            thread in (select name from thread) or reply_to in (select name from replied)
            or exists (select 1 from reach where contains(lower(concat_ws(' ', text, attributes)), words)))""",
        [traces.who],
    )
    return sorted(int(seq) for (seq,) in found.fetchall())


def hide(connection: Connection, seqs: list[int], traces: Traces, *, anew: Collection[int] = ()) -> None:
    """Hides what names the person in these interactions and what they said before, letter for letter.

    Those get a new seq, and those of `anew` too, so that the lake takes them in anew and they are understood anew.
    """
    told = pattern(traces)
    again, wanted = set(anew), sorted({*seqs, *anew})
    changed = []
    for some in parts(wanted):
        rows = connection.execute(select(RAW).where(RAW.c.seq.in_(some))).all()
        changed += [(was, now) for was in rows if (now := _hidden(was, told)) != tuple(was) or was.seq in again]
        _hide_history(connection, [row.id for row in rows], told)
    release(connection, [was[0] for was, _ in changed])
    add_changed(connection, [now for _, now in changed])


def _hide_history(connection: Connection, ids: list[str], pattern: re.Pattern[str] | None) -> None:
    history = interaction_history.c
    wanted = select(history.seq, *(history[name] for name in FIELDS)).where(history.id.in_(ids))
    for row in connection.execute(wanted).all():
        now = {name: _masked(getattr(row, name), pattern) for name in FIELDS}
        if any(now[name] != getattr(row, name) for name in FIELDS):
            connection.execute(update(interaction_history).where(history.seq == row.seq).values(now))


def _hidden(row: Any, pattern: re.Pattern[str] | None) -> tuple[Any, ...]:
    places = {NAMES.index(name) for name in FIELDS}
    return tuple(_masked(value, pattern) if place in places else value for place, value in enumerate(row))


def _masked(text: str | None, pattern: re.Pattern[str] | None) -> str | None:
    return pattern.sub(lambda found: MASK * len(found[0]), text) if text and pattern else text


def pattern(traces: Traces) -> re.Pattern[str] | None:
    """Addresses, the whole name and the id in any case, parts of the name as they are written, as whole words."""
    whole = sorted({*traces.contacts, traces.name, traces.who} - {""}, key=lambda each: (-len(each), each))
    parts = [each for each in traces.name.split() if len(each) >= SHORT and each[0].isupper()]
    told = [f"(?i:{re.escape(each)})" for each in whole] + [re.escape(each) for each in parts]
    return re.compile(rf"(?<!\w)(?:{'|'.join(told)})(?!\w)") if told else None
