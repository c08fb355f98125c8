"""Engagement as a picture: what was acted on, touchpoint by touchpoint, and vanity apart in a table."""

from __future__ import annotations

from touchstone.core.page import Block, Estimate, Grid
from touchstone.show import _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_DRAWN = (
    ("acted_on", "What is acted on", "Share of impressions on which anybody did anything."),
    ("followed", "What followed", "Share of people who did something after their first impression, less before."),
)


def picture(told: Told) -> Picture:
    """The share acted on and what followed by touchpoint, level and campaign; then all signs of the whole."""
    blocks: list[Block] = []
    for sign, title, lead in _DRAWN:
        rows = [each for name in ("touchpoint", "level", "campaign") for each in _signed(told, sign, name)]
        if rows:
            blocks.append(_forest.forest([_named(told, each) for each in rows], title=title, lead=lead))
    whole = {each.by["sign"]: each for each in told.by("sign")}
    for worth in ("value", "vanity"):
        blocks += _table(told, [each for each in whole.values() if each.detail.get("worth") == worth], worth)
    return Picture(_sentence(told, whole), tuple(blocks))


def _table(told: Told, rows: list[Figure], worth: str) -> list[Block]:
    """What is worth something, or what is only seen, each in its own unit."""
    if not rows:
        return []
    title = "What it was worth" if worth == "value" else "Only seen: vanity, never added to the rest"
    cells = tuple((_say.named(each.by["sign"].replace("_", " ")), told.estimates([each])[0], each.measured_in, each.n)
                  for each in rows)  # fmt: skip
    return [Grid(title, "", ("", "figure", "measured in", "n"), cells)]


def _signed(told: Told, sign: str, name: str) -> list[Figure]:
    """The rows of one sign by one column, the largest first."""
    rows = [each for each in told.by(name, "sign") if each.by["sign"] == sign and each.value is not None]
    return sorted(rows, key=lambda each: -(each.value or 0.0))


def _named(told: Told, figure: Figure) -> Estimate:
    followed = figure.by["sign"] == "followed"
    shown = told.estimates([figure], middle=0.0 if followed else None)[0]
    label = next(value for key, value in figure.by.items() if key != "sign")
    real = figure.detail.get("real") if followed else None
    return Estimate(**{**vars(shown), "label": _say.named(label.replace("_", " ")), "real": real})


def _sentence(told: Told, whole: dict[str, Figure]) -> str:
    acted, seen = whole.get("acted_on"), whole.get("impressions")
    if acted is None or acted.value is None or seen is None:
        return "No impression says how far it went."
    shown = told.estimates([acted])[0]
    first = f"Of {_say.count(seen.n)} impressions {_say.value(shown)} were acted on{_say.bracketed(shown)}"
    followed = whole.get("followed")
    if followed is None or followed.value is None:
        return f"{first}."
    more = followed.detail.get("real") and followed.value > 0
    return f"{first}; in the weeks after their first one {'more' if more else 'no more'} people came than before."
