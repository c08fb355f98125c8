"""Routing: which expert should take which waiting conversation, and why; how many agents a queue needs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Estimate, Field, Filters, Grid, Link, Note, Page, Verbatim
from touchstone.core.page import Words as Drawn
from touchstone.science.queueing import agents_needed, mean_wait, waits
from touchstone.show import _people, _person, _plans, _say
from touchstone.show._stored import Figure

WHO = ("insider", "partner")
_PLACE = 34, "Customers"
_TITLE = "Routing"
_SHOWN = 40
_FORMULA = (
    "conditional logit on what each answered before this came up: how much, how lately, how like, with what success"
)
_TEXTS = """select coalesce(thread, id) as conversation, id, text, unit, source, url, occurred_at from interaction
    where coalesce(thread, id) in (select unnest(?)) and text is not null and level in ('end_customer', 'prospect')
    order by conversation, occurred_at nulls first, seq"""
_LEAD = "Told by who answered what before it came up; who answered is not always who would have answered best."
_CALLS, _MINUTES = (60.0, 6.0)
_AT_MOST = 0.2  # of all who call may have to wait


def show(ask: Ask, *, calls: str | None = None, minutes: str | None = None, agents: str | None = None) -> Page:
    """Waiting conversations with the experts likeliest to help; and how many wait with so many `agents`.

    `calls` an hour, each of so many `minutes`.
    """
    rows = _plans.planned(ask, "route", "conversation", "expert", "rank")
    waiting = _by_conversation(rows)
    blocks: list[Block] = []
    if waiting:
        blocks += _waiting(ask, waiting)
    else:
        todo = (
            "Messages and calls of the last two weeks that nobody answered are listed here after each run, with the "
            "people likeliest to help: messages need a thread, and a level that tells customers from those who answer."
        )
        blocks.append(Note("No conversation waits.", "empty", todo))
    staffing = _staffing(*(_number(each) for each in (calls, minutes, agents)))
    return Page("route", _TITLE, _sentence(waiting), _LEAD if waiting else "", (*blocks, *staffing))


def _by_conversation(rows: Sequence[Figure]) -> dict[str, list[Figure]]:
    """By conversation its experts from the first; the rows come as stored."""
    found: dict[str, list[Figure]] = {}
    for each in rows:
        found.setdefault(each.by["conversation"], []).append(each)
    return {name: sorted(own, key=lambda each: int(each.by.get("rank") or 0)) for name, own in found.items()}


def _sentence(waiting: dict[str, list[Figure]]) -> str:
    if not waiting:
        return "No customer waits for an answer."
    named = sum(own[0].value is not None for own in waiting.values())
    told = (
        f"{_say.named(_say.word(len(waiting)))} {'conversation waits' if len(waiting) == 1 else 'conversations wait'}"
    )
    if not named:
        return f"{told}; nobody can be named yet."
    whom = "each" if named == len(waiting) else _say.word(named)
    return f"{told}; for {whom} the likeliest to help is named."


def _waiting(ask: Ask, waiting: dict[str, list[Figure]]) -> list[Block]:
    """Each conversation in the customer's words, with who should take it and why; then all other candidates."""
    shown = dict(list(waiting.items())[:_SHOWN])
    texts = _texts(ask, list(shown))
    experts = sorted({own.by["expert"] for rows in shown.values() for own in rows if own.by.get("expert")})
    people = _people.people(ask, experts)

    def name(each: Figure) -> str:
        who = each.by.get("expert")
        return people[who].name if who else "–"

    first = tuple(
        (_cell(texts.get(key), key), _since(texts.get(key)), name(own[0]), _likely(own[0], name(own[0]), ask.seed),
         str(own[0].detail.get("reason") or own[0].detail.get("why") or ""))
        for key, own in shown.items()
    )  # fmt: skip
    columns = ("conversation", "since", "to", "likely to help", "why")
    more = f" The first {_SHOWN} of {_say.count(len(waiting))}." if len(waiting) > _SHOWN else ""
    others = tuple(
        (_cell(texts.get(key), key), name(each), _likely(each, name(each), ask.seed),
         str(each.detail.get("reason", "")))
        for key, own in shown.items() for each in own[1:]
    )  # fmt: skip
    blocks: list[Block] = [Grid("Who should take what", f"The probability is of being the one who helps.{more}",
                                columns, first)]  # fmt: skip
    if others:
        blocks.append(Grid("Who else could", "", ("conversation", "to", "likely to help", "why"), others, folded=True))
    drawn = sorted(texts.values(), key=lambda row: hashlib.md5(f"{ask.seed}{row['id']}".encode()).digest())
    if words := [_verbatim(row) for row in drawn[:3]]:
        blocks.append(Drawn("In their words", tuple(words), len(texts), ask.seed))
    return blocks


