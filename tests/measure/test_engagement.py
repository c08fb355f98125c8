"""Engagement: every impression is counted, and none is taken for more than it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests import _living
from tests.measure._answers import brand, unfolded
from touchstone.core.errors import Refused
from touchstone.measure.engagement import measure
from touchstone.store.scratch import scratch

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
ALL = ("impressions", "applause", "acted_on", "depth", "interactions", "followed")


def said(kind: str, person: str | None, day: float, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "person": person, "occurred_at": START + timedelta(days=day), **more}


def told(ask: Any, **asked: Any) -> dict[str, dict[str, Any]]:
    return {row["by"]["sign"]: row for row in unfolded(measure(ask, **asked))}


def crowd(seed: int, after: float, before: float = 0.2) -> list[dict[str, Any]]:
    """300 people see one impression half way; a share of them visits in the weeks before and after it."""
    chance, rows = np.random.default_rng(seed), [said("visit", "first", 0), said("visit", "last", 200)]
    for person in range(300):
        rows.append(said("impression", f"p{person}", 100, attributes=f'{{"depth": {person % 3}}}'))
        if chance.random() < before:
            rows.append(said("visit", f"p{person}", 90))
        if chance.random() < after:
            rows.append(said("purchase", f"p{person}", 110))
    return rows


def test_vanity_and_value_are_kept_apart() -> None:
    rows = [*crowd(1, 0.5), said("post", "p1", 3, attributes='{"likes": 40}')]
    found = told(brand(rows))
    assert tuple(found) == ALL
    assert (found["impressions"]["value"], found["applause"]["value"]) == (300, 40)
    assert {found[sign]["detail"]["worth"] for sign in ("impressions", "applause")} == {"vanity"}
    assert {found[sign]["detail"]["worth"] for sign in ALL[2:]} == {"value"}
    assert found["acted_on"]["value"] == pytest.approx(2 / 3)
    assert found["depth"]["value"] == pytest.approx(1.5)


def test_what_follows_is_held_against_what_came_before() -> None:
    followed = told(brand(crowd(1, 0.5)))["followed"]
    assert followed["detail"]["real"]
    assert followed["low"] <= 0.3 <= followed["high"]
    assert followed["detail"]["after"] - followed["detail"]["before"] == pytest.approx(followed["value"], abs=1e-5)
    assert not told(brand(crowd(2, 0.2)))["followed"]["detail"]["real"]


def test_twice_as_much_followed_is_twice_the_figure() -> None:
    one, two = (np.mean([told(brand(crowd(seed, 0.2 + gap)))["followed"]["value"] for seed in range(3)])
                for gap in (0.3, 0.6))  # fmt: skip
    assert two / one == pytest.approx(2, rel=0.2)


def test_impressions_near_the_ends_of_what_is_known_say_nothing_of_what_followed() -> None:
    assert "followed" not in told(brand(crowd(1, 0.5)), within=101)


@cache
def nowhere() -> Any:
    """A question to a file, made once."""
    return scratch([])


def sessions(seed: int, deep: float, people: int = 40) -> Any:
    """Five looks each of some people at a site, of which a share goes deeper; people differ."""
    chance = np.random.default_rng(seed)
    own = np.repeat(chance.beta(8 * deep, 8 * (1 - deep), people), 5)
    depth = np.where(chance.random(len(own)) < own, chance.integers(1, 4, len(own)), 0)
    ask = nowhere()
    ask.given = pa.table({"depth": depth.astype(float), "person": [f"p{at // 5}" for at in range(len(own))],
                          "touchpoint": ["site"] * len(own)})  # fmt: skip
    return ask


def test_a_file_s_shares_and_depths_lie_within_their_limits() -> None:
    found = [told(sessions(seed, 0.3)) for seed in range(200)]
    for sign, true in (("acted_on", 0.3), ("depth", 2.0), ("interactions", 1.5)):
        assert np.mean([each[sign]["low"] <= true <= each[sign]["high"] for each in found]) >= 0.93
    assert told(sessions(0, 0.3, people=4000), by=("touchpoint",))["acted_on"]["value"] == pytest.approx(0.3, abs=0.02)


def test_who_acts_twice_as_often_has_twice_the_share() -> None:
    one, two = (np.mean([told(sessions(seed, share))["acted_on"]["value"] for seed in range(20)])
                for share in (0.2, 0.4))  # fmt: skip
    assert two / one == pytest.approx(2, rel=0.2)


def test_a_handful_says_nothing_but_is_counted() -> None:
    ask = nowhere()
    ask.given = pa.table({"depth": [1.0, None, 2.0]})
    found = told(ask)
    assert found["impressions"]["value"] == 2
    assert found["depth"]["value"] is None
    assert "fewer than 10" in found["depth"]["detail"]["why"]
    ask.given = pa.table({"depth": [1.0] * 60, "person": ["one", "two"] * 30})
    assert told(ask)["acted_on"]["value"] is None  # sixty looks of two people
    ask.given = pa.table({"depth": pa.array([None], pa.float64())})
    assert told(ask) == {}


def test_the_example_brand_s_depth_is_found() -> None:
    """Of those who act 60 % go one step, 27 % two, 13 % three: 1.53 on average."""
    found = told(_living.ask())
    assert found["depth"]["low"] <= 1.53 <= found["depth"]["high"]
    assert not found["followed"]["detail"].get("real", False)  # nobody comes because of what they saw


@pytest.mark.parametrize("asked", [{"within": 0}, {"by": ["person"]}])
def test_what_makes_no_sense_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        measure(brand([]), **asked)
