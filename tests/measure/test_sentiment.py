"""Sentiment of mentions: counted once each, and corrected for what the machine misreads."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.measure._answers import answer, brand, mention, unfolded
from touchstone.core.errors import Refused
from touchstone.measure.sentiment import measure

CONFUSION = {
    "positive": {"positive": 170, "negative": 10, "neutral": 20},
    "negative": {"positive": 14, "negative": 160, "neutral": 26},
    "neutral": {"positive": 20, "negative": 15, "neutral": 60, "mixed": 5},
}


def spoken(*polarities: str) -> object:
    rows = [answer(None, id=str(at), metric=None) for at in range(len(polarities))]
    return brand(rows, mentions=[mention(str(at), "sales", each) for at, each in enumerate(polarities)])


def test_net_sentiment_is_positive_less_negative_of_all() -> None:
    [row] = unfolded(measure(spoken("positive", "positive", "negative", "neutral", "mixed")))
    assert row["value"] == pytest.approx(0.2)
    assert row["detail"]["counts"] == {"positive": 2, "negative": 1, "neutral": 1, "mixed": 1}
    assert row["detail"]["corrected"] is False


def test_all_mentions_of_one_touchpoint_in_one_text_count_once() -> None:
    said = [("sales", "positive"), ("sales", "positive"), ("service", "positive"), ("service", "negative")]
    mentions = [mention("1", *each, start=at) | {"id": str(at)} for at, each in enumerate(said)]
    found = unfolded(measure(brand([answer(None, id="1")], mentions=mentions), by=["touchpoint"]))
    assert [(row["by"]["touchpoint"], row["value"], row["n"]) for row in found] == [("sales", 1, 1), ("service", 0, 1)]


def test_the_correction_moves_the_figure_and_its_doubt_joins_the_interval() -> None:
    ask = spoken(*["positive"] * 600, *["negative"] * 300, *["neutral"] * 100)
    [plain], [mended] = (unfolded(measure(ask, confusion=each)) for each in ("none", CONFUSION))
    assert mended["value"] > plain["value"]
    assert mended["detail"]["uncorrected"] == pytest.approx(plain["value"])
    assert mended["detail"]["labels"] == 500
    assert mended["high"] - mended["low"] > plain["high"] - plain["low"]
    assert "misread" in mended["detail"]["formula"]


def test_the_corrected_interval_holds_the_truth() -> None:
    random = np.random.default_rng(2)
    matrix = np.array([[0.85, 0.05, 0.1], [0.07, 0.8, 0.13], [0.2, 0.15, 0.65]])
    names, held = ("positive", "negative", "neutral"), []
    true = random.dirichlet([2, 1.5, 1], 12)
    for _ in range(12):
        labels = {
            name: dict(zip(names, random.multinomial(100, row).tolist(), strict=True))
            for name, row in zip(names, matrix, strict=True)
        }
        said = [random.choice(names, 25, p=shares @ matrix) for shares in true]
        units = [f"u{unit:02d}" for unit in range(12) for _ in range(25)]
        rows = [answer(None, id=str(at), metric=None, unit=unit) for at, unit in enumerate(units)]
        mentions = [mention(str(at), "sales", str(each)) for at, each in enumerate(np.concatenate(said))]
        found = measure(brand(rows, mentions=mentions), by=["unit"], shrink=False, confusion=labels).to_pylist()
        held += [row["low"] <= each[0] - each[1] <= row["high"] for row, each in zip(found, true, strict=True)]
    assert np.mean(held) >= 0.93


def test_shares_with_how_many_stand_read_as_the_counts_do() -> None:
    ask = spoken(*["positive"] * 30, *["negative"] * 20)
    shares = {true: {**{name: n / sum(said.values()) for name, n in said.items()}, "n": sum(said.values())}
              for true, said in CONFUSION.items()}  # fmt: skip
    one, two = (measure(ask, confusion=json.dumps(each)).to_pylist()[0] for each in (CONFUSION, shares))
    assert one["value"] == pytest.approx(two["value"])
    assert one["low"] == pytest.approx(two["low"])


def test_labels_that_cannot_tell_the_classes_apart_leave_the_figure_as_read() -> None:
    level = {true: {"positive": 5, "negative": 5, "neutral": 5} for true in ("positive", "negative", "neutral")}
    [row] = unfolded(measure(spoken("positive"), confusion=level))
    assert (row["value"], row["detail"]["corrected"]) == (1, False)


def test_a_bias_known_from_labels_moves_each_touchpoint_and_joins_the_interval() -> None:
    rows = [answer(None, id=str(at), metric=None) for at in range(90)]
    names = ("sales", "service", "parking")
    said = [mention(str(at), names[at % 3], "positive" if at % 2 else "negative") for at in range(90)]
    ask = brand(rows, mentions=said)
    known = {
        "": {"bias": 0.2, "deviation": 0.05},
        "sales": {"bias": 0.5, "deviation": 0.1},
        "service": {"bias": 0, "deviation": 0},
    }
    found = {row["by"]["touchpoint"]: row for row in unfolded(measure(ask, by=["touchpoint"], bias=known))}
    assert [round(found[name]["value"], 6) for name in names] == [0.5, 0, 0.2]
    width = {name: row["high"] - row["low"] for name, row in found.items()}
    assert width["parking"] > width["service"]
    [whole] = unfolded(measure(ask, bias=json.dumps(known)))
    assert whole["value"] == pytest.approx(0.2)
    assert whole["detail"]["corrected"]


@pytest.mark.parametrize("bias", ["{", '{"": 3}', '{"": {"bias": 1}}', '{"": {"bias": 1, "deviation": -1}}', "[1]"])
def test_a_bias_that_cannot_be_read_is_refused(bias: str) -> None:
    with pytest.raises(Refused) as refused:
        measure(spoken("positive"), bias=bias)
    assert refused.value.field == "bias"


@pytest.mark.parametrize("confusion", ["{", '{"good": {}}', '{"positive": 3}', '{"positive": {"positive": -1}}', "[1]"])
def test_a_confusion_that_cannot_be_read_is_refused(confusion: str) -> None:
    with pytest.raises(Refused) as refused:
        measure(spoken("positive"), confusion=confusion)
    assert refused.value.field == "confusion"
