"""Figures from stored rows, or measured afresh when the page is narrowed, as estimates that open."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from touchstone.core import finder
from touchstone.core.ask import Ask
from touchstone.core.page import Estimate, Verbatim
from touchstone.show import _say
from touchstone.show._narrow import Narrow

SCORES = ("nps", "csat", "rating", "ces", "yes_share")
NAMES = {
    "nps": "Would recommend (NPS)",
    "csat": "Satisfied customers",
    "rating": "Rating",
    "ces": "Effort",
    "yes_share": "Said yes",
    "sentiment": "Sentiment of what is said",
    "volume": "Interactions",
}
BESIDE = ((), ("scale",), ("figure",), ("figure", "scale"))  # columns that join the cut where several of them occur
_ASKED = """select metric, worst, best, sum(n) as n from rollup where touchpoint is null and metric is not null
    group by metric, worst, best order by metric, worst, best"""
READ = 'select id, name, "by", value, low, high, n, measured_in, detail from metric'


@dataclass(frozen=True)
class Figure:
    """One metric or plan row, its `by` and `detail` unfolded."""

    name: str
    by: dict[str, str]
    value: float | None
    low: float | None
    high: float | None
    n: int
    measured_in: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def ends(self) -> tuple[float, float] | None:
        """Worst and best of the scale the figure stands on; None where it has none."""
        scale = self.detail.get("scale") or {}
        worst, best = scale.get("worst"), scale.get("best")
        return None if worst is None or best is None or worst == best else (float(worst), float(best))


def stored(ask: Ask, names: str | Sequence[str], by: Sequence[str] = ()) -> list[Figure]:
    """The stored rows of these measures by exactly these columns (and scale, where several occur), in order of id."""
    named = [names] if isinstance(names, str) else list(names)
    cuts = [",".join(sorted({*by, *more})) for more in BESIDE]
    keys = """array_to_string(list_sort(map_keys("by")), ',')"""
    holes = ", ".join("?" for _ in named)
    sql = f"{READ} where name in ({holes}) and {keys} in (?, ?, ?, ?) order by id"
    parameters = [*named, *cuts]
    return list(ask.kept(("stored", *parameters), lambda: tuple(unfolded(ask.lake(sql, parameters)))))


def afresh(ask: Ask, by: Sequence[str], chosen: Narrow) -> bool:
    """Whether figures by these columns must be measured: the page is narrowed, or the asker may not see the whole."""
    return chosen.active or (ask.viewer.side == "partner" and "unit" not in by)


def scores(ask: Ask, by: Sequence[str], chosen: Narrow) -> list[Figure]:
    """The rows of every score by these columns, as `figures` gives them, in one question where they are stored."""
    if not afresh(ask, by, chosen):
        return stored(ask, SCORES, by)
    return [each for name in SCORES for each in figures(ask, name, by, chosen)]


def figures(ask: Ask, name: str, by: Sequence[str], chosen: Narrow) -> list[Figure]:
    """Stored rows, or, when the page or its asker is narrowed, the measure's own answer to the narrowed question.

    A narrowed figure of a unit is its own, not drawn towards others: an asker's slice never stands for the whole.
    """
    if not afresh(ask, by, chosen):
        return stored(ask, name, by)
    measure = finder.verb("measure", name)
    own = {"shrink": False} if "shrink" in finder.settings("measure", name) else {}
    rows: pa.Table = measure(ask, by=tuple(by), **chosen.settings(), **own)
    return unfolded(rows)


def unfolded(rows: pa.Table) -> list[Figure]:
    """METRIC or PLAN rows as figures."""
    return [
        Figure(
            row["name"], dict(row["by"] or ()), row["value"], row["low"], row["high"], int(row["n"] or 0),
            row["measured_in"] or "", json.loads(row["detail"] or "{}"),
        )
        for row in rows.to_pylist()
    ]  # fmt: skip


Asked = dict[tuple[str, str], int]


def asked_of_all(ask: Ask, chosen: Narrow) -> Asked:
    """Answers about the whole, not about one touchpoint, by measure and its unit of measurement.

    A survey's many part ratings outnumber the one that asks for the whole, which is what a company is judged by.
    """
    if chosen.touchpoint:
        return {}
    found: Asked = {}
    for row in ask.lake(_ASKED).to_pylist():
        name = {"boolean": "yes_share"}.get(row["metric"], row["metric"])
        scale = f"points on {row['worst']:.6g}-{row['best']:.6g}" if row["worst"] is not None else ""
        measured_in = {"nps": "points", "csat": "share", "yes_share": "share"}.get(name, scale)
        found[name, measured_in] = found.get((name, measured_in), 0) + row["n"]
    return found


def by_weight(found: Iterable[Figure], asked: Asked) -> list[Figure]:
    """Scores of the whole, those with most answers first (yes or no last, for it says least); else scores of parts."""
    rows = list(found)
    whole = [each for each in rows if asked.get((each.name, each.measured_in))]
    return sorted(whole or rows, key=lambda each: (each.name == "yes_share", -_asked(each, asked), -each.n, each.name))


def _asked(figure: Figure, asked: Asked) -> int:
    return asked.get((figure.name, figure.measured_in), 0)


def leading(ask: Ask, by: Sequence[str], chosen: Narrow) -> list[Figure]:
    """The rows by these columns of the score that leads: all of one measure on one scale."""
    rows = scores(ask, by, chosen)
    asked = asked_of_all(ask, chosen)
    weight: Counter[tuple[str, str]] = Counter()
    for each in rows:
        weight[each.name, each.measured_in] += each.n
    if not weight:
        return []
    kind = max(
        weight, key=lambda each: (asked.get(each, 0) > 0, each[0] != "yes_share", asked.get(each, 0), weight[each])
    )
    return [each for each in rows if (each.name, each.measured_in) == kind]


def estimate(
    figure: Figure,
    label: str,
    *,
    middle: float | None = None,
    ends: tuple[float, float] | None = None,
    verbatims: tuple[Verbatim, ...] = (),
    seed: int = 0,
    drawn_from: str = "",
    href: str = "",
) -> Estimate:
    """A figure as an estimate that opens to its n, interval, formula and words."""
    ends = ends or figure.ends or span([figure])
    detail = figure.detail
    rank = (detail["rank"], detail["rank_low"], detail["rank_high"]) if "rank" in detail else None
    return Estimate(
        label=label, value=figure.value, low=figure.low, high=figure.high, n=figure.n,
        measured_in=figure.measured_in, floor=ends[0], ceiling=ends[1], middle=middle,
        formula=str(detail.get("formula", "")), why=_why(figure), note=note(figure),
        verbatims=verbatims, seed=seed, drawn_from=drawn_from, href=href, rank=rank, counted=counted(figure.name),
    )  # fmt: skip


def counted(name: str) -> str:
    """What a measure's n counts."""
    nouns = {"sentiment": "mentions", "volume": "interactions", "priorities": "mentions", "lifetime_value": "customers"}
    return nouns.get(name, "answers")


