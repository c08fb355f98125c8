"""Surveys and what came of them, as figures: response rates, scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Estimate
from touchstone.science.interval import mean_interval, share_interval
from touchstone.store import surveys

Row = dict[str, Any]
_ANSWERED = """select metric, value, best, worst, count(*) as n from interaction
    where source = 'survey' and kind = 'answer' and value is not null and split_part(thread, '.', 1) = ?
    group by metric, value, best, worst order by metric, value"""
_NAMES = {"nps": "NPS", "csat": "Satisfaction", "ces": "Effort", "rating": "Rating"}


def listed(ask: Ask, id: str | None = None) -> list[Row]:
    """Surveys, the open ones first and the newest of them, each with its invitations counted; with `id` that one."""
    found = ask.record(surveys.which(id))
    counts = {row["survey"]: row for row in ask.record(surveys.counted(id))}
    none = {"invited": 0, "back": 0, "silent": 0, "lost": 0}
    rows = [each | {name: int(counts.get(each["id"], none)[name]) for name in none} for each in found]
    return sorted(rows, key=lambda each: (each["state"], -each["made_at"].timestamp(), str(each["unit"]), each["id"]))


def response(rows: Sequence[Row], *, seed: int) -> Estimate:
    """The share of invitations that were answered, of those answered or held for unanswered."""
    back, silent, lost = (sum(each[name] for each in rows) for name in ("back", "silent", "lost"))
    waiting = sum(each["invited"] for each in rows) - back - silent - lost
    interval = share_interval(back, back + silent)
    known = back + silent > 0
    value, low, high = (float(getattr(interval, name)[0]) if known else None for name in ("value", "low", "high"))
    why = "" if known else "no invitation was answered, and none is old enough to be held for unanswered"
    note = f"Unanswered after 14 days: {silent}; still open: {waiting}." if waiting or silent else ""
    note = f"{note} Came back undelivered: {lost}.".strip() if lost else note
    return Estimate(
        "Response rate", value, low, high, back + silent, "share", floor=0.0, ceiling=1.0, middle=None, note=note,
        formula="invitations answered / (answered + unanswered after 14 days); Wilson's interval", why=why, seed=seed,
        counted="invitations",
    )  # fmt: skip


def scores(ask: Ask, id: str) -> tuple[list[Estimate], list[tuple[str, float, int]]]:
    """(a figure for each score asked, its answers counted by value)."""
    rows = ask.lake(_ANSWERED, [id]).to_pylist()
    figures = []
    for name in dict.fromkeys(row["metric"] for row in rows):
        own = [row for row in rows if row["metric"] == name]
        figures.append(_score(name, own, ask.seed))
    return figures, [(_NAMES.get(row["metric"], row["metric"]), row["value"], row["n"]) for row in rows]


def _score(name: str, rows: Sequence[Row], seed: int) -> Estimate:
    worst, best = (_step(name, rows[0][end]) for end in ("worst", "best"))
    counts = Counter[float]()
    for row in rows:
        counts[_step(name, row["value"])] += row["n"]
    interval = mean_interval([0] * len(counts), list(counts), list(counts.values()), worst=worst, best=best)
    value, low, high = (float(getattr(interval, each)[0]) for each in ("value", "low", "high"))
    formula = "share of 9 and 10 - share of 0 to 6" if name == "nps" else "mean of the answers"
    scale = "points" if name == "nps" else f"{worst:g} to {best:g}"
    return Estimate(
        _NAMES.get(name, name), value, low, high, counts.total(), scale, floor=worst, ceiling=best,
        middle=(worst + best) / 2, formula=f"{formula}; score interval (Tango 1998)", seed=seed,
    )  # fmt: skip


def _step(name: str, value: float) -> float:
    """What an answer counts for: a promoter 100, a detractor -100; elsewhere itself."""
    if name != "nps":
        return value
    return -100.0 if value <= 6 else 100.0 if value >= 9 else 0.0
