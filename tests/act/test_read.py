"""People's readings of random texts, and what they do to the figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import touchstone
from touchstone.core.errors import Refused

TEXTS = ("The test drive was horrible.", "The test drive was lovely.")


@pytest.fixture
def home(tmp_path: Path) -> Any:
    home = touchstone.open(str(tmp_path / "home"), taxonomy="auto_dealer")
    rows = [
        {"source": "letters", "source_id": str(n), "kind": "review", "occurred_at": "2026-11-01", "text": TEXTS[n % 2]}
        for n in range(200)
    ]
    home.act("receive", interactions=rows)
    return home


def figure(home: Any) -> dict[str, Any]:
    [row] = [each for each in home.rows("measure", "sentiment", by=["touchpoint"], settings={}) if each["n"] >= 100]
    return dict(row)


@pytest.mark.usefixtures("few_measures")
def test_readings_move_the_figure_to_what_people_read(home: Any, tmp_path: Path) -> None:
    home.run(durable=False)
    before = figure(home)
    labels = tmp_path / "labels.jsonl"
    mention = {"touchpoint": "test drive", "polarity": "negative"}
    labels.write_text("\n".join(json.dumps({"source_id": str(n), "mentions": [mention]}) for n in range(80)), "utf-8")
    assert home.act("read", file=labels) == {"read": 80, "unknown": 0}
    assert home.act("read", file=labels) == {"read": 0, "unknown": 0}
    home.run(durable=False)
    after = figure(home)
    assert before["value"] == pytest.approx(0, abs=0.05)
    assert after["value"] == pytest.approx(-1, abs=0.35)
    assert after["detail"]["corrected"] is True
    assert after["low"] <= -0.9


def test_a_reading_of_a_text_that_is_not_here_is_counted_as_unknown(home: Any) -> None:
    assert home.act("read", interaction="nobody", mentions=[]) == {"read": 0, "unknown": 1}


def test_a_touchpoint_that_is_none_is_refused(home: Any) -> None:
    home.store.derive()
    id = home.ask().lake("select min(id) as id from interaction")["id"][0].as_py()
    with pytest.raises(Refused, match="no touchpoint"):
        home.act("read", interaction=id, mentions=[{"touchpoint": "the moon", "polarity": "negative"}])
