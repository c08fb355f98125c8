"""Reviews marked up for search engines become interactions, from JSON-LD and from pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.listen._reading import written
from touchstone.core.errors import Skip
from touchstone.core.tables import ARRIVING, conform
from touchstone.listen.schema_review import listen

REVIEW = {
    "@type": "Review", "@id": "https://x.test/r/1", "name": "Fine stay", "reviewBody": "Quiet room, slow check-in.",
    "author": {"@type": "Person", "name": "Ann"}, "datePublished": "2026-01-05", "inLanguage": "en-GB",
    "reviewRating": {"@type": "Rating", "ratingValue": "8", "bestRating": 10, "worstRating": "0"},
    "publisher": {"@type": "Organization", "name": "Guide"},
}  # fmt: skip
HOTEL = {
    "@context": "https://schema.org", "@type": "Hotel", "name": "Hôtel du Lac", "url": "https://x.test/h",
    "address": {"@type": "PostalAddress", "addressRegion": "Vaud"},
    "parentOrganization": {"@type": "Organization", "name": "Lake Hotels"},
    "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4.1, "reviewCount": 99},
    "review": [REVIEW],
}  # fmt: skip


def all_of(path: Path, **settings: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    for item in listen(path=path, reject=rejected.append, **settings):
        if isinstance(item, tuple):
            units += item[1].to_pylist()
        else:
            rows += conform(item, ARRIVING).to_pylist()
    return rows, units, rejected


def test_a_review_keeps_words_scale_unit_and_the_rest(tmp_path: Path) -> None:
    rows, units, rejected = all_of(written(tmp_path, json.dumps(HOTEL), name="h.jsonld"))
    (row,) = rows
    assert row["text"] == "Fine stay\nQuiet room, slow check-in."
    assert (row["metric"], row["value"], row["worst"], row["best"]) == ("rating", 8, 0, 10)
    assert (row["unit"], row["person"], row["language"]) == ("hotel-du-lac", "Ann", "en")
    assert row["occurred_at"] == datetime(2026, 1, 5, tzinfo=UTC)
    assert (row["source_id"], row["url"]) == ("https://x.test/r/1", "https://x.test/h")
    assert json.loads(row["attributes"])["publisher"]["name"] == "Guide"
    assert {(unit["id"], unit["parent"], unit["region"]) for unit in units} == {
        ("lake-hotels", None, None),
        ("hotel-du-lac", "lake-hotels", "Vaud"),
    }
    assert not rejected


def test_the_scale_is_one_to_five_where_the_page_names_none(tmp_path: Path) -> None:
    product = {
        "@type": "Product",
        "name": "Kettle",
        "review": {"@type": "Review", "reviewRating": {"ratingValue": "4,5"}},
    }
    rows, units, _ = all_of(written(tmp_path, json.dumps(product), name="p.json"))
    assert (rows[0]["value"], rows[0]["worst"], rows[0]["best"], rows[0]["product"]) == (4.5, 1, 5, "Kettle")
    assert not units


def test_rated_aspects_become_answers_about_touchpoints(tmp_path: Path) -> None:
    aspects = [
        {"@type": "Rating", "ratingValue": 4, "reviewAspect": "Cleanliness"},
        {"@type": "Rating", "ratingValue": 2, "reviewAspect": ["Breakfast"]},
    ]
    review = {**REVIEW, "reviewRating": [REVIEW["reviewRating"], *aspects]}
    rows, _, _ = all_of(written(tmp_path, json.dumps([review]), name="a.json"))
    assert [(row["touchpoint"], row["value"], row["best"]) for row in rows] == [
        (None, 8, 10), ("Cleanliness", 4, 5), ("Breakfast", 2, 5),
    ]  # fmt: skip
    assert {row["thread"] for row in rows[1:]} == {rows[0]["source_id"]}


def test_pages_are_read_and_broken_scripts_do_not_stop_the_rest(tmp_path: Path) -> None:
    graph = {"@graph": [{"@type": "WebPage"}, HOTEL]}
    page = f"""<!doctype html><html><head><script>var x = "<b>";</script>
    <script type="application/ld+json">{{"@type": "Review", broken</script>
    <script type="Application/LD+JSON; charset=utf-8">{json.dumps(graph)}</script></head><body>Text</body></html>"""
    rows, _, rejected = all_of(written(tmp_path, page, name="page.html"))
    assert len(rows) == 1
    assert len(rejected) == 1
    assert "not valid JSON-LD" in rejected[0]["reason"]


def test_the_same_review_twice_is_one_and_ids_stay(tmp_path: Path) -> None:
    nameless = {name: value for name, value in REVIEW.items() if name != "@id"}
    path = written(tmp_path, json.dumps([nameless, nameless, {**nameless, "reviewBody": "Other words"}]), name="r.json")
    first, second = all_of(path)[0], all_of(path)[0]
    assert [row["source_id"] for row in first] == [row["source_id"] for row in second]
    assert len(first) == 2


def test_reviews_that_cannot_be_used_are_rejected(tmp_path: Path) -> None:
    bad = [
        {"@type": "Review"},
        {"@type": "Review", "reviewBody": "x", "datePublished": "soon"},
        {"@type": "Review", "reviewRating": {"ratingValue": 7}},
        {"@type": "Review", "reviewRating": {"ratingValue": "lots"}},
        REVIEW,
    ]
    rows, _, rejected = all_of(written(tmp_path, json.dumps(bad), name="r.json"))
    assert len(rows) == 1
    assert [row["row"] for row in rejected] == [1, 2, 3, 4]


def test_since_and_pages_without_reviews(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(HOTEL), name="h.json")
    assert not all_of(path, since=datetime(2026, 2, 1, tzinfo=UTC))[0]
    with pytest.raises(Skip, match="was found in it"):
        all_of(written(tmp_path, "<html><body>nothing</body></html>", name="p.html"))
