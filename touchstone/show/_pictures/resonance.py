"""Resonance as a picture: each campaign's reaction level by level, and the message that came last."""

from __future__ import annotations

from touchstone.core.page import Block, Estimate
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure


def picture(told: Told) -> Picture:
    """Reactions of all campaigns level by level; whole campaigns and tipping points below."""
    whole = [each for each in told.by("campaign", "sign") if each.value is not None]
    levels = sorted((each for each in told.by("campaign", "level", "sign") if each.value is not None), key=_place)
    reactions = [each for each in whole if each.by["sign"] == "reaction"]
    shown = levels or sorted(reactions, key=_place)
    lead = "Share of impressions acted on, with 95 % intervals; people who looked often count as what they are: one."
    blocks: list[Block] = [_forest.forest([_named(told, each) for each in shown], title=_title(levels), lead=lead)]
    tipping = [each for each in whole if each.by["sign"] == "tipping"]
    if tipping:
        lead = "Share of first visits before which it came last, less the share by chance."
        title = "The message that came last"
        blocks.append(_forest.forest([_named(told, each) for each in tipping], title=title, lead=lead))
    rows = [*sorted(reactions, key=_place), *levels]
    return Picture(_sentence(told, levels, reactions), (*blocks, *([_findings.table(told, rows)] if rows else [])))


def _place(figure: Figure) -> tuple[str, float]:
    return figure.by["campaign"], -(figure.value or 0.0)


def _name(figure: Figure) -> str:
    parts = [f"“{_say.named(figure.by['campaign'])}”", figure.by.get("level", "").replace("_", " ")]
    return ", ".join(part for part in parts if part)


def _speaking(figure: Figure) -> str:
    """Who speaks to whom: “Quiet-electric” to prospects."""
    level = figure.by.get("level", "").replace("_", " ")
    return f"“{_say.named(figure.by['campaign'])}”" + (f" to {_say.plural(level)}" if level else "")


def _named(told: Told, figure: Figure) -> Estimate:
    middle = 0.0 if figure.by["sign"] == "tipping" else None
    shown = told.estimates([figure], middle=middle)[0]
    return Estimate(**{**vars(shown), "label": _name(figure), "real": figure.detail.get("real")})


def _title(levels: list[Figure]) -> str:
    cold = [_speaking(each) for each in levels if each.detail.get("turns_away")]
    return f"Leaves cold: {_say.listed(cold)}" if cold else "No level is left cold beyond chance"


def _sentence(told: Told, levels: list[Figure], reactions: list[Figure]) -> str:
    if not levels and not reactions:
        return "No level and no reaction is known well enough to be told."
    speaking = [each for each in levels or reactions if each.detail.get("speaks")]
    best = max(speaking or levels or reactions, key=lambda each: each.value or 0.0)
    shown = told.estimates([best])[0]
    said = f"{_say.value(shown)} of its impressions are acted on{_say.bracketed(shown)}"
    if not speaking:
        return f"No campaign speaks more than the others beyond chance; {_speaking(best)} leads: {said}."
    return f"{_speaking(best)} speaks most clearly: {said}."
