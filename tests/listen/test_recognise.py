"""Columns are recognised from names and contents, in four languages, and say how surely and why."""

from __future__ import annotations

import pyarrow as pa
import pytest

from touchstone.listen._columns import Column, evidence
from touchstone.listen._ratings import scaled
from touchstone.listen._recognise import recognise

TEXTS = ["the staff were kind and quick about it", "nobody answered the phone all day", "a fair price for good work"]


def columns_of(table: dict[str, list[object]], rows: int = 30) -> dict[str, Column]:
    sample = pa.table(
        {name: pa.array([str(cells[n % len(cells)]) for n in range(rows)]) for name, cells in table.items()}
    )
    counts = {each.name: each.counts for each in evidence(sample)}
    return {column.name: column for column in scaled(recognise(sample), counts)}


def taken(table: dict[str, list[object]]) -> dict[str, str]:
    return {name: column.taken_for for name, column in columns_of(table).items()}


DATES: list[object] = [f"2025-01-{n:02}" for n in range(1, 29)]
IDS: list[object] = [f"a{n}" for n in range(30)]
FIVE: list[object] = [1, 2, 3, 4, 5, 5, 4]
PEOPLE: list[object] = [f"Person {n}" for n in range(13)]
UNITS: list[object] = ["Nord", "Sud", "Est"]


@pytest.mark.parametrize(
    "names",
    [
        ("review_id", "Review Date", "Star Rating", "Review Text", "AuthorName", "Dealership"),
        ("Identifiant", "Date de l'avis", "Note globale", "Commentaire", "Auteur", "Agence"),
        ("Bewertungs-ID", "Bewertungsdatum", "Gesamtbewertung", "Kommentar", "Verfasser", "Autohaus"),
        ("Identificador", "Fecha", "Calificación", "Comentario", "Usuario", "Sucursal"),
    ],
)
def test_the_usual_columns_in_four_languages(names: tuple[str, ...]) -> None:
    cells = [IDS, DATES, FIVE, list[object](TEXTS), PEOPLE, UNITS]
    assert list(taken(dict(zip(names, cells, strict=True))).values()) == [
        "id", "occurred_at", "value", "text", "person", "unit",
    ]  # fmt: skip


def test_contents_overrule_a_name_that_cannot_be() -> None:
    found = taken({"id": [1, 1, 2], "date": ["yes", "no"], "review": [1, 2], "content": list[object](TEXTS)})
    assert found["id"] == "attributes"
    assert found["date"] != "occurred_at"
    assert found["review"] != "text"
    assert found["content"] == "text"


def test_nameless_contents_are_recognised_with_less_confidence() -> None:
    found = columns_of({"c1": DATES, "c2": [f"{text} {n}" for n, text in enumerate(TEXTS * 10)], "rating": FIVE})
    assert found["c1"].taken_for == "occurred_at"
    assert found["c2"].taken_for == "text"
    assert found["c1"].confidence < 0.7 > found["c2"].confidence


def test_counts_codes_and_measures_are_no_scores() -> None:
    names = [
        "age",
        "number_of_visits",
        "segment_id",
        "Delay in minutes",
        "year",
        "topic",
        "Floor",
        "price level",
        "sex",
    ]
    table: dict[str, list[object]] = dict.fromkeys(names, FIVE)
    found = taken({"text": list[object](TEXTS), "rating": FIVE, **table})
    assert {found[name] for name in names} == {"attributes"}


def test_a_value_beside_an_overall_score_is_a_touchpoint() -> None:
    beside = {"rooms": FIVE, "location": FIVE, "value": FIVE, "sleep_quality": FIVE}
    found = columns_of({"text": list[object](TEXTS), "overall": FIVE, **beside})
    assert found["overall"].taken_for == "value"
    assert [found[name].touchpoint for name in beside] == ["Rooms", "Location", "Value", "Sleep quality"]
    assert columns_of({"text": list[object](TEXTS), "value": FIVE})["value"].taken_for == "value"


def test_several_overall_scores_keep_their_own_scales() -> None:
    found = columns_of(
        {"NPS": list(range(11)), "CSAT": FIVE, "recommended": ["yes", "no"], "text": list[object](TEXTS)}
    )
    assert [found[name].taken_for for name in ("NPS", "CSAT", "recommended")] == ["value", "score", "score"]
    assert [found[name].scale and found[name].scale.metric for name in ("NPS", "CSAT", "recommended")] == [
        "nps", "csat", "boolean",
    ]  # fmt: skip


def test_judgements_about_a_text_are_no_score_the_customer_gave() -> None:
    found = taken({"text": list[object](TEXTS), "sentiment": ["Pos", "Neg"], "sentiment_score": FIVE})
    assert found["sentiment"] == found["sentiment_score"] == "attributes"


def test_branches_belong_to_their_bank_and_lie_in_a_region() -> None:
    table: dict[str, list[object]] = {
        "branch_name": [f"Branch {n}" for n in range(10)], "bank_name": ["A", "B"], "city": ["X", "Y"],
        "customer city": ["P", "Q", "R"], "rating": FIVE,
    }  # fmt: skip
    found = taken(table)
    assert (found["branch_name"], found["bank_name"], found["city"]) == ("unit", "parent", "region")
    assert found["customer city"] == "attributes"


def test_titles_are_joined_unless_they_only_repeat_the_unit() -> None:
    table = {"dealer": UNITS, "title": [f"{unit} customer review" for unit in UNITS], "review": list[object](TEXTS)}
    assert taken(table)["title"] == "attributes"
    table["title"] = ["Never again", "So so", "Lovely people", "Cheap", "Will return"]
    assert taken(table)["title"] == "title"
    assert taken({"title": list[object](TEXTS), "rating": FIVE})["title"] == "text"


def test_a_second_copy_of_the_text_is_seen_and_further_answers_are_kept_apart() -> None:
    likes = ["the waiting room was warm", "the price was clear to me", "my car came back clean"]
    table = {"comment": list[object](TEXTS), "review": [f"x {text}" for text in TEXTS], "likes": list[object](likes)}
    found = columns_of(table)
    assert [found[name].taken_for for name in ("comment", "review", "likes")].count("text") == 1
    assert found["likes"].taken_for == "answer"
    assert "repeats the text" in {found["comment"].why, found["review"].why}


def test_what_is_shown_is_plain_data() -> None:
    shown = columns_of({"rating": FIVE, "text": list[object](TEXTS)})["rating"].shown()
    assert shown["scale"] == {"metric": "rating", "worst": 1.0, "best": 5.0}
    assert 0 < shown["confidence"] <= 1
    assert shown["why"]
