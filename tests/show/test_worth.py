"""Lifetime value on a customer's page: their own, by the models that the journey fitted, with its interval."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tests import _brand
from tests.show._family import said
from touchstone.core.page import Cards, Estimate
from touchstone.core.viewer import Viewer
from touchstone.measure.lifetime_value import measure
from touchstone.show.customer import show as customer

DEALER = Viewer("partner", ("north",))


def bought(seed: int, *, cars: bool) -> list[dict[str, Any]]:
    """Purchases of ninety customers of the south, each at a rate of their own; with `cars`, of two kinds."""
    chance = np.random.default_rng(seed)
    rows = []
    for who in range(90):
        day, every = 0.0, chance.gamma(2, 20)
        for number in range(20):
            car = cars and chance.random() < 0.12
            amount = chance.normal(30_000, 2_000) if car else chance.gamma(9, 40 + who % 3)
            more = {"source_id": f"{who}-{number}", "occurred_at": _brand.START + timedelta(days=float(day))}
            row = said(1, f"p{who}", "south", "", kind="purchase", amount=amount, currency="EUR")
            rows.append(row | more | ({"amount": None} if number == 3 else {}))
            day += chance.exponential(every) + 0.5
            if day > 300 or chance.random() < 0.1:
                break
    return rows


@pytest.fixture(scope="module", params=[False, True], ids=["one kind", "cars and repairs"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = _brand.empty(tmp_path_factory.mktemp("worth") / "home")
    home.store.append([bought(1, cars=request.param)])
    home.store.put("person", [{"id": "p9", "consents": json.dumps({"analysis": "denied"})}])
    home.store.derive()
    home.store.replace("metric", "lifetime_value", measure(home.ask()))
    return home


def shown(page: Any) -> Estimate:
    cards = next(each for each in page.blocks if isinstance(each, Cards))
    figure: Estimate = cards.figures[-1]
    return figure


def test_the_page_says_what_the_measure_says_of_each_customer(home: Any) -> None:
    by = {dict(row["by"])["person"]: row for row in measure(home.ask(), by=("person",)).to_pylist()}
    for who in ("p0", "p1", "p12", "p77"):
        figure = shown(customer(home.ask(), id=who))
        assert figure.label == "Lifetime value, EUR in 52 weeks"
        told = (figure.low, figure.value, figure.high)
        assert told == pytest.approx([by[who][name] for name in ("low", "value", "high")], rel=1e-9)
        assert figure.low is not None
        assert figure.low < by[who]["value"]
        alive = re.search(r"with a probability of ([\d.]+)\s%", figure.note)
        assert alive is not None
        assert float(alive[1]) == pytest.approx(100 * json.loads(by[who]["detail"])["alive"], abs=0.501)


def test_two_persons_who_are_one_are_worth_what_they_bought_together(home: Any) -> None:
    one, other = (shown(customer(home.ask(), id=who)) for who in ("p1", "p2"))
    home.act("link.merge", person="p1", other="p2")
    both = shown(customer(home.ask(), id="p2"))
    home.act("link.split", person="p1")
    assert max(one.n, other.n) < both.n <= one.n + other.n
    assert both.value not in (one.value, other.value)


def test_who_refuses_analysis_and_who_bought_nothing_are_told_a_mean(home: Any) -> None:
    assert "mean of all customers" in shown(customer(home.ask(), id="p9")).label
    home.store.append([[said(1, "guest", "north-quay", "The bill was fine.")]])
    assert "mean of all customers" in shown(customer(home.ask(), id="guest")).label
    assert not [each for each in customer(home.ask(DEALER), id="guest").blocks if isinstance(each, Cards)]
