"""Offers are drawn by lot and kept with their probability; what comes back teaches the next draw."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.store import _worlds
from touchstone.core import finder
from touchstone.core.errors import Refused

SIZE = 60


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Any]:
    with contextlib.closing(_worlds.home(tmp_path / "home")) as made:
        allowed = [{"id": f"p{at}", "consents": '{"offer": "granted"}' if at else None} for at in range(SIZE)]
        made.put("person", allowed)
        came = made.now - timedelta(days=20)
        made.append([[
            {"source": "door", "source_id": str(at), "kind": "visit", "person": f"p{at}", "level": "end_customer",
             "unit": "north", "occurred_at": came} for at in range(SIZE)
        ]])  # fmt: skip
        made.derive()
        yield made


def draw(store: Any, **fields: Any) -> Any:
    return finder.verb("act", "offer.draw")(store, **{"campaign": ["wash"], "unit": ["north"], **fields})


def test_draws_are_kept_with_their_probability_and_are_not_drawn_again(store: Any) -> None:
    told = draw(store, coupon={"wash": 5.0})
    assert told["sent"]["wash"] + told["held_out"] == SIZE - 1
    assert told["alone"] == 1
    rows = store.ask().lake("select kind, campaign, unit, attributes from interaction where source = 'touchstone'")
    for each in rows.to_pylist():
        kept = json.loads(each["attributes"])
        assert kept["propensity"] == pytest.approx(0.5)
        assert (each["kind"], each["campaign"], kept.get("coupon")) in {("offer", "wash", 5.0), ("event", None, None)}
        assert each["unit"] == "north"
    again = draw(store)
    assert again == {"sent": {}, "held_out": 0, "alone": SIZE}
    assert len(store.ask().lake("select id from interaction where source = 'touchstone'")) == SIZE - 1


def test_an_offer_without_a_name_is_refused_and_nothing_is_kept(store: Any) -> None:
    with pytest.raises(Refused, match="no offer"):
        draw(store, campaign=[])
    assert draw(store, person=["nobody"], unit=[])["sent"] == {}
