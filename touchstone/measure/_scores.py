"""From counts of answers to figures with their doubt: what all score measures share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.core.tables import TEXT
from touchstone.measure._answers import WHOLE, Question, count, parts
from touchstone.measure._details import SORTED, Details, Tallies
from touchstone.measure._polarity import PLACE, SCORES, Polarity
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._rules import Rule, number_text
from touchstone.measure._shrunk import shrunk
from touchstone.science.interval import Interval, mean_interval
from touchstone.science.misclassification import widened

Floats = NDArray[np.float64]
POINTS = {name: float(SCORES[place]) for name, place in PLACE.items()}
FEW = 10  # fewer answers than this are called few in `detail`


@dataclass(frozen=True)
class Figures:
    """Groups (rows of `keys`) with their figure in the units of the measure, and the counts behind it.

    `interval` holds the doubt of sampling alone; `doubt` is what misread texts add, as a standard deviation.
    """

    keys: pa.Table
    interval: Interval
    worst: Floats  # ends of the scale the figure stands on
    best: Floats
    ends: tuple[Floats, Floats]  # ends of the points that were averaged; wider where misreading is corrected
    doubt: Floats
    answered: tuple[Floats, Floats] | None  # worst and best of the answers, where they say
    counts: Tallies

    def whole(self, interval: Interval) -> Interval:
        """`interval` with all doubt in it, kept on the scale."""
        return widened(interval, self.doubt, worst=self.worst, best=self.best)


def figures(ask: Ask, rule: Rule, question: Question, *, reading: Polarity | None = None) -> Figures | None:
    """The figures of `rule` for each group and scale, not shrunk; None where nothing is counted.

    Where several scales occur, `scale` joins the keys.
    """
    table = counted(ask, rule, question)
    if not len(table):
        return None
    several = len(pc.unique(table["scale"])) > 1
    order, group, keys = grouped(table.select([*question.by, "scale"] if several else list(question.by)))
    value, low, high, n = (_numbers(table[each])[order] for each in ("value", "worst", "best", "n"))
    first = np.unique(group, return_index=True)[1]
    scale, size = (low[first], high[first]), len(first)
    ends = scale if rule.ends is None else (np.full(size, rule.ends[0]), np.full(size, rule.ends[1]))
    points, span, doubt = rule.points(value, low, high), ends, np.zeros(size)
    names = rule.label(value, low, high)
    if not rule.metric:
        names, known = _numbers(table["label"])[order], reading or Polarity(None)
        place = np.array([PLACE.get(each, 2) for each in names], np.int64)
        points, doubt = known.points[place], known.doubt(group, place, n, size=size)
        span = (np.full(size, known.points.min()), np.full(size, known.points.max()))
    interval = mean_interval(group, points, n, worst=span[0], best=span[1])
    if reading is not None and reading.bias:
        interval, span, doubt = _shifted(interval, span, keys=keys, reading=reading)
    return Figures(
        keys=keys,
        interval=_times(interval, rule.factor),
        worst=ends[0] * rule.factor,
        best=ends[1] * rule.factor,
        ends=(span[0] * rule.factor, span[1] * rule.factor),
        doubt=doubt * rule.factor,
        answered=scale if rule.metric else None,
        counts=Tallies.of(group, names, n, size=size),
    )


def measured(
    ask: Ask,
    rule: Rule,
    question: Question,
    *,
    shrink: bool,
    reading: Polarity | None = None,
) -> pa.Table:
    """METRIC rows of `rule`; with `shrink`, units are drawn towards their group and ranked."""
    found = figures(ask, rule, question, reading=reading)
    if found is None:
        return nothing()
    details = _details(found, rule)
    if reading is not None:
        _tell(details, found, rule, reading)
    leaning = shrink and "unit" in question.by
    interval = found.whole(shrunk(found, details, seed=ask.seed) if leaning else found.interval)
    return rows(
        found.keys,
        interval,
        n=found.interval.n,
        measured_in=units(found, rule),
        detail=details,
        heading=Heading(rule.name, salt=salt(question), alone=not leaning),
    )


def units(found: Figures, rule: Rule) -> list[str]:
    """What each figure is measured in; means name their scale: points on 1-5."""
    if rule.ends is not None:
        return [rule.measured_in] * len(found.worst)
    return [f"{rule.measured_in} on {each}" for each in _scale_texts(found.worst, found.best)]


def salt(question: Question) -> str:
    """What the figures were narrowed to; empty for all there is."""
    parts = (question.where, question.since, question.until, question.worst, question.best)
    return (
        ""
        if not any(each is not None for each in parts)
        else "|".join("" if each is None else str(each) for each in parts)
    )


def scale_text(worst: float, best: float) -> str:
    """A scale by its ends, worst first: 1-5."""
    return f"{number_text(worst)}-{number_text(best)}"


def _scale_texts(worst: Floats, best: Floats) -> list[str]:
    ends = list(zip(worst.tolist(), best.tolist(), strict=True))
    texts = {each: scale_text(*each) for each in set(ends)}
    return [texts[each] for each in ends]


def counted(ask: Ask, rule: Rule, question: Question, *, beside: tuple[str, ...] = ()) -> pa.Table:
    """Counts with columns value, worst, best, scale, label and n; answers outside their scale are left out.

    Those of scores are also apart by the columns `beside`, which may be null.
    """
    if not rule.metric:
        table = count(ask, question, rollup="mention_rollup", columns=("polarity",))
        value, low, high = np.zeros(len(table)), np.full(len(table), -1.0), np.ones(len(table))
        label = table["polarity"]
    else:
        mixed = () if parts(question, "rollup") else (WHOLE,)
        wanted = ("worst", "best", "value", *mixed, *beside)
        table = count(ask, question, rollup="rollup", columns=wanted, only={"metric": rule.metric})
        table = _of_the_whole(table) if mixed else table
        value, low, high = (_numbers(table[each]).astype(float) for each in ("value", "worst", "best"))
        low, high = _scale(low, rule, 0, question.worst), _scale(high, rule, 1, question.best)
        label = pa.nulls(len(table), TEXT)
    scale = _scale_texts(low, high)
    whole = table.select([*question.by, *beside]).append_column("value", pa.array(value))
    for name, column in (("worst", pa.array(low)), ("best", pa.array(high)), ("scale", pa.array(scale, TEXT))):
        whole = whole.append_column(name, column)
    whole = whole.append_column("label", label).append_column("n", table["n"])
    with np.errstate(invalid="ignore"):
        inside = (value >= np.fmin(low, high)) & (value <= np.fmax(low, high))
    return whole.filter(pa.array(inside))


def _of_the_whole(table: pa.Table) -> pa.Table:
    """Answers about the whole experience, scale by scale; where a scale has none, those about its touchpoints.

    A brand's rating is what customers gave the whole; ratings of touchpoints on the same scale are parts of it.
    """
    ends = list(zip(*(table[each].to_pylist() for each in ("worst", "best")), strict=True))
    whole = table[WHOLE].to_pylist()
    asked = {each for each, is_whole in zip(ends, whole, strict=True) if is_whole}
    kept = [is_whole or each not in asked for each, is_whole in zip(ends, whole, strict=True)]
    return table.filter(pa.array(kept, pa.bool_()))


def _scale(said: Floats, rule: Rule, end: int, given: float | None) -> Floats:
    """One end of the scale: as given, else as the answers say, else as the measure is usually asked."""
    if given is not None:
        return np.full(said.shape, float(given))
    return said if rule.scale is None else np.where(np.isnan(said), rule.scale[end], said)


def grouped(keyed: pa.Table) -> tuple[Any, Any, pa.Table]:
    """Order that brings equal keys together, group number of each row in that order, and the keys of each group."""
    size = len(keyed)
    codes = [_codes(keyed[name]) for name in keyed.column_names]
    order = np.lexsort(codes[::-1]) if codes else np.arange(size)
    new = np.zeros(size, bool)
    for code in codes:
        new[1:] |= code[order][1:] != code[order][:-1]
    group = np.cumsum(new)
    first = np.unique(group, return_index=True)[1]
    return order, group, keyed.take(pa.array(order[first])) if codes else keyed.slice(0, 1)


def _codes(column: Any) -> Any:
    """Ranks of the words of a column, so that sorting by them sorts the words."""
    encoded = column.combine_chunks().dictionary_encode()
    rank = np.argsort(np.argsort(np.array(encoded.dictionary.to_pylist(), dtype=object)))
    return rank[encoded.indices.to_numpy(zero_copy_only=False)]


def _numbers(column: Any) -> Any:
    return column.to_numpy(zero_copy_only=False)


def _shifted(
    interval: Interval, span: tuple[Floats, Floats], *, keys: pa.Table, reading: Polarity
) -> tuple[Interval, tuple[Floats, Floats], Floats]:
    """The figures moved by what labelled texts show to be missing, the ends they may now have, and that doubt."""
    named = keys["touchpoint"].to_pylist() if "touchpoint" in keys.column_names else [""] * len(interval.value)
    shift, doubt = reading.shift(named)
    moved = replace(interval, value=interval.value + shift, low=interval.low + shift, high=interval.high + shift)
    return moved, (span[0] + shift, span[1] + shift), doubt


def _times(interval: Interval, factor: float) -> Interval:
    return replace(
        interval,
        value=interval.value * factor,
        low=interval.low * factor,
        high=interval.high * factor,
        variance=interval.variance * factor**2,
    )


def _details(found: Figures, rule: Rule) -> Details:
    """What each row says of itself, before it is drawn anywhere."""
    details = Details(len(found.worst))
    details.alike(formula=rule.formula)
    pairs = list(zip(found.worst.tolist(), found.best.tolist(), strict=True))
    ends = {pair: SORTED.encode({"worst": tidy(pair[0]), "best": tidy(pair[1])}) for pair in set(pairs)}
    details.written("scale", [ends[each] for each in pairs])
    details.written("counts", found.counts.json())
    if found.answered is not None:
        details.words("answered_on", _scale_texts(*found.answered))
    few = np.flatnonzero(found.interval.n < FEW)
    details.written("few", ["true"] * few.size, at=few)
    return details


def _tell(details: Details, found: Figures, rule: Rule, reading: Polarity) -> None:
    """Says in each detail what was read as what, and whether the machine's mistakes are in the figure."""
    how = ""
    if reading.corrected:
        how = "; corrected for misread mentions"
    elif reading.bias:
        how = "; as the machine reads, with how far touchpoints are misread apart in the interval"
        details.alike(misreading=tidy(reading.bias[""][1]))
    if reading.labels:
        details.alike(labels=reading.labels)
    details.alike(corrected=reading.corrected, formula=rule.formula + how)
    details.numbers("uncorrected", found.counts.mean(POINTS))
