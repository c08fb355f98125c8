"""Which columns hold scores: the overall one, further ones, and ratings of touchpoints; and their scales."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from touchstone.core.taxonomy import Taxonomy
from touchstone.listen import _scores, _words
from touchstone.listen._columns import Column, Evidence
from touchstone.listen._scores import Scale

MODEST = ("value", "note", "grade", "evaluation", "effort", "score")
"""Names that are an overall score only where nothing names one better."""
SCORED = ("value", "score", "rating")


def take(seen: Sequence[Evidence], taken: dict[str, Column]) -> None:
    """Adds the columns of scores to `taken`: at most one overall `value`, further `score`s, touchpoint `rating`s."""
    free = [each for each in seen if each.name not in taken and _may_score(each)]
    offers = sorted(((_overall(each), each) for each in free), key=lambda offer: offer[0], reverse=True)
    has_value = any(column.taken_for == "value" for column in taken.values())
    overall = [(likeness, each) for likeness, each in offers if likeness > 0]
    ratings = _ratings([each for each in free if _overall(each) < 0.9], overall)
    for likeness, each in overall:
        if has_value and _words.normal(each.name) in MODEST and len(ratings) >= 2:
            ratings[each.name] = 0.85
        elif each.name not in ratings:
            why = "named like an overall score" if not has_value else "a further score, about no touchpoint"
            taken[each.name] = Column(each.name, "score" if has_value else "value", min(0.97, likeness), why)
            has_value = True
    for name, sure in ratings.items():
        taken[name] = Column(name, "rating", sure, "scores of one touchpoint")


def _may_score(each: Evidence) -> bool:
    """Whether cells and name allow scores: on one scale, few different ones, and no count, code or measure."""
    says = each.named & _words.SCORE_WORDS
    signs = set(each.counts) <= {"-1", "0", "1", "-1.0", "0.0", "1.0"} and len(each.counts) == 3
    counted = each.named & _words.NEVER_A_SCORE and not says and not signs and _overall(each) < 0.9
    if each.named & _words.ABOUT_THE_TEXT or counted:
        return False
    if not each.cells or "id" in each.named or (each.dates > 0.8 and each.numeric < 1) or len(each.counts) > 110:
        return False
    return natural(each.counts, each.name) is not None


def natural(counts: Counter[str], name: str) -> Scale | None:
    """A column's scale taken alone, a zero below it aside."""
    found = _scores.scale(_without_zero(counts) or counts, name=name)
    return found[0] if found else None


def _overall(each: Evidence) -> float:
    """How well a name says that this is the overall score; 0 where it does not."""
    likeness = _words.likeness(each.name, _words.FIELDS["value"])
    if likeness >= 0.9:
        return likeness
    if each.named & {"overall", "nps", "globale", "gesamt"}:
        return 0.91
    asks = each.named & {"recommend", "recommended", "recommander", "weiterempfehlen", "recomendaria"}
    return 0.9 if asks and not each.named & {"not", "why"} else 0.0


def _ratings(free: Sequence[Evidence], overall: Sequence[tuple[float, Evidence]]) -> dict[str, float]:
    """Columns that rate a touchpoint, with confidence: their name says score, or several beside share the scale."""
    scales = {each.name: scale for each in free if (scale := natural(each.counts, each.name)) is not None}
    tops = Counter(scale.best for scale in scales.values() if scale.metric != "boolean")
    tops.update(scale.best for _, each in overall if (scale := natural(each.counts, each.name)) is not None)
    chosen: dict[str, float] = {}
    for each in free:
        scale = scales.get(each.name)
        if scale is None:
            continue
        named = each.named & {
            "rating",
            "ratings",
            "score",
            "satisfaction",
            "satisfied",
            "stars",
            "bewertung",
            "zufriedenheit",
        }
        if named:
            chosen[each.name] = 0.95
        elif (
            scale.metric == "boolean"
            or scale.best > 10
            or len(each.counts) < 3
            or (each.numeric < 1 and not _worded(each))
        ):
            continue
        elif sum(count for best, count in tops.items() if _alike(best, scale.best)) >= 3:
            chosen[each.name] = 0.85
        elif each.named & _words.SCORE_WORDS or _worded(each):
            chosen[each.name] = 0.7
    return chosen


def _alike(one: float, other: float) -> bool:
    """Whether scales of these bests may stand side by side: 5 and 7 where nobody gave the best, but not 5 and 10."""
    return one == other or max(one, other) <= 7 < 2 * min(one, other)


