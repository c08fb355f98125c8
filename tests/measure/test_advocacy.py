"""Advocacy: words of one's own, rewarded words and reach stay apart; a campaign moves what it moves."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tests import _living
from tests.measure._answers import brand, unfolded
from touchstone.core.errors import Refused
from touchstone.measure.advocacy import measure

START, STOP = date(2026, 3, 2), date(2026, 4, 12)


def said(kind: str, person: str | None, day: date = START, **more: Any) -> dict[str, Any]:
    """One interaction at noon of a day."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return {"kind": kind, "person": person, "occurred_at": at, "level": "end_customer", **more}


def told(rows: list[dict[str, Any]], signals: list[dict[str, Any]], **asked: Any) -> dict[str, dict[str, Any]]:
    """The rows of one group by their evidence."""
    found = unfolded(measure(brand(rows, derived={"signal": signals}), **asked))
    return {row["by"]["evidence"]: row for row in found}


def recommending(interaction: str, *, paid: bool = False) -> list[dict[str, Any]]:
    """Signals of a text that recommends, perhaps for a reward."""
    own = {
        "id": f"{interaction}k",
        "interaction": interaction,
        "layer": "kind",
        "label": "recommendation",
        "score": 0.9,
    }
    pay = {"id": f"{interaction}p", "interaction": interaction, "layer": "promotion", "label": "promotional",
           "score": 0.9, "probability": 0.9}  # fmt: skip
    return [own, pay] if paid else [own]


def test_words_of_one_s_own_rewarded_words_and_reach_are_three_things() -> None:
    rows = [
        said("review", "anna", id="1"), said("review", "ben", id="2"), said("referral", "cleo", id="3"),
        said("redemption", "dora", id="4"), said("impression", None, id="5"), said("impression", "anna", id="6"),
        said("turn", "agent", id="7", level="employee"),
    ]  # fmt: skip
    found = told(rows, [*recommending("1"), *recommending("2", paid=True), *recommending("7")])
    assert found["recommendation"]["value"] == pytest.approx(2 / 4)  # anna and cleo of four people
    assert found["promotion"]["value"] == pytest.approx(2 / 4)  # ben, who was paid, and dora
    assert (found["reach"]["value"], found["reach"]["measured_in"]) == (2, "impressions")
    assert found["warning"]["value"] == 0


def test_who_speaks_against_the_brand_to_others_warns() -> None:
    rows = [said("post", "anna", id="1"), said("post", "ben", id="2")]
    mentions = [{"id": "m", "interaction": "2", "touchpoint": "sales", "polarity": "negative"}]
    ask = brand(rows, mentions=mentions, derived={"signal": [*recommending("1"), *recommending("2")]})
    found = {row["by"]["evidence"]: row["value"] for row in unfolded(measure(ask))}
    assert (found["recommendation"], found["warning"]) == (0.5, 0.5)


def answered(number: int, teller: str, **more: Any) -> dict[str, Any]:
    """A survey's answer that says who told them, as surveys write it."""
    beside = {"survey": "a1", "told": teller, **more.pop("beside", {})}
    return said("answer", None, id=f"a{number}", attributes=json.dumps(beside, sort_keys=True), **more)


def test_who_told_them_is_a_row_of_its_own_and_moves_no_other() -> None:
    plain = [said("referral", "cleo", id="3"), said("redemption", "dora", id="4"), said("answer", "eve", id="5")]
    tellers = ["person"] * 3 + ["coupon"] * 4 + ["advertisement", "review", "other"]
    before, found = told(plain, []), told([*plain, *map(answered, range(10), tellers)], [])
    row = found.pop("told")
    assert found == before  # nobody who was told by a coupon used one, nobody told by a friend is one who tells
    assert (row["value"], row["n"], row["measured_in"]) == (0.3, 10, "share of answers")
    assert (row["low"], row["high"]) == pytest.approx((0.10779, 0.60322), abs=5e-6)  # Wilson 1927, 3 of 10
    assert row["detail"]["tellers"] == {"person": 3, "advertisement": 1, "review": 1, "coupon": 4, "other": 1}
    assert row["detail"]["few"]


