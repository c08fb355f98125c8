"""Paths: totals kept, journeys cut where they should be, and what last touch overlooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.measure._answers import brand, unfolded
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.measure.paths import measure
from touchstone.store.scratch import scratch

START = datetime(2025, 1, 1, tzinfo=UTC)
FIELDS = {"conversions": "total_conversions", "nulls": "total_null", "amount": "total_conversion_value"}


def event(person: str, day: float, kind: str = "impression", **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "person": person, "occurred_at": START + timedelta(days=day), **fields}


def shop(people: int = 300, *, seed: int = 4, works: bool = True) -> list[dict[str, Any]]:
    """Everyone meets the poster or not, then the till; who met the poster buys more often where it `works`."""
    random, rows = np.random.default_rng(seed), []
    for number in range(people):
        person, poster = f"p{number:03}", random.random() < 0.5
        if poster:
            rows.append(event(person, 1, touchpoint="poster"))
        rows.append(event(person, 2, "visit", touchpoint="till"))
        if random.random() < (0.7 if poster and works else 0.2):
            rows.append(event(person, 3, "purchase", touchpoint="delivery", amount=10.0, currency="EUR"))
    return [*rows, event("late", 200, touchpoint="poster")]


def by_touchpoint(rows: list[dict[str, Any]], **settings: Any) -> dict[str, dict[str, Any]]:
    found = unfolded(measure(brand(rows), by=["touchpoint"], **settings))
    return {each["by"]["touchpoint"]: each for each in found}


@pytest.mark.parametrize("order", [1, 2])
def test_totals_of_real_paths_are_kept(real_data: Callable[[str], Path], order: int) -> None:
    file = str(real_data("web_sessions") / "channel_paths.parquet")
    for figure, total in (("conversions", 19_785), ("money", 74_802.9716)):
        told = {"figure": figure, "order": str(order)}
        rows = one_shot("measure", "paths", file=file, map=FIELDS, set=told, by=["touchpoint"])
        assert len(rows) == 12
        for name in ("markov", "shapley", "last_touch"):
            assert sum(row["detail"][name] for row in rows) == pytest.approx(total, rel=1e-6)
        assert sum(row["value"] for row in rows) == pytest.approx(total)
        assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
        if figure == "money" and order == 1:
            break


def test_the_poster_gets_what_last_touch_gives_to_the_till() -> None:
    found = by_touchpoint(shop())
    assert set(found) == {"poster", "till"}, "what is bought is not met on the way"
    assert found["poster"]["detail"]["last_touch"] == 0
    assert found["poster"]["value"] > 0.2 * found["poster"]["detail"]["total"]
    assert found["poster"]["detail"]["real"]


def test_two_steps_back_tell_a_poster_that_works_from_one_that_is_only_passed() -> None:
    works, idle = (by_touchpoint(shop(works=each), order=2)["poster"]["detail"] for each in (True, False))
    assert works["removal_effect"] > 1.3 * idle["removal_effect"]


@pytest.mark.parametrize("method", ["markov", "shapley", "last_touch"])
def test_a_crowd_in_blocks_has_the_limits_of_its_persons(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    rows = shop()
    alone = by_touchpoint(rows, method=method)["poster"]
    monkeypatch.setattr("touchstone.measure.paths._CROWD", 10)
    monkeypatch.setattr("touchstone.measure.paths._BLOCKS", 60)
    found = by_touchpoint(rows, method=method)["poster"]
    assert found["value"] == pytest.approx(alone["value"])
    assert found["high"] - found["value"] == pytest.approx(alone["high"] - alone["value"], rel=0.25, abs=1e-9)


def journeys(seed: int, journeys: int = 300) -> pa.Table:
    """Journeys of one to five steps, each any of three touchpoints; three in ten end with a purchase."""
    random = np.random.default_rng(seed)
    ways = [" > ".join(random.choice(["poster", "site", "till"], random.integers(1, 6))) for _ in range(journeys)]
    bought = (random.random(journeys) < 0.3).astype(float)
    return pa.table({"path": ways, "conversions": bought, "nulls": 1 - bought})


def test_touchpoints_that_are_all_alike_get_the_same_and_differ_from_last_touch_by_chance_alone() -> None:
    told = [unfolded(measure(scratch([], given=journeys(seed)))) for seed in range(12)]
    assert sum(any(row["detail"]["real"] for row in rows) for rows in told) <= 2  # at .05 a chance of 2 % to exceed
    assert np.mean([row["low"] <= 30 <= row["high"] for rows in told for row in rows]) >= 0.86
    # 200 seeds of both: `python -m bench measures`


def test_money_goes_with_the_purchases() -> None:
    purchases, money = by_touchpoint(shop()), by_touchpoint(shop(), figure="money")
    assert money["poster"]["measured_in"] == "EUR"
    assert money["poster"]["value"] == pytest.approx(10 * purchases["poster"]["value"])


def test_a_journey_ends_with_its_purchase_and_begins_within_the_window() -> None:
    rows = [
        each
        for n in range(12)
        for each in (
            event(f"p{n}", 0, touchpoint="old"),
            event(f"p{n}", 60, touchpoint="first"),
            event(f"p{n}", 61, "purchase"),
            event(f"p{n}", 62, touchpoint="second"),
            event(f"p{n}", 63, "purchase"),
            event(f"p{n}", 64, "purchase"),
        )
    ]
    found = by_touchpoint(rows)
    assert {name: each["detail"]["last_touch"] for name, each in found.items()} == {"first": 12, "second": 12}
    assert found["first"]["detail"]["untouched"] == 12, "nothing was met before the third purchase"
    assert "old" in by_touchpoint(rows, window=90)


def test_who_may_still_buy_is_not_lost() -> None:
    rows = shop()
    assert by_touchpoint([*rows, event("new", 195, touchpoint="sign")]).keys() == {"poster", "till"}


def test_a_file_of_events_says_what_the_home_says(tmp_path: Path) -> None:
    rows, file = shop(), tmp_path / "events.csv"
    lines = [
        f"{each['person']},{each['occurred_at']:%Y-%m-%dT%H:%M:%S},{each['kind']},{each['touchpoint']}" for each in rows
    ]
    file.write_text("\n".join(["person,occurred_at,kind,touchpoint", *lines]))
    here = one_shot("measure", "paths", file=str(file), map={}, set={"method": "shapley"}, by=["touchpoint"])
    there = by_touchpoint(rows, method="shapley")
    assert {row["touchpoint"]: row["value"] for row in here} == {name: row["value"] for name, row in there.items()}


def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    assert len(measure(brand([]))) == 0
    few = measure(brand([event("a", 1, touchpoint="till"), event("a", 2, "purchase")])).to_pylist()
    assert few[0]["value"] is None
    assert "only 1 purchases" in json.loads(few[0]["detail"])["why"]
    unpaid = [{**each, "amount": None} for each in shop()]
    assert "no money" in json.loads(measure(brand(unpaid), figure="money").to_pylist()[0]["detail"])["why"]
    amiss = (
        {"by": ["month"]},
        {"method": "magic"},
        {"order": 0},
        {"window": 0},
        {"figure": "luck"},
        {"where": "text = 'x'"},
    )
    for asked in amiss:
        with pytest.raises(Refused):
            measure(brand(shop()), **asked)
    file = tmp_path / "events.csv"
    file.write_text("person,occurred_at\na,2025-01-01\n")
    with pytest.raises(Refused, match="kind"):
        one_shot("measure", "paths", file=str(file), map={}, set={}, by=[])


def test_the_order_of_a_file_of_paths_does_not_matter(tmp_path: Path) -> None:
    ways = [["poster > site > till", 30, 20], ["poster > till", 12, 25], ["till", 8, 60], ["site > till", 20, 40]]
    file = tmp_path / "paths.csv"

    def told(lines: list[list[object]]) -> list[dict[str, Any]]:
        file.write_text("\n".join(["path,conversions,nulls", *(",".join(map(str, line)) for line in lines)]), "utf-8")
        return one_shot("measure", "paths", file=str(file), map={}, set={}, by=["touchpoint"])

    assert told(ways) == told(ways[::-1]) == told([ways[2], ways[0], ways[3], ways[1]])


@pytest.mark.parametrize("often", ["1e20", "-1"])
def test_a_path_gone_impossibly_often_is_refused(tmp_path: Path, often: str) -> None:
    file = tmp_path / "paths.csv"
    file.write_text(f"path,conversions,nulls\nsite > till,{often},1\n", "utf-8")
    with pytest.raises(Refused, match="a path cannot have been gone"):
        one_shot("measure", "paths", file=str(file), map={}, set={}, by=["touchpoint"])


def test_a_purchase_is_one_in_capitals_too(tmp_path: Path) -> None:
    file, told = tmp_path / "events.csv", []
    for kind in ("purchase", "Purchase"):
        lines = [f"p{n},2025-01-0{day},{what},site" for n in range(40) for day, what in ((1, "visit"), (2, kind))]
        file.write_text("\n".join(["person,occurred_at,kind,touchpoint", *lines]), "utf-8")
        told.append(one_shot("measure", "paths", file=str(file), map={}, set={}, by=["touchpoint"]))
    assert told[0] == told[1]
    assert told[0][0]["value"] == pytest.approx(40)