def _worded(each: Evidence) -> bool:
    return _scores.ladder(each.counts) is not None


def scaled(
    columns: Sequence[Column],
    counts: Mapping[str, Counter[str]],
    *,
    taxonomy: Taxonomy | None = None,
    not_applicable: str = "auto",
    told: Mapping[str, str] | None = None,
) -> list[Column]:
    """The columns with their scales, from the counts of all their cells.

    `not_applicable`: "auto" leaves a zero out of a scale that starts above it (and says so), "none" keeps it, a
    number leaves that number out everywhere. `told` (`best`, `worst`, `metric`) overrules the overall score's scale.
    """
    ratings = [column for column in columns if column.taken_for == "rating" and column.name in counts]
    group = _group([counts[column.name] for column in ratings], [column.name for column in ratings])
    readable = {column.name: _words.readable(column.name) for column in columns if column.taken_for == "rating"}
    known = taxonomy.match(list(readable.values())) if taxonomy else {}
    done = []
    for column in columns:
        scaled_one = column
        if column.taken_for in SCORED and column.name in counts:
            scaled_one = _one(column, counts[column.name], group, not_applicable)
        if column.taken_for == "value" and told:
            scaled_one = _told(scaled_one, told)
        if column.taken_for == "rating":
            name = readable[column.name]
            scaled_one = replace(scaled_one, touchpoint=known.get(name, name))
        done.append(scaled_one)
    return done


def _one(column: Column, counts: Counter[str], group: tuple[float, float] | None, not_applicable: str) -> Column:
    beside = group if column.taken_for == "rating" else None
    bare = _without_zero(counts)
    zeros = sum(counts.values()) - sum(bare.values())
    answers = sum(count for cell, count in bare.items() if not _scores.missing(cell))
    found = _scores.scale(bare, name=column.name, group=beside) if bare else None
    if not_applicable == "auto" and zeros and found and _zero_is_none(found[0], zeros, answers):
        note = f"{zeros:,} zeros were taken for “not applicable” (not_applicable=none keeps them)"
        return replace(column, scale=found[0], why=f"{column.why}; {found[1]}", not_applicable=0.0, note=note)
    if not_applicable not in ("auto", "none"):
        left_out = float(not_applicable)
        counts = Counter({cell: n for cell, n in counts.items() if _scores.number(cell)[0] != left_out})
        column = replace(column, not_applicable=left_out, note=f"{left_out:g} means “not applicable”, as you said")
        beside = beside if left_out == 0 else None
    elif zeros and beside and beside[0] > 0:
        beside = None
    found = _scores.scale(counts, name=column.name, group=beside)
    return replace(column, scale=found[0], why=f"{column.why}; {found[1]}") if found else column


def _zero_is_none(scale: Scale, zeros: int, answers: int) -> bool:
    """Whether a zero says "not applicable": below 1-5 or 1-7 always, between -1 and 1 where most cells are zero."""
    if scale.metric in ("boolean", "nps"):
        return False
    return (scale.worst == 1 and scale.best <= 7) or (scale.worst == -1 and zeros > answers)


def _without_zero(counts: Counter[str]) -> Counter[str]:
    return Counter({cell: n for cell, n in counts.items() if cell and _scores.number(cell)[0] != 0})


def _group(counts: Sequence[Counter[str]], names: Sequence[str]) -> tuple[float, float] | None:
    """The scale that most answers in the touchpoint columns stand on; None where there are not three such columns."""
    votes = Counter[tuple[float, float]]()
    for each, name in zip(counts, names, strict=True):
        bare = _without_zero(each)
        scale = natural(each, name)
        if scale is not None and scale.metric != "boolean":
            votes[(scale.worst, scale.best)] += sum(bare.values())
    if len(names) < 3 or not votes:
        return None
    worst, best = votes.most_common(1)[0][0]
    zeros = best >= 10 and any(len(_without_zero(each)) < len(each) for each in counts)
    return (0.0 if zeros else worst), best  # a zero on one column of 0-10 shows the scale of those beside it


def _told(column: Column, told: Mapping[str, str]) -> Column:
    scale = column.scale or Scale("rating", 1.0, 5.0)
    scale = Scale(
        told.get("metric") or scale.metric, float(told.get("worst", scale.worst)), float(told.get("best", scale.best))
    )
    return replace(column, scale=scale, why=f"{column.why}; its scale is as you said")
