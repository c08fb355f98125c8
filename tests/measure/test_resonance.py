"""Resonance: a campaign that speaks to prospects and leaves owners cold is seen to; chance is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.measure._answers import brand, unfolded
from touchstone.core.errors import Refused
from touchstone.measure.resonance import measure
from touchstone.store.scratch import scratch

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
CAMPAIGNS, LEVELS = ("plain", "quiet"), ("prospect", "end_customer")


def file(seed: int, shares: dict[tuple[str, str], float], count: int = 250) -> pa.Table:
    """`count` impressions of each campaign at each level, a share of them acted on; people see three each."""
    chance = np.random.default_rng(seed)
    cells = [(campaign, level) for campaign in CAMPAIGNS for level in LEVELS]
    acted = [chance.random(count) < shares.get(cell, 0.3) for cell in cells]
    named, at = zip(*(cell for cell in cells for _ in range(count)), strict=True)
    return pa.table({"campaign": named, "level": at, "acted": np.concatenate(acted).astype(float),
                     "person": [f"{level}{place // 3 % 80}" for place, level in enumerate(at)]})  # fmt: skip


@cache
def nowhere() -> Any:
    """A question to a file, made once."""
    return scratch([])


def found(table: pa.Table, *, by: tuple[str, ...] = ("level",)) -> dict[tuple[str, ...], dict[str, Any]]:
    ask = nowhere()
    ask.given = table
    rows = unfolded(measure(ask, by=by))
    return {tuple(row["by"][name] for name in ("campaign", *by)): row for row in rows}


def test_whom_a_campaign_speaks_to_and_whom_it_turns_away() -> None:
    told = found(file(1, {("quiet", "prospect"): 0.46, ("quiet", "end_customer"): 0.16}))
    cold, warm = told["quiet", "end_customer"]["detail"], told["quiet", "prospect"]["detail"]
    assert (cold["turns_away"], cold["speaks"]) == (True, False)
    assert (warm["turns_away"], warm["speaks"]) == (False, True)
    assert not any(told["plain", level]["detail"]["turns_away"] for level in LEVELS)


def test_in_a_null_world_nothing_is_found() -> None:
    every = [found(file(seed, {})) for seed in range(200)]
    false = [any(row["detail"]["speaks"] or row["detail"]["turns_away"] for row in each.values()) for each in every]
    assert np.mean(false) <= 0.05
    held = [row["low"] <= 0.3 <= row["high"] for each in every for row in each.values()]
    assert np.mean(held) >= 0.93


def test_twice_the_gap_is_twice_the_figure_and_within_its_limits() -> None:
    gaps, held = {}, []
    for gap in (0.1, 0.2):
        shares = {("quiet", level): 0.3 + gap for level in LEVELS}
        told = [found(file(seed, shares), by=())[("quiet",)]["detail"]["against_others"] for seed in range(60)]
        gaps[gap] = np.mean([each["value"] for each in told])
        held += [each["low"] <= gap <= each["high"] for each in told]
    assert gaps[0.2] / gaps[0.1] == pytest.approx(2, rel=0.2)
    assert np.mean(held) >= 0.93


def messages(seed: int, pull: float) -> list[dict[str, Any]]:
    """People see messages of two campaigns and come; with `pull` the one called quiet is what makes them come."""
    chance, rows = np.random.default_rng(seed), []
    for person in range(150):
        seen = chance.integers(0, 2, 4)
        if chance.random() < pull:
            seen[-1] = 1
        rows += [said("impression", person, day, campaign=CAMPAIGNS[each], attributes='{"depth": 1}')
                 for day, each in enumerate(seen)]  # fmt: skip
        rows.append(said("visit", person, 5))
    return rows


def said(kind: str, person: int, day: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "person": f"p{person}", "occurred_at": START + timedelta(days=day), **more}


def tipping(seed: int, pull: float) -> dict[str, Any]:
    rows = unfolded(measure(brand(messages(seed, pull))))
    return next(row for row in rows if row["by"] == {"campaign": "quiet", "sign": "tipping"})


def test_the_message_that_was_the_tipping_point() -> None:
    assert tipping(1, 0.5)["detail"]["tipping_point"]
    assert tipping(1, 0.5)["low"] > 0
    false = [tipping(seed, 0.0)["detail"]["real"] for seed in range(8)]
    assert sum(false) <= 1


def test_messages_after_coming_or_long_before_tip_nothing() -> None:
    rows = messages(1, 0.5)
    late = [row | {"occurred_at": row["occurred_at"] + timedelta(days=9)} if row["kind"] == "impression" else row
            for row in rows]  # fmt: skip
    early = [row | {"occurred_at": row["occurred_at"] - timedelta(days=90)} if row["kind"] == "impression" else row
             for row in rows]  # fmt: skip
    for each in (late, early):
        assert all(row["by"]["sign"] == "reaction" for row in unfolded(measure(brand(each))))


def test_a_handful_of_impressions_say_nothing() -> None:
    table = pa.table({"campaign": ["a"] * 4, "acted": [1.0, 0.0, None, 1.0]})
    (row,) = unfolded(measure(scratch([], given=table)))
    assert row["value"] is None
    assert "fewer than 10 people" in row["detail"]["why"]
    assert row["n"] == 3
    often = pa.table({"campaign": ["a"] * 60, "acted": [1.0] * 60, "person": ["one", "two"] * 30})
    (row,) = unfolded(measure(scratch([], given=often)))
    assert row["value"] is None
    assert (row["n"], row["detail"]["people"]) == (60, 2)


def test_impressions_that_do_not_say_how_deep_they_went_have_no_reaction() -> None:
    rows = [said("impression", 1, day, campaign="a") for day in range(20)]
    assert unfolded(measure(brand(rows))) == []


@pytest.mark.parametrize("asked", [{"within": 0}, {"by": ["person"]}])
def test_what_makes_no_sense_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        measure(brand([]), **asked)
