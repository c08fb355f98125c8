"""Advocacy as a picture: what each campaign moved, and what people do for the brand unpaid."""

from __future__ import annotations

from dataclasses import replace

from touchstone.core.page import Block, Estimate, Grid
from touchstone.show import _findings, _forest, _say
from touchstone.show._findings import Picture, Told
from touchstone.show._stored import Figure

_ORDER = ("recommendation", "warning", "promotion", "told", "reach")
_TELLERS = {"person": "Somebody they know", "advertisement": "An advertisement", "review": "A review or a forum",
            "coupon": "A coupon or an offer", "other": "Something else"}  # fmt: skip


def picture(told: Told) -> Picture:
    """Each campaign's lift of recommendation beside those of promotion and reach; then shares of the people heard."""
    whole = {each.by["evidence"]: each for each in told.by("evidence")}
    campaigns = [each for each in told.by("campaign", "evidence") if each.value is not None]
    blocks: list[Block] = []
    for name in sorted({each.by["campaign"] for each in campaigns}):
        own = sorted((each for each in campaigns if each.by["campaign"] == name), key=_place)
        shown = [_named(told, each) for each in own]
        lead = "Change of the daily rate while it ran, against the weeks beside it: 1 is twice as often."
        blocks.append(_forest.forest(shown, title=_moved(name, own), lead=lead))
    months = [each for each in told.by("month", "evidence") if each.by["evidence"] == "recommendation"]
    rows = sorted(whole.values(), key=_place)
    blocks += [_labelled(_findings.table(told, rows))] if rows else []
    blocks += [_tellers(whole["told"])] if "told" in whole else []
    blocks += [_findings.table(told, sorted(months, key=lambda each: each.by["month"]))] if months else []
    return Picture(_sentence(told, whole), tuple(blocks))


def _labelled(table: Grid) -> Grid:
    """The table with its last kind of evidence in words: told by whom."""
    name = _say.named("told")
    rows = tuple(("Heard of us from somebody they know", *row[1:]) if row[0] == name else row for row in table.rows)
    return replace(table, rows=rows)


def _tellers(figure: Figure) -> Grid:
    """Who told them of us, as they answered: counts side by side, added to nothing else."""
    counts = {each: int(n) for each, n in dict(figure.detail.get("tellers") or {}).items() if each in _TELLERS}
    lead = (
        "As asked in surveys. It is told by who answers, and counts neither as a recommendation nor as a coupon used."
    )
    most = sorted(counts.items(), key=lambda pair: (-pair[1], list(_TELLERS).index(pair[0])))
    cells = tuple((_TELLERS[each], n) for each, n in most if n)
    return Grid("Who told them of us", lead, ("told by", "answers"), cells, narrow=True)


def _place(figure: Figure) -> int:
    return _ORDER.index(figure.by["evidence"])


def _named(told: Told, figure: Figure) -> Estimate:
    """The figure under its evidence; what is not real stays open."""
    shown = told.estimates([figure], middle=0.0)[0]
    return Estimate(**{**vars(shown), "label": _say.named(figure.by["evidence"]), "real": figure.detail.get("real")})


def _moved(name: str, own: list[Figure]) -> str:
    real = [each.by["evidence"] for each in own if each.detail.get("real")]
    moved = _say.listed(real) if real else "nothing that chance does not explain"
    return f"{_say.named(name)}: what moved while it ran was {moved}"


def _sentence(told: Told, whole: dict[str, Figure]) -> str:
    shown = {name: told.estimates([each])[0] for name, each in whole.items() if each.value is not None}
    if "recommendation" not in shown:
        return "Nobody known by name was heard yet."
    first = shown["recommendation"]
    paid = f"; {_say.value(shown['promotion'])} do so for a reward" if "promotion" in shown else ""
    heard = ""
    if (by := shown.get("told")) is not None:
        heard = f" Of {_say.count(by.n)} who said who told them, {_say.value(by)} name somebody they know"
        heard += f"{_say.bracketed(by)}."
    return f"{_say.value(first)} of the people heard speak for us unpaid{_say.bracketed(first)}{paid}.{heard}"
