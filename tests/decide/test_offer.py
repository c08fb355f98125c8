"""Offers as a company meets them: campaigns by lot and not by lot, budgets, consent, learning on, real campaigns."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from touchstone.core.errors import Refused
from touchstone.core.fields import typed
from touchstone.decide._offer_trial import campaign as campaign_of
from touchstone.decide.offer import FIELDS, decide
from touchstone.home.one_shot import one_shot
from touchstone.home.rows import plain
from touchstone.science.uplift import uplift
from touchstone.store.scratch import scratch

Row = dict[str, Any]


def told(rows: list[Row], **settings: Any) -> list[Row]:
    """What is decided on a file of these rows."""
    return plain(decide(scratch([], given=typed(pa.Table.from_pylist(rows), FIELDS)), **settings))


def campaign(*, size: int = 1200, waiting: int = 60, moved: float = 0.5, seed: int = 4) -> list[Row]:
    """A coupon by lot that moves families by `moved` and leaves others cold, and customers who wait for a decision."""
    chance = random.Random(seed)
    rows = []
    for at in range(size + waiting):
        family, sent = chance.random() < 0.5, chance.random() < 0.5
        bought = chance.random() < 0.2 + (moved if sent and family else 0.0)
        row = {"person": f"p{at:05}", "family": "yes" if family else "no", "age": chance.randrange(20, 80)}
        test = at >= size
        row |= {"offer": None if test else "coupon" if sent else "none", "outcome": None if test else float(bought)}
        rows.append(row | {"split": "test" if test else "train"})
    return rows


def whole(rows: list[Row]) -> Row:
    return next(each for each in rows if each["person"] is None)


def test_an_offer_goes_to_those_whom_it_moves_and_says_how_much() -> None:
    rows = campaign()
    family = {each["person"]: each["family"] == "yes" for each in rows}
    found = told(rows, cost=0.15)
    assert len(found) == 61
    total = whole(found)
    assert total["detail"]["refused"] is None
    assert 0 < total["low"] < total["value"] < total["high"]
    effect = total["detail"]["effects"]["coupon"]
    assert effect["low"] < 0.25 < effect["high"]
    assert total["detail"]["assignment"]["known"] == "by lot"
    assert "family = yes" in effect["larger_with"] or "family = no" in effect["larger_with"]
    for each in found[:-1]:
        assert (each["offer"] == "coupon") == family[each["person"]]
        assert each["value"] == pytest.approx(0.5 if family[each["person"]] else 0.0, abs=0.17)


def test_where_the_offer_moves_all_alike_nothing_is_targeted_and_the_average_is_told() -> None:
    chance = random.Random(1)
    rows = [{**each, "family": chance.choice(["yes", "no"])} for each in campaign(seed=7)]
    found = told(rows)
    total = whole(found)
    assert total["low"] <= 0
    assert "holds zero" in total["detail"]["refused"]
    assert {each["offer"] for each in found} == {None}
    assert all(each["value"] > 0 for each in found[:-1])
    assert total["detail"]["gain"]["to_all"]["low"] > 0


def test_the_order_of_rows_never_matters() -> None:
    rows = campaign(size=400)
    shuffled = list(rows)
    random.Random(5).shuffle(shuffled)
    assert told(shuffled) == told(rows)


def test_a_budget_a_number_consent_complaints_and_contacts_of_late_are_kept() -> None:
    rows = [
        {**each, "consent": "no" if at % 7 == 0 else "yes", "open_complaint": float(at % 11 == 0),
         "days_since_contact": float(at % 30)}
        for at, each in enumerate(campaign(waiting=200))
    ]  # fmt: skip
    facts = {each["person"]: each for each in rows}
    found = told(rows, cost=0.1, rest=5.0)
    sent = [each for each in found if each["offer"] == "coupon"]
    assert sent
    for each in sent:
        own = facts[each["person"]]
        assert own["consent"] == "yes"
        assert not own["open_complaint"]
        assert own["days_since_contact"] >= 5
    reasons = Counter(each["detail"].get("reason") for each in found)
    assert {"no consent to offers", "a complaint is open", "contacted within 5 days"} <= set(reasons)
    within = [each for each in told(rows, cost=0.1, rest=5.0, budget=1.05) if each["offer"]]
    assert len(within) == 10
    assert len([each for each in told(rows, at_most=3) if each["offer"]]) == 3


def test_no_plan_within_the_budget_of_a_small_campaign_gains_more() -> None:
    from itertools import product

    from touchstone.decide._offer_choice import within

    chance = np.random.default_rng(8)
    for seed in range(40):
        net, cost = chance.normal(0.3, 1.0, (5, 2)), np.array([1.0, 1.0])
        budget = int(chance.integers(0, 5))
        place = within(net, cost, budget=float(budget), at_most=None, seed=seed)
        gain = sum(net[at, each] for at, each in enumerate(place.tolist()) if each >= 0)
        plans = (each for each in product((-1, 0, 1), repeat=5) if sum(part >= 0 for part in each) <= budget)
        most = max(sum(net[at, part] for at, part in enumerate(each) if part >= 0) for each in plans)
        assert gain == pytest.approx(most)


def test_several_offers_and_times_of_sending_are_choices_alike() -> None:
    chance = random.Random(3)
    rows = []
    for at in range(2500):
        evening, kind = chance.random() < 0.5, chance.choice(["none", "news", "news", "coupon"])
        time = None if kind == "none" else chance.choice(["morning", "evening"])
        lift = 0.4 if kind == "coupon" and time == ("evening" if evening else "morning") else 0.0
        row = {"person": str(at), "works": "late" if evening else "early"}
        test = at >= 2400
        row |= {"offer": None if test else kind, "send_time": None if test else time, "split": "test" if test else None}
        rows.append(row | {"outcome": None if test else float(chance.random() < 0.1 + lift)})
    works = {each["person"]: each["works"] for each in rows}
    found = told(rows, incentive=["coupon"])
    total = whole(found)
    assert set(total["detail"]["effects"]) == {
        "coupon at evening", "coupon at morning", "news at evening", "news at morning",
    }  # fmt: skip
    for each in found[:-1]:
        assert each["offer"] == "coupon"
        assert each["detail"]["send_time"] == ("evening" if works[each["person"]] == "late" else "morning")
    apart = total["detail"]["incentive"]
    assert apart["without_reward"]["low"] < 0 < apart["without_reward"]["high"]
    assert apart["reward_adds"]["low"] > 0.1


def test_what_was_not_given_by_lot_is_adjusted_and_says_so() -> None:
    chance = np.random.default_rng(11)
    rows = []
    for at in range(3000):
        rich = chance.normal()
        sent = chance.random() < 1 / (1 + np.exp(-1.5 * rich))
        spent = 3 * rich + (1.0 if sent else 0.0) + chance.normal()
        rows.append({"person": str(at), "offer": "mail" if sent else "none", "outcome": spent, "income": rich})
    effect = whole(told(rows))["detail"]["effects"]["mail"]
    assert effect["low"] < 1 < effect["high"]
    assert effect["high"] < 1.5
    assert effect["unadjusted"]["low"] > 2.5
    assert "not given by lot" in whole(told(rows))["detail"]["warning"]


@pytest.mark.parametrize("learn", ["epsilon", "thompson"])
def test_learning_goes_on_with_probabilities_that_a_later_reckoning_needs(learn: str) -> None:
    found = told(campaign(waiting=800), learn=learn, floor=0.2, cost=0.1)
    persons = found[:-1]
    drawn = Counter(each["offer"] for each in persons)
    assert drawn["coupon"] > 100
    assert drawn[None] > 100
    for each in persons:
        share = each["detail"]["probabilities"]
        assert sum(share.values()) == pytest.approx(1)
        assert min(share.values()) >= 0.1 - 1e-9
        assert each["detail"]["logged_probability"] == share[each["offer"] or "none"]


def test_columns_that_say_nothing_or_too_much_are_left_out() -> None:
    rows = [
        {**each, "customer_id": at, "note": f"note {at}", "country": "NL", "later": each["outcome"], "gap": None,
         "income": None if at % 3 else float(at)}
        for at, each in enumerate(campaign())
    ]  # fmt: skip
    left = whole(told(rows))["detail"]["left_out"]
    assert set(left) == {"customer_id", "note", "country", "later", "gap"}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        campaign(size=0, waiting=3),
        campaign(size=15, waiting=3),
        [{**each, "offer": None if each["split"] == "test" else "none"} for each in campaign(size=60, waiting=3)],
    ],
)
def test_without_enough_of_a_campaign_each_is_answered_with_why(rows: list[Row]) -> None:
    empty = [{"person": None, "offer": None, "outcome": None, "split": "test"}]
    found = told(rows or empty, control="none" if len(rows) > 20 else None)
    assert len(found) == sum(each["split"] == "test" for each in rows) + 1
    assert all(each["value"] is None and each["detail"]["why"] for each in found)


def test_numbers_that_are_none_are_missing_wherever_they_stand() -> None:
    number = {None: None, "none": 0.0, "coupon": 1.0}
    rows: list[Row] = []
    for at, each in enumerate(campaign(size=600)):
        rows.append(each | {"offer": number[each["offer"]], "income": float(at) if at % 9 else float("nan")})
    gone = float("nan")
    gaps = [each | {name: gone if each[name] is None else each[name] for name in ("offer", "outcome")} for each in rows]
    found = told(gaps, control="0")
    assert found == told(rows, control="0")
    assert whole(found)["n"] == 600


def test_a_campaign_without_features_or_with_one_customer_in_all_of_an_offer_is_still_told() -> None:
    bare = [{name: each[name] for name in ("person", "offer", "outcome", "split")} for each in campaign(size=300)]
    total = whole(told(bare))
    assert total["value"] == pytest.approx(0, abs=1e-12)
    assert total["detail"]["refused"]
    assert total["detail"]["effects"]["coupon"]["low"] < 0.25 < total["detail"]["effects"]["coupon"]["high"]
    one = [{**each, "person": "same" if each["offer"] == "coupon" else each["person"]} for each in campaign(size=300)]
    assert whole(told(one))["detail"]["effects"]["coupon"]["value"] > 0


def test_an_outcome_that_never_varies_moves_nobody() -> None:
    found = told([{**each, "outcome": None if each["split"] == "test" else 1.0} for each in campaign(size=300)])
    assert whole(found)["value"] == 0
    assert whole(found)["detail"]["refused"]


@pytest.mark.parametrize("settings", [{"control": "nobody"}, {"cost": {"gold": 1.0}}, {"incentive": ["gold"]},
                                      {"learn": "epsilon", "budget": 3.0}, {"worth": 0.0}])  # fmt: skip
def test_what_cannot_be_meant_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        told(campaign(size=200), **settings)


def hillstrom(folder: Path) -> tuple[pa.Table, np.ndarray]:
    table = pq.read_table(folder / "hillstrom_dev.parquet")
    names = {"row": "person", "segment": "offer", "visit": "outcome"}
    kept = ["row", "segment", "visit", "recency", "history", "mens", "womens", "newbie", "zip_code", "channel"]
    table = table.select(kept).rename_columns([names.get(each, each) for each in kept])
    return table, np.array(table["offer"].to_pylist())


def test_hillstroms_mails_bring_the_visits_they_are_known_to_bring(
    real_data: Callable[[str], Path], tmp_path: Path
) -> None:
    table, _ = hillstrom(real_data("hillstrom"))
    pq.write_table(table, tmp_path / "mails.parquet")
    settings = {"control": "No E-Mail", "draws": "40"}
    found = one_shot("decide", "offer", file=str(tmp_path / "mails.parquet"), map={}, set=settings, by=[])
    effects = found[0]["detail"]["effects"]
    assert 100 * effects["Mens E-Mail"]["value"] == pytest.approx(7.70, abs=0.005)
    assert 100 * effects["Womens E-Mail"]["value"] == pytest.approx(5.11, abs=0.005)
    assert effects["Womens E-Mail"]["qini"]["low"] > 0


def qini(score: np.ndarray, outcome: np.ndarray, arm: np.ndarray) -> float:
    """The area to the line of chance over the treated."""
    order = np.argsort(-score, kind="stable")
    treated, control = np.cumsum(arm[order]), np.cumsum(1 - arm[order])
    curve = np.cumsum((outcome * arm)[order]) - np.cumsum((outcome * (1 - arm))[order]) * treated / np.fmax(control, 1)
    curve = np.concatenate([[0.0], curve])
    return float((np.trapezoid(curve, np.linspace(0, 1, len(curve))) - curve[-1] / 2) / treated[-1])


def test_targeting_hillstroms_womens_mail_is_worth_what_it_is_known_to_be(real_data: Callable[[str], Path]) -> None:
    table, offers = hillstrom(real_data("hillstrom"))
    table = table.filter(pa.array(offers != "Mens E-Mail"))
    arm = (offers[offers != "Mens E-Mail"] == "Womens E-Mail").astype(float)
    outcome = table["outcome"].to_numpy().astype(float)
    found = []
    for seed in range(10):
        train = pa.array(np.random.default_rng(seed).random(len(table)) < 0.5)
        asked = table.filter(pc.invert(train))
        blank = [pa.nulls(len(asked), asked[name].type) for name in ("offer", "outcome")]
        asked = asked.set_column(1, "offer", blank[0]).set_column(2, "outcome", blank[1])
        both = pa.concat_tables([table.filter(train), asked])
        given = campaign_of(both.cast(typed(both, FIELDS).schema), control="No E-Mail", rest=0.0, seed=1)
        assert not isinstance(given, tuple)
        score = uplift(given.trial).expected(given.asked)[:, 0]
        value = dict(zip(given.persons, score.tolist(), strict=True))
        test = ~train.to_numpy(zero_copy_only=False)
        told = np.array([value[str(each)] for each in table["person"].filter(pa.array(test)).to_pylist()])
        found.append(qini(told, outcome[test], arm[test]))
    assert np.mean(found) >= 0.0055
