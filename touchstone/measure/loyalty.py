"""The chain from satisfaction to money: staying, spending, paying more, referring; experience apart from coupons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import stdtr

from touchstone.core.ask import Ask
from touchstone.core.errors import Refused
from touchstone.core.tables import METRIC, NUMBER, TEXT
from touchstone.measure._answers import Question, day
from touchstone.measure._chains import CAUSES, LINKS, Chain, of_file, of_home
from touchstone.measure._given import given
from touchstone.measure._rows import Heading, nothing, rows, tidy
from touchstone.measure._scores import salt
from touchstone.science.chain import Link, Terms, link, money
from touchstone.science.covariance import BLOCKS, percentiles
from touchstone.science.difference import holm
from touchstone.science.interval import Interval

_NUMBERS = ("satisfaction", "coupon", "retained", "spend", "share_of_wallet", "premium", "referrals")
FIELDS = {"person": TEXT, "unit": TEXT, **dict.fromkeys(_NUMBERS, NUMBER)}
CUTS = ((), ("region",), ("product",))
"""What is stored of it by `run`."""
_DRAWS = 400
_FEWEST, _RAREST = 30, 10  # customers of a link; of the rarer of two kinds
_HOLDERS = 10  # customers of the rarer kind to be expected among those with a coupon
_OF = {"satisfaction": "experience", "coupon": "coupons"}
_IN = {"retention": "share of customers", "spend": "money a period", "share_of_wallet": "share of wallet",
       "premium": "price paid", "referrals": "referrals a customer"}  # fmt: skip
_FORMULA = (
    "least-squares slope on satisfaction, coupons and what is adjusted for, all held; money = what the steps at all "
    "links are worth, spend x sum over periods of (retention / (1 + discount))^t (Rust, Zahorik & Keiningham 1995)"
)
_SAYS = "association among customers with equal coupons and cases: what goes with it, not what it would bring"


def measure(
    ask: Ask,
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    adjust: Sequence[str] = (),
    step: float = 1.0,
    margin: float = 1.0,
    horizon: int = 5,
    discount: float = 0.1,
    split: str = "",
    alpha: float = 0.05,
) -> pa.Table:
    """What a `step` more of satisfaction, and a coupon, go with at each link of the chain, and in money per customer.

    A file has one row a customer: satisfaction, coupon (1: redeemed), retained (1, 0), spend a period, share_of_wallet
    (0-1), premium (price paid against the usual), referrals; any of them may be absent; `adjust` names columns to hold.
    On a home satisfaction is a customer's mean score on 0-10 before the day `split` (empty: half-way), the rest
    what is known of them after it. Money is earned at `margin` over `horizon` periods at `discount` each.
    `detail.real` holds after Holm's correction over all links of the answer at `alpha`.
    """
    if not (margin > 0 and horizon >= 1 and discount >= 0 and step > 0 and 0 < alpha < 1):
        wrong = next(name for name, bad in (("margin", margin <= 0), ("horizon", horizon < 1), ("step", step <= 0),
                                            ("discount", discount < 0), ("alpha", True)) if bad)  # fmt: skip
        said = "margin, horizon and step are above 0, discount not below, alpha within 0 and 1."
        raise Refused(said, field=wrong, todo="Leave it out, and the usual one is taken.")
    question = Question(tuple(by), where, since, until)
    table = given(ask, question)
    day(split or None, field="split")
    if table is None and adjust:
        raise Refused("a home's customers are told apart by by and where.", field="adjust", todo="Leave adjust out.")
    found = of_home(ask, question, split=split) if table is None else (
        of_file(table, by, adjust, seed=ask.seed) if len(table) else [])  # fmt: skip
    terms = Terms(margin, horizon, discount)
    made = [row for chain in found for row in _told(chain, question, terms, step=step, seed=ask.seed)]
    _judge(made, alpha)
    marks = "|".join(map(str, (salt(question), *adjust, step, margin, horizon, discount, split, alpha)))
    return _rows(made, marks).cast(METRIC) if made else nothing()


def _told(chain: Chain, question: Question, terms: Terms, *, step: float, seed: int) -> list[dict[str, Any]]:
    """All rows of one group of customers."""
    about = dict(zip(question.by, chain.key, strict=True))
    why = {name: _thin(chain, name) for name in chain.links}
    known = {name: link(each, len(chain.causes), draws=_DRAWS, seed=seed)
             for name, each in chain.links.items() if not why[name]}  # fmt: skip
    made = []
    for cause in CAUSES:
        keys = {**about, "of": _OF[cause]}
        amount = step if cause == "satisfaction" else 1.0
        lacking = "" if cause in chain.causes else f"nothing is known of {cause}"
        if not lacking and chain.seen[cause] < _RAREST:
            lacking = f"{cause} hardly differs: {chain.seen[cause]:.0f} customers of the rarer kind"
        at = chain.causes.index(cause) if not lacking else 0
        borne = {}
        for name in (each for each in LINKS if each in chain.links):
            reason = lacking or why[name] or (_few(chain, name) if cause == "coupon" else "")
            if not reason:
                borne[name] = known[name]
            drawn = None if reason else amount * known[name].slope[:, at]
            size = 0.0 if reason else chain.size(name, cause)
            made.append(_row(chain, {**keys, "link": name}, drawn, why=reason, size=size))
        made.append(_money(chain, keys, borne, terms, place=(at, amount), why=lacking))
    return made


def _thin(chain: Chain, name: str) -> str:
    """Why a link bears no estimate; empty where it does."""
    n = chain.customers(name)
    if n < _FEWEST:
        return f"{n:.0f} customers of whom all is known; at least {_FEWEST} are needed"
    if chain.seen[name] < _RAREST:
        return f"{name} hardly differs: {chain.seen[name]:.0f} customers of the rarer kind"
    return ""


def _few(chain: Chain, name: str) -> str:
    """Why too few had a coupon for this link; empty where enough had."""
    few = chain.expected(name)
    return "" if few >= _HOLDERS else f"coupons are too rare: {few:.0f} customers with one would tell of {name}"


def _money(
    chain: Chain, keys: dict[str, str], known: dict[str, Link], terms: Terms, *, place: tuple[int, float], why: str
) -> dict[str, Any]:
    """The row of all links together, in money per customer over the horizon."""
    worth = money(known, terms, cause=place[0], step=place[1])
    if not worth:
        why = why or "without spend that bears an estimate there is no money to tell"
        return _row(chain, {**keys, "link": "money"}, None, why=why)
    cause = chain.causes[place[0]]
    sizes = {name: chain.size(name, cause) for name in worth}
    whole = np.sum(list(worth.values()), axis=0)
    row = _row(chain, {**keys, "link": "money"}, whole, why="", size=min(sizes.values()))
    row["detail"]["parts"] = {
        name: {end: tidy(each) for end, each in _limited(drawn, sizes[name]).items()} for name, drawn in worth.items()
    }
    row["detail"] |= {"margin": terms.margin, "horizon": terms.horizon, "discount": terms.discount}
    if lacking := [name for name in ("retention", "referrals") if name not in worth]:
        row["detail"]["warning"] = f"money leaves out what is not known or bears no estimate: {', '.join(lacking)}"
    return row


def _limited(drawn: Any, size: float) -> dict[str, float]:
    """Value and limits of draws whose first is the estimate; few customers (`size`) widen the limits."""
    low, high = percentiles(drawn[1:], int(min(size, BLOCKS)))
    value = float(drawn[0])
    return {"value": value, "low": min(float(low), value), "high": max(float(high), value)}


def _row(chain: Chain, keys: dict[str, str], drawn: Any, *, why: str, size: float = 0.0) -> dict[str, Any]:
    """One row; its probability by Student's distribution, for `size` customers tell of it."""
    name = keys["link"]
    part = name if name in chain.links else "spend"
    n = chain.customers(part) if part in chain.links else 0.0
    per = "" if name == "money" else f" per {'step of satisfaction' if keys['of'] == 'experience' else 'coupon'}"
    words = chain.said.get("currency") or "money"
    measured_in = f"{words} a customer" if name == "money" else _IN[name].replace("money", words) + per
    detail: dict[str, Any] = {"formula": _FORMULA, "scale": {"worst": None, "best": None}, "says": _SAYS, **chain.said}
    row = {"keys": keys, "n": n, "in": measured_in, "value": np.nan, "low": np.nan, "high": np.nan, "detail": detail}
    if drawn is None:
        detail["why"] = why
        return row
    freedom = max(size - 2, 1.0)
    value, spread = float(drawn[0]), float(drawn[1:].std() * np.sqrt(size / freedom))
    probability = 2 * float(stdtr(freedom, -abs(value) / spread)) if spread > 0 else float(value == 0)
    return {**row, **_limited(drawn, size), "p": probability}


def _judge(made: list[dict[str, Any]], alpha: float) -> None:
    """Adds to each detail whether it is told from nought, after Holm's correction over all links of the answer."""
    told = [each for each in made if "p" in each]
    adjusted = holm(np.array([each["p"] for each in told]))
    for each, probability in zip(told, adjusted, strict=True):
        each["detail"].update(
            probability=tidy(each["p"]), probability_adjusted=tidy(probability), real=bool(probability <= alpha),
            comparisons=len(told),
        )  # fmt: skip


def _rows(made: list[dict[str, Any]], marks: str) -> pa.Table:
    keys = pa.table({name: pa.array([each["keys"][name] for each in made], TEXT) for name in made[0]["keys"]})
    columns = {name: np.array([each[name] for each in made], float) for name in ("value", "low", "high", "n")}
    return rows(
        keys,
        Interval(**columns, variance=np.zeros(len(made))),
        n=columns["n"],
        measured_in=[each["in"] for each in made],
        detail=[each["detail"] for each in made],
        heading=Heading("loyalty", salt=marks),
    )
