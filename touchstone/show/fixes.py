"""Fixes: pattern, cause, what is changed, who pays; and whether it helped, against units that did not get it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import BETWEEN, Block, Estimate, Field, Form, Grid, Note, Page
from touchstone.science.interval import share_interval
from touchstone.show import _person, _say, _stored, _units
from touchstone.show._stored import Figure
from touchstone.store import loop, votes

WHO = ("insider", "partner")
_PLACE = 14, "Plans"
_TITLE = "Fixes"
_COLUMNS = ("fix", "pattern", "cause and change", "owner, cost", "since", "did it help?", BETWEEN)
_LEAD = "What moved at units that got it, less what moved elsewhere; where the limits hold 0, nobody can tell."
_BUTTONS = 8  # fixes with buttons of their own
_KINDS = (("fix", "a fix"), ("idea", "an idea"), ("request", "a request to a partner"))


def show(ask: Ask, *, id: str | None = None) -> Page:
    """What is planned, runs and has ended, with its measured effect; `id` shows one alone."""
    rows = [each for each in ask.record(loop.fixes()) if id in (None, each["id"])]
    effects = {each.by["fix"]: each for each in _stored.stored(ask, "effect", ("fix",)) if "fix" in each.by}
    others = [] if id else [each for name, each in effects.items() if name not in {row["name"] for row in rows}]
    asked = _asked(ask) if ask.viewer.side == "insider" and not id else []
    blocks: list[Block] = [*_grids(ask, rows, effects, others), *asked, *_forms(rows), *_asking(ask, rows)]
    if not rows and not others:
        todo = "State the pattern, its cause and what is changed; once it is begun, each run measures whether it helps."
        blocks.insert(0, Note("Nothing is being fixed yet.", "empty", todo))
    told = [each for name, each in effects.items() if id is None or name in {row["name"] for row in rows}]
    return Page("fixes", _TITLE, _sentence(rows, told), _LEAD if told else "", tuple(blocks))


def _sentence(rows: list[dict[str, Any]], effects: list[Figure]) -> str:
    known = [_effect(each) for each in effects if each.value is not None]
    if not known:
        if not rows:
            return "Nothing is being fixed yet."
        stated = f"{_say.named(_say.word(len(rows)))} {'is' if len(rows) == 1 else 'are'} stated"
        return f"{stated}, and none is measured yet."
    helped = sum(each.verdict == "good" for each in known)
    harmed = sum(each.verdict == "bad" for each in known)
    if len(known) == 1:
        if not (helped or harmed):
            return "The one fix measured cannot be told from chance."
        return f"The one fix measured went with {'better' if helped else 'worse'}."
    worse = f", {_say.word(harmed)} went with worse" if harmed else ""
    many = _say.word(len(known))
    if not (helped or harmed):
        return f"Of {many} fixes measured, none can be told from chance."
    return f"Of {many} fixes measured, {_say.word(helped)} went with better{worse}."


def _grids(ask: Ask, rows: list[dict[str, Any]], effects: dict[str, Figure], others: list[Figure]) -> Iterator[Grid]:
    units = _units.names(ask, (row["unit"] for row in rows))
    for kind, title in (("fix", "Fixes"), ("request", "Asked of partners"), ("idea", "Ideas")):
        own = [each for each in rows if each["kind"] == kind]
        lines = [_line(each, units, effects.get(each["name"])) for each in own]
        if kind == "fix":
            lines += [_told(each) for each in others]
        if lines and kind == "fix":
            yield Grid(title, "", _COLUMNS, tuple(lines))
        elif lines:
            short = tuple((*line[:3], each["state"]) for line, each in zip(lines, own, strict=True))
            yield Grid(title, "", (kind, "pattern", "what", "state"), short)


def _line(row: dict[str, Any], units: dict[str, str], figure: Figure | None) -> tuple[Any, ...]:
    where = units.get(row["unit"], row["unit"]) if row["unit"] else _some_units(row["units"])
    pattern = ", ".join(each for each in (row["touchpoint"], row["theme"], where) if each) or "–"
    change = " → ".join(each for each in (row["cause"], row["what"]) if each) or "not said yet"
    cost = f"{_say.count(row['cost'])} {row['currency']}" if row["cost"] is not None else ""
    owner = ", ".join(each for each in (row["owner"], cost) if each) or "–"
    since = _person.day(row["since"]) if row["since"] else row["state"]
    ended = " (ended)" if row["state"] == "ended" and row["since"] else ""
    return (row["name"], pattern, change, owner, f"{since}{ended}", *_figure(figure, row["state"]))


def _some_units(units: list[str] | None) -> str:
    return _say.some(len(units), "unit", "units") if units else ""


def _figure(figure: Figure | None, state: str) -> tuple[Any, str]:
    """The effect and its limits; or why there is none."""
    if figure is None:
        return ("not begun" if state == "planned" else "measured with the next run", "–")
    estimate = _effect(figure)
    return (estimate, _say.interval(estimate)) if estimate.value is not None else (estimate.why, "–")


def _asked(ask: Ask) -> list[Grid]:
    """What customers voted on, with the share that wants it and its interval."""
    rows = ask.record(votes.counted())
    if not rows:
        return []
    lines = tuple(
        (row["name"], row["words"], row["yes"], row["no"], *_share(row["yes"], row["no"], seed=ask.seed), row["state"])
        for row in rows
    )
    lead = "Votes of customers who came to their page: advice, and no estimate of what all of them want."
    return [
        Grid("What customers say to it", lead, ("fix", "asked as", "for", "against", "want it", BETWEEN, ""), lines)
    ]


def _share(yes: int, no: int, *, seed: int) -> tuple[Any, str]:
    if not yes + no:
        return ("nobody voted yet", "–")
    found = share_interval(yes, yes + no)
    value, low, high = (float(getattr(found, name)[0]) for name in ("value", "low", "high"))
    shown = Estimate("want it", value, low, high, yes + no, "share", floor=0.0, ceiling=1.0, middle=0.5,
                     formula="votes for it / votes; Wilson's interval", counted="votes", seed=seed)  # fmt: skip
    return shown, _say.interval(shown)


def _asking(ask: Ask, rows: list[dict[str, Any]]) -> Iterator[Form]:
    """Asking customers about one of them, and asking no more."""
    known = [(each["id"], each["name"]) for each in rows if each["state"] != "ended"]
    if not known or ask.viewer.side != "insider":
        return
    for row in ask.record(votes.counted()):
        if row["state"] == "open":
            own = (_hidden("proposal", row["id"]), _hidden("back", "/fixes"))
            yield Form("proposal.close", "", own, f"Ask no more: {row['name']}")
    told = "What would be different, in one sentence for all customers: nobody’s words, no name."
    fields = (
        Field("fix", "About", "", tuple(known)),
        Field("words", "As customers read it", help=told),
        _hidden("back", "/fixes"),
    )
    yield Form("proposal.make", "Ask customers whether they want it", fields, "Ask them")


def _told(figure: Figure) -> tuple[Any, ...]:
    """A fix that only the records tell of."""
    pattern = ", ".join(figure.detail.get("touchpoints", ())) or "–"
    treated = _say.some(figure.detail.get("treated", 0), "unit", "units")
    since = ", ".join(_person.day(datetime.fromisoformat(each)) for each in figure.detail.get("started", ())) or "–"
    return (figure.by["fix"], f"{pattern}, {treated}", "told by events of the home", "–", since, *_figure(figure, ""))


def _effect(figure: Figure) -> Estimate:
    estimate = _stored.estimate(figure, figure.by["fix"], middle=0.0)
    return replace(estimate, real=figure.detail.get("real"), note=str(figure.detail.get("warning", "")))


def _forms(rows: list[dict[str, Any]]) -> Iterator[Form]:
    """Beginning and ending what there is; stating more."""
    shown = [each for each in rows if each["kind"] == "fix" and each["state"] != "ended"][:_BUTTONS]
    for row in shown:
        verb, told = ("begin", "Begin") if row["state"] == "planned" else ("end", "End")
        if verb == "end" or row["units"]:
            own = (_hidden("fix", row["id"]), _hidden("back", "/fixes"))
            yield Form(f"fix.{verb}", "", own, f"{told}: {row['name']}")
    fields = (
        Field("name", "Name"), Field("touchpoint", "Touchpoint"), Field("theme", "Theme"),
        Field("units", "Units", help="Their ids, with commas between; none for the whole brand."),
        Field("cause", "Cause", kind="textarea"), Field("what", "What is changed", kind="textarea"),
        Field("owner", "Owner"), Field("cost", "Cost", kind="number"), Field("currency", "Currency"),
        Field("kind", "This is", "fix", _KINDS), _hidden("back", "/fixes"),
    )  # fmt: skip
    yield Form("fix.state", "State a fix", fields, "State it")


def _hidden(name: str, value: str) -> Field:
    return Field(name, name, value, kind="hidden")
