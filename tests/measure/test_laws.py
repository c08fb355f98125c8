"""What holds for every measure: nothing in, nothing out; value within its limits; order of rows does not matter."""

from __future__ import annotations

import inspect
import json
import random
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.measure._answers import answer, brand, mention
from touchstone.core import finder
from touchstone.core.errors import Refused
from touchstone.core.tables import METRIC
from touchstone.store.scratch import Scratch

NAMES = [
    name
    for name in finder.names("measure")
    if {"by", "where", "since", "until"} <= set(finder.settings("measure", name))
]
CUTS: tuple[tuple[str, ...], ...] = (
    (),
    ("unit",),
    ("touchpoint",),
    ("unit", "touchpoint"),
    ("region", "year"),
    ("stage",),
)
SCALES = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (7.0, 1.0), "rating": (1.0, 5.0), "boolean": (0.0, 1.0)}
REGIONS = [{"id": "a", "region": "north"}, {"id": "b", "region": "south"}, {"id": "c", "region": "north"}]

cell = st.tuples(
    st.sampled_from(sorted(SCALES)),
    st.floats(0, 1),
    st.sampled_from(["a", "b", "c", "d", None]),
    st.sampled_from(["sales", "service", None]),
    st.sampled_from(["2026-01-05", "2026-01-31", "2026-02-01", "2026-02-28", None]),
    st.sampled_from(["positive", "negative", "neutral", "mixed", None]),
)


@cache
def nothing() -> Scratch:
    """A brand that has heard nothing."""
    return brand([])


@cache
def serves(name: str, cut: tuple[str, ...]) -> bool:
    """Whether the measure knows this cut: one of behaviour may not."""
    try:
        finder.verb("measure", name)(nothing(), by=cut)
    except Refused:
        return False
    return True


def world(cells: list[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows, mentions = [], []
    for at, (metric, share, unit, touchpoint, day, polarity) in enumerate(cells):
        worst, best = SCALES[metric]
        value = round(worst + share * (best - worst))
        rows.append(
            answer(value, id=str(at), metric=metric, worst=worst, best=best, unit=unit, touchpoint=touchpoint, day=day)
        )
        if polarity:
            mentions.append(mention(str(at), touchpoint or "sales", polarity))
    return rows, mentions


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_nothing_out(name: str) -> None:
    for cut in [each for each in CUTS if serves(name, each)]:
        found = finder.verb("measure", name)(nothing(), by=cut)
        assert found.num_rows == 0
        assert found.schema.equals(METRIC)


@given(cells=st.lists(cell, min_size=1, max_size=25), cut=st.sampled_from(CUTS), seed=st.integers(0, 99))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_limits_enclose_the_value_and_the_order_of_rows_does_not_matter(
    cells: list[Any], cut: tuple[str, ...], seed: int
) -> None:
    rows, mentions = world(cells)
    here = brand(rows, mentions=mentions, units=REGIONS)
    random.Random(seed).shuffle(rows)
    random.Random(seed).shuffle(mentions)
    shuffled = brand(rows, mentions=mentions, units=REGIONS)
    for name in [each for each in NAMES if serves(each, cut)]:  # a world is dear to build: all measures share it
        note(f"{name} by {cut}")
        found = finder.verb("measure", name)(here, by=cut)
        check(found, cut)
        assert finder.verb("measure", name)(shuffled, by=cut).to_pylist() == found.to_pylist()


def check(found: pa.Table, cut: tuple[str, ...]) -> None:
    """What holds for every row of a measure."""
    for row in found.to_pylist():
        detail = json.loads(row["detail"])
        if row["value"] is None:
            assert row["low"] is row["high"] is None
            assert detail["why"]
        else:
            assert row["low"] is None or row["low"] <= row["value"] <= row["high"]
            assert row["n"] >= 0
        assert detail["formula"]
        assert detail["measured_in"] == row["measured_in"]
        assert set(detail["scale"]) == {"worst", "best"}
        assert set(cut) <= set(dict(row["by"])), "a measure may cut further by columns of its own"
        assert row["about"] == ([dict(row["by"])["unit"]] if "unit" in cut else [])
    assert len(set(found["id"].to_pylist())) == len(found)


@pytest.mark.parametrize("name", NAMES)
def test_a_column_nobody_knows_is_refused(name: str) -> None:
    measure = finder.verb("measure", name)
    for asked in ({"by": ["text"]}, {"by": ["unit; drop table"]}, {"where": "text = 'x'"}, {"since": "soon"}):
        with pytest.raises(Refused) as refused:
            measure(nothing(), **asked)
        assert refused.value.field in ("by", "where", "since")


@pytest.mark.parametrize("name", NAMES)
def test_every_measure_has_the_same_first_settings(name: str) -> None:
    parameters = inspect.signature(finder.verb("measure", name)).parameters
    assert list(parameters)[:5] == ["ask", "by", "where", "since", "until"]
