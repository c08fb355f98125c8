"""Offers: targeting beside two other ways, effects, values of policies: `python -m bench decide_offer`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.stats import ttest_rel
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.decide.test_offer_learning import COST, WORTH, World, choices, settings
from touchstone.core.fields import typed
from touchstone.decide._features import features
from touchstone.decide.offer import FIELDS, decide
from touchstone.home.rows import plain
from touchstone.science.logged import doubly_robust, inverse, normalised
from touchstone.store.scratch import scratch

DATA = Path("../shared/data")
Floats = NDArray[np.float64]


def bench(quick: bool = False) -> Iterator[str]:
    """Lines with Qini by splits for each way, effects, values of policies, and how often nothing is targeted."""
    yield from _hillstrom(3 if quick else 10)
    yield from _insurance(3 if quick else 10)
    yield from _journey()
    yield from _bandit(50 if quick else 400)
    yield from _nothing(20 if quick else 200)
    yield from _learning(4 if quick else 20)


def _hillstrom(splits: int) -> Iterator[str]:
    names = {"row": "person", "segment": "offer", "visit": "outcome"}
    kept = [*names, "recency", "history", "mens", "womens", "newbie", "zip_code", "channel"]
    table = pq.read_table(DATA / "hillstrom" / "hillstrom_dev.parquet", columns=kept)
    table = table.rename_columns([names.get(each, each) for each in kept])
    for name, each in _decided(table, control="No E-Mail")[-1]["detail"]["effects"].items():
        value, low, high = (100 * each[part] for part in ("value", "low", "high"))
        yield f"hillstrom {name}: {value:+.2f} points ({low:.2f} to {high:.2f})"
    women = table.filter(pa.array(np.array(table["offer"].to_pylist()) != "Mens E-Mail"))
    yield from _compared("hillstrom women's visit", women, "No E-Mail", splits)


def _insurance(splits: int) -> Iterator[str]:
    table = pq.read_table(DATA / "insurance_uplift" / "train.parquet")
    names = {"TREATMENT": "offer", "PURCHASE": "outcome", "UNIQUE_ID": "person"}
    table = table.rename_columns([names.get(each, each) for each in table.column_names])
    total = _decided(table, control="0")[-1]
    effect = total["detail"]["effects"]["1"]
    yield f"insurance: {100 * effect['value']:+.2f} points ({100 * effect['low']:.2f} to {100 * effect['high']:.2f})"
    yield f"insurance Qini held apart {total['value']:.4f} ({total['low']:.4f} to {total['high']:.4f})"
    yield from _compared("insurance", table, "0", splits)


def _decided(table: pa.Table, **settings: Any) -> list[dict[str, Any]]:
    return plain(decide(scratch([], given=typed(table, FIELDS)), **settings))


def _compared(name: str, table: pa.Table, control: str, splits: int) -> Iterator[str]:
    """Qini (area to the line of chance over the treated) on one half, learned on the other; the same splits for all."""
    arm = (np.array([str(each) for each in table["offer"].to_pylist()]) != control).astype(float)
    outcome, found = table["outcome"].to_numpy().astype(float), dict[str, list[float]]()
    own = [each for each in table.column_names if each not in ("person", "offer", "outcome")]
    for seed in range(splits):
        train = np.random.default_rng(seed).random(len(table)) < 0.5
        told = features(table.select(own).filter(pa.array(train)), table.select(own).filter(pa.array(~train)))
        scores = {"product": _product(table, train, control)}
        scores["two models"] = _two(told.known, outcome[train], arm[train], told.asked)
        scores["response"] = _model(told.known, outcome[train], told.asked)
        for model, each in scores.items():
            found.setdefault(model, []).append(_qini(each, outcome[~train], arm[~train]))
    for model, values in found.items():
        yield f"{name}, {splits} splits, Qini of {model}: {np.mean(values):.5f} ± {np.std(values, ddof=1):.5f}"
    for other in ("two models", "response"):
        chance = ttest_rel(found["product"], found[other]).pvalue
        yield f"{name}: product above {other} in {sum(np.array(found['product']) > found[other])}; p {chance:.4f}"


def _product(table: pa.Table, train: NDArray[np.bool_], control: str) -> Floats:
    """Uplifts that the product tells of the customers who wait, in the order of the table."""
    blank = {name: [each if held else None for each, held in zip(table[name].to_pylist(), train, strict=True)]
             for name in ("offer", "outcome")}  # fmt: skip
    for name, values in blank.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values, table[name].type))
    table = table.append_column("split", pa.array(np.where(train, "train", "test")))
    rows = _decided(table, control=control, draws=40)
    told = {each["person"]: each["value"] for each in rows}
    return np.array([told[str(each)] for each in table["person"].filter(pa.array(~train)).to_pylist()])


def _two(known: Floats, outcome: Floats, arm: Floats, asked: Floats) -> Floats:
    return _model(known[arm == 1], outcome[arm == 1], asked) - _model(known[arm == 0], outcome[arm == 0], asked)


def _model(known: Floats, outcome: Floats, asked: Floats) -> Floats:
    made = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(known, outcome)
    return np.asarray(made.predict_proba(asked)[:, 1], float)


def _qini(score: Floats, outcome: Floats, arm: Floats) -> float:
    order = np.argsort(-score, kind="stable")
    gained, lost = np.cumsum((outcome * arm)[order]), np.cumsum((outcome * (1 - arm))[order])
    treated, control = np.cumsum(arm[order]), np.cumsum(1 - arm[order])
    curve = np.concatenate([[0.0], gained - lost * treated / np.fmax(control, 1)])
    share = np.linspace(0, 1, len(curve))
    return float((np.trapezoid(curve, share) - curve[-1] / 2) / treated[-1])


def _journey() -> Iterator[str]:
    """Sales a household while a coupon campaign ran: given it against others, adjusted for what they did before."""
    folder = DATA / "complete_journey"
    for campaign, first in (("8", "2017-05-08"), ("13", "2017-08-08"), ("18", "2017-10-30")):
        table = duckdb.sql(f"""with t as (select *, cast(transaction_timestamp as date) - date '{first}' as day
                from '{folder}/transactions_sample.parquet'),
            h as (select distinct household_id from t),
            c as (select household_id from '{folder}/campaigns.parquet' where campaign_id = '{campaign}')
            select h.household_id as person,
                case when h.household_id in (select household_id from c) then 'coupons' else 'none' end as offer,
                coalesce(sum(sales_value) filter (day between 0 and 47), 0) as outcome,
                coalesce(sum(sales_value) filter (day between -56 and -1), 0) as spent,
                coalesce(sum(sales_value) filter (day < -56), 0) as spent_earlier,
                count(distinct basket_id) filter (day between -56 and -1) as trips,
                count(distinct basket_id) filter (day < -56) as trips_earlier,
                coalesce(sum(coupon_disc) filter (day < 0), 0) as coupons_before,
                coalesce(sum(retail_disc) filter (day < 0), 0) as discounts
            from h join t using (household_id) group by 1, 2""").to_arrow_table()
        detail = _decided(table, control="none", draws=40)[-1]["detail"]
        effect = detail["effects"]["coupons"]
        plain_effect = effect.get("unadjusted") or effect
        yield (
            f"complete_journey campaign {campaign} (sample of baskets): {effect['value']:+.2f} USD a household"
            f" ({effect['low']:.2f} to {effect['high']:.2f}), unadjusted {plain_effect['value']:+.2f},"
            f" {effect['n']} households; probabilities {detail['assignment']['known']}"
        )


def _bandit(draws: int) -> Iterator[str]:
    """The value of Bernoulli Thompson sampling from random logs, against its own click rate."""
    columns = ["item_id", "position", "click", "propensity_score"]
    log, own = (
        pq.read_table(DATA / "open_bandit" / f"{name}_men.parquet", columns=columns) for name in ("random", "bts")
    )
    key = [(item, place) for item, place in zip(own["item_id"].to_pylist(), own["position"].to_pylist(), strict=True)]
    places = Counter(place for _, place in key)
    target = {each: count / places[each[1]] for each, count in Counter(key).items()}
    item, place, reward = (log[name].to_numpy() for name in columns[:3])
    weight = np.array([target.get(each, 0.0) for each in zip(item.tolist(), place.tolist(), strict=True)])
    weight = weight / log["propensity_score"].to_numpy()
    reward = reward.astype(float)
    rate = (np.bincount(item, reward) + 34 * reward.mean()) / (np.bincount(item) + 34)
    ahead = {at: sum(share * rate[which] for (which, where), share in target.items() if where == at) for at in places}
    expected, instead = rate[item], np.array([ahead[each] for each in place.tolist()])
    truth = float(np.mean(own["click"].to_numpy()))
    yield f"open_bandit: on-policy {truth:.5f}, logged {reward.mean():.5f}"
    random, held = np.random.default_rng(7), Counter[str]()
    for name, value in (("ips", inverse(weight, reward)), ("snips", normalised(weight, reward)),
                        ("dr", doubly_robust(weight, reward, expected, instead))):  # fmt: skip
        yield f"open_bandit {name}: {value.value:.5f} ({value.low:.5f} to {value.high:.5f})"
    for _ in range(draws):
        at = random.integers(0, len(weight), len(weight))
        for name, value in (("snips", normalised(weight[at], reward[at])),
                            ("dr", doubly_robust(weight[at], reward[at], expected[at], instead[at]))):  # fmt: skip
            held[name] += value.low <= truth <= value.high
    yield f"open_bandit: on-policy rate within the limits in {draws} bootstraps: " + ", ".join(
        f"{name} {count / draws:.1%}" for name, count in held.items()
    )


def _nothing(seeds: int) -> Iterator[str]:
    """Campaigns that move all customers alike, and campaigns that move some more: how often something is targeted."""
    for told, more in (("alike", 0.0), ("some more", 0.3)):
        sent, covered = 0, 0
        for seed in range(seeds):
            random = np.random.default_rng(seed)
            noise, arm = random.normal(size=(2500, 8)), random.random(2500) < 0.5
            outcome = 0.3 * noise[:, 0] + arm * (0.1 + more * noise[:, 1]) + random.normal(size=2500)
            columns = {f"f{at}": noise[:, at] for at in range(8)}
            given = {
                "person": [str(at) for at in range(2500)],
                "offer": np.where(arm, "mail", "none"),
                "outcome": outcome,
            }
            total = _decided(pa.table(given | columns), draws=100)[-1]
            sent += total["detail"]["refused"] is None
            effect = total["detail"]["effects"]["mail"]
            covered += effect["low"] <= 0.1 <= effect["high"]
        yield f"campaigns that move {told}: targeted in {sent} of {seeds}; effect within its limits in {covered}"


def _learning(worlds: int) -> Iterator[str]:
    """Homes that learn from month to month: regret of each, and how often values hold the truth."""
    regret, held, count = [], Counter[str](), Counter[str]()
    truth = {"nobody": WORTH * 0.5, "wash to all": WORTH - COST, "tyres to all": WORTH * 0.9 - COST}
    for seed in range(worlds):
        world, months = World(400, seed), []
        for _ in range(4):
            drawn = choices(plain(decide(world.ask(), **settings(learn="thompson", floor=0.15))))
            best = [max(world.gain(at, offer) for offer in ("wash", "tyres", None)) for at, _, _ in drawn]
            months.append(np.mean(best) - np.mean([world.gain(at, offer) for at, offer, _ in drawn]))
            world.comes_back(drawn)
        regret.append(months)
        for each in plain(decide(world.ask(), mode="value", **settings())):
            if each["policy"] in truth and each["value"] is not None:
                count[each["estimator"]] += 1
                held[each["estimator"]] += each["low"] < truth[each["policy"]] < each["high"]
    said = ", ".join(f"{mean:.2f}" for mean in np.mean(regret, axis=0))
    yield f"offers drawn on a home, {worlds} worlds of 400 customers: regret a customer by month {said}"
    yield "values of policies within their limits: " + ", ".join(
        f"{name} {held[name]} of {n}" for name, n in count.items()
    )
