"""What the example brand writes itself: pages and answers, in its own words and never in those its customers coined."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.listen._brand_read import Brand, whole
from touchstone.listen._example_planted import BRAND_WORDS, CUSTOMER_WORDS


@pytest.fixture(scope="module")
def brand() -> Brand:
    return whole()


def written(brand: Brand) -> list[dict[str, Any]]:
    return brand.rows(kind="message", level="employee")


def test_the_brand_writes_pages_and_answers_and_never_says_what_its_customers_coined(brand: Brand) -> None:
    texts = " ".join(row["text"].lower() for row in written(brand))
    assert not [word for word in CUSTOMER_WORDS if word in texts]
    assert min(texts.count(word) for word in BRAND_WORDS) > 50
    sources = Counter(row["source"] for row in written(brand) if row["reply_to"] is None)
    assert set(sources) == {"website", "service-notes", "newsletter", "advertising"}
    assert min(sources.values()) > 200


def test_answers_come_after_the_review_they_answer_and_are_about_its_unit(brand: Brand) -> None:
    reviews = {row["source_id"]: row for row in brand.rows(kind="review")}
    replies = [row for row in written(brand) if row["reply_to"]]
    assert 0.3 < len(replies) / len(brand.rows(kind="review", incentive="none")) < 0.6
    for row in replies:
        asked = reviews[row["reply_to"]]
        assert (row["source"], row["unit"]) == (asked["source"], asked["unit"])
        assert row["occurred_at"] >= asked["occurred_at"]
