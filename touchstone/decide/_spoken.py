"""Conversations of a home as answers once given and conversations that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pyarrow as pa

from touchstone.core.ask import Ask

_MOST = 200  # conversations that wait, the latest
_TALK = """
WITH talk AS (
    SELECT coalesce(thread, id) AS conversation, seq, id, person, level IN ('end_customer', 'prospect') AS customer,
        unit, product, language, kind, occurred_at, text
    FROM interaction WHERE text IS NOT NULL AND kind IN ('message', 'turn', 'review') AND level IN
        ('end_customer', 'prospect', 'employee', 'department', 'dealer', 'distributor', 'agency')
), asked AS (
    SELECT conversation, person, unit, product, language, kind, occurred_at, text FROM (
        SELECT *, row_number() OVER (PARTITION BY conversation ORDER BY occurred_at, seq) AS place
        FROM talk WHERE customer
    ) AS numbered WHERE place = 1
), told AS (
    SELECT conversation, person AS expert, min(occurred_at) AS occurred_at, string_agg(text, ' ') AS answer
    FROM talk WHERE NOT customer AND person IS NOT NULL GROUP BY conversation, person
)
"""
_WAITING = """
SELECT a.conversation AS conversation, a.person AS person, a.unit AS unit, a.product AS product,
    a.language AS language, a.occurred_at AS occurred_at, a.text AS text
FROM asked AS a WHERE {which} ORDER BY a.occurred_at DESC, a.conversation LIMIT {most}
"""
_OPEN = "a.kind <> 'review' AND a.occurred_at >= ? AND a.conversation NOT IN (SELECT conversation FROM told)"
_NAMED = "a.conversation IN (SELECT unnest(?))"
_TOLD = """
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
SELECT t.conversation AS conversation, t.expert AS expert, greatest(t.occurred_at, a.occurred_at) AS occurred_at,
    t.answer AS answer, a.person AS person, a.unit AS unit, a.product AS product, a.language AS language,
    a.text AS text,
    CASE WHEN e.troubled = 1 THEN false WHEN e.pleased = 1 THEN true END AS solved
FROM told AS t JOIN asked AS a ON a.conversation = t.conversation
LEFT JOIN ended AS e ON e.conversation = t.conversation
ORDER BY occurred_at DESC, conversation, expert LIMIT 50000
"""


def spoken(ask: Ask, conversation: Sequence[str], *, days: int) -> pa.Table:
    """Answers of the company's and its partners' people, and conversations named or, of the last `days`, unanswered.

    A conversation is a thread, or an interaction by itself; its question is the customer's first text. It was solved
    where the customer's last text thanks or praises and names no problem, not solved where it does; else nobody knows.
    """
    which, value = (_NAMED, list(conversation)) if conversation else (_OPEN, ask.now - timedelta(days=days))
    waiting = ask.lake(_TALK + _WAITING.format(which=which, most=_MOST), [value])
    waiting = waiting.append_column("expert", pa.nulls(len(waiting), pa.string()))
    if not len(waiting):
        return waiting
    return pa.concat_tables([ask.lake(_TALK + _TOLD), waiting], promote_options="default")
