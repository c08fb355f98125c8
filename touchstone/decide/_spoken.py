"""Conversations of a home as answers once given and conversations that wait, with what is known of either side.

Customers count under the id they are called by. A language is that of the source, else what the words tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.tables import ONE

_MOST = 200  # conversations that wait, the latest
_TALK = f"""
WITH heard AS (
    SELECT interaction, min(label) AS language FROM signal
    WHERE layer = 'language' AND label <> 'und' AND score >= 0.5 GROUP BY interaction
), talk AS (
    SELECT coalesce(i.thread, i.id) AS conversation, i.seq AS seq, i.id AS id,
        i.level IN ('end_customer', 'prospect') AS customer, coalesce(one.called, i.person) AS person, i.level AS level,
        i.unit AS unit, i.product AS product, i.touchpoint AS touchpoint, coalesce(i.language, h.language) AS language,
        i.kind AS kind, i.occurred_at AS occurred_at, i.text AS text
    FROM interaction AS i LEFT JOIN {ONE} AS one ON one.person = i.person LEFT JOIN heard AS h ON h.interaction = i.id
    WHERE i.text IS NOT NULL AND i.kind IN ('message', 'turn', 'review') AND i.level IN
        ('end_customer', 'prospect', 'employee', 'department', 'dealer', 'distributor', 'agency')
), asked AS (
    SELECT conversation, person, unit, product, touchpoint, language, kind, occurred_at, text FROM (
        SELECT conversation, person, unit, product, touchpoint, language, kind, occurred_at, text,
            row_number() OVER (PARTITION BY conversation ORDER BY occurred_at, seq) AS place
        FROM talk WHERE customer
    ) AS numbered WHERE place = 1
), told AS (
    SELECT conversation, person AS expert, max(level) AS level, min(occurred_at) AS occurred_at,
        string_agg(text, ' ') AS answer
    FROM talk WHERE NOT customer AND person IS NOT NULL GROUP BY conversation, person
), kinds AS (
    SELECT t.conversation AS conversation, max(CASE WHEN s.label = 'request' THEN 1 ELSE 0 END) AS wants,
        max(CASE WHEN s.label IN ('problem', 'churn_threat') THEN 1 ELSE 0 END) AS troubled
    FROM talk AS t JOIN signal AS s ON s.interaction = t.id
    WHERE t.customer AND s.score >= 0.5 GROUP BY t.conversation
)
"""
_WAITING = """
SELECT a.conversation AS conversation, a.person AS person, a.unit AS unit, a.product AS product,
    a.touchpoint AS touchpoint, a.language AS language, a.occurred_at AS occurred_at, a.text AS text,
    cast(CASE WHEN k.wants = 1 AND k.troubled = 0 THEN 1 WHEN k.wants IS NOT NULL THEN 0 END AS double) AS ready
FROM asked AS a LEFT JOIN kinds AS k ON k.conversation = a.conversation
WHERE {which} ORDER BY a.occurred_at DESC, a.conversation LIMIT {most}
"""
_OPEN = "a.kind <> 'review' AND a.occurred_at >= ? AND a.conversation NOT IN (SELECT conversation FROM told)"
_NAMED = "a.conversation IN (SELECT unnest(?))"
_ENDED = """
, last AS (
    SELECT conversation, id, place FROM (
        SELECT conversation, id, row_number() OVER (PARTITION BY conversation ORDER BY occurred_at, seq) AS place,
            row_number() OVER (PARTITION BY conversation ORDER BY occurred_at DESC, seq DESC) AS back
        FROM talk WHERE customer
    ) AS numbered WHERE back = 1 AND place > 1
), ended AS (
    SELECT l.conversation AS conversation, max(CASE WHEN s.label IN ('thanks', 'praise') THEN 1 ELSE 0 END) AS pleased,
        max(CASE WHEN s.label IN ('problem', 'churn_threat') THEN 1 ELSE 0 END) AS troubled
    FROM last AS l JOIN signal AS s ON s.interaction = l.id
    WHERE s.layer = 'kind' AND s.score >= 0.5 GROUP BY l.conversation
)
"""
_TOLD = """
SELECT t.conversation AS conversation, t.expert AS expert, t.level AS level,
    greatest(t.occurred_at, a.occurred_at) AS occurred_at,
    t.answer AS answer, a.person AS person, a.unit AS unit, a.product AS product,
    a.touchpoint AS touchpoint, a.language AS language, a.text AS text,
    CASE WHEN e.troubled = 1 THEN false WHEN e.pleased = 1 THEN true END AS solved
FROM told AS t JOIN asked AS a ON a.conversation = t.conversation
LEFT JOIN ended AS e ON e.conversation = t.conversation
ORDER BY occurred_at DESC, conversation, expert LIMIT 50000
"""
_LOAD = """
, newest AS (
    SELECT conversation, customer, kind, occurred_at FROM (
        SELECT conversation, customer, kind, occurred_at,
            row_number() OVER (PARTITION BY conversation ORDER BY occurred_at DESC, seq DESC) AS back FROM talk
    ) AS numbered WHERE back = 1
)
SELECT t.expert AS expert, count(*) AS load FROM told AS t JOIN newest AS n ON n.conversation = t.conversation
LEFT JOIN ended AS e ON e.conversation = t.conversation
WHERE n.customer AND n.kind = 'message' AND n.occurred_at >= ? AND coalesce(e.pleased, 0) = 0
GROUP BY t.expert ORDER BY t.expert
"""


def spoken(ask: Ask, conversation: Sequence[str], *, days: int, sales: Sequence[str]) -> pa.Table:
    """Answers of the company's and its partners' people, and conversations named or, of the last `days`, unanswered.

    A conversation is a thread, or an interaction by itself; its question is the customer's first text. It was solved
    where the customer's last text thanks or praises and names no problem, not solved where it does; else nobody knows.
    An expert's `load` are those in which the customer wrote last, within `days` and without thanks. Who is
    named in `sales`, or whose level is, sells; ready to buy is who wants something done and has no problem.
    """
    since = ask.now - timedelta(days=days)
    which, value = (_NAMED, list(conversation)) if conversation else (_OPEN, since)
    waiting = ask.lake(_TALK + _WAITING.format(which=which, most=_MOST), [value])
    waiting = waiting.append_column("expert", pa.nulls(len(waiting), pa.string()))
    if not len(waiting):
        return waiting
    told = ask.lake(_TALK + _ENDED + _TOLD)
    load = ask.lake(_TALK + _ENDED + _LOAD, [since])
    at = pc.index_in(told["expert"], value_set=load["expert"].combine_chunks())
    told = told.append_column("load", pc.fill_null(load["load"].cast(pa.float64()).take(at), 0.0))
    sells = pc.or_(*(pc.is_in(told[name], value_set=pa.array(sales, pa.string())) for name in ("expert", "level")))
    told = told.append_column("sales", sells.cast(pa.float64()))
    return pa.concat_tables([told, waiting], promote_options="default")
