"""Changes of scores, volumes and themes are told with their date, from a file or a home; what cannot be told is not."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.measure._answers import answer, brand, mention, unfolded
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT
from touchstone.home.one_shot import one_shot
from touchstone.measure.change import measure
from touchstone.store.scratch import scratch

MONDAY = date(2025, 1, 6)


def told(rows: list[dict[str, Any]]) -> pa.Table:
    """A file of answers, typed as a one-shot call types it."""
    schema = pa.schema([("unit", pa.string()), ("occurred_at", INSTANT), ("value", pa.float64())])
    return pa.Table.from_pylist(rows, schema=schema)


def answers(unit: str, *, weeks: int = 30, drop_at: int | None = None, n: int = 40) -> list[dict[str, Any]]:
    """Answers of 1 to 10 on days of many weeks; from `drop_at` on two points lower."""
    chance = random.Random(unit)
    rows = []
    for week in range(weeks):
        low = 2 if drop_at is not None and week >= drop_at else 0
        for _ in range(n):
            at = datetime.combine(MONDAY, datetime.min.time(), UTC) + timedelta(weeks=week, hours=chance.randrange(168))
            rows.append({"unit": unit, "occurred_at": at, "value": chance.choice((5, 6, 7, 7, 8, 8, 9)) - low})
    return rows


def changes(rows: list[dict[str, Any]], by: tuple[str, ...] = ("unit",), **settings: Any) -> list[dict[str, Any]]:
    return unfolded(measure(scratch([], given=told(rows)), by=by, **settings))


def test_a_drop_at_one_dealer_raises_one_alarm_with_its_week() -> None:
    found = {row["by"]["unit"]: row for row in changes([*answers("calm"), *answers("fallen", drop_at=20)])}
    calm, fallen = found["calm"], found["fallen"]
    assert calm["value"] is None
    assert not calm["detail"]["alarm"]
    assert "no alarm in 30 looks" in calm["detail"]["why"]
    assert fallen["low"] <= -2 <= fallen["high"]
    assert fallen["detail"]["changed_at"] == str(MONDAY + timedelta(weeks=20))
    assert fallen["detail"]["alarm_at"] == str(MONDAY + timedelta(weeks=21))
    assert fallen["detail"]["looks_to_alarm"] == 1
    assert fallen["n"] == 30 * 40


def test_an_alarm_is_the_same_when_the_file_ends_on_its_day() -> None:
    rows = answers("fallen", drop_at=20)
    alarm = changes(rows)[0]["detail"]["alarm_at"]
    seen = [row for row in rows if row["occurred_at"].date().isoformat() < alarm]
    assert changes(seen)[0]["detail"]["alarm_at"] == alarm
    earlier = [row for row in seen if row["occurred_at"].date() < date.fromisoformat(alarm) - timedelta(days=7)]
    assert not changes(earlier)[0]["detail"]["alarm"]


def test_a_period_that_is_not_over_is_not_looked_at() -> None:
    wednesday = datetime(2025, 5, 28, tzinfo=UTC)
    rows = [row for row in answers("fallen", weeks=21, drop_at=20) if row["occurred_at"] < wednesday]
    found = unfolded(measure(scratch([], given=told(rows), now=wednesday), by=("unit",)))
    assert found[0]["detail"]["looks"] == 20
    assert not found[0]["detail"]["alarm"]


def test_a_file_of_a_time_to_come_is_looked_at_as_far_as_it_goes() -> None:
    rows = answers("fallen", weeks=21, drop_at=20)
    before = datetime(2024, 1, 1, tzinfo=UTC)
    found = unfolded(measure(scratch([], given=told(rows), now=before), by=("unit",)))
    assert found[0]["detail"]["looks"] == 21


@pytest.mark.parametrize(("every", "alarm_at"), [("month", "2028-02-01"), ("year", None)])
def test_months_and_years_are_looks_too(every: str, alarm_at: str | None) -> None:
    rows = answers("slow", weeks=200, drop_at=155, n=6)
    found = unfolded(measure(scratch([], given=told(rows), now=datetime(2030, 1, 1, tzinfo=UTC)), every=every))[0]
    assert found["detail"]["alarm_at"] == alarm_at
    assert found["detail"]["looks"] == {"month": 47, "year": 4}[every]
    assert ("so 9 are needed" in found["detail"].get("why", "")) == (every == "year")


def test_one_flow_a_year_tells_when_the_nile_changed(tmp_path: Path) -> None:
    from tests.science.test_change import NILE

    path = tmp_path / "nile.csv"
    lines = [f"{1871 + place},{flow}" for place, flow in enumerate(NILE.split())]
    path.write_text("\n".join(["year,flow", *lines]), "utf-8")
    names = {"occurred_at": "year", "value": "flow"}
    found = one_shot("measure", "change", file=str(path), map=names, set={"every": "year"}, by=[])
    assert found[0]["detail"]["changed_at"] == "1899-01-01"
    assert found[0]["detail"]["changed_from"] <= "1898-01-01"


def test_with_a_family_each_series_needs_more_evidence_the_more_there_are() -> None:
    rows = [row for unit in "abcd" for row in answers(unit, weeks=12, n=5)]
    alone, together = changes(rows), changes(rows, family="all")
    assert together[0]["detail"]["evidence_needed"] == pytest.approx(4 * alone[0]["detail"]["evidence_needed"])
    assert together[0]["detail"]["comparisons"] == 4
    assert together[0]["rests_on"] == []
    assert alone[0]["rests_on"] == ["a"]


@pytest.mark.parametrize("rows", [[], [{"unit": "a", "occurred_at": None, "value": 3.0}]])
def test_a_file_without_dated_answers_says_nothing(rows: list[dict[str, Any]]) -> None:
    assert changes(rows) == []


def test_one_answer_and_answers_all_alike_are_no_alarm() -> None:
    at = datetime(2025, 1, 6, tzinfo=UTC)
    assert "1 looks" in changes([{"unit": "a", "occurred_at": at, "value": 3.0}])[0]["detail"]["why"]
    same = [{"unit": "a", "occurred_at": at + timedelta(weeks=week), "value": 3.0} for week in range(40)]
    assert not changes(same)[0]["detail"]["alarm"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"every": "day"}, "every"), ({"family": "some"}, "family"), ({"baseline": 1}, "baseline"),
     ({"alpha": 2}, "alpha"), ({"where": "unit = 'a'"}, "where"), ({"by": ("touchpoint",)}, "touchpoint")],
)  # fmt: skip
def test_what_a_file_cannot_be_asked_is_refused(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        measure(scratch([], given=told(answers("a", weeks=1))), **asked)
    assert refused.value.field == field


def home(weeks: int = 26, **more: Any) -> Any:
    """A brand whose service is spoken of ever more from week 18 on, with fewer interactions from week 20."""
    chance, rows, mentions = random.Random(4), [], []
    for week in range(weeks):
        for n in range(20 if week < 20 else 4):
            id = f"{week:02}-{n:02}"
            at = (MONDAY + timedelta(weeks=week + 30)).isoformat()
            rows.append(answer(chance.choice((3, 4, 5)), id=id, unit="a", day=at, text="words"))
            service = chance.random() < (0.2 if week < 18 else 0.9)
            mentions.append(mention(id, "service" if service else "sales", "positive"))
    told = [{"id": f"k{each['id']}", "interaction": each["id"], "layer": "kind", "label": "problem", "score": 0.9,
             "probability": 0.9, "maker": "kind@1"} for each in rows if each["id"] > "15"]  # fmt: skip
    return brand(rows, mentions=mentions, derived={"signal": told}, **more)


def at(found: list[dict[str, Any]]) -> list[str | None]:
    return [row["detail"]["changed_at"] for row in found]


def test_fewer_interactions_more_of_a_theme_and_more_of_a_kind_are_changes_too() -> None:
    week = [str(MONDAY + timedelta(weeks=30 + place)) for place in range(26)]
    ask = home(now=datetime(2026, 3, 2, tzinfo=UTC))
    assert at(unfolded(measure(ask, figure="volume"))) == [week[20]]
    shares = unfolded(measure(ask, by=("touchpoint",), figure="mentions"))
    assert [row["by"]["touchpoint"] for row in shares] == ["sales", "service"]
    assert at(shares) == [week[18], week[18]]
    assert shares[0]["value"] == pytest.approx(-shares[1]["value"])
    assert at(unfolded(measure(ask, figure="problem"))) == [week[15]]
    everything = {row["detail"]["figure"] for row in unfolded(measure(ask))}
    assert everything == {"rating", "sentiment", "volume", "problem"}


def themed(shares: dict[str, list[float]], *, seed: int = 5, a_week: int = 120) -> Any:
    """Texts of many weeks; each belongs to a theme with the probability of its week, or to none."""
    chance, rows, links = random.Random(seed), [], []
    for week, said in enumerate(zip(*shares.values(), strict=True)):
        at = datetime.combine(MONDAY, datetime.min.time(), UTC) + timedelta(weeks=week)
        for n, theme in enumerate(chance.choices([*shares, ""], [*said, 1 - sum(said)], k=a_week)):
            id = f"{week:02}-{n:03}"
            rows.append({"id": id, "kind": "review", "text": "words", "unit": "a", "occurred_at": at})
            if theme:
                links.append({"id": f"theme:{id}", "layer": "theme", "left": id, "right": theme, "probability": 0.9})
    names = [{"id": f"theme:{each}", "name": "theme", "by": [("theme", each)], "detail": f'{{"name": "the {each}"}}'}
             for each in shares]  # fmt: skip
    mail = {"kind": "message", "level": "employee", "text": "words", "occurred_at": rows[0]["occurred_at"]}
    derived = {"link": links, "metric": names}
    return brand([*rows, *[mail] * 50], derived=derived, now=datetime(2026, 3, 2, tzinfo=UTC))


def test_a_theme_that_emerges_raises_an_alarm_and_those_that_stay_do_not() -> None:
    weeks = 30
    shares = {"seal": [0.0] * 20 + [0.08] * 10, "parking": [0.05] * weeks, "rims": [0.02] * weeks}
    found = {row["by"]["theme"]: row for row in unfolded(measure(themed(shares), figure="themes"))}
    seal = found["seal"]
    assert seal["detail"]["changed_at"] == str(MONDAY + timedelta(weeks=20))
    assert 1 <= seal["detail"]["looks_to_alarm"] <= 3
    assert seal["low"] <= 0.08 <= seal["high"]
    assert seal["n"] == weeks * 120, "what employees write is no customer's text"
    assert seal["detail"]["theme"] == "the seal"
    assert [found[each]["detail"]["alarm"] for each in ("parking", "rims")] == [False, False]


def test_themes_that_grow_are_seen_in_weeks_and_those_that_stay_seldom_raise_an_alarm() -> None:
    steady = {name: [share] * 40 for name, share in (("a", 0.1), ("b", 0.05), ("c", 0.02), ("d", 0.01))}
    quiet = [
        row for seed in range(10) for row in unfolded(measure(themed(steady, seed=seed, a_week=60), figure="themes"))
    ]
    assert sum(row["detail"]["alarm"] for row in quiet) <= 2  # of 40, at five in a hundred
    grown = {"a": [0.03] * 20 + [0.12] * 20}
    told = [unfolded(measure(themed(grown, seed=seed), figure="themes"))[0]["detail"] for seed in range(10)]
    assert sum(each["alarm"] and each["looks_to_alarm"] <= 3 for each in told) >= 9


def test_themes_are_told_of_the_whole_brand_with_all_else_and_of_a_unit_where_asked() -> None:
    ask = themed({"seal": [0.1] * 12})
    assert {row["detail"]["figure"] for row in unfolded(measure(ask))} == {"volume", "themes"}
    assert {row["detail"]["figure"] for row in unfolded(measure(ask, by=("unit",)))} == {"volume"}
    (row,) = unfolded(measure(ask, by=("unit",), figure="themes"))
    assert row["by"] == {"unit": "a", "theme": "seal"}
    assert row["about"] == ["a"]
    with pytest.raises(Refused, match="kinds and themes are counted by"):
        measure(ask, figure="themes", by=("touchpoint",))
    assert unfolded(measure(home(), figure="themes")) == []


def test_weeks_in_which_nobody_came_count_as_none() -> None:
    quiet = [{"id": "late", "kind": "visit", "occurred_at": datetime(2026, 2, 25, tzinfo=UTC)}]
    rows = [{"id": f"{week}-{n}", "unit": "a", "kind": "visit", "occurred_at": datetime(2025, 6, 2, tzinfo=UTC)
             + timedelta(weeks=week)} for week in range(16) for n in range(9 + week % 3)]  # fmt: skip
    found = unfolded(measure(brand([*rows, *quiet]), by=("unit",), figure="volume"))[0]
    assert found["detail"]["changed_at"] == "2025-09-22"
    assert found["detail"]["mean_since"] == 0


def test_a_figure_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused, match="no figure 'noise'"):
        measure(home(), figure="noise")
    with pytest.raises(Refused, match="touchpoint's among all"):
        measure(home(), figure="mentions")
    with pytest.raises(Refused, match="between looks"):
        measure(home(), by=("week",))