def counted_nouns(name: str) -> tuple[str, str]:
    """What a measure's n counts, one and many."""
    many = counted(name)
    return many.removesuffix("s"), many


def title(figure: Figure) -> str:
    """A figure's name for people; several scales are told apart."""
    named = NAMES.get(figure.name, figure.name.replace("_", " ").capitalize())
    scale = re.search(r" on (.+)$", figure.measured_in)
    return f"{named}, {_say.scale(scale[1])}" if scale else named


def note(figure: Figure) -> str:
    """What must be read with the figure: how it was drawn towards its group, few answers, how the answers fell."""
    detail = figure.detail
    parts = []
    if "reliability" in detail and detail.get("raw") is not None:
        own = _say.number(detail["raw"], measured_in=figure.measured_in, signed=_reaches_below(figure))
        parts.append(
            f"Its own answers alone say {own}; drawn towards its group, with reliability {detail['reliability']:.2f}."
        )
    if detail.get("few"):
        parts.append("Few answers: read the interval, not the figure.")
    if counts := detail.get("counts"):
        parts.append(_tally(counts))
    return " ".join(parts)


def _tally(counts: dict[str, int]) -> str:
    """How the answers fell, the most frequent first; many kinds are cut short."""
    ordered = list(counts.items())
    if len(ordered) > 6:
        ordered = sorted(ordered, key=lambda each: -each[1])[:6]
    fell = ", ".join(f"{_say.count(n)} × {label}" for label, n in ordered)
    return f"Answers: {fell}{' …' if len(counts) > 6 else ''}."


def _why(figure: Figure) -> str:
    if figure.value is not None:
        return ""
    return str(figure.detail.get("why") or "too few answers to tell")


def _reaches_below(figure: Figure) -> bool:
    return figure.ends is not None and min(figure.ends) < 0


def span(figures: Iterable[Figure]) -> tuple[float, float]:
    """Ends for figures without a scale: from nothing to beyond their intervals, or even on both sides of nothing."""
    known = [each for row in figures for each in (row.low, row.high, row.value) if each is not None]
    far = max([1.0, *map(abs, known)]) * 1.15
    return (-far if any(each < 0 for each in known) else 0.0, far)
