"""Units compared fairly: each with its doubt, its rank and what it has in common with the rest."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from touchstone.core.ask import Ask
from touchstone.core.page import Estimate, Streaks
from touchstone.show import _say, _stored, _units, _words
from touchstone.show._narrow import Narrow
from touchstone.show._stored import Figure


@dataclass(frozen=True)
class League:
    """Units as estimates, best first; `one` and `many` say what a unit is called here."""

    name: str
    estimates: tuple[Estimate, ...]
    figures: tuple[Figure, ...]
    mean: float
    one: str
    many: str

    def of(self, verdict: str) -> tuple[Estimate, ...]:
        """Those that stand so against the rest: good, bad or open."""
        return tuple(each for each in self.estimates if each.verdict == verdict)


def league(ask: Ask, chosen: Narrow) -> League | None:
    """Every unit on the score most of its customers give, or on sentiment; None with fewer than two units."""
    found = _stored.leading(ask, ("unit",), chosen) or _stored.figures(ask, "sentiment", ("unit",), chosen)
    names = _units.names(ask)
    one, many = nouns(ask)
    known = [each for each in found if each.value is not None]
    if len(known) < 2:
        return None
    known.sort(key=lambda each: (each.detail.get("rank", 0), -_upward(each), each.by["unit"]))
    mean = _mean(known)
    words, ends = _words.of_column(ask, "unit", chosen), _reach(known)
    made = tuple(
        _stored.estimate(
            each, names.get(each.by["unit"], each.by["unit"]), middle=mean, seed=ask.seed, ends=ends,
            verbatims=words.get(each.by["unit"], ()), drawn_from=f"all that is said of this {one}",
            href=chosen.address("units", unit=each.by["unit"]),
        )
        for each in known
    )  # fmt: skip
    return League(known[0].name, made, tuple(known), mean, one, many)


def _reach(known: Sequence[Figure]) -> tuple[float, float] | None:
    """The part of the scale where the units lie, so that their differences can be seen; at least a third of it."""
    scale = known[0].ends
    lows = [each.low for each in known if each.low is not None]
    highs = [each.high for each in known if each.high is not None]
    if scale is None or not lows or not highs:
        return scale
    least, most, whole = min(lows), max(highs), abs(scale[1] - scale[0])
    short = max(0.0, whole / 3 - (most - least)) / 2
    step = whole / 40
    inside = (max(min(scale), least - short), min(max(scale), most + short))
    inside = (math.floor(inside[0] / step) * step, math.ceil(inside[1] / step) * step)
    return inside if scale[0] < scale[1] else (inside[1], inside[0])


def _upward(figure: Figure) -> float:
    """The value, turned so that more is better."""
    ends = figure.ends
    return (figure.value or 0.0) * (-1 if ends and ends[0] > ends[1] else 1)


def _mean(figures: Sequence[Figure]) -> float:
    """What units are drawn towards, or the mean of all answers where they were not drawn."""
    if "group_mean" in figures[0].detail:
        return float(figures[0].detail["group_mean"])
    total = sum(each.n for each in figures)
    return sum((each.value or 0.0) * each.n for each in figures) / total if total else 0.0


def spread(figures: Sequence[Figure]) -> float:
    """The variance of one answer, as the middle of what the units' own intervals say: the funnel's width."""
    told = []
    for each in figures:
        low, high = each.detail.get("raw_low", each.low), each.detail.get("raw_high", each.high)
        if low is not None and high is not None and each.n >= 5:
            told.append(((high - low) / 3.92) ** 2 * each.n)
    return statistics.median(told) if told else 0.0


def nouns(ask: Ask) -> tuple[str, str]:
    """What a unit is called here, one and many: the most frequent kind."""
    kinds = ask.lake("select kind, count(*) as n from unit where kind is not null group by kind order by n desc, kind")
    kind = (kinds["kind"][0].as_py() or "unit") if len(kinds) else "unit"
    kind = str(kind).replace("_", " ").lower()
    return kind, _say.plural(kind)


def sentence(found: League) -> str:
    """How many can be told from the rest, and how many cannot."""
    above, below, rest = (len(found.of(verdict)) for verdict in ("good", "bad", "open"))
    size = len(found.estimates)
    if not above and not below:
        return f"None of the {size} {found.many} can be told from the rest: the differences are within chance."
    parts = []
    if above:
        parts.append(f"{_say.word(above)} of {size} {found.many} {_stand(above)} clearly above the rest")
    if below:
        parts.append(
            f"{_say.word(below)} clearly below"
            if above
            else f"{_say.word(below)} of {size} {found.many} {_stand(below)} clearly below the rest"
        )
    tail = f"; the other {_say.word(rest)} cannot be told apart." if rest > 1 else "."
    text = " and ".join(parts) + tail
    return text[:1].upper() + text[1:]


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"


def streaks(found: League) -> Streaks:
    """The league under three headings: clearly above, not to be told apart, clearly below."""
    titles = (("good", "Clearly above"), ("open", "Cannot be told apart"), ("bad", "Clearly below"))
    groups = tuple((title, found.of(verdict)) for verdict, title in titles if found.of(verdict))
    named = _stored.title(found.figures[0])
    lead = (
        f"{named}. {found.many.capitalize()} with few answers are drawn towards the mean, the more so the fewer; "
        "the ranks in brackets are those each may have."
    )
    kinds = Counter(each.counted for each in found.estimates)
    return Streaks(f"{len(found.estimates)} {found.many}, compared fairly", lead, groups, kinds.most_common(1)[0][0])
