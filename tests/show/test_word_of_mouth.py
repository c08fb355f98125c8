"""The page of word of mouth: teachers with their doubt, starters in order, rewards apart, and a start from nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests import _brand
from touchstone import show
from touchstone.core.page import Cards, Chart, Grid
from touchstone.core.tables import METRIC
from touchstone.core.viewer import INSIDER
from touchstone.show.word_of_mouth import show as page


def row(by: dict[str, str], value: float | None, n: int, **detail: Any) -> dict[str, Any]:
    low, high = (None, None) if value is None else (value - 0.1, value + 0.1)
    return {
        "id": ":".join(by.values()), "name": "word_of_mouth", "by": list(by.items()), "value": value, "low": low,
        "high": high, "n": n, "measured_in": "share", "detail": json.dumps(detail), "maker": "word_of_mouth@1",
    }  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = _brand.empty(tmp_path_factory.mktemp("mouth") / "home")
    made.store.put("person", [{"id": "p1", "name": "Ines <Kay>"}])
    rows = [
        row({"person": "p2", "role": "teacher"}, 0.5, 8, hits=4),
        row({"person": "p1", "role": "teacher"}, 0.9, 10, hits=9),
        row({"person": "p2", "role": "starter"}, 20.0, 800, order=2, together=31),
        row({"person": "p1", "role": "starter"}, 25.0, 800, order=1, together=25),
        row({"figure": "referral increment", "layer": "speaks_to"}, 0.2, 40),
        row({"figure": "referral increment", "layer": "coupon_chain"}, None, 0, why="no one is similar"),
    ]
    made.store.replace("metric", "word_of_mouth", pa.Table.from_pylist(rows, schema=METRIC))
    return made


def test_teachers_are_told_the_surest_first_and_lead_to_their_story(home: Any) -> None:
    told = page(home.ask())
    assert told.sentence.startswith("Two people explain")
    chart = next(each for each in told.blocks if isinstance(each, Chart))
    assert [each.label for each in chart.figures] == ["Ines <Kay>", "p2"]
    who = next(each for each in told.blocks if isinstance(each, Grid) and each.title == "Who they are")
    assert [cells[0].address for cells in who.rows] == ["customer?id=p1", "customer?id=p2"]
    assert "Ines &lt;Kay&gt;" in show.html(told, viewer=INSIDER, base="/")


def test_whom_to_start_with_stands_in_order_with_what_all_reach(home: Any) -> None:
    grid = page(home.ask()).blocks[-1]
    assert isinstance(grid, Grid)
    assert [cells[0].label for cells in grid.rows] == ["Ines <Kay>", "p2"]
    assert "together about 31 persons" in grid.lead


def test_what_was_referred_for_a_reward_is_a_figure_of_its_own(home: Any) -> None:
    cards = page(home.ask()).blocks[0]
    assert isinstance(cards, Cards)
    labels = {each.label: each for each in cards.figures}
    assert labels["Referred in words of one's own"].value == 0.2
    assert labels["Referred for a reward, kept apart"].why == "no one is similar"


def test_where_nobody_speaks_to_another_it_says_what_to_bring(tmp_path: Path) -> None:
    told = page(_brand.empty(tmp_path / "home").ask())
    assert told.sentence == "Who speaks to whom is not known yet."


def test_who_does_not_want_to_be_contacted_is_on_no_list_under_any_name(tmp_path: Path) -> None:
    made = _brand.empty(tmp_path / "home")
    rows = [row({"person": each, "role": role}, 0.5, 8, hits=4, order=number)
            for role in ("teacher", "starter") for number, each in enumerate(("p1", "p2", "p3"), start=1)]  # fmt: skip
    made.store.replace("metric", "word_of_mouth", pa.Table.from_pylist(rows, schema=METRIC))
    no = json.dumps({"contact": "revoked"})
    made.store.put("person", [{"id": "p1", "consents": no}, {"id": "p3"}, {"id": "p9", "consents": no}])
    letters = [{"source": "s", "source_id": each, "person": each, "text": "Fine."} for each in ("p3", "p9")]
    made.store.append([letters])
    made.act("link.confirm", person="p3", other="p9")
    told = page(made.ask())
    listed = {cells[0].label for each in told.blocks if isinstance(each, Grid) for cells in each.rows}
    assert listed == {"p2"}
    assert "2 persons who do not want to be contacted are left out" in told.lead
