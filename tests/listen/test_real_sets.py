"""Real files of feedback, each in a shape of its own, are read as they are meant."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.listen._reading import Read, read

Data = Callable[[str], Path]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def of(data: Data, name: str) -> Read:
    folder, _, file = name.partition("/")
    return read(data(folder) / f"{file}.parquet", now=NOW)


def every_row_is_accounted_for(found: Read, rows: int) -> None:
    ids = found.table["source_id"].to_pylist()
    assert len(set(ids)) == len(ids)
    rows_of = {thread or source_id for thread, source_id in zip(found.table["thread"].to_pylist(), ids, strict=True)}
    assert len(rows_of) + len(found.rejected) == rows


@pytest.mark.parametrize(
    ("name", "rows", "units", "touchpoints"),
    [
        ("airline", 1346, 207, {"Seat comfort", "Cabin staff", "Food beverages", "Inflight entertainment"}),
        ("airport", 601, 239, {"Queuing", "Terminal cleanliness", "Airport shopping"}),
        ("lounge", 1358, 85, {"Comfort", "Cleanliness", "Bar beverages", "Catering", "Washrooms"}),
        ("seat", 755, 85, {"Seat legroom", "Seat recline", "Seat width", "Aisle space", "Viewing tv"}),
    ],
)
def test_skytrax_2015(real_data: Data, name: str, rows: int, units: int, touchpoints: set[str]) -> None:
    found = of(real_data, f"skytrax-2015/{name}")
    every_row_is_accounted_for(found, rows)
    assert not found.rejected
    assert found.column("overall_rating") == ("value", ("rating", 1, 10))
    assert found.column("recommended") == ("score", ("boolean", 0, 1))
    assert len(found.units) == units
    assert touchpoints <= {row["touchpoint"] for row in found.rows}
    rated = [row for row in found.rows if row["touchpoint"]]
    assert {(row["worst"], row["best"]) for row in rated} == {(1, 5)}
    assert all(1 <= row["value"] <= 5 for row in rated)
    assert all(row["kind"] == ("answer" if row["thread"] else "review") for row in found.rows)
    assert all(row["unit"] and row["person"] and row["text"] for row in found.main())


def test_skytrax_2015_notes_zeros_slips_and_wrong_dates(real_data: Data) -> None:
    assert "16 dates" in of(real_data, "skytrax-2015/seat").columns["date"]["note"]
    airport = of(real_data, "skytrax-2015/airport")
    assert "17 zeros" in airport.columns["airport_shopping_rating"]["note"]
    outside = [row for row in airport.main() if '"food_beverages_rating": "50"' in (row["attributes"] or "")]
    assert len(outside) == 1
    assert airport.columns["title"]["taken_for"] == "attributes"


LATER = {
    "british_airways": (1800, "average_rating", (1, 5), "recommended", 7),
    "ryanair": (266, "Rating", (1, 10), "RecommendedService", 6),
    "klm": (734, "Review Rating", (1, 10), "Recommended", 7),
    "indian_domestic": (1325, "Rating - 10", (1, 10), "Recommend", 0),
}


@pytest.mark.parametrize("name", LATER)
def test_skytrax_later(real_data: Data, name: str) -> None:
    rows, overall, scale, recommended, ratings = LATER[name]
    found = of(real_data, f"skytrax-airlines-later/{name}")
    every_row_is_accounted_for(found, rows)
    assert found.column(overall) == ("value", ("rating", *scale))
    assert found.column(recommended) == ("score", ("boolean", 0, 1))
    assert len({row["touchpoint"] for row in found.rows} - {None}) == ratings
    assert all(row["occurred_at"] and row["text"] and row["person"] for row in found.main())
    assert {row["occurred_at"].year for row in found.main()} <= set(range(2011, 2026))


def test_the_four_later_files_agree_on_what_touchpoints_are_called(real_data: Data) -> None:
    named = [
        {row["touchpoint"] for row in of(real_data, f"skytrax-airlines-later/{name}").rows} - {None}
        for name in ("british_airways", "ryanair", "klm")
    ]
    assert {"Seat comfort", "Cabin staff service", "Ground service", "Value for money"} <= set.intersection(*named)


def test_seven_indian_airlines_are_units(real_data: Data) -> None:
    found = of(real_data, "skytrax-airlines-later/indian_domestic")
    assert len(found.units) == 7
    assert found.columns["Title"]["taken_for"] == "title"
    first = found.rows[0]
    assert first["occurred_at"] == datetime(2023, 10, 14, tzinfo=UTC)
    assert first["text"].startswith('"crew were welcoming"\n')


def test_bank_branches(real_data: Data) -> None:
    found = of(real_data, "bank-branch-reviews/reviews")
    every_row_is_accounted_for(found, 1686)
    assert len(found.rows) == 1686
    kinds = Counter(unit["kind"] for unit in found.units)
    assert kinds == {"branch": 128, "bank": 13}
    assert all(unit["parent"] for unit in found.units if unit["kind"] == "branch")
    assert found.column("rating") == ("value", ("rating", 1, 5))
    assert Counter(row["language"] for row in found.rows).keys() == {"fr", "en"}
    kept = json.loads(found.rows[0]["attributes"])
    assert {"sentiment_label", "relative_topic", "topic_meaning", "bank_id"} <= set(kept)


def test_hotel_aspects(real_data: Data) -> None:
    found = of(real_data, "tripadvisor-hotel-aspects/reviews")
    every_row_is_accounted_for(found, 600)
    aspects = {row["touchpoint"] for row in found.rows} - {None}
    assert aspects == {"Cleanliness", "Value", "Location", "Rooms", "Sleep quality"}
    assert len(found.rows) == 600 * 6
    assert found.column("overall") == ("value", ("rating", 1, 5))
    assert len(found.units) == 600
    assert {row["language"] for row in found.rows} == {"en"}
    assert found.columns["review"]["why"] == "repeats the text"
    assert all("review" not in json.loads(row["attributes"]) for row in found.main())


@pytest.mark.parametrize(("name", "rows"), [("edmunds_dodge", 950), ("edmunds_tesla", 84)])
def test_car_reviews(real_data: Data, name: str, rows: int) -> None:
    found = of(real_data, f"car-reviews/{name}")
    every_row_is_accounted_for(found, rows)
    assert len(found.rows) == rows
    taken = {each["taken_for"] for each in found.columns.values()}
    assert taken == {"occurred_at", "person", "product", "title", "text", "value"}
    assert all(row["occurred_at"] and row["product"] for row in found.rows)


def test_car_reviews_labelled_by_hand_and_without_a_score(real_data: Data) -> None:
    found = of(real_data, "car-reviews/edmunds_aspects_manual")
    every_row_is_accounted_for(found, 500)
    assert found.column("Total_star") == ("value", ("rating", 1, 5))
    assert len({row["touchpoint"] for row in found.rows} - {None}) == 9
    assert {row["value"] for row in found.rows if row["touchpoint"]} == {-1, 1}
    found = of(real_data, "car-reviews/ford_reviews_sentiment")
    assert len(found.rows) == 829
    assert {row["metric"] for row in found.rows} == {None}
    assert Counter(json.loads(row["attributes"])["Sentiment"] for row in found.rows).keys() == {"Pos", "Neg"}


def test_disclosed_incentives(real_data: Data) -> None:
    found = of(real_data, "sephora-disclosed/reviews")
    every_row_is_accounted_for(found, 2698)
    disclosed = parquet.read_table(real_data("sephora-disclosed") / "reviews.parquet")["disclosed_incentive"]
    wanted = Counter("disclosed" if each else "none" for each in disclosed.to_pylist())
    assert Counter(row["incentive"] for row in found.rows) == wanted
    assert len({row["product"] for row in found.rows}) == 21
    assert sum(row["text"] is None for row in found.rows) <= 3


def test_a_wide_survey_of_an_airline(real_data: Data) -> None:
    found = of(real_data, "airline_satisfaction/airline_dev")
    ratings = parquet.read_table(real_data("airline_satisfaction") / "airline_dev.parquet").column_names[7:21]
    assert found.column("satisfaction") == ("value", ("boolean", 0, 1))
    assert {name for name, each in found.columns.items() if each["taken_for"] == "rating"} == set(ratings)
    assert all(found.column(name)[1] == ("rating", 1, 5) for name in ratings)
    assert all(not found.columns[name]["touchpoint"].islower() for name in ratings)
    answers = Counter(found.table["touchpoint"].to_pylist())
    assert answers[None] == 77_928
    assert answers["Inflight wifi service"] == 77_928 - 2_335
    assert answers["Baggage handling"] == 77_928
    assert not found.rejected


def test_tweets_keep_their_threads_and_who_speaks(real_data: Data) -> None:
    found = of(real_data, "twcs-customer-support/spotify_inbound")
    every_row_is_accounted_for(found, 9012)
    assert {(row["kind"], row["level"]) for row in found.rows} == {("message", "end_customer")}
    assert all(row["reply_to"].isdigit() and row["occurred_at"] for row in found.rows)
    sample = of(real_data, "twcs-customer-support/sample_threads")
    assert {row["level"] for row in sample.rows} == {"end_customer", "employee"}
    ids = {row["source_id"] for row in sample.rows}
    assert sum(row["reply_to"] in ids for row in sample.rows) > 50
