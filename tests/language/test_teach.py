"""Teaching: better with each example, never worse than before, in seconds, with what to expect said."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import numpy as np
import pytest

from touchstone.cli import main
from touchstone.core.errors import Skip
from touchstone.core.taxonomy import parse
from touchstone.language.examples import collect
from touchstone.language.expected import f1, sharpness, steepness, wilson
from touchstone.language.model import load
from touchstone.language.tagger import tag
from touchstone.language.teacher import teach
from touchstone.language.tokens import strings
from touchstone.language.unsure import unsure

SHOP = parse(
    "name: shop\nstages:\n- name: all\n  touchpoints:\n"
    "  - {name: delivery, description: when and how the parcel arrives}\n"
    "  - {name: returns, description: sending a thing back and getting the money}\n"
    "  - {name: fitting room, description: trying clothes on in the shop}\n"
)
SAID = {
    "delivery": ["the courier", "my parcel", "the shipment", "the van", "tracking", "the doorstep box"],
    "returns": [
        "the refund",
        "sending it back",
        "the label for the way back",
        "my money",
        "the exchange",
        "the voucher",
    ],
    "fitting room": ["the mirror", "the curtain", "trying on", "the cubicle", "the hooks", "the stool in there"],
}
HOW = ["was {0} last week", "seemed {0} to me", "is {0} as ever", "turned out {0} again", "felt {0}, honestly"]
WORDS = ["fine", "awful", "slow", "lovely", "odd", "poor", "great", "messy"]


def said(count: int, seed: int) -> list[dict[str, object]]:
    """Sentences about one or two touchpoints, each named by one of its six turns of phrase."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        about = random.choice(list(SAID), 1 + int(random.random() < 0.3), replace=False).tolist()
        parts = [f"{random.choice(SAID[name])} {random.choice(HOW).format(random.choice(WORDS))}" for name in about]
        made.append({"text": " while ".join(parts).capitalize() + ".", "mentions": [{"touchpoint": n} for n in about]})
    return made


def found(model, examples) -> float:
    """F1 of touchpoints in examples."""
    names = SHOP.names
    told, truth = (np.zeros((len(examples), len(names)), np.bool_) for _ in range(2))
    for place, answer in enumerate(tag([{"text": each["text"]} for each in examples], model=model, taxonomy=SHOP)):
        for mention in answer["mentions"]:
            told[place, names.index(mention["touchpoint"])] = True
        for mention in examples[place]["mentions"]:
            truth[place, names.index(mention["touchpoint"])] = True
    return f1(told, truth)[0]


def test_it_gets_better_with_examples():
    held_apart = said(300, seed=1)
    scores = [found(teach(said(count, seed=2), taxonomy=SHOP), held_apart) for count in (0, 4, 16, 64, 256)]
    assert all(after >= before - 0.03 for before, after in pairwise(scores)), scores
    assert scores[-1] > 0.95 > scores[0], scores


def test_what_is_expected_holds_of_other_texts():
    taught = teach(said(200, seed=3), taxonomy=SHOP)
    expected = taught.facts["expected"]["touchpoints"]
    assert set(expected) == set(SHOP.names)
    assert all(each["low"] <= each["f1"] <= each["high"] and each["n"] > 20 for each in expected.values())
    assert found(taught, said(300, seed=4)) >= min(each["low"] for each in expected.values())


def test_examples_that_contradict_themselves_leave_the_shipped_touchpoints():
    examples = said(60, seed=5)
    random = np.random.default_rng(6)
    clear = [
        {"text": f"The {name} {random.choice(HOW).format(random.choice(WORDS))}.", "mentions": [{"touchpoint": name}]}
        for name in SHOP.names
        for _ in range(4)
    ]
    lost = [{"text": each["text"], "mentions": []} for each in examples]
    taught = teach(clear + lost, taxonomy=SHOP)
    assert found(taught, clear) >= found(teach([], taxonomy=SHOP), clear) - 0.05


def test_one_touchpoint_for_each_text_is_learned_as_such():
    examples = [each for each in said(300, seed=7) if len(each["mentions"]) == 1]
    taught = teach(examples, taxonomy=SHOP)
    assert taught.taught["touchpoints"]["exclusive"]
    answers = list(tag([{"text": "Zzyzx quux"}, {"text": "The curtain was odd again"}], model=taught))
    assert [len(answer["mentions"]) for answer in answers] == [1, 1]
    assert answers[1]["mentions"][0]["touchpoint"] == "fitting room"


