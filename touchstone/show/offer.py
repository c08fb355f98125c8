"""Offers: what campaigns truly added, whether it can be told for whom, and who would get which next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from touchstone.core.ask import Ask
from touchstone.core.page import Block, Cards, Chart, Estimate, Grid, Note, Page
from touchstone.show import _charts, _people, _person, _plans, _say
from touchstone.show._stored import Figure

WHO = ("insider", "partner")
_PLACE = 13, "Plans"
_TITLE = "Offers"
_SHOWN = 50
_ADDED = {
    "similar customers": "purchases from its start until days after its end, those offered it against others alike in "
    "what they did before",
    "days beside": "purchases a day while it ran against the days on either side",
}
_LOT = "All offers drawn by lot"
_QINI = "area between the gain of sending to those who gain most first and that of sending by chance, per customer"
_REWARD = "A reward buys purchases while it lasts; it makes no better experience, and counts for no loyalty here."
_LEAD = "Where a comparison fails, nothing is told and nobody is targeted; only offers dealt by lot are beyond doubt."


def show(ask: Ask, *, all: str | None = None) -> Page:
    """What each campaign added, how well it could be targeted, whom that reaches; `all` shows the whole list."""
    added = _plans.planned(ask, "offer", "against", "campaign")
    rows = _plans.planned(ask, "offer", "offer", "person")
    whole = next((each for each in rows if not each.by.get("person")), None)
    reached = [each for each in rows if each.by.get("person") and each.by.get("offer")]
    if not added and not reached:
        return _none(ask)
    judged = [each for each in added if each.by["against"] == "chance"]
    people = _people.people(ask, [each.by["person"] for each in reached])
    still = [each for each in reached if people[each.by["person"]].allows("offer")]
    blocks: list[Block] = [*_gained(whole, ask.seed), *_campaigns(added, ask.seed)]
    blocks += _untold(judged)
    for each in judged:
        blocks += _targeting(each, ask.seed)
    blocks += _reach(still, people, len(reached) - len(still), most=None if all else _SHOWN)
    blocks += _alone(whole)
    return Page("offer", _TITLE, _sentence(judged, whole, still), _LEAD if added else "", tuple(blocks))


def _none(ask: Ask) -> Page:
    if ask.viewer.side == "partner":
        note = Note("None of your customers would get an offer just now.", "empty", "Head office sees what was added.")
        return Page("offer", _TITLE, "Nobody of yours would get an offer.", "", (note,))
    todo = "Interactions of kind offer, redemption and purchase with a campaign and a person make this page."
    note = Note("No campaign is known yet.", "empty", todo)
    return Page("offer", _TITLE, "What offers add is not known yet.", "", (note,))


def _sentence(judged: Sequence[Figure], whole: Figure | None, still: Sequence[Figure]) -> str:
    if whole is not None and whole.value is not None and still:
        gain = f"{whole.detail.get('currency') or ''} {whole.value:,.0f}".strip().replace("-", "−")
        sent = sum(whole.detail["sent"].values())
        return f"An offer to {_say.some(sent, 'customer', 'customers')} should bring {gain} more than it costs."
    if still and whole is None and not judged:
        return f"{_say.some(len(still), 'customer', 'customers')} of yours would get an offer."
    return "Of no campaign can it be told for whom it does more: nobody is targeted."


def _gained(whole: Figure | None, seed: int) -> Iterator[Block]:
    if whole is None or whole.value is None:
        return
    told = whole.detail
    spent = f"{told.get('currency') or ''} {told['spent']:,.0f}".strip()
    note = "; ".join(f"{name} to {_say.count(count)}" for name, count in told["sent"].items())
    yield Cards((Estimate(
        "Gain over what it costs", whole.value, None, None, whole.n, whole.measured_in, floor=0.0,
        ceiling=max(whole.value * 1.2, 1.0), middle=None, counted="customers looked at", seed=seed,
        formula="sum over customers of uplift x worth of a purchase, less the offer’s cost",
        note=f"{note}; costs {spent}.",
    ),))  # fmt: skip


def _campaigns(added: Sequence[Figure], seed: int) -> Iterator[Block]:
    """What each campaign added: against similar customers, and against the days beside."""
    names = list(dict.fromkeys(each.by["campaign"] for each in added if each.by.get("campaign")))
    held = {(each.by.get("campaign"), each.by["against"]): each for each in added}
    pairs = [(name, held.get((name, "similar customers")), held.get((name, "days beside"))) for name in names]
    lines = [(name, one, two, told) for name, one, two in pairs if (told := one or two) is not None]
    rows = tuple(
        (name, _when(told), _sent(told), _estimate(one, name, seed), _estimate(two, name, seed), _why(one, two))
        for name, one, two, told in lines
    )
    if rows:
        lead = "Purchases per customer beyond what others alike made, and the relative change of purchases a day."
        columns = ("campaign", "ran", "sent, used", "against similar customers", "against days beside, %", "in words")
        yield Grid("What campaigns added", lead, columns, rows)
        if any(told.detail.get("rewarded") for *_, told in lines):
            yield Note(_REWARD, "plain")


def _when(each: Figure) -> str:
    if not each.detail.get("start"):
        return "–"
    return " to ".join(_person.day(datetime.fromisoformat(each.detail[end])) for end in ("start", "stop"))


def _sent(each: Figure) -> str:
    used = f"{_say.count(each.detail.get('offers', 0))}, {_say.count(each.detail.get('redemptions', 0))}"
    return f"{used}, with a reward" if each.detail.get("rewarded") else used


def _estimate(each: Figure | None, name: str, seed: int) -> Estimate | str:
    if each is None:
        return "–"
    told = each.detail
    beside = each.by["against"] == "days beside"
    unit, times = ("per cent more a day", 100.0) if beside else (each.measured_in, 1.0)
    value, low, high = (None if end is None else times * end for end in (each.value, each.low, each.high))
    far = 1.1 * max([0.01, *(abs(end) for end in (low, high, value) if end is not None)])
    notes = [str(told.get("assignment") or "")]
    if extra := told.get("extra"):
        notes.append(f"In purchases: {_limits(extra, '.0f')}; made with it: {told.get('used_it', 0)}.")
    if placebo := told.get("placebo"):
        notes.append(f"The same a window earlier, when there was no offer: {_limits(placebo, '.3f')}.")
    return Estimate(
        f"{name}, against {each.by['against']}", value, low, high, each.n, unit, floor=-far, ceiling=far,
        middle=0.0, formula=_ADDED[each.by["against"]], why=str(told.get("why") or ""),
        note=" ".join(each for each in notes if each), counted="purchases and customers", seed=seed,
    )  # fmt: skip


def _limits(told: dict[str, Any], form: str) -> str:
    value, low, high = (f"{told[name]:{form}}".replace("-", "−") for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _why(*some: Figure | None) -> str:
    """What the two comparisons come to, in words."""
    known = [each for each in some if each is not None and each.value is not None]
    if not known:
        why = next((each.detail.get("why") for each in some if each is not None and each.detail.get("why")), "")
        return f"Nothing can be told: {why}." if why else "Nothing can be told."
    sure = [each for each in known if (each.low or 0.0) > 0 or (each.high or 0.0) < 0]
    if not sure:
        return "What it added cannot be told from nothing."
    more = "more" if (sure[0].value or 0.0) > 0 else "less"
    return f"Bought {more} than {sure[0].by['against']} tell of{'' if len(sure) == 2 else '; the other cannot tell'}."


def _targeting(each: Figure, seed: int) -> Iterator[Block]:
    """How well a campaign could be targeted: Qini and curve, effects by offer, the reward's part; or why not."""
    told, name = each.detail, each.by.get("campaign") or _LOT
    if each.value is None:
        return
    area = Estimate(
        f"{name}: Qini", each.value, each.low, each.high, each.n, "purchases per customer", floor=-_far(each),
        ceiling=_far(each), middle=0.0, formula=_QINI, note=str(told.get("warning") or ""), counted="customers",
        seed=seed,
    )  # fmt: skip
    refused = told.get("refused")
    title = f"{name}: " + ("who gains more cannot be told" if refused else "those who gain more can be told")
    if curve := told.get("curve"):
        lead = (
            "What is gained per customer when it is sent to the share who should gain most first, with its 95 % band; "
            "dashed: the same share by chance."
        )
        yield Chart(title, lead, _charts.gains(curve), (area,))
    else:
        yield Cards((area,))
    if refused:
        yield Note("Nobody is targeted.", "plain", f"{_say.named(str(refused))}.")
    yield from _effects(told, seed)


