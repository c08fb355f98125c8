"""Alerts: what is on, since when and why we believe it; the rules, how often each was right; what is sent when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from touchstone.core import finder
from touchstone.core.ask import Ask
from touchstone.core.page import BETWEEN, Block, Field, Form, Grid, Link, Note, Page
from touchstone.rules.rhythm import WEEKDAYS
from touchstone.show import _say, _schedules, _stored, _units
from touchstone.store import telling

WHO = ("insider", "partner")
_PLACE = 7, "Experience"
_NAME, _TITLE = "alerts", "Alerts"
_MOST = 50
_RESTS = (("1", "a day"), ("7", "a week"), ("30", "a month"), ("0", "no longer: let it be heard"))
_ASKED = (("", "–"), ("true", "useful"), ("false", "not useful"))

_Row = Mapping[str, Any]


def show(ask: Ask) -> Page:
    """What is on first, then the rules and forms to make one, to subscribe, and what is done on schedule."""
    rules = {row["id"]: row for row in ask.record(telling.question("rule"))}
    found = [row for row in ask.record(telling.question("alert").limit(500)) if row["rule"] in rules]
    on = [row for row in found if row["over_at"] is None][:_MOST]
    names = _units.names(ask)
    blocks: list[Block] = [_on(on, rules, names)] if on else [] if rules else [_empty()]
    blocks += [_seen(row, rules, names) for row in on if row["seen_at"] is None][:3]
    if rules:
        blocks.append(_rules(rules, found))
    blocks += [*_mute(_standing(rules)), _make(), *_subscribe(ask), *_subscriptions(ask), *_schedules.blocks(ask)]
    return Page(_NAME, _TITLE, _sentence(len(on), len(_standing(rules))), _lead(bool(on)), tuple(blocks))


def _sentence(on: int, rules: int) -> str:
    if not rules:
        return "Nobody is alerted of anything yet."
    if not on:
        return "Nothing is beyond what your rules allow."
    return f"{_say.word(on).capitalize()} {'alert is' if on == 1 else 'alerts are'} on."


def _lead(on: bool) -> str:
    return "An alert is raised when the whole interval is beyond its threshold, at every look." if on else ""


def _empty() -> Note:
    todo = "Say below what is to be watched, and from when on it matters."
    return Note("A rule watches a figure for you.", "empty", todo)


def _on(on: list[Any], rules: Mapping[str, _Row], names: dict[str, str]) -> Grid:
    columns = ("What", "Figure", BETWEEN, "Answers", "Since", "Told because")
    rows = tuple(
        (
            _what(row, rules[row["rule"]], names), _number(row["value"], row), _between(row), row["n"],
            f"{row['since']:%Y-%m-%d}", row["why"] or _because(rules[row["rule"]]),
        )
        for row in on
    )  # fmt: skip
    return Grid("On", "", columns, rows)


def _what(row: _Row, rule: _Row, names: dict[str, str]) -> Link:
    named = _stored.NAMES.get(row["figure"], _say.named(row["figure"]))
    where = ", ".join(names.get(each, each) for each in row["by"].values())
    if rule["measure"] == "words":
        return Link(f"Messages that say {rule['says']}", "verbatims")
    label = f"{named}: {where}" if where else named
    figure = "change" if rule["measure"] == "change" else row["figure"]
    return Link(label, f"figure?name={figure}")


def _because(rule: _Row) -> str:
    if rule["threshold"] is None:
        return f"They say {rule['says']}."
    return f"{'Above' if rule['above'] else 'Below'} {rule['threshold']:g} with its whole interval."


def _number(value: float | None, row: _Row) -> str:
    return _say.number(value, measured_in=row["measured_in"])


def _between(row: _Row) -> str:
    return "" if row["low"] is None else f"{_number(row['low'], row)} and {_number(row['high'], row)}"


def _seen(row: _Row, rules: Mapping[str, _Row], names: dict[str, str]) -> Form:
    fields = (
        Field("alert", "", str(row["id"]), kind="hidden"),
        Field("useful", "Was it useful?", choices=_ASKED),
        Field("back", "", "/alerts", kind="hidden"),
    )
    return Form("alert.seen", f"{_what(row, rules[row['rule']], names)}", fields, "Seen")


def _standing(rules: Mapping[str, _Row]) -> list[_Row]:
    return [row for row in rules.values() if row["ended_at"] is None]


def _rules(rules: Mapping[str, _Row], found: list[Any]) -> Grid:
    columns = ("Rule", "Told to", "Alerts", "Useful", "Not useful", "State")
    rows = tuple(
        (
            Link(_ruled(row), f"act/rule.end?rule={row['id']}"), _to(row), len(own),
            sum(each["useful"] == 1 for each in own), sum(each["useful"] == 0 for each in own), _state(row),
        )
        for row in _standing(rules)
        for own in [[each for each in found if each["rule"] == row["id"]]]
    )  # fmt: skip
    lead = "A rule opens to its end. Each alert that was not useful halves the chance of error its rule may run."
    return Grid("Rules", lead, columns, rows)


def _mute(standing: list[_Row]) -> list[Form]:
    """Lets a rule rest for a while, or be heard again."""
    if not standing:
        return []
    fields = (
        Field("rule", "Rule", choices=tuple((str(row["id"]), f"{_ruled(row)} · {_to(row)}") for row in standing)),
        Field("days", "For", "7", _RESTS),
        Field("reason", "Why", help="it stands beside the rule meanwhile"),
        Field("back", "", "/alerts", kind="hidden"),
    )
    return [Form("alert.mute", "Mute a rule", fields, "Mute")]


def _ruled(row: _Row) -> str:
    by = f" by {_say.listed(row['by'])}" if row["by"] else ""
    if row["measure"] == "words":
        return f"Messages that say {row['says']}"
    if row["measure"] == "change":
        return f"Changes of {row['says']}{by}" if row["says"] else f"Changes{by}"
    named = _stored.NAMES.get(row["measure"], _say.named(row["measure"]))
    side = "above" if row["above"] else "below"
    where = f" ({row['where']})" if row["where"] else ""
    return f"{named}{by}: {side} {row['threshold']:g}{where}".replace(" -", " −")


def _to(row: _Row) -> str:
    """Whom it tells; of a webhook its host alone, for its address may be a key."""
    return str(row["to"]) if row["kind"] == "mail" else str(row["to"]).split("/")[2]


def _state(row: _Row) -> str:
    if row["muted_until"] is not None:
        return f"muted until {row['muted_until']:%Y-%m-%d}: {row['reason']}"
    return str(row["reason"]) or "looking"


def _make() -> Form:
    measures = [("change", "Any change"), ("words", "Certain words")]
    measures += [
        (name, _stored.NAMES.get(name, _say.named(name))) for name in finder.names("measure") if name != "change"
    ]
    fields = (
        Field("measure", "Watch", "rating", choices=tuple(measures)),
        Field("below", "Tell when below", kind="text", help="or above; the whole interval must be beyond it"),
        Field("above", "Tell when above"),
        Field("by", "For each", choices=(("", "the whole"), ("touchpoint", "touchpoint"), ("unit", "unit"))),
        Field("says", "Words", help="of Certain words: urgent, problem, anger"),
        Field("to", "Tell", help="a mail address or webhook; yourself, if left empty"),
        Field("back", "", "/alerts", kind="hidden"),
    )
    return Form("rule.make", "Watch a figure", fields, "Watch")


def _subscribe(ask: Ask) -> list[Form]:
    """The weekly mail, and a mail whenever a note names one; who has that already is not asked again."""
    fields = (
        Field(
            "weekday",
            "The weekly mail comes on",
            "monday",
            choices=tuple((each, _say.named(each)) for each in WEEKDAYS),
        ),
        Field("hour", "at hour", "7", kind="number"),
        Field("zone", "of time zone", "Europe/Berlin"),
        Field("back", "", "/alerts", kind="hidden"),
    )
    weekly = Form("subscription.make", "Weekly mail", fields, "Subscribe", beside=(("week", "See this week's", ""),))
    if any(row["what"] == telling.MENTIONS and row["account"] == ask.viewer.account for row in _subscribed(ask)):
        return [weekly]
    named = (Field("what", "", telling.MENTIONS, kind="hidden"), Field("back", "", "/alerts", kind="hidden"))
    return [weekly, Form("subscription.make", "", named, "Mail me when a note names me")]


def _subscribed(ask: Ask) -> list[_Row]:
    return [row for row in ask.record(telling.question("subscription")) if row["ended_at"] is None]


def _subscriptions(ask: Ask) -> list[Block]:
    told = tuple((_ending(row), _whose(ask, row), _sent(row)) for row in _subscribed(ask))
    return [Grid("Mails", "A line opens to its end.", ("When", "For", "Last sent"), told)] if told else []


def _ending(row: _Row) -> Link:
    """A line that opens to the form that ends it."""
    weekly = f"{_say.named(row['weekday'])}, {row['hour']}:00 {row['zone']}"
    when = "Whenever a note names them" if row["what"] == telling.MENTIONS else weekly
    return Link(when, f"act/subscription.end?subscription={row['id']}")


def _sent(row: _Row) -> str:
    return "–" if row["what"] == telling.MENTIONS else _day(row["sent_at"])


def _day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d}" if instant else "not yet"


def _whose(ask: Ask, row: _Row) -> str:
    return "yourself" if row["account"] == ask.viewer.account else "a colleague"
