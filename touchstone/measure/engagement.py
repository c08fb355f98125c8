"""Engagement: who saw, who acted, how deeply, and what followed; vanity is kept apart from value."""

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
from touchstone.science.clustered import Clusters, clustered_ratio, clustered_share, paired
from touchstone.science.difference import holm
from touchstone.science.interval import Interval, count_interval

FIELDS = {"person": TEXT, "touchpoint": TEXT, "channel": TEXT, "campaign": TEXT, "unit": TEXT, "depth": NUMBER}
CUTS = ((), ("touchpoint",), ("level",), ("campaign",), ("channel",))
_FORMULAS = {
    "impressions": "impressions counted, every one; they are worth nothing by themselves",
    "applause": "likes, fans and followers that interactions say; they are worth nothing by themselves",
    "acted_on": "impressions with depth above 0 / impressions; Wilson's interval at the size repeated looks leave",
    "depth": "mean depth of what was acted on; ratio of sums over people (Cochran 1977)",
    "interactions": "what people did with us or told us / people known; ratio of sums over people (Cochran 1977)",
    "followed": "share of people who came, bought or wrote in the days after they first saw us, less before",
}
_UNITS = {"impressions": "impressions", "applause": "likes, fans and followers", "acted_on": "share of impressions",
          "depth": "steps", "interactions": "interactions per person", "followed": "share of people"}  # fmt: skip
_VANITY = ("impressions", "applause")
_COLUMNS = {"act": "r.kind", "who": "r.person", "happened": "r.occurred_at", "facts": "r.attributes",
            "speaker": "r.level"}  # fmt: skip
_NUMBER = "(-?[0-9]+([.][0-9]+)?)"
_WORTH = """act IN ('visit', 'purchase', 'referral', 'redemption', 'message', 'turn', 'post', 'idea', 'review',
    'answer') AND coalesce(speaker, '') <> 'employee'"""
_SUMS = ("people", "impressions", "applause", "known", "acted", "known_acted", "acted_squared", "known_squared",
         "depth", "depth_squared", "depth_acted", "deeds", "deeds_squared")  # fmt: skip
_FEWEST = 10  # people (those who look more than others count for less) below which nothing is told


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    within: int = 28,
) -> pa.Table:
    """Engagement: who saw, who acted, how deeply, and what followed; vanity is kept apart from value.

    Each group has a row for each `sign`: impressions and applause (likes, fans), which are vanity and counted; the
    share acted on, the depth of what was acted on, interactions per person, and followed: the share of people who came,
    bought or wrote within `within` days after their first impression, less the same before it. `detail.real` of what
    followed holds after Holm's correction over the answer. In a file a row is an impression or a visit with a `depth`.
    """
    question = Question(tuple(by), where, since, until)
    check(question, "rollup")
    if within < 1:
        raise Refused("what follows takes a day or more.", field="within", todo="Say how many days.")
    file = given(ask, question, "depth", *question.by)
    sums = _home(ask, question) if file is None else _of_file(file, question.by)
    if not len(sums):
        return nothing()
    after = _followed(ask, question, within) if file is None else None
    return _told(sums, after, question, within)


def _home(ask: Ask, question: Question) -> pa.Table:
    """Sums over people of each group; an impression of nobody known stands alone."""
    sql, parameters = asked(question, _COLUMNS)
    keys = ", ".join(f'"{each}"' for each in question.by)
    own = f"{keys}, " if keys else ""
    depth = _number("depth")
    liked = f"CASE WHEN regexp_matches(facts, 'likes|fans|followers') THEN {_number('(likes|fans|followers)')} END"
    sums = ", ".join(f"CAST(sum({sql}) AS DOUBLE) AS {name}" for name, sql in _summed().items())
    table = ask.lake(
        f"""WITH told AS (
            SELECT {own}who, CASE WHEN act = 'impression' THEN 1 ELSE 0 END AS seen, {liked} AS liked,
                CASE WHEN act = 'impression' THEN {depth} END AS deep, CASE WHEN {_WORTH} THEN 1 ELSE 0 END AS deed
            FROM ({sql}) AS asked
        ), people AS (
            SELECT {own}who, sum(seen) AS i, coalesce(sum(liked), 0) AS l, count(deep) AS n, sum(deed) AS w,
                count(*) FILTER (WHERE deep > 0) AS k, sum(CASE WHEN deep > 0 THEN deep ELSE 0 END) AS d,
                sum(CASE WHEN deep > 0 THEN deep * deep ELSE 0 END) AS dd
            FROM told GROUP BY {own}who
        ) SELECT {own}{sums} FROM people
        {f"GROUP BY {keys} ORDER BY {keys}" if keys else "HAVING count(*) > 0"}""",
        parameters,
    )
    for name in set(question.by) & set(PERIODS):
        table = table.set_column(table.column_names.index(name), name, period_text(table[name], name))
    return table


