"""`tag` and `teach` as the contract has them."""

from __future__ import annotations

import json

import pytest

from touchstone.core.errors import Skip, Stop
from touchstone.core.taxonomy import parse
from touchstone.language.model import KINDS, load
from touchstone.language.tagger import tag
from touchstone.language.teacher import teach

MODEL = load()
GYM = parse("name: gym\nstages:\n- name: train\n  touchpoints: [equipment, changing room]")


def lessons(count: int) -> list[dict[str, object]]:
    """Sentences about two touchpoints whose words no taxonomy gives away."""
    made = []
    for number in range(count):
        good, first = number % 2 == 0, number % 4 < 2
        what, how = "blorps" if first else "zenkas", "superb" if good else "awful"
        made.append(
            {
                "text": f"The {what} were {how} today {number % 7}",
                "mentions": [
                    {
                        "touchpoint": "equipment" if first else "changing room",
                        "polarity": "positive" if good else "negative",
                    }
                ],
            }
        )
    return made


def test_answers_come_in_order_with_the_same_ids_and_plain_json():
    lines = [{"id": number, "text": text} for number, text in enumerate(["clean equipment", "", "hello"])]
    answers = list(tag(lines, model=MODEL, taxonomy=GYM))
    assert [answer["id"] for answer in answers] == [0, 1, 2]
    assert json.loads(json.dumps(answers)) == answers
    assert set(answers[0]) == {"id", "language", "mentions", "kinds", "probability", "promotional"}
    assert set(answers[0]["mentions"][0]) == {"touchpoint", "sentiment", "polarity", "confidence", "start", "stop"}
    assert all(0 <= score <= 1 for answer in answers for score in (*answer["kinds"].values(), answer["promotional"]))


def test_named_touchpoints_are_judged_each_once_and_no_others():
    text = "The showers were filthy but the trainers were great."
    lines = [{"id": 1, "text": text, "touchpoints": ["showers", "trainers", "showers", "parking"]}]
    (answer,) = tag(lines, model=MODEL, taxonomy=GYM)
    told = {each["touchpoint"]: each for each in answer["mentions"]}
    assert [each["touchpoint"] for each in answer["mentions"]] == ["showers", "trainers", "parking"]
    assert told["showers"]["polarity"] == "negative"
    assert told["trainers"]["polarity"] == "positive"
    assert all(0 <= each["start"] < each["stop"] <= len(text) for each in answer["mentions"])


def test_nothing_asked_of_a_text_gives_nothing():
    (answer,) = tag([{"text": "great equipment", "touchpoints": []}], model=MODEL, taxonomy=GYM)
    assert answer["mentions"] == []


def test_a_text_that_is_no_text_is_named():
    with pytest.raises(Skip, match="line 1"):
        list(tag([{"text": 5}], model=MODEL, taxonomy=GYM))


@pytest.mark.parametrize("count", [16, 80])
def test_taught_words_find_their_touchpoint(count):
    taught = teach(lessons(count), taxonomy=GYM, model=MODEL)
    (answer,) = tag([{"text": "My blorps were awful yesterday"}], model=taught)
    assert [(each["touchpoint"], each["polarity"]) for each in answer["mentions"]] == [("equipment", "negative")]
    (before,) = tag([{"text": "My blorps were awful yesterday"}], model=MODEL, taxonomy=GYM)
    assert before["mentions"] == []


def test_a_taught_model_is_one_file_that_carries_its_taxonomy_and_no_text(tmp_path):
    taught = teach(lessons(80), model=MODEL)
    taught.save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.taxonomy is not None
    assert again.taxonomy.names == ("equipment", "changing room")
    lines = [{"text": "blorps superb, zenkas awful"}]
    assert list(tag(lines, model=again)) == list(tag(lines, model=taught))
    assert b"blorps" not in (tmp_path / "model").read_bytes()
    assert again.version != MODEL.version
    assert again.confusion["positive"]["n"] == 40


def test_kinds_of_their_own_stand_beside_the_shipped_ones():
    examples = [{"text": f"block my card {number}", "kinds": ["card_lost"]} for number in range(40)]
    examples += [{"text": f"what is my balance {number}", "kinds": ["balance"]} for number in range(40)]
    taught = teach(examples, model=MODEL)
    (answer,) = tag([{"text": "please block the card"}], model=taught)
    assert set(answer["kinds"]) == {*KINDS, "card_lost", "balance"}
    assert answer["kinds"]["card_lost"] > 0.5 > answer["kinds"]["balance"]


def test_promotion_can_be_taught():
    examples = [{"text": f"the wizzle glows {number}", "promotional": True} for number in range(40)]
    examples += [{"text": f"the door stuck {number}", "promotional": False} for number in range(40)]
    taught = teach(examples, model=MODEL)
    one, other = tag([{"text": "a wizzle glows"}, {"text": "the door is stuck"}], model=taught)
    assert one["promotional"] > other["promotional"]


def test_conflict_reads_as_mixed_and_the_examples_spelling_holds():
    taught = teach([{"text": "Hm", "mentions": [{"touchpoint": "Lift No. 2", "polarity": "conflict"}]}], model=MODEL)
    assert taught.taxonomy is not None
    assert taught.taxonomy.names == ("Lift No. 2",)


def test_no_examples_give_the_same_answers():
    taught = teach([], taxonomy=GYM, model=MODEL)
    lines = [{"text": "The equipment is old"}]
    assert list(tag(lines, model=taught)) == list(tag(lines, model=MODEL, taxonomy=GYM))


@pytest.mark.parametrize(
    "example",
    [
        {},
        {"text": 3},
        {"text": "a", "mentions": [{}]},
        {"text": "a", "mentions": [{"touchpoint": "b", "polarity": "odd"}]},
    ],
)
def test_an_unusable_example_is_named(example):
    with pytest.raises(Skip, match="example 2"):
        teach([{"text": "fine"}, example], model=MODEL)


def test_a_file_that_is_no_model_says_what_to_do(tmp_path):
    (tmp_path / "odd").write_text("not a model")
    with pytest.raises(Stop, match="touchstone teach"):
        load(tmp_path / "odd")
    with pytest.raises(Stop, match="touchstone teach"):
        load(tmp_path / "absent")
    with pytest.raises(Stop, match="taxonomy"):
        MODEL.compile()
