"""Telling people of alerts without crying wolf: once each, so many a day, outside quiet hours, the rest together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from touchstone.act import _letter
from touchstone.core.page import Estimate, Note, Page, Verbatim, Words
from touchstone.core.translation import ENGLISH
from touchstone.core.viewer import Viewer
from touchstone.rules import rhythm
from touchstone.store import outbox, telling

Row = dict[str, Any]
SHORT = ("nps", "csat", "ces")
"""Figures whose names are said letter by letter."""
_SAID = """select id, text, person, coalesce(unit, '') as unit, source, strftime(occurred_at, '%Y-%m-%d') as day
    from interaction where list_contains(?, id) and text is not null order by md5(id || ?), id limit 1"""


def tell(store: Any, rules: Sequence[Row]) -> int:
    """How many alerts went to the outbox: so many a day to each receiver, what was held back since a day together."""
    waiting = [each for each in telling.standing(store, "alert") if each["told_at"] is None]
    told = 0
    for _, some in groupby(sorted(rules, key=lambda each: (each["to"], each["id"])), key=lambda each: each["to"]):
        told += _to_one(store, list(some), waiting)
    return told


def _to_one(store: Any, rules: list[Row], waiting: list[Row]) -> int:
    known = {each["id"]: each for each in rules}
    heard = {id for id, rule in known.items() if not (rule["muted_until"] and rule["muted_until"] > store.now)}
    mine = [each for each in waiting if each["rule"] in heard]
    if not mine:
        return 0
    first = rules[0]
    today = rhythm.last(store.now, every="day", zone=first["zone"])
    late = [each for each in mine if each["since"] < today]
    room = min(each["most"] for each in rules) - telling.told_since(store, known, today)
    fresh = [each for each in mine if each["since"] >= today][: max(room, 0)]
    for each in fresh:
        _send(store, known[each["rule"]], [each])
    if late:
        _send(store, known[late[0]["rule"]], late)
    return len(fresh) + len(late)


def _send(store: Any, rule: Row, alerts: list[Row]) -> None:
    """One message about one alert, or about several that were held back."""
    page, person = _page(store, rule, alerts)
    link = _letter.link(store, "alerts")
    due = rhythm.awake(store.now, quiet=rhythm.quiet_hours(rule["quiet"]), zone=rule["zone"])
    reader = telling.viewer_of(store, rule["account"])
    spoken = (reader.language if reader is not None else "") or ENGLISH
    outbox.put(
        store, kind=rule["kind"], to=rule["to"], subject=_letter.subject(page.sentence, language=spoken),
        person=person, unit=rule["unit"], text=_letter.text(page, link=link, language=spoken), due_at=due,
        html=_letter.html(page, link=link, language=spoken) if rule["kind"] == "mail" else "",
        key=f"alert {telling.named(*sorted(each['id'] for each in alerts))}",
    )  # fmt: skip
    for each in alerts:
        _told(store, each, words=rule["measure"] == "words")


def _told(store: Any, alert: Row, *, words: bool) -> None:
    now: datetime = store.now
    telling.change(store, "alert", alert, told_at=now, **({"over_at": now} if words else {}))


def _page(store: Any, rule: Row, alerts: list[Row]) -> tuple[Page, str | None]:
    """What is told, and the person whose words are in it."""
    names = telling.units(store, (str(value) for each in alerts for value in each["by"].values()))
    if len(alerts) > 1:
        notes = tuple(Note(said(rule, each, names)) for each in alerts)
        return Page("alerts", "Alerts", f"{len(alerts)} alerts were held back since yesterday.", blocks=notes), None
    (alert,) = alerts
    words, person = _words(store, rule, alert)
    lead = alert["why"] or "It is told because the whole interval lies beyond the threshold, at every look so far."
    return Page("alerts", "Alert", said(rule, alert, names), "" if rule["measure"] == "words" else lead, words), person


def _words(store: Any, rule: Row, alert: Row) -> tuple[tuple[Words, ...], str | None]:
    """One customer's words, drawn at random among those it is about; masked for a receiver without an account."""
    viewer = telling.viewer_of(store, rule["account"])
    if viewer is None or not alert["interactions"]:
        return (), None
    own = bool(rule["account"]) and rule["to"] == telling.address_of(store, rule["account"])
    ask = store.ask(viewer if own else Viewer(viewer.role, viewer.units, viewer.account, viewer.name, personal=False))
    found = ask.lake(_SAID, [list(alert["interactions"]), str(ask.seed)]).to_pylist()
    if not found:
        return (), None
    row = found[0]
    quoted = Verbatim(row["id"], row["text"], occurred_at=row["day"] or "", source=row["source"], unit=row["unit"])
    return (Words("In their words", (quoted,), len(alert["interactions"]), ask.seed),), row["person"]


def said(rule: Mapping[str, Any], alert: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """An alert as a sentence: where (units by their `names`), what, the figure with its interval, what it is beyond."""
    if rule["measure"] == "words":
        return f"New messages that say “{rule['says']}”: {alert['n']}."
    where = ", ".join(names.get(str(each), str(each)) for each in alert["by"].values())
    head = f"{where[:1].upper()}{where[1:]}: " if where else ""
    name = alert["figure"].upper() if alert["figure"] in SHORT else alert["figure"].replace("_", " ").capitalize()
    figure = Estimate("", alert["value"], alert["low"], alert["high"], alert["n"], alert["measured_in"])
    between = _letter.told(figure)
    if rule["measure"] == "change":
        return f"{head}{name} changed by {between}."
    side = "above" if rule["above"] else "below"
    return f"{head}{name} is {side} {rule['threshold']:g}: {between}."
