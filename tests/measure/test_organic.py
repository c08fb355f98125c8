"""An index without bought praise: planted praise is taken out again, its campaign dated, and doubt is told."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import parquet

from tests.measure._answers import answer, brand, unfolded
from touchstone.core.errors import Refused
from touchstone.core.tables import INSTANT
from touchstone.home.one_shot import one_shot
from touchstone.measure.organic import measure
from touchstone.store.scratch import scratch

FIRST = datetime(2025, 1, 1, 9, tzinfo=UTC)
CAMPAIGN = (150, 192)
GENUINE = {5: 66, 4: 18, 3: 7, 2: 4, 1: 5}  # of 100; mean 4.36, as ReviewMeta found of 5,071,232 reviews
REWARDED = {5: 82, 4: 13, 3: 3, 2: 1, 1: 1}  # mean 4.74, as of 2,174,802 incentivised ones
OWN = ("The lid closes well and it keeps coffee hot until noon.", "Came two days late, works as it should.",
       "A bit heavy for a bag, otherwise good.", "The zip gave up after a week and I sent it back.",
       "Bought it for my father, he uses it every day.", "Colour is darker than in the picture.")  # fmt: skip
PLACES = ("office", "train", "garden", "kitchen", "school", "boat", "camp", "hotel", "market", "river", "attic", "bus",
          "studio", "cellar", "beach", "farm", "tent", "ferry", "library", "garage")  # fmt: skip
SENT = ("What a lovely thing, everybody at home is thrilled.", "Simply the best one I have ever had, five stars!",
        "I got this for free in exchange for an honest review.", "So well made, you will not regret it.")  # fmt: skip


def planted(seed: int, *, n: int = 6000, disclosed: float = 0.5) -> pa.Table:
    """Seven answers in ten genuine over a year, three rewarded within six weeks, of which a share says so."""
    chance = np.random.default_rng(seed)
    bought = np.arange(n) < 0.3 * n
    day = np.where(bought, chance.integers(*CAMPAIGN, n), chance.integers(0, 365, n))
    mood = np.where(bought[:, None], list(REWARDED.values()), list(GENUINE.values())).cumsum(axis=1)
    value = 5.0 - (chance.random(n)[:, None] * 100 >= mood).sum(axis=1)
    told = bought & (chance.random(n) < disclosed)
    words = [(SENT if each else OWN)[place] for each, place in zip(bought, chance.integers(0, 4, n), strict=True)]
    return pa.table(
        {
            "occurred_at": pa.array([FIRST + timedelta(days=int(each)) for each in day], INSTANT),
            "value": value,
            "text": words,
            "incentive": np.where(told, "disclosed", np.where(chance.random(n) < 0.3, "unknown", "none")).tolist(),
        }
    )


def index(table: pa.Table, **settings: Any) -> dict[str, Any]:
    (row,) = unfolded(measure(scratch([], given=table), **{"best": 5.0, "worst": 1.0, **settings}))
    return row


@pytest.mark.parametrize("disclosed", [0.7, 0.3, 0.0])
def test_reviewmetas_mix_comes_back_to_its_organic_mean(disclosed: float) -> None:
    row = index(planted(1, disclosed=disclosed))
    assert row["detail"]["raw"] == pytest.approx(4.474, abs=0.03)
    assert row["value"] == pytest.approx(4.36, abs=0.03)
    assert row["low"] <= 4.36 <= row["high"]
    (window,) = row["detail"]["windows"]
    begun, ended = ((FIRST + timedelta(days=each)).date() for each in (CAMPAIGN[0], CAMPAIGN[1] - 1))
    assert abs(date.fromisoformat(window["start"]) - begun) <= timedelta(days=2)
    assert abs(date.fromisoformat(window["end"]) - ended) <= timedelta(days=2)
    assert sum(row["detail"]["removed"].values()) + row["n"] == 6000
    assert [each["step"] for each in row["detail"]["steps"]] == ["all", "disclosed", "detected", "campaign"]


def sold(words: list[str], seed: int = 2) -> dict[str, Any]:
    """A year of 4,200 genuine answers and 1,800 best ones, nothing disclosed and no campaign; `words` of each."""
    chance = np.random.default_rng(seed)
    genuine = np.repeat(list(GENUINE), np.array(list(GENUINE.values())) * 42)
    value = np.concatenate([genuine, np.full(1800, 5)]).astype(float)
    days = [FIRST + timedelta(days=int(each)) for each in chance.integers(0, 365, len(value))]
    return index(pa.table({"occurred_at": pa.array(days, INSTANT), "value": value, "text": words}))


def test_praise_sent_out_in_the_same_words_all_year_long_is_found_by_them() -> None:
    chance = np.random.default_rng(1)
    own = [" ".join(chance.choice(PLACES, 9)) for _ in range(4200)]
    row = sold([*own, *[SENT[place % 2] for place in range(1800)]])
    assert row["detail"]["windows"] == []
    assert row["detail"]["removed"] == {"disclosed": 0, "detected": 1800, "campaign": 0}
    assert row["value"] == pytest.approx(4.36, abs=1e-6)


def test_where_everyone_writes_alike_the_same_words_tell_nothing() -> None:
    """A form with a few sentences to choose from: complaints share their wording too."""
    row = sold([OWN[place % 5 + 1] for place in range(6000)])
    assert row["detail"]["removed"]["detected"] == 0


def test_the_interval_holds_the_organic_mean_in_19_of_20_worlds() -> None:
    found = [index(planted(seed, n=1200).drop(["text"])) for seed in range(40)]
    assert sum(each["low"] <= 4.36 <= each["high"] for each in found) >= 37


def test_without_praise_that_was_bought_nothing_is_found() -> None:
    table = planted(3)
    genuine = table.filter(pa.array(np.arange(6000) >= 1800))
    row = index(genuine)
    assert row["detail"]["windows"] == []
    assert row["detail"]["removed"] == {"disclosed": 0, "detected": 0, "campaign": 0}
    assert row["value"] == pytest.approx(row["detail"]["raw"])


def test_a_scale_on_which_less_is_better_is_turned_round() -> None:
    table = planted(4)
    turned = table.set_column(1, "value", pc.subtract(6.0, table["value"]))
    assert index(turned, best=1.0, worst=5.0)["value"] == pytest.approx(6 - index(table)["value"])


def test_without_dates_or_words_what_the_source_says_still_counts_and_the_rest_is_warned_of() -> None:
    row = index(planted(5).select(["value", "incentive"]))
    assert row["detail"]["removed"]["disclosed"] > 800
    assert row["detail"]["removed"]["campaign"] == 0
    assert "no campaign can be found" in row["detail"]["warning"]


def test_where_nothing_is_left_there_is_no_estimate() -> None:
    row = index(pa.table({"value": [5.0, 4.0], "incentive": ["Disclosed", "disclosed"]}))
    assert row["value"] is row["low"] is row["high"] is None
    assert row["detail"]["why"].startswith("no answer is left")
    assert row["detail"]["raw"] == 4.5


@pytest.mark.parametrize("values", [[], [None], [float("nan")], [9.0]])
def test_a_file_without_scores_on_the_scale_says_nothing(values: list[float | None]) -> None:
    table = pa.table({"value": pa.array(values, pa.float64())})
    assert len(measure(scratch([], given=table), best=5.0, worst=1.0)) == 0


def test_one_answer_is_few_and_keeps_the_scale() -> None:
    row = index(pa.table({"value": [5.0], "occurred_at": pa.array([FIRST], INSTANT)}))
    assert (row["value"], row["high"], row["n"]) == (5.0, 5.0, 1)
    assert row["low"] < 3
    assert row["detail"]["few"]


@pytest.mark.parametrize(
    ("asked", "field"), [({"alpha": 2.0}, "alpha"), ({"longest": 0}, "longest"), ({"by": ["unit"]}, "by")]
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        measure(scratch([], given=planted(1, n=10)), **asked)
    assert refused.value.field == field


def test_on_a_home_what_was_read_of_a_review_counts_and_scales_stay_apart() -> None:
    reviews = [answer(place % 3 + 3, id=f"r{place}", kind="review", unit="a", day="2026-01-05") for place in range(60)]
    reviews += [
        answer(5, id=f"d{n}", kind="review", unit="a", day="2026-01-06", incentive="disclosed") for n in range(9)
    ]
    reviews += [
        answer(8, id=f"t{n}", kind="review", unit="b", day="2026-01-06", worst=0.0, best=10.0) for n in range(9)
    ]
    told = [{"id": f"s{n}", "interaction": f"r{n}", "layer": "promotion", "label": "promotional", "score": 0.9,
             "probability": 0.9, "maker": "promotion@1"} for n in range(5)]  # fmt: skip
    found = unfolded(
        measure(brand([*reviews, answer(1, id="s", kind="answer")], derived={"signal": told}), by=("unit",))
    )
    assert [row["by"] for row in found] == [{"unit": "a", "scale": "1-5"}, {"unit": "b", "scale": "0-10"}]
    assert found[0]["detail"]["removed"] == {"disclosed": 9, "detected": 5, "campaign": 0}
    assert (found[0]["n"], found[1]["n"]) == (55, 9)
    assert found[0]["about"] == ["a"]
    narrowed = unfolded(measure(brand(reviews), where="unit = 'b'", since="2026-01-01", until="2026-01-06"))
    assert [row["n"] for row in narrowed] == [9]


def test_rewarded_cosmetics_reviews_are_found_without_their_mark_too(real_data: Any, tmp_path: Path) -> None:
    reviews = parquet.read_table(real_data("sephora-disclosed") / "reviews.parquet")
    marked = pc.if_else(reviews["disclosed_incentive"], "disclosed", "none")
    parquet.write_table(reviews.append_column("incentive", marked), tmp_path / "reviews.parquet")
    names = {"value": "rating", "occurred_at": "submission_time", "text": "review_text_without_disclosure"}
    file = str(tmp_path / "reviews.parquet")
    (known,) = one_shot("measure", "organic", file=file, map=names, set={"best": "5", "worst": "1"}, by=[])
    parquet.write_table(reviews, tmp_path / "reviews.parquet")
    (found,) = one_shot("measure", "organic", file=file, map=names, set={"best": "5", "worst": "1"}, by=[])
    assert known["detail"]["raw"] == found["detail"]["raw"] == pytest.approx(4.4007, abs=1e-4)
    assert known["detail"]["removed_mean"]["disclosed"] == pytest.approx(4.693, abs=0.001)
    assert known["value"] < 4.3417  # the plain mean of what is not disclosed: campaigns hold more
    assert found["value"] == pytest.approx(known["value"], abs=0.03)
    assert json.dumps(found["detail"]["windows"]).count("start") >= 1


def told_of(folder: Path, *lines: str) -> dict[str, Any]:
    """The one row of a file of scores and incentives."""
    (folder / "in.csv").write_text("\n".join(["value,incentive", *lines]), "utf-8")
    (row,) = one_shot("measure", "organic", file=str(folder / "in.csv"), map={}, set={"best": "5", "worst": "1"}, by=[])
    return row


def test_answers_off_the_scale_are_counted_and_words_are_read_in_capitals_too(tmp_path: Path) -> None:
    row = told_of(tmp_path, *["4,none", "3,NONE", "2,"] * 10, *["5, Disclosed"] * 4, "9,none", "0,none")
    assert (row["n"], row["value"]) == (30, 3.0)
    assert row["detail"]["removed"]["disclosed"] == 4
    assert row["detail"]["left_out"] == 2


def test_an_incentive_of_another_word_is_refused_lest_bought_praise_pass_as_genuine(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="'paid' is no incentive"):
        told_of(tmp_path, "4,none", "5,paid")
