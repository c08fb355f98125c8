"""What to mend first, from stored plans, and what has changed, from stored differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Choice, Estimate, Ranking
from touchstone.show import _say, _stored, _words
from touchstone.show._narrow import Narrow
from touchstone.show._stored import Figure

READ = """select id, name, "by", value, low, high, n, measured_in, detail from plan
    where name = 'priorities' and array_to_string(list_sort(map_keys("by")), ',') = ?"""
_OF = """select id, name, "by", value, low, high, n, measured_in, detail from plan
    where name = ? and array_to_string(list_sort(map_keys("by")), ',') = ? order by id"""


def planned(ask: Ask, name: str, *by: str) -> list[Figure]:
    """The stored rows of an optimiser by exactly these columns, as far as the asker may see them."""
    return _stored.unfolded(ask.lake(_OF, [name, ",".join(sorted(by))]))


def ranking(ask: Ask, chosen: Narrow, *, most: int = 0, quoted: bool = True) -> Ranking | None:
    """Touchpoints in the order they are worth mending, for the brand or for the unit chosen; None without a plan.

    With `quoted` each opens to complaints about it.
    """
    found = _found(ask, chosen)
    if chosen.touchpoint:
        found = [each for each in found if each.by.get("touchpoint") == chosen.touchpoint]
    if not found:
        return None
    shown = found[:most] if most else found
    words = _words.of_touchpoints(ask, chosen, polarity=("negative", "mixed")) if quoted else {}
    choices = tuple(_choice(ask, each, words.get(each.by["touchpoint"], ()), chosen) for each in shown)
    rest = len(found) - len(shown)
    lead = "Points of the overall score (0–100) that go with what each falls short of; an association, not a cause."
    return Ranking(
        "What to look at first", lead + (f" {rest} more on the page of priorities." if rest > 0 else ""), choices
    )


def first(ask: Ask, chosen: Narrow) -> list[str]:
    """Names of touchpoints with an estimate, the weightiest first."""
    return [each.by["touchpoint"] for each in _found(ask, chosen) if each.value is not None]


def _found(ask: Ask, chosen: Narrow) -> list[Figure]:
    """The plan of the brand, of the unit chosen, or of a partner's own units."""
    own = bool(chosen.unit) or ask.viewer.side == "partner"
    sql, parameters = READ, ["touchpoint,unit" if own else "touchpoint"]
    if chosen.unit:
        sql, parameters = sql + """ and "by"['unit'] = ?""", [*parameters, chosen.unit]
    rows = _stored.unfolded(ask.lake(f"{sql} order by id", parameters))
    return sorted(rows, key=lambda each: (each.value is None, -(each.value or 0.0), each.by["touchpoint"]))


def _choice(ask: Ask, figure: Figure, words: tuple[Any, ...], chosen: Narrow) -> Choice:
    name = figure.by["touchpoint"]
    known = ask.taxonomy.find(name)
    parts = [_say.named(known.stage), f"{known.owner} answers for it"] if known else []
    if len(ask.viewer.units) > 1 and not chosen.unit and "unit" in figure.by:
        parts.append(figure.by["unit"])
    where = " · ".join(parts)
    made = _stored.estimate(
        figure, _say.named(name), middle=None, verbatims=words, seed=ask.seed, drawn_from=f"complaints about {name}",
        href=chosen.address("verbatims", touchpoint=name, said="negative"),
    )  # fmt: skip
    return Choice(_say.named(name), where, _reason(figure), made)


def _reason(figure: Figure) -> str:
    """Why a touchpoint stands where it stands: how often it comes up, how it does, what goes with it."""
    detail = figure.detail
    performance, importance = detail.get("performance") or {}, detail.get("importance") or {}
    if detail.get("share") is None or performance.get("value") is None:
        return _say.named(str(detail.get("reason") or detail.get("why") or ""))
    share = _say.number(detail["share"], measured_in="share")
    standing = _say.number(performance["value"], signed=True)
    parts = [f"In {share} of what is heard; stands at {standing} of −1 to 1"]
    if importance.get("value") is not None:
        parts.append(_goes_with(round(200 * importance["value"])))
    else:
        parts.append("too few overall scores to say how much it weighs")
    return "; ".join(parts) + "."


def _goes_with(far: int) -> str:
    if far < 1:
        return "overall scores are no higher where it is praised"
    return f"overall scores are {_say.some(far, 'point', 'points')} of 100 higher where it is praised"


def certainty(found: Ranking) -> str:
    """How sure the order of the ranking is, in words."""
    return _say.sure([each.estimate for each in found.choices if each.estimate.value is not None])


def changes(ask: Ask, by: Sequence[str], chosen: Narrow) -> list[Estimate]:
    """The latest period against the one before, as estimates whose middle is no change; the leading score first."""
    rows = _stored.figures(ask, "difference", by, chosen)
    asked = _stored.asked_of_all(ask, chosen)

    def weight(row: Figure) -> tuple[bool, int, int]:
        figure = str(row.detail.get("figure", ""))
        return figure == "yes_share", -asked.get((figure, row.measured_in), 0), -row.n

    return [_change(ask, each) for each in sorted(rows, key=weight)]


def period(ask: Ask, chosen: Narrow) -> str:
    """The latest period that is compared, for people; of the figure with most answers."""
    rows = sorted(_stored.figures(ask, "difference", (), chosen), key=lambda each: -each.n)
    return _say.period(str(rows[0].detail.get("period", ""))) if rows else "the latest period"


def _change(ask: Ask, figure: Figure) -> Estimate:
    detail = figure.detail
    scale = detail.get("figure_scale") or {}
    reach = max(abs(each) for each in (figure.low or 0.0, figure.high or 0.0, figure.value or 0.0, 0.01)) * 1.25
    downward = (scale.get("worst") or 0.0) > (scale.get("best") or 0.0)
    named = _stored.title(replace(figure, name=str(detail.get("figure", "change")))).replace(", ", " ")
    periods = f"{_say.period(str(detail.get('period', '')))} against {_say.period(str(detail.get('before', '')))}"
    real = detail.get("real")
    return Estimate(
        label=_say.named(figure.by.get("touchpoint", "")) or str( figure.by.get("unit") or f"{named}, {periods}"),
        value=figure.value, low=figure.low, high=figure.high, n=figure.n,
        measured_in=f"change in {figure.measured_in}", floor=reach if downward else -reach,
        ceiling=-reach if downward else reach, middle=0.0, formula=str(detail.get("formula", "")),
        why=str(detail.get("why", "")), note=_then(figure, periods), seed=ask.seed,
        real=None if real is None else bool(real), counted=_stored.counted(str(detail.get("figure", ""))),
    )  # fmt: skip


def _then(figure: Figure, periods: str) -> str:
    """What the figure was and is, and whether the change is real after all comparisons made."""
    detail = figure.detail
    if detail.get("value_now") is None or detail.get("value_before") is None:
        return str(detail.get("verdict", ""))
    signed = figure.measured_in in ("points", "-1 to 1")
    now, before = (
        _say.number(detail[name], measured_in=figure.measured_in, signed=signed)
        for name in ("value_now", "value_before")
    )
    verdict = str(detail.get("verdict", ""))
    return f"{periods}: from {before} to {now}. {verdict[:1].upper()}{verdict[1:]}."
