"""Silence: who stopped coming without complaining, and where they were last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT, NUMBER, TEXT
from touchstone.measure._answers import Question
from touchstone.measure._customers import CUTS as KNOWN
from touchstone.measure._customers import WEEK, Customers, customers, last_seen
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.difference import difference, holm
from touchstone.science.forecast import Forecast
from touchstone.science.interval import Interval, share_interval
from touchstone.science.lifetime import History, Lifetime, fit
from touchstone.science.misclassification import widened

FIELDS = {"person": TEXT, "occurred_at": INSTANT, "touchpoint": TEXT, "unit": TEXT, "complained": NUMBER}
CUTS = ((), ("touchpoint",), ("unit",))
"""What is stored of it by `run`."""
_CAME = ("visit", "purchase", "redemption")
_AGAIN = 10  # fewer customers who came again tell too little
_VAGUE = 1.0  # standard deviation of the logarithm of the share gone beyond which nothing is told
_NEAR = 91  # days before the last visit within which a complaint is about it
_COMPLAINTS = """
    SELECT person, max(day) AS day FROM (
        SELECT i.person, CAST(i.occurred_at AS DATE) AS day
        FROM mention AS m JOIN interaction AS i ON i.id = m.interaction
        WHERE m.polarity = 'negative' AND i.occurred_at < ?
        UNION ALL
        SELECT i.person, CAST(i.occurred_at AS DATE) AS day
        FROM signal AS s JOIN interaction AS i ON i.id = s.interaction
        WHERE s.layer = 'kind' AND s.label IN ('problem', 'churn_threat') AND s.score >= 0.5 AND i.occurred_at < ?
        UNION ALL
        SELECT person, CAST(occurred_at AS DATE) AS day FROM interaction
        WHERE (value - worst) / nullif(best - worst, 0) < 0.5 AND occurred_at < ?
    ) AS said WHERE person IS NOT NULL GROUP BY person ORDER BY person
