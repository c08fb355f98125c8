"""Texts drawn by their ids: the same whether or not most are passed over, others by another seed, none preferred."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from tests.measure._answers import brand
from touchstone.measure import _drawn
from touchstone.measure._drawn import among, lot

COUNT, WANTED = 4_000, 200
IDS = [sha256(str(place).encode()).hexdigest()[:32] for place in range(COUNT)]


@pytest.fixture
def no_slack(monkeypatch: Any) -> None:
    monkeypatch.setattr(_drawn, "_SLACK", 100)


def drawn(lake: Any, seed: int, *, passing_over: bool = True) -> list[str]:
    few = among(seed, COUNT, WANTED) if passing_over else "true"
    found = lake(f"SELECT id FROM interaction WHERE {few} ORDER BY {lot(seed)}, id LIMIT {WANTED}")["id"]
    return list(found.to_pylist())


@pytest.mark.usefixtures("no_slack")
def test_the_same_are_drawn_whether_or_not_most_are_passed_over_and_in_any_order_of_rows() -> None:
    lake, turned = (brand([{"id": each} for each in ids]).lake for ids in (IDS, IDS[::-1]))
    kept = []
    for seed in range(20):
        found = drawn(lake, seed)
        assert len(found) == WANTED
        assert found == drawn(turned, seed, passing_over=False)
        kept.append(lake(f"SELECT count(*) AS n FROM interaction WHERE {among(seed, COUNT, WANTED)}")["n"][0].as_py())
    assert any(" OR " in str(among(seed, COUNT, WANTED)) for seed in range(20))  # past the last id comes the first
    assert max(kept) < 4 * WANTED


@pytest.mark.usefixtures("no_slack")
def test_no_text_is_preferred() -> None:
    lake = brand([{"id": each} for each in IDS]).lake
    place = {each: at for at, each in enumerate(IDS)}
    seeds = 60
    early = [np.mean([place[each] < COUNT / 2 for each in drawn(lake, seed)]) for seed in range(seeds)]
    assert abs(np.mean(early) - 0.5) < 4 * np.std(early) / np.sqrt(seeds)
    assert len({tuple(drawn(lake, seed)) for seed in range(10)}) == 10


def test_few_texts_are_all_sorted() -> None:
    assert among(0, 4 * (WANTED + 500), WANTED) is None