def test_words_that_look_like_an_answer_are_none() -> None:
    loud = {"told_words": '"survey": "a1", "told": "person"', "choices": {"told": "person", "x": '"told": "person"'}}
    found = told([answered(1, "review", beside=loud), said("review", "x", id="7", attributes='{"told": "person"}'),
                  said("answer", "x", id="8", attributes="no JSON, \"told\": \"person\"")], [])  # fmt: skip
    assert (found["told"]["value"], found["told"]["n"]) == (0.0, 1)


def test_by_unit_only_those_where_it_was_asked_have_it() -> None:
    rows = [answered(1, "person", unit="north"), answered(2, "review", unit="north"), said("visit", "x", unit="south")]
    found = unfolded(measure(brand(rows), by=("unit",)))
    shares = {row["by"]["unit"]: row["value"] for row in found if row["by"]["evidence"] == "told"}
    assert shares == {"north": 0.5}
    assert len(found) == 9


def test_one_person_counts_once_however_often_she_recommends() -> None:
    rows = [said("referral", "anna", START + timedelta(days=day)) for day in range(9)] + [said("visit", "ben")]
    assert told(rows, [])["recommendation"]["value"] == 0.5


def test_without_people_there_is_no_share_and_it_says_so() -> None:
    found = told([said("impression", None)], [])
    assert found["recommendation"]["value"] is None
    assert "nobody" in found["recommendation"]["detail"]["why"]
    assert found["reach"]["value"] == 1


def world(seed: int, lifts: dict[str, float]) -> list[dict[str, Any]]:
    """210 days; a campaign for 42 of them that lifts each kind's daily rate."""
    chance, rows = np.random.default_rng(seed), []
    for number in range(210):
        day = START - timedelta(days=84) + timedelta(days=number)
        running = START <= day <= STOP
        for kind, rate in (("impression", 6), ("redemption", 2), ("referral", 2)):
            count = chance.poisson(rate * (1 + (lifts.get(kind, 0) if running else 0)))
            rows += [said(kind, f"p{chance.integers(400)}", day) for _ in range(count)]
    rows += [said("offer", "p1", day, campaign="spring") for day in (START, STOP)]
    return rows


def of_campaign(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return told(rows, [], by=("campaign",))


def test_a_campaign_that_buys_reach_moves_reach_and_not_advocacy() -> None:
    found = of_campaign(world(1, {"impression": 1.5, "redemption": 3.0}))
    assert found["reach"]["detail"]["real"]
    assert found["promotion"]["detail"]["real"]
    assert not found["recommendation"]["detail"]["real"]
    assert found["reach"]["low"] < 1.5 < found["reach"]["high"]


def test_twice_the_lift_is_twice_the_figure() -> None:
    one, two = (np.mean([of_campaign(world(seed, {"impression": lift}))["reach"]["value"] for seed in range(6)])
                for lift in (0.8, 1.6))  # fmt: skip
    assert two / one == pytest.approx(2, rel=0.2)


def test_a_campaign_that_never_stops_has_nothing_beside_it() -> None:
    rows = [said("impression", "p", START + timedelta(days=day), campaign="always") for day in range(90)]
    found = of_campaign(rows)
    assert found["reach"]["value"] is None
    assert "most of the time" in found["reach"]["detail"]["why"]


def test_the_example_brand_s_campaign_buys_reach_and_no_advocates() -> None:
    found = unfolded(measure(_living.ask(), by=("campaign",)))
    own = {row["by"]["evidence"]: row for row in found if row["by"]["campaign"] == "autumn-thank-you"}
    assert own["reach"]["detail"]["real"]
    assert own["promotion"]["detail"]["real"]
    assert not own["recommendation"]["detail"]["real"]


def test_a_column_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused):
        measure(brand([]), by=["person"])