def test_words_known_by_their_stem_keep_what_they_said_before():
    texts = ["the waitressing disappointed"] * 3
    examples = [{"text": text, "kinds": []} for text in texts]
    lines = [{"text": text} for text in texts]
    assert list(tag(lines, model=teach(examples, taxonomy=SHOP))) == list(tag(lines, model=load(), taxonomy=SHOP))


def test_other_endings_of_taught_words_are_known():
    examples = [
        {"text": f"the {'blorping' if n % 2 else 'zenkering'} was {WORDS[n % 8]}", "kinds": [["b", "z"][n % 2 == 0]]}
        for n in range(40)
    ]
    (answer,) = tag([{"text": "they blorpingly came"}], model=teach(examples))
    assert answer["kinds"]["b"] > 0.5 > answer["kinds"]["z"]


def test_a_taught_model_reads_by_the_cues_it_learned_by():
    texts = strings(["The parcel and the doorstep delivery came when the shop said.", "Clothes, money, a thing."])
    taught, shipped = (model.compile(SHOP).found(texts).cues for model in (teach(said(40, seed=2)), load()))
    assert shipped.any()
    assert np.array_equal(taught, shipped)


def test_thousands_of_examples_take_seconds():
    began = time.process_time()
    teach(said(3_000, seed=8), taxonomy=SHOP)
    assert time.process_time() - began < 15


@pytest.mark.parametrize("most", [1, 5, 50])
def test_the_texts_to_ask_for_are_doubtful_and_unlike(most):
    taught = teach(said(120, seed=9), taxonomy=SHOP)
    texts = ["My parcel was fine.", "", *["Some other matter entirely was odd."] * 20, "The cubicle refund was slow."]
    order = unsure(taught.compile(), texts, most=most)
    assert len(order) == min(most, len(texts) - 1)
    assert 1 not in order
    assert len(set(order)) == len(order)
    if most >= 5:
        assert len({texts[place] for place in order[:3]}) == 3


def test_a_share_of_none_is_anything_and_of_all_is_near_one():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(50, 100)
    assert (round(low, 4), round(high, 4)) == (0.4038, 0.5962)


def test_logits_of_a_known_curve_are_found_again():
    random = np.random.default_rng(1)
    scores = random.normal(size=20_000).astype(np.float32)
    labels = (random.random(20_000) < 1 / (1 + np.exp(-(3 * scores - 1)))).astype(np.float32)
    slope, shift = steepness(scores, labels)
    assert slope == pytest.approx(3, abs=0.15)
    assert shift == pytest.approx(-1, abs=0.1)


def test_too_sharp_logits_are_blunted():
    random = np.random.default_rng(2)
    logits = random.normal(size=(5_000, 3)) * 2
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([random.choice(3, p=row) for row in chance])
    assert sharpness((4 * logits).astype(np.float32), np.eye(3, dtype=np.float32)[truth]) == pytest.approx(
        0.25, rel=0.1
    )


def test_of_very_many_examples_some_are_drawn_and_all_are_checked():
    examples = [{"text": str(number)} for number in range(1_000)]
    drawn = [int(text) for text in collect(examples, SHOP, most=100).texts]
    assert len(drawn) == len(set(drawn)) == 100
    assert 350 < sum(drawn) / 100 < 650
    with pytest.raises(Skip, match="example 1001"):
        collect([*examples, {"text": 5}], SHOP, most=100)


def test_the_command_says_what_to_expect_and_writes_what_to_ask(tmp_path, capsys):
    source, model, ask = tmp_path / "examples.jsonl", tmp_path / "model", tmp_path / "ask.jsonl"
    lines = [*said(40, seed=10), {"text": "The refund while the curtain was odd.", "id": 7}]
    source.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert main(["teach", str(source), "-o", str(model), "--ask", str(ask)]) == 0
    assert "touchpoints delivery: F1" in capsys.readouterr().err
    assert [json.loads(line)["id"] for line in ask.read_text("utf-8").splitlines()] == [7]
