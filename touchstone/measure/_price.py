"""What texts say of the price: by their words, and by what was understood of touchpoints about prices."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.tables import TEXT
from touchstone.core.taxonomy import Taxonomy
from touchstone.measure._answers import PERIODS, Question, period_text
from touchstone.measure._interactions import asked
from touchstone.measure._price_words import CLARITY, SAID, TOUCHPOINT, pattern

VERDICTS = ("dear", "unclear", "worth")
_COLUMNS = {"id": "r.id", "words": "r.text", "act": "r.kind", "speaker": "r.level", "place": "r.unit", "date": "r.day",
            "named": "r.campaign"}  # fmt: skip
_SETTLED = {
    "not_worth": "dear",
    "worth": "worth",
    "plain": "",
    "unclear": "unclear",
    "not_dear": "worth",
    "dear": "dear",
}
"""What each list of phrases settles, in this order; plain prices are spoken of, and nothing is wrong with them."""


def price_touchpoints(taxonomy: Taxonomy) -> tuple[list[str], list[str]]:
    """The touchpoints whose names speak of prices, and those among them whose names speak of clarity."""
    about = [each.name for each in taxonomy if set(each.name.casefold().split()) & set(TOUCHPOINT)]
    return about, [name for name in about if set(name.casefold().split()) & set(CLARITY)]


def _told(ask: Ask, question: Question) -> tuple[str, list[Any]]:
    """SQL of the texts that speak of the price, each with its verdict (null: none), and its parameters."""
    sql, parameters = asked(question, _COLUMNS)
    about, clear = price_touchpoints(ask.taxonomy)
    marks, clarity = (", ".join("?" * len(each)) or "NULL" for each in (about, clear))
    flags = ", ".join(f"said AND regexp_matches(small, ?) AS {name}" for name in SAID)
    settled = " ".join(f"WHEN {name} THEN '{says}'" for name, says in _SETTLED.items())
    text = f"""asked AS (
        SELECT *, {flags}, regexp_matches(small, ?) AS about FROM (
            SELECT *, regexp_matches(small, ?) AS said FROM (
                SELECT *, lower(words) AS small FROM ({sql}) AS told
                WHERE words IS NOT NULL AND coalesce(act, '') <> 'claim' AND coalesce(speaker, '') <> 'employee'
            ) AS texts WHERE regexp_matches(small, ?)
        ) AS few
    ), priced AS (
        SELECT interaction, max(CASE WHEN polarity = 'negative' THEN 1 ELSE 0 END) AS bad,
            max(CASE WHEN polarity = 'positive' AND touchpoint NOT IN ({clarity}) THEN 1 ELSE 0 END) AS good,
            max(CASE WHEN polarity = 'negative' AND touchpoint IN ({clarity}) THEN 1 ELSE 0 END) AS murky
        FROM mention WHERE touchpoint IN ({marks}) GROUP BY interaction
    ), spoken AS (
        SELECT asked.*, CASE {settled} WHEN murky = 1 THEN 'unclear' WHEN bad = 1 THEN 'dear'
            WHEN good = 1 THEN 'worth' END AS verdict
        FROM asked LEFT JOIN priced ON priced.interaction = asked.id
        WHERE said OR (about AND priced.interaction IS NOT NULL)
    )"""
    if not clear:
        text = text.replace("AND touchpoint NOT IN (NULL)", "")
    patterns = [pattern(name) for name in (*SAID, "about", "said")]  # each looks at what those outside it let through
    return text, [*patterns, *parameters, pattern("any"), *clear, *clear, *about]


def heard(ask: Ask, question: Question) -> pa.Table:
    """By group: the texts that speak of the price (`n`), and how many say each verdict."""
    sql, parameters = _told(ask, question)
    keys = ", ".join(f'"{each}"' for each in question.by)
    first, grouped = (f"{keys}, ", f"GROUP BY {keys} ORDER BY {keys}") if keys else ("", "HAVING count(*) > 0")
    table = ask.lake(f"WITH {sql} SELECT {first}{_counted()} FROM spoken {grouped}", parameters)
    for name in set(question.by) & set(PERIODS):
        table = table.set_column(table.column_names.index(name), name, period_text(table[name], name))
    return table


def _counted() -> str:
    return "count(*) AS n, " + ", ".join(f"count(*) FILTER (WHERE verdict = '{each}') AS {each}" for each in VERDICTS)


def traded(ask: Ask, question: Question) -> pa.Table:
    """By other touchpoint: texts unhappy with the price that praise it, of those that speak of any other.

    Columns `hits`, `n`, and `other_hits`, `other_n` of texts that speak of the price otherwise.
    """
    sql, parameters = _told(ask, question)
    about, _ = price_touchpoints(ask.taxonomy)
    marks = ", ".join("?" * len(about)) or "''"
    return ask.lake(
        f"""WITH {sql}, others AS (
            SELECT interaction, touchpoint AS spot, max(CASE WHEN polarity = 'positive' THEN 1 ELSE 0 END) AS praised
            FROM mention WHERE touchpoint NOT IN ({marks}) GROUP BY interaction, touchpoint
        ), beside AS (
            SELECT spoken.id, spot, praised,
                coalesce(verdict, '') IN ('dear', 'unclear') OR (dear AND NOT not_dear) AS unhappy
            FROM spoken JOIN others ON others.interaction = spoken.id
        ), sizes AS (
            SELECT count(*) FILTER (WHERE unhappy) AS n, count(*) FILTER (WHERE NOT unhappy) AS other_n
            FROM (SELECT id, unhappy FROM beside GROUP BY id, unhappy) AS texts
        ) SELECT spot AS touchpoint, count(*) FILTER (WHERE unhappy AND praised = 1) AS hits, max(n) AS n,
            count(*) FILTER (WHERE NOT unhappy AND praised = 1) AS other_hits, max(other_n) AS other_n
        FROM beside CROSS JOIN sizes GROUP BY spot ORDER BY spot""",
        [*parameters, *about],
    )


def plain_prices(ask: Ask, question: Question, file: pa.Table | None, plain: str) -> pa.Table:
    """Counts as `heard`, texts where prices are plain apart (`inside`): at these units, or since these campaigns."""
    names = [each.strip() for each in plain.split(",") if each.strip()]
    if file is not None:
        units = pc.cast(file["unit"], TEXT) if "unit" in file.column_names else pa.nulls(len(file), TEXT)
        inside = pc.is_in(units, pa.array(names, TEXT))
        return of_file(file.append_column("inside", inside), ("inside",))
    sql, parameters = _told(ask, question)
    marks = ", ".join("?" * len(names))
    own, more = asked(Question((), question.where, question.since, question.until), _COLUMNS)
    return ask.lake(
        f"""WITH {sql}, started AS (SELECT min("date") AS start FROM ({own}) AS whole WHERE named IN ({marks})),
        sided AS (
            SELECT spoken.*, coalesce(place, '') IN ({marks}) OR coalesce("date" >= start, false) AS inside
            FROM spoken CROSS JOIN started
        ) SELECT inside, {_counted()} FROM sided GROUP BY inside ORDER BY inside""",
        [*parameters, *more, *names, *names],
    )


def of_file(table: pa.Table, by: tuple[str, ...]) -> pa.Table:
    """By group of a file's texts, the same counts by words alone."""
    known = table.filter(pc.is_valid(table["text"]))
    for name in by:
        known = known.filter(pc.is_valid(known[name]))
    lowered = pc.utf8_lower(known["text"])
    verdict = pa.nulls(len(known), TEXT)
    for name, says in reversed(_SETTLED.items()):
        verdict = pc.if_else(pc.match_substring_regex(lowered, pattern(name)), says, verdict)
    spoken = known.select(list(by)) if by else pa.table({"all": ["all"] * len(known)})
    for name in VERDICTS:
        spoken = spoken.append_column(name, pc.cast(pc.fill_null(pc.equal(verdict, name), False), pa.int64()))
    spoken = spoken.append_column("n", pa.array([1] * len(known), pa.int64())).filter(pc.is_valid(verdict))
    keys = list(by) or ["all"]
    summed = spoken.group_by(keys).aggregate([(name, "sum") for name in ("n", *VERDICTS)])
    renamed = summed.rename_columns([each.removesuffix("_sum") for each in summed.column_names])
    return renamed.sort_by([(name, "ascending") for name in keys])
