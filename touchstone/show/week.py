"""This week: what changed, why we believe it, what to do, and one customer's words; as it is sent by mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Estimate, Note, Page, Ranking
from touchstone.show import _league, _narrow, _plans, _say, _stored, _words
from touchstone.show._stored import Figure

WHO = ("insider", "partner")
_PLACE = 6, "Experience"
_NAME, _TITLE = "week", "This week"
_NEWS = timedelta(days=7)
_MOST = 3  # changes that are told: more is read by nobody on a phone


def show(ask: Ask) -> Page:
    """Changes alarmed of in the last seven days, the weightiest first; then what to look at first, then words."""
    found = _changes(ask)
    whole = _narrow.narrow()
    blocks: list[Block] = [Cards(tuple(found[:_MOST]))] if found else []
    ranking = _plans.ranking(ask, whole, most=2)
    if ranking is not None:
        blocks.append(replace(ranking, title="What to do first"))
    words = _words.drawn(ask, _lately(ask), title="In their words", draw=_week(ask), page=_NAME, count=1)
    if not words.total:
        words = _words.drawn(ask, whole, title="In their words", draw=_week(ask), page=_NAME, count=1)
    if words.total:
        blocks.append(replace(words, again=""))
    if not blocks:
        todo = "Bring a file with `touchstone listen table FILE`, then `touchstone run`."
        return Page(
            _NAME, _TITLE, "Nothing has been heard yet.", blocks=(Note("There is no week to tell.", "empty", todo),)
        )
    return Page(_NAME, _TITLE, _sentence(found), _lead(ask, found, ranking), tuple(blocks))


def _changes(ask: Ask) -> list[Estimate]:
    """Alarms of the brand, its touchpoints and units (a partner's: of their own), as estimates without a middle."""
    cuts = (("unit",),) if ask.viewer.side == "partner" else ((), ("touchpoint",), ("unit",))
    since = (ask.now - _NEWS).date().isoformat()
    names = _league.unit_names(ask)
    found = [
        each
        for by in cuts
        for each in _stored.stored(ask, "change", by)
        if each.detail.get("alarm") and since <= str(each.detail["alarm_at"]) <= ask.now.date().isoformat()
    ]
    found.sort(key=lambda each: (bool(each.by.get("unit")), -float(each.detail.get("evidence") or 0), str(each.by)))
    return [_told(each, names) for each in found]


def _told(figure: Figure, names: dict[str, str]) -> Estimate:
    """A change as a figure: whose, by how much, from what to what, since when."""
    detail = figure.detail
    kind = str(detail["figure"])
    named = _stored.NAMES.get(kind, _say.named(kind))
    where = names.get(figure.by.get("unit", ""), figure.by.get("unit", "")) or figure.by.get("touchpoint", "")
    before, since = (
        _say.number(detail[name], measured_in=figure.measured_in) for name in ("mean_before", "mean_since")
    )
    note = f"From {before} to {since} since {_day(str(detail['changed_at']))}."
    made = _stored.estimate(
        replace(figure, name=kind), f"{_say.named(where)}: {_say.inline(named)}" if where else named
    )
    return replace(
        made,
        note=note,
        middle=0.0,
        floor=-abs(made.floor or 1),
        counted="answers" if kind in _stored.SCORES else made.counted,
    )


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {_say.MONTHS[day.month - 1]}"


def _sentence(found: list[Estimate]) -> str:
    if not found:
        return "Nothing changed this week beyond what chance explains."
    if len(found) == 1:
        return f"One thing changed this week: {_say.inline(found[0].label)}."
    return f"{_say.word(len(found)).capitalize()} things changed this week; first {_say.inline(found[0].label)}."


def _lead(ask: Ask, found: list[Estimate], ranking: Ranking | None) -> str:
    """Why it is believed: by what rule, and of how much that was heard."""
    heard = ask.lake("select count(*) as n, count(distinct source) as sources from interaction").to_pylist()[0]
    sources = _say.some(heard["sources"], "source", "sources")
    parts = ["Each change is beyond what chance brings in 19 of 20 series without any."] if found else []
    parts.append(f"Heard so far: {_say.count(heard['n'])} interactions from {sources}.")
    return " ".join(parts + ([_plans.certainty(ranking)] if ranking else []))


def _lately(ask: Ask) -> _narrow.Narrow:
    return _narrow.narrow(since=(ask.now - _NEWS).date().isoformat())


def _week(ask: Ask) -> str:
    """A number of this week, so that it draws the same words all week long."""
    year, week, _ = ask.now.isocalendar()
    return f"{year % 100}{week:02d}"
