"""Law 4: every measure: nothing in, nothing out; low <= value <= high; order does not matter; engines agree."""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import _figures, _living
from tests._figures import CUTS, TABLES, Elsewhere
from touchstone import measure
from touchstone.core import finder
from touchstone.core.errors import Refused

MEASURES = finder.names("measure")


@pytest.mark.parametrize("name", MEASURES)
def test_nothing_in_nothing_out(name: str) -> None:
    for by in getattr(finder.part("measure", name), "CUTS", CUTS):
        with suppress(Refused):  # a measure may have no such cut
            assert len(finder.verb("measure", name)(nothing(), by=by)) == 0


def measured(name: str, ask: Any, *, cuts: Sequence[tuple[str, ...]] = ()) -> dict[Any, dict[str, Any]]:
    """Every figure of a measure by the cuts given that it knows, or by those that are stored of it."""
    found = {}
    for by in cuts or getattr(finder.part("measure", name), "CUTS", CUTS):
        with suppress(Refused):
            found |= {(by, id): row for id, row in _figures.figures(finder.verb("measure", name)(ask, by=by)).items()}
    return found


@pytest.mark.parametrize("name", MEASURES)
def test_figures_lie_within_their_doubt_whatever_the_order(name: str) -> None:
    some = False
    for here, shuffled in worlds():
        found = measured(name, here)
        some |= told(found)
        for row in found.values():
            check(name, row)
        assert alike(measured(name, shuffled), found)
    assert some, "a measure has an estimate in one of the worlds"


def told(found: dict[Any, dict[str, Any]]) -> bool:
    """Whether there is any estimate among the figures: that there is none, all agree on."""
    return any(row["value"] is not None for row in found.values())


@cache
def worlds() -> tuple[tuple[Any, Any], ...]:
    """Worlds, each as it is and with its rows in another order; dear to build, so all measures share them."""
    drawn, bought = (_figures.feedback(20261121), _figures.market(20261121))
    return (
        (_figures.ask(drawn), _figures.ask(mixed(drawn))),
        (_figures.ask(bought), _figures.ask(mixed(bought))),
        (_living.ask(), _living.ask(shuffled=7)),
    )


@cache
def nothing() -> Any:
    """A brand that has heard nothing."""
    return _figures.ask({"interactions": [], "mentions": []})


def mixed(feedback: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The same feedback, its rows in another order."""
    return {name: random.Random(7).sample(rows, len(rows)) for name, rows in feedback.items()}


def check(name: str, row: dict[str, Any]) -> None:
    """What holds for a figure whoever reckons it."""
    if row["value"] is None:
        assert row["low"] is None
        assert row["high"] is None
        assert json.loads(row["detail"])["why"]
    elif row["low"] is not None:
        assert row["low"] <= row["value"] <= row["high"]
    assert row["n"] >= 0
    assert row["maker"].startswith(f"{name}@")


def alike(some: dict[Any, dict[str, Any]], others: dict[Any, dict[str, Any]]) -> bool:
    """Whether the counts are the same and the figures too, to 1e-9 of their size."""
    assert some.keys() == others.keys()
    for key, row in some.items():
        other = others[key]
        assert row["n"] == other["n"], key
        for name in ("value", "low", "high"):
            same = other[name] if other[name] is None else pytest.approx(other[name], rel=1e-9, abs=1e-9)
            assert row[name] == same, (key, name)
    return True


def test_whatever_a_measure_refuses_says_what_to_do() -> None:
    silent = [
        f"{path.name}:{call.lineno}"
        for path in sorted(Path(measure.__file__).parent.glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Refused"
        if "todo" not in {each.arg for each in call.keywords}
    ]
    assert silent == []


FAR_CUTS = (("region", "month"),)
"""A question to Spark takes its time: this one, or the first of those that are stored of the measure."""


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # pyspark leaves them to the collector
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")  # no pandas is touched
def test_duckdb_and_spark_agree_on_every_figure(spark_here: str) -> None:
    from touchstone.store.spark import SparkEngine

    agreed: set[str] = set()  # where gaps are first; what has no estimate there is asked of the next world
    drawn, bought = _figures.feedback(20261121, count=120), _figures.market(20261121)
    for here in (_figures.ask(drawn), _figures.ask(bought), _living.ask()):
        tables = {name: here.lake(f"select * from {name}") for name in TABLES}
        with SparkEngine(spark_here, tables) as engine:
            there = Elsewhere(here, engine.query)
            for name in MEASURES:
                cuts = getattr(finder.part("measure", name), "CUTS", FAR_CUTS)[:1]
                if name not in agreed and told(found := measured(name, here, cuts=cuts)):
                    assert alike(measured(name, there, cuts=cuts), found)
                    agreed.add(name)
    assert agreed == set(MEASURES), "a measure has an estimate in one of the worlds"