def _texts(ask: Ask, conversations: list[str]) -> dict[str, dict[str, Any]]:
    """The customer's first text of each."""
    found: dict[str, dict[str, Any]] = {}
    for row in ask.lake(_TEXTS, [conversations]).to_pylist():
        found.setdefault(row["conversation"], row)
    return found


def _verbatim(row: dict[str, Any]) -> Verbatim:
    return Verbatim(row["id"], row["text"], occurred_at=str(row["occurred_at"] or ""), url=row["url"] or "",
                    source=row["source"] or "", unit=row["unit"] or "")  # fmt: skip


def _cell(row: dict[str, Any] | None, name: str) -> Link | str:
    if row is None:
        return name
    return Link(_say.short(row["text"]), f"interaction?id={quote(row['id'], safe='')}")


def _since(row: dict[str, Any] | None) -> str:
    return _person.day(row["occurred_at"]) if row and row["occurred_at"] else "–"


def _likely(each: Figure, label: str, seed: int) -> Estimate:
    return Estimate(
        label, each.value, None, None, each.n, "share", floor=0.0, ceiling=1.0, middle=None, formula=_FORMULA,
        why=str(each.detail.get("why") or ""), note=str(each.detail.get("reason") or ""), seed=seed,
        counted="answers before it",
    )  # fmt: skip


def _staffing(calls: float | None, minutes: float | None, agents: float | None) -> list[Block]:
    """How many of those who call wait, for so many agents, by Erlang C."""
    calls, minutes = calls or _CALLS, minutes or _MINUTES
    load = calls * minutes / 60
    needed = agents_needed(load, share=_AT_MOST)
    least = int(load) + 1
    chosen = int(agents) if agents else needed
    controls = Filters((
        _slider("calls", "Calls an hour", calls, (5.0, max(300.0, calls), 5.0), "#"),
        _slider("minutes", "Minutes each", minutes, (1.0, max(30.0, minutes), 1.0), "# min"),
        _slider("agents", "Agents", chosen, (1.0, float(max(2 * needed, chosen, 10)), 1.0), "#"),
    ), live=True)  # fmt: skip
    around = sorted({*range(least, max(needed, least) + 3), chosen})
    rows = tuple(_queue(load, each, minutes, needed) for each in around if each > 0)[-12:]
    share = _say.number(_AT_MOST, measured_in="share")
    lead = (
        f"A load of {load:.3g} Erlang; {_say.some(needed, 'agent', 'agents')} for no more than {share} to wait. "
        "By Erlang C: calls come as they like, nobody hangs up, every agent is free for every call."
    )
    wait = "everybody waits, and ever longer" if chosen <= load else f"{_wait(load, chosen)} of all who call wait"
    title = f"With {_say.some(chosen, 'agent', 'agents')}, {wait}"
    return [controls, Grid(title, lead, ("agents", "wait", "on average, minutes", ""), rows, narrow=True)]


def _queue(load: float, agents: int, minutes: float, needed: int) -> tuple[Any, ...]:
    far = float(mean_wait(load, agents)) * minutes if agents > load else None
    said = "enough" if agents == needed else "too few" if agents <= load else ""
    return (_say.count(agents), _wait(load, agents), "–" if far is None else f"{far:.1f}", said)


def _wait(load: float, agents: int) -> str:
    return _say.number(float(waits(load, agents)), measured_in="share")


def _slider(name: str, label: str, value: float, within: tuple[float, float, float], told: str) -> Field:
    return Field(name, label, f"{value:.12g}", kind="range", within=within, told=told)


def _number(text: str | None) -> float | None:
    """A number of 1 to 10,000; None for what is none."""
    try:
        value = float(text) if text else 0.0
    except ValueError:
        return None
    return value if 1 <= value <= 10_000 else None