def _untold(judged: Sequence[Figure]) -> Iterator[Block]:
    """Campaigns of which it cannot even be reckoned for whom they do more, and why."""
    told = [(each.by.get("campaign") or _LOT, each.detail) for each in judged if each.value is None]
    if told:
        rows = tuple((name, _say.named(str(each.get("refused") or each.get("why") or ""))) for name, each in told)
        yield Grid("Whom it does more for cannot be told", "So nobody is targeted.", ("campaign", "why"), rows)


def _far(each: Figure) -> float:
    return 1.1 * max([1e-6, *(abs(x) for x in (each.low, each.high, each.value) if x is not None)])


def _effects(told: dict[str, Any], seed: int) -> Iterator[Block]:
    """Average effects by offer, and the reward's part kept apart."""
    effects = told.get("effects") or {}
    far = 1.1 * max([1e-6, *(abs(each[end]) for each in effects.values() for end in ("low", "high", "value"))])
    rows = tuple(
        (offer, Estimate(offer, each["value"], each["low"], each["high"], each["n"] + each["control"],
                         "purchases per customer", floor=-far, ceiling=far, middle=0.0, counted="customers", seed=seed,
                         formula="doubly robust: outcome models put right by rows over the probability of their arm"),
         _say.count(each["n"]), _say.count(each["control"]), ", ".join(each.get("larger_with") or ()) or "–")
        for offer, each in effects.items()
    )  # fmt: skip
    if rows:
        columns = ("offer", "effect", "offered it", "not", "larger with")
        yield Grid("Average effect", "Against customers alike who were not offered it.", columns, rows)
    incentive = told.get("incentive")
    if incentive and (adds := incentive.get("reward_adds")):
        yield Note(f"The reward adds {_limits(adds, '.3f')} purchases per customer to the message.", "plain", _REWARD)
    elif incentive and incentive.get("why"):
        yield Note(f"{_say.named(incentive['why'])}.", "plain", _REWARD)


