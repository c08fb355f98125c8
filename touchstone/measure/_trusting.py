"""What people of a home say and do that speaks of trust, summed up person by person in SQL."""

from __future__ import annotations

import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.measure._answers import Question
from touchstone.measure._interactions import asked

PARTS = ("recommendation", "promise", "honesty", "repeat", "refusal")
_HONEST = (
    "(honest(y|[^a-z]|$)|trustworth|transparent|sincere|kept (their|its|his|her) word|honn[eê]te|digne de confiance|"
    "honrad|honest[oa]s?([^a-z]|$)|sincer[oa]|de confianza|ehrlich|aufrichtig|vertrauensw)"
)
_FALSE = (
    "(dishonest|untrustworth|misleading|misled|deceiv|cheat(ed|ing)|scam|fraud|liars?([^a-z]|$)|lied to|told me lies|"
    "broken promise|ripped off|malhonn|menteu|(a|ont|avez) menti([^a-z]|$)|arnaqu|deshonest|mentira|mintier|enga[nñ]|"
    "estafa|unehrlich|gelogen|betrog|betrug)"
)
"""Words that call somebody honest, or false, in English, French, Spanish and German."""
_COLUMNS = {"id": "r.id", "person": "coalesce(r.person, r.id)", "act": "r.kind", "speaker": "r.level",
            "asked_as": "r.metric", "score": "r.value", "floor": "r.worst", "ceiling": "r.best",
            "about": "r.touchpoint", "date": "r.day", "said": "lower(r.text)"}  # fmt: skip
_SQL = """WITH asked AS ({asked}), promised AS (
    SELECT touchpoint,
        avg(CASE WHEN best <> worst AND value IS NOT NULL THEN (value - worst) / (best - worst) ELSE 1.0 END) AS level
    FROM interaction WHERE kind = 'claim' AND touchpoint IS NOT NULL GROUP BY touchpoint
), leaving AS (
    SELECT interaction FROM signal WHERE layer = 'kind' AND label = 'churn_threat' AND score >= 0.5 GROUP BY interaction
), heard AS (
    SELECT asked.*, promised.level AS level_promised, leaving.interaction IS NOT NULL AS leaves,
        CASE WHEN ceiling <> floor THEN (score - floor) / (ceiling - floor) END AS share,
        regexp_matches(said, '{false}') AS false_words, regexp_matches(said, '{honest}') AS honest_words
    FROM asked LEFT JOIN promised ON promised.touchpoint = asked.about
        LEFT JOIN leaving ON leaving.interaction = asked.id
    WHERE coalesce(act, '') <> 'claim' AND coalesce(speaker, '') NOT IN ('employee', 'department', 'vendor')
), by_person AS (
    SELECT {keys}person,
        sum(CASE WHEN asked_as = 'nps' AND share BETWEEN 0 AND 1 THEN share ELSE 0.0 END) AS said_recommendation,
        count(*) FILTER (WHERE asked_as = 'nps' AND share BETWEEN 0 AND 1) AS heard_recommendation,
        sum(CASE WHEN asked_as = 'rating' AND share BETWEEN 0 AND 1 AND level_promised > 0
            THEN CASE WHEN share < level_promised THEN share / level_promised ELSE 1.0 END ELSE 0.0 END
        ) AS said_promise,
        count(*) FILTER (WHERE asked_as = 'rating' AND share BETWEEN 0 AND 1 AND level_promised > 0) AS heard_promise,
        count(*) FILTER (WHERE honest_words AND NOT false_words) AS said_honesty,
        count(*) FILTER (WHERE honest_words OR false_words) AS heard_honesty,
        CASE WHEN min(CASE WHEN act = 'purchase' THEN "date" END) < max(CASE WHEN act = 'purchase' THEN "date" END)
            THEN 1 ELSE 0 END AS said_repeat,
        CASE WHEN count(*) FILTER (WHERE act = 'purchase' AND "date" IS NOT NULL) > 0 THEN 1 ELSE 0 END AS heard_repeat,
        count(*) FILTER (WHERE said IS NOT NULL AND leaves) AS said_refusal,
        count(*) FILTER (WHERE said IS NOT NULL) AS heard_refusal
    FROM heard GROUP BY {keys}person
) SELECT {keys}{sums} FROM by_person {end}"""


def sums(ask: Ask, question: Question) -> pa.Table:
    """The by columns, and for each group sums and sums of products over people of what they say of each part.

    `said_` and `heard_` are sums by part, `people_` those who speak to it, `said_x__heard_y` the sum of a product.
    """
    sql, parameters = asked(question, _COLUMNS)
    keys = ", ".join(f'"{each}"' for each in question.by)
    names = [f"{kind}_{part}" for kind in ("said", "heard") for part in PARTS]
    wanted = [f"CAST(sum({name}) AS DOUBLE) AS {name}" for name in names]
    wanted += [f"CAST(count(*) FILTER (WHERE heard_{part} > 0) AS BIGINT) AS people_{part}" for part in PARTS]
    wanted += [f"CAST(sum(CAST({one} AS DOUBLE) * {two}) AS DOUBLE) AS {one}__{two}"
               for place, one in enumerate(names) for two in names[place:]]  # fmt: skip
    end = f"GROUP BY {keys} ORDER BY {keys}" if keys else "HAVING count(*) > 0"
    words = {"honest": _HONEST, "false": _FALSE}
    text = _SQL.format(asked=sql, keys=f"{keys}, " if keys else "", sums=", ".join(wanted), end=end, **words)
    return ask.lake(text, parameters)
