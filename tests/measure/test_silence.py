"""Silence: who left without a word, where they were last, and better than the calendar alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.measure._answers import brand, mention, unfolded
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.measure.silence import measure

START = datetime(2025, 1, 6, tzinfo=UTC)


def visit(person: str, day: float, **fields: Any) -> dict[str, Any]:
    where = {"kind": "visit", "touchpoint": "sales", "unit": "a"}
    return {**where, "person": person, "occurred_at": START + timedelta(days=day), **fields}


def garage(*, customers: int = 120, leaving: float = 0.4, seed: int = 5) -> list[dict[str, Any]]:
    """Who comes every month or so; some stop half-way, most of them after the service."""
    random, rows = np.random.default_rng(seed), []
    for person in range(customers):
        leaves = random.random() < leaving
        days = np.cumsum(random.exponential(25, 40) + 2)
        days = days[days < (150 if leaves else 330)]
        last = "service" if leaves and random.random() < 0.8 else "sales"
        for place, day in enumerate(days):
            touchpoint = last if place == len(days) - 1 else "sales"
            rows.append(visit(f"c{person:03}", float(day), touchpoint=touchpoint, id=f"{person}-{place}"))
    return rows


def test_those_who_left_are_counted_and_named() -> None:
    [row] = unfolded(measure(brand(garage()), weeks=13))
    assert row["value"] == pytest.approx(0.4, abs=0.1)
    assert row["low"] < 0.4 < row["high"]
    people = unfolded(measure(brand(garage()), by=["person"], weeks=13))
    silent = [each for each in people if each["detail"]["silent"]]
    assert len(silent) == row["detail"]["silent"]
    assert min(each["detail"]["weeks_since_last"] for each in silent) > 10
    assert {"touchpoint", "person"} >= {*people[0]["by"]}


def test_the_touchpoint_before_silence_stands_out() -> None:
    rows = {each["by"]["touchpoint"]: each for each in unfolded(measure(brand(garage()), by=["touchpoint"], weeks=13))}
    assert rows["service"]["value"] > 0.8
    assert rows["service"]["detail"]["real"]
    assert rows["service"]["detail"]["elsewhere"] == pytest.approx(rows["sales"]["value"], abs=1e-5)


def test_one_place_alone_is_told_without_another_to_compare_with() -> None:
    [row] = unfolded(measure(brand(garage()), by=["unit"], weeks=13))
    assert row["by"] == {"unit": "a"}
    assert row["value"] == pytest.approx(unfolded(measure(brand(garage()), weeks=13))[0]["value"])
    assert "elsewhere" not in row["detail"]


def test_where_nothing_is_planted_nothing_stands_out() -> None:
    found = 0
    for seed in range(8):
        random, rows = np.random.default_rng(seed), garage(customers=60, seed=seed)
        moved = [{**each, "touchpoint": ("sales", "service")[random.integers(2)]} for each in rows]
        found += any(each["detail"]["real"] for each in unfolded(measure(brand(moved), by=["touchpoint"], weeks=13)))
    assert found <= 1


def test_the_horizon_follows_the_rhythm_of_the_visits() -> None:
    """The same lives three times slower: the same customers are called silent, with three times as long to wait."""
    quick = garage()
    slow = [{**each, "occurred_at": START + 3 * (each["occurred_at"] - START)} for each in quick]
    told = [unfolded(measure(brand(rows), by=["person"])) for rows in (quick, slow)]
    silent = [{row["by"]["person"] for row in rows if row["detail"]["silent"]} for rows in told]
    assert len(silent[0]) > 20
    assert len(silent[0] ^ silent[1]) <= 3
    weeks = [rows[0]["detail"]["weeks"] for rows in told]
    assert weeks[1] == pytest.approx(3 * weeks[0], rel=0.1)
    [short] = unfolded(measure(brand(slow), weeks=2))
    assert "would not come within 2 weeks either" in short["detail"]["warning"]


def test_where_visits_are_too_rare_to_tell_who_left_there_is_no_estimate() -> None:
    random = np.random.default_rng(3)
    rows = [visit(f"c{who:03}", float(day), id=f"{who}-{day}") for who in range(400)
            for day in random.integers(0, 700, 1 + random.poisson(0.1))]  # fmt: skip
    [row] = unfolded(measure(brand(rows)))
    assert (row["value"], row["low"], row["high"]) == (None, None, None)
    assert "too rarely to tell who left" in row["detail"]["why"]
    parts = unfolded(measure(brand(rows), by=["touchpoint"]))
    assert {each["value"] for each in parts} == {None}
    assert all("why" in each["detail"] for each in parts)


def test_who_complained_was_not_silent() -> None:
    rows = garage()
    [before] = unfolded(measure(brand(rows), weeks=13))
    said = [mention(each["id"], each["touchpoint"], "negative") for each in rows]
    [after] = unfolded(measure(brand(rows, mentions=said), weeks=13))
    assert after["value"] == 0
    assert (after["detail"]["silent"], after["detail"]["complained"]) == (0, before["detail"]["silent"])
    old = [mention(each["id"], each["touchpoint"], "negative") for each in rows if each["id"].endswith("-0")]
    [long_ago] = unfolded(measure(brand(rows, mentions=old), weeks=13))
    assert long_ago["detail"]["silent"] > 0, "a complaint of a year ago is not about the last visit"


def test_cdnow_is_told_more_precisely_than_by_the_calendar(real_data: Callable[[str], Path]) -> None:
    """As many customers by the longest silence instead; truly gone: nothing bought in weeks 40-78."""
    for name, people, least in (("cdnow_sample", 946, 0.003), ("cdnow_log_dev", 4221, 0.008)):
        file = real_data("cdnow_clv") / f"{name}.parquet"
        table = pq.read_table(file)
        dated = zip(table["customer_id"].to_pylist(), table["date"].to_pylist(), strict=True)
        back = {str(person) for person, day in dated if "1997-09-30" < day <= "1998-06-30"}
        rows = one_shot(
            "measure", "silence", file=str(file), map={"person": "customer_id", "occurred_at": "date"},
            set={"until": "1997-09-30", "weeks": "39"}, by=["person"],
        )  # fmt: skip
        assert len(rows) == people
        gone = np.array([row["person"] not in back for row in rows])
        silent = np.array([row["detail"]["silent"] for row in rows])
        longest = np.argsort([-row["detail"]["weeks_since_last"] for row in rows], kind="stable")[: silent.sum()]
        assert gone[silent].mean() > gone[longest].mean() + least


def test_a_file_in_one_shot(tmp_path: Path) -> None:
    rows = garage()
    file = tmp_path / "visits.csv"
    lines = [f"{each['person']},{each['occurred_at']:%Y-%m-%d},{each['touchpoint']}" for each in rows]
    file.write_text("\n".join(["who,day,touchpoint", *lines]))
    names = {"person": "who", "occurred_at": "day"}
    here = one_shot("measure", "silence", file=str(file), map=names, set={"weeks": "13"}, by=["touchpoint"])
    there = unfolded(measure(brand(rows), by=["touchpoint"], weeks=13))
    assert [row["value"] for row in here] == pytest.approx([row["value"] for row in there])
    with pytest.raises(Refused, match="unit"):
        one_shot("measure", "silence", file=str(file), map=names, set={}, by=["unit"])


def test_what_cannot_be_told_is_said() -> None:
    assert len(measure(brand([]))) == 0
    [row] = measure(brand([visit("a", 0), visit("b", 3), visit("b", 9)])).to_pylist()
    assert row["value"] is None
    assert "two days" in json.loads(row["detail"])["why"]
    for asked in ({"by": ["month"]}, {"by": ["unit", "touchpoint"]}, {"weeks": -1.0}):
        with pytest.raises(Refused):
            measure(brand(garage()), **asked)