def _number(name: str) -> str:
    place = 2 if "(" in name else 1
    return f"""CAST(nullif(regexp_extract(facts, '"{name}": *{_NUMBER}', {place}), '') AS DOUBLE)"""


def _summed() -> dict[str, str]:
    """SQL over one person's sums, which who is unknown has none of."""
    alone = "CASE WHEN who IS NULL THEN {0} ELSE {1} END"
    known = "CASE WHEN who IS NULL THEN 0 ELSE {0} END"
    parts = (known.format(1), "i", "l", "n", "k", alone.format("k", "k * n"), alone.format("k", "k * k"),
             alone.format("n", "n * n"), "d", alone.format("dd", "d * d"), alone.format("d", "d * k"),
             known.format("w"), known.format("w * w"))  # fmt: skip
    return dict(zip(_SUMS, parts, strict=True))


def _of_file(table: pa.Table, by: tuple[str, ...]) -> pa.Table:
    """The same sums of a file's rows; a row with depth above 0 is an interaction."""
    known = table.filter(pc.fill_null(pc.is_finite(table["depth"]), False))
    for name in by:
        known = known.filter(pc.is_valid(known[name]))
    if not len(known):
        return known
    who = known["person"].to_pylist() if "person" in known.column_names else [None] * len(known)
    groups = list(zip(*(known[name].cast(TEXT).to_pylist() for name in by), strict=True)) if by else [()] * len(known)
    cells: dict[Any, list[float]] = {}
    for at, (group, person, depth) in enumerate(zip(groups, who, known["depth"].to_pylist(), strict=True)):
        sums = cells.setdefault((group, person is None, str(at) if person is None else person), [0.0, 0.0, 0.0])
        sums[0], sums[1], sums[2] = sums[0] + 1, sums[1] + (depth > 0), sums[2] + max(depth, 0.0)
    found: dict[Any, Any] = {}
    for (group, nameless, _), (n, k, d) in cells.items():
        own, deeds = float(not nameless), 0.0 if nameless else k
        row = (own, n, 0, n, k, k * n, k * k, n * n, d, d * d, d * k, deeds, deeds * deeds)
        found[group] = found.get(group, 0) + np.array(row)
    order = sorted(found)
    columns = {name: [group[at] for group in order] for at, name in enumerate(by)}
    return pa.table(columns | {name: [float(found[group][at]) for group in order] for at, name in enumerate(_SUMS)})


def _followed(ask: Ask, question: Question, within: int) -> pa.Table:
    """Of each group: people whose first impression lies well within the time heard; who did something before, after."""
    sql, parameters = asked(question, _COLUMNS)
    whole, more = asked(Question((), question.where, question.since, question.until), _COLUMNS)
    keys = ", ".join(f'"{each}"' for each in question.by)
    own = f"{keys}, " if keys else ""
    named = "".join(f'firsts."{each}", ' for each in question.by)
    span = f"INTERVAL {int(within)} DAY"
    return ask.lake(
        f"""WITH firsts AS (
            SELECT {own}who, min(happened) AS saw FROM ({sql}) AS asked WHERE act = 'impression' AND who IS NOT NULL
            GROUP BY {own}who
        ), deeds AS (
            SELECT who AS doer, happened AS did FROM ({whole}) AS whole
            WHERE {_WORTH} AND who IS NOT NULL AND happened IS NOT NULL
        ), ends AS (SELECT min(did) AS first_deed, max(did) AS last_deed FROM deeds), people AS (
            SELECT {named}firsts.who, max(CASE WHEN did > saw AND did <= saw + {span} THEN 1 ELSE 0 END) AS later,
                max(CASE WHEN did < saw AND did >= saw - {span} THEN 1 ELSE 0 END) AS sooner
            FROM firsts CROSS JOIN ends LEFT JOIN deeds ON deeds.doer = firsts.who
            WHERE saw >= first_deed + {span} AND saw <= last_deed - {span} GROUP BY {named}firsts.who
        ) SELECT {own}count(*) AS n, CAST(sum(sooner) AS BIGINT) AS sooner, CAST(sum(later) AS BIGINT) AS later,
            CAST(sum(sooner * later) AS BIGINT) AS shared
        FROM people {f"GROUP BY {keys} ORDER BY {keys}" if keys else "HAVING count(*) > 0"}""",
        [*parameters, *more],
    )


