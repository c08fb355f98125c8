"""Resonance: does the advertising speak to them, whom does it turn away, which message came last before they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import NUMBER, TEXT
from touchstone.measure._answers import PERIODS, Question, check, period_text
from touchstone.measure._given import given
from touchstone.measure._interactions import asked
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.clustered import Clusters, apart, beyond_chance, clustered_share
from touchstone.science.difference import Difference, holm
from touchstone.science.interval import Interval

FIELDS = {"campaign": TEXT, "level": TEXT, "product": TEXT, "person": TEXT, "acted": NUMBER}
CUTS = ((), ("level",), ("product",), ("channel",))
_REACTION = (
    "impressions acted on / impressions; Wilson's interval at the size that people's repeated looks leave (Kish 1965)"
)
_TIPPING = (
    "share of first visits or purchases before which this campaign came last, less the share that chance would have "
    "put there: each person's own messages in any order"
)
_FEWEST = 10  # people (those who look more than others count for less), or such whom chance left a choice
_COLUMNS = {"id": "r.id", "act": "r.kind", "who": "r.person", "named": "r.campaign", "happened": "r.occurred_at",
            "facts": "r.attributes"}  # fmt: skip
_SUMS = ("hits", "n", "hits_squared", "crossed", "n_squared")
_DEPTH = """CAST(nullif(regexp_extract(facts, '"depth": *(-?[0-9]+([.][0-9]+)?)', 1), '') AS DOUBLE)"""


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    within: int = 28,
) -> pa.Table:
    """Resonance: does the advertising speak to them, whom does it turn away, which message came last before they came.

    A row for each `campaign` and group with `sign` reaction: the share of impressions acted on (`depth` above 0);
    `detail.against_others` holds it against the other campaigns in the same group, `detail.against_rest` against the
    campaign's other groups; `speaks`, `turns_away` hold after Holm's correction over all of them. Asked by nothing, a
    campaign has a row with `sign` tipping too: how much more often than chance it came last in the `within` days before
    a person's first visit or purchase. In a file a row is an impression, `acted` 0 or more.
    """
    question = Question(tuple(each for each in by if each != "campaign"), where, since, until)
    check(question, "rollup")
    if within < 1:
        raise Refused("a message works a day or more.", field="within", todo="Say how many days.")
    file = given(ask, question, "campaign", "acted", *question.by)
    table = _home(ask, question) if file is None else _of_file(file, question.by)
    table = table.filter(pc.is_valid(table["campaign"]))
    if not len(table):
        return nothing()
    told = _reactions(table, question)
    if not question.by and file is None and len(tipped := _tipping(ask, question, within)):
        told = pa.concat_tables([told, _tipped(tipped, question, within)])
    return told


def _home(ask: Ask, question: Question) -> pa.Table:
    """Sums over people of each campaign and group; who is unknown is a person of her own."""
    sql, parameters = asked(question, _COLUMNS)
    keys = ", ".join(f'"{each}"' for each in question.by)
    own = f"{keys}, " if keys else ""
    table = ask.lake(
        f"""WITH seen AS (
            SELECT {own}named, who, {_DEPTH} AS depth FROM ({sql}) AS asked
            WHERE act = 'impression' AND named IS NOT NULL
        ), people AS (
            SELECT {own}named, who, count(*) AS n, count(*) FILTER (WHERE depth > 0) AS k FROM seen
            WHERE depth IS NOT NULL GROUP BY {own}named, who
        ) SELECT {own}named AS campaign, CAST(sum(k) AS BIGINT) AS hits, CAST(sum(n) AS BIGINT) AS n,
            CAST(sum(CASE WHEN who IS NULL THEN k ELSE k * k END) AS BIGINT) AS hits_squared,
            CAST(sum(CASE WHEN who IS NULL THEN k ELSE k * n END) AS BIGINT) AS crossed,
            CAST(sum(CASE WHEN who IS NULL THEN n ELSE n * n END) AS BIGINT) AS n_squared
        FROM people GROUP BY {own}named ORDER BY {own}named""",
        parameters,
    )
    for name in set(question.by) & set(PERIODS):
        table = table.set_column(table.column_names.index(name), name, period_text(table[name], name))
    return table


def _of_file(table: pa.Table, by: tuple[str, ...]) -> pa.Table:
    """The same sums of a file's rows."""
    known = table.filter(pc.fill_null(pc.is_finite(table["acted"]), False))
    for name in by:
        known = known.filter(pc.is_valid(known[name]))
    alone = pc.cast(pa.array(np.arange(len(known))), TEXT)
    named = pc.cast(known["person"], TEXT) if "person" in known.column_names else pa.nulls(len(known), TEXT)
    who = pc.coalesce(pc.binary_join_element_wise("p", named, ""), pc.binary_join_element_wise("r", alone, ""))
    keys = [*by, "campaign"]
    seen = known.select(keys).append_column("who", who)
    seen = seen.append_column("k", pc.cast(pc.greater(known["acted"], 0), pa.int64()))
    people = seen.group_by([*keys, "who"]).aggregate([("k", "sum"), ("k", "count")])
    k, n = people["k_sum"], people["k_count"]
    parts = (k, n, pc.multiply(k, k), pc.multiply(k, n), pc.multiply(n, n))
    summed = people.select(keys)
    for name, part in zip(_SUMS, parts, strict=True):
        summed = summed.append_column(name, part)
    found = summed.group_by(keys).aggregate([(name, "sum") for name in _SUMS])
    found = found.rename_columns([*keys, *_SUMS]) if found.column_names[0] == keys[0] else found
    return found.sort_by([(name, "ascending") for name in keys])


