"""What rows say of themselves: JSON for all rows at once, the same as row by row."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from touchstone.measure._details import Details, Tallies

WORDS = st.text(max_size=8) | st.sampled_from(['"', "}, {", ", ", "\\", "ü", "\u2028"])


@given(st.lists(st.tuples(WORDS, st.floats() | st.none(), st.integers(-(2**60), 2**60)), max_size=6))
def test_every_row_says_what_it_was_given(rows: list[tuple[str, float | None, int]]) -> None:
    details = Details(len(rows))
    details.alike(formula="a, b", scale={"worst": 1, "best": None})
    details.words("word", [word for word, _, _ in rows])
    details.numbers("figure", np.array([np.nan if each is None else each for _, each, _ in rows], float))
    details.numbers("count", np.array([count for _, _, count in rows], np.int64))
    odd = np.arange(len(rows))[1::2]
    details.numbers("odd", odd, at=odd)
    told = [json.loads(each) for each in details.json()]
    for place, (row, (word, figure, count)) in enumerate(zip(told, rows, strict=True)):
        known = figure is not None and np.isfinite(figure)
        assert row == {
            "formula": "a, b", "scale": {"worst": 1, "best": None}, "word": word, "count": count,
            "figure": round(figure, 6) if known and figure is not None else None,
            **({"odd": place} if place % 2 else {}),
        }  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 3), WORDS | st.none(), st.integers(0, 9)), min_size=1))
def test_tallies_count_labels_of_groups(rows: list[tuple[int, str | None, int]]) -> None:
    group, label, n = (
        np.array(each, kind) for each, kind in zip(zip(*rows, strict=True), (int, object, float), strict=True)
    )
    found = Tallies.of(group, label, n, size=4)
    for number, text in enumerate(found.json()):
        counts: dict[str, int] = {}
        for place, name, amount in rows:
            if place == number:
                counts[name or "unknown"] = counts.get(name or "unknown", 0) + amount
        assert json.loads(text) == counts
        every = sum(counts.values())
        assert abs(found.mean({"": 9.0, "unknown": 2.0})[number] - 2 * counts.get("unknown", 0) / max(every, 1)) < 1e-12
