"""Inside out as a picture: what shows outside, how much of it and how much later."""

from __future__ import annotations

from touchstone.core.page import Block, Estimate
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_PAIRS = 3  # whose lags are drawn one by one


def picture(told: Told) -> Picture:
    """The pairs that are real, strongest first, each lag by lag; then all pairs as a table."""
    known = [each for each in told.rows if each.value is not None]
    known.sort(key=lambda each: (each.detail.get("probability_adjusted", 1.0), told.label(each)))
    real = [each for each in known if each.detail.get("real")]
    blocks: list[Block] = [_lags(told, each) for each in (real or known[:1])[:_PAIRS]]
    return Picture(_sentence(real, len(known)), (*blocks, _findings.table(told, known)))


def _lags(told: Told, figure: Figure) -> Block:
    """What goes with one standard deviation inside, at each lag."""
    whole = told.estimates([figure], middle=0.0)[0]
    every = figure.detail.get("every", "week")
    shown = [
        Estimate(**{**vars(whole), "label": _later(each["lag"], every), "real": None}
                 | {end: each[end] for end in ("value", "low", "high")})
        for each in figure.detail.get("by_lag", [])
    ]  # fmt: skip
    lead = "Change with one standard deviation inside, by how much later; bars hold for all lags at once."
    return _forest.forest(shown, title=_pair(figure), lead=lead)


def _later(lag: int, every: str) -> str:
    return f"the same {every}" if lag == 0 else f"{lag} {every}{'s' if lag > 1 else ''} later"


def _pair(figure: Figure) -> str:
    by = figure.by
    return f"{_say.named(by['inside'].replace('_', ' '))} and {by['figure']} of {by['touchpoint']}"


def _sentence(real: list[Figure], tried: int) -> str:
    if not real:
        return f"Of {_say.count(tried)} pairs of a process and a figure outside, none goes together beyond chance."
    first = real[0]
    later = _later(int(first.detail["lag"]), str(first.detail["every"]))
    falling = (first.value or 0.0) < 0
    more = f"; {_say.count(len(real) - 1)} more pairs go together" if len(real) > 1 else ""
    return (
        f"When {first.by['inside'].replace('_', ' ')} rises, {first.by['figure']} of {first.by['touchpoint']} "
        f"{'falls' if falling else 'rises'} {later}{more} "
        f"({_say.count(tried)} pairs looked at; an association, no proof of a cause)."
    )
