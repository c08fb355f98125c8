"""This week: what changed, why we believe it, what to do, and one customer's words; as it is sent by mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Estimate, Note, Page, Words
from touchstone.show import _inbox, _narrow, _plans, _say, _stored, _units, _words
from touchstone.show._stored import Figure

WHO = ("insider", "partner")
_PLACE = 6, "Experience"
_NAME, _TITLE = "week", "This week"
_NEWS = timedelta(days=7)
_BACK = (_NEWS, timedelta(days=35), timedelta(days=91), None)
_OF = """name = 'change' and array_to_string(list_sort(map_keys("by")), ',') = ?"""
_ALARMED = f"""{_stored.READ} where {_OF} and json_extract_string(detail, '$.alarm') = 'true'
    and json_extract_string(detail, '$.alarm_at') between ? and ? order by id"""
_CHANCE = f"""select sum(alpha / (looks - baseline)) as brought from (
    select cast(json_extract_string(detail, '$.alpha') as double) as alpha,
        cast(json_extract_string(detail, '$.looks') as double) as looks,
        cast(json_extract_string(detail, '$.baseline') as double) as baseline from metric where {_OF}) as watched
    where looks > baseline"""  # of series without any change, alarms that one look brings
_MOST = 3  # changes that are told: more is read by nobody on a phone


def show(ask: Ask) -> Page:
    """Changes alarmed of in the last seven days, the weightiest first; then what to look at first, then words."""
    found, chance = _changes(ask)
    whole = _narrow.narrow()
    blocks: list[Block] = [Cards(tuple(found[:_MOST]))] if found else []
    ranking = _plans.ranking(ask, whole, most=2, quoted=False)
    if ranking is not None:
        blocks.append(replace(ranking, title="What to do first", lead=_plans.certainty(ranking)))
    if words := _quoted(ask):
        blocks.append(words)
    blocks += _named(ask) if blocks else []
    if not blocks:
        todo = "Bring a file with `touchstone listen table FILE`, then `touchstone run`."
        return Page(
            _NAME, _TITLE, "Nothing has been heard yet.", blocks=(Note("There is no week to tell.", "empty", todo),)
        )
    return Page(_NAME, _TITLE, _sentence(found), _lead(ask, found, chance), tuple(blocks))


def _named(ask: Ask) -> list[Block]:
    """That notes name the reader, where they have not seen it yet."""
    if not (count := sum(1 for each in _inbox.notices(ask) if each["by"])):
        return []
    told = "A note names you" if count == 1 else f"{_say.word(count).capitalize()} notes name you"
    return [Note(f"{told}, and you have not seen {'it' if count == 1 else 'them'}.", "plain", "Look into your inbox.")]


def _changes(ask: Ask) -> tuple[list[Estimate], float]:
    """Alarms of the brand, its touchpoints and units (a partner's: of its own); how many of them chance brings.

    Told are those whose interval leaves no doubt about the direction, of cuts where chance brings a fifth at most.
    """
    names = _units.names(ask)
    told: list[Figure] = []
    chance = 0.0
    for cut in ("unit",) if ask.viewer.side == "partner" else ("", "touchpoint", "unit"):
        (row,) = ask.lake(_CHANCE, [cut]).to_pylist()
        since, today = ((ask.now - days).date().isoformat() for days in (_NEWS, timedelta()))
        found = [each for each in _stored.unfolded(ask.lake(_ALARMED, [cut, since, today])) if _has_direction(each)]
        if (brought := float(row["brought"] or 0.0)) <= len(found) / 5:
            told += sorted(found, key=lambda each: (-float(each.detail.get("evidence") or 0), str(each.by)))
            chance += brought if found else 0.0
    return [_told(each, names) for each in told], chance


def _has_direction(figure: Figure) -> bool:
    return figure.low is not None and figure.high is not None and (figure.low > 0 or figure.high < 0)


def _told(figure: Figure, names: dict[str, str]) -> Estimate:
    """A change as a figure: whose, by how much, from what to what, since when."""
    detail = figure.detail
    kind = str(detail["figure"])
    known = kind in (*_stored.NAMES, "mentions", "themes")
    named = _stored.NAMES.get(kind, _say.named(kind)) if known else f"Messages with “{kind}”"
    unit = figure.by.get("unit", "")
    where = names.get(unit, unit) or figure.by.get("touchpoint", "") or str(detail.get("theme") or "")
    before, since = (
        _say.number(detail[each], measured_in=figure.measured_in) for each in ("mean_before", "mean_since")
    )
    label = f"{_say.named(where)}: {_say.inline(named)}" if where else named
    made = _stored.estimate(replace(figure, name=kind), label)
    counted = made.counted if kind in _stored.NAMES else "messages"
    note = f"{_way(made)} from {before} to {since}, since {_day(str(detail['changed_at']))}."
    return replace(made, note=note, middle=None, floor=-abs(made.floor or 1), counted=counted)


def _way(found: Estimate) -> str:
    return "Up" if (found.value or 0.0) > 0 else "Down"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {_say.MONTHS[day.month - 1]}"


def _sentence(found: list[Estimate]) -> str:
    if not found:
        return "Nothing changed this week beyond what chance explains."
    first = f"{found[0].label} went {_way(found[0]).lower()}"
    rest = len(found) - 1
    return f"{first}; {_say.word(rest)} more changed." if rest else f"{first}."


def _lead(ask: Ask, found: list[Estimate], chance: float) -> str:
    """Why it is believed: what chance alone would bring, and of how much that was heard."""
    heard = ask.lake("select count(*) as n, count(distinct source) as sources from interaction").to_pylist()[0]
    sources = _say.some(heard["sources"], "source", "sources")
    brought = (
        "Chance alone brings less than one a week." if chance < 0.95 else f"Chance alone brings {chance:.0f} a week."
    )
    told = f"{_say.count(heard['n'])} interactions from {sources} were heard so far."
    return f"{brought} {told}" if found else told


def _quoted(ask: Ask) -> Words | None:
    """One customer's words, drawn by chance of the shortest time back in which anything was said."""
    for back in _BACK:
        chosen = _narrow.narrow(since=(ask.now - back).date().isoformat() if back else None)
        words = _words.drawn(ask, chosen, title="In their words", draw=_week(ask), page=_NAME, count=1)
        if words.total:
            return replace(words, again="")
    return None


def _week(ask: Ask) -> str:
    """A number of this week, so that it draws the same words all week long."""
    year, week, _ = ask.now.isocalendar()
    return f"{year % 100}{week:02d}"