def _reactions(table: pa.Table, question: Question) -> pa.Table:
    """Each campaign's reaction in each group, held against the other campaigns and the other groups."""
    told = Clusters(*(table[name].to_numpy().astype(float) for name in _SUMS))
    group = _places(table, question.by)
    others, rest = _whole(told, group) - told, _whole(told, _places(table, ("campaign",))) - told
    shown = clustered_share(told)
    against = {"against_others": apart(told, others), "against_rest": apart(told, rest)}
    few = told.clusters < _FEWEST
    bare = {"against_others": few | (others.clusters < _FEWEST), "against_rest": few | (rest.clusters < _FEWEST)}
    chances = np.stack([np.where(bare[name], np.nan, each.probability) for name, each in against.items()])
    adjusted = holm(chances.ravel()).reshape(chances.shape)
    details = []
    for at in range(len(table)):
        held = {name: _held(each, at, float(adjusted[row, at])) for row, (name, each) in enumerate(against.items())}
        details.append(_detail(float(told.clusters[at]), int(told.hits[at]), held, int(np.isfinite(chances).sum())))
    value, low, high = (np.where(few, np.nan, getattr(shown, name)) for name in ("value", "low", "high"))
    keys = table.select([*question.by, "campaign"]).append_column("sign", pa.array(["reaction"] * len(table), TEXT))
    interval = Interval(value, low, high, told.n, shown.variance)
    units = ["share of impressions"] * len(table)
    return rows(keys, interval, n=told.n, measured_in=units, detail=details, heading=_heading(question, 0))


def _places(table: pa.Table, names: Sequence[str]) -> Any:
    """The place of each row's group of equal names."""
    words = (
        list(zip(*(table[name].cast(TEXT).to_pylist() for name in names), strict=True)) if names else [()] * len(table)
    )
    place = {word: at for at, word in enumerate(sorted(set(words)))}
    return np.array([place[word] for word in words])


def _whole(told: Clusters, group: Any) -> Clusters:
    """Sums over each row's whole group."""
    return Clusters(*(np.bincount(group, getattr(told, name))[group] for name in _SUMS))


def _held(found: Difference, at: int, adjusted: float) -> dict[str, Any] | None:
    if not np.isfinite(adjusted):
        return None
    ends = {name: tidy(getattr(found, name)[at]) for name in ("value", "low", "high")}
    return {**ends, "probability_adjusted": tidy(adjusted), "real": adjusted <= 0.05}


