"""What campaigns of a home added: offers, redemptions and purchases, against similar customers and the days beside.

Nobody dealt these offers by lot, so each comparison says where it may fail: those offered something are held against
others like them in what they did before, and the same reckoning a window earlier, when there was no offer, must show
nothing; the days it ran are held against those beside, which share neither season nor other campaigns for sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from touchstone.core.ask import Ask
from touchstone.decide._file import row
from touchstone.decide._offer_found import limited, tidy
from touchstone.decide._offer_lives import columns
from touchstone.decide._offer_lives import offered as offered_to
from touchstone.science.qini import Estimate
from touchstone.science.rates import lift
from touchstone.science.uplift import Trial, average, uplift

Floats = NDArray[np.float64]
_FEWEST = 10  # purchases of those offered something, under which nothing is told of them
_LEAST = 20  # customers on either side
_EVER = 0.5  # a campaign that ran for more than this share of all days has nothing beside it
_CAMPAIGNS = """
select campaign, cast(min(occurred_at) as date) as start, cast(max(occurred_at) as date) as stop,
    sum(case when kind = 'offer' then 1 else 0 end) as offers,
    sum(case when kind = 'redemption' then 1 else 0 end) as redemptions,
    max(case when kind = 'offer' and attributes like '%"coupon": %' and attributes not like '%"coupon": 0%'
        then 1 else 0 end) as rewarded
