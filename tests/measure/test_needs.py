"""Needs: what each level asks for, in its words, as large as it was planted and growing where it grows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.measure._answers import brand, mention, unfolded
from touchstone.core.errors import Refused
from touchstone.core.tables import INTERACTION, conform
from touchstone.listen.example import listen
from touchstone.measure import _drawn
from touchstone.measure.needs import measure
from touchstone.store.scratch import scratch

CHATTER = ("gasket", "flywheel", "dashboard", "tailgate", "chassis", "camshaft", "sunroof", "wiper", "clutch", "bumper")
CHARGE = (
    "charge at home",
    "charge at night",
    "charge in the flat",
    "charge at home, renters",
    "charge at night, renters",
)
STOCK = ("parts stock view", "shared parts stock", "stock view of parts", "shared stock", "parts stock, shared view")


def message(text: str, person: str, day: int = 0, **more: Any) -> dict[str, Any]:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return {"kind": "message", "level": "dealer", "text": text, "person": person, "occurred_at": at, **more}


def world(seed: int, *, stock: float = 0.0, charge: float = 0.0, growth: float = 1.0, count: int = 150) -> list[Any]:
    """Messages with two words of chatter each, some with a need; reviews with chatter alone beside them."""
    chance, rows = np.random.default_rng(seed), []
    for number in range(count):
        late = number >= count / 2
        told = ", ".join(chance.choice(CHATTER, 2, replace=False))
        draw = chance.random()
        if draw < stock * (growth if late else 1):
            told += ", " + str(chance.choice(STOCK))
        elif draw > 1 - charge:
            told += ", " + str(chance.choice(CHARGE))
        rows.append(message(told, f"d{number}", number))
        rows.append(message(", ".join(chance.choice(CHATTER, 3, replace=False)), f"r{number}", kind="review"))
    return rows


def told(rows: list[dict[str, Any]], **asked: Any) -> list[dict[str, Any]]:
    return unfolded(measure(brand(rows), **asked))


def test_each_need_is_found_in_the_words_of_those_who_have_it() -> None:
    found = told(world(1, stock=0.3, charge=0.4))
    assert len(found) == 2
    assert all(row["by"]["level"] == "dealer" for row in found)
    assert re.search("charge", found[0]["by"]["need"])
    assert re.search("stock", found[1]["by"]["need"])
    assert found[0]["low"] < 0.4 < found[0]["high"]
    assert found[0]["n"] == 150
    assert len(found[0]["detail"]["examples"]) == 3


def test_where_nothing_is_asked_hardly_anything_is_found() -> None:
    worlds = [told(world(seed, count=60)) for seed in range(10)]
    assert sum(each[0]["value"] is not None for each in worlds) <= 1
    assert "in common beyond chance" in worlds[0][0]["detail"]["why"]


def test_the_messages_of_a_need_are_those_that_have_it() -> None:
    for seed in range(8):
        rows = world(seed, stock=0.3, count=100)
        (row,) = told(rows)
        assert row["detail"]["texts"] == sum("stock" in each["text"] for each in rows)


def test_twice_as_many_who_ask_is_twice_the_figure() -> None:
    one, two = (np.mean([told(world(seed, stock=share))[0]["value"] for seed in range(4)]) for share in (0.2, 0.4))
    assert two / one == pytest.approx(2, rel=0.2)


def test_a_need_that_grows_says_so() -> None:
    steady, growing = (told(world(3, stock=0.15, growth=rate, count=400))[0]["detail"]["growth"] for rate in (1, 4))
    assert not steady["real"]
    assert growing["real"]
    assert growing["odds_ratio"] > 2


def test_complaints_with_a_wish_are_opportunities_and_wishes_to_work_with_others_are_told() -> None:
    rows = world(4)
    rows += [message(f"why can't the app talk to my {thing}", f"p{place}", id=f"w{place}")
             for place, thing in enumerate(["heat pump", "calendar"] * 20)]  # fmt: skip
    signals = [{"id": f"{label}{place}", "interaction": f"w{place}", "layer": "kind", "label": label, "score": 0.9}
               for place in range(40) for label in ("problem", "request")]  # fmt: skip
    spoken = [mention(f"w{place}", "service" if place < 30 else "sales", "negative") for place in range(40)]
    found = unfolded(measure(brand(rows, mentions=spoken, derived={"signal": signals})))
    assert found[0]["detail"]["touchpoints"] == {"service": 30, "sales": 10}
    assert found[0]["detail"]["with_others"]
    assert found[0]["detail"]["opportunities"] == 40


def test_levels_have_needs_of_their_own_and_groups_their_share() -> None:
    rows = world(5, stock=0.4)
    rows += [
        {**each, "level": "end_customer", "person": f"c{place}"} for place, each in enumerate(world(6, charge=0.4))
    ]
    assert {row["by"]["level"]: row["by"]["need"].split()[0] for row in told(rows)}.keys() == {"dealer", "end_customer"}
    cut = [{**each, "unit": "north" if place % 2 else "south"} for place, each in enumerate(world(7, stock=0.4))]
    assert {row["by"].get("unit") for row in told(cut, by=["unit"])} <= {"north", "south"}


@pytest.mark.parametrize("reviews", [0, 150])
def test_what_two_levels_need_is_found_with_both(reviews: int) -> None:
    rows = [each for each in world(9, stock=0.4, charge=0.3) if each["kind"] == "message"]
    rows += [{**each, "level": "distributor", "person": f"x{each['person']}"} for each in rows]
    rows += [each for each in world(10, count=reviews) if each["kind"] == "review"]
    found = told(rows)
    for level in ("dealer", "distributor"):
        needs = [row["by"]["need"] for row in found if row["by"]["level"] == level]
        assert sum("stock" in need for need in needs) == 1
        assert sum("charge" in need for need in needs) == 1


def test_of_very_many_texts_the_same_are_drawn_whether_or_not_most_are_passed_over(monkeypatch: Any) -> None:
    told_by = enumerate(world(8, stock=0.4, count=2_700))
    rows = [{**each, "id": sha256(str(place).encode()).hexdigest()[:32]} for place, each in told_by]
    found = told(rows, sample=150)
    assert found[0]["detail"]["sampled"]
    assert found[0]["n"] == 150
    monkeypatch.setattr(_drawn, "_SLACK", 10**6)
    assert found == told(rows, sample=150)


def test_a_file_of_requests_is_grouped_without_anything_else() -> None:
    texts = [*CHARGE * 8, *STOCK * 8]
    file = pa.table({"text": texts, "person": [str(place) for place in range(len(texts))]})
    found = unfolded(measure(scratch([], given=file)))
    assert len(found) == 2
    assert {row["value"] for row in found} == {0.5}
    assert told([]) == []
    with pytest.raises(Refused):
        measure(scratch([], given=file.select(["person"])))


PLANTED = {
    "charging-home": "charge at", "other-apps": "heat pump|chargers|calendar|bus card",
    "quiet-ride": "quiet corner|seats that|bed for|a baby", "parts-stock": "parts stock|which warehouse",
    "warranty-pay": "warranty (money|claims|hours)", "technicians": "technicians|mechanics|apprentices",
    "forecast": "blind", "freight": "freight", "one-record": "one record|single file",
    "answers-between": "answer time|named contact",
}  # fmt: skip


def test_eight_of_the_ten_largest_needs_of_the_example_brand_were_planted() -> None:
    batches = [
        each for each in listen(interactions=20_000, dealers=12, customers=4_000) if isinstance(each, pa.RecordBatch)
    ]
    heard = conform(pa.Table.from_batches(batches), INTERACTION)
    heard = heard.filter(pc.is_valid(heard["text"]))
    heard = heard.set_column(1, "id", pc.binary_join_element_wise(heard["source"], heard["source_id"], "/"))
    ideas = heard.filter(pc.equal(heard["source"], "ideas"))["text"].to_pylist()
    size = {need: sum(bool(re.search(words, text.lower())) for text in ideas) for need, words in PLANTED.items()}
    found = sorted(unfolded(measure(scratch(heard))), key=lambda row: -row["detail"]["texts"])[:10]
    hits = [any(_speaks(row, words) and row["detail"]["texts"] >= size[need] / 2 for need, words in PLANTED.items())
            for row in found]  # fmt: skip
    assert len(found) == 10
    assert sum(hits) >= 8


def _speaks(row: dict[str, Any], words: str) -> bool:
    """Whether the words that name a need are among those planted for it."""
    plain = {each for part in row["by"]["need"].split(", ") for each in part.split()}
    return bool(plain & set(re.findall("[a-z]{4,}", words)))
