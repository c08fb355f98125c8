"""Bought praise that was planted is found, by copies, bursts and history; what is not bought stays in peace."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from touchstone.connect.promotion import connect
from touchstone.core.tables import ARRIVING, SIGNAL, conform
from touchstone.listen import example
from touchstone.store.scratch import scratch

START = datetime(2026, 1, 1, tzinfo=UTC)
PRAISE = "The new lounge at this dealer is bright, calm and full of good coffee, and {who} was a delight to talk to"
WORDS = ("car", "seat", "price", "wait", "coffee", "lounge", "noise", "staff", "road", "door", "light", "phone", "bill",
         "tyre", "paint", "screen", "belt", "key", "map")  # fmt: skip


def review(number: int, *, day: int, share: float, text: str, **more: Any) -> dict[str, Any]:
    """One review with a rating of 1 to 5."""
    return {
        "id": f"r{number:05}", "kind": "review", "text": text, "occurred_at": START + timedelta(days=day),
        "person": f"p{number}", "unit": "north", "value": 1 + 4 * share, "worst": 1.0, "best": 5.0, "incentive": "none",
    } | more  # fmt: skip


def organic(count: int, *, days: int = 365, seed: int = 1) -> list[dict[str, Any]]:
    """Reviews of many writers, spread evenly, each worded by chance."""
    chance = random.Random(seed)
    return [
        review(
            number,
            day=chance.randrange(days),
            share=chance.choice((0.0, 0.25, 0.5, 0.75, 1.0)),
            text=" ".join(chance.choices(WORDS, k=14)),
        )
        for number in range(count)
    ]


def found(rows: list[dict[str, Any]], **settings: Any) -> dict[str, dict[str, float]]:
    """By interaction the probability of each label."""
    (signals,) = connect(scratch(rows), **settings)
    assert signals.schema.equals(SIGNAL)
    told: dict[str, dict[str, float]] = {}
    for row in signals.to_pylist():
        told.setdefault(row["interaction"], {})[row["label"]] = row["probability"]
    return told


def test_praise_from_one_template_says_so():
    names = ("Ann", "Bob", "Cem", "Dia", "Eva", "Flo")
    copies = [review(9000 + n, day=n * 30, share=1.0, text=PRAISE.format(who=who)) for n, who in enumerate(names)]
    told = found([*organic(300), *copies])
    assert set(told) == {row["id"] for row in copies}
    assert all(each["copy"] > 0.5 for each in told.values())


def test_short_texts_that_everyone_writes_are_no_copies():
    rows = [review(n, day=n, share=1.0, text="Great service, thank you") for n in range(50)]
    told = found([*organic(300, seed=2), *[row | {"id": f"s{row['id']}"} for row in rows]])
    assert not any("copy" in each for each in told.values())


def test_a_complaint_that_was_posted_twice_is_not_called_bought():
    text = "I waited three hours for the car and nobody told me why, this is how you lose customers"
    told = found([review(n, day=n, share=0.0, text=text) for n in range(2)])
    assert told == {}


def test_best_ratings_in_a_burst_are_likelier_bought_than_the_same_ratings_before():
    bought = [review(9000 + n, day=200 + n % 3, share=1.0, text=" ".join(random.Random(n).choices(WORDS, k=12)))
              for n in range(40)]  # fmt: skip
    told = found([*organic(400), *bought])
    assert {row["id"] for row in bought} <= set(told)
    assert all(told[row["id"]]["burst"] > 0.3 for row in bought)
    others = [each for each in told if each < "r09000"]
    assert len(others) < 10


def test_evenly_spread_feedback_holds_no_burst_at_any_seed():
    for seed in range(10):
        told = found(organic(500, seed=seed))
        assert told == {}


def test_a_writer_of_many_best_ratings_in_one_day_is_told_from_one_who_writes_now_and_then():
    same = {"person": "busy"}
    crowd = [review(9000 + n, day=100, share=1.0, text=f"{WORDS[n]} fine", unit=f"u{n}", **same) for n in range(8)]
    calm = [review(9100 + n, day=40 * n, share=n % 2, text=f"{WORDS[n]} fine", person="calm") for n in range(8)]
    told = found([*organic(300), *crowd, *calm])
    assert {row["id"] for row in crowd} == set(told)
    assert all("history" in each for each in told.values())


def test_what_the_source_discloses_and_what_the_words_tell_count_together():
    rows = [review(1, day=1, share=1.0, text="fine", incentive="disclosed"), *organic(50)]
    told = found(rows)
    assert told["r00001"]["disclosed"] > 0.9
    words = [{"id": "w", "interaction": "r00001", "layer": "promotion", "label": "promotional", "score": 0.5,
              "probability": 0.5, "maker": "promotion@1"}]  # fmt: skip
    (signals,) = connect(scratch(rows[:1], derived={"signal": words}))
    both = {row["label"]: row["probability"] for row in signals.to_pylist()}
    assert both["words"] == 0.5
    assert both["promotional"] > both["disclosed"]


@pytest.mark.parametrize("rows", [[], [{"id": "a"}], [{"id": "a", "kind": "review", "text": ""}]])
def test_nothing_in_nothing_out(rows: list[dict[str, Any]]):
    assert found(rows) == {}


def test_the_order_of_the_rows_never_matters():
    rows = [*organic(200), *[review(9000 + n, day=50, share=1.0, text=PRAISE.format(who="x" * n)) for n in range(9)]]
    turned = rows[::-1]
    assert found(rows) == found(turned)


def test_the_example_brands_bought_praise_is_found_without_its_own_word_for_it():
    """The campaign's reviews, three in five disclosed: recall .9, and four of five that are flagged were bought."""
    heard = [conform(each, ARRIVING) for each in example.listen(interactions=20_000) if not isinstance(each, tuple)]
    reviews = pa.concat_tables(heard).to_pylist()
    rows = [row | {"id": row["source_id"]} for row in reviews if row["kind"] == "review"]
    bought = {row["id"] for row in rows if row["id"].startswith("q")}
    hidden = {row["id"] for row in rows if row["id"] in bought and row["incentive"] != "disclosed"}
    told = found([{name: value for name, value in row.items() if value is not None} for row in rows])
    flagged = {each for each, reasons in told.items() if reasons["promotional"] >= 0.5}
    assert len(flagged & bought) > 0.85 * len(bought)
    assert len(flagged & hidden) > 0.7 * len(hidden)
    assert len(flagged & bought) > 0.75 * len(flagged)
