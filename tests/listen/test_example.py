"""The example brand: the same twice, in any size, and with the truth that is planted in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.listen._brand_read import SMALL, Brand, read, whole
from touchstone.core.errors import Stop
from touchstone.core.tables import ARRIVING, INCENTIVES, KINDS, LEVELS, METRICS
from touchstone.listen.example import listen


@pytest.fixture(scope="module")
def brand() -> Brand:
    return whole()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Brand:
    return read(tmp_path_factory.mktemp("small"), **SMALL)


def test_the_same_settings_tell_the_same_story(small: Brand, tmp_path: Path) -> None:
    again = read(tmp_path, **SMALL)
    assert again.interactions.equals(small.interactions)
    assert again.persons.equals(small.persons)
    assert (again.truth, again.labels) == (small.truth, small.labels)


def test_another_seed_tells_another_story(small: Brand, tmp_path: Path) -> None:
    other = read(tmp_path, seed=7, **SMALL)
    assert other.truth["touchpoint_quality"] != small.truth["touchpoint_quality"]
    told = {row["text"] for row in small.rows(kind="review")}
    assert not set(other.texts) & {text for text in told if len(text) > 60}


def test_two_runs_side_by_side_do_not_disturb_each_other(small: Brand) -> None:
    left, right = listen(**SMALL), listen(**SMALL)
    pairs = [pair for pair in zip(left, right, strict=True) if isinstance(pair[0], pa.RecordBatch)]
    assert all(one.equals(other) for one, other in pairs)
    assert pairs[0][0].equals(small.batches[0])


def test_since_leaves_out_what_came_before(small: Brand) -> None:
    since = small.interactions["occurred_at"][len(small.interactions) // 2].as_py()
    later = pa.Table.from_batches([each for each in listen(since=since, **SMALL) if not isinstance(each, tuple)])
    expected = small.interactions.filter(pc.greater_equal(small.interactions["occurred_at"], pa.scalar(since)))
    assert later.equals(expected)
    text = [each for each in listen(since=since.isoformat(), **SMALL) if not isinstance(each, tuple)]
    assert sum(len(each) for each in text) == len(expected)


def test_it_begins_at_once_and_stays_small_at_a_hundred_million() -> None:
    first = list(islice((each for each in listen(interactions=100_000_000) if isinstance(each, pa.RecordBatch)), 2))
    assert all(15_000 < len(each) < 40_000 for each in first)
    assert sum(each.nbytes for each in first) < 40_000_000
    span = pc.min_max(first[0]["occurred_at"])
    assert (span["max"].as_py() - span["min"].as_py()).total_seconds() < 4 * 3_600


def test_memory_does_not_grow_with_the_stream() -> None:
    held = []
    for each in listen(interactions=120_000, customers=2_000):
        if isinstance(each, pa.RecordBatch):
            held.append(pa.total_allocated_bytes())
    assert max(held) < 2.5 * held[0] + 20_000_000


def test_about_as_many_interactions_as_asked_for(brand: Brand, small: Brand) -> None:
    assert 0.9 < len(brand.interactions) / 60_000 < 1.15
    assert 0.8 < len(small.interactions) / SMALL["interactions"] < 1.2


def test_every_row_keeps_to_the_words_of_the_tables(brand: Brand) -> None:
    rows = brand.interactions
    assert rows.schema == ARRIVING
    assert set(rows["kind"].to_pylist()) <= set(KINDS)
    assert set(rows["level"].to_pylist()) <= set(LEVELS)
    assert set(rows["metric"].to_pylist()) <= {*METRICS, None}
    assert set(rows["incentive"].to_pylist()) <= {*INCENTIVES, None}
    scored = rows.filter(pc.is_valid(rows["metric"]))
    assert pc.all(
        pc.and_(pc.less_equal(scored["worst"], scored["value"]), pc.less_equal(scored["value"], scored["best"]))
    )
    kinds = Counter(rows["kind"].to_pylist())
    assert kinds.pop("event") == 12  # the fix, once for each dealer that got it
    assert min(kinds.values()) > 50


def test_no_id_occurs_twice_and_rows_come_in_order_of_time(brand: Brand) -> None:
    ids = list(zip(brand.interactions["source"].to_pylist(), brand.interactions["source_id"].to_pylist(), strict=True))
    assert len(set(ids)) == len(ids)
    instants = brand.interactions["occurred_at"].to_pylist()
    assert instants == sorted(instants)
    assert instants[0] >= datetime(2024, 9, 30, tzinfo=UTC)
    assert instants[-1] < datetime(2026, 10, 1, 0, 0, 1, tzinfo=UTC)


def test_interactions_speak_of_known_units_and_known_accounts(brand: Brand) -> None:
    units, persons = set(brand.units["id"].to_pylist()), set(brand.persons["id"].to_pylist())
    assert len(units) == len(brand.units)
    assert len(persons) == len(brand.persons) > 40_000
    assert set(brand.interactions["unit"].to_pylist()) <= units
    speakers = {each for each in brand.interactions["person"].to_pylist() if re.fullmatch(r"c\d+", each or "")}
    assert speakers <= persons
    parents = {row["parent"] for row in brand.units.to_pylist()} - {None}
    assert parents <= units


def test_the_brand_has_its_dealers_regions_and_distributors(brand: Brand) -> None:
    kinds = Counter(brand.units["kind"].to_pylist())
    assert kinds == {"dealer": 120, "distributor": 2, "company": 1, "department": 6, "vendor": 4}
    assert len({row["region"] for row in brand.units.to_pylist()} - {None}) == 6


def test_replies_and_turns_answer_rows_of_their_own_thread(brand: Brand) -> None:
    talk = [row for row in brand.every_row if row["kind"] in ("post", "turn")]
    thread = {row["source_id"]: row["thread"] for row in talk}
    assert all(thread[row["reply_to"]] == row["thread"] for row in talk if row["reply_to"])


def test_ratings_fall_around_their_planted_means(brand: Brand) -> None:
    expected = brand.truth["expected_rating"]
    apart: dict[str, list[float]] = {}
    for row in brand.rows(kind="answer", metric="rating"):
        apart.setdefault(row["touchpoint"], []).append(row["value"] - expected[row["unit"]][row["touchpoint"]])
    assert len(apart) == 22
    for name, found in apart.items():
        z = np.mean(found) / (np.std(found) / np.sqrt(len(found)))
        assert abs(z) < 4, name


def test_outcomes_fall_around_their_planted_means(brand: Brand) -> None:
    for metric in ("csat", "ces", "nps"):
        rows = brand.rows(kind="answer", metric=metric)
        values = np.array(
            [100.0 * ((v > 8) - (v < 7)) if metric == "nps" else v for v in (row["value"] for row in rows)]
        )
        apart = values - [brand.truth["expected_outcome"][metric][row["unit"]] for row in rows]
        assert abs(apart.mean()) < 4 * values.std() / np.sqrt(len(values)), metric


def test_units_have_from_a_few_answers_to_hundreds(brand: Brand) -> None:
    cells = Counter((row["unit"], row["touchpoint"]) for row in brand.rows(kind="answer", metric="rating"))
    assert min(cells.values()) <= 3
    assert max(cells.values()) > 100


def test_the_campaign_buys_volume_and_shallow_praise_not_advocacy(brand: Brand) -> None:
    start, stop = (datetime.fromisoformat(brand.truth["campaign"][end]) for end in ("start", "stop"))
    inside = [row for row in brand.every_row if start <= row["occurred_at"] < stop]
    share = (stop - start).days / 730
    counts, all_counts = Counter(row["kind"] for row in inside), Counter(brand.interactions["kind"].to_pylist())
    assert counts["review"] / all_counts["review"] > 2 * share
    assert counts["impression"] / all_counts["impression"] > 1.5 * share
    assert 0.6 * share < counts["referral"] / all_counts["referral"] < 1.5 * share
    bought = [row for row in inside if row["incentive"] == "disclosed"]
    assert len(bought) > 300
    assert min(row["value"] for row in bought) >= 4
    others = brand.rows(kind="review", incentive="none")
    assert np.mean([len(row["text"]) for row in bought]) < 0.4 * np.mean([len(row["text"]) for row in others])


def test_a_dealer_group_declines(brand: Brand) -> None:
    decline = brand.truth["decline"]
    day = datetime.fromisoformat(decline["stop"])
    rows = [row for row in brand.rows(kind="answer", metric="rating") if row["unit"] in decline["units"]]
    before = [row["value"] for row in rows if row["occurred_at"] < datetime.fromisoformat(decline["start"])]
    after = [row["value"] for row in rows if row["occurred_at"] > day]
    assert np.mean(before) - np.mean(after) > 0.3
    group = {row["organisation"] for row in brand.units.to_pylist() if row["id"] in decline["units"]}
    assert group == {"north-star-group"}


def test_a_fix_lifts_one_touchpoint_at_the_dealers_that_got_it(brand: Brand) -> None:
    fix = brand.truth["fix"]
    rated = brand.rows(kind="answer", metric="rating", touchpoint=fix["touchpoint"])
    sides: dict[tuple[bool, bool], list[float]] = {}
    for row in rated:
        late = row["occurred_at"] >= datetime.fromisoformat(fix["start"])
        sides.setdefault((row["unit"] in fix["units"], late), []).append(row["value"])
    means = {side: np.mean(values) for side, values in sides.items()}
    assert len(fix["units"]) == 12
    told = brand.rows(kind="event")
    assert sorted(row["unit"] for row in told) == sorted(fix["units"])
    assert {(row["touchpoint"], row["occurred_at"]) for row in told} == {
        (fix["touchpoint"], datetime.fromisoformat(fix["start"]))
    }
    assert json.loads(told[0]["attributes"]) == {"fix": "new waiting area"}
    assert (means[True, True] - means[True, False]) - (means[False, True] - means[False, False]) > 0.25


def test_a_backlog_makes_callers_wait_at_once_and_shows_weeks_later(brand: Brand) -> None:
    backlog = brand.truth["backlog"]
    weeks, begun = np.array(backlog["weeks"]), datetime.fromisoformat(brand.truth["start"])

    def crowded(rows: list[dict[str, Any]], lag: int) -> Any:
        week = np.array([(row["occurred_at"] - begun).days // 7 - lag for row in rows])
        return np.where(week >= 0, weeks[np.maximum(week, 0)], 0)

    calls = [row for row in brand.rows(kind="turn") if row["attributes"]]
    waits = np.log([1 + json.loads(row["attributes"])["wait_seconds"] for row in calls])
    assert np.corrcoef(waits, crowded(calls, 0))[0, 1] > 0.3
    rated = brand.rows(
        kind="answer", metric="rating", touchpoint=backlog["touchpoint"], channel="survey", source="survey"
    )
    assert np.corrcoef([row["value"] for row in rated], crowded(rated, backlog["lag_weeks"]))[0, 1] < -0.15


def test_a_campaign_speaks_to_some_and_not_to_others(brand: Brand) -> None:
    for campaign, levels in brand.truth["resonance"].items():
        for level, share in levels.items():
            seen = brand.rows(kind="impression", campaign=campaign, level=level)
            acted = np.mean([json.loads(row["attributes"])["depth"] > 0 for row in seen])
            assert abs(acted - share) < 4 * (share * (1 - share) / len(seen)) ** 0.5


def test_a_defect_emerges_in_one_model(brand: Brand) -> None:
    start = datetime.fromisoformat(brand.truth["defect"]["start"])
    heard = [row for row in brand.every_row if row["level"] != "employee"]
    told = [row for row in heard if "rear door seal" in (row["text"] or "").lower()]
    assert len(told) > 20
    assert {row["product"] for row in told} == {brand.truth["defect"]["product"]}
    assert min(row["occurred_at"] for row in told) > start


def test_some_people_go_by_several_names(brand: Brand) -> None:
    names = {row["id"]: row for row in brand.persons.to_pylist()}
    assert len(brand.truth["aliases"]) > 1_000
    for accounts in brand.truth["aliases"][:50]:
        assert len(accounts) > 1
        assert len({names[each]["name"] for each in accounts}) == len(accounts)


def test_teachers_are_thanked(brand: Brand) -> None:
    rows = {row["source_id"]: row for row in brand.rows(kind="post")}
    thanked = Counter(
        rows[row["reply_to"]]["person"] for row in rows.values() if row["reply_to"] and row["text"].startswith("Thank")
    )
    assert thanked
    assert set(thanked) <= set(brand.truth["teachers"])


def test_every_level_speaks_of_its_needs_and_promises_are_made(brand: Brand) -> None:
    needs = Counter(row["level"] for row in brand.every_row if row["source"] == "ideas")
    assert set(needs) == {row["level"] for row in brand.truth["needs"]}
    claims = Counter(row["touchpoint"] for row in brand.rows(kind="claim") if row["unit"] == "example-motors")
    assert claims == brand.truth["promises"]
    assert all(gap > 0 for gap in brand.truth["promise_gap"].values())


def test_labels_point_into_their_texts(brand: Brand) -> None:
    texts = {row["source_id"]: row["text"] for row in brand.every_row}
    assert 1_500 < len(brand.labels) < 5_000
    for label in brand.labels:
        assert texts[label["source_id"]] == label["text"]
        for mention in label["mentions"]:
            assert 0 <= mention["start"] < mention["stop"] <= len(label["text"])
    assert {kind for label in brand.labels for kind in label["kinds"]} >= {
        "problem",
        "praise",
        "suggestion",
        "question",
    }


def test_texts_say_on_average_what_was_lived(brand: Brand) -> None:
    truth = brand.truth
    dear, unclear = (truth["texts"]["woven"][name] for name in ("price.dear", "price.unclear"))
    planted = {"price and contract": -dear, "service adviser's attitude": dear, "clarity of the bill": -unclear}
    for name, found in truth["texts"]["organic"].items():
        n, beside = found["n"], planted.get(name, 0)
        lived = (truth["touchpoint_sentiment"][name] * (n - abs(beside)) + beside) / n
        assert abs(found["sentiment"] - lived) < 0.1 + 2.5 / np.sqrt(n), name


@pytest.mark.parametrize("settings", [{"dealers": 0}, {"customers": 5}, {"years": 0}, {"regions": 0}])
def test_settings_that_cannot_hold_together_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(Stop, match="needs a dealer"):
        next(listen(**settings))


def test_the_truth_is_read_by_no_part_of_the_product() -> None:
    package = Path(__file__).parents[2] / "touchstone"
    writers = {"_example_truth.py", "example.py", "demo.py"}  # the demo takes the labels in, as a user would
    readers = [path for path in package.rglob("*.py") if "labels.jsonl" in path.read_text("utf-8")]
    assert {path.name for path in readers} <= writers
