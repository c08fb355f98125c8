"""Offers drawn by lot on a home: what comes back teaches the next draw, and values other ways of choosing."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tests.decide.test_offer_home import ALLOWED, START, happened
from touchstone.decide.offer import decide
from touchstone.home.rows import plain
from touchstone.store.scratch import scratch

Row = dict[str, Any]
Floats = dict[tuple[bool, str | None], float]
WORTH, COST, EVERY = 20.0, 6.0, 35
BOUGHT: Floats = {(True, None): 0.5, (True, "wash"): 1.5, (True, "tyres"): 0.5,
                  (False, None): 0.5, (False, "wash"): 0.5, (False, "tyres"): 1.3}  # fmt: skip
"""Purchases to expect of who visits often, or not, by what they are offered: each half is moved by one offer."""


class World:
    """Customers of two sorts, who buy as their sort and their offer have it."""

    def __init__(self, size: int, seed: int) -> None:
        self.size, self.chance = size, np.random.default_rng(seed)
        self.rows = [
            happened("visit", at, day) for at in range(size) for day in 90 * self.chance.random(9 - 8 * (at % 2))
        ]
        self.people = [{"id": f"p{at}", "consents": ALLOWED} for at in range(size)]
        self.day = 100.0

    def ask(self) -> Any:
        return scratch(self.rows, persons=self.people, now=START + timedelta(days=self.day))

    def gain(self, person: int, offer: str | None) -> float:
        return WORTH * BOUGHT[person % 2 == 0, offer] - COST * (offer is not None)

    def comes_back(self, drawn: list[tuple[int, str | None, float]]) -> None:
        """What was drawn is kept, and customers buy in the month after."""
        for person, offer, probability in drawn:
            told = json.dumps({"offer": offer or "none", "propensity": probability})
            kind = "offer" if offer else "event"
            self.rows.append(happened(kind, person, self.day, campaign=offer, attributes=told))
            for day in self.day + 30 * self.chance.random(self.chance.poisson(BOUGHT[person % 2 == 0, offer])):
                self.rows.append(happened("purchase", person, day))
        self.day += EVERY


def choices(found: list[Row]) -> list[tuple[int, str | None, float]]:
    return [
        (int(each["person"][1:]), each["offer"], each["detail"]["logged_probability"])
        for each in found if each.get("person")
    ]  # fmt: skip


def settings(**more: Any) -> dict[str, Any]:
    usual = {"campaign": ["wash", "tyres"], "worth": WORTH, "cost": COST, "days": 30, "rest": 30.0, "often": 9}
    return {**usual, "unit": ["u0", "u1"], "draws": 60, **more}


@pytest.fixture(scope="module")
def learned() -> tuple[World, list[float], list[list[Row]]]:
    """Four months of drawing: the regret per customer of each, and what was decided."""
    world, regret, plans = World(400, 5), list[float](), list[list[Row]]()
    for _ in range(4):
        found = plain(decide(world.ask(), **settings(learn="thompson", floor=0.15)))
        drawn = choices(found)
        best = [max(world.gain(at, offer) for offer in ("wash", "tyres", None)) for at, _, _ in drawn]
        regret.append(float(np.mean(best) - np.mean([world.gain(at, offer) for at, offer, _ in drawn])))
        plans.append(found)
        world.comes_back(drawn)
    return world, regret, plans


def test_nothing_is_known_at_first_and_all_is_dealt_out_evenly(learned: Any) -> None:
    first = [each for each in learned[2][0] if each.get("person")]
    assert len(first) == 400
    assert set(first[0]["detail"]["probabilities"]) == {"tyres", "wash", "none"}
    assert all(each["detail"]["logged_probability"] == pytest.approx(1 / 3) for each in first)
    assert min(Counter(each["offer"] for each in first).values()) > 90
    assert all(each["value"] is None for each in first)


def test_regret_falls_as_draws_come_back(learned: Any) -> None:
    _, regret, plans = learned
    assert regret[-1] < 0.5 * regret[0]
    assert np.mean(regret[-2:]) < np.mean(regret[:2])
    judged = [each for each in plans[-1] if each.get("against") == "chance"]
    assert [each["campaign"] for each in judged] == [None]
    assert judged[0]["detail"]["assignment"]["known"] == "logged"


def test_ways_of_choosing_are_valued_from_the_log_within_their_limits(learned: Any) -> None:
    world = learned[0]
    truth = {
        "nobody": WORTH * 0.5,
        "wash to all": WORTH * 1.0 - COST,
        "tyres to all": WORTH * 0.9 - COST,
    }
    found = plain(decide(world.ask(), mode="value", **settings()))
    assert {each["policy"] for each in found} == {*truth, "as drawn", "the best for each"}
    for each in found:
        assert each["detail"]["effective_sample_size"] > 50
        if each["policy"] in truth:
            assert each["low"] < truth[each["policy"]] < each["high"]
    best = {each["policy"]: each for each in found if each["estimator"] == "dr"}
    assert best["the best for each"]["low"] > truth["nobody"]
    assert best["the best for each"]["value"] <= WORTH * 1.4 - COST + 2


def test_values_hold_the_truth_about_as_often_as_they_say() -> None:
    held, count = 0, 0
    for seed in range(6):
        world = World(240, 100 + seed)
        lots = world.chance.choice(3, 240, p=[0.5, 0.3, 0.2])
        probability = [0.5, 0.3, 0.2]
        names = ("wash", "tyres", None)
        world.comes_back([(at, names[lot], probability[lot]) for at, lot in enumerate(lots.tolist())])
        for each in plain(decide(world.ask(), mode="value", **settings())):
            truth = {"nobody": WORTH * 0.5, "wash to all": WORTH * 1.0 - COST, "tyres to all": WORTH * 0.9 - COST}
            if each["policy"] in truth and each["value"] is not None:
                count += 1
                held += each["low"] < truth[each["policy"]] < each["high"]
    assert count > 30
    assert held / count > 0.85


def test_few_draws_have_no_value_and_none_say_so() -> None:
    world = World(60, 1)
    assert "no offer was drawn" in plain(decide(world.ask(), mode="value"))[0]["detail"]["why"]
    world.comes_back([(at, "wash" if at % 2 else None, 0.5) for at in range(60)])
    found = plain(decide(world.ask(), mode="value", **settings()))
    assert all(each["value"] is None for each in found if each["policy"] == "nobody")
    assert all("under 50" in each["detail"]["why"] for each in found if each["policy"] == "nobody")


def test_who_was_drawn_for_of_late_is_not_drawn_for_again() -> None:
    world = World(40, 2)
    world.comes_back([(at, None, 0.5) for at in range(20)])
    world.day -= EVERY - 5
    found = [each for each in plain(decide(world.ask(), **settings(learn="epsilon"))) if each.get("person")]
    again = {each["person"] for each in found if "logged_probability" in each["detail"]}
    assert again == {f"p{at}" for at in range(20, 40)}
    assert "not known yet" in next(each for each in found if each["person"] == "p0")["detail"]["reason"]
