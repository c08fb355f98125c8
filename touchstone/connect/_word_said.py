"""Who speaks to whom in a home: replies, threads, names, copied lines and referrals, as one table of contacts."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.tables import INSTANT, NUMBER, ONE, TEXT
from touchstone.rules import consent

CONTACT = pa.schema(
    [
        pa.field("left", TEXT),  # who speaks
        pa.field("right", TEXT),  # to whom
        pa.field("how", TEXT),
        pa.field("interaction", TEXT),  # the words
        pa.field("answered", TEXT),  # what they answer; null where nothing
        pa.field("thread", TEXT),
        pa.field("opener", pa.bool_()),  # whether the speaker began the thread
        pa.field("thanks", NUMBER),  # how likely they thank
        pa.field("solved", pa.bool_()),  # whether the source marks them as the solution
        pa.field("paid", pa.bool_()),  # whether a reward stands behind them
        pa.field("occurred_at", INSTANT),
        pa.field("unit", TEXT),
    ]
)
_LEAST_WORDS = 6  # of a line that can be told from chance where it stands again
_TALK = f"""
with answered as (
    select distinct reply_to as source_id from interaction
    where reply_to is not null and coalesce(level, '') <> 'employee'
),
said as (
    select i.id, i.source, i.source_id, coalesce(i.thread, i.reply_to, i.source_id) as thread, i.reply_to,
        coalesce(one.called, i.person) as person, i.text, i.attributes, i.occurred_at, i.unit,
        coalesce(i.incentive, '') = 'disclosed' as paid
    from interaction as i
    left join {ONE} as one on one.person = i.person
    left join answered on answered.source_id = i.source_id
    where i.kind in ('post', 'message', 'turn', 'review', 'idea') and i.person is not null
        and coalesce(i.level, '') <> 'employee'
        and (i.thread is not null or i.reply_to is not null or i.text like '%@%' or answered.source_id is not null)
),
talk as (
    select id, source, source_id, thread, reply_to, person, text, attributes, occurred_at, unit, paid,
        row_number() over (partition by source, thread order by occurred_at, id) as turn,
        lag(person) over (partition by source, thread order by occurred_at, id) as before,
        lag(id) over (partition by source, thread order by occurred_at, id) as previous
    from said
),
thanks as (
    select interaction, max(probability) as thanks from signal
    where layer = 'kind' and label = 'thanks' and score >= 0.5 group by interaction
)
select said.id, said.source, said.person, said.text, said.thread, said.occurred_at, said.unit, said.paid, said.turn,
    case when said.attributes like '%solved%' or said.attributes like '%accepted%' then said.attributes end as marks,
    coalesce(thanks.thanks, 0.0) as thanks, coalesce(opening.person = said.person, false) as opener,
    case when said.reply_to is not null then 'reply' else 'thread' end as how,
    case when said.reply_to is not null then parent.person when opening.person <> said.person then opening.person
        when said.turn > 1 then said.before end as other,
    case when said.reply_to is not null then parent.id when opening.person <> said.person then opening.id
        when said.turn > 1 then said.previous end as answered
from talk as said
left join talk as parent on parent.source = said.source and parent.source_id = said.reply_to
left join talk as opening on opening.source = said.source and opening.thread = said.thread and opening.turn = 1
left join thanks on thanks.interaction = said.id
order by said.source, said.thread, said.occurred_at, said.id
"""
_REFERRALS = """
select id, person, attributes, occurred_at, unit,
    coalesce(incentive, '') = 'disclosed' or campaign is not null as paid
from interaction
where person is not null and (kind = 'referral' or attributes like '%referred_by%') order by occurred_at, id
"""
_NAMES = "select id, name from person order by id"
_CALLED = f"select person, called from {ONE} as one order by person"
_OBJECTING = f"""select coalesce(one.called, p.id) as person, p.consents
    from person as p left join {ONE} as one on one.person = p.id
    where p.consents is not null
        and (p.consents not like '{{%' or p.consents like '%denied%' or p.consents like '%revoked%') order by p.id"""
Row = dict[str, Any]


def objecting(ask: Ask) -> list[str]:
    """Who does not want to be contacted, under any of their names."""
    return sorted({row["person"] for row in ask.lake(_OBJECTING).to_pylist() if consent.objects(row["consents"])})


def contacts(ask: Ask) -> pa.Table:
    """Every time one person spoke to another: CONTACT rows. What employees say is the brand's word, not theirs."""
    talk = ask.lake(_TALK)
    written = talk.filter(talk["text"].is_valid()).to_pylist()
    called = {row["person"]: row["called"] for row in ask.lake(_CALLED).to_pylist()}
    made = [*_named(ask, written, called), *_quoted(written), *_referred(ask, called)]
    found = pa.concat_tables([_answered(talk), pa.Table.from_pylist(made, schema=CONTACT)])
    known = pc.and_(found["right"].is_valid(), pc.not_equal(found["left"], found["right"]))
    return found.filter(pc.fill_null(known, False))


