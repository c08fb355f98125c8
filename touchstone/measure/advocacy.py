"""Advocacy: recommendation in people's own words, promotion for a reward, who told them, reach; never added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from touchstone.core.ask import Ask
from touchstone.core.tables import TEXT
from touchstone.measure._answers import PERIODS, Question, check, period_text
from touchstone.measure._interactions import asked
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.difference import holm
from touchstone.science.interval import Interval, count_interval, share_interval
from touchstone.science.rates import lift

CUTS = ((), ("campaign",), ("unit",), ("region",), ("month",), ("level",))
_PEOPLE = ("recommendation", "warning", "promotion")
_EVIDENCE = (*_PEOPLE, "reach")
_ROWS = (*_PEOPLE, "told", "reach")
_MEASURED_IN = {"told": "share of answers", "reach": "impressions"}
_TELLERS = ("person", "advertisement", "review", "coupon", "other")
_FORMULAS = {
    "recommendation": "people who speak for the brand in words of their own, unrewarded, or refer somebody / people",
    "warning": "people who speak against the brand to others in words of their own / people",
    "promotion": "people who redeem a coupon or praise for a reward, disclosed or likely / people",
    "told": "answers to “who told you?” that say somebody they know / answers to it",
    "reach": "impressions counted; who saw them recommends nothing yet",
}
_CAMPAIGN = "rate a day while it ran / rate in the days beside it - 1; quasi-Poisson limits (McCullagh & Nelder 1989)"
_COLUMNS = {"id": "r.id", "person": "r.person", "act": "r.kind", "pay": "r.incentive", "date": "r.day",
            "speaker": "r.level", "named": "r.campaign",
            # Surveys write attributes sorted by name: between these two no words of a customer can stand.
            "teller": """CASE WHEN r.kind = 'answer' AND r.attributes LIKE '%"told": "%' THEN
                regexp_extract(r.attributes, '"survey": "[^"]*", "told": "([a-z]+)"', 1) END"""}  # fmt: skip
_FEWEST = 10  # counted, below which a rate cannot be compared
_EVER = 0.5  # a campaign that ran on a larger share of all days has nothing beside it to be held against
_SQL = """WITH asked AS ({asked}), recommending AS (
    SELECT interaction FROM signal WHERE layer = 'kind' AND label = 'recommendation' GROUP BY interaction
), paid AS (
    SELECT interaction FROM signal WHERE layer = 'promotion' AND label = 'promotional' AND probability >= 0.5
    GROUP BY interaction
), mood AS (
    SELECT interaction, sum(CASE polarity WHEN 'positive' THEN 1 WHEN 'negative' THEN -1 ELSE 0 END) AS mood
    FROM mention GROUP BY interaction
), evidence AS (
    SELECT asked.*, CASE WHEN act = 'impression' THEN 'reach'
        WHEN act = 'redemption' OR pay = 'disclosed' OR paid.interaction IS NOT NULL THEN 'promotion'
        WHEN act = 'referral' THEN 'recommendation'
        WHEN recommending.interaction IS NOT NULL AND coalesce(mood.mood, 0) < 0 THEN 'warning'
        WHEN recommending.interaction IS NOT NULL THEN 'recommendation' ELSE 'none' END AS evidence
    FROM asked LEFT JOIN recommending ON recommending.interaction = asked.id
        LEFT JOIN paid ON paid.interaction = asked.id LEFT JOIN mood ON mood.interaction = asked.id
    WHERE coalesce(act, '') <> 'claim' AND coalesce(speaker, '') <> 'employee'
)"""


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    beside: int = 84,
) -> pa.Table:
    """Recommendation, warning and promotion as shares of the people heard, impressions as a count; never added.

    Each group has a row for each `evidence`, with Wilson's interval (a count has Garwood's), and where anybody answered
    who told them of us, one of evidence `told`: the share of these answers that say somebody they know. By `campaign`
    alone each row says how much more often it happened a day while that campaign ran than in up to `beside` days before
    and after; `detail.real` holds after Holm's correction over all rows. A campaign that never stops has no estimate.
    """
    question = Question(tuple(by), where, since, until)
    check(question, "rollup")
    return _campaigns(ask, question, beside) if question.by == ("campaign",) else _groups(ask, question)


def _groups(ask: Ask, question: Question) -> pa.Table:
    sql, parameters = asked(question, _COLUMNS)
    keys = ", ".join(f'"{each}"' for each in question.by)
    first = f"{keys}, " if keys else ""
    said = ", ".join(f"max(CASE WHEN evidence = '{each}' THEN 1 ELSE 0 END) AS {each}" for each in _PEOPLE)
    known = "sum(CASE WHEN person IS NOT NULL THEN {0} ELSE 0 END)"
    sums = ", ".join(f"CAST({known.format(each)} AS BIGINT) AS {each}" for each in _PEOPLE)
    by_teller = ", ".join(f"count(CASE WHEN teller = '{each}' THEN 1 END) AS by_{each}" for each in _TELLERS)
    sums += "".join(f", CAST(sum(by_{each}) AS BIGINT) AS by_{each}" for each in _TELLERS)
    table = ask.lake(
        f"""{_SQL.format(asked=sql)}, people AS (
            SELECT {first}person, {said}, {by_teller}, count(*) FILTER (WHERE evidence = 'reach') AS reach FROM evidence
            GROUP BY {first}person
        ) SELECT {first}count(person) AS people, {sums}, CAST(sum(reach) AS BIGINT) AS reach FROM people
        {f"GROUP BY {keys} ORDER BY {keys}" if keys else "HAVING count(*) > 0"}""",
        parameters,
    )
    return _told(table, question) if len(table) else nothing()


def _told(table: pa.Table, question: Question) -> pa.Table:
    """The rows of each group: as many as there are in _ROWS, less `told` where nobody answered that."""
    columns = {name: table[name].to_numpy().astype(float) for name in (*_PEOPLE, "people", "reach")}
    tellers = np.stack([table[f"by_{each}"].to_numpy().astype(float) for each in _TELLERS], axis=1)
    counts = np.stack([*(columns[name] for name in _PEOPLE), tellers[:, 0], columns["reach"]], axis=1)
    n = np.stack([*[columns["people"]] * len(_PEOPLE), tellers.sum(axis=1), columns["reach"]], axis=1)
    shares, seen = share_interval(counts[:, :-1].ravel(), n[:, :-1].ravel()), count_interval(counts[:, -1])
    parts = {
        name: np.concatenate([getattr(shares, name).reshape(-1, 4), getattr(seen, name)[:, None]], axis=1).ravel()
        for name in ("value", "low", "high")
    }
    kept = np.array([name != "told" for name in _ROWS] * len(table)) | (n.ravel() > 0)
    unheard = ~np.isfinite(parts["value"])
    low, high = (np.where(unheard, np.nan, parts[end])[kept] for end in ("low", "high"))
    names = [name for name, keep in zip(_ROWS * len(table), kept, strict=True) if keep]
    facts = zip(names, counts.ravel()[kept].tolist(), n.ravel()[kept].tolist(), unheard[kept].tolist(), strict=True)
    details = [_detail(*each) for each in facts]
    place = np.repeat(np.arange(len(table)), len(_ROWS))[kept]
    for detail, name, at in zip(details, names, place.tolist(), strict=True):
        if name == "told":
            detail["tellers"] = dict(zip(_TELLERS, tellers[at].astype(int).tolist(), strict=True))
    return rows(
        _keys(table.take(pa.array(place)), question, names),
        Interval(parts["value"][kept], low, high, n.ravel()[kept], np.zeros(int(kept.sum()))),
        n=n.ravel()[kept],
        measured_in=[_MEASURED_IN.get(name, "share of people") for name in names],
        detail=details,
        heading=Heading("advocacy", salt=salt(question)),
    )


def _detail(name: str, count: float, heard: float, unheard: bool) -> dict[str, Any]:
    scale = {"worst": 0, "best": None} if name == "reach" else {"worst": 0.0, "best": 1.0}
    detail: dict[str, Any] = {"formula": _FORMULAS[name], "scale": scale, "counted": int(count)}
    if unheard:
        detail["why"] = "nobody known by name was heard"
    elif name != "reach" and heard < 30:
        detail["few"] = True
    return detail


def _keys(kept: pa.Table, question: Question, names: list[str]) -> pa.Table:
    kept = kept.append_column("evidence", pa.array(names, TEXT))
    for name in set(question.by) & set(PERIODS):
        kept = kept.set_column(kept.column_names.index(name), name, period_text(kept[name], name))
    return kept.select([*question.by, "evidence"])


def _campaigns(ask: Ask, question: Question, beside: int) -> pa.Table:
    """How much more of each evidence there was a day while each campaign ran."""
    plain = Question((), question.where, question.since, question.until)
    sql, parameters = asked(plain, _COLUMNS)
    daily = ask.lake(
        f"""{_SQL.format(asked=sql)} SELECT "date", evidence, count(*) AS n FROM evidence WHERE "date" IS NOT NULL
        GROUP BY "date", evidence ORDER BY "date", evidence""",
        parameters,
    )
    ran = ask.lake(
        f"""WITH asked AS ({sql}) SELECT named, min("date") AS start, max("date") AS stop FROM asked
        WHERE named IS NOT NULL AND "date" IS NOT NULL GROUP BY named ORDER BY named""",
        parameters,
    )
    if not len(ran):
        return nothing()
    days, counts = _daily(daily)
    found = [_lifted(days, counts, row, beside) for row in ran.to_pylist()]
    return _compared(found, ran["named"].to_pylist(), question)


def _daily(table: pa.Table) -> tuple[Any, Any]:
    """Every day from the first to the last, and the counts of each evidence on it: (evidence, days)."""
    number = table["date"].cast(pa.int32()).to_numpy()
    days = np.arange(number.min(), number.max() + 1)
    counts = np.zeros((len(_EVIDENCE), len(days)))
    for day, evidence, n in zip(number.tolist(), table["evidence"].to_pylist(), table["n"].to_pylist(), strict=True):
        if evidence in _EVIDENCE:
            counts[_EVIDENCE.index(evidence), day - days[0]] = n
    return days, counts


def _lifted(days: Any, counts: Any, campaign: dict[str, Any], beside: int) -> tuple[Any, Any, dict[str, Any]]:
    """The lift of each evidence, the counts it rests on, and what all rows of the campaign say."""
    epoch = date(1970, 1, 1)
    first, last = ((campaign[end] - epoch).days for end in ("start", "stop"))
    inside = (days >= first) & (days <= last)
    near = ~inside & (days >= first - beside) & (days <= last + beside)
    told = {"formula": _CAMPAIGN, "start": campaign["start"].isoformat(), "stop": campaign["stop"].isoformat(),
            "days": int(inside.sum()), "days_beside": int(near.sum())}  # fmt: skip
    if inside.mean() > _EVER or not near.any():
        told["why"] = "it ran most of the time, so that nothing lies beside it to be held against"
        near = np.zeros_like(near)
    return lift(counts[:, inside], counts[:, near]), counts[:, inside | near].sum(axis=1), told


def _compared(found: list[Any], names: list[str], question: Question) -> pa.Table:
    parts = ("value", "low", "high", "probability")
    value, low, high, chance = (np.concatenate([getattr(each, part) for each, _, _ in found]) for part in parts)
    n = np.concatenate([each for _, each, _ in found])
    few = n < _FEWEST
    for each in (value, low, high, chance):
        each[few] = np.nan
    adjusted, compared = holm(chance).tolist(), int(np.isfinite(chance).sum())
    details = []
    for place, chance_of in enumerate(adjusted):
        own = dict(found[place // len(_EVIDENCE)][2]) | {"scale": {"worst": None, "best": None}}
        if few[place]:
            own.setdefault("why", f"fewer than {_FEWEST} counted")
        if "why" not in own:
            real = bool(chance_of <= 0.05)
            own |= {"probability_adjusted": tidy(chance_of), "real": real, "comparisons": compared}
        details.append(own)
    keys = pa.table({"campaign": np.repeat(names, len(_EVIDENCE)).tolist(), "evidence": list(_EVIDENCE) * len(found)})
    interval = Interval(value, low, high, n, np.zeros(len(n)))
    units, heading = ["relative change a day"] * len(n), Heading("advocacy", salt=salt(question))
    return rows(keys, interval, n=n, measured_in=units, detail=details, heading=heading)
