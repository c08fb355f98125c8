"""Trust as a picture: the index, and below it what it is made of."""

from __future__ import annotations

from touchstone.core.page import Block, Estimate
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_ORDER = ("trust", "recommendation", "promise", "honesty", "repeat", "refusal")


def picture(told: Told) -> Picture:
    """The index above its parts; then it quarter by quarter, and by unit from the least trusted."""
    whole = sorted((each for each in told.by("part") if each.value is not None), key=_place)
    blocks: list[Block] = []
    if whole:
        lead = "Bars are 95 % intervals. The index is the mean of the parts; of refusal, less is better."
        blocks.append(_forest.forest([_named(told, each) for each in whole], title="What trust is made of", lead=lead))
    quarters = _indices(told.by("quarter", "part"))
    units = sorted(_indices(told.by("unit", "part")), key=lambda each: each.value or 0.0)
    blocks += [_findings.table(told, sorted(quarters, key=lambda each: each.by["quarter"]))] if quarters else []
    blocks += [_findings.table(told, units)] if units else []
    formula = str(whole[0].detail.get("formula", "")) if whole else ""
    return Picture(_sentence(told, whole), tuple(blocks), formula=formula)


def _place(figure: Figure) -> int:
    return _ORDER.index(figure.by["part"])


def _indices(rows: list[Figure]) -> list[Figure]:
    return [each for each in rows if each.by["part"] == "trust" and each.value is not None]


def _named(told: Told, figure: Figure) -> Estimate:
    return Estimate(**{**vars(told.estimates([figure])[0]), "label": _say.named(figure.by["part"])})


def _sentence(told: Told, whole: list[Figure]) -> str:
    if not whole or whole[0].by["part"] != "trust":
        return "Too little is known for an index of trust; its parts stand below where they are."
    index = told.estimates(whole[:1])[0]
    parts = [each for each in whole[1:] if each.by["part"] != "refusal"]
    weakest = min(parts, key=lambda each: each.value or 0.0)
    shown = told.estimates([weakest])[0]
    return (
        f"Trust stands at {_say.value(index)} of 1{_say.bracketed(index)}; "
        f"its lowest part is {weakest.by['part']}, at {_say.value(shown)}."
    )
