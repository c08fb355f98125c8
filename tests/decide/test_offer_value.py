"""Ways of choosing valued from logs, and what the campaigns of a home added."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from touchstone.core.errors import Refused
from touchstone.core.fields import typed
from touchstone.decide.offer import FIELDS, decide
from touchstone.home.rows import plain
from touchstone.store.scratch import scratch

Row = dict[str, Any]


def told(rows: list[Row], **settings: Any) -> list[Row]:
    """What is decided on a file of these rows."""
    return plain(decide(scratch([], given=typed(pa.Table.from_pylist(rows), FIELDS)), **settings))


def test_another_way_of_choosing_is_valued_from_logged_probabilities() -> None:
    chance = random.Random(6)
    rows = []
    for _ in range(4000):
        action = chance.choice("ab")
        reward = float(chance.random() < (0.3 if action == "a" else 0.1))
        likely = 0.8 if action == "a" else 0.2
        model = {"expected_reward": 0.25 if action == "a" else 0.12, "target_expected_reward": 0.8 * 0.25 + 0.2 * 0.12}
        rows.append(
            {"action": action, "reward": reward, "logged_probability": 0.5, "target_probability": likely} | model
        )
    found = {each["estimator"]: each for each in told(rows, mode="value")}
    assert set(found) == {"ips", "snips", "dr"}
    for each in found.values():
        assert each["low"] < 0.26 < each["high"]
        weight = np.array([row["target_probability"] / 0.5 for row in rows])
        size = weight.sum() ** 2 / (weight**2).sum()
        assert each["detail"]["effective_sample_size"] == pytest.approx(size)


def test_few_effective_rows_have_no_value() -> None:
    rows = [{"action": "a", "reward": 1.0, "logged_probability": 0.9, "target_probability": 0.01} for _ in range(500)]
    rows += [{"action": "b", "reward": 0.0, "logged_probability": 0.01, "target_probability": 0.99} for _ in range(9)]
    for each in told(rows, mode="value"):
        assert each["value"] is each["low"] is each["high"] is None
        assert "under 50" in each["detail"]["why"]
        assert each["detail"]["effective_sample_size"] < 50


@pytest.mark.parametrize(("name", "value"), [("logged_probability", 0.0), ("target_probability", 1.5)])
def test_what_is_no_probability_is_refused(name: str, value: float) -> None:
    row = {"action": "a", "reward": 1.0, "logged_probability": 0.5, "target_probability": 0.5, name: value}
    with pytest.raises(Refused, match=name):
        told([row] * 60, mode="value")


def home(*, lift: float, fond: float = 0.0, ever: bool = False, seed: int = 2) -> Any:
    """Half a year of 900 customers who buy now and then, and a month in which a third is offered a coupon.

    While it runs the offered buy `lift` more a month; those to whom it was offered buy `fond` more at all times.
    """
    chance = np.random.default_rng(seed)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = []

    def add(kind: str, person: int, day: float, **more: Any) -> None:
        name = f"{kind}{person}:{day}"
        at = start + timedelta(days=float(day))
        rows.append({"id": name, "source_id": name, "kind": kind, "person": f"p{person}", "occurred_at": at} | more)

    for person in range(900):
        offered = person % 3 == 0
        add("visit", person, 0.5)
        for day in chance.random(chance.poisson(1.2 + (6 * fond if offered else 0.0))) * 180:
            add("purchase", person, day)
        if offered:
            for day in 180 * chance.random(3) if ever else [100 + 5 * chance.random()]:
                add("offer", person, day, campaign="coupon", attributes='{"coupon": 20}')
            for day in 105 + 25 * chance.random(chance.poisson(lift)):
                add("purchase", person, day, campaign="coupon")
                add("redemption", person, day, campaign="coupon")
    return scratch(rows, now=start + timedelta(days=181))


def test_a_home_is_told_what_a_coupon_added_against_others_and_against_the_days_beside() -> None:
    found = {each.get("against"): each for each in plain(decide(home(lift=0.5), days=10))}
    people, beside = found["similar customers"], found["days beside"]
    assert people["low"] < 0.5 < people["high"]
    assert people["low"] > 0.2
    assert beside["low"] > 0.1
    extra, used = beside["detail"]["extra"], beside["detail"]["used_it"]
    assert extra["low"] < used < extra["high"]
    assert beside["detail"]["without_it"]["low"] < 0 < beside["detail"]["without_it"]["high"]
    assert beside["detail"]["rewarded"]


def test_a_coupon_for_the_fondest_customers_is_not_credited_with_their_fondness() -> None:
    found = plain(decide(home(lift=0.0, fond=0.6), days=10))
    people = next(each for each in found if each.get("against") == "similar customers")
    assert people["value"] is None or people["low"] < 0 < people["high"]


def test_a_campaign_that_always_runs_has_nothing_beside_it() -> None:
    found = plain(decide(home(lift=0.0, ever=True)))
    assert [each["value"] for each in found] == [None, None, None]
    assert all("most of the time" in each["detail"]["why"] for each in found)


def test_a_home_without_a_campaign_has_no_plan() -> None:
    assert decide(scratch([])).num_rows == 0
    assert decide(home(lift=0.0), campaign=["another"]).num_rows == 0


def test_the_value_of_a_policy_is_that_of_its_own_log(real_data: Callable[[str], Path]) -> None:
    folder = real_data("open_bandit")
    columns = ["item_id", "position", "click", "propensity_score"]
    random_log, own = (pq.read_table(folder / f"{name}_men.parquet", columns=columns) for name in ("random", "bts"))
    shown = Counter((each["item_id"], each["position"]) for each in own.to_pylist())
    places = Counter(own["position"].to_pylist())
    target = {key: count / places[key[1]] for key, count in shown.items()}
    rows = [
        {"action": str(each["item_id"]), "reward": float(each["click"]),
         "logged_probability": each["propensity_score"],
         "target_probability": target.get((each["item_id"], each["position"]), 0.0)}
        for each in random_log.to_pylist()
    ]  # fmt: skip
    truth = float(np.mean(own["click"].to_numpy()))
    for each in told(rows, mode="value"):
        assert each["low"] < truth < each["high"]
        assert each["detail"]["effective_sample_size"] > 50
