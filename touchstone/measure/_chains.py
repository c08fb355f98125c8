"""What customers say, get and do, one row a customer, as sums: from the columns of a file or the rows of a home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.measure._answers import Question, by_words, day
from touchstone.measure._interactions import asked, leading_currency
from touchstone.measure._leagues import cases_of
from touchstone.science.covariance import Sums, sums

Floats = NDArray[np.float64]
CAUSES = ("satisfaction", "coupon")
LINKS = ("retention", "spend", "share_of_wallet", "premium", "referrals")
COLUMN = {"retention": "retained", **{name: name for name in LINKS[1:]}}
OF_STAYERS = ("spend", "share_of_wallet", "premium")
"""Links that only those who stay have."""


@dataclass(frozen=True)
class Chain:
    """One group of customers: for each link the sums over [causes…, what is held…, what it links to].

    `seen` tells of every cause and link how much it differs: customers of the rarer kind where there are two, else all.
    """

    key: tuple[str, ...]
    causes: tuple[str, ...]
    links: dict[str, Sums]
    seen: dict[str, float]
    said: dict[str, Any] = field(default_factory=dict)

    def customers(self, name: str) -> float:
        """How many a link rests on."""
        return float(self.links[name].n[:, -1, -1].sum())

    def size(self, name: str, cause: str) -> float:
        """How many customers tell of a link and a cause: all, or of a coupon the fewer of those with and without."""
        count = self.customers(name)
        if cause != "coupon":
            return count
        holders = float(self.links[name].first[:, self.causes.index("coupon"), -1].sum())
        return min(holders, count - holders)

    def expected(self, name: str) -> float:
        """How many of the rarer kind of a link there would be among those with a coupon, were they like the others."""
        return self.size(name, "coupon") * self.seen[name] / max(self.customers(name), 1.0)


def of_file(table: pa.Table, by: Sequence[str], adjust: Sequence[str], *, seed: int) -> list[Chain]:
    """The customers of a file, by columns of it."""
    for name, names in (("by", by), ("adjust", adjust)):
        if absent := [each for each in names if each not in table.column_names]:
            todo = f"There are: {', '.join(table.column_names)}."
            raise Refused(f"no column {absent[0]!r}.", field=name, where="the file", todo=todo)
    causes = tuple(name for name in CAUSES if name in table.column_names)
    links = [name for name in LINKS if COLUMN[name] in table.column_names]
    if not causes or not links:
        lacking, known = ("satisfaction", CAUSES) if not causes else ("retained", tuple(COLUMN.values()))
        todo = f"Give one of {', '.join(known)}; see --map."
        raise Refused(f"no column {' or '.join(known)}.", field=lacking, where="the file", todo=todo)
    for name in by:
        table = table.filter(pc.is_valid(table[name]))
    held = cases_of([table[name] for name in adjust], np.ones(len(table))) if len(table) else np.empty((0, 0))
    given = np.hstack([np.column_stack([_numbers(table, name) for name in causes]), held])
    if "coupon" in causes:
        coupon = given[:, causes.index("coupon")]
        given[:, causes.index("coupon")] = np.where(np.isnan(coupon), np.nan, coupon > 0)
    outcomes = {name: _numbers(table, COLUMN[name]) for name in links}
    if "retention" in outcomes:
        stays = outcomes["retention"] > 0
        outcomes |= {name: np.where(stays, outcomes[name], np.nan) for name in OF_STAYERS if name in outcomes}
    keys = list(zip(*(table[name].cast(pa.string()).to_pylist() for name in by), strict=True)) or [()] * len(table)
    places: dict[tuple[str, ...], list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return [_chain(key, causes, given[rows], {name: y[rows] for name, y in outcomes.items()}, seed=seed)
            for key, rows in ((key, np.array(places[key])) for key in sorted(places))]  # fmt: skip


def _chain(
    key: tuple[str, ...], causes: tuple[str, ...], given: Floats, outcomes: dict[str, Floats], *, seed: int
) -> Chain:
    """Every link's complete rows side by side, so that all links share their blocks."""
    known = ~np.isnan(given).any(axis=1)
    middle = given[known].mean(axis=0) if known.any() else np.zeros(given.shape[1])
    middle[[at for at, name in enumerate(causes) if name == "coupon"]] = 0.0
    parts, seen = [], {}
    for name, outcome in outcomes.items():
        whole = known & ~np.isnan(outcome)
        parts.append(np.where(whole[:, None], np.column_stack([given - middle, outcome]), np.nan))
        some = float((outcome[whole] > 0).sum()) if name in ("spend", "referrals") else np.inf
        seen[name] = min(_rarest(outcome[whole]), some)
    seen |= {name: _rarest(given[known, at]) for at, name in enumerate(causes)}
    together, width = sums(np.hstack(parts), seed=seed), given.shape[1] + 1
    links = {name: together.of(range(at * width, (at + 1) * width)) for at, name in enumerate(outcomes)}
    return Chain(key, causes, links, seen)


def _rarest(values: Floats) -> float:
    kinds, counts = np.unique(values, return_counts=True)
    return 0.0 if kinds.size < 2 else float(counts.min()) if kinds.size == 2 else float(values.size)


def _numbers(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].to_numpy(zero_copy_only=False), float)


