"""Each source against the others on the same items: Fandango's stars are inflated, and by how much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv

from tests.measure._answers import answer, brand, unfolded
from touchstone.core.errors import Refused
from touchstone.home.one_shot import one_shot
from touchstone.measure.source_bias import measure
from touchstone.store.scratch import scratch

SCALES = {"RottenTomatoes": 100.0, "RottenTomatoes_User": 100.0, "Metacritic": 100.0, "Metacritic_User": 10.0,
          "IMDB": 10.0, "Fandango_Stars": 5.0}  # fmt: skip


def score(item: str, source: str, value: float | None, best: float = 5.0, worst: float = 0.0) -> dict[str, Any]:
    return {"item": item, "source": source, "value": value, "best": best, "worst": worst}


def biases(rows: list[dict[str, Any]], **settings: Any) -> dict[str, dict[str, Any]]:
    names = ("item", "source", "value", "best", "worst")
    types = (pa.string(), pa.string(), pa.float64(), pa.float64(), pa.float64())
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(zip(names, types, strict=True))))
    found = unfolded(measure(scratch([], given=table), by=("source",), **settings))
    return {row["by"]["source"]: row for row in found}


def films(real_data: Any, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = csv.read_csv(real_data("fandango") / name).to_pylist()
    return rows


def test_fandangos_stars_stand_above_its_own_ratings_of_437_films(real_data: Any) -> None:
    rated = [each for each in films(real_data, "fandango_scrape.csv") if each["VOTES"] > 0]
    found = biases([score(str(n), of, film[of]) for n, film in enumerate(rated) for of in ("STARS", "RATING")])
    stars = found["STARS"]
    assert stars["n"] == 437
    assert stars["detail"]["share_from"] == {
        "0.6": pytest.approx(0.982, abs=5e-4),
        "0.8": pytest.approx(0.748, abs=5e-4),
    }
    assert stars["detail"]["share_below"] == 0
    assert stars["detail"]["inflated"]
    assert not found["RATING"]["detail"]["inflated"]


def test_on_146_films_the_stars_are_244_thousandths_above_the_rating_and_never_below(real_data: Any) -> None:
    rated = films(real_data, "fandango_score_comparison.csv")
    names = ("Fandango_Stars", "Fandango_Ratingvalue")
    stars = biases([score(film["FILM"], of, film[of]) for film in rated for of in names])["Fandango_Stars"]
    assert stars["n"] == 146
    assert 5 * stars["value"] == pytest.approx(0.244, abs=5e-4)
    assert stars["detail"]["share_below"] == 0
    assert stars["low"] > 0.04


def test_against_five_other_sources_fandango_alone_is_inflated(real_data: Any) -> None:
    rated = films(real_data, "fandango_score_comparison.csv")
    found = biases([score(film["FILM"], of, film[of], best) for film in rated for of, best in SCALES.items()])
    assert [name for name, row in found.items() if row["detail"]["inflated"]] == ["Fandango_Stars"]
    stars = found["Fandango_Stars"]
    assert stars["value"] == pytest.approx(0.1856, abs=1e-4)
    assert stars["detail"]["against"]["IMDB"] == pytest.approx((4.089 - 3.368) / 5, abs=5e-4)


def test_scales_of_different_length_and_direction_are_made_one(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(
        "item,source,value,best,worst\na,x,5,5,1\na,y,10,10,0\na,z,1,1,6\nb,x,3,5,1\nb,y,5,10,0\nb,z,4,1,6\n"
    )
    found = one_shot("measure", "source_bias", file=str(path), map={}, set={}, by=["source"])
    assert [row["source"] for row in found] == ["x", "y", "z"]
    assert [row["value"] for row in found] == pytest.approx([0.025, 0.025, -0.05])
    assert all(row["low"] <= row["value"] <= row["high"] and row["n"] == 2 for row in found)


def test_several_scores_of_an_item_by_one_source_count_once() -> None:
    rows = [score("a", "x", 5.0), score("a", "x", 3.0), score("a", "y", 3.0)]
    assert biases(rows)["x"]["value"] == pytest.approx(0.2)
    assert biases(rows)["x"]["detail"]["answers"] == 2


def test_an_item_with_one_source_alone_gives_no_estimate() -> None:
    row = biases([score("a", "x", 4.0), score("b", "y", 4.0)])["x"]
    assert row["value"] is row["low"] is row["high"] is None
    assert row["n"] == 0
    assert "no item was scored by another source" in row["detail"]["why"]


@pytest.mark.parametrize(
    "rows", [[], [score("a", "x", None)], [score("a", "x", 9.0)], [score("a", "x", 1.0, 1.0, 1.0)]]
)
def test_scores_off_their_scale_and_missing_ones_say_nothing(rows: list[dict[str, Any]]) -> None:
    assert biases(rows) == {}


@pytest.mark.parametrize(
    ("asked", "field"), [({"by": ("item",)}, "by"), ({"item": "film"}, "item"), ({"alpha": 0.0}, "alpha")]
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        measure(brand([]), **asked)
    assert refused.value.field == field


def test_on_a_home_the_items_are_units_and_the_scores_those_of_the_whole() -> None:
    rows = []
    for n in range(40):
        for unit in "abcdef":
            kind = {"unit": unit, "kind": "review", "day": "2026-01-05"}
            rows.append(answer(4 + n % 2, id=f"k{unit}{n}", source="kind", **kind))
            rows.append(answer(3 + n % 2, id=f"p{unit}{n}", source="plain", **kind))
            rows.append(answer(1, id=f"t{unit}{n}", source="plain", touchpoint="sales", **kind))
    found = {row["by"]["source"]: row for row in unfolded(measure(brand(rows)))}
    assert found["kind"]["value"] == pytest.approx(0.25)
    assert found["kind"]["detail"]["inflated"]
    assert found["kind"]["n"] == 6
    assert found["kind"]["rests_on"] == []
    assert unfolded(measure(brand(rows), where="unit = 'a'"))[0]["n"] == 1
