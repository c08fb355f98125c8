"""What texts say of the price: by their words, and by what was understood of touchpoints about prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.tables import TEXT
from touchstone.core.taxonomy import Taxonomy
from touchstone.measure._answers import PERIODS, Question, period_text
from touchstone.measure._interactions import asked
from touchstone.measure._price_words import CLARITY, SAID, TOUCHPOINT, pattern
from touchstone.science.clustered import Clusters

VERDICTS = ("dear", "unclear", "worth")
_COLUMNS = {"id": "r.id", "words": "r.text", "act": "r.kind", "speaker": "r.level", "place": "r.unit", "date": "r.day",
            "named": "r.campaign", "who": "coalesce(r.person, '~' || r.id)"}  # fmt: skip
_SETTLED = {
    "not_worth": "dear",
    "worth": "worth",
    "plain": "",
    "unclear": "unclear",
    "not_dear": "worth",
    "dear": "dear",
}
"""What each list of phrases settles, in this order; plain prices are spoken of, and nothing is wrong with them."""
_SUMS = {"n": "texts", "n_squared": "texts * texts"} | {
    name: told
    for each in VERDICTS
    for name, told in (
        (each, each),
        (f"{each}_squared", f"{each} * {each}"),
        (f"{each}_crossed", f"{each} * texts"),
        (f"{each}_worded", f"{each}_worded"),
    )
}
"""What is summed over people: their texts, those that say each verdict (and in words), squares and products."""
_TRADED = {
    name: f"CAST({told} AS BIGINT)"
    for side, size in (("hits", "n"), ("others", "rest"))
    for name, told in (
        (side, f"sum({side})"),
        (f"{side}_squared", f"sum({side} * {side})"),
        (f"{side}_crossed", f"sum({side} * {size})"),
        (size, f"max(all_{size})"),
        (f"{size}_squared", f"max({size}_squared)"),
    )
}
"""What is summed over people of a touchpoint: the praise of both sides, squares and products, and their texts."""
_BESIDE = """named AS (
        SELECT interaction, touchpoint AS spot, max(CASE WHEN polarity = 'positive' THEN 1 ELSE 0 END) AS praised
        FROM mention WHERE touchpoint NOT IN ({marks}) GROUP BY interaction, touchpoint
    ), beside AS (
        SELECT spoken.id, who, spot, praised,
            coalesce(verdict, '') IN ('dear', 'unclear') OR (dear AND NOT not_dear) AS unhappy
        FROM spoken JOIN named ON named.interaction = spoken.id
    ), sizes AS (
        SELECT who, count(*) FILTER (WHERE unhappy) AS n, count(*) FILTER (WHERE NOT unhappy) AS rest
        FROM (SELECT id, who, unhappy FROM beside GROUP BY id, who, unhappy) AS texts GROUP BY who
    ), whole AS (
        SELECT sum(n) AS all_n, sum(n * n) AS n_squared, sum(rest) AS all_rest, sum(rest * rest) AS rest_squared
        FROM sizes
    ), praises AS (
        SELECT spot, who, count(*) FILTER (WHERE unhappy AND praised = 1) AS hits,
            count(*) FILTER (WHERE NOT unhappy AND praised = 1) AS others
        FROM beside GROUP BY spot, who
    )"""


def price_touchpoints(taxonomy: Taxonomy) -> tuple[list[str], list[str]]:
    """The touchpoints whose names speak of prices, and those among them whose names speak of clarity."""
    about = [each.name for each in taxonomy if set(each.name.casefold().split()) & set(TOUCHPOINT)]
    return about, [name for name in about if set(name.casefold().split()) & set(CLARITY)]


def _told(ask: Ask, question: Question) -> tuple[str, list[Any]]:
    """SQL of the texts that speak of the price, each with its verdict (null: none), and its parameters."""
    sql, parameters = asked(question, _COLUMNS)
    about, clear = price_touchpoints(ask.taxonomy)
    marks, clarity = (", ".join("?" * len(each)) or "NULL" for each in (about, clear))
    flags = ", ".join(f"CASE WHEN said THEN regexp_matches(small, ?) ELSE false END AS {name}" for name in SAID)
    settled = " ".join(f"WHEN {name} THEN '{says}'" for name, says in _SETTLED.items())
    text = f"""asked AS (
        SELECT *, {flags}, regexp_matches(small, ?) AS about FROM (
            SELECT *, regexp_matches(small, ?) AS said FROM (
                SELECT *, lower(words) AS small FROM ({sql}) AS told
                WHERE words IS NOT NULL AND coalesce(act, '') <> 'claim' AND coalesce(speaker, '') <> 'employee'
            ) AS texts WHERE regexp_matches(small, ?)
        ) AS few
    ), priced AS (
        SELECT m.interaction, max(CASE WHEN m.polarity = 'negative' THEN 1 ELSE 0 END) AS bad,
            max(CASE WHEN m.polarity = 'positive' AND m.touchpoint NOT IN ({clarity}) THEN 1 ELSE 0 END) AS good,
            max(CASE WHEN m.polarity = 'negative' AND m.touchpoint IN ({clarity}) THEN 1 ELSE 0 END) AS murky
        FROM mention AS m JOIN asked ON asked.id = m.interaction
        WHERE asked.about AND m.touchpoint IN ({marks})
            AND regexp_matches(coalesce(substr(small, m.start + 1, m.stop - m.start), small), ?)
        GROUP BY m.interaction
    ), spoken AS (
        SELECT asked.*, CASE {settled} WHEN murky = 1 THEN 'unclear' WHEN bad = 1 THEN 'dear'
            WHEN good = 1 THEN 'worth' END AS verdict
        FROM asked LEFT JOIN priced ON priced.interaction = asked.id
        WHERE said OR priced.interaction IS NOT NULL
    )"""
    if not clear:
        text = text.replace("AND m.touchpoint NOT IN (NULL)", "")
    patterns = [pattern(name) for name in (*SAID, "about", "said")]  # each looks at what those outside it let through
    return text, [*patterns, *parameters, pattern("any"), *clear, *clear, *about, pattern("about")]


def heard(ask: Ask, question: Question) -> pa.Table:
    """By group, sums over people: the texts that speak of the price (`n`), and how many say each verdict."""
    sql, parameters = _told(ask, question)
    table = ask.lake(f"WITH {sql} {_summed('spoken', question.by)}", parameters)
    for name in set(question.by) & set(PERIODS):
        table = table.set_column(table.column_names.index(name), name, period_text(table[name], name))
    return table


def heard_and_traded(ask: Ask, question: Question) -> tuple[pa.Table, pa.Table]:
    """Asked by nothing, what `heard` says; and by other touchpoint what texts unhappy with the price praise (`hits`).

    `n` are then such texts that speak of any other, `others` and `rest` the same of texts that speak of the price
    otherwise; sums over people. One statement, so that texts are read once.
    """
    sql, parameters = _told(ask, question)
    about, _ = price_touchpoints(ask.taxonomy)
    marks = ", ".join("?" * len(about)) or "''"
    both = ask.lake(
        f"""WITH {sql}, {_BESIDE.format(marks=marks)}, verdicts AS ({_summed("spoken", ())}), trades AS (
            SELECT spot, {", ".join(f"{told} AS {name}" for name, told in _TRADED.items())}
            FROM praises JOIN sizes ON sizes.who = praises.who CROSS JOIN whole GROUP BY spot
        ) SELECT 0 AS part, CAST(NULL AS VARCHAR) AS touchpoint, {_padded(_SUMS)} FROM verdicts
        UNION ALL SELECT 1 AS part, spot AS touchpoint, {_padded(_TRADED)} FROM trades ORDER BY part, touchpoint""",
        [*parameters, *about],
    )
    told = both.filter(pc.equal(both["part"], 0)).select(list(_SUMS))
    return told, both.filter(pc.equal(both["part"], 1)).select(["touchpoint", *_TRADED])


def _padded(own: Iterable[str]) -> str:
    """All columns of both parts, null where a part has none."""
    every = dict.fromkeys([*_SUMS, *_TRADED])
    return ", ".join(name if name in set(own) else f"CAST(NULL AS BIGINT) AS {name}" for name in every)


def _summed(told: str, by: Sequence[str]) -> str:
    """SQL of sums over people: of texts and of those that say each verdict, of their squares and products."""
    keys = ", ".join(f'"{each}"' for each in by)
    own, grouped = (f"{keys}, ", f"GROUP BY {keys} ORDER BY {keys}") if keys else ("", "HAVING count(*) > 0")
    counts = ", ".join(
        f"count(*) FILTER (WHERE verdict = '{each}'{more}) AS {each}{name}"
        for each in VERDICTS
        for name, more in (("", ""), ("_worded", " AND said"))
    )
    sums = ", ".join(f"CAST(sum({each}) AS BIGINT) AS {name}" for name, each in _SUMS.items())
    people = f"SELECT {own}who, count(*) AS texts, {counts} FROM {told} GROUP BY {own}who"
    return f"SELECT {own}{sums} FROM ({people}) AS people {grouped}"


def clusters(table: pa.Table, names: Sequence[str], n: str = "n") -> Clusters:
    """The sums of a table's rows for each of these columns, row by row, names within rows."""

    def gathered(pattern: str) -> Any:
        columns = [table[pattern.format(name=name, n=n)].to_numpy(zero_copy_only=False) for name in names]
        return np.stack(columns, axis=1).astype(float).ravel()

    return Clusters(*(gathered(each) for each in ("{name}", "{n}", "{name}_squared", "{name}_crossed", "{n}_squared")))


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
        ) {_summed("sided", ["inside"])}""",
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
    who = pc.cast(known["person"], TEXT) if "person" in known.column_names else pa.nulls(len(known), TEXT)
    alone = pc.binary_join_element_wise("~", pc.cast(pa.array(np.arange(len(known))), TEXT), "")
    keys = list(by) or ["all"]
    spoken = known.select(list(by)) if by else pa.table({"all": ["all"] * len(known)})
    spoken = spoken.append_column("who", pc.coalesce(who, alone)).append_column("texts", pa.array([1] * len(known)))
    for name in VERDICTS:
        says = pc.cast(pc.fill_null(pc.equal(verdict, name), False), pa.int64())
        spoken = spoken.append_column(name, says).append_column(f"{name}_worded", says)
    spoken = spoken.filter(pc.is_valid(verdict))
    people = spoken.group_by([*keys, "who"]).aggregate([(name, "sum") for name in spoken.column_names[len(keys) + 1 :]])
    told = people.select(keys)
    for name, product in _SUMS.items():
        one, *other = (people[f"{each}_sum"] for each in product.split(" * "))
        told = told.append_column(name, pc.multiply(one, other[0]) if other else one)
    summed = told.group_by(keys).aggregate([(name, "sum") for name in _SUMS])
    renamed = summed.rename_columns([each.removesuffix("_sum") for each in summed.column_names])
    return renamed.sort_by([(name, "ascending") for name in keys])