"""
"""Whoever said that something was wrong, and when last: in words, as a problem, or with a score in the lower half."""
_FORMULA = (
    "mean probability of having left by {until}, of customers who came on two days or more, by Pareto/NBD "
    "(Schmittlein, Morrison & Colombo 1987); those who complained count as nought"
)


@dataclass(frozen=True)
class _Found:
    """One place per customer who came again: how probably silent, and whether they complained near the end."""

    lifetime: Lifetime
    history: History
    people: Any  # their names
    gone: Forecast
    no_visit: NDArray[np.float64]  # probability of no visit within the horizon
    fallen: NDArray[np.bool_]  # will more likely than not come no more within it
    expected: NDArray[np.float64]  # visits within the horizon
    complained: NDArray[np.bool_]


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    weeks: float = 0.0,
    alpha: float = 0.05,
) -> pa.Table:
    """Silence: share of customers who stopped coming without complaining.

    Asked of those who came on two days or more. `by` is person, or what the last visit has (touchpoint, unit, region,
    channel, product, …): then `detail` compares with the customers last seen elsewhere, and `real` holds after Holm's
    correction at `alpha`. `silent` are those who will more likely than not stay away for `weeks` after `until` (the end
    of what is known); 0: for as long as within which every one of them would more likely than not come, had they come
    just now.
    """
    cut = tuple(by)
    _check(ask, cut, weeks)
    question = Question((), where, since, until)
    known = customers(ask, question, kinds=_CAME)
    if known is None:
        return nothing()
    told = _Told(cut, _FORMULA.format(until=known.until), f"{weeks}|{salt(question)}")
    again = np.flatnonzero(known.frequency > 0)
    if again.size < _AGAIN:
        return told.unable(again.size)
    found, about = _found(ask, known, again, weeks=weeks)
    told = replace(told, about=about)
    if not cut:
        return told.rows([()], _share(found, [np.arange(again.size)]), [again.size], [_counts(found, slice(None))])
    last = last_seen(ask, question, known, kinds=_CAME, column="touchpoint" if cut == ("person",) else cut[0])
    names = last.take(pa.array(again))
    return _people(found, names, told) if cut == ("person",) else _groups(found, names, told, alpha=alpha)


def _check(ask: Ask, cut: tuple[str, ...], weeks: float) -> None:
    known = ("person", *KNOWN)
    if len(cut) > 1 or not set(cut) <= set(known):
        raise Refused("silence is told of all, or by one column.", field="by", todo=f"One of {', '.join(known)}.")
    if cut and ask.given is not None and cut[0] not in ask.given.column_names:
        raise Refused(f"no column {cut[0]!r}.", field="by", where="the file", todo=f"Name it: --map {cut[0]}=COLUMN.")
    if not weeks >= 0:
        raise Refused("a horizon is not behind us.", field="weeks", todo="Say how many weeks ahead; 0: as it takes.")


@dataclass(frozen=True)
class _Told:
    """How the rows of one answer are written."""

    by: tuple[str, ...]
    formula: str
    salt: str
    about: dict[str, Any] = field(default_factory=dict)  # what every row says; with `why`, no row has an estimate

    def rows(
        self, keys: Sequence[tuple[str, ...]], estimates: Any, n: Sequence[int], detail: Sequence[dict[str, Any]]
    ) -> pa.Table:
        """A METRIC row per key."""
        shared = {"formula": self.formula, "scale": {"worst": 1, "best": 0}, **self.about}
        if "why" in self.about:
            estimates, detail = _limits(*np.full((3, len(keys)), np.nan)), [{} for _ in keys]
        columns = {name: pa.array([key[at] for key in keys], TEXT) for at, name in enumerate(self.by)}
        return rows(
            pa.table(columns),
            estimates,
            n=n,
            measured_in=["share of customers"] * len(keys),
            detail=[{**shared, **each} for each in detail],
            heading=Heading("silence", f"{','.join(self.by)}|{self.salt}", alone=not self.by),
        )

    def unable(self, again: int) -> pa.Table:
        """The row that says why there is no estimate; none by a column."""
        why = f"only {again} customers came on two days or more; it takes {_AGAIN}"
        return nothing() if self.by else self.rows([()], _limits(*np.full((3, 1), np.nan)), [again], [{"why": why}])


def _found(ask: Ask, known: Customers, again: NDArray[np.int64], *, weeks: float) -> tuple[_Found, dict[str, Any]]:
    """What the model of all customers says of those who came again, and what every row is to say."""
    lifetime = fit(History.of(known.frequency, known.recency, known.age), model="pareto_nbd")
    history = History.of(known.frequency[again], known.recency[again], known.age[again])
    cells, _, whose = history.cells()
    rhythm = lifetime.rhythm(cells)
    horizon = weeks or min(rhythm, float(cells.age.max()))
    gone, no_visit = lifetime.gone(cells), lifetime.silence(cells, horizon)
    found = _Found(
        lifetime,
        history,
        known.keys["person"].take(pa.array(again)),
        Forecast(gone.value[whose], gone.slope[whose]),
        no_visit[whose],
        (no_visit >= 0.5)[whose] & bool(weeks or np.isfinite(rhythm)),
        lifetime.expected(cells, horizon)[whose],
        _complained(ask, known)[again],
    )
    return found, {"weeks": tidy(horizon, digits=1), **_doubts(found, rhythm, horizon)}


def _doubts(found: _Found, rhythm: float, horizon: float) -> dict[str, Any]:
    """Why nothing can be told, or what is to be said beside it."""
    if float(found.gone.mean().spread(found.lifetime.covariance)[0]) > _VAGUE:
        rate = float(found.history.frequency.sum() / found.history.age.sum()) * 52
        often = f"those who came again came {rate:.1f} times a year after their first visit"
        return {"why": f"{often}: too rarely to tell who left from who comes seldom"}
    if rhythm <= horizon + 1e-9:
        return {}
    if np.isfinite(rhythm):
        rest = f"within {rhythm:.0f} all would more likely than not"
        return {"warning": f"some who came just now would not come within {horizon:.0f} weeks either; {rest}"}
    return {"warning": "some come so seldom that they are not known long enough to call anyone like them silent"}


def _complained(ask: Ask, known: Customers) -> NDArray[np.bool_]:
    """Who said something was wrong within `_NEAR` days before the last visit, or after it."""
    people = known.keys["person"].combine_chunks()
    table = ask.given
    if table is None:
        found = ask.lake(_COMPLAINTS, [known.until + timedelta(days=1)] * 3)
    elif "complained" in table.column_names:
        rows = table.filter(pc.greater(table["complained"], 0))
        days = pa.table({"person": rows["person"], "day": rows["occurred_at"].cast(pa.date32())})
        days = days.filter(pc.less_equal(days["day"], pa.scalar(known.until, pa.date32())))
        found = days.group_by("person").aggregate([("day", "max")]).rename_columns(["person", "day"])
    else:
        return np.zeros(len(people), bool)
    at = pc.index_in(people, value_set=found["person"].combine_chunks())
    latest = found["day"].combine_chunks().take(at).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    since = (np.datetime64(known.until, "D") - latest).astype(float)
    return np.asarray(~np.isnat(latest) & (since <= (known.age - known.recency) * WEEK + _NEAR))


def _share(found: _Found, places: Sequence[Any]) -> Interval:
    """The share silent without complaint of the customers at each of `places`, with both doubts: who, and the model."""
    quiet = np.where(found.complained, 0.0, found.gone.value)
    hits = [quiet[of].sum() for of in places]
    sampled = share_interval(hits, [quiet[of].size for of in places])
    means = [Forecast(quiet[of], found.gone.slope[of]).mean() for of in places]
    doubt = np.concatenate([each.deviation(found.lifetime.covariance) for each in means])
    return widened(sampled, doubt, worst=0.0, best=1.0)


def _counts(found: _Found, of: Any) -> dict[str, int]:
    """How many are more likely silent than not: without a word, and after a complaint."""
    fallen, spoke = found.fallen[of], found.complained[of]
    return {"silent": int((fallen & ~spoke).sum()), "complained": int((fallen & spoke).sum())}


def _people(found: _Found, names: Any, told: _Told) -> pa.Table:
    """Every customer who came again: the probability of having left, and what speaks for it."""
    low, high = found.gone.limits(found.lifetime.covariance)
    since = found.history.age - found.history.recency
    columns = {"no_visit": found.no_visit, "expected_visits": found.expected, "weeks_since_last": since}
    silent, last = found.fallen & ~found.complained, names.to_pylist()
    detail = [
        {**{name: tidy(column[at]) for name, column in columns.items()}, "complained": bool(found.complained[at]),
         "silent": bool(silent[at]), "last_touchpoint": last[at]}
        for at in range(len(last))
    ]  # fmt: skip
    limits = _limits(found.gone.value, low, np.fmin(high, 1.0))
    return told.rows([(each,) for each in found.people.to_pylist()], limits, [1] * len(last), detail)


def _groups(found: _Found, names: Any, told: _Told, *, alpha: float) -> pa.Table:
    """By where customers were last: the share silent, against that of customers last seen elsewhere."""
    words = names.dictionary_encode()
    code = words.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    keys = sorted(words.dictionary.to_pylist())
    if not keys:
        return nothing()
    at = {name: place for place, name in enumerate(words.dictionary.to_pylist())}
    places, others = [code == at[each] for each in keys], [(code != at[each]) & (code >= 0) for each in keys]
    here = _share(found, places)
    if len(keys) == 1:  # nobody was last seen elsewhere
        return told.rows([(keys[0],)], here, here.n.astype(int).tolist(), [_counts(found, places[0])])
    elsewhere = _share(found, others)
    apart = difference(here, elsewhere)
    adjusted = holm(apart.probability)
    detail = [
        {
            **_counts(found, places[at]),
            "elsewhere": tidy(elsewhere.value[at]),
            "difference": {name: tidy(getattr(apart, name)[at]) for name in ("value", "low", "high")},
            "probability_adjusted": tidy(adjusted[at]),
            "real": bool(adjusted[at] <= alpha),
            "comparisons": len(keys),
        }
        for at in range(len(keys))
    ]
    return told.rows([(each,) for each in keys], here, here.n.astype(int).tolist(), detail)


def _limits(value: Any, low: Any, high: Any) -> Interval:
    return Interval(value, low, high, np.ones(len(value)), np.zeros(len(value)))
