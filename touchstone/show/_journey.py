"""The journey as customers tell it: touchpoints under their stages, and what may be said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from touchstone.core.ask import Ask
from touchstone.core.page import Estimate, Streaks, Verbatim
from touchstone.show import _say, _stored, _words
from touchstone.show._narrow import Narrow
from touchstone.show._stored import Figure

ENOUGH = 10  # mentions before a touchpoint is named in a sentence
ELSEWHERE = "Beside the journey"


ALONE = " The machine read this alone, and the width holds how it misreads; 60 readings of your own narrow it."


@dataclass(frozen=True)
class Journey:
    """Touchpoints as estimates in the order of the journey, grouped by stage; `name` is the measure they show."""

    name: str
    groups: tuple[tuple[str, tuple[Estimate, ...]], ...]
    alone: bool = False  # read by the machine alone, with no person's readings to correct it

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        return tuple(each for _, group in self.groups for each in group)


def told(ask: Ask, chosen: Narrow) -> Journey:
    """What is said of each touchpoint: sentiment of its mentions."""
    found = _stored.figures(ask, "sentiment", ("touchpoint",), chosen)
    return _journey(ask, "sentiment", found, chosen, middle=0.0)


def scored(ask: Ask, chosen: Narrow) -> Journey:
    """How each touchpoint is scored where surveys ask, on the scale most answers have, against the mean of all."""
    best = _main(_stored.scores(ask, ("touchpoint",), chosen))
    if not best:
        return Journey("", ())
    known = [each for each in best if each.value is not None]
    total = sum(each.n for each in known)
    middle = sum((each.value or 0.0) * each.n for each in known) / total if total else None
    return _journey(ask, best[0].name, best, chosen, middle=middle)


def _main(rows: Sequence[Figure]) -> list[Figure]:
    """Those of the one score and scale with most answers: different ones never share a list."""
    weight: Counter[tuple[str, str]] = Counter()
    for each in rows:
        weight[each.name, each.measured_in] += each.n
    kinds = weight.most_common(1)
    return [each for each in rows if (each.name, each.measured_in) == kinds[0][0]]


def _journey(ask: Ask, measure: str, found: Sequence[Figure], chosen: Narrow, *, middle: float | None) -> Journey:
    words = _words.of_touchpoints(ask, chosen) if measure == "sentiment" else {}
    made = {each.by["touchpoint"]: each for each in found}
    shown = {
        touchpoint: _shown(ask, each, words.get(touchpoint, ()), chosen, middle) for touchpoint, each in made.items()
    }
    stages = [
        (
            _say.named(stage),
            tuple(shown[each.name] for each in ask.taxonomy if each.stage == stage and each.name in shown),
        )
        for stage in ask.taxonomy.stages
    ]
    rest = sorted(set(made) - set(ask.taxonomy.names), key=lambda touchpoint: (-made[touchpoint].n, touchpoint))
    groups = [*stages, (ELSEWHERE if any(group for _, group in stages) else "", tuple(shown[each] for each in rest))]
    alone = any("misreading" in each.detail for each in found)
    return Journey(measure, tuple((stage, group) for stage, group in groups if group), alone)


def _shown(ask: Ask, figure: Figure, words: tuple[Verbatim, ...], chosen: Narrow, middle: float | None) -> Estimate:
    name = figure.by["touchpoint"]
    return _stored.estimate(
        figure, _say.named(name), middle=middle, seed=ask.seed, verbatims=words,
        drawn_from=f"all that mentions {name}", href=chosen.address("figure", name=figure.name, touchpoint=name),
    )  # fmt: skip


def streaks(journey: Journey, *, title: str) -> Streaks:
    """The journey as a block of streaks."""
    counted = _stored.counted(journey.name)
    if journey.name == "sentiment":
        lead = "Each streak is what we know: its place the sentiment, its width the doubt, its strength how many speak."
        lead += ALONE if journey.alone else ""
    else:
        named = _stored.NAMES.get(journey.name, journey.name).lower()
        lead = (
            f"{named.capitalize()} where surveys ask: green lies above the mean of all, red below, grey cannot be told."
        )
    return Streaks(title, lead, journey.groups, counted)


def sentence(journey: Journey, *, where: str = "") -> str:
    """What customers praise and what they complain of, with the doubt in it."""
    known = [each for each in journey.estimates if each.value is not None and each.n >= ENOUGH]
    if not known:
        return f"Too few customers speak of any one touchpoint{where} to tell them apart."
    praised = sorted((each for each in known if each.verdict == "good"), key=_lower, reverse=True)
    blamed = sorted((each for each in known if each.verdict == "bad"), key=_upper)
    if journey.name != "sentiment":
        return _scored_sentence(praised, blamed, where)
    good, bad = _names(praised), _names(blamed)
    if good and bad:
        return f"Praise{where} goes to {good}; complaints go to {bad}."
    if good:
        least = min(known, key=lambda each: each.value or 0.0)
        open_end = "" if least.verdict == "good" else f"; minds are divided on {_say.inline(least.label)}"
        return f"Praise{where} goes to {good}{open_end}; no touchpoint can be said to draw more complaints than praise."
    if bad:
        return f"Complaints{where} go to {bad}; no touchpoint can be said to draw more praise than complaints."
    return f"Customers{where} are of two minds about every touchpoint: none is clearly praised or complained of."


def _scored_sentence(above: list[Estimate], below: list[Estimate], where: str) -> str:
    if not above and not below:
        return f"No touchpoint{where} is clearly scored better or worse than the others."
    parts = [
        f"{_names(above)} clearly above the rest" if above else "",
        f"{_names(below)} clearly below" if below else "",
    ]
    text = " and ".join(each for each in parts if each)
    return f"Customers{where} score {text}."


def accent(journey: Journey) -> str:
    """The words of the sentence that carry it: what is complained of."""
    if journey.name != "sentiment":
        return ""
    known = [each for each in journey.estimates if each.value is not None and each.n >= ENOUGH]
    return _names(sorted((each for each in known if each.verdict == "bad"), key=_upper))


def _names(estimates: Sequence[Estimate]) -> str:
    return _say.listed([_say.inline(each.label) for each in estimates[:2]])


def _lower(estimate: Estimate) -> float:
    return estimate.low if estimate.low is not None else -1e9


def _upper(estimate: Estimate) -> float:
    return estimate.high if estimate.high is not None else 1e9
