"""Corrections: checked, kept once, standing over every later run."""

from __future__ import annotations

from typing import Any

import pytest

from tests import _brand
from touchstone.core import finder
from touchstone.core.errors import Refused


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _brand.full(tmp_path_factory.mktemp("correct") / "home")


@pytest.fixture(scope="module")
def spoken(home: Any) -> dict[str, Any]:
    """A mention the model made, with the interaction it is in."""
    found = home.ask().lake("select interaction, touchpoint, sentiment from mention order by id limit 1").to_pylist()
    return dict(found[0])


def mentions(home: Any, interaction: str) -> dict[str, float]:
    sql = "select touchpoint, sentiment from mention where interaction = ? order by touchpoint, id"
    return {row["touchpoint"]: row["sentiment"] for row in home.ask().lake(sql, [interaction]).to_pylist()}


@pytest.mark.usefixtures("few_measures")
def test_a_correction_is_seen_at_once_and_stands_over_the_next_run(home: Any, spoken: dict[str, Any]) -> None:
    change = {"touchpoint": spoken["touchpoint"], "sentiment": -0.5 if spoken["sentiment"] > 0 else 0.5}
    kept = home.act("correct", table="mention", interaction=spoken["interaction"], change=change)
    assert kept["new"]
    assert mentions(home, spoken["interaction"])[spoken["touchpoint"]] == change["sentiment"]
    home.run(durable=False)
    assert mentions(home, spoken["interaction"])[spoken["touchpoint"]] == change["sentiment"]


def test_what_was_said_before_can_be_said_again(home: Any, spoken: dict[str, Any]) -> None:
    for polarity, sentiment in (("mixed", 0.0), ("positive", 1.0), ("mixed", 0.0)):
        change = {"touchpoint": spoken["touchpoint"], "polarity": polarity}
        assert home.act("correct", interaction=spoken["interaction"], change=change)["new"]
        assert mentions(home, spoken["interaction"])[spoken["touchpoint"]] == sentiment


def test_taking_back_brings_the_reading_of_the_machine_back(home: Any) -> None:
    sql = "select interaction, touchpoint, sentiment from mention order by id desc limit 1"
    [told] = home.ask().lake(sql).to_pylist()
    before = mentions(home, told["interaction"])
    change = {"touchpoint": told["touchpoint"], "becomes": "parking", "words": "  the   BILL "}
    kept = home.act("correct", interaction=told["interaction"], change=change)
    assert set(mentions(home, told["interaction"])) == {*before, "parking"} - {told["touchpoint"]}
    assert home.act("correct", interaction=told["interaction"], takes_back=kept["correction"])["new"]
    assert mentions(home, told["interaction"]) == before
    assert not home.act("correct", interaction=told["interaction"], takes_back=kept["correction"])["new"]
    with pytest.raises(Refused) as refusal:
        home.act("correct", interaction=told["interaction"], takes_back="none")
    assert refusal.value.field == "takes_back"


def test_quoted_words_become_the_span(home: Any) -> None:
    sql = "select id, text from interaction where text like '%the bill%' order by id limit 1"
    [told] = home.ask().lake(sql).to_pylist()
    change = {"touchpoint": "Parking", "polarity": "mixed", "words": "the bill"}
    home.act("correct", interaction=told["id"], change=change)
    found = "select start, stop from mention where interaction = ? and touchpoint = 'parking'"
    spans = home.ask().lake(found, [told["id"]]).to_pylist()
    assert [told["text"][each["start"] : each["stop"]] for each in spans] == ["the bill"]


def test_the_same_correction_is_kept_once(home: Any, spoken: dict[str, Any]) -> None:
    change = {"sentiment": 0.25, "touchpoint": spoken["touchpoint"]}
    first = home.act("correct", table="mention", interaction=spoken["interaction"], change=change)
    again = home.act(
        "correct", table="mention", interaction=spoken["interaction"], change=dict(reversed(change.items()))
    )
    assert again == {"correction": first["correction"], "new": False}


@pytest.mark.usefixtures("few_measures")
def test_all_fields_null_takes_the_mention_away(home: Any, spoken: dict[str, Any]) -> None:
    change = {"touchpoint": spoken["touchpoint"], "sentiment": None}
    home.act("correct", table="mention", interaction=spoken["interaction"], change=change)
    home.run(durable=False)
    assert spoken["touchpoint"] not in mentions(home, spoken["interaction"])


MISTAKES = [
    ("mention", {"sentiment": 1}),
    ("mention", {"touchpoint": "the moon", "sentiment": 1}),
    ("mention", {"touchpoint": None, "sentiment": 1}),
    ("mention", {"touchpoint": 0, "sentiment": 2}),
    ("mention", {"touchpoint": 0, "sentiment": True}),
    ("mention", {"touchpoint": 0, "sentiment": float("nan")}),
    ("mention", {"touchpoint": 0, "polarity": "furious"}),
    ("mention", {"touchpoint": 0, "start": 5, "stop": 2}),
    ("mention", {"touchpoint": 0, "start": 0, "stop": 10**9}),
    ("mention", {"touchpoint": 0, "id": "mine"}),
    ("mention", {"touchpoint": 0, "becomes": "the moon"}),
    ("mention", {"touchpoint": 0, "words": "nobody ever said this"}),
    ("mention", {}),
    ("signal", {"layer": "kind", "score": 1}),
    ("signal", {"layer": "kind", "label": "praise", "score": "high"}),
]


@pytest.mark.parametrize(("table", "change"), MISTAKES, ids=range(len(MISTAKES)))
def test_what_a_row_cannot_say_is_refused(
    home: Any, spoken: dict[str, Any], table: str, change: dict[str, Any]
) -> None:
    named = {name: home.store.taxonomy.names[value] if (name, value) == ("touchpoint", 0) else value
             for name, value in change.items()}  # fmt: skip
    with pytest.raises(Refused) as refusal:
        home.act("correct", table=table, interaction=spoken["interaction"], change=named)
    assert refusal.value.field == "change"


def test_an_unknown_interaction_is_refused(home: Any) -> None:
    with pytest.raises(Refused) as refusal:
        home.act("correct", table="mention", interaction="none", change={"touchpoint": "parking", "sentiment": 1})
    assert refusal.value.field == "interaction"


def test_an_object_may_be_written_as_json_where_only_text_can_be_given() -> None:
    given = finder.arguments("act", "correct", {"interaction": "x", "change": '{"touchpoint": "parking"}'})
    assert given == {"interaction": "x", "change": {"touchpoint": "parking"}}
    with pytest.raises(Refused) as refusal:
        finder.arguments("act", "correct", {"change": "parking"})
    assert refusal.value.field == "change"