def of_home(ask: Ask, question: Question, *, split: str) -> list[Chain]:
    """The customers of a home who answered a question about the whole before `split`, and what they did after."""
    sql, parameters = _select(question)
    ends = ask.lake("""SELECT min(CAST(occurred_at AS DATE)) AS earliest, max(CAST(occurred_at AS DATE)) AS latest
FROM interaction WHERE person IS NOT NULL AND occurred_at IS NOT NULL""").to_pylist()[0]
    first, last = ends["earliest"], ends["latest"]
    if first is None:
        return []
    turn = day(split or None, field="split") or first + (last - first) // 2
    currency = leading_currency(ask)
    table = ask.lake(sql, [*parameters, turn, currency, turn, turn])
    said = {"split": turn.isoformat(), "period_days": (last - turn + timedelta(days=1)).days, "currency": currency}
    columns = [by_words(table[f"by {name}"], name) for name in question.by]
    places: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(table)):
        places.setdefault(tuple(column[place] for column in columns), []).append(place)
    return [_summed(key, table.take(pa.array(places[key])), said) for key in sorted(places)]


_AGAIN = "('purchase', 'visit', 'answer', 'review', 'turn', 'message', 'post', 'idea', 'redemption', 'referral')"
"""Kinds of interactions by which a customer is heard of again; what the brand sends does not count."""


def _select(question: Question) -> tuple[str, list[Any]]:
    """Sums of products by group, block and whether the customer was heard of again."""
    if beside := {*question.by} & {"touchpoint", "stage", "kind"}:
        raise Refused(f"{sorted(beside)[0]!r} says nothing of the customer.", field="by", todo="Leave it out of by.")
    columns = {name: f"r.{name}" for name in
               ("person", "touchpoint", "metric", "worst", "best", "value", "occurred_at")}  # fmt: skip
    said, parameters = asked(question, columns)
    keys = "".join(f', "{name}"' for name in question.by)
    named = "".join(f', "{name}" AS "by {name}"' for name in question.by)
    by = "".join(f'"by {name}", ' for name in question.by)
    taken = "".join(f'x."by {name}", ' for name in question.by)
    pairs = [f"sum({a} * {b}) AS {a}{b}" for a, b in ("ss", "sc", "cc", "sm", "cm", "mm", "sf", "cf", "ff")]
    alone = [f"sum({each}) AS {each}" for each in "scmf"]
    alone += [f"sum(CASE WHEN {each} > 0 THEN 1 ELSE 0 END) AS some_{each}" for each in "mf"]
    return (
        f"""WITH satisfied AS (
  SELECT person{named}, avg(10 * (value - worst) / (best - worst)) - 5 AS s FROM ({said}) AS told
  WHERE person IS NOT NULL AND touchpoint IS NULL AND metric IN ('nps', 'csat', 'ces', 'rating') AND worst <> best
    AND value IS NOT NULL AND CAST(occurred_at AS DATE) < ? GROUP BY person{keys}
), later AS (
  SELECT person, max(CASE WHEN kind IN {_AGAIN} THEN 1 ELSE 0 END) AS again,
    sum(CASE WHEN kind = 'purchase' AND currency = ? THEN coalesce(amount, 0) ELSE 0 END) AS m,
    sum(CASE WHEN kind = 'referral' THEN 1.0 ELSE 0.0 END) AS f
  FROM interaction WHERE person IS NOT NULL AND CAST(occurred_at AS DATE) >= ? GROUP BY person
), rewarded AS (
  SELECT person, 1.0 AS c FROM interaction
  WHERE person IS NOT NULL AND kind = 'redemption' AND CAST(occurred_at AS DATE) < ? GROUP BY person
), customer AS (
  SELECT {taken}x.s, substr(md5(x.person), 1, 2) AS block, coalesce(l.again, 0) AS again, coalesce(r.c, 0.0) AS c,
    coalesce(l.m, 0.0) AS m, coalesce(l.f, 0.0) AS f
  FROM satisfied AS x LEFT JOIN later AS l ON l.person = x.person LEFT JOIN rewarded AS r ON r.person = x.person
)
SELECT {by}block, again, count(*) AS n, {", ".join([*alone, *pairs])} FROM customer
GROUP BY {by}block, again ORDER BY {by}block, again""",
        parameters,
    )


def _summed(key: tuple[str, ...], table: pa.Table, said: dict[str, Any]) -> Chain:
    """One group's sums by block, links as [satisfaction, coupon, what it links to]."""
    names = [name for name in table.column_names if name != "block" and not name.startswith("by ")]
    values = {name: np.asarray(table[name].to_numpy(zero_copy_only=False), float) for name in names}
    blocks, block = np.unique(np.array(table["block"].to_pylist()), return_inverse=True)
    size, again = len(blocks), values["again"] > 0
    values |= {
        "h": values["n"] * again,
        "sh": values["s"] * again,
        "ch": values["c"] * again,
        "hh": values["n"] * again,
    }

    def link(last: str, rows: Any) -> Sums:
        summed = {name: np.bincount(block[rows], weights=each[rows], minlength=size) for name, each in values.items()}
        order = ("s", "c", last)
        pair = {(a, b): summed[a + b] if a + b in summed else summed[b + a] for a in order for b in order}
        n, first, product = np.empty((3, size, 3, 3))
        for i, one in enumerate(order):
            for j, two in enumerate(order):
                n[:, i, j], first[:, i, j], product[:, i, j] = summed["n"], summed[one], pair[one, two]
        return Sums(n, first, product)

    every = np.ones(len(again), bool)
    links = {"retention": link("h", every), "referrals": link("f", every)}
    if said["currency"]:
        links["spend"] = link("m", again)
    total = {name: float(each.sum()) for name, each in values.items()}
    seen = {name: float(each.n[:, 0, 0].sum()) for name, each in links.items()}
    paid = float(values["some_m"][again].sum())
    seen |= {"retention": min(total["h"], total["n"] - total["h"]), "referrals": total["some_f"], "spend": paid}
    seen |= {"coupon": min(total["c"], total["n"] - total["c"]), "satisfaction": total["n"] if total["ss"] else 0.0}
    return Chain(key, CAUSES, links, seen, said)