def _answered(talk: pa.Table) -> pa.Table:
    marks = talk["marks"].to_pylist()
    solved = pa.array([_told(each).get("solved") is True or _told(each).get("accepted") is True for each in marks])
    columns = {"left": talk["person"], "right": talk["other"], "interaction": talk["id"], "solved": solved}
    same = {name: talk[name] for name in CONTACT.names if name in talk.column_names}
    return pa.table(columns | same).select(CONTACT.names).cast(CONTACT)


def _named(ask: Ask, written: list[Row], called: dict[str, str]) -> list[Row]:
    """Who is called with an @, by any of their names, or by the whole name within a thread of theirs."""
    people = {row["person"] for row in written}
    known = ((row["id"], called.get(row["id"], row["id"]), row["name"]) for row in ask.lake(_NAMES).to_pylist())
    given = [(id, who, name) for id, who, name in known if who in people and name]
    names = {who: name for _, who, name in given} | {id: name for id, who, name in given if id == who}
    spoken = {name.lower().replace(" ", ""): who for _, who, name in given}
    spoken |= {id.lower(): who for id, who in called.items() if who in people}
    spoken |= {who.lower(): who for who in sorted(people)}
    found, earlier = [], defaultdict[tuple[str, str], dict[str, str]](dict)
    for row in written:
        meant = {spoken.get(each.lower()) for each in re.findall(r"@([\w.-]*\w)", row["text"])}
        found += [_row(row, who, "mention") for who in sorted(each for each in meant if each)]
        here = earlier[row["source"], row["thread"]]
        text = row["text"].lower() if here else ""
        found += [_row(row, who, "mention") for who, name in here.items() if name in text and who != row["person"]]
        if " " in (name := (names.get(row["person"]) or "").lower().strip()):
            here[row["person"]] = name
    return found


def _quoted(written: list[Row]) -> list[Row]:
    """Whose line stands again in a later text of the same thread, behind a > or word for word."""
    found, first = [], dict[tuple[str, str, str], Row]()
    for row in written:
        whose = {}
        for line in row["text"].splitlines():
            words = line.lstrip("> ").lower().split()
            if len(words) >= _LEAST_WORDS:
                said = first.setdefault((row["source"], row["thread"], " ".join(words)), row)
                whose[said["person"]] = said["id"]
        found += [_row(row, who, "quote", answered=which) for who, which in whose.items() if who != row["person"]]
    return found


def _row(row: Row, who: str, how: str, answered: str | None = None) -> Row:
    same = {name: row[name] for name in ("thread", "opener", "thanks", "paid", "occurred_at", "unit")}
    return same | {"left": row["person"], "right": who, "how": how, "interaction": row["id"], "answered": answered,
                   "solved": False}  # fmt: skip


def _referred(ask: Ask, called: dict[str, str]) -> list[Row]:
    """Who sent whom: `referred` in the attributes of a referral, or `referred_by` in those of who came."""
    found = []
    for row in ask.lake(_REFERRALS).to_pylist():
        told = _told(row["attributes"])
        for left, right in ((row["person"], told.get("referred")), (told.get("referred_by"), row["person"])):
            if isinstance(left, str) and isinstance(right, str):
                paid = bool(row["paid"] or told.get("coupon"))
                one, other = called.get(left, left), called.get(right, right)
                found.append({"left": one, "right": other, "how": "referral", "interaction": row["id"], "paid": paid,
                              "opener": False, "thanks": 0.0, "solved": False,
                              "occurred_at": row["occurred_at"], "unit": row["unit"]})  # fmt: skip
    return found


def _told(attributes: str | None) -> Row:
    """What the source said beside; nothing where it is no object."""
    try:
        found = json.loads(attributes or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
