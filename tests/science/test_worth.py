"""What one customer is worth, by models fitted before and kept as plain numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from touchstone.science.lifetime import History, fit
from touchstone.science.spending import spending
from touchstone.science.worth import Worth

DAYS = {"once": [0], "again": [0, 30, 75], "lately": [100, 103, 260], "often": list(range(5, 300, 9))}


@pytest.fixture(scope="module")
def known() -> tuple[History, Worth]:
    chance = np.random.default_rng(4)
    frequency, recency, age = np.zeros(500), np.zeros(500), chance.uniform(20, 40, 500)
    for who in range(500):  # each with a rate of buying and a chance of leaving after a purchase
        rate, leaves, at = chance.gamma(0.8, 0.2), chance.beta(0.8, 2.5), 0.0
        while (at := at + chance.exponential(1 / rate)) < age[who]:
            frequency[who], recency[who] = frequency[who] + 1, at
            if chance.random() < leaves:
                break
    history = History.of(frequency, recency, age)
    spent = spending(chance.integers(1, 6, 200), chance.gamma(6, 9, 200))
    return history, Worth(tuple(fit(history, model=each) for each in ("bg_nbd", "pareto_nbd")), spent)


def test_models_kept_as_text_say_the_same(known: tuple[History, Worth]) -> None:
    again = Worth.read(json.loads(json.dumps(known[1].told())))
    for days in DAYS.values():
        amounts = np.linspace(20, 90, len(days))
        assert again.of(days, amounts, until=300, weeks=52) == known[1].of(days, amounts, until=300, weeks=52)


def test_who_was_here_lately_stays_likelier_and_is_worth_more(known: tuple[History, Worth]) -> None:
    found = {name: known[1].of(days, [50.0] * len(days), until=300, weeks=52) for name, days in DAYS.items()}
    assert all(0 < each.low < each.value < each.high and 0 <= each.alive <= 1 for each in found.values())
    assert found["lately"].alive > found["again"].alive
    assert found["often"].value > found["lately"].value > found["again"].value


def test_amounts_that_nobody_knows_say_nothing_of_money(known: tuple[History, Worth]) -> None:
    unknown = known[1].of([0, 30], [np.nan, np.nan], until=300, weeks=52)
    same = known[1].of([0, 30], [80.0, np.nan], until=300, weeks=52)
    assert unknown == same  # the first day's money is left out
    assert Worth(known[1].lifetimes).of([0, 30], [np.nan] * 2, until=300, weeks=52).value < unknown.value