from interaction where campaign is not null and occurred_at is not null and kind in ('offer', 'redemption')
group by campaign having sum(case when kind = 'offer' then 1 else 0 end) > 0 order by start desc, campaign
"""
_DAILY = """
select cast(occurred_at as date) as day, count(*) as n, sum(case when campaign = ? then 1 else 0 end) as used
from interaction where kind = 'purchase' and occurred_at is not null group by 1 order by 1
"""
_ENDS = """select cast(min(occurred_at) as date) as first, cast(max(occurred_at) as date) as last
    from interaction where occurred_at is not null"""


@dataclass(frozen=True, eq=False)
class Past:
    """A campaign that sent offers: its rows, and why nothing can be learned from it for whom it does more, or None."""

    name: str
    during: tuple[date, date]  # the day it began, and the day after its last
    rewarded: bool
    rows: list[dict[str, Any]]
    why: str | None


def of_home(maker: str, ask: Ask, *, campaign: Sequence[str], days: int) -> list[Past]:
    """What each campaign added: two rows each, against similar customers and against the days beside."""
    found = ask.lake(_CAMPAIGNS).to_pylist()
    ends = ask.lake(_ENDS).to_pylist()[0] if found else {}
    past = []
    for each in found:
        if campaign and each["campaign"] not in campaign:
            continue
        told = {"start": each["start"].isoformat(), "stop": each["stop"].isoformat(), "offers": int(each["offers"]),
                "redemptions": int(each["redemptions"]), "rewarded": bool(each["rewarded"])}  # fmt: skip
        lasts = (each["stop"] - each["start"]).days + 1 > _EVER * ((ends["last"] - ends["first"]).days + 1)
        always = {"why": "it ran most of the time, so that nothing lies beside it to be held against"}
        rows, why = [], None
        for against, answer in (("similar customers", _persons), ("days beside", _beside)):
            value, n, more = (None, 0, always) if lasts else answer(ask, each, days)
            rows.append(_row(maker, each, against, (value, n, told | more)))
            why = more.get("why") if against == "similar customers" else why
        during = (each["start"], each["stop"] + timedelta(days=1))
        past.append(Past(each["campaign"], during, bool(each["rewarded"]), rows, why))
    return past


def _row(
    maker: str, campaign: dict[str, Any], against: str, told: tuple[Estimate | None, int, dict[str, Any]]
) -> dict[str, Any]:
    value, n, detail = told
    unit = "purchases per customer" if against == "similar customers" else "relative change of purchases a day"
    limits = (value.low, value.high) if value else (None, None)
    by = {"campaign": campaign["campaign"], "against": against}
    made = row(maker, by, value.value if value else None, n=n, measured_in=unit, detail=detail, limits=limits)
    return {**made, "about": [], "rests_on": []}


def _persons(ask: Ask, campaign: dict[str, Any], days: int) -> tuple[Estimate | None, int, dict[str, Any]]:
    """Purchases from the start until so many days after the end, of those offered it against others like them."""
    start, stop = campaign["start"], campaign["stop"] + timedelta(days=1)
    until = stop + timedelta(days=days)
    lives = offered_to(ask, campaign["campaign"], (start, stop), since=start, upto=until)
    offered, bought = _got(lives), lives["bought"].to_numpy().astype(float)
    detail: dict[str, Any] = {
        "offered": int(offered.sum()), "others": int((~offered).sum()), "bought": int(bought[offered].sum()),
        "days_after": days, "assignment": "not by lot: held against others like them in what they did before",
    }  # fmt: skip
    if min(offered.sum(), (~offered).sum()) < _LEAST:
        return (
            None,
            len(lives),
            detail | {"why": f"fewer than {_LEAST} customers known before it were offered it or not"},
        )
    if bought[offered].sum() < _FEWEST:
        return None, len(lives), detail | {"why": f"fewer than {_FEWEST} purchases of those offered it"}
    found, thin = _compared(lives, ask.seed)
    before = start - (until - start)
    earlier, _ = _compared(offered_to(ask, campaign["campaign"], (start, stop), since=before, upto=start), ask.seed)
    detail |= {"placebo": limited(earlier) if earlier else None, "thin": tidy(thin)}
    if earlier is not None and not earlier.low <= 0 <= earlier.high:
        why = "those offered it bought otherwise than others like them before it too: the difference is not the offer's"
        return None, len(lives), detail | {"why": why}
    return found, len(lives), detail


def _got(lives: pa.Table) -> NDArray[np.bool_]:
    """Who was offered it."""
    return np.asarray(pc.is_valid(lives["offered"]))


def _compared(lives: pa.Table, seed: int) -> tuple[Estimate | None, float]:
    """The effect adjusted for what they did before, and the share without a counterpart; None with too few."""
    arm = _got(lives).astype(np.int64)
    if min(arm.sum(), (1 - arm).sum()) < _LEAST:
        return None, 0.0
    features = np.column_stack(list(columns(lives).values()))
    trial = Trial(features, arm, lives["bought"].to_numpy().astype(float), np.arange(len(arm)), 2, seed)
    told = uplift(trial)
    return average(told.own[:, 0], trial.person), told.lot.thin


def _beside(ask: Ask, campaign: dict[str, Any], days: int) -> tuple[Estimate | None, int, dict[str, Any]]:
    """Purchases a day while it ran, against as many days again on either side and at least `days`."""
    table = ask.lake(_DAILY, [campaign["campaign"]])
    if not len(table):
        return None, 0, {"why": "nothing was bought"}
    number = table["day"].cast(pa.int32()).to_numpy()
    whole = np.zeros((2, int(number.max() - number.min()) + 1))
    whole[0, number - number.min()] = table["n"].to_numpy()
    whole[1, number - number.min()] = table["used"].to_numpy()
    day = np.arange(number.min(), number.max() + 1)
    first, last = ((campaign[end] - date(1970, 1, 1)).days for end in ("start", "stop"))
    inside = (day >= first) & (day <= last)
    reach = max(last - first + 1, days)
    near = ~inside & (day >= first - reach) & (day <= last + reach)
    series = np.stack([whole[0], whole[0] - whole[1]])
    change = lift(series[:, inside], series[:, near])
    total, used = float(whole[0, inside].sum()), int(whole[1, inside].sum())
    if not np.isfinite(change.value[0]):
        return None, int(total), {"why": "no days lie beside it"}
    found, plain = (
        Estimate(*(float(getattr(change, name)[at]) for name in ("value", "low", "high"))) for at in range(2)
    )
    beside = float(whole[0, near].mean()) * inside.sum()
    detail = {
        "purchases": int(total), "expected_without": tidy(beside), "used_it": used,
        "extra": limited(Estimate(*(beside * each for each in (found.value, found.low, found.high)))),
        "without_it": limited(plain), "days": int(inside.sum()), "days_beside": int(near.sum()),
    }  # fmt: skip
    return found, int(whole[0, inside | near].sum()), detail
