"""Price as a picture: dear, unclear and worth it side by side, who stands out, and what it is accepted for."""

from __future__ import annotations

from touchstone.core.page import Block, Estimate
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_NAMES = {"dear": "Too dear", "unclear": "Unclear", "worth": "Worth it"}


def picture(told: Told) -> Picture:
    """The three verdicts of all texts; units and products that stand out; what unhappy texts praise."""
    whole = {each.by["verdict"]: each for each in told.by("verdict") if each.value is not None}
    rows = [whole[name] for name in _NAMES if name in whole]
    blocks: list[Block] = []
    if rows:
        lead = "Share of the texts that speak of the price, with 95 % intervals."
        shown = [_named(told, each) for each in rows]
        blocks.append(_forest.forest(shown, title="What is said of the price", lead=lead))
    apart = [each for name in ("unit", "product") for each in told.by(name, "verdict") if each.detail.get("real")]
    if apart:
        lead = "Groups that differ from all others after correction for looking at many."
        blocks.append(_forest.forest([_named(told, each) for each in apart], title="Who stands out", lead=lead))
    trades = [each for each in told.by("verdict", "touchpoint") if each.value is not None]
    trades.sort(key=lambda each: -(each.value or 0.0))
    if trades:
        lead = "How many times as often texts unhappy with the price praise it as others do: 1 is chance."
        shown = [_named(told, each, middle=1.0) for each in trades]
        blocks.append(_forest.forest(shown, title="What a dear price is accepted for", lead=lead))
    known = [*rows, *(each for each in told.by("unit", "verdict") if each.value is not None)]
    return Picture(_sentence(told, rows), (*blocks, _findings.table(told, known)) if known else tuple(blocks))


def _named(told: Told, figure: Figure, *, middle: float | None = None) -> Estimate:
    shown = told.estimates([figure], middle=middle)[0]
    verdict = _NAMES.get(figure.by["verdict"], "")
    others = [told.units.get(value, value) if key == "unit" else value
              for key, value in figure.by.items() if key != "verdict"]  # fmt: skip
    label = ", ".join([*others, _say.inline(verdict) if others else verdict] if verdict else others)
    real = figure.detail.get("real") if middle is not None else None
    return Estimate(**{**vars(shown), "label": _say.named(label), "real": real})


def _sentence(told: Told, rows: list[Figure]) -> str:
    if not rows:
        return "Too few texts speak of the price."
    most = max(rows, key=lambda each: each.value or 0.0)
    shown = told.estimates([most])[0]
    says = {"dear": "find it too dear", "unclear": "find it unclear", "worth": "say it is worth it"}[most.by["verdict"]]
    return f"Of {_say.count(most.n)} texts that speak of the price {_say.value(shown)} {says}{_say.bracketed(shown)}."
