"""Did the fix work: planted fixes come back from a file or a home, and what was not started is planned for."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.measure._answers import brand, mention, unfolded
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT
from touchstone.home.one_shot import one_shot
from touchstone.measure.effect import measure
from touchstone.store.scratch import scratch

DEALERS = [f"d{number:02}" for number in range(40)]
FIXED = DEALERS[:12]


def answers(*, lift: float, start: str = "2025-07-01", seed: int = 1, staggered: bool = False) -> list[dict[str, Any]]:
    """A year of answers of 0 to 10 at forty dealers; twelve get a fix, four of them in September if staggered."""
    chance = random.Random(seed)
    rows = []
    for unit in DEALERS:
        level = chance.gauss(6, 0.5)
        first = "2025-09-01" if staggered and unit in FIXED[:4] else start
        for month in range(1, 13):
            for _ in range(12):
                day = f"2025-{month:02}-{chance.randrange(1, 29):02}"
                fixed = lift if unit in FIXED and day >= first else 0.0
                value = chance.gauss(level + fixed + (0.5 if month == 8 else 0), 1.5)
                row = {"unit": unit, "occurred_at": datetime.fromisoformat(day).replace(tzinfo=UTC), "value": value}
                rows.append(row | {"started_at": datetime.fromisoformat(first) if unit in FIXED else None})
    return rows


def told(rows: list[dict[str, Any]], **settings: Any) -> dict[str, Any]:
    names = {"unit": pa.string(), "occurred_at": INSTANT, "value": pa.float64()}
    if "started_at" in settings.pop("columns", ()):
        names["started_at"] = INSTANT
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(names.items())))
    (row,) = unfolded(measure(scratch([], given=table), **settings))
    return row


SAID = {"units": ",".join(FIXED), "start": "2025-07-01"}


def test_a_fix_at_twelve_dealers_is_found_with_its_size() -> None:
    row = told(answers(lift=0.6), **SAID)
    assert row["low"] <= 0.6 <= row["high"]
    assert row["low"] > 0
    assert row["detail"]["real"]
    assert (row["detail"]["treated"], row["detail"]["untreated"]) == (12, 28)
    assert row["detail"]["synthetic"]["low"] <= 0.6 <= row["detail"]["synthetic"]["high"]
    assert row["detail"]["placebo_in_time"]["probability"] > 0.05
    study = row["detail"]["event_study"]
    assert [each["period"] for each in study][:2] == ["2025-01-01", "2025-02-01"]
    assert min(each["value"] for each in study[6:]) > max(each["value"] for each in study[:6])


def test_without_a_fix_nothing_is_found() -> None:
    found = [told(answers(lift=0.0, seed=seed), **SAID)["detail"]["real"] for seed in range(8)]
    assert sum(found) <= 2


def test_a_column_may_say_who_got_it_and_when_one_after_the_other() -> None:
    row = told(answers(lift=0.6, staggered=True), columns=("started_at",))
    assert row["detail"]["started"] == ["2025-07-01", "2025-09-01"]
    assert row["low"] <= 0.6 <= row["high"]
    assert row["detail"]["real"]
    assert "event_study" not in row["detail"]


def test_the_mix_of_other_dealers_tells_the_same() -> None:
    row = told(answers(lift=0.9), method="synthetic", **SAID)
    assert row["low"] <= 0.9 <= row["high"]
    assert row["detail"]["mix"]
    assert not set(row["detail"]["mix"]) & set(FIXED)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "no unit is said"),
        ({**SAID, "start": "2026-06-01"}, "no period after"),
        ({**SAID, "start": "2025-01-15"}, "no period before"),
    ],
)
def test_before_the_start_there_is_no_effect_but_the_smallest_that_would_show(said: dict[str, str], why: str) -> None:
    row = told(answers(lift=0.0), **said)
    assert row["value"] is row["low"] is row["high"] is None
    assert why in row["detail"]["why"]
    assert 0.2 < row["detail"]["power"]["smallest"] < 0.8
    assert row["detail"]["power"]["units"] == (12 if said else 4)


def test_units_that_were_rising_already_are_warned_of() -> None:
    rows = answers(lift=0.0)
    for row in rows:
        row["value"] += 0.3 * row["occurred_at"].month if row["unit"] in FIXED else 0
    assert "already before the start" in told(rows, **SAID)["detail"]["warning"]


def test_too_few_other_dealers_give_no_estimate() -> None:
    rows = [row for row in answers(lift=0.6) if row["unit"] in (*FIXED, "d12", "d13")]
    row = told(rows, **SAID)
    assert row["value"] is None
    assert "too few units" in row["detail"]["why"]


def test_a_file_tells_it_in_one_shot(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    lines = [f"{row['unit']},{row['occurred_at'].date()},{row['value']}" for row in answers(lift=0.6)]
    path.write_text("\n".join(["dealer,day,score", *lines]), "utf-8")
    names = {"unit": "dealer", "occurred_at": "day", "value": "score"}
    (row,) = one_shot("measure", "effect", file=str(path), map=names, set=SAID, by=[])
    assert row["low"] <= 0.6 <= row["high"]


def test_an_empty_file_says_nothing() -> None:
    empty = pa.table(
        {"unit": pa.array([], pa.string()), "occurred_at": pa.array([], INSTANT), "value": pa.array([], pa.float64())}
    )
    assert len(measure(scratch([], given=empty))) == 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"by": ("unit",)}, "by"), ({"method": "guess"}, "method"), ({"every": "day"}, "every"),
     ({"figure": "joy"}, "figure"), ({"units": "d00"}, "start"), ({"start": "2025-07-01"}, "units"),
     ({"units": "x", "start": "2025-07-01"}, "units"), ({"units": "d00", "start": "soon"}, "start")],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        told(answers(lift=0.0), **asked)
    assert refused.value.field == field


def test_on_a_home_the_figure_of_units_is_compared_on_the_scale_with_most_answers() -> None:
    rows = []
    for place, row in enumerate(answers(lift=1.5)):
        value = min(max(round(row["value"] / 2), 1), 5)
        rows.append({"id": str(place), "kind": "answer", "metric": "rating", "worst": 1.0, "best": 5.0, "value": value,
                     "unit": row["unit"], "occurred_at": row["occurred_at"]})  # fmt: skip
    rows.append({**rows[0], "id": "other", "best": 10.0, "value": 10.0})
    (row,) = unfolded(measure(brand(rows), **SAID))
    assert row["detail"]["real"]
    assert row["measured_in"] == "points on 1-5"
    assert row["n"] == len(rows) - 1
    assert row["rests_on"] == []


def rated(lift: float, *, touchpoint: str | None = "sales") -> list[dict[str, Any]]:
    """The answers as ratings of 1 to 5 on a home."""
    said = {"kind": "answer", "metric": "rating", "worst": 1.0, "best": 5.0, "touchpoint": touchpoint}
    return [
        {**said, "id": str(place), "value": min(max(round(row["value"] / 2), 1), 5),
         "unit": row["unit"], "occurred_at": row["occurred_at"]}
        for place, row in enumerate(answers(lift=lift))
    ]  # fmt: skip


def fixed(name: str, unit: str, day: str, touchpoint: str | None = "sales") -> dict[str, Any]:
    """What the brand tells of one unit's fix."""
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    said = {"kind": "event", "unit": unit, "touchpoint": touchpoint, "attributes": f'{{"fix": "{name}"}}'}
    return {**said, "id": f"{name}/{unit}", "occurred_at": at}


