"""What is planted for prices, paths, silence and loyalty is truly in the example brand, in the size that is told."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from tests.listen._brand_read import Brand, whole


@pytest.fixture(scope="module")
def brand() -> Brand:
    return whole()


def test_prices_are_complained_of_where_it_is_planted(brand: Brand) -> None:
    price = brand.truth["price"]
    words = {
        "product": r"too expensive|overpriced|too pricey|very expensive|costs too much|cheaper elsewhere|steep price",
        "unit": r"unexplained (charge|item)|surcharges|hidden (fee|charge|cost)s|than (quoted|agreed)|not transparent",
    }
    for column, said in words.items():
        chosen = {price["dear"]["product"]} if column == "product" else set(price["unclear"]["units"])
        hits: dict[bool, list[bool]] = {True: [], False: []}
        for row in brand.rows(kind="review", incentive="none", language="en"):
            hits[row[column] in chosen].append(bool(re.search(said, row["text"].lower())))
        assert 0.05 < np.mean(hits[True]) - np.mean(hits[False]) < 0.15, column


def test_ways_lead_from_look_to_booking_to_purchase(brand: Brand) -> None:
    leads = brand.truth["paths"]["leads"]
    way = {name: [row for row in brand.every_row if row["source_id"].startswith(name)] for name in ("y0", "y1", "y2")}
    looked, booked, paid = ({row["person"]: row["occurred_at"] for row in rows} for rows in way.values())
    bookings = [person for person in looked if person in booked]
    assert abs(len(bookings) / len(looked) - leads["book"]) < 0.1
    assert abs(len(paid) / len(booked) - leads["pay"]) < 0.1
    assert abs(len(bookings) / len(booked) - 3 / 7) < 0.1
    assert set(paid) <= set(booked)
    assert np.mean([looked[each] <= booked[each] for each in bookings]) > 0.97  # a few go twice
    assert np.mean([booked[each] <= paid[each] for each in paid]) > 0.97


def test_regulars_fall_silent_after_one_touchpoint(brand: Brand) -> None:
    silence, last = brand.truth["silence"], {}
    for row in brand.rows(kind="visit"):
        if row["source_id"].startswith("z"):
            last[row["person"]] = row
    left = [row for person, row in last.items() if person in silence["left"]]
    assert set(last) <= set(silence["regulars"])
    assert all(row["occurred_at"].date().isoformat() == silence["left"][row["person"]] for row in left)
    assert 0.3 < len(left) / len(last) < 0.5
    share = {name: np.mean([row["touchpoint"] == silence["touchpoint"] for row in rows])
             for name, rows in (("left", left), ("all", brand.rows(kind="visit")))}  # fmt: skip
    assert 0.45 < share["left"] < 0.9
    assert share["all"] < 0.15


def test_those_who_tell_of_good_experience_come_more_often(brand: Brand) -> None:
    doings = Counter(row["person"] for row in brand.every_row if row["kind"] in ("purchase", "referral", "redemption"))
    told: dict[bool, list[int]] = {True: [], False: []}
    for row in brand.rows(kind="review", incentive="none"):
        told[row["value"] >= 4].append(doings[row["person"]])
    assert 1.2 < np.mean(told[True]) / np.mean(told[False]) < brand.truth["loyalty"]["ratio"] + 0.5
