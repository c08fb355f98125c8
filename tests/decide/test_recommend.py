"""Recommendations as a company meets them: files of choices, ratings and questions, complaints, homes."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from touchstone.core.errors import Refused
from touchstone.core.fields import typed
from touchstone.decide.recommend import FIELDS, decide
from touchstone.home.one_shot import one_shot
from touchstone.home.rows import plain
from touchstone.store.scratch import scratch

Row = dict[str, Any]


def told(rows: list[Row], **settings: Any) -> list[Row]:
    """What is decided on a file of these rows."""
    return plain(decide(scratch([], given=typed(pa.Table.from_pylist(rows), FIELDS)), **settings))


def tastes(*, persons: int = 40, seed: int = 3) -> list[Row]:
    """People of two tastes, who chose four of the six products of theirs and one that everybody has."""
    chance = random.Random(seed)
    rows = []
    for at in range(persons):
        kind = "tea" if at % 2 else "coffee"
        for n in chance.sample(range(6), 4):
            rows.append({"person": f"p{at:02}", "product": f"{kind}-{n}"})
        rows.append({"person": f"p{at:02}", "product": "cup"})
    return rows


def test_people_are_offered_what_goes_with_their_taste_and_told_why() -> None:
    rows = told(tastes(), top=2, ridge=5.0)
    chosen = {(each["person"], each["product"]) for each in tastes()}
    assert [(each["person"], each["rank"]) for each in rows[:4]] == [("p00", 1), ("p00", 2), ("p01", 1), ("p01", 2)]
    for each in rows:
        own = "tea" if int(each["person"][1:]) % 2 else "coffee"
        assert each["product"].startswith(own)
        assert (each["person"], each["product"]) not in chosen
        because = each["detail"]["because"]
        assert len(set(because)) == 2
        assert any(name.startswith(own) for name in because)
        assert all((each["person"], name) in chosen for name in because)
        assert all(name in each["detail"]["reason"] for name in because)


def test_the_order_of_rows_never_matters() -> None:
    rows = [{**each, "value": float(1 + at % 5)} for at, each in enumerate(tastes())]
    shuffled = [*rows, *rows[:7]]
    random.Random(5).shuffle(shuffled)
    assert told(shuffled) == told([*rows, *rows[:7]])


def test_taking_the_named_choices_out_of_the_file_lowers_the_product() -> None:
    rows = tastes()
    first = told(rows, top=1, ridge=5.0)
    for each in first[::5]:
        gone = {(each["person"], name) for name in each["detail"]["because"]}
        again = told([row for row in rows if (row["person"], row["product"]) not in gone], top=20, ridge=5.0)
        now = next(row for row in again if (row["person"], row["product"]) == (each["person"], each["product"]))
        assert now["rank"] > 1
        assert now["value"] < each["value"]


def test_nothing_is_offered_to_who_has_an_open_complaint() -> None:
    rows = [{**each, "open_complaint": int(each["person"] == "p03")} for each in tastes()]
    persons = {each["person"] for each in told(rows)}
    assert len(persons) == 39
    assert "p03" not in persons


def test_a_newcomer_is_told_what_is_popular_and_that_it_is() -> None:
    rows = told([*tastes(), {"person": "new", "product": None}], person=["new"])
    assert rows[0]["product"] == "cup"
    assert rows[0]["detail"]["because"] == []
    assert rows[0]["detail"]["reason"] == "Nothing is known of their choices yet; 40 of 41 customers chose it."
    assert {each["person"] for each in rows} == {"new"}


def test_the_price_is_shown_plainly() -> None:
    rows = [{**each, "amount": 3.0 + len(each["product"]), "currency": "EUR"} for each in tastes()]
    prices = [each["detail"]["price"] for each in told(rows) if each["product"].startswith("tea")]
    assert prices[0] == {"value": 8.0, "least": 8.0, "most": 8.0, "currency": "EUR", "n": prices[0]["n"]}


def test_rows_without_a_value_are_questions_and_nothing_else_is_printed(tmp_path: Path) -> None:
    chance = random.Random(2)
    rows = [{**each, "value": 5.0 if chance.random() < 0.8 else 2.0} for each in tastes()]
    asked = [{"person": "p00", "product": "tea-1", "value": None}, {"person": "new", "product": "cup", "value": None}]
    file = tmp_path / "choices.csv"
    lines = [
        f"{each['person']},{each['product']},{'' if each['value'] is None else each['value']}" for each in rows + asked
    ]
    file.write_text("\n".join(["who,what,stars", *lines]))
    names = {"person": "who", "product": "what", "value": "stars"}
    found = one_shot("decide", "recommend", file=str(file), map=names, set={"best": "5", "worst": "1"}, by=[])
    assert [(each["person"], each["product"], each["rank"]) for each in found] == [
        ("new", "cup", None), ("p00", "tea-1", None),
    ]  # fmt: skip
    assert all(1 <= each["low"] <= each["value"] <= each["high"] <= 5 for each in found)


def test_problems_of_a_file_are_told_apart_by_scenario() -> None:
    rows = [{**each, "scenario": name} for name in ("one", "two") for each in tastes(persons=6)]
    found = told(rows, top=1)
    assert [each["scenario"] for each in found] == ["one"] * 6 + ["two"] * 6
    assert [each["product"] for each in found[:6]] == [each["product"] for each in found[6:]]


def test_a_value_that_is_no_number_counts_as_none() -> None:
    odd = {"a": float("inf"), "b": float("nan"), "c": 3.0}
    rows = told([{"person": name, "product": f"x-{name}", "value": value} for name, value in odd.items()], top=1)
    assert all(0 <= each["value"] <= 1 for each in rows)


@pytest.mark.parametrize("rows", [[{"person": "a", "product": None}], [{"person": None, "product": "x"}]])
def test_where_nothing_was_chosen_nothing_is_offered(rows: list[Row]) -> None:
    assert told(rows) == []


def test_a_column_that_is_missing_or_a_setting_that_cannot_be_is_refused() -> None:
    with pytest.raises(Refused, match="product"):
        told([{"person": "a"}])
    with pytest.raises(Refused, match="top"):
        told(tastes(), top=0)


@pytest.fixture
def home() -> Any:
    """Purchases of a home; p01 complained of the bill and was pleased later, p03 complained and said no more."""
    bought = [{**each, "kind": "purchase", "unit": "north", "amount": 20.0, "currency": "EUR"} for each in tastes()]
    said = [
        {
            "id": "s1",
            "kind": "message",
            "person": "p01",
            "unit": "north",
            "text": "The bill is wrong",
            "occurred_at": 1,
        },
        {"id": "s2", "kind": "message", "person": "p01", "unit": "south", "text": "Bill mended", "occurred_at": 2},
        {
            "id": "s3",
            "kind": "message",
            "person": "p03",
            "unit": "north",
            "text": "The bill is wrong",
            "occurred_at": 3,
        },
    ]
    mentions = [
        {"id": f"m{n}", "interaction": f"s{n}", "touchpoint": "bill", "polarity": mood}
        for n, mood in ((1, "negative"), (2, "positive"), (3, "negative"))
    ]
    return scratch([{"id": f"b{n}", **each} for n, each in enumerate(bought)] + said, mentions=mentions)


def test_where_nobody_is_named_each_product_says_what_goes_with_it_and_nothing_of_anybody(home: Any) -> None:
    rows = plain(decide(home, ridge=5.0))
    assert all(set(each) & {"person", "rank"} == set() for each in rows)
    adds = {each["product"]: each["detail"]["adds"] for each in rows}
    told = plain(decide(home, person=["p01"], top=1, ridge=5.0))[0]
    for name, part in zip(told["detail"]["because"], told["detail"]["adds"], strict=True):
        assert adds[name][told["product"]] == pytest.approx(part, abs=1e-6)


def test_a_home_answers_for_the_persons_asked_for_and_stores_nothing_of_the_others(home: Any) -> None:
    table = decide(home, person=["p01", "p03", "nobody"], top=2, ridge=5.0)
    assert {tuple(each) for each in table["about"].to_pylist()} == {("north", "south"), ()}
    rows = plain(table)
    assert [each["person"] for each in rows] == ["nobody", "nobody", "p01", "p01"]  # p03 has an open complaint
    assert rows[2]["product"].startswith("tea")
    price = rows[2]["detail"]["price"]
    assert (price["value"], price["currency"], price["n"]) == (20.0, "EUR", rows[2]["detail"]["chosen_by"])
    json.dumps(rows)


def test_a_customer_of_several_ids_is_one_and_a_complaint_of_any_of_them_silences() -> None:
    rows = [{**each, "kind": "purchase", "unit": "north"} for each in tastes()]
    own = {each["product"] for each in rows if each["person"] in ("p00", "p01")}
    same = [{"person": who, "customer": "c", "kept": who == "p00"} for who in ("p00", "p01")]
    found = plain(decide(scratch(rows, derived={"customer": same}), person=["p01"], ridge=5.0))
    assert {each["person"] for each in found} == {"p00"}
    assert not own & {each["product"] for each in found}
    bad = {"id": "s", "source_id": "s", "kind": "message", "person": "p01", "text": "The bill is wrong"}
    mention = [{"id": "m", "interaction": "s", "touchpoint": "bill", "polarity": "negative"}]
    angry = scratch([*rows, bad], mentions=mention, derived={"customer": same})
    assert decide(angry, person=["p00"]).num_rows == 0
    assert decide(angry, person=["p02"]).num_rows > 0