def _told(sums: pa.Table, after: pa.Table | None, question: Question, within: int) -> pa.Table:
    """The rows of every sign, those of nothing seen left out."""
    s = {name: sums[name].to_numpy().astype(float) for name in _SUMS}
    nought = np.zeros(len(sums))
    people, known = s["people"], s["known"]
    shown = Clusters(s["acted"], known, s["acted_squared"], s["known_acted"], s["known_squared"])
    deep = Clusters(s["depth"], s["acted"], s["depth_squared"], s["depth_acted"], s["acted_squared"])
    deeds = Clusters(s["deeds"], people, s["deeds_squared"], s["deeds"], people)
    told = {
        "impressions": (count_interval(s["impressions"]), s["impressions"], nought),
        "applause": (count_interval(s["applause"]), s["applause"], nought),
        "acted_on": (clustered_share(shown), known, _least(shown)),
        "depth": (clustered_ratio(deep), s["acted"], _least(deep)),
        "interactions": (clustered_ratio(deeds), people, nought + _FEWEST),
    }
    keys = _texts(sums, question.by)
    found = [_row(keys[at], name, one, float(n[at]), (at, float(least[at]))) for name, (one, n, least) in told.items()
             for at in range(len(sums)) if n[at] > 0]  # fmt: skip
    for each in found:
        if each["sign"] == "impressions":
            own = float(people[keys.index(each["keys"])])
            each["detail"] |= {"people": int(own), "per_person": tidy(each["n"] / own) if own else None}
    return _rows([*found, *_later(after, question)], question, within)


def _least(told: Clusters) -> Any:
    """How many each group needs to be told: more than there can be where too few people stand behind it."""
    return np.where(told.clusters < _FEWEST, np.inf, 0.0)


def _later(after: pa.Table | None, question: Question) -> list[dict[str, Any]]:
    """The rows of what followed."""
    if after is None or not len(after):
        return []
    for name in set(question.by) & set(PERIODS):
        after = after.set_column(after.column_names.index(name), name, period_text(after[name], name))
    n, sooner, later, shared = (after[name].to_numpy().astype(float) for name in ("n", "sooner", "later", "shared"))
    moved = paired(sooner, later, shared, n)
    chance = holm(np.where(n < _FEWEST, np.nan, moved.probability))
    compared, keys = int(np.isfinite(chance).sum()), _texts(after, question.by)
    found = []
    for at in range(len(after)):
        row = _row(keys[at], "followed", moved, float(n[at]), (at, float(_FEWEST)))
        row["detail"] |= {"before": tidy(sooner[at] / n[at]), "after": tidy(later[at] / n[at])}
        if np.isfinite(chance[at]):
            real = bool(chance[at] <= 0.05)
            row["detail"] |= {"probability_adjusted": tidy(chance[at]), "real": real, "comparisons": compared}
        found.append(row)
    return found


def _texts(table: pa.Table, by: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(table[name].cast(TEXT).to_pylist() for name in by), strict=True)) if by else [()] * len(table)


def _row(keys: tuple[str, ...], sign: str, found: Any, n: float, place: tuple[int, float]) -> dict[str, Any]:
    at, least = place
    ends = {"acted_on": (0.0, 1.0), "followed": (-1.0, 1.0)}.get(sign, (0.0, None))
    detail: dict[str, Any] = {"formula": _FORMULAS[sign], "scale": {"worst": ends[0], "best": ends[1]}}
    detail["worth"] = "vanity" if sign in _VANITY else "value"
    figures = [float(getattr(found, name)[at]) for name in ("value", "low", "high")]
    if n < least:
        return {"keys": keys, "sign": sign, "n": n, "figures": [np.nan] * 3,
                "detail": detail | {"why": f"fewer than {_FEWEST} people, were each to look as often"}}  # fmt: skip
    return {"keys": keys, "sign": sign, "n": n, "figures": figures, "detail": detail}


def _rows(found: list[dict[str, Any]], question: Question, within: int) -> pa.Table:
    if not found:
        return nothing()
    order = list(_FORMULAS)
    found.sort(key=lambda each: (each["keys"], order.index(each["sign"])))
    names = [*question.by, "sign"]
    keys = pa.table({name: [(*each["keys"], each["sign"])[at] for each in found] for at, name in enumerate(names)})
    value, low, high = np.array([each["figures"] for each in found]).T
    n = np.array([each["n"] for each in found])
    units = [_UNITS[each["sign"]] for each in found]
    heading = Heading("engagement", f"{within}|{salt(question)}")
    details = [each["detail"] for each in found]
    return rows(keys, Interval(value, low, high, n, n), n=n, measured_in=units, detail=details, heading=heading)