def _detail(people: float, hits: int, held: dict[str, dict[str, Any] | None], compared: int) -> dict[str, Any]:
    detail: dict[str, Any] = {"formula": _REACTION, "scale": {"worst": 0.0, "best": 1.0}, "acted_on": hits, **held}
    others, rest = held["against_others"], held["against_rest"]
    detail["speaks"] = bool(others and others["real"] and others["value"] > 0)
    detail["turns_away"] = bool(rest and rest["real"] and rest["value"] < 0)
    detail |= {"comparisons": compared, "people": tidy(people, digits=1)}
    return detail | ({"why": f"fewer than {_FEWEST} people, were each shown it as often"} if people < _FEWEST else {})


def _tipping(ask: Ask, question: Question, within: int) -> pa.Table:
    """For each campaign: before how many first visits it came last, and how many chance leads to expect."""
    sql, parameters = asked(question, _COLUMNS)
    return ask.lake(
        f"""WITH asked AS ({sql}), firsts AS (
            SELECT who, min(happened) AS came FROM asked WHERE act IN ('visit', 'purchase') AND who IS NOT NULL
            GROUP BY who
        ), seen AS (
            SELECT asked.who, asked.named,
                row_number() OVER (PARTITION BY asked.who ORDER BY asked.happened DESC, asked.id DESC) AS back
            FROM asked JOIN firsts ON firsts.who = asked.who
            WHERE asked.act = 'impression' AND asked.named IS NOT NULL AND asked.happened < firsts.came
                AND asked.happened >= firsts.came - INTERVAL {int(within)} DAY
        ), shown AS (
            SELECT who, named, count(*) AS k, max(CASE WHEN back = 1 THEN 1 ELSE 0 END) AS came_last FROM seen
            GROUP BY who, named
        ), people AS (
            SELECT *, sum(k) OVER (PARTITION BY who) AS every FROM shown
        ) SELECT named AS campaign, CAST(sum(came_last) AS BIGINT) AS last, count(*) AS n,
            count(*) FILTER (WHERE k < every) AS choice, sum(k / every) AS expected,
            sum(k / every * (1 - k / every)) AS variance
        FROM people GROUP BY named ORDER BY named""",
        parameters,
    )


def _tipped(table: pa.Table, question: Question, within: int) -> pa.Table:
    """How much more often than chance each campaign came last."""
    columns = {name: table[name].to_numpy().astype(float) for name in table.column_names[1:]}
    found = beyond_chance(columns["last"], columns["expected"], columns["variance"], columns["n"])
    few = columns["choice"] < _FEWEST
    chance = np.where(few, np.nan, found.probability)
    adjusted, compared = holm(chance), int(np.isfinite(chance).sum())
    details: list[dict[str, Any]] = []
    for at in range(len(table)):
        own: dict[str, Any] = {"formula": _TIPPING, "scale": {"worst": -1.0, "best": 1.0}, "within": within}
        own |= {name: tidy(columns[name][at]) for name in ("last", "expected")}
        if few[at]:
            own["why"] = f"fewer than {_FEWEST} people had seen several campaigns before they first came"
        else:
            real = bool(adjusted[at] <= 0.05)
            own |= {"probability_adjusted": tidy(adjusted[at]), "real": real, "comparisons": compared}
            own["tipping_point"] = real and bool(found.value[at] > 0)
        details.append(own)
    keys = table.select(["campaign"]).append_column("sign", pa.array(["tipping"] * len(table), TEXT))
    value, low, high = (np.where(few, np.nan, getattr(found, name)) for name in ("value", "low", "high"))
    interval = Interval(value, low, high, columns["n"], columns["variance"])
    units = ["share of first visits"] * len(table)
    return rows(keys, interval, n=columns["n"], measured_in=units, detail=details, heading=_heading(question, within))


def _heading(question: Question, within: int) -> Heading:
    return Heading("resonance", f"{within}|{salt(question)}")
