"""The journey's last step: what calls for an answer becomes a conversation, with how much it presses and who takes it.

What people made of a conversation (its state, its owner) stays theirs; a new word of the customer reopens it.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.tables import ours
from touchstone.rules import inbox
from touchstone.store import conversations


def converse(store: Any, *, settled: bool = True) -> dict[str, Any]:
    """Brings the conversations to where the lake is: {"conversations": how many were heard of since}.

    Not `settled`: words came that are not understood yet, and the next time goes over them again.
    """
    ask = store.ask(near=True)  # the question is small, and asked in words of DuckDB
    since = conversations.heard_upto(store)
    upto = ask.lake("select max(seq) as seq from interaction")["seq"][0].as_py() or 0
    found = heard(ask, since=since)
    conversations.keep(store, found, upto=upto if settled else since)
    return {"conversations": len(found)}


def heard(ask: Ask, *, since: int) -> pa.Table:
    """Conversations of which anything is told by interactions above seq `since`, or by a plan, as rows of the table."""
    return ask.lake(_SQL, [since, ask.now])


def _listed(names: Any) -> str:
    return ", ".join(f"'{each}'" for each in names)


def _weighed(column: str) -> str:
    return " ".join(
        f"when {column} = '{kind}' then {weight}" for kind, weight in {**inbox.KINDS, **inbox.OTHERS}.items()
    )


_URGENCY, _STAKE = (int(each.total_seconds() * 1e6) for each in (inbox.URGENCY, inbox.STAKE))
_CUSTOMER = f"(not {ours('i.')} and coalesce(i.level, '') not in ({_listed(inbox.APART)}))"
_SQL = f"""
with route as (
    select "by"['conversation'] as id, "by"['expert'] as expert,
        coalesce(json_extract_string(detail, '$.reason'), json_extract_string(detail, '$.why')) as reason
    from plan where maker like 'route%' and "by"['conversation'] is not null and coalesce("by"['rank'], '1') = '1'
), touched as (
    select distinct coalesce(thread, id) as id from interaction where seq > ?
    union select id from route
), kinds as (
    select s.interaction,
        coalesce(max_by(s.label, case {_weighed("s.label")} end) filter (s.layer = 'kind'), '{inbox.WORD}') as kind,
        coalesce(max(s.score) filter (s.layer = 'urgency'), 0) as urgent,
        bool_or(s.label in ({_listed(inbox.KINDS)})) as calls, bool_or(s.label in ({_listed(inbox.THANKS)})) as thanks
    from signal s where s.layer in ('kind', 'urgency') and s.score >= 0.5
        and (s.layer = 'urgency' or s.label in ({_listed([*inbox.KINDS, *inbox.OTHERS, *inbox.THANKS])}))
    group by s.interaction
), spoken as (
    select s.interaction, min(s.label) as language from signal s
    where s.layer = 'language' and s.label <> 'und' and s.score >= 0.5 group by s.interaction
), about as (
    select m.interaction, arg_min(m.touchpoint, m.sentiment) as touchpoint from mention m group by m.interaction
), said as (
    select coalesce(i.thread, i.id) as conversation, i.id, i.seq, i.unit, i.person, i.channel, i.source, i.level,
        coalesce(i.touchpoint, a.touchpoint) as touchpoint, coalesce(i.language, l.language) as language,
        coalesce(i.occurred_at, i.received_at) as said_at, {_CUSTOMER} as theirs,
        coalesce(i.level, '') in ('end_customer', 'prospect') as first_of_all,
        coalesce(k.kind, '{inbox.WORD}') as kind, coalesce(k.urgent, 0) as urgent,
        coalesce(k.calls, false) or (i.kind in ({_listed(inbox.WRITTEN)}) and i.text is not null) as calls,
        coalesce(k.thanks, false) and not coalesce(k.calls, false) as thanks
    from interaction i
    left join kinds k on k.interaction = i.id
    left join spoken l on l.interaction = i.id
    left join about a on a.interaction = i.id
    where coalesce(i.thread, i.id) in (select id from touched)
        and (i.text is not null or i.kind in ('message', 'turn'))
), asker as (
    select conversation, arg_min(coalesce(level, ''), row(not first_of_all, said_at, seq)) as level
    from said where theirs group by conversation
), marked as (
    select s.*, s.theirs and coalesce(s.level, '') = a.level as asks from said s join asker a using (conversation)
), whole as (
    select conversation as id, arg_min(unit, row(said_at, seq)) filter (asks and unit is not null) as unit,
        arg_min(person, row(said_at, seq)) filter (asks and person is not null) as person,
        arg_max(channel, row(said_at, seq)) filter (asks) as channel,
        arg_max(source, row(said_at, seq)) filter (asks) as source,
        arg_min(level, row(said_at, seq)) filter (asks) as level,
        arg_min(touchpoint, row(said_at, seq)) filter (asks and touchpoint is not null) as touchpoint,
        arg_min(language, row(said_at, seq)) filter (asks and language is not null) as language,
        max_by(kind, case {_weighed("kind")} end) filter (asks) as kind,
        arg_max(marked.id, row(said_at, seq)) filter (asks) as latest,
        min(said_at) as opened_at, max(said_at) filter (asks and not thanks) as wanted_at,
        max(said_at) filter (asks) as spoken_at, max(said_at) filter (not asks and not theirs) as answered_at,
        max(urgent) filter (asks) as urgent, count(*) as "count"
    from marked group by conversation having bool_or(asks and calls)
), worth as (
    select "by"['unit'] as unit, "by"['person'] as person, value from metric
    where name = 'lifetime_value' and value is not null
), staked as (
    select w.*, coalesce(w.wanted_at, w.spoken_at) as heard_at,
        1 - (1 - case {_weighed("w.kind")} else {inbox.OTHERS[inbox.WORD]} end) * (1 - least(w.urgent, 1)) as urgency,
        coalesce(p.value, u.value, b.value) as stake, b.value as usual
    from whole w
    left join (select unit, any_value(value) as value from worth where unit is not null and person is null
        group by unit) u on u.unit = w.unit
    left join (select person, any_value(value) as value from worth where person is not null group by person) p
        on p.person = w.person
    left join (select any_value(value) as value from worth where unit is null and person is null) b on true
)
select s.id, s.unit, s.person, s.channel, s.source, s.level, s.touchpoint, s.language, s.kind, s.latest, s.opened_at,
    s.heard_at, s.answered_at, cast(s."count" as bigint) as "count", cast(s.urgency as double) as urgency,
    cast(s.stake as double) as stake,
    s.heard_at - to_microseconds(cast(s.urgency * {_URGENCY} + {_STAKE} *
        case when s.stake > 0 and s.usual > 0 then 2 * s.stake / (s.stake + s.usual) - 1 else 0 end as bigint)
        ) as pressing_at,
    r.expert as suggested,
    coalesce(r.reason, case when s.unit is null then 'By rule: head office takes it.'
        else 'By rule: ' || coalesce(n.name, s.unit) || ' takes it, which it is about.' end) as reason
from staked s left join route r on r.id = s.id left join unit n on n.id = s.unit
where s.heard_at > (select least(max(coalesce(occurred_at, received_at)), ?) from interaction)
    - to_days({inbox.HISTORY.days})
order by s.id
"""