def test_a_home_that_was_told_of_fixes_judges_each_and_says_how_many() -> None:
    """Twelve dealers got new sales desks, which help; five others got new chairs, which do not."""
    told_of = [fixed("new desks", unit, "2025-07-01") for unit in FIXED]
    told_of += [fixed("new chairs", unit, "2025-06-01") for unit in DEALERS[20:25]]
    found = {row["by"]["fix"]: row for row in unfolded(measure(brand([*rated(1.5), *told_of])))}
    assert list(found) == ["new chairs", "new desks"]
    assert [found[name]["detail"]["real"] for name in found] == [False, True]
    assert found["new desks"]["low"] > 0.3
    assert [row["detail"]["treated"] for row in found.values()] == [5, 12]
    assert [row["detail"]["untreated"] for row in found.values()] == [23, 23]
    assert all(row["detail"]["comparisons"] == 2 for row in found.values())
    assert found["new desks"]["detail"]["touchpoints"] == ["sales"]
    assert found["new desks"]["detail"]["probability_adjusted"] >= found["new desks"]["detail"]["probability"]


def test_a_fix_of_a_touchpoint_nobody_rates_is_judged_by_what_texts_say_of_it() -> None:
    texts = [{"id": str(place), "kind": "review", "unit": row["unit"], "occurred_at": row["occurred_at"]}
             for place, row in enumerate(answers(lift=0.0))]  # fmt: skip
    first = datetime(2025, 7, 1, tzinfo=UTC)
    pleased = [at % 3 > 0 or (row["unit"] in FIXED and row["occurred_at"] >= first) for at, row in enumerate(texts)]
    mentions = [mention(row["id"], "sales", "positive" if glad else "negative")
                for row, glad in zip(texts, pleased, strict=True)]  # fmt: skip
    told_of = [fixed("new desks", unit, "2025-07-01") for unit in FIXED]
    (row,) = unfolded(measure(brand([*texts, *told_of], mentions=mentions)))
    assert (row["detail"]["figure"], row["detail"]["real"]) == ("sentiment", True)
    assert row["value"] == pytest.approx(2 / 3, abs=0.15)


@pytest.mark.parametrize(("name", "touchpoint"), [("x'; drop table y", "no such; place'"), ("plain", None)])
def test_what_a_fix_is_called_and_where_it_is_does_no_harm(name: str, touchpoint: str | None) -> None:
    told_of = [fixed(name, unit, "2025-07-01", touchpoint) for unit in FIXED]
    (row,) = unfolded(measure(brand([*rated(1.5), *told_of])))
    assert row["by"] == {"fix": name}
    assert "touchpoints" not in row["detail"]


def test_few_treated_dealers_are_warned_of() -> None:
    three = {"units": ",".join(FIXED[:3]), "start": "2025-07-01"}
    rows = [row for row in answers(lift=0.6) if row["unit"] not in FIXED[3:]]
    found = told(rows, **three)
    assert "no more than three" in found["detail"]["warning"]
    assert found["low"] <= 0.6 <= found["high"]
    few = told([row for row in rows if row["unit"] in (FIXED[0], *DEALERS[12:20])], units=FIXED[0], start="2025-07-01")
    assert "so few units that chance alone reaches 0.11" in few["detail"]["warning"]
    assert not few["detail"]["real"]