def _reach(
    still: Sequence[Figure], people: dict[str, _people.Someone], since: int, *, most: int | None
) -> Iterator[Block]:
    """Who would get which, those who gain most first."""
    if since:
        said = "customer has" if since == 1 else "customers have"
        yield Note(f"{_say.count(since)} {said} since said no to offers and are left out.", "plain")
    if not still:
        return
    ranked = sorted(still, key=lambda each: (-(each.detail.get("gain") or 0.0), each.by["person"]))[:most]
    rows = tuple(
        (people[each.by["person"]].link, each.by["offer"], f"{each.value or 0.0:+.3f}".replace("-", "−"),
         f"{each.detail.get('gain') or 0.0:,.2f}", str(each.detail.get("send_time") or "any time"))
        for each in ranked
    )  # fmt: skip
    more = f" The first {_say.count(len(ranked))} of {_say.count(len(still))}." if len(still) > len(ranked) else ""
    columns = ("customer", "offer", "purchases more", "gain less cost", "when")
    yield Grid("Whom it would reach", f"Those who gain most first.{more}", columns, rows)


def _alone(whole: Figure | None) -> Iterator[Block]:
    """Who is left out, by why."""
    if whole is None or not whole.detail.get("alone"):
        return
    reasons = sorted(whole.detail["alone"].items(), key=lambda each: (-each[1], each[0]))
    lead = f"Of {_say.count(whole.detail.get('looked_at', whole.n))} customers looked at."
    rows = tuple((why, _say.count(count)) for why, count in reasons)
    yield Grid("Who is left out, and why", lead, ("why", "customers"), rows, narrow=True)
